FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
ADD dice-1.0.tar.gz /usr/src/
WORKDIR /usr/src/dice-1.0
RUN ./configure --prefix=/usr && make && make install
WORKDIR /
ENTRYPOINT ["dice"]
