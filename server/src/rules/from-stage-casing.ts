import { casingMessage } from "./common/reference-messages.ts";
import type { Rule } from "./rule.ts";

export const fromStageCasing: Rule = {
  id: "FromStageCasing",
  severity: "error",
  summary: "FROM names a stage with upper-case letters.",
  docs: `
BuildKit stores stage names in lower case. \`COPY --from\` and mounts find a stage in any letter case, but \`FROM\` compares the
name as it is written: \`FROM Builder\` does not find \`AS Builder\`, is taken for an image, and fails because an image's name
must be lower case.`,
  examples: [
    {
      title: "The stage is stored as `builder`",
      text: `
FROM node:20 AS Builder
FROM Builder AS app
     ^^^^^^^ FROM finds a stage only by its lower-case name: 'builder'.
`,
      fixed: `
FROM node:20 AS Builder
FROM builder AS app
`,
    },
    {
      title: "COPY takes any letter case",
      text: `
FROM node:20 AS Builder
FROM alpine
COPY --from=BUILDER /app /app
`,
    },
  ],
  *check({ references, model }) {
    for (const { kind, text, span, stage, target } of references) {
      if (kind !== "from" || target.kind !== "image" || text !== target.image) continue;
      const lower = text.toLowerCase();
      if (lower === text || (model.firstByName.get(lower) ?? stage) >= stage) continue;
      yield {
        span,
        message: casingMessage(lower),
        fixes: [{ title: `Change to '${lower}'`, safety: "safe", edits: [{ span, newText: lower }] }],
      };
    }
  },
};
