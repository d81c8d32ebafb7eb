FROM rust:1
WORKDIR /usr/src/words
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release --locked
ENTRYPOINT ["/usr/src/words/target/release/words"]
