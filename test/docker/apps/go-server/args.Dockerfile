ARG GO_VERSION=1.22
FROM golang:${GO_VERSION}-alpine
ARG TARGET=greeter
WORKDIR /go/src/app
COPY . .
RUN apk add --no-cache git ca-certificates tzdata && \
    addgroup -S web && adduser -S -G web web && \
    CGO_ENABLED=0 go build -trimpath -o /${TARGET} . && \
    mkdir -p /var/greeter && chown web:web /var/greeter
USER web
WORKDIR /var/greeter
EXPOSE 8080
ENTRYPOINT ["/greeter"]
