import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A release starts on the slim variant",
    before: `FROM elixir:1.16
ENV MIX_ENV=prod
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN mix deps.get --only prod && mix deps.compile
COPY config ./config
COPY lib ./lib
RUN mix release
EXPOSE 4000
CMD ["/app/_build/prod/rel/shop/bin/shop", "start"]
`,
    after: `FROM elixir:1.16 AS builder
ENV MIX_ENV=prod
WORKDIR /app
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN mix deps.get --only prod && mix deps.compile
COPY config ./config
COPY lib ./lib
RUN mix release

FROM elixir:1.16 AS runtime
ENV MIX_ENV=prod
WORKDIR /app
COPY --from=builder /app/_build/prod/rel/shop ./_build/prod/rel/shop
EXPOSE 4000
CMD ["/app/_build/prod/rel/shop/bin/shop", "start"]
`,
    checks: [],
  },
  {
    title: "An image of Alpine stays what it is",
    before: `FROM elixir:1.15-alpine
RUN apk add --no-cache build-base git nodejs npm
WORKDIR /app
ENV MIX_ENV=prod
COPY . .
RUN mix local.hex --force && mix local.rebar --force && mix do deps.get, compile && mix phx.digest && mix release --path /opt/shop
RUN adduser -D shop
USER shop
CMD ["/opt/shop/bin/shop", "start"]
`,
    after: `FROM elixir:1.15-alpine AS builder
RUN apk add --no-cache build-base git nodejs npm
WORKDIR /app
ENV MIX_ENV=prod
COPY . .
RUN mix local.hex --force && mix local.rebar --force && mix do deps.get, compile && mix phx.digest && mix release --path /opt/shop

FROM elixir:1.15-alpine AS runtime
WORKDIR /app
ENV MIX_ENV=prod
COPY --from=builder /opt/shop /opt/shop
RUN adduser -D shop
USER shop
CMD ["/opt/shop/bin/shop", "start"]
`,
    checks: [
      "At run time the program reads no files of /app: what `COPY . .` brings stays in the builder.",
      "The program does not call git.",
    ],
  },
  {
    title: "The release is moved",
    before: `FROM hexpm/elixir:1.16.0-erlang-26.2.1-debian-bookworm-20231009
WORKDIR /src
ENV MIX_ENV=prod
COPY . .
RUN mix deps.get && mix release && cp -r _build/prod/rel/shop /srv/shop
CMD ["/srv/shop/bin/shop", "start"]
`,
    after: `FROM hexpm/elixir:1.16.0-erlang-26.2.1-debian-bookworm-20231009 AS builder
WORKDIR /src
ENV MIX_ENV=prod
COPY . .
RUN mix deps.get && mix release && cp -r _build/prod/rel/shop /srv/shop

FROM hexpm/elixir:1.16.0-erlang-26.2.1-debian-bookworm-20231009-slim AS runtime
WORKDIR /src
ENV MIX_ENV=prod
COPY --from=builder /srv/shop /srv/shop
CMD ["/srv/shop/bin/shop", "start"]
`,
    checks: [
      "At run time the program reads no files of /src: what `COPY . .` brings stays in the builder.",
      "The program needs nothing else of `hexpm/elixir:1.16.0-erlang-26.2.1-debian-bookworm-20231009` than `hexpm/elixir:1.16.0-erlang-26.2.1-debian-bookworm-20231009-slim` has: no other program, such as git or a compiler, no certificates and no other shared library.",
    ],
  },
  {
    title: "mix phx.server needs all of Elixir",
    before: `FROM elixir:1.16
WORKDIR /app
COPY . .
RUN mix deps.get && mix compile
CMD ["mix", "phx.server"]
`,
    after: null,
    reason:
      'The container starts `mix phx.server`, which needs the Elixir toolchain: make a release with `RUN mix release` and start that, such as `CMD ["_build/prod/rel/NAME/bin/NAME", "start"]`, then it can be split.',
  },
];
