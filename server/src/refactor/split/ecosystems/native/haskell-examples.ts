import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "stack puts the program in place",
    before: `FROM haskell:9.4-bullseye
WORKDIR /opt/app
COPY stack.yaml stack.yaml.lock package.yaml ./
RUN stack build --only-dependencies
COPY app ./app
COPY src ./src
RUN stack install --local-bin-path /usr/local/bin
EXPOSE 3000
CMD ["web"]
`,
    after: `FROM haskell:9.4-bullseye AS builder
WORKDIR /opt/app
COPY stack.yaml stack.yaml.lock package.yaml ./
RUN stack build --only-dependencies
COPY app ./app
COPY src ./src
RUN stack install --local-bin-path /usr/local/bin

FROM haskell:9.4-bullseye AS runtime
WORKDIR /opt/app
COPY --from=builder /usr/local/bin/web /usr/local/bin/web
EXPOSE 3000
CMD ["web"]
`,
    checks: [],
  },
  {
    title: "A tool from Hackage",
    before: `FROM haskell:8.8
LABEL maintainer="jo@example.com"
RUN cabal update && cabal install brittany
CMD ["brittany"]
`,
    after: `FROM haskell:8.8 AS builder
RUN cabal update && cabal install brittany

FROM haskell:8.8 AS runtime
LABEL maintainer="jo@example.com"
COPY --from=builder /root/.cabal/bin/brittany /usr/local/bin/brittany
CMD ["brittany"]
`,
    checks: ["The program needs no data files of its package (`data-files`), which stay in the builder."],
  },
  {
    title: "With cabal and a folder that is named",
    before: `FROM haskell:9.6
WORKDIR /src
COPY . .
RUN cabal update && cabal test && cabal install exe:api --installdir=/usr/local/bin --install-method=copy
ENTRYPOINT ["/usr/local/bin/api"]
`,
    after: `FROM haskell:9.6 AS builder
WORKDIR /src
COPY . .
RUN cabal update && cabal test && cabal install exe:api --installdir=/usr/local/bin --install-method=copy

FROM haskell:9.6 AS runtime
WORKDIR /src
COPY --from=builder /usr/local/bin/api /usr/local/bin/api
ENTRYPOINT ["/usr/local/bin/api"]
`,
    checks: ["At run time the program reads no files of /src: what `COPY . .` brings stays in the builder."],
  },
  {
    title: "stack exec needs the build",
    before: `FROM haskell:9.4
WORKDIR /app
COPY . .
RUN stack build
CMD ["stack", "exec", "web"]
`,
    after: null,
    reason:
      'The container starts `stack exec web`, which needs the Haskell toolchain: put the program in place with `RUN stack install --local-bin-path /usr/local/bin` and start it by its name, such as `CMD ["NAME"]`, then it can be split.',
  },
];
