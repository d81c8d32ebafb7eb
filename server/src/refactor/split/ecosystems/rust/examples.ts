import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "Debian's small image of the same release",
    before: `FROM rust:1.80-bookworm
WORKDIR /app
COPY . .
RUN cargo build --release
EXPOSE 8080
CMD ["./target/release/server"]
`,
    after: `FROM rust:1.80-bookworm AS builder
WORKDIR /app
COPY . .
RUN cargo build --release

FROM debian:bookworm-slim AS runtime
WORKDIR /app
COPY --from=builder /app/target/release/server ./target/release/server
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
EXPOSE 8080
CMD ["./target/release/server"]
`,
    checks: [
      "At run time the program reads no files of /app: what `COPY . .` brings stays in the builder.",
      "The program needs nothing else of the Rust image than `debian:bookworm-slim` has: no other program and no shared library (`ldd` lists them), such as OpenSSL.",
    ],
  },
  {
    title: "Dependencies are built first, templates are read at run time",
    before: `FROM rust:1.80-slim-bookworm
WORKDIR /usr/src/app
COPY Cargo.toml Cargo.lock ./
# An empty program, so that dependencies are cached.
RUN mkdir src && echo "fn main() {}" > src/main.rs && cargo build --release && rm -rf src
COPY src ./src
COPY templates ./templates
RUN touch src/main.rs && cargo build --release
USER nobody
CMD ["/usr/src/app/target/release/web"]
`,
    after: `FROM rust:1.80-slim-bookworm AS builder
WORKDIR /usr/src/app
COPY Cargo.toml Cargo.lock ./
# An empty program, so that dependencies are cached.
RUN mkdir src && echo "fn main() {}" > src/main.rs && cargo build --release && rm -rf src
COPY src ./src
COPY templates ./templates
RUN touch src/main.rs && cargo build --release

FROM debian:bookworm-slim AS runtime
WORKDIR /usr/src/app
COPY templates ./templates
COPY --from=builder /usr/src/app/target/release/web ./target/release/web
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER nobody
CMD ["/usr/src/app/target/release/web"]
`,
    checks: [],
  },
  {
    title: "All that the image had but the toolchain",
    before: `FROM rust:1.83
RUN USER=root cargo new --bin app
WORKDIR /app
COPY Cargo.toml Cargo.lock ./
RUN cargo build --release && rm src/*.rs
COPY src ./src
RUN rm ./target/release/deps/app* && cargo build --release
ENV ROCKET_ADDRESS=0.0.0.0
CMD ["./target/release/app"]
`,
    after: `FROM rust:1.83 AS builder
RUN USER=root cargo new --bin app
WORKDIR /app
COPY Cargo.toml Cargo.lock ./
RUN cargo build --release && rm src/*.rs
COPY src ./src
RUN rm ./target/release/deps/app* && cargo build --release

FROM buildpack-deps:bookworm AS runtime
WORKDIR /app
COPY --from=builder /app/target/release/app ./target/release/app
ENV ROCKET_ADDRESS=0.0.0.0
CMD ["./target/release/app"]
`,
    checks: [],
  },
  {
    title: "cargo install, in a version that says which Debian it is",
    before: `FROM rust:1.63
MAINTAINER Jo <jo@example.com>
ADD . /usr/src/tool
WORKDIR /usr/src/tool
RUN cargo install --path .
CMD ["tool", "--verbose"]
`,
    after: `FROM rust:1.63 AS builder
ADD . /usr/src/tool
WORKDIR /usr/src/tool
RUN cargo install --path .

FROM debian:bullseye-slim AS runtime
MAINTAINER Jo <jo@example.com>
WORKDIR /usr/src/tool
COPY --from=builder /usr/local/cargo/bin/tool /usr/local/bin/tool
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
CMD ["tool", "--verbose"]
`,
    checks: [
      "At run time the program reads no files of /usr/src/tool: what `ADD . /usr/src/tool` brings stays in the builder.",
      "The program needs nothing else of the Rust image than `debian:bullseye-slim` has: no other program and no shared library (`ldd` lists them), such as OpenSSL.",
    ],
  },
  {
    title: "A version that does not say which Debian it is",
    before: `FROM rust:1
WORKDIR /app
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release
CMD ["./target/release/app"]
`,
    after: `FROM rust:1 AS builder
WORKDIR /app
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release

FROM rust:1 AS runtime
WORKDIR /app
COPY --from=builder /app/target/release/app ./target/release/app
CMD ["./target/release/app"]
`,
    checks: [],
  },
  {
    title: "Alpine",
    before: `FROM rust:1.80-alpine3.20
RUN apk add --no-cache musl-dev openssl-dev openssl-libs-static pkgconfig
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release
RUN adduser -D -u 1000 app
USER app
ENTRYPOINT ["/src/target/release/tool"]
`,
    after: `FROM rust:1.80-alpine3.20 AS builder
RUN apk add --no-cache musl-dev openssl-dev openssl-libs-static pkgconfig
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release

FROM alpine:3.20 AS runtime
WORKDIR /src
COPY --from=builder /src/target/release/tool ./target/release/tool
RUN adduser -D -u 1000 app
USER app
ENTRYPOINT ["/src/target/release/tool"]
`,
    checks: [],
  },
  {
    title: "A program for musl needs no system",
    base: "gcr.io/distroless/static-debian12",
    before: `FROM rust:1.79
RUN rustup target add x86_64-unknown-linux-musl && apt-get update && apt-get install -y musl-tools
WORKDIR /app
COPY . .
RUN cargo build --release --target x86_64-unknown-linux-musl
CMD ["/app/target/x86_64-unknown-linux-musl/release/app"]
`,
    after: `FROM rust:1.79 AS builder
RUN rustup target add x86_64-unknown-linux-musl && apt-get update && apt-get install -y musl-tools
WORKDIR /app
COPY . .
RUN cargo build --release --target x86_64-unknown-linux-musl

FROM gcr.io/distroless/static-debian12 AS runtime
WORKDIR /app
COPY --from=builder /app/target/x86_64-unknown-linux-musl/release/app ./target/x86_64-unknown-linux-musl/release/app
CMD ["/app/target/x86_64-unknown-linux-musl/release/app"]
`,
    checks: [
      "At run time the program reads no files of /app: what `COPY . .` brings stays in the builder.",
      "The program starts no other programs and needs no shell.",
    ],
  },
  {
    title: "Rust on a system of the file's choice",
    before: `FROM ubuntu:24.04
RUN apt-get update && apt-get install -y curl build-essential pkg-config ca-certificates && rm -rf /var/lib/apt/lists/*
RUN curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . $HOME/.cargo/env && rustup component add rustfmt
ENV PATH="/root/.cargo/bin:\${PATH}"
WORKDIR /srv/app
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo fmt --check && cargo test && cargo build --release && cp target/release/app /usr/local/bin/app
RUN useradd -m app
USER app
EXPOSE 3000
CMD ["app"]
`,
    after: `FROM ubuntu:24.04 AS builder
RUN apt-get update && apt-get install -y curl build-essential pkg-config ca-certificates && rm -rf /var/lib/apt/lists/*
RUN curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . $HOME/.cargo/env && rustup component add rustfmt
ENV PATH="/root/.cargo/bin:\${PATH}"
WORKDIR /srv/app
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo fmt --check && cargo test && cargo build --release && cp target/release/app /usr/local/bin/app

FROM ubuntu:24.04 AS runtime
RUN apt-get update && apt-get install -y curl ca-certificates && rm -rf /var/lib/apt/lists/*
ENV PATH="/root/.cargo/bin:\${PATH}"
WORKDIR /srv/app
COPY --from=builder /usr/local/bin/app /usr/local/bin/app
RUN useradd -m app
USER app
EXPOSE 3000
CMD ["app"]
`,
    checks: [],
  },
  {
    title: "The program lies in a cache and is put elsewhere",
    before: `FROM rust:1.85-slim-bookworm
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/app/target --mount=type=cache,target=/usr/local/cargo/registry \\
    cargo build --release && cp target/release/app /bin/app
HEALTHCHECK CMD ["/bin/app", "health"]
CMD ["/bin/app"]
`,
    after: `FROM rust:1.85-slim-bookworm AS builder
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/app/target --mount=type=cache,target=/usr/local/cargo/registry \\
    cargo build --release && cp target/release/app /bin/app

FROM debian:bookworm-slim AS runtime
WORKDIR /app
COPY --from=builder /bin/app /bin/app
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
HEALTHCHECK CMD ["/bin/app", "health"]
CMD ["/bin/app"]
`,
    checks: ["At run time the program reads no files of /app: what `COPY . .` brings stays in the builder."],
  },
  {
    title: "A tool that reads migrations starts first",
    before: `FROM rust:1.85-slim-bookworm
RUN apt-get update && apt-get install -y libpq-dev && rm -rf /var/lib/apt/lists/*
RUN cargo install diesel_cli --no-default-features --features postgres
WORKDIR /app
COPY . .
RUN cargo build --release
CMD diesel migration run && ./target/release/api
`,
    after: `FROM rust:1.85-slim-bookworm AS builder
RUN apt-get update && apt-get install -y libpq-dev && rm -rf /var/lib/apt/lists/*
RUN cargo install diesel_cli --no-default-features --features postgres
WORKDIR /app
COPY . .
RUN cargo build --release

FROM debian:bookworm-slim AS runtime
RUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
COPY --from=builder /usr/local/cargo/bin/diesel /usr/local/bin/diesel
COPY --from=builder /app/target/release/api ./target/release/api
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
CMD diesel migration run && ./target/release/api
`,
    checks: [
      "The files that `COPY . .` brings are copied to the runtime stage as well, because `diesel` may use them: leave out the sources if you know what is read.",
    ],
  },
  {
    title: "cargo run becomes the program that the manifest names",
    project: {
      "Cargo.toml": `[package]
name = "hello"
version = "0.1.0"
`,
    },
    before: `FROM rust:1-slim-bookworm
WORKDIR /app
COPY . .
CMD ["cargo", "run", "--release", "--", "--port", "80"]
`,
    after: `FROM rust:1-slim-bookworm AS builder
WORKDIR /app
COPY . .
RUN cargo build --release

FROM debian:bookworm-slim AS runtime
WORKDIR /app
COPY --from=builder /app/target/release/hello ./target/release/hello
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
CMD ["./target/release/hello", "--port", "80"]
`,
    checks: [
      "At run time the program reads no files of /app: what `COPY . .` brings stays in the builder.",
      "The program is `hello`, and does not read the variables that `cargo run` sets, such as CARGO_MANIFEST_DIR.",
    ],
  },
  {
    title: "A script that starts what the manifest names",
    project: {
      "Cargo.toml": `[package]
name = "svc"

[[bin]]
name = "migrate"
path = "src/migrate.rs"
`,
    },
    before: `FROM rust:1.80-slim-bookworm
WORKDIR /app
COPY . .
RUN cargo build --release
CMD ["./run.sh"]
`,
    after: `FROM rust:1.80-slim-bookworm AS builder
WORKDIR /app
COPY . .
RUN cargo build --release

FROM debian:bookworm-slim AS runtime
WORKDIR /app
COPY . .
COPY --from=builder /app/target/release/migrate ./target/release/migrate
COPY --from=builder /app/target/release/svc ./target/release/svc
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
CMD ["./run.sh"]
`,
    checks: [
      "The files that `COPY . .` brings are copied to the runtime stage as well, because /app/run.sh may use them: leave out the sources if you know what is read.",
      "/app/run.sh starts no other programs of the project than migrate and svc.",
    ],
  },
  {
    title: "cargo run without the manifest",
    before: `FROM rust:1.80
WORKDIR /app
COPY . .
RUN cargo build --release
CMD ["cargo", "run", "--release"]
`,
    after: null,
    reason:
      'The container starts `cargo run --release`, which compiles the program anew and needs the Rust toolchain: build it with `RUN cargo build --release` and start it by its path, such as `CMD ["./target/release/NAME"]`, then it can be split.',
  },
  {
    title: "A watcher needs the toolchain",
    before: `FROM rust:1.80
RUN cargo install cargo-watch
WORKDIR /app
COPY . .
CMD ["cargo", "watch", "-x", "run"]
`,
    after: null,
    reason: "The container starts `cargo watch -x run`, which needs the sources and the Rust toolchain.",
  },
];
