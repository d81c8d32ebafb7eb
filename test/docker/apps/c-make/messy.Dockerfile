FROM debian:bookworm
COPY . /tmp/squeeze
RUN apt-get update && apt-get install -y build-essential zlib1g-dev ca-certificates curl && cd /tmp/squeeze && make check && make install PREFIX=/usr/local && cd / && rm -rf /tmp/squeeze && apt-get purge -y build-essential && apt-get autoremove -y && apt-get clean && useradd squeezer
USER squeezer
ENTRYPOINT ["squeeze"]
