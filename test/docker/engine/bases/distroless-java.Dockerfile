FROM eclipse-temurin:17-jre AS jre
FROM gcr.io/distroless/cc-debian12
COPY --from=jre /usr/lib/jvm/ /usr/lib/jvm/
COPY --from=jre /etc/java-17-openjdk/ /etc/java-17-openjdk/
COPY --from=jre /usr/lib/x86_64-linux-gnu/ /usr/lib/x86_64-linux-gnu/
ENV JAVA_VERSION=17
ENTRYPOINT ["/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "-jar"]
