FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends golang-go gcc libc6-dev
COPY . /src
RUN cd /src && sed -i 's/^go 1.22/go 1.19/' go.mod && go build -o /usr/bin/root-of && rm -rf /src
ENTRYPOINT ["root-of"]
