# syntax=docker/dockerfile:1
FROM golang:1.22

WORKDIR /src

COPY go.mod ./
RUN go mod download

COPY . .
ARG VERSION=1.4.0
RUN CGO_ENABLED=0 go build -ldflags "-s -w -X main.version=${VERSION}" -o /usr/local/bin/greeter .

ENV GREETED=reader
EXPOSE 8080
USER nobody
CMD ["greeter"]
