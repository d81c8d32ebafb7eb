# Debian's Perl, which finds its modules where the official image has them.
FROM debian:bookworm-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages perl cpanminus && \
    version=$(perl -e 'printf "%vd", $^V') && site=/usr/local/lib/perl5/site_perl/$version && system=$(uname -m)-linux-gnu && \
    mkdir -p $site/$system /usr/local/share/perl /usr/local/lib/$system/perl && \
    ln -s $site /usr/local/share/perl/$version && ln -s $site/$system /usr/local/lib/$system/perl/$version && \
    ln -s /usr/bin/perl /usr/local/bin/perl && ln -s /usr/bin/cpanm /usr/local/bin/cpanm
WORKDIR /usr/src/app
CMD ["perl", "-de0"]
