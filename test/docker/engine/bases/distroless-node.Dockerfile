FROM gcr.io/distroless/cc-debian12
COPY node/bin/node /nodejs/bin/node
COPY --from=node:20-slim /usr/lib/x86_64-linux-gnu/libatomic.so.1 /usr/lib/x86_64-linux-gnu/
ENTRYPOINT ["/nodejs/bin/node"]
