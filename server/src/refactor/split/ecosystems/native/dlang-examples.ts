import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "The same image without sources and packages",
    before: `FROM dlang2/ldc-ubuntu:1.36.0
WORKDIR /app
COPY dub.json dub.selections.json ./
COPY source ./source
RUN dub build -b release --compiler=ldc2
EXPOSE 8080
ENTRYPOINT ["/app/server"]
`,
    after: `FROM dlang2/ldc-ubuntu:1.36.0 AS builder
WORKDIR /app
COPY dub.json dub.selections.json ./
COPY source ./source
RUN dub build -b release --compiler=ldc2

FROM dlang2/ldc-ubuntu:1.36.0 AS runtime
WORKDIR /app
COPY --from=builder /app/server ./
EXPOSE 8080
ENTRYPOINT ["/app/server"]
`,
    checks: [],
  },
  {
    title: "On plain Debian the compiler and its packages stay behind",
    before: `FROM debian:bookworm
RUN apt-get update && apt-get install -y ldc dub libssl-dev zlib1g-dev git && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN dub test && dub build -b release && cp bin/web /usr/local/bin/web
CMD ["web", "--port", "80"]
`,
    after: `FROM debian:bookworm AS builder
RUN apt-get update && apt-get install -y ldc dub libssl-dev zlib1g-dev git && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN dub test && dub build -b release && cp bin/web /usr/local/bin/web

FROM debian:bookworm AS runtime
RUN apt-get update \\
    && apt-get install -y libssl3 zlib1g ca-certificates \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY --from=builder /usr/local/bin/web /usr/local/bin/web
CMD ["web", "--port", "80"]
`,
    checks: [
      "At run time the program reads no files of /src: what `COPY . .` brings stays in the builder.",
      "The program does not call git.",
    ],
  },
  {
    title: "dub run needs the compiler",
    before: `FROM dlang2/dmd-ubuntu:2.106.0
WORKDIR /app
COPY . .
CMD ["dub", "run", "-b", "release"]
`,
    after: null,
    reason:
      'The container starts `dub run -b release`, which needs the D toolchain: build it with `RUN dub build -b release` and start it by its path, such as `CMD ["./NAME"]`, then it can be split.',
  },
];
