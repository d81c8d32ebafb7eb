FROM eclipse-temurin:17-jdk
WORKDIR /app
COPY src ./src
RUN javac -d classes src/org/example/*.java && jar --create --file server.jar --main-class org.example.Server -C classes .
EXPOSE 8000
CMD ["java", "-jar", "server.jar"]
