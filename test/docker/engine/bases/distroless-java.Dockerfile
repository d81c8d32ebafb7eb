FROM eclipse-temurin:17-jre AS jre
RUN mkdir -p /links/usr/bin && ln -s "$(readlink -f /opt/java/openjdk)/bin/java" /links/usr/bin/java

FROM gcr.io/distroless/cc-debian12
COPY --from=jre /usr/lib/jvm/ /usr/lib/jvm/
COPY --from=jre /etc/java-17-openjdk/ /etc/java-17-openjdk/
COPY --from=jre /usr/lib/x86_64-linux-gnu/ /usr/lib/x86_64-linux-gnu/
COPY --from=jre /links/ /
ENV JAVA_VERSION=17
ENTRYPOINT ["/usr/bin/java", "-jar"]
