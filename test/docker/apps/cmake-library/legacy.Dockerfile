FROM ubuntu:22.04
MAINTAINER someone@example.com
RUN apt-get update && apt-get install -y cmake g++ make
ADD . /palindromes
RUN mkdir -p /palindromes/build
WORKDIR /palindromes/build
RUN cmake ..
RUN make
ENTRYPOINT ["/palindromes/build/palindrome"]
