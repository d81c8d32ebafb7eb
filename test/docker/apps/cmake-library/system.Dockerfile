FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends cmake g++ make && rm -rf /var/lib/apt/lists/*
COPY . /tmp/palindromes
RUN cd /tmp/palindromes \
    && cmake -B build -DCMAKE_INSTALL_PREFIX=/usr \
    && cmake --build build && cmake --install build \
    && rm -rf /tmp/palindromes \
    && apt-get purge -y --auto-remove cmake make
RUN palindrome level
ENTRYPOINT ["palindrome"]
