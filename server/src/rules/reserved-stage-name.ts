import { onFirstLine } from "../stages/place.ts";
import { reservedNames } from "../stages/resolve.ts";
import type { Rule } from "./rule.ts";

export const reservedStageName: Rule = {
  id: "ReservedStageName",
  severity: "warning",
  buildkit: "stable",
  summary: "A stage named `scratch` or `context`.",
  docs: `
\`scratch\` is the empty image and \`context\` the build context. A stage of that name hides them, or is hidden: rename it.`,
  examples: [
    {
      title: "A stage named scratch",
      text: `
FROM alpine:3.20 AS scratch
                    ^^^^^^^ Stage name should not use the same name as reserved stage "scratch"
FROM alpine:3.20 AS Context
                    ^^^^^^^ Stage name should not use the same name as reserved stage "context"
FROM alpine:3.20
`,
    },
    {
      title: "The empty image itself",
      text: `
FROM scratch AS empty
FROM scratch
COPY --from=empty / /
`,
    },
  ],
  *check({ stages, lines }) {
    for (const { name, nameWord, from } of stages) {
      if (name === null || !reservedNames.has(name)) continue;
      yield {
        ...onFirstLine(lines, from, nameWord!.span, "The name."),
        message: `Stage name should not use the same name as reserved stage "${name}"`,
      };
    }
  },
};
