import { siblingWith, withCompilerLibrary } from "../images/libc.ts";
import type { Analysis } from "../stages/analysis.ts";
import { baseChain } from "../stages/graph.ts";
import type { Stage } from "../stages/resolve.ts";
import type { Edit } from "../text/edit.ts";
import { lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import { withoutCgo } from "./common/built-programs.ts";
import { type Crossing, findCrossings } from "./common/crossings.ts";
import type { Finding, Fix, Rule } from "./rule.ts";
import type { System } from "./common/systems.ts";

/** Whether programs of one system may lack what they need on the other. */
function differ(from: System, to: System): boolean {
  return from.libc !== to.libc || lacksCompilerLibrary(to);
}

function lacksCompilerLibrary({ image, libc }: System): boolean {
  return libc === "glibc" && image !== null && withCompilerLibrary(image) !== null;
}

/** What is wrong with a crossing; `null` where it is not certain that anything is. */
function describe({ program, runtime, from, to, certain }: Crossing): string | null {
  const so = `but '${to.name}' has ${to.libc}: it cannot start.`;
  if (!program) {
    return from.libc === to.libc ? null : `${runtime} of '${from.name}' needs the C library ${from.libc}, ${so}`;
  }
  const { language, linking, libc, what } = program;
  if (libc === to.libc) {
    return language === "rust" && lacksCompilerLibrary(to)
      ? `This ${what} needs the library libgcc_s.so.1, but '${to.name}' does not have it: it cannot start.`
      : null;
  }
  if (!certain) return null;
  if (linking === "network") return `With cgo, a Go program that uses the network needs the C library ${libc}, ${so}`;
  return `${language === "go" ? "Built with cgo, this" : "This"} ${what} needs the C library ${libc}, ${so}`;
}

/** The stage whose FROM names the image that a stage is built on, where that name is written out. */
function rootStage({ stages }: Analysis, stage: number): Stage | null {
  const root = stages[baseChain(stages, stage).at(-1)!]!;
  return root.base && !root.base.text.includes("$") ? root : null;
}

const packageManagers = /\b(?:apt|apt-get|dpkg|apk|yum|dnf|microdnf)\s/;

/** Builds on the variant of the image that has the C library of the other. */
function changeBuilder(analysis: Analysis, { reference, from, to, program }: Crossing): Fix | null {
  const libc = to.libc === "none" ? "musl" : to.libc;
  if (!from.image || libc === null || (to.libc === "none" && program?.language !== "rust")) return null;
  // Then another builder is not enough.
  if (lacksCompilerLibrary(to)) return null;
  const sibling = siblingWith(libc, from.image, from.name);
  if (sibling === null) return null;
  const fix = (span: Span, title: string): Fix => ({
    title,
    safety: "unsafe",
    edits: [{ span, newText: sibling }],
  });
  if (reference.target.kind !== "stage") return fix(reference.span, `Copy from ${sibling}`);
  const { stage } = reference.target;
  const root = rootStage(analysis, stage);
  const uses = baseChain(analysis.stages, stage).some((index) =>
    analysis.stages[index]!.instructions.some(
      ({ keyword, span }) => keyword === "RUN" && packageManagers.test(analysis.text.slice(span.start, span.end)),
    ),
  );
  return root && !uses ? fix(root.base!.span, `Build on ${sibling}`) : null;
}

/** Takes the distroless image that has what compiled programs need. */
function changeRuntime(analysis: Analysis, { reference, to, program }: Crossing): Fix | null {
  const root = rootStage(analysis, reference.stage);
  const image = to.image && withCompilerLibrary(to.image);
  if (!root || !image || (program?.language !== "rust" && program?.language !== "c") || program.libc !== "glibc")
    return null;
  return {
    title: `Run on ${image}`,
    safety: "unsafe",
    edits: [{ span: root.base!.span, newText: image }],
  };
}

function linkStatically({ program }: Crossing): Fix | null {
  if (program?.language !== "c") return null;
  const { command, name } = program.call;
  const [word] = command.words;
  if (!word || command.name !== name || command.span.end === command.span.start) return null;
  return {
    title: "Link statically with -static",
    safety: "unsafe",
    edits: [{ span: { start: word.span.end, end: word.span.end }, newText: " -static" }],
  };
}

/** The official Dart image has all that its programs need in one directory. */
function copyRuntime({ text, lines }: Analysis, { reference, program, from, to }: Crossing): Fix | null {
  if (program?.language !== "dart" || from.image?.name !== "dart" || to.libc === "glibc") return null;
  const { instruction } = reference;
  const at = lines.startOf(lines.lineAt(instruction.span.start));
  const indent = text.slice(at, instruction.span.start);
  if (indent.trim() !== "") return null;
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const edit: Edit = {
    span: { start: at, end: at },
    newText: `${indent}${keyword} --from=${reference.text} /runtime/ /${lineEnding(text)}`,
  };
  return { title: "Copy /runtime of the Dart image, too", safety: "unsafe", edits: [edit] };
}

function fixesFor(analysis: Analysis, crossing: Crossing): Fix[] {
  const { program } = crossing;
  if (program?.language === "go") {
    const edit = program.linking === "network" ? withoutCgo(program) : null;
    return edit ? [{ title: "Build without cgo: CGO_ENABLED=0", safety: "unsafe", edits: [edit] }] : [];
  }
  return [
    changeRuntime(analysis, crossing),
    copyRuntime(analysis, crossing),
    linkStatically(crossing),
    changeBuilder(analysis, crossing),
  ].filter((fix) => fix !== null);
}

export const libcMismatch: Rule = {
  id: "LibcMismatch",
  severity: "warning",
  summary: "A program that is copied to an image without the C library it is built against.",
  docs: `
Compiled programs use the C library of the system that built them: glibc on Debian, Ubuntu and Fedora, musl on Alpine. One that is
copied to a system with the other, or to \`scratch\` and distroless \`static\`, which have none, does not start. The error is
misleading: \`exec /app: no such file or directory\`, or \`not found\`, although the file is there.

Build and run on the same kind of system, or link the program statically. The rule speaks where it is certain: Rust on its default
target, gcc and clang, Go with \`CGO_ENABLED=1\` or with a port to listen on, Swift, Dart, Crystal, \`jlink\`, self-contained .NET,
Erlang releases, PyInstaller, and interpreters such as \`/usr/local/bin/node\` that are copied from their image. It stays silent
where the container does not start the program, where anything says \`static\` or \`musl\`, and where the image gets libraries,
such as \`gcompat\`. A Rust program also needs \`libgcc_s.so.1\`, which distroless \`base\` lacks and \`cc\` has.`,
  examples: [
    {
      title: "Rust, built on Debian and run on Alpine",
      text: `
FROM rust:1.80-slim AS build
WORKDIR /src
COPY . .
RUN cargo build --release
FROM alpine:3.20
COPY --from=build /src/target/release/server /usr/local/bin/
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^ This Rust program needs the C library glibc, but 'alpine:3.20' has musl: it cannot start.
CMD ["server"]
`,
      fixed: `
FROM rust:1.80-alpine AS build
WORKDIR /src
COPY . .
RUN cargo build --release
FROM alpine:3.20
COPY --from=build /src/target/release/server /usr/local/bin/
CMD ["server"]
`,
    },
    {
      title: "A Go server, which asks the C library for names of hosts",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/server ./cmd/server
FROM alpine:3.20
COPY --from=build /out/server /usr/local/bin/server
                  ^^^^^^^^^^^ With cgo, a Go program that uses the network needs the C library glibc, but 'alpine:3.20' has musl: it cannot start.
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/server"]
`,
      fixed: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/server ./cmd/server
FROM alpine:3.20
COPY --from=build /out/server /usr/local/bin/server
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/server"]
`,
    },
    {
      title: "Rust in a distroless image",
      text: `
FROM rust:1.80 AS build
WORKDIR /src
COPY . .
RUN cargo build --release && cp target/release/server /server
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /server /
                  ^^^^^^^ This Rust program needs the C library glibc, but 'gcr.io/distroless/static-debian12:nonroot' has none: it cannot start.
CMD ["/server"]
`,
      fixed: `
FROM rust:1.80 AS build
WORKDIR /src
COPY . .
RUN cargo build --release && cp target/release/server /server
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /server /
CMD ["/server"]
`,
    },
    {
      title: "The compiler's library is missing",
      text: `
FROM rust:1.80 AS build
RUN cargo install --root /opt/tool --path .
FROM gcr.io/distroless/base-debian12
COPY --from=build /opt/tool/bin/tool /usr/local/bin/tool
                  ^^^^^^^^^^^^^^^^^^ This Rust program needs the library libgcc_s.so.1, but 'gcr.io/distroless/base-debian12' does not have it: it cannot start.
ENTRYPOINT ["/usr/local/bin/tool"]
`,
    },
    {
      title: "C in an empty image",
      text: `
FROM gcc:14 AS build
COPY main.c .
RUN gcc -O2 -o /main main.c
FROM scratch
COPY --from=build /main /main
                  ^^^^^ This program needs the C library glibc, but 'scratch' has none: it cannot start.
CMD ["/main"]
`,
      fixed: `
FROM gcc:14 AS build
COPY main.c .
RUN gcc -static -O2 -o /main main.c
FROM scratch
COPY --from=build /main /main
CMD ["/main"]
`,
    },
    {
      title: "A Java runtime made on Ubuntu",
      text: `
FROM eclipse-temurin:21-jdk AS jre
RUN jlink --add-modules java.base --output /opt/jre
FROM alpine:3.20
COPY --from=jre /opt/jre /opt/jre
                ^^^^^^^^ This Java runtime needs the C library glibc, but 'alpine:3.20' has musl: it cannot start.
COPY app.jar /app.jar
CMD ["/opt/jre/bin/java", "-jar", "/app.jar"]
`,
      fixed: `
FROM eclipse-temurin:21-jdk-alpine AS jre
RUN jlink --add-modules java.base --output /opt/jre
FROM alpine:3.20
COPY --from=jre /opt/jre /opt/jre
COPY app.jar /app.jar
CMD ["/opt/jre/bin/java", "-jar", "/app.jar"]
`,
    },
    {
      title: "An interpreter of another system",
      text: `
FROM python:3.13-slim
COPY --from=node:22-alpine /usr/local/bin/node /usr/local/bin/node
                           ^^^^^^^^^^^^^^^^^^^ Node.js of 'node:22-alpine' needs the C library musl, but 'python:3.13-slim' has glibc: it cannot start.
CMD ["python", "serve.py"]
`,
      fixed: `
FROM python:3.13-slim
COPY --from=node:22-slim /usr/local/bin/node /usr/local/bin/node
CMD ["python", "serve.py"]
`,
    },
    {
      title: "Linked statically, or without C code",
      text: `
FROM rust:1.80-alpine AS rust
RUN cargo build --release
FROM rust:1.80 AS musl
RUN rustup target add x86_64-unknown-linux-musl && cargo build --release --target x86_64-unknown-linux-musl
FROM golang:1.25 AS go
ENV CGO_ENABLED=0
RUN go build -o /server .
FROM scratch
COPY --from=rust /target/release/a /a
COPY --from=musl /target/x86_64-unknown-linux-musl/release/b /b
COPY --from=go /server /server
EXPOSE 80
CMD ["/server", "/a", "/b"]
`,
    },
    {
      title: "Nothing says that a Go program uses the network",
      text: `
FROM golang:1.25 AS build
RUN go build -o /tool .
FROM alpine:3.20
COPY --from=build /tool /usr/local/bin/
CMD ["tool"]
`,
    },
    {
      title: "A library that makes up for it",
      text: `
FROM rust:1.80 AS build
WORKDIR /src
RUN cargo build --release
FROM alpine:3.20
RUN apk add --no-cache gcompat libgcc
COPY --from=build /src/target/release/server /server
CMD ["/server"]
`,
    },
    {
      title: "Only carried on",
      text: `
FROM rust:1.80 AS build
WORKDIR /src
RUN cargo build --release
FROM scratch AS export
COPY --from=build /src/target/release/server /
FROM busybox:1.37-musl
COPY --from=build /src/target/release/server /
CMD ["cp", "/server", "/shared/"]
`,
    },
    {
      title: "The same kind of system, or an unknown one",
      text: `
ARG VARIANT
FROM rust:1.80 AS build
WORKDIR /src
RUN cargo build --release
FROM debian:stable-slim AS debian
COPY --from=build /src/target/release/server /
CMD ["/server"]
FROM example/base:1 AS other
COPY --from=build /src/target/release/server /
CMD ["/server"]
FROM node:\${VARIANT}
COPY --from=build /src/target/release/server /
CMD ["/server"]
`,
    },
  ],
  *check(analysis) {
    if (!analysis.references.some(({ kind }) => kind === "copy")) return;
    for (const crossing of findCrossings(analysis, differ)) {
      const message = describe(crossing);
      if (message !== null) yield toFinding(analysis, crossing, message);
    }
  },
};

function toFinding(analysis: Analysis, crossing: Crossing, message: string): Finding {
  const { program, from, source } = crossing;
  const built = program && program.call.command.span;
  const fixes = fixesFor(analysis, crossing);
  return {
    span: source.span,
    message,
    ...(built && built.end > built.start && { related: [{ span: built, message: `Built here, on '${from.name}'.` }] }),
    ...(fixes.length > 0 && { fixes }),
  };
}
