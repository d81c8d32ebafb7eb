import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A compiled program leaves Deno and the sources behind",
    before: `FROM denoland/deno:2.1.4
WORKDIR /app
COPY deno.json deno.lock ./
COPY src ./src
RUN deno compile --allow-net --output /usr/local/bin/api src/main.ts
EXPOSE 8000
CMD ["api"]
`,
    after: `FROM denoland/deno:2.1.4 AS builder
WORKDIR /app
COPY deno.json deno.lock ./
COPY src ./src
RUN deno compile --allow-net --output /usr/local/bin/api src/main.ts

FROM denoland/deno:2.1.4 AS runtime
WORKDIR /app
COPY --from=builder /usr/local/bin/api /usr/local/bin/api
EXPOSE 8000
CMD ["api"]
`,
    checks: [],
  },
  {
    title: "On Alpine the image stays",
    before: `FROM denoland/deno:alpine-2.1.4
WORKDIR /app
COPY . .
RUN deno cache main.ts && deno compile -A -o app main.ts
USER deno
CMD ["./app"]
`,
    after: `FROM denoland/deno:alpine-2.1.4 AS builder
WORKDIR /app
COPY . .
RUN deno cache main.ts && deno compile -A -o app main.ts

FROM denoland/deno:alpine-2.1.4 AS runtime
WORKDIR /app
COPY --from=builder /app/app ./
USER deno
CMD ["./app"]
`,
    checks: ["At run time the program reads no files of /app: what `COPY . .` brings stays in the builder."],
  },
  {
    title: "deno run needs Deno",
    before: `FROM denoland/deno:2.1.4
WORKDIR /app
COPY . .
RUN deno cache main.ts
CMD ["deno", "run", "--allow-net", "main.ts"]
`,
    after: null,
    reason:
      'The container starts `deno run --allow-net main.ts`, which needs the Deno toolchain: compile it with `RUN deno compile --output app main.ts` and start it with `CMD ["./app"]`, then it can be split.',
  },
];
