# Debian's PHP, with the libraries of Debian's Composer, whose program is in the image `composer` alone.
FROM debian:bookworm-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages php-cli php-curl php-mbstring php-xml php-zip composer && rm /usr/bin/composer && ln -s /usr/bin/php /usr/local/bin/php && ln -s /usr/share/php /usr/local/share/php && \
    mkdir -p /usr/local/etc/php/conf.d && printf '#!/bin/sh\n[ "${1#-}" = "$1" ] || set -- php "$@"\nexec "$@"\n' >/usr/local/bin/docker-php-entrypoint && chmod +x /usr/local/bin/docker-php-entrypoint
ENV PHP_INI_DIR=/usr/local/etc/php
ENTRYPOINT ["docker-php-entrypoint"]
CMD ["php", "-a"]
