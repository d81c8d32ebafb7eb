FROM php:8.2-cli
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
RUN apt-get update && apt-get install -y --no-install-recommends unzip git && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY composer.json ./
COPY packages ./packages
RUN composer install --no-dev --no-interaction --optimize-autoloader
COPY public ./public
COPY src ./src
EXPOSE 8080
CMD ["php", "-S", "0.0.0.0:8080", "-t", "public"]
