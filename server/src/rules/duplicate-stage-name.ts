import { onFirstLine } from "../stages/place.ts";
import type { Rule } from "./rule.ts";

export const duplicateStageName: Rule = {
  id: "DuplicateStageName",
  severity: "warning",
  buildkit: "stable",
  summary: "Two stages with the same name.",
  docs: `
Names are compared without letter case. \`FROM\` takes the latest stage above with that name, \`COPY --from\` and mounts take the
last of the whole file, so one name means two things.`,
  examples: [
    {
      title: "The same name in another letter case",
      text: `
FROM node:20 AS builder
FROM golang:1.22 AS Builder
                    ^^^^^^^ Duplicate stage name "builder", stage names should be unique
FROM alpine
COPY --from=builder /app /app
`,
    },
    {
      title: "Different names",
      text: `
FROM node:20 AS web
FROM golang:1.22 AS api
COPY --from=web /dist /dist
`,
    },
  ],
  *check({ stages, lines }) {
    const first = new Map<string, (typeof stages)[number]>();
    for (const stage of stages) {
      if (stage.name === null || !stage.nameWord) continue;
      const other = first.get(stage.name);
      if (!other) first.set(stage.name, stage);
      else {
        const { span, related = [] } = onFirstLine(lines, stage.from, stage.nameWord.span, "The name.");
        yield {
          span,
          message: `Duplicate stage name "${stage.name}", stage names should be unique`,
          related: [...related, { span: other.nameWord!.span, message: "The first stage of this name." }],
        };
      }
    }
  },
};
