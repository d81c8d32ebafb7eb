FROM golang:1.22
WORKDIR /src
COPY . .
# Linked with everything it calls.
RUN go build -ldflags '-linkmode external -extldflags "-static"' -o /bin/root-of .
ENTRYPOINT ["/bin/root-of"]
