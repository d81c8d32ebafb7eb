import { stageLabel } from "../stages/describe.ts";
import { cycleMessage } from "./common/reference-messages.ts";
import type { Rule } from "./rule.ts";

export const circularStageDependency: Rule = {
  id: "CircularStageDependency",
  severity: "error",
  summary: "Stages that need each other, or a stage that copies from itself.",
  docs: `
A stage cannot copy from itself, nor from a stage that needs it. BuildKit stops with \`circular dependency detected on
stage\`. A file that is already in the stage is moved with \`RUN cp\` or \`RUN mv\`.`,
  examples: [
    {
      title: "From itself",
      text: `
FROM node:20 AS build
RUN npm run build
COPY --from=build /app/dist /www
            ^^^^^ circular dependency detected on stage: build (it copies from itself)
`,
    },
    {
      title: "From itself by index",
      text: `
FROM node:20
COPY --from=0 /app/dist /www
            ^ circular dependency detected on stage: stage-0 (it copies from itself)
`,
    },
    {
      title: "In a ring",
      text: `
FROM alpine AS a
COPY --from=b /x /x
            ^ circular dependency detected on stage: a (a ← b ← a)
FROM alpine AS b
COPY --from=a /y /y
FROM b
`,
    },
    {
      title: "An image with the name of the stage is no ring",
      text: `
FROM nginx AS nginx
COPY index.html /usr/share/nginx/html/
`,
    },
  ],
  *check({ graph, stages }) {
    for (const cycle of graph.cycles) {
      const first = cycle[0]!;
      yield {
        span: first.span,
        message: cycleMessage(cycle, stages),
        ...(cycle.length > 1 && {
          related: cycle
            .slice(1)
            .map(({ span, stage, text }) => ({ span, message: `${stageLabel(stages[stage]!)} needs ${text}.` })),
        }),
      };
    }
  },
};
