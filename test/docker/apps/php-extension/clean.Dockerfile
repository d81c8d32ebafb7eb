FROM php:8.2-cli-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends libjansson-dev && rm -rf /var/lib/apt/lists/*
COPY ext /usr/src/php/ext/sorted
RUN docker-php-ext-install sorted
WORKDIR /app
COPY sort.php ./
ENTRYPOINT ["php", "sort.php"]
