FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends cargo rustc && rm -rf /var/lib/apt/lists/*
WORKDIR /words
COPY . .
RUN cargo build --release
ENTRYPOINT ["/words/target/release/words"]
