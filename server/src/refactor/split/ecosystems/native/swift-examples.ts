import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A server starts on the slim variant of the same image",
    before: `FROM swift:5.9-jammy
WORKDIR /app
COPY Package.swift Package.resolved ./
RUN swift package resolve
COPY Sources ./Sources
RUN swift build -c release
EXPOSE 8080
ENTRYPOINT ["/app/.build/release/Server"]
`,
    after: `FROM swift:5.9-jammy AS builder
WORKDIR /app
COPY Package.swift Package.resolved ./
RUN swift package resolve
COPY Sources ./Sources
RUN swift build -c release

FROM swift:5.9-jammy-slim AS runtime
WORKDIR /app
COPY --from=builder /app/.build/release/Server ./.build/release/Server
EXPOSE 8080
ENTRYPOINT ["/app/.build/release/Server"]
`,
    checks: [
      "The program needs nothing else of the Swift image than `swift:5.9-jammy-slim` has: no other program, no certificates and no shared library (`ldd` lists them), such as SQLite.",
      "Neither the program nor a package that it uses has resources (`Bundle.module`): they stay in the builder.",
    ],
  },
  {
    title: "All in one RUN, with tests",
    before: `FROM swift:5.10
MAINTAINER Jo <jo@example.com>
ADD . /srv/app
WORKDIR /srv/app
RUN apt-get update && apt-get install -y libsqlite3-dev && rm -rf /var/lib/apt/lists/* && swift test && swift build --configuration release --product App
RUN useradd --system app
USER app
CMD ["./.build/release/App", "serve", "--hostname", "0.0.0.0"]
`,
    after: `FROM swift:5.10 AS builder
ADD . /srv/app
WORKDIR /srv/app
RUN apt-get update && apt-get install -y libsqlite3-dev && rm -rf /var/lib/apt/lists/* && swift test && swift build --configuration release --product App

FROM swift:5.10-slim AS runtime
MAINTAINER Jo <jo@example.com>
WORKDIR /srv/app
RUN apt-get update && apt-get install -y libsqlite3-0 && rm -rf /var/lib/apt/lists/*
COPY --from=builder /srv/app/.build/release/App ./.build/release/App
RUN useradd --system app
USER app
CMD ["./.build/release/App", "serve", "--hostname", "0.0.0.0"]
`,
    checks: [
      "At run time the program reads no files of /srv/app: what `ADD . /srv/app` brings stays in the builder.",
      "The program needs nothing else of the Swift image than `swift:5.10-slim` has: no other program, no certificates and no shared library (`ldd` lists them), such as SQLite.",
      "Neither the program nor a package that it uses has resources (`Bundle.module`): they stay in the builder.",
    ],
  },
  {
    title: "The program is put in place",
    before: `FROM swift:latest
WORKDIR /build
COPY . .
RUN swift build -c release && cp .build/release/tool /usr/local/bin/tool
CMD ["tool"]
`,
    after: `FROM swift:latest AS builder
WORKDIR /build
COPY . .
RUN swift build -c release && cp .build/release/tool /usr/local/bin/tool

FROM swift:slim AS runtime
WORKDIR /build
COPY --from=builder /usr/local/bin/tool /usr/local/bin/tool
CMD ["tool"]
`,
    checks: [
      "At run time the program reads no files of /build: what `COPY . .` brings stays in the builder.",
      "The program needs nothing else of the Swift image than `swift:slim` has: no other program, no certificates and no shared library (`ldd` lists them), such as SQLite.",
      "Neither the program nor a package that it uses has resources (`Bundle.module`): they stay in the builder.",
    ],
  },
  {
    title: "swift run needs the compiler",
    before: `FROM swift:5.9
WORKDIR /app
COPY . .
RUN swift build
CMD ["swift", "run"]
`,
    after: null,
    reason:
      'The container starts `swift run`, which needs the Swift toolchain: build it with `RUN swift build -c release` and start it by its path, such as `CMD ["./.build/release/NAME"]`, then it can be split.',
  },
];
