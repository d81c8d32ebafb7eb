FROM php:8.2-cli
WORKDIR /app
ADD ext /usr/src/php/ext/sorted
RUN apt-get update; apt-get install -y libjansson-dev unzip; \
    docker-php-ext-install sorted; \
    echo "memory_limit = 64M" > $PHP_INI_DIR/conf.d/app.ini; \
    apt-get clean; rm -rf /var/lib/apt/lists/*
COPY . .
CMD php sort.php '{"z": null, "y": {"x": 1, "w": 2}}'
