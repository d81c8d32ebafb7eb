import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "Rails on Alpine: compilers, headers and Node.js stay behind",
    before: `FROM ruby:3.3-alpine
RUN apk add --no-cache build-base postgresql-dev nodejs yarn tzdata
ENV RAILS_ENV=production BUNDLE_WITHOUT="development:test"
WORKDIR /rails
COPY Gemfile Gemfile.lock ./
RUN bundle install --jobs 4
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile
COPY . .
RUN SECRET_KEY_BASE=none bin/rails assets:precompile
EXPOSE 3000
CMD ["bin/rails", "server", "-b", "0.0.0.0"]
`,
    after: `FROM ruby:3.3-alpine AS builder
RUN apk add --no-cache build-base postgresql-dev nodejs yarn tzdata
ENV RAILS_ENV=production BUNDLE_WITHOUT="development:test"
WORKDIR /rails
COPY Gemfile Gemfile.lock ./
RUN bundle install --jobs 4
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile
COPY . .
RUN SECRET_KEY_BASE=none bin/rails assets:precompile
RUN rm -rf node_modules

FROM ruby:3.3-alpine AS runtime
RUN apk add --no-cache libpq tzdata
ENV RAILS_ENV=production BUNDLE_WITHOUT="development:test"
WORKDIR /rails
COPY --from=builder /usr/local/bundle /usr/local/bundle
COPY --from=builder /rails ./
EXPOSE 3000
CMD ["bin/rails", "server", "-b", "0.0.0.0"]
`,
    checks: ["The program does not call Node.js, and reads nothing of node_modules."],
  },
  {
    title: "A slim image: what native gems are compiled with",
    before: `FROM ruby:3.2-slim-bookworm
MAINTAINER team@example.com
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev libcurl4-openssl-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /tmp
ADD Gemfile Gemfile.lock /tmp/
RUN bundle install --without development test
ADD . /usr/src/app
WORKDIR /usr/src/app
CMD bundle exec rackup -o 0.0.0.0 -p 9292
`,
    after: `FROM ruby:3.2-slim-bookworm AS builder
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev libcurl4-openssl-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /tmp
ADD Gemfile Gemfile.lock /tmp/
RUN bundle install --without development test
ADD . /usr/src/app

FROM ruby:3.2-slim-bookworm AS runtime
MAINTAINER team@example.com
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libpq5 libcurl4 \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /tmp
COPY --from=builder /usr/local/bundle /usr/local/bundle
COPY --from=builder /usr/src/app /usr/src/app
WORKDIR /usr/src/app
CMD bundle exec rackup -o 0.0.0.0 -p 9292
`,
    checks: [],
  },
  {
    title: "The full image has compilers itself: its slim variant is the lean way",
    before: `FROM ruby:3.4
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .
CMD ["bundle", "exec", "puma"]
`,
    after: `FROM ruby:3.4 AS builder
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .

FROM ruby:3.4-slim AS runtime
WORKDIR /app
COPY --from=builder /usr/local/bundle /usr/local/bundle
COPY --from=builder /app ./
CMD ["bundle", "exec", "puma"]
`,
    checks: [
      "The program and its gems use nothing that ruby:3.4 has beyond its slim variant, such as curl, ImageMagick, the library of MySQL, the library of PostgreSQL, the library of SQLite, the system's time zones or git, which gems from repositories ask when they are loaded.",
    ],
  },
  {
    title: "The same, with the Gemfile: what its gems need is installed",
    before: `FROM ruby:3.4
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .
USER nobody
CMD ["bundle", "exec", "puma"]
`,
    after: `FROM ruby:3.4 AS builder
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .

FROM ruby:3.4-slim AS runtime
WORKDIR /app
COPY --from=builder /usr/local/bundle /usr/local/bundle
COPY --from=builder /app ./
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 imagemagick && rm -rf /var/lib/apt/lists/*
USER nobody
CMD ["bundle", "exec", "puma"]
`,
    project: { Gemfile: 'source "https://rubygems.org"\ngem "puma"\ngem "pg"\ngem "image_processing"\n' },
    checks: [
      "The program and its gems use nothing that ruby:3.4 has beyond its slim variant, such as curl, the library of MySQL, the library of SQLite, the system's time zones or git, which gems from repositories ask when they are loaded.",
    ],
  },
  {
    title: "Settings of Bundler and RubyGems itself are the image's",
    before: `FROM ruby:3.4-slim
RUN apt-get update && apt-get install -y build-essential git
RUN gem update --system && gem install bundler -v 2.6.2
WORKDIR /app
COPY . .
RUN bundle config set deployment true && bundle install
USER nobody
CMD ["bundle", "exec", "ruby", "app.rb"]
`,
    after: `FROM ruby:3.4-slim AS builder
RUN apt-get update && apt-get install -y build-essential git
RUN gem update --system && gem install bundler -v 2.6.2
WORKDIR /app
COPY . .
RUN bundle config set deployment true && bundle install

FROM ruby:3.4-slim AS runtime
RUN apt-get update && apt-get install -y git
RUN gem update --system
WORKDIR /app
RUN bundle config set deployment true
COPY --from=builder /usr/local/bundle /usr/local/bundle
COPY --from=builder /app ./
USER nobody
CMD ["bundle", "exec", "ruby", "app.rb"]
`,
    checks: [],
  },
  {
    title: "A tool that is a gem",
    before: `FROM ruby:3.4-alpine
RUN apk add --no-cache libcurl
RUN apk add --no-cache --virtual .build build-base libffi-dev && gem install --no-document mailer-tool && apk del .build
ENTRYPOINT ["mailer-tool"]
`,
    after: `FROM ruby:3.4-alpine AS base
RUN apk add --no-cache libcurl

FROM base AS builder
RUN apk add --no-cache --virtual .build build-base libffi-dev && gem install --no-document mailer-tool && apk del .build

FROM base AS runtime
COPY --from=builder /usr/local/bundle /usr/local/bundle
ENTRYPOINT ["mailer-tool"]
`,
    checks: [],
  },
  {
    title: "Tests need everything",
    before: `FROM ruby:3.4
WORKDIR /app
COPY . .
RUN bundle install
CMD ["bundle", "exec", "rspec"]
`,
    after: null,
    reason: "is for development",
  },
  {
    title: "Gems are installed when the container starts",
    before: `FROM ruby:3.4-slim
RUN apt-get update && apt-get install -y build-essential
WORKDIR /app
COPY . .
RUN bundle install
CMD bundle install && bundle exec rackup
`,
    after: null,
    reason: "installs gems and needs compilers",
  },
];
