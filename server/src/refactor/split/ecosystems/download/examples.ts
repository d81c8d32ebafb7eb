import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "Fetched with a tool that stays behind",
    before: `FROM eclipse-temurin:21-jre
RUN apt-get update && apt-get install -y --no-install-recommends curl fontconfig && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /opt/search \\
    && curl -fsSL https://example.com/search-9.1.tar.gz | tar xz --strip-components=1 -C /opt/search
EXPOSE 8983
CMD ["/opt/search/bin/search", "start", "-f"]
`,
    after: `FROM eclipse-temurin:21-jre AS builder
RUN apt-get update && apt-get install -y --no-install-recommends curl fontconfig && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /opt/search \\
    && curl -fsSL https://example.com/search-9.1.tar.gz | tar xz --strip-components=1 -C /opt/search

FROM eclipse-temurin:21-jre AS runtime
RUN apt-get update \\
    && apt-get install -y --no-install-recommends fontconfig \\
    && rm -rf /var/lib/apt/lists/*
COPY --from=builder /opt/search /opt/search
EXPOSE 8983
CMD ["/opt/search/bin/search", "start", "-f"]
`,
    checks: ["Nothing in the container calls curl."],
  },
  {
    title: "An archive that a layer keeps",
    before: `FROM debian:bookworm-slim
MAINTAINER Jane <jane@example.com>
ADD https://example.com/lamp-1.2.tar.gz /tmp/lamp.tar.gz
RUN useradd --system lamp && mkdir -p /opt/lamp && tar xzf /tmp/lamp.tar.gz -C /opt/lamp && rm /tmp/lamp.tar.gz
RUN ln -s /opt/lamp/bin/lamp /usr/local/bin/lamp
USER lamp
CMD ["lamp"]
`,
    after: `FROM debian:bookworm-slim AS builder
ADD https://example.com/lamp-1.2.tar.gz /tmp/lamp.tar.gz
RUN useradd --system lamp && mkdir -p /opt/lamp && tar xzf /tmp/lamp.tar.gz -C /opt/lamp && rm /tmp/lamp.tar.gz

FROM debian:bookworm-slim AS runtime
MAINTAINER Jane <jane@example.com>
RUN useradd --system lamp
COPY --from=builder /opt/lamp /opt/lamp
RUN ln -s /opt/lamp/bin/lamp /usr/local/bin/lamp
USER lamp
CMD ["lamp"]
`,
    checks: [],
  },
  {
    title: "What is unpacked into a directory of the system cannot be told from it",
    before: `FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl && curl -fsSL https://example.com/lamp.tar.gz | tar xz -C /
CMD ["lamp"]
`,
    after: null,
    reason: "nothing to split",
  },
];
