FROM golang:1.22
WORKDIR /src
COPY go.mod ./
COPY *.go ./
RUN go build -o /root-of .
ENTRYPOINT ["/root-of"]
