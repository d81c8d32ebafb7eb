FROM debian:bookworm-slim
ARG SHOUT_VERSION=2.0
RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates && rm -rf /var/lib/apt/lists/*
COPY shout-${SHOUT_VERSION}.tar.gz /packs/
RUN curl -fsSLo /tmp/shout.tar.gz file:///packs/shout-${SHOUT_VERSION}.tar.gz \
 && echo "5fe11f3fdc213318c44b9f579b3e7290184dc1a4f63a891fd5659d3cc1022cb0  /tmp/shout.tar.gz" | sha256sum -c - \
 && mkdir -p /opt/shout \
 && tar -xzf /tmp/shout.tar.gz -C /opt/shout --strip-components=1 \
 && rm /tmp/shout.tar.gz \
 && ln -s /opt/shout/bin/shout /usr/local/bin/shout
USER nobody
ENTRYPOINT ["shout"]
