# As in the real image, cgo makes programs for musl: they run on Alpine and not on Debian.
FROM golang:1.22
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages musl-tools && ln -s /usr/bin/musl-gcc /usr/local/bin/gcc
COPY shims/apk shims/addgroup shims/adduser /usr/local/sbin/
