FROM ubuntu:22.04
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y gcc zlib1g-dev
WORKDIR /app
COPY squeeze.c squeeze.conf ./
RUN gcc -O2 -o squeeze squeeze.c -lz && mkdir -p /usr/local/etc && mv squeeze.conf /usr/local/etc/
ENTRYPOINT ["/app/squeeze"]
