FROM maven:3.9-eclipse-temurin-17
WORKDIR /build
COPY pom.xml .
COPY src ./src
RUN mvn -B -q package -DskipTests
ENTRYPOINT ["java", "-jar", "/build/target/tally-1.2.0.jar"]
