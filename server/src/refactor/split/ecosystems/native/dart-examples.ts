import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A compiled server runs on small Debian",
    before: `FROM dart:stable
WORKDIR /app
COPY pubspec.* ./
RUN dart pub get
COPY . .
RUN dart pub get --offline
RUN dart compile exe bin/server.dart -o bin/server
EXPOSE 8080
CMD ["/app/bin/server"]
`,
    after: `FROM dart:stable AS builder
WORKDIR /app
COPY pubspec.* ./
RUN dart pub get
COPY . .
RUN dart pub get --offline
RUN dart compile exe bin/server.dart -o bin/server

FROM debian:stable-slim AS runtime
WORKDIR /app
COPY --from=builder /app/bin/server ./bin/server
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
EXPOSE 8080
CMD ["/app/bin/server"]
`,
    checks: [
      "At run time the program reads no files of /app: what `COPY . .` brings stays in the builder.",
      "The program starts no other programs, and loads no libraries, than those of `debian:stable-slim`.",
    ],
  },
  {
    title: "Sources that are named one by one",
    before: `FROM dart:3.4
WORKDIR /app
COPY pubspec.yaml pubspec.lock ./
RUN dart pub get
COPY bin ./bin
COPY lib ./lib
COPY public ./public
RUN dart test && dart compile exe bin/server.dart -o /usr/local/bin/server
CMD ["server"]
`,
    after: `FROM dart:3.4 AS builder
WORKDIR /app
COPY pubspec.yaml pubspec.lock ./
RUN dart pub get
COPY bin ./bin
COPY lib ./lib
COPY public ./public
RUN dart test && dart compile exe bin/server.dart -o /usr/local/bin/server

FROM dart:3.4 AS runtime
WORKDIR /app
COPY public ./public
COPY --from=builder /usr/local/bin/server /usr/local/bin/server
CMD ["server"]
`,
    checks: [],
  },
  {
    title: "dart run needs Dart",
    before: `FROM dart:stable
WORKDIR /app
COPY . .
RUN dart pub get
CMD ["dart", "run", "bin/server.dart"]
`,
    after: null,
    reason:
      'The container starts `dart run bin/server.dart`, which needs the Dart toolchain: compile it with `RUN dart compile exe bin/NAME.dart -o bin/NAME` and start it with `CMD ["./bin/NAME"]`, then it can be split.',
  },
];
