# Debian's Python, moved to where the official image has its own: below /usr/local, with site-packages.
FROM debian:bookworm-slim
COPY python-root.sh /
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims,target=/shims \
    /shims/install-packages python3 python3-venv libpython3-dev && sh /python-root.sh
CMD ["python3"]
