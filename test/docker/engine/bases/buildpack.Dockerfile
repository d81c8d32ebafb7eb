FROM debian:bookworm-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages gcc g++ make git curl wget pkg-config python3 unzip xz-utils patch libc6-dev zlib1g-dev file procps
