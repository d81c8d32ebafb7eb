import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A static program runs on plain Alpine",
    before: `FROM crystallang/crystal:1.14-alpine
WORKDIR /app
COPY shard.yml shard.lock ./
RUN shards install --production
COPY src ./src
RUN shards build server --release --static --no-debug
EXPOSE 3000
CMD ["./bin/server"]
`,
    after: `FROM crystallang/crystal:1.14-alpine AS builder
WORKDIR /app
COPY shard.yml shard.lock ./
RUN shards install --production
COPY src ./src
RUN shards build server --release --static --no-debug

FROM alpine:3 AS runtime
WORKDIR /app
COPY --from=builder /app/bin/server ./bin/server
EXPOSE 3000
CMD ["./bin/server"]
`,
    checks: [],
  },
  {
    title: "Other programs need the libraries of their image",
    before: `FROM crystallang/crystal:1.14.0
WORKDIR /app
COPY . /app
RUN shards install
RUN crystal build src/server.cr --release -o bin/server
ENTRYPOINT bin/server
`,
    after: `FROM crystallang/crystal:1.14.0 AS builder
WORKDIR /app
COPY . /app
RUN shards install
RUN crystal build src/server.cr --release -o bin/server

FROM crystallang/crystal:1.14.0 AS runtime
WORKDIR /app
COPY --from=builder /app/bin/server ./bin/server
ENTRYPOINT bin/server
`,
    checks: ["At run time the program reads no files of /app: what `COPY . /app` brings stays in the builder."],
  },
  {
    title: "crystal run needs the compiler",
    before: `FROM crystallang/crystal:1.14.0
WORKDIR /app
COPY . .
RUN shards install
CMD ["crystal", "run", "src/server.cr"]
`,
    after: null,
    reason:
      'The container starts `crystal run src/server.cr`, which needs the Crystal toolchain: build it with `RUN crystal build --release -o app src/NAME.cr` and start it with `CMD ["./app"]`, then it can be split.',
  },
];
