import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A program that uses no C library, built on Alpine",
    before: `FROM golang:1.25-alpine3.22
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
RUN CGO_ENABLED=0 go build -trimpath -o /usr/local/bin/service .
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/service"]
`,
    after: `FROM golang:1.25-alpine3.22 AS builder
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
RUN CGO_ENABLED=0 go build -trimpath -o /usr/local/bin/service .

FROM alpine:3.22 AS runtime
WORKDIR /src
COPY --from=builder /usr/local/bin/service /usr/local/bin/service
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/service"]
`,
  },
  {
    title: "A program that may use Debian's C library stays on Debian",
    before: `FROM golang:1.23-bookworm
WORKDIR /app
COPY . .
RUN go build -o server ./cmd/server
CMD ["./server"]
`,
    after: `FROM golang:1.23-bookworm AS builder
WORKDIR /app
COPY . .
RUN go build -o server ./cmd/server

FROM debian:bookworm-slim AS runtime
WORKDIR /app
COPY --from=builder /app/server ./
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# Time zones, which the Go image brings along.
COPY --from=builder /usr/local/go/lib*/time/zoneinfo.zip /usr/local/go/lib/time/
CMD ["./server"]
`,
  },
  {
    title: "go run needs the toolchain",
    before: `FROM golang:1.23
WORKDIR /app
COPY . .
CMD ["go", "run", "."]
`,
    after: null,
    reason: "`go run`",
  },
  {
    title: "Without a system: certificates and time zones come along",
    before: `FROM golang:1.23-bookworm
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
ENV CGO_ENABLED=0
RUN go build -o /service .
USER 65532
EXPOSE 8080
ENTRYPOINT ["/service"]
`,
    base: "scratch",
    after: `FROM golang:1.23-bookworm AS builder
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY *.go ./
ENV CGO_ENABLED=0
RUN go build -o /service .

FROM scratch AS runtime
WORKDIR /src
ENV CGO_ENABLED=0
COPY --from=builder /service /service
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# Time zones, which an empty image lacks.
COPY --from=builder /usr/share/zoneinfo /usr/share/zoneinfo
USER 65532
EXPOSE 8080
ENTRYPOINT ["/service"]
`,
    checks: [
      "The program starts no other programs, and needs neither /tmp nor a home directory: an empty image has none.",
    ],
  },
  {
    title: "Without a shell",
    before: `FROM golang:1.25-alpine
WORKDIR /src
COPY go.mod *.go ./
RUN apk add --no-cache ca-certificates tzdata
RUN CGO_ENABLED=0 go build -o /usr/local/bin/service .
CMD ["service"]
`,
    base: "gcr.io/distroless/static-debian12",
    after: `FROM golang:1.25-alpine AS builder
WORKDIR /src
COPY go.mod *.go ./
RUN apk add --no-cache ca-certificates tzdata
RUN CGO_ENABLED=0 go build -o /usr/local/bin/service .

FROM gcr.io/distroless/static-debian12 AS runtime
WORKDIR /src
COPY --from=builder /usr/local/bin/service /usr/local/bin/service
CMD ["service"]
`,
    checks: ["The program starts no other programs: `gcr.io/distroless/static-debian12` has none, not even a shell."],
  },
  {
    title: "Go from a package manager: the program runs on the same system again",
    before: `FROM alpine:3.20
RUN apk add --no-cache ca-certificates
ENV GOPATH=/go
RUN apk add --no-cache --virtual .build go git musl-dev \\
    && go install example.com/tools/relay@v1.4.0 \\
    && mv /go/bin/relay /usr/local/bin/ \\
    && apk del .build \\
    && rm -rf /go
EXPOSE 7000
CMD ["relay"]
`,
    after: `FROM alpine:3.20 AS base
RUN apk add --no-cache ca-certificates
ENV GOPATH=/go

FROM base AS builder
RUN apk add --no-cache --virtual .build go git musl-dev \\
    && go install example.com/tools/relay@v1.4.0 \\
    && mv /go/bin/relay /usr/local/bin/ \\
    && apk del .build \\
    && rm -rf /go

FROM base AS runtime
COPY --from=builder /usr/local/bin/relay /usr/local/bin/relay
EXPOSE 7000
CMD ["relay"]
`,
    checks: [],
  },
  {
    title: "An image of one's own stays, without sources and caches",
    before: `FROM registry.example.com/team/compile:7
WORKDIR /go/src/app
COPY go.mod main.go ./
RUN go build -o app .
CMD ["./app"]
`,
    after: `FROM registry.example.com/team/compile:7 AS builder
WORKDIR /go/src/app
COPY go.mod main.go ./
RUN go build -o app .

FROM registry.example.com/team/compile:7 AS runtime
WORKDIR /go/src/app
COPY --from=builder /go/src/app/app ./
CMD ["./app"]
`,
    checks: [],
  },
  {
    title: "A file in the older manner",
    before: `FROM golang:1.9
MAINTAINER Ada <ada@example.com>
ADD . /go/src/example.com/hello
RUN go get example.com/hello/... && go install example.com/hello
EXPOSE 8080
ENTRYPOINT /go/bin/hello
`,
    after: `FROM golang:1.9 AS builder
ADD . /go/src/example.com/hello
RUN go get example.com/hello/... && go install example.com/hello

FROM debian:stable-slim AS runtime
WORKDIR /go
MAINTAINER Ada <ada@example.com>
COPY --from=builder /go/bin/hello /go/bin/hello
# Without these no TLS connection is trusted.
COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# Time zones, which the Go image brings along.
COPY --from=builder /usr/local/go/lib*/time/zoneinfo.zip /usr/local/go/lib/time/
EXPOSE 8080
ENTRYPOINT /go/bin/hello
`,
    checks: [
      "At run time the program reads no files of /go: what `ADD . /go/src/example.com/hello` brings stays in the builder.",
      "The program starts no other programs than those of its new base, `debian:stable-slim`.",
    ],
  },
];
