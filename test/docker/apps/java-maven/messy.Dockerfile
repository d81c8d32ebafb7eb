FROM maven:3.9-eclipse-temurin-17
ENV JAVA_OPTS=-Xmx64m TZ=Europe/Berlin
COPY . /usr/src/tally
RUN cd /usr/src/tally && mvn -q -DskipTests package && mkdir -p /opt/tally && cp target/*.jar /opt/tally/tally.jar && cd / && rm -rf /usr/src/tally && groupadd --system tally && useradd --system --gid tally tally
WORKDIR /opt/tally
USER tally
ENTRYPOINT ["java", "-jar", "tally.jar"]
