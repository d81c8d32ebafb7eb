FROM buildpack-deps:bookworm
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims,target=/shims \
    for file in /etc/apt/sources.list.d/*.sources; do \
      awk 'BEGIN { RS = ""; ORS = "\n\n" } NR == 1' "$file" | sed 's/^Suites:.*/Suites: bookworm-backports/' >/etc/apt/sources.list.d/backports.sources; \
    done && \
    /shims/install-packages -t bookworm-backports golang-1.22-go && \
    rm /etc/apt/sources.list.d/backports.sources && \
    ln -s /usr/lib/go-1.22 /usr/local/go
ENV GOPATH=/go GOTOOLCHAIN=local PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN mkdir -p /go/src /go/bin && chmod 777 /go /go/src /go/bin && go version
WORKDIR /go
