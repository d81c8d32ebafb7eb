import { onFirstLine } from "../stages/place.ts";
import type { Rule } from "./rule.ts";

export const fromAsCasing: Rule = {
  id: "FromAsCasing",
  severity: "warning",
  buildkit: "stable",
  summary: "`as` in another letter case than its `FROM`.",
  docs: `
\`FROM … AS …\` is one instruction, and reads better with both words in the same letter case. Where \`FROM\` itself is in mixed
case, another check tells so.`,
  examples: [
    {
      title: "FROM and as",
      text: `
FROM golang:1.22 as builder
                 ^^ 'as' and 'FROM' keywords' casing do not match
FROM alpine:3.20
COPY --from=builder /app /app
`,
      fixed: `
FROM golang:1.22 AS builder
FROM alpine:3.20
COPY --from=builder /app /app
`,
    },
    {
      title: "All in lower case",
      text: `
from golang:1.22 as builder
from alpine:3.20
copy --from=builder /app /app
`,
    },
  ],
  *check({ stages, lines, text }) {
    for (const { from } of stages) {
      const as = from.args[1];
      if (from.args.length < 3 || as!.text.toLowerCase() !== "as") continue;
      const keyword = text.slice(from.keywordSpan.start, from.keywordSpan.end);
      const wanted = keyword === "from" ? "as" : keyword === "FROM" ? "AS" : as!.text;
      if (as!.text === wanted) continue;
      yield {
        ...onFirstLine(lines, from, as!.span, "The word."),
        message: `'${as!.text}' and '${keyword}' keywords' casing do not match`,
        fixes: [{ title: `Change to '${wanted}'`, safety: "safe", edits: [{ span: as!.span, newText: wanted }] }],
      };
    }
  },
};
