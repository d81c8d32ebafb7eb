import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "The compiler from an archive stays behind",
    before: `FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl xz-utils && rm -rf /var/lib/apt/lists/*
RUN curl -fsSL https://ziglang.org/download/0.13.0/zig-linux-x86_64-0.13.0.tar.xz | tar -xJ -C /opt
ENV PATH=/opt/zig-linux-x86_64-0.13.0:$PATH
WORKDIR /app
COPY build.zig build.zig.zon ./
COPY src ./src
RUN zig build -Doptimize=ReleaseSafe
EXPOSE 8080
CMD ["./zig-out/bin/server"]
`,
    after: `FROM debian:bookworm-slim AS builder
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl xz-utils && rm -rf /var/lib/apt/lists/*
RUN curl -fsSL https://ziglang.org/download/0.13.0/zig-linux-x86_64-0.13.0.tar.xz | tar -xJ -C /opt
ENV PATH=/opt/zig-linux-x86_64-0.13.0:$PATH
WORKDIR /app
COPY build.zig build.zig.zon ./
COPY src ./src
RUN zig build -Doptimize=ReleaseSafe

FROM debian:bookworm-slim AS runtime
RUN apt-get update \\
    && apt-get install -y --no-install-recommends ca-certificates curl \\
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/zig-linux-x86_64-0.13.0:$PATH
WORKDIR /app
COPY --from=builder /app/zig-out/bin/server ./zig-out/bin/server
EXPOSE 8080
CMD ["./zig-out/bin/server"]
`,
    checks: [],
  },
  {
    title: "The compiler of Alpine",
    before: `FROM alpine:3.20
RUN apk add --no-cache zig
WORKDIR /src
COPY . .
RUN zig build test && zig build -Doptimize=ReleaseFast --prefix /usr/local
ENTRYPOINT ["tool"]
`,
    after: `FROM alpine:3.20 AS builder
RUN apk add --no-cache zig
WORKDIR /src
COPY . .
RUN zig build test && zig build -Doptimize=ReleaseFast --prefix /usr/local

FROM alpine:3.20 AS runtime
WORKDIR /src
COPY --from=builder /usr/local/bin/tool /usr/local/bin/tool
ENTRYPOINT ["tool"]
`,
    checks: ["At run time the program reads no files of /src: what `COPY . .` brings stays in the builder."],
  },
  {
    title: "zig build run needs the compiler",
    before: `FROM alpine:3.20
RUN apk add --no-cache zig
WORKDIR /src
COPY . .
RUN zig build
CMD ["zig", "build", "run"]
`,
    after: null,
    reason:
      'The container starts `zig build run`, which needs the Zig toolchain: build it with `RUN zig build -Doptimize=ReleaseSafe` and start it by its path, such as `CMD ["./zig-out/bin/NAME"]`, then it can be split.',
  },
];
