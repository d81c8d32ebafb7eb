FROM gcc:12
MAINTAINER someone@example.com
ADD . /usr/src/squeeze
WORKDIR /usr/src/squeeze
RUN mkdir -p /usr/local/etc && cp squeeze.conf /usr/local/etc/ && gcc -O2 -o squeeze squeeze.c -lz
ENTRYPOINT ["./squeeze"]
