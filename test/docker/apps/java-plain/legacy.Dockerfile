FROM openjdk:17
MAINTAINER someone@example.com
ADD src /src
WORKDIR /src
RUN mkdir -p /out
RUN javac -d /out org/example/Server.java
EXPOSE 8000
WORKDIR /out
CMD java org.example.Server
