import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A program in C that one command compiles",
    before: `FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY main.c util.c util.h ./
RUN gcc -O2 -o /usr/local/bin/greet main.c util.c
USER nobody
ENTRYPOINT ["greet"]
`,
    after: `FROM debian:bookworm AS builder
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY main.c util.c util.h ./
RUN gcc -O2 -o /usr/local/bin/greet main.c util.c

FROM debian:bookworm AS runtime
WORKDIR /src
COPY --from=builder /usr/local/bin/greet /usr/local/bin/greet
USER nobody
ENTRYPOINT ["greet"]
`,
    checks: [],
  },
  {
    title: "CMake with libraries: development packages give way to what they stand for",
    before: `FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends \\
    build-essential cmake libpq-dev libssl-dev tini \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt ./
COPY src src
RUN cmake -B build -DCMAKE_INSTALL_PREFIX=/opt/meter && cmake --build build && cmake --install build
ENTRYPOINT ["tini", "--"]
CMD ["/opt/meter/bin/meter"]
`,
    after: `FROM debian:bookworm AS builder
RUN apt-get update && apt-get install -y --no-install-recommends \\
    build-essential cmake libpq-dev libssl-dev tini \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt ./
COPY src src
RUN cmake -B build -DCMAKE_INSTALL_PREFIX=/opt/meter && cmake --build build && cmake --install build

FROM debian:bookworm AS runtime
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libgomp1 libpq5 libssl3 tini \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY --from=builder /opt/meter /opt/meter
ENTRYPOINT ["tini", "--"]
CMD ["/opt/meter/bin/meter"]
`,
    checks: [],
  },
  {
    title: "One RUN that installs, fetches, configures, makes and cleans up",
    before: `FROM alpine:3.20
MAINTAINER Jane <jane@example.com>
ENV RELAY_VERSION 2.1
RUN set -x \\
    && apk add --no-cache pcre libev \\
    && apk add --no-cache --virtual .build-deps build-base curl libev-dev pcre-dev \\
    && mkdir -p /usr/src/relay \\
    && curl -fsSL https://example.com/relay-$RELAY_VERSION.tar.gz | tar xz --strip 1 -C /usr/src/relay \\
    && cd /usr/src/relay \\
    && ./configure --prefix=/usr/local \\
    && make \\
    && make install \\
    && rm -rf /usr/src/relay \\
    && adduser -D relay \\
    && mkdir -p /var/lib/relay \\
    && chown relay /var/lib/relay \\
    && apk del .build-deps
ADD relay.conf /etc/relay.conf
USER relay
EXPOSE 8388
CMD ["relay", "-c", "/etc/relay.conf"]
`,
    after: `FROM alpine:3.20 AS builder
ENV RELAY_VERSION 2.1
RUN set -x \\
    && apk add --no-cache pcre libev \\
    && apk add --no-cache --virtual .build-deps build-base curl libev-dev pcre-dev \\
    && mkdir -p /usr/src/relay \\
    && curl -fsSL https://example.com/relay-$RELAY_VERSION.tar.gz | tar xz --strip 1 -C /usr/src/relay \\
    && cd /usr/src/relay \\
    && ./configure --prefix=/usr/local \\
    && make \\
    && make install \\
    && rm -rf /usr/src/relay \\
    && adduser -D relay \\
    && mkdir -p /var/lib/relay \\
    && chown relay /var/lib/relay \\
    && apk del .build-deps

FROM alpine:3.20 AS runtime
MAINTAINER Jane <jane@example.com>
ENV RELAY_VERSION 2.1
RUN set -x \\
    && apk add --no-cache pcre libev \\
    && adduser -D relay \\
    && mkdir -p /var/lib/relay \\
    && chown relay /var/lib/relay
COPY --from=builder /usr/local /usr/local
ADD relay.conf /etc/relay.conf
USER relay
EXPOSE 8388
CMD ["relay", "-c", "/etc/relay.conf"]
`,
    checks: [],
  },
  {
    title: "A makefile says neither where it installs to nor which files the program reads",
    before: `FROM ubuntu:22.04
RUN apt-get update && apt-get install -y build-essential libssl-dev zlib1g-dev
COPY . /srv/pump
WORKDIR /srv/pump
RUN make
CMD ["./pump", "--listen", "8080"]
`,
    after: `FROM ubuntu:22.04 AS builder
RUN apt-get update && apt-get install -y build-essential libssl-dev zlib1g-dev
COPY . /srv/pump
WORKDIR /srv/pump
RUN make

FROM ubuntu:22.04 AS runtime
RUN apt-get update && apt-get install -y libssl3 zlib1g
WORKDIR /srv/pump
COPY --from=builder /srv/pump ./
CMD ["./pump", "--listen", "8080"]
`,
    checks: [],
  },
  {
    title: "The image of GCC gives way to Debian",
    before: `FROM gcc:13-bookworm
COPY hello.cpp /app/
WORKDIR /app
RUN g++ -std=c++20 -O2 -o hello hello.cpp
CMD ["./hello"]
`,
    after: `FROM gcc:13-bookworm AS builder
COPY hello.cpp /app/
WORKDIR /app
RUN g++ -std=c++20 -O2 -o hello hello.cpp

FROM debian:bookworm-slim AS runtime
WORKDIR /app
COPY --from=builder /app/hello ./
# The runtime of C++ that fits the compiler.
COPY --from=builder /usr/local/lib*/libstdc++.so.6 /usr/local/lib/
COPY --from=builder /usr/local/lib*/libgcc_s.so.1 /usr/local/lib/
RUN ldconfig
CMD ["./hello"]
`,
    checks: [],
  },
  {
    title: "A program that is linked statically may run in an empty image",
    base: "scratch",
    before: `FROM alpine:3.20
RUN apk add --no-cache gcc musl-dev
WORKDIR /app
COPY probe.c .
RUN gcc -static -Os -o probe probe.c
ENTRYPOINT ["./probe"]
`,
    after: `FROM alpine:3.20 AS builder
RUN apk add --no-cache gcc musl-dev
WORKDIR /app
COPY probe.c .
RUN gcc -static -Os -o probe probe.c

FROM scratch AS runtime
WORKDIR /app
COPY --from=builder /app/probe ./
ENTRYPOINT ["./probe"]
`,
    checks: [
      "The program needs nothing of a system: no certificates, time zones, names of users or hosts, no other programs.",
    ],
  },
  {
    title: "What is installed into /usr is installed once more, into a directory that crosses",
    before: `FROM alpine:3.20
RUN apk add --no-cache build-base git \\
    && git clone https://example.com/tool.git /tmp/tool \\
    && cd /tmp/tool && ./configure --prefix=/usr && make install
CMD ["tool"]
`,
    after: `FROM alpine:3.20 AS builder
RUN apk add --no-cache build-base git \\
    && git clone https://example.com/tool.git /tmp/tool \\
    && cd /tmp/tool && ./configure --prefix=/usr && make install && make install DESTDIR=/installed

FROM alpine:3.20 AS runtime
RUN apk add --no-cache libstdc++ libgomp
COPY --from=builder /installed /
CMD ["tool"]
`,
    checks: ["`make install` obeys DESTDIR, and does nothing else that the program needs than to put files there."],
  },
  {
    title: "A setting changes where the build installs into /usr",
    before: `FROM alpine:3.20
RUN apk add --no-cache build-base git \\
    && git clone https://example.com/tool.git /tmp/tool \\
    && cd /tmp/tool && ./configure --prefix=/usr --sysconfdir=/etc && make install \\
    && echo "port 8080" >> /etc/tool.conf
CMD ["tool"]
`,
    after: null,
    reason: "works where the build installs, among the files of the system",
  },
];
