FROM buildpack-deps:bookworm
COPY node/ /usr/local/
COPY npmrc /usr/local/etc/npmrc
COPY shims/docker-entrypoint.sh /usr/local/bin/
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages libstdc++6 libatomic1 && \
    cd /usr/local/bin && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js npx && ln -s node nodejs && \
    echo 'node:x:1000:' >>/etc/group && echo 'node:x:1000:1000::/home/node:/bin/sh' >>/etc/passwd && \
    mkdir -p /home/node && chown 1000:1000 /home/node && node --version && npm --version
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
