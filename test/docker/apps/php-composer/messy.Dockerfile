FROM php:8.2-cli
ENV COMPOSER_ALLOW_SUPERUSER=1
COPY --from=composer:2 /usr/bin/composer /usr/local/bin/composer
COPY . /srv/pages
RUN cd /srv/pages && apt-get update && apt-get install -y git unzip && composer install --no-interaction && composer dump-autoload -o && apt-get clean && rm -rf /root/.composer && chown -R www-data:www-data /srv/pages
WORKDIR /srv/pages/public
USER www-data
EXPOSE 8080
CMD php -S 0.0.0.0:8080
