FROM debian:bookworm-slim

RUN apt-get update && apt-get install -y --no-install-recommends \
      cmake \
      g++ \
      make \
    && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN cmake -S /src -B /build -DCMAKE_BUILD_TYPE=Release \
    && cmake --build /build \
    && cmake --install /build \
    && ldconfig

ENTRYPOINT ["palindrome"]
