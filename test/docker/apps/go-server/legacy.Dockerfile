FROM golang:1.22-alpine
MAINTAINER someone@example.com
ENV GREETED all of you
ADD . /go/src/greeter
WORKDIR /go/src/greeter
RUN go install -ldflags "-X main.version=legacy" .
EXPOSE 8080
ENTRYPOINT /go/bin/greeter
