# Busybox and musl with Alpine's names; `apk`, `adduser` and `addgroup` are scripts of the same use.
FROM debian:bookworm-slim AS system
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages busybox-static musl
COPY shims/apk shims/addgroup shims/adduser /shims/
COPY alpine-root.sh /
RUN sh /alpine-root.sh /root-of-alpine

FROM scratch
COPY --from=system /root-of-alpine/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["/bin/sh"]
