import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "Laravel behind PHP-FPM: the extensions are shared",
    before: `FROM php:8.3-fpm
RUN apt-get update && apt-get install -y git unzip libpng-dev libzip-dev && rm -rf /var/lib/apt/lists/*
RUN docker-php-ext-install pdo_mysql gd zip
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /var/www
COPY . .
RUN composer install --no-dev --optimize-autoloader
RUN chown -R www-data:www-data /var/www/storage
EXPOSE 9000
CMD ["php-fpm"]
`,
    after: `FROM php:8.3-fpm AS base
RUN apt-get update && apt-get install -y git unzip libpng-dev libzip-dev && rm -rf /var/lib/apt/lists/*
RUN docker-php-ext-install pdo_mysql gd zip

FROM base AS builder
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /var/www
COPY . .
RUN composer install --no-dev --optimize-autoloader
RUN chown -R www-data:www-data /var/www/storage

FROM base AS runtime
WORKDIR /var/www
COPY --from=builder /var/www ./
EXPOSE 9000
CMD ["php-fpm"]
`,
    checks: [],
  },
  {
    title: "Apache with a front end made by Node.js",
    before: `FROM php:8.2-apache
ENV APACHE_DOCUMENT_ROOT=/var/www/html/public
RUN docker-php-ext-install pdo_mysql && a2enmod rewrite
RUN sed -ri -e 's!/var/www/html!\${APACHE_DOCUMENT_ROOT}!g' /etc/apache2/sites-available/*.conf
RUN apt-get update && apt-get install -y git unzip nodejs npm
RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer
COPY . /var/www/html
WORKDIR /var/www/html
RUN composer install --no-dev && npm ci && npm run build
`,
    after: `FROM php:8.2-apache AS base
ENV APACHE_DOCUMENT_ROOT=/var/www/html/public
RUN docker-php-ext-install pdo_mysql && a2enmod rewrite
RUN sed -ri -e 's!/var/www/html!\${APACHE_DOCUMENT_ROOT}!g' /etc/apache2/sites-available/*.conf

FROM base AS builder
RUN apt-get update && apt-get install -y git unzip nodejs npm
RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer
COPY . /var/www/html
WORKDIR /var/www/html
RUN composer install --no-dev && npm ci && npm run build
RUN rm -rf node_modules

FROM base AS runtime
WORKDIR /var/www/html
COPY --from=builder /var/www/html ./
`,
    checks: ["The program does not call git, unzip or Node.js, and reads nothing of node_modules."],
  },
  {
    title: "One RUN sets up PHP and Composer: it stays whole",
    before: `FROM php:8.1-cli-alpine
MAINTAINER team@example.com
RUN apk add --no-cache $PHPIZE_DEPS libzip-dev && pecl install redis && docker-php-ext-enable redis && docker-php-ext-install zip && apk del $PHPIZE_DEPS && curl -sSL -o /usr/local/bin/composer https://getcomposer.org/download/2.8.4/composer.phar && chmod +x /usr/local/bin/composer
ADD . /app
WORKDIR /app
RUN composer install --no-interaction
USER www-data
CMD php artisan serve --host=0.0.0.0
`,
    after: `FROM php:8.1-cli-alpine AS base
MAINTAINER team@example.com
RUN apk add --no-cache $PHPIZE_DEPS libzip-dev && pecl install redis && docker-php-ext-enable redis && docker-php-ext-install zip && apk del $PHPIZE_DEPS && curl -sSL -o /usr/local/bin/composer https://getcomposer.org/download/2.8.4/composer.phar && chmod +x /usr/local/bin/composer

FROM base AS builder
ADD . /app
WORKDIR /app
RUN composer install --no-interaction

FROM base AS runtime
WORKDIR /app
COPY --from=builder /app ./
USER www-data
CMD php artisan serve --host=0.0.0.0
`,
    checks: [],
  },
  {
    title: "Composer by its installer, in an image of another publisher",
    before: `FROM example/php-nginx:8.3
WORKDIR /app
COPY composer.json composer.lock ./
RUN php -r "copy('https://getcomposer.org/installer', 'composer-setup.php');" && php composer-setup.php --install-dir=/usr/local/bin --filename=composer && rm composer-setup.php
RUN composer install --no-scripts --no-autoloader
COPY . .
RUN composer dump-autoload -o && php bin/console cache:warmup
`,
    after: `FROM example/php-nginx:8.3 AS builder
WORKDIR /app
COPY composer.json composer.lock ./
RUN php -r "copy('https://getcomposer.org/installer', 'composer-setup.php');" && php composer-setup.php --install-dir=/usr/local/bin --filename=composer && rm composer-setup.php
RUN composer install --no-scripts --no-autoloader
COPY . .
RUN composer dump-autoload -o && php bin/console cache:warmup

FROM example/php-nginx:8.3 AS runtime
WORKDIR /app
COPY --from=builder /app ./
`,
    checks: [],
  },
  {
    title: "Settings written behind the packages",
    before: `FROM php:8.3-apache
COPY --from=composer:2 /usr/bin/composer /usr/local/bin/composer
COPY . .
RUN composer install --no-dev && chown -R www-data:www-data var
RUN mv "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
RUN { echo 'memory_limit = 256M'; echo 'expose_php = Off'; } > /usr/local/etc/php/conf.d/app.ini && a2enmod headers
COPY docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["apache2-foreground"]
`,
    after: `FROM php:8.3-apache AS builder
COPY --from=composer:2 /usr/bin/composer /usr/local/bin/composer
COPY . .
RUN composer install --no-dev && chown -R www-data:www-data var
RUN mv "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
RUN { echo 'memory_limit = 256M'; echo 'expose_php = Off'; } > /usr/local/etc/php/conf.d/app.ini && a2enmod headers

FROM php:8.3-apache AS runtime
RUN a2enmod headers
COPY --from=builder /var/www/html /var/www/html
COPY --from=builder /usr/local/etc/php/php.ini /usr/local/etc/php/php.ini
COPY --from=builder /usr/local/etc/php/conf.d/app.ini /usr/local/etc/php/conf.d/app.ini
COPY docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["apache2-foreground"]
`,
    checks: ["`docker-entrypoint.sh` does not call Composer."],
  },
  {
    title: "Extensions alone: they are copied, and the runtime stage has their libraries without headers",
    before: `FROM php:8.3-fpm-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends libicu-dev libpng-dev unzip \\
    && rm -rf /var/lib/apt/lists/* \\
    && docker-php-ext-configure gd && docker-php-ext-install -j"$(nproc)" gd intl \\
    && pecl install apcu && docker-php-ext-enable apcu
COPY php.ini /usr/local/etc/php/conf.d/zz-shop.ini
COPY . /var/www/html
`,
    after: `FROM php:8.3-fpm-bookworm AS builder
RUN apt-get update && apt-get install -y --no-install-recommends libicu-dev libpng-dev unzip \\
    && rm -rf /var/lib/apt/lists/* \\
    && docker-php-ext-configure gd && docker-php-ext-install -j"$(nproc)" gd intl \\
    && pecl install apcu && docker-php-ext-enable apcu

FROM php:8.3-fpm-bookworm AS runtime
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libicu72 libpng16-16 unzip \\
    && rm -rf /var/lib/apt/lists/*
COPY --from=builder /usr/local/lib/php/extensions /usr/local/lib/php/extensions
COPY --from=builder /usr/local/etc/php/conf.d /usr/local/etc/php/conf.d
COPY php.ini /usr/local/etc/php/conf.d/zz-shop.ini
COPY . /var/www/html
`,
    checks: [],
  },
  {
    title: "The container starts Composer",
    before: `FROM php:8.3-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /app
COPY . .
RUN composer install
CMD ["composer", "start"]
`,
    after: null,
    reason: "which needs Composer",
  },
];
