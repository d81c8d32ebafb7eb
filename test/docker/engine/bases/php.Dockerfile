# Debian's PHP with its compilers, and the libraries of Debian's Composer, whose program is in the image `composer` alone.
FROM debian:bookworm-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages gcc libc6-dev make php-cli php-curl php-dev php-mbstring php-xml php-zip composer && rm /usr/bin/composer && ln -s /usr/bin/php /usr/local/bin/php && ln -s /usr/share/php /usr/local/share/php && \
    mkdir -p /usr/local/etc/php/conf.d /usr/local/lib/php/extensions && printf '#!/bin/sh\n[ "${1#-}" = "$1" ] || set -- php "$@"\nexec "$@"\n' >/usr/local/bin/docker-php-entrypoint && chmod +x /usr/local/bin/docker-php-entrypoint
COPY shims/docker-php-ext-install /usr/local/bin/
ENV PHP_INI_DIR=/usr/local/etc/php PHP_INI_SCAN_DIR=:/usr/local/etc/php/conf.d
ENTRYPOINT ["docker-php-entrypoint"]
CMD ["php", "-a"]
