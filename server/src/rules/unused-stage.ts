import { quotedStage } from "../stages/describe.ts";
import { purposesOf } from "../stages/targets.ts";
import { knownTargets } from "../workspace/mentions.ts";
import type { Rule } from "./rule.ts";

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const unusedStage: Rule = {
  id: "UnusedStage",
  severity: "hint",
  summary: "A stage that no build of this file needs.",
  docs: `
BuildKit builds the target and what it needs, and skips all other stages. A stage that neither the last stage nor a stage
that looks like a target of its own needs is most likely a leftover, or a copy from it is missing.

A stage counts as a target of its own when a file of the project chooses it (Compose, Bake, a workflow, a script), when its
name says so (\`test\`, \`dev\`, \`lint\`, \`prod\` …), when it has a CMD, ENTRYPOINT or HEALTHCHECK, runs tests or linters, or copies
files into \`FROM scratch\`. Stages that a variable in a \`FROM\` may choose are needed, and a file with three or more named
stages that nothing uses is taken for a collection of targets. A stage without a name cannot be chosen with \`--target\`.`,
  examples: [
    {
      title: "Nothing copies from `tools`",
      text: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM golang:1.22 AS tools
                    ^^^^^ Stage 'tools' is not needed to build the last stage.
RUN go install example.com/tool@latest
FROM scratch
COPY --from=builder /app /app
`,
      fixed: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM scratch
COPY --from=builder /app /app
`,
    },
    {
      title: "Used through a mount",
      text: `
FROM golang:1.22 AS tools
FROM alpine
RUN --mount=from=tools,target=/tools /tools/setup
`,
    },
    {
      title: "Used after ONBUILD",
      text: `
FROM node:20 AS assets
FROM alpine AS base
ONBUILD COPY --from=assets /dist /www
FROM base
RUN ls /www
`,
    },
    {
      title: "Chosen by a build arg",
      text: `
ARG VARIANT=small
FROM alpine AS tool-small
FROM debian AS tool-large
FROM tool-\${VARIANT}
`,
    },
    {
      title: "A misspelt copy uses it",
      text: `
FROM golang:1.22 AS builder
FROM alpine
COPY --from=bulder /app /app
`,
    },
    {
      title: "A copy or mount that does not find it was meant for it",
      text: `
FROM golang:1.22 AS builder
FROM golang:1.22
FROM alpine
COPY --form=builder /app /app
RUN --mount=from=1,target=/mnt ls /mnt
`,
    },
    {
      title: "The stages stand in the wrong order",
      text: `
FROM alpine AS app
COPY --from=builder /app /app
FROM golang:1.22 AS builder
RUN go build -o /app .
`,
    },
    {
      title: "The last stage is being typed",
      text: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM alpine
`,
    },
    {
      title: "A copy does not say yet from where",
      text: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM alpine
COPY --from= /app /app
`,
    },
    {
      title: "Another file builds it",
      targets: ["tools"],
      text: `
FROM golang:1.22 AS tools
RUN go install example.com/tool@latest
FROM alpine
RUN apk add --no-cache curl
`,
    },
    {
      title: "Pushed, and used as an image",
      text: `
FROM debian:12 AS base
RUN apt-get update && apt-get install -y libgmp10
FROM ghcr.io/example/app-base:1.2
COPY app /usr/bin/
`,
    },
    {
      title: "A collection of targets",
      text: `
FROM alpine AS base
FROM base AS fetch
RUN ./fetch
FROM base AS convert
RUN ./convert
FROM base AS report
RUN ./report
FROM base
RUN ./all
`,
    },
    {
      title: "A target of its own",
      text: `
FROM node:20 AS base
FROM base AS test
RUN npm test
FROM base
`,
    },
  ],
  *check(analysis, neighbours) {
    const { stages, graph, references, lines, dockerfile } = analysis;
    if (graph.needed.every((isNeeded) => isNeeded)) return;
    const needed = purposesOf(analysis, knownTargets(neighbours))?.any;
    if (!needed) return;
    // An index says nothing once stages shift, so a stage is not removed while one is in use.
    const counted = references.some(({ target }) => target.kind === "stage" && target.by === "index");
    const { comments } = dockerfile;
    let nextComment = 0;
    for (const stage of stages) {
      if (needed[stage.index]) continue;
      const next = stages[stage.index + 1]!;
      const referenced = graph.dependents[stage.index]!.some((other) => other.stage !== stage.index);
      const start = lines.editableStartOf(lines.lineAt(stage.from.comment?.start ?? stage.from.span.start));
      const end = lines.startOf(lines.lineAt(next.from.comment?.start ?? next.from.span.start));
      // Only what belongs to the stage goes: a comment that is not right above an instruction may be about something else.
      while (nextComment < comments.length && comments[nextComment]!.start <= stage.span.end) nextComment++;
      const loose = nextComment < comments.length && comments[nextComment]!.end < end;
      yield {
        span: (stage.nameWord ?? stage.from).span,
        message: `${capitalized(quotedStage(stage))} is not needed to build the last stage.`,
        tags: ["unnecessary"],
        faded: stage.span,
        ...(!counted &&
          !referenced &&
          !loose && {
            fixes: [
              {
                title: `Remove ${quotedStage(stage)}`,
                safety: "unsafe" as const,
                edits: [{ span: { start, end }, newText: "" }],
              },
            ],
          }),
      };
    }
  },
};
