import { mayBecome, partsAroundVariables } from "../stages/choice.ts";
import { looksLikeTarget, quotedStage } from "../stages/describe.ts";
import { misspelt } from "../stages/meant.ts";
import { markReachable } from "../stages/graph.ts";
import type { Stage } from "../stages/resolve.ts";
import type { Rule } from "./rule.ts";

/**
 * Whether a stage may be built for its own sake with `--target`: by its name, because it says how to run it, or because it
 * gathers files to export (`FROM scratch` and copies from other stages).
 */
function mayBeTarget({ name, instructions, base, index }: Stage, copying: ReadonlySet<number>): boolean {
  if (name === null) return false;
  if (base?.target.kind === "scratch" && copying.has(index)) return true;
  return (
    looksLikeTarget(name) ||
    instructions.some(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT" || keyword === "HEALTHCHECK")
  );
}

/** The texts of FROM lines with variables, and for each the last stage that has it. Very long ones are no names. */
function choosers(stages: readonly Stage[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { base, index } of stages) {
    if (base?.text.includes("$") && base.text.length <= 1024) found.set(base.text, index);
  }
  return found;
}

/** How many stages that nothing needs make a file a collection of targets rather than one with leftovers. */
const collection = 3;

/** Whether the last stage is being typed: it has an image and nothing else yet, so it says nothing about the stages above. */
function isUnfinished({ base, instructions }: Stage): boolean {
  return instructions.length === 0 && base?.target.kind !== "stage";
}

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

A stage counts as a target of its own when its name says so (\`test\`, \`dev\`, \`lint\`, \`prod\` …), when it has a CMD, ENTRYPOINT or
HEALTHCHECK, or when it copies files into \`FROM scratch\`. Stages that a variable in a \`FROM\` may choose are needed, and a file
with three or more named stages that nothing uses is taken for a collection of targets. A stage without a name cannot be
chosen with \`--target\`.`,
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
      title: "Used behind ONBUILD",
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
      title: "The last stage is being typed",
      text: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM alpine
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
  *check({ model, stages, graph, references, lines, dockerfile }) {
    const last = stages.at(-1);
    if (!last || stages.length < 2 || isUnfinished(last) || model.problems.length > 0) return;
    const needed = [...graph.needed];
    const need = (target: number): void => {
      markReachable(graph.dependencies, target, needed);
    };
    for (const [text, chooser] of choosers(stages)) {
      const parts = partsAroundVariables(text);
      for (const { name, index } of stages.slice(0, chooser))
        if (!needed[index] && name !== null && mayBecome(parts, name)) need(index);
    }
    // A stage that a misspelt name was meant for has its user; the name is what is wrong.
    for (const { meant } of misspelt(references, stages)) if (!needed[meant.index]) need(meant.index);
    const copying = new Set(references.filter(({ kind }) => kind === "copy").map(({ stage }) => stage));
    for (const stage of stages) if (!needed[stage.index] && mayBeTarget(stage, copying)) need(stage.index);
    const leaves = stages.filter(
      ({ index, name }) => !needed[index] && name !== null && graph.dependents[index]!.length === 0,
    );
    if (leaves.length >= collection) for (const { index } of leaves) need(index);
    // An index says nothing once stages shift, so a stage is not removed while one is in use.
    const counted = references.some(({ target }) => target.kind === "stage" && target.by === "index");
    const { comments } = dockerfile;
    let nextComment = 0;
    for (const stage of stages) {
      if (needed[stage.index]) continue;
      const next = stages[stage.index + 1]!;
      const referenced = graph.dependents[stage.index]!.some((other) => other.stage !== stage.index);
      const start = lines.startOf(lines.lineAt(stage.from.comment?.start ?? stage.from.span.start));
      const end = lines.startOf(lines.lineAt(next.from.comment?.start ?? next.from.span.start));
      // Only what belongs to the stage goes: a comment that is not right above an instruction may be about something else.
      while (nextComment < comments.length && comments[nextComment]!.start <= stage.span.end) nextComment++;
      const loose = nextComment < comments.length && comments[nextComment]!.end < end;
      yield {
        span: (stage.nameWord ?? stage.from).span,
        message: `${capitalized(quotedStage(stage))} is not needed to build the last stage.`,
        tags: ["unnecessary"],
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
