FROM golang:1.22-alpine
RUN apk add --no-cache gcc musl-dev
WORKDIR /src
COPY . .
RUN CGO_ENABLED=1 go build -o /usr/local/bin/root-of .
ENTRYPOINT ["root-of"]
