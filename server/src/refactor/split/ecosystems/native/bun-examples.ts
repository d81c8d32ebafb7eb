import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A compiled program leaves Bun and its packages behind",
    before: `FROM oven/bun:1
WORKDIR /app
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile
COPY src ./src
RUN bun build --compile --minify --outfile server ./src/index.ts
ENV NODE_ENV=production
EXPOSE 3000
CMD ["./server"]
`,
    after: `FROM oven/bun:1 AS builder
WORKDIR /app
COPY package.json bun.lock ./
RUN bun install --frozen-lockfile
COPY src ./src
RUN bun build --compile --minify --outfile server ./src/index.ts

FROM oven/bun:1 AS runtime
WORKDIR /app
COPY --from=builder /app/server ./
ENV NODE_ENV=production
EXPOSE 3000
CMD ["./server"]
`,
    checks: [],
  },
  {
    title: "On Alpine the image stays",
    before: `FROM oven/bun:1.1-alpine
WORKDIR /app
COPY . .
RUN bun install && bun build ./cli.ts --compile --outfile=/usr/local/bin/cli
ENTRYPOINT ["cli"]
`,
    after: `FROM oven/bun:1.1-alpine AS builder
WORKDIR /app
COPY . .
RUN bun install && bun build ./cli.ts --compile --outfile=/usr/local/bin/cli

FROM oven/bun:1.1-alpine AS runtime
WORKDIR /app
COPY --from=builder /usr/local/bin/cli /usr/local/bin/cli
ENTRYPOINT ["cli"]
`,
    checks: ["At run time the program reads no files of /app: what `COPY . .` brings stays in the builder."],
  },
  {
    title: "bun run needs Bun",
    before: `FROM oven/bun:1
WORKDIR /app
COPY . .
RUN bun install && bun build --compile --outfile server ./index.ts
CMD ["bun", "run", "index.ts"]
`,
    after: null,
    reason:
      'The container starts `bun run index.ts`, which needs the Bun toolchain: compile it with `RUN bun build --compile --outfile app index.ts` and start it with `CMD ["./app"]`, then it can be split.',
  },
];
