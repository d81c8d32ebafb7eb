# Debian's Maven with its own repository of plugins: plain jar projects are built without any other.
FROM eclipse-temurin:17-jdk
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    /shims/install-packages maven libmaven-compiler-plugin-java libmaven-jar-plugin-java libmaven-resources-plugin-java libmaven-install-plugin-java libmaven-deploy-plugin-java libmaven-clean-plugin-java libsurefire-java junit4
RUN mkdir -p /root/.m2 && echo '<settings><localRepository>/usr/share/maven-repo</localRepository><offline>true</offline></settings>' >/root/.m2/settings.xml && mvn -v
CMD ["mvn"]
