FROM buildpack-deps:bookworm
ENV LANG=C.UTF-8 GEM_HOME=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=/usr/local/bundle PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages ruby ruby-dev ruby-bundler && \
    for name in ruby gem bundle bundler irb rake; do ln -s /usr/bin/$name /usr/local/bin/$name; done && \
    mkdir -m 1777 /usr/local/bundle
CMD ["irb"]
