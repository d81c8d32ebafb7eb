import type { Analysis } from "../stages/analysis.ts";
import { withoutCgo } from "./common/built-programs.ts";
import { type Crossing, findCrossings } from "./common/crossings.ts";
import type { Finding, Rule } from "./rule.ts";

export const scratchNeedsStaticBinary: Rule = {
  id: "ScratchNeedsStaticBinary",
  severity: "information",
  summary: "A Go program that may need a C library, in an image that has none.",
  docs: `
The official Go images have a C compiler, so that cgo is on: a program that uses the network (\`net\`), looks up users (\`os/user\`)
or has C code then uses the C library of its builder. \`FROM scratch\` and distroless \`static\` have none, and the program fails with
\`exec /app: no such file or directory\`.

Build with \`CGO_ENABLED=0\`: Go has all of that by itself, too. A program that cannot do without C code must be linked statically,
or run on the system that built it. Whether a program needs the C library is not in the Dockerfile, hence the mild tone; where the
image has a port to listen on and the program has dependencies it is certain, and LibcMismatch says so. The Alpine variants of the
Go image have no compiler, and since Go 1.20 that turns cgo off, until the file installs one.`,
  examples: [
    {
      title: "cgo is on",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /app .
    ^^^^^^^^^^^^^^^^^^ With cgo, this Go program may need the C library glibc, but 'scratch' has none.
FROM scratch
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`,
      fixed: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /app .
FROM scratch
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`,
    },
    {
      title: "A compiler on Alpine, and a distroless image",
      text: `
FROM golang:1.25-alpine AS build
RUN apk add --no-cache gcc musl-dev
WORKDIR /src
COPY . .
RUN GOARCH=arm64 go build -o /app .
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ With cgo, this Go program may need the C library musl, but 'gcr.io/distroless/static' has none.
FROM gcr.io/distroless/static
COPY --from=build /app /
CMD ["/app"]
`,
    },
    {
      title: "Go before 1.20, which comes with cgo on Alpine",
      text: `
FROM golang:1.17-alpine AS build
WORKDIR /src
COPY . .
RUN go install ./cmd/app
    ^^^^^^^^^^^^^^^^^^^^ With cgo, this Go program may need the C library musl, but 'scratch' has none.
FROM scratch
COPY --from=build /go/bin/app /app
CMD ["/app"]
`,
    },
    {
      title: "Without cgo",
      text: `
FROM golang:1.25 AS build
ENV CGO_ENABLED=0
RUN go build -o /a . && go build -tags netgo,osusergo -o /b ./b
FROM golang:1.25-alpine AS alpine
RUN go build -o /c .
FROM golang:1.25 AS linked
RUN go build -ldflags '-linkmode external -extldflags "-static"' -o /d .
FROM scratch
COPY --from=build /a /b /
COPY --from=alpine /c /
COPY --from=linked /d /
CMD ["/a", "/b", "/c", "/d"]
`,
    },
    {
      title: "An image with the same C library",
      text: `
FROM golang:1.25 AS build
RUN go build -o /app .
FROM gcr.io/distroless/base-debian12
COPY --from=build /app /
CMD ["/app"]
`,
    },
    {
      title: "Only exported",
      text: `
FROM golang:1.25 AS build
RUN go build -o /app .
FROM scratch AS binary
COPY --from=build /app /
`,
    },
  ],
  *check(analysis) {
    if (!analysis.references.some(({ kind }) => kind === "copy")) return;
    const told = new Set<number>();
    for (const crossing of findCrossings(analysis, (_, to) => to.libc === "none")) {
      const found = toFinding(analysis, crossing);
      if (!found || told.has(found.span.start)) continue;
      told.add(found.span.start);
      yield found;
    }
  },
};

function toFinding({ lines }: Analysis, { program, source, to, certain }: Crossing): Finding | null {
  if (program?.language !== "go" || certain) return null;
  const { span } = program.call.command;
  if (span.end === span.start) return null;
  const edit = withoutCgo(program);
  // A long command is marked on its first line.
  const end = Math.min(span.end, lines.endOf(lines.lineAt(span.start)));
  return {
    span: { start: span.start, end },
    message: `With cgo, this Go program may need the C library ${program.libc}, but '${to.name}' has none.`,
    related: [{ span: source.span, message: `Copied here, to '${to.name}'.` }],
    ...(edit && { fixes: [{ title: "Build without cgo: CGO_ENABLED=0", safety: "unsafe", edits: [edit] }] }),
  };
}
