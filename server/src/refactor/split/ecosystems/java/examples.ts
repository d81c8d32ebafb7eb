import type { SplitExample } from "../ecosystem.ts";

/** A project of Spring Boot. */
const springBoot = `<project>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.2.0</version>
  </parent>
  <artifactId>shop</artifactId>
  <version>1.2</version>
  <build>
    <plugins>
      <plugin>
        <groupId>org.springframework.boot</groupId>
        <artifactId>spring-boot-maven-plugin</artifactId>
      </plugin>
    </plugins>
  </build>
</project>
`;

export const examples: readonly SplitExample[] = [
  {
    title: "A jar whose pom.xml says that it holds its libraries",
    project: { "pom.xml": springBoot },
    before: `FROM maven:3-eclipse-temurin-21
WORKDIR /app
COPY pom.xml .
RUN mvn -B dependency:go-offline
COPY src ./src
RUN mvn -B package
EXPOSE 8080
CMD ["java", "-jar", "target/shop-1.2.jar"]
`,
    after: `FROM maven:3-eclipse-temurin-21 AS builder
WORKDIR /app
COPY pom.xml .
RUN mvn -B dependency:go-offline
COPY src ./src
RUN mvn -B package

FROM eclipse-temurin:21-jre AS runtime
WORKDIR /app
COPY --from=builder /app/target/shop-1.2.jar ./target/shop-1.2.jar
EXPOSE 8080
CMD ["java", "-jar", "target/shop-1.2.jar"]
`,
    checks: [],
  },
  {
    title: "Without pom.xml the folder of the jar crosses, where libraries may lie beside it",
    before: `FROM maven:3.6-jdk-8
WORKDIR /usr/src/app
COPY pom.xml ./
COPY src src
COPY config.yml ./
RUN mvn clean package
EXPOSE 8080
CMD java $JAVA_OPTS -jar target/orders.jar server config.yml
`,
    after: `FROM maven:3.6-jdk-8 AS builder
WORKDIR /usr/src/app
COPY pom.xml ./
COPY src src
COPY config.yml ./
RUN mvn clean package

FROM openjdk:8-jre AS runtime
WORKDIR /usr/src/app
COPY config.yml ./
COPY --from=builder /usr/src/app/target ./target
EXPOSE 8080
CMD java $JAVA_OPTS -jar target/orders.jar server config.yml
`,
    checks: [],
  },
  {
    title: "A messy RUN on Ubuntu: the JRE of its packages takes the JDK's place",
    before: `FROM ubuntu:22.04
MAINTAINER Ann <ann@example.com>
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update && apt-get install -y openjdk-17-jdk maven git curl && rm -rf /var/lib/apt/lists/*
ADD . /srv/app
RUN cd /srv/app && mvn -q clean package && cp target/app.jar /srv/app.jar && rm -rf ~/.m2
HEALTHCHECK CMD curl -f http://localhost:8080/health || exit 1
CMD ["java", "-jar", "/srv/app.jar"]
`,
    after: `FROM ubuntu:22.04 AS builder
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update && apt-get install -y openjdk-17-jdk maven git curl && rm -rf /var/lib/apt/lists/*
ADD . /srv/app
RUN cd /srv/app && mvn -q clean package && cp target/app.jar /srv/app.jar && rm -rf ~/.m2

FROM ubuntu:22.04 AS runtime
MAINTAINER Ann <ann@example.com>
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update && apt-get install -y openjdk-17-jre curl && rm -rf /var/lib/apt/lists/*
COPY --from=builder /srv/app.jar /srv/app.jar
HEALTHCHECK CMD curl -f http://localhost:8080/health || exit 1
CMD ["java", "-jar", "/srv/app.jar"]
`,
    checks: [
      "At run time the program reads no other files of /srv/app: what `ADD . /srv/app` brings stays in the builder.",
      "The program does not call git.",
    ],
  },
  {
    title: "Gradle's start script crosses with the libraries beside it",
    before: `FROM gradle:8.5-jdk17-alpine
WORKDIR /app
COPY build.gradle settings.gradle ./
COPY src src
RUN gradle --no-daemon installDist
RUN adduser -D app && mkdir -p /app/logs && chown app /app/logs
USER app
ENTRYPOINT ["build/install/api/bin/api"]
`,
    after: `FROM gradle:8.5-jdk17-alpine AS builder
WORKDIR /app
COPY build.gradle settings.gradle ./
COPY src src
RUN gradle --no-daemon installDist

FROM eclipse-temurin:17-jre-alpine AS runtime
WORKDIR /app
COPY --from=builder /app/build/install/api ./build/install/api
RUN adduser -D app && mkdir -p /app/logs && chown app /app/logs
USER app
ENTRYPOINT ["build/install/api/bin/api"]
`,
    checks: [],
  },
  {
    title: "A jar by a pattern, of a project that all arrives at once",
    before: `FROM eclipse-temurin:17-jdk-jammy
WORKDIR /app
COPY . .
RUN chmod +x gradlew && ./gradlew bootJar
ENTRYPOINT ["sh", "-c", "java $JAVA_OPTS -jar build/libs/*.jar"]
`,
    after: `FROM eclipse-temurin:17-jdk-jammy AS builder
WORKDIR /app
COPY . .
RUN chmod +x gradlew && ./gradlew bootJar

FROM eclipse-temurin:17-jre-jammy AS runtime
WORKDIR /app
COPY --from=builder /app/build/libs/*.jar /app/build/libs/
ENTRYPOINT ["sh", "-c", "java $JAVA_OPTS -jar build/libs/*.jar"]
`,
    checks: ["At run time the program reads no other files of /app: what `COPY . .` brings stays in the builder."],
  },
  {
    title: "Distroless Java, on request",
    base: "gcr.io/distroless/java17-debian12",
    before: `FROM openjdk:17-jdk-slim
WORKDIR /app
COPY src src
RUN javac -d classes src/com/example/*.java
CMD ["java", "-cp", "classes", "com.example.Main"]
`,
    after: `FROM openjdk:17-jdk-slim AS builder
WORKDIR /app
COPY src src
RUN javac -d classes src/com/example/*.java

FROM gcr.io/distroless/java17-debian12 AS runtime
WORKDIR /app
COPY --from=builder /app/classes ./classes
ENTRYPOINT []
CMD ["java", "-cp", "classes", "com.example.Main"]
`,
    checks: [
      "The program starts no other program, and nobody opens a shell in the container: `gcr.io/distroless/java17-debian12` has none.",
    ],
  },
  {
    title: "A war in Tomcat",
    before: `FROM tomcat:9-jdk11
RUN apt-get update && apt-get install -y maven && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY pom.xml .
COPY src src
RUN mvn package && cp target/*.war /usr/local/tomcat/webapps/ROOT.war
CMD ["catalina.sh", "run"]
`,
    after: `FROM tomcat:9-jdk11 AS builder
RUN apt-get update && apt-get install -y maven && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY pom.xml .
COPY src src
RUN mvn package && cp target/*.war /usr/local/tomcat/webapps/ROOT.war

FROM tomcat:9-jre11 AS runtime
WORKDIR /build
COPY --from=builder /usr/local/tomcat/webapps/ROOT.war /usr/local/tomcat/webapps/ROOT.war
CMD ["catalina.sh", "run"]
`,
    checks: [],
  },
  {
    title: "`mvn spring-boot:run` starts a jar that pom.xml is certain of",
    project: { "pom.xml": springBoot },
    before: `FROM maven:3-eclipse-temurin-21
WORKDIR /app
COPY . .
RUN mvn package
EXPOSE 8080
CMD ["mvn", "spring-boot:run"]
`,
    after: `FROM maven:3-eclipse-temurin-21 AS builder
WORKDIR /app
COPY . .
RUN mvn package

FROM eclipse-temurin:21-jre AS runtime
WORKDIR /app
COPY --from=builder /app/target/shop-1.2.jar ./target/shop-1.2.jar
EXPOSE 8080
CMD ["java", "-jar", "target/shop-1.2.jar"]
`,
    checks: [
      "At run time the program reads no other files of /app: what `COPY . .` brings stays in the builder.",
      "`mvn spring-boot:run` starts the same program as `java -jar target/shop-1.2.jar`, which takes its place.",
    ],
  },
  {
    title: "sbt packs start script and libraries",
    before: `FROM sbtscala/scala-sbt:eclipse-temurin-jammy-17.0.10_7_1.10.0_3.4.2
WORKDIR /app
COPY build.sbt ./
COPY project project
RUN sbt update
COPY src src
RUN sbt stage
CMD ["target/universal/stage/bin/api"]
`,
    after: `FROM sbtscala/scala-sbt:eclipse-temurin-jammy-17.0.10_7_1.10.0_3.4.2 AS builder
WORKDIR /app
COPY build.sbt ./
COPY project project
RUN sbt update
COPY src src
RUN sbt stage

FROM eclipse-temurin:17-jre-jammy AS runtime
WORKDIR /app
COPY --from=builder /app/target/universal/stage ./target/universal/stage
CMD ["target/universal/stage/bin/api"]
`,
    checks: [],
  },
  {
    title: "`mvn exec:java` needs Maven and the sources",
    before: `FROM maven:3-eclipse-temurin-17
WORKDIR /app
COPY . .
RUN mvn compile
CMD ["mvn", "exec:java"]
`,
    after: null,
    reason: "start it with `java -jar`",
  },
];
