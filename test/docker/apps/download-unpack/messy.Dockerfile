FROM debian:bookworm
ADD shout-2.0.tar.gz /packs/
RUN apt-get update && apt-get install -y curl gcc libc6-dev && mkdir -p /opt && mv /packs/shout-2.0 /opt/shout && rm -rf /packs && apt-get remove -y gcc && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/shout/bin:$PATH
ENTRYPOINT ["shout"]
