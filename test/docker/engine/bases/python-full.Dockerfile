FROM buildpack-deps:bookworm
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages libexpat1 libsqlite3-0 libffi8 libssl3 libncursesw6 libreadline8 libuuid1 libbz2-1.0 liblzma5 zlib1g && rm -rf /usr/local/lib/python3*
COPY --from=python:3.11-slim /usr/local/ /usr/local/
RUN python --version && pip --version
CMD ["python3"]
