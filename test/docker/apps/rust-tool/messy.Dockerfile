FROM rust:1
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y pkg-config cmake ca-certificates && rm -rf /var/lib/apt/lists/* && cargo test && cargo build --release && cp target/release/words /usr/local/bin/words && rm -rf target && useradd -m counter
USER counter
WORKDIR /home/counter
ENTRYPOINT ["words"]
