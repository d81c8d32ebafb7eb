FROM rust:1
MAINTAINER someone@example.com
ENV RUST_BACKTRACE 1
ADD . /words
WORKDIR /words
RUN cargo install --path .
ENTRYPOINT ["words"]
