# Debian's Python, moved to where the official image has its own: below /usr/local, with site-packages.
FROM debian:bookworm-slim AS python
COPY python-root.sh /
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages python3 python3-venv python3-wheel-whl libpython3-dev && sh /python-root.sh

FROM debian:bookworm-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages libexpat1 libsqlite3-0 libffi8 libssl3 libncursesw6 libreadline8 libuuid1 libbz2-1.0 liblzma5 zlib1g
COPY --from=python /usr/local/ /usr/local/
RUN python --version && pip --version
CMD ["python3"]
