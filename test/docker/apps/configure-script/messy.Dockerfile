FROM debian:bookworm
COPY dice-1.0.tar.gz /tmp/
RUN apt-get update \
 && apt-get install -y gcc libc6-dev make \
 && cd /tmp && tar xzf dice-1.0.tar.gz && cd dice-1.0 \
 && ./configure --prefix=/opt/dice && make && make install \
 && rm -rf /tmp/* \
 && apt-get remove -y gcc libc6-dev make && apt-get autoremove -y
ENTRYPOINT ["/opt/dice/bin/dice"]
