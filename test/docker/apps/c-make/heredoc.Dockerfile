# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
COPY . /src
RUN <<SCRIPT
set -eu
apt-get update
apt-get install -y --no-install-recommends gcc libc6-dev make zlib1g-dev
make -C /src
make -C /src install
rm -rf /var/lib/apt/lists/*
SCRIPT
ENTRYPOINT ["squeeze"]
