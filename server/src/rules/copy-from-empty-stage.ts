import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { quotedStage } from "../stages/describe.ts";
import type { Stage } from "../stages/resolve.ts";
import type { Rule } from "./rule.ts";

/** What a comment says above a stage that the build is given another one for. */
const placeholder = /context|bake|overrid|overwrit|replac|placeholder|provided|inject|empty|dummy/i;

/** Whether a stage stands for something that the build is given in its place. */
function isPlaceholder({ text }: Analysis, { from }: Stage): boolean {
  return from.comment !== null && placeholder.test(text.slice(from.comment.start, from.comment.end));
}

/** Whether a copy takes all there is, which works with nothing, too. */
function takesAll({ args }: Instruction): boolean {
  return args.slice(0, -1).every(({ text }) => /^[./]*\*?$/.test(text));
}

export const copyFromEmptyStage: Rule = {
  id: "CopyFromEmptyStage",
  severity: "warning",
  summary: "A copy from a stage that has no files.",
  docs: `
A stage \`FROM scratch\` has the files that its \`COPY\`, \`ADD\`, \`WORKDIR\` and \`RUN\` bring, and without any of these it has none:
a path is not found there, and copying \`/\` copies nothing. Mostly the \`COPY\` into that stage is missing, or the copy was meant
for another stage.

An empty stage may also stand for a [named context](https://docs.docker.com/reference/cli/docker/buildx/build/#build-context)
that the build is given in its place. The rule is silent where a comment above its \`FROM\` says so, where it has no instruction
and all of it is copied, and where a variable in a \`FROM\` chooses it. See
[scratch](https://docs.docker.com/build/building/base-images/#create-a-minimal-base-image-using-scratch).`,
  examples: [
    {
      title: "Nothing is copied into it",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/server .
FROM scratch AS files
LABEL org.example.part="server"
FROM alpine:3.22
COPY --from=files /server /usr/local/bin/
            ^^^^^ Stage 'files' has no files: it starts from scratch, and nothing is copied into it.
`,
    },
    {
      title: "With a file",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/server .
FROM scratch AS files
COPY --from=build /out/server /server
FROM alpine:3.22
COPY --from=files /server /usr/local/bin/
`,
    },
    {
      title: "One of several",
      text: `
ARG PLUGINS=none
FROM scratch AS plugins-none
FROM example/plugins:1 AS plugins-all
FROM plugins-\${PLUGINS} AS plugins
FROM alpine:3.22
COPY --from=plugins / /plugins
`,
    },
    {
      title: "In place of a context",
      text: `
FROM scratch AS src
# Give it with --build-context assets=…
FROM scratch AS assets
FROM golang:1.25
COPY --from=src . .
COPY --from=assets /logo.svg /assets/
`,
    },
    {
      title: "An empty mount for a cache to start with",
      text: `
FROM scratch AS start
FROM golang:1.25
RUN --mount=type=cache,from=start,target=/root/.cache/go-build go install example.com/tool@latest
`,
    },
  ],
  *check(analysis) {
    const { stages, references } = analysis;
    if (!stages.some(({ base }) => base?.target.kind === "scratch")) return;
    for (const { kind, target, span, onbuild, instruction } of references) {
      if (kind !== "copy" || onbuild || target.kind !== "stage") continue;
      const stage = stages[target.stage]!;
      const files = analysis.files(target.stage);
      if (!files.isEmpty || !files.isSure) continue;
      if (isPlaceholder(analysis, stage) || instruction.args.length < 2) continue;
      if (stage.instructions.length === 0 && takesAll(instruction)) continue;
      const name = quotedStage(stage);
      yield {
        span,
        message: `${name.charAt(0).toUpperCase()}${name.slice(1)} has no files: it starts from scratch, and nothing is copied into it.`,
        related: [{ span: (stage.nameWord ?? stage.from).span, message: "The stage without files." }],
      };
    }
  },
};
