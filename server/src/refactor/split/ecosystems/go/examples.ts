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
];
