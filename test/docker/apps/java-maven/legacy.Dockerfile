FROM maven:3.9-eclipse-temurin-17
MAINTAINER someone@example.com
ENV APP_HOME /app
ADD . /app
WORKDIR /app
RUN mvn package
ENTRYPOINT exec java -jar target/tally-1.2.0.jar 5 6
