FROM debian:bookworm-slim
COPY nginx/ /etc/nginx/
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages -o Dpkg::Options::=--force-confold nginx-light curl && \
    rm -rf /etc/nginx/sites-enabled /etc/nginx/sites-available /var/www/html && mkdir -p /usr/share/nginx/html && \
    echo '<html><body>Welcome to nginx!</body></html>' >/usr/share/nginx/html/index.html && \
    groupadd -r nginx && useradd -r -g nginx -s /usr/sbin/nologin nginx && \
    ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log && nginx -t
EXPOSE 80
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
