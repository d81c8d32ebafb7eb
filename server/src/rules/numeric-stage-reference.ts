import { stageLabel } from "../stages/describe.ts";
import { nameReferences } from "../stages/names.ts";
import type { Rule } from "./rule.ts";

export const numericStageReference: Rule = {
  id: "NumericStageReference",
  severity: "hint",
  summary: "COPY --from with the number of a stage instead of its name.",
  docs: `
A number after \`COPY --from=\` counts the \`FROM\` lines from 0. When a stage is added, removed or moved above, the same number
means another stage, and the build may still go through with the wrong files. A name keeps its meaning. See
[Name your build stages](https://docs.docker.com/build/building/multi-stage/#name-your-build-stages).`,
  examples: [
    {
      title: "The stage has a name",
      text: `
FROM golang:1.22 AS build
RUN go build -o /app .
FROM scratch
COPY --from=0 /app /app
            ^ The number of a stage changes when stages are added or moved. Stage 0 has a name: 'build'.
`,
      fixed: `
FROM golang:1.22 AS build
RUN go build -o /app .
FROM scratch
COPY --from=build /app /app
`,
    },
    {
      title: "The stage has no name",
      text: `
FROM node:22
RUN npm ci && npm run build
FROM nginx:1.27
COPY --from=0 /dist /usr/share/nginx/html
            ^ The number of a stage changes when stages are added or moved. Give stage 0 a name.
COPY --from=0 /LICENSE /LICENSE
            ^ The number of a stage changes when stages are added or moved. Give stage 0 a name.
`,
      fixed: `
FROM node:22 AS builder
RUN npm ci && npm run build
FROM nginx:1.27
COPY --from=builder /dist /usr/share/nginx/html
COPY --from=builder /LICENSE /LICENSE
`,
    },
    {
      title: "Several stages, and a name that is taken",
      text: `
from node:22
run npm run build
from example.com/team/golang:1.22@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
run go build -o /app .
from scratch
copy --from=0 /dist /www
            ^ The number of a stage changes when stages are added or moved. Give stage 0 a name.
copy --from=1 /app /app
            ^ The number of a stage changes when stages are added or moved. Give stage 1 a name.
copy --from=node-builder /x /x
`,
      fixed: `
from node:22 as builder
run npm run build
from example.com/team/golang:1.22@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
run go build -o /app .
from scratch
copy --from=builder /dist /www
copy --from=1 /app /app
copy --from=node-builder /x /x
`,
    },
    {
      title: "Two stages share the name, which means the last one",
      text: `
FROM golang:1.22 AS build
RUN go build -o /app .
FROM node:22 AS build
RUN npm run build
FROM scratch
COPY --from=0 /app /app
            ^ The number of a stage changes when stages are added or moved. Give stage 0 a name of its own.
`,
    },
    {
      title: "By name, in another file, or not finished",
      text: `
FROM golang:1.22 AS build
ONBUILD COPY --from=0 /app /app
FROM scratch
COPY --from=build /app /app
COPY --from=0
`,
    },
  ],
  *check(analysis) {
    const { references, stages } = analysis;
    // ONBUILD mostly means the stages of another file.
    const counted = references.flatMap((reference) => {
      const { target, onbuild, instruction } = reference;
      if (target.kind !== "stage" || target.by !== "index" || onbuild || instruction.args.length === 0) return [];
      return [{ reference, stage: stages[target.stage]! }];
    });
    if (counted.length === 0) return;
    const nameOf = nameReferences(analysis, counted);
    for (const { reference, stage } of counted) {
      const named = nameOf(reference, stage);
      const what = named?.known
        ? `Stage ${stage.index} has a name: '${stageLabel(stage)}'.`
        : `Give stage ${stage.index} a name${stage.nameWord ? " of its own" : ""}.`;
      yield {
        span: reference.span,
        message: `The number of a stage changes when stages are added or moved. ${what}`,
        related: [{ span: (stage.nameWord ?? stage.from).span, message: `This is stage ${stage.index}.` }],
        ...(named && {
          fixes: [
            {
              title: named.known ? `Change to '${named.name}'` : `Name stage ${stage.index} '${named.name}'`,
              safety: "safe" as const,
              edits: named.edits,
            },
          ],
        }),
      };
    }
  },
};
