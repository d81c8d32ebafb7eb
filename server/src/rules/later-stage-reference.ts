import { laterStageMessage } from "./common/reference-messages.ts";
import type { Rule } from "./rule.ts";

export const laterStageReference: Rule = {
  id: "LaterStageReference",
  severity: "error",
  summary: "A copy or mount from a stage that is defined below.",
  docs: `
\`COPY --from\` and \`RUN --mount=…,from=\` can use only stages that stand above. BuildKit stops with this error. \`FROM\` is
different: there a name of a later stage is taken for an image.

An instruction after \`ONBUILD\` runs in the stages that are built \`FROM\` this one, and is checked there.

Move the stage that is copied from above the stage that needs it.`,
  examples: [
    {
      title: "Defined below",
      text: `
FROM alpine AS app
COPY --from=assets /dist /www
            ^^^^^^ cannot copy from stage "assets", it needs to be defined before current stage "app"
FROM node:20 AS assets
RUN npm run build
FROM app
`,
    },
    {
      title: "A mount from below",
      text: `
FROM alpine
RUN --mount=from=assets,target=/assets cp -r /assets /www
                 ^^^^^^ cannot mount from stage "assets", it needs to be defined before current stage "stage-0"
FROM node:20 AS assets
`,
    },
    {
      title: "After ONBUILD",
      text: `
FROM alpine AS base
ONBUILD COPY --from=assets /dist /www
FROM node:20 AS assets
FROM base
`,
    },
    {
      title: "Defined above",
      text: `
FROM node:20 AS assets
FROM alpine AS app
COPY --from=assets /dist /www
`,
    },
  ],
  *check({ references, stages, graph, model }) {
    const inCycles = new Set(graph.cycles.flat());
    for (const reference of [...references, ...model.triggered]) {
      const { target, span, onbuild } = reference;
      // Where nothing runs it, ONBUILD says something about the stages of another file.
      if (onbuild || target.kind !== "error" || target.error !== "later-stage" || inCycles.has(reference)) continue;
      const related = target.stage === null ? null : stages[target.stage]!;
      yield {
        span,
        message: laterStageMessage(reference, stages),
        ...(related && {
          related: [{ span: (related.nameWord ?? related.from).span, message: "It is defined here." }],
        }),
      };
    }
  },
};
