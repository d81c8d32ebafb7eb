FROM golang:1.22
LABEL org.opencontainers.image.title="greeter"
WORKDIR /app
ADD . /app
RUN apt-get update && apt-get install -y --no-install-recommends tzdata ca-certificates \
 && go vet ./... && go test ./... && CGO_ENABLED=0 go build -o greeter . \
 && rm -rf /var/lib/apt/lists/* && useradd --uid 1500 greeter && chown -R greeter /app
USER greeter
EXPOSE 8080
HEALTHCHECK --interval=30s CMD ["/app/greeter", "check"]
STOPSIGNAL SIGINT
CMD ["./greeter"]
