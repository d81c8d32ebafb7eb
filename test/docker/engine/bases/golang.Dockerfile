FROM buildpack-deps:bookworm
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked --mount=type=bind,source=shims/install-packages,target=/shims/install-packages \
    for file in /etc/apt/sources.list.d/*.sources; do \
      awk 'BEGIN { RS = ""; ORS = "\n\n" } NR == 1' "$file" | sed 's/^Suites:.*/Suites: bookworm-backports/' >/etc/apt/sources.list.d/backports.sources; \
    done && \
    /shims/install-packages -t bookworm-backports golang-1.22-go && \
    rm /etc/apt/sources.list.d/backports.sources && \
    cp -aL /usr/lib/go-1.22 /usr/local/go && rm -rf /usr/lib/go-1.22 /usr/share/go-1.22 && \
    mkdir -p /usr/local/go/lib/time && cd /usr/share/zoneinfo && \
    find . -path ./posix -prune -o -path ./right -prune -o -type f -printf '%P\n' | python3 -c "import sys, zipfile; archive = zipfile.ZipFile('/usr/local/go/lib/time/zoneinfo.zip', 'w'); [archive.write(name.strip()) for name in sys.stdin]"
ENV GOPATH=/go GOTOOLCHAIN=local PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN mkdir -p /go/src /go/bin && chmod 777 /go /go/src /go/bin && go version
WORKDIR /go
