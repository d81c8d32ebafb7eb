import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "Modules from CPAN",
    before: `FROM perl:5.42
RUN cpanm -n Dancer2 Twiggy
COPY server.pl /server.pl
WORKDIR /
EXPOSE 5000
ENTRYPOINT ["/server.pl"]
`,
    after: `FROM perl:5.42 AS builder
RUN cpanm -n Dancer2 Twiggy

FROM perl:5.42 AS runtime
COPY --from=builder /usr/local/lib/perl5/site_perl /usr/local/lib/perl5/site_perl
COPY --from=builder /usr/local/bin /usr/local/bin
COPY server.pl /server.pl
WORKDIR /
EXPOSE 5000
ENTRYPOINT ["/server.pl"]
`,
    checks: [],
  },
  {
    title: "The same on the slim variant",
    before: `FROM perl:5.42-bookworm
RUN cpanm -n Dancer2 Twiggy
COPY server.pl /server.pl
WORKDIR /
ENTRYPOINT ["/server.pl"]
`,
    after: `FROM perl:5.42-bookworm AS builder
RUN cpanm -n Dancer2 Twiggy

FROM perl:5.42-slim-bookworm AS runtime
COPY --from=builder /usr/local/lib/perl5/site_perl /usr/local/lib/perl5/site_perl
COPY --from=builder /usr/local/bin /usr/local/bin
COPY server.pl /server.pl
WORKDIR /
ENTRYPOINT ["/server.pl"]
`,
    base: "perl:5.42-slim-bookworm",
    checks: [
      "The program and its modules use nothing that `perl:5.42-bookworm` has beyond `perl:5.42-slim-bookworm`, such as git, curl, or the libraries of databases, XML and images.",
    ],
  },
  {
    title: "Carton installs to the program's directory",
    before: `FROM perl:5.40-slim
RUN apt-get update && apt-get install -y build-essential libpq-dev git && rm -rf /var/lib/apt/lists/*
RUN cpanm Carton
WORKDIR /app
COPY cpanfile cpanfile.snapshot ./
RUN carton install --deployment
COPY . .
CMD ["carton", "exec", "perl", "app.pl"]
`,
    after: `FROM perl:5.40-slim AS builder
RUN apt-get update && apt-get install -y build-essential libpq-dev git && rm -rf /var/lib/apt/lists/*
RUN cpanm Carton
WORKDIR /app
COPY cpanfile cpanfile.snapshot ./
RUN carton install --deployment
COPY . .

FROM perl:5.40-slim AS runtime
RUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=builder /usr/local/lib/perl5/site_perl /usr/local/lib/perl5/site_perl
COPY --from=builder /usr/local/bin /usr/local/bin
COPY --from=builder /app ./
CMD ["carton", "exec", "perl", "app.pl"]
`,
    checks: ["The program does not call git."],
  },
  {
    title: "A list of modules beside the program",
    before: `FROM perl:5.42
MAINTAINER team@example.com
ADD . /app
WORKDIR /app
RUN cpanm --notest --installdeps . && mkdir -p /var/lib/app
VOLUME /var/lib/app
USER nobody
CMD plackup -p 8080 bin/app.psgi
`,
    after: `FROM perl:5.42 AS builder
ADD . /app
WORKDIR /app
RUN cpanm --notest --installdeps . && mkdir -p /var/lib/app

FROM perl:5.42 AS runtime
MAINTAINER team@example.com
WORKDIR /app
RUN mkdir -p /var/lib/app
COPY --from=builder /usr/local/lib/perl5/site_perl /usr/local/lib/perl5/site_perl
COPY --from=builder /usr/local/bin /usr/local/bin
COPY --from=builder /app ./
VOLUME /var/lib/app
USER nobody
CMD plackup -p 8080 bin/app.psgi
`,
    checks: [],
  },
  {
    title: "Modules and what they are compiled with, in one RUN",
    before: `FROM perl:5.38-slim
RUN apt-get update && apt-get install -y gcc make libxml2-dev && cpanm XML::LibXML && apt-get purge -y gcc make && rm -rf /var/lib/apt/lists/* /root/.cpanm
COPY report.pl /usr/local/bin/report.pl
ENTRYPOINT ["perl", "/usr/local/bin/report.pl"]
`,
    after: `FROM perl:5.38-slim AS builder
RUN apt-get update && apt-get install -y gcc make libxml2-dev && cpanm XML::LibXML && apt-get purge -y gcc make && rm -rf /var/lib/apt/lists/* /root/.cpanm
COPY report.pl /usr/local/bin/report.pl

FROM perl:5.38-slim AS runtime
RUN apt-get update && apt-get install -y libxml2 && rm -rf /var/lib/apt/lists/*
COPY --from=builder /usr/local/lib/perl5/site_perl /usr/local/lib/perl5/site_perl
COPY --from=builder /usr/local/bin /usr/local/bin
ENTRYPOINT ["perl", "/usr/local/bin/report.pl"]
`,
    checks: [],
  },
  {
    title: "Another image's Perl",
    before: `FROM debian:bookworm
RUN apt-get update && apt-get install -y cpanminus make gcc && cpanm Mojolicious
COPY app.pl /app.pl
CMD ["perl", "/app.pl", "daemon"]
`,
    after: null,
    reason: "not the official Perl image",
  },
];
