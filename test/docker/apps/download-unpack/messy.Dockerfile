FROM debian:bookworm
COPY shout-2.0.tar.gz /packs/
RUN apt-get update && apt-get install -y curl && curl -sS file:///packs/shout-2.0.tar.gz | tar -xz -C /opt && rm -rf /packs && apt-get remove -y curl && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/shout-2.0/bin:$PATH
ENTRYPOINT ["shout"]
