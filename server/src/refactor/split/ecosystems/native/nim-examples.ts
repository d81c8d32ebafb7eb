import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "The same image without the sources",
    before: `FROM nimlang/nim:2.0.2
WORKDIR /usr/src/app
COPY server.nimble ./
COPY src ./src
RUN nimble c -d:release --threads:on -y -o:server src/server.nim
EXPOSE 3000
CMD ["./server"]
`,
    after: `FROM nimlang/nim:2.0.2 AS builder
WORKDIR /usr/src/app
COPY server.nimble ./
COPY src ./src
RUN nimble c -d:release --threads:on -y -o:server src/server.nim

FROM nimlang/nim:2.0.2 AS runtime
WORKDIR /usr/src/app
COPY --from=builder /usr/src/app/server ./
EXPOSE 3000
CMD ["./server"]
`,
    checks: [],
  },
  {
    title: "A program built on Alpine may run on plain Alpine",
    before: `FROM nimlang/nim:2.0.2-alpine
WORKDIR /app
COPY . .
RUN nim c -d:release --outdir:bin src/web.nim
CMD ["./bin/web"]
`,
    after: `FROM nimlang/nim:2.0.2-alpine AS builder
WORKDIR /app
COPY . .
RUN nim c -d:release --outdir:bin src/web.nim

FROM alpine:3 AS runtime
WORKDIR /app
COPY --from=builder /app/bin/web ./bin/web
# The library for stack unwinding, which Alpine leaves out.
COPY --from=builder /usr/lib/libgcc_s.so.1 /usr/lib/libgcc_s.so.1
CMD ["./bin/web"]
`,
    checks: [
      "At run time the program reads no files of /app: what `COPY . .` brings stays in the builder.",
      "The program needs nothing else of the Nim image than `alpine:3` has: no other program and no shared library (`ldd` lists them), such as OpenSSL.",
    ],
  },
  {
    title: "nimble run needs the compiler",
    before: `FROM nimlang/nim:2.0.2
WORKDIR /app
COPY . .
RUN nimble build -y
CMD ["nimble", "run"]
`,
    after: null,
    reason:
      'The container starts `nimble run`, which needs the Nim toolchain: compile it with `RUN nim c -d:release -o:app src/NAME.nim` and start it with `CMD ["./app"]`, then it can be split.',
  },
];
