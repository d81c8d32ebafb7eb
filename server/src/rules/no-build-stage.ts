import { instructionKeywords } from "../dockerfile/keywords.ts";
import type { Rule } from "./rule.ts";

export const noBuildStage: Rule = {
  id: "NoBuildStage",
  severity: "error",
  summary: "Instructions before the first FROM, or no FROM at all.",
  docs: `
A Dockerfile starts with \`FROM\`; only parser directives, comments and \`ARG\` may stand before it. BuildKit stops at the
first other instruction with \`no build stage in current context\`.`,
  examples: [
    {
      title: "An instruction comes first",
      text: `
RUN apk add git
^^^ no build stage in current context: only ARG may stand before the first FROM.
FROM alpine
`,
    },
    {
      title: "Only build args",
      text: `
ARG VERSION=1
^^^ dockerfile contains no stages to build
`,
    },
    {
      title: "FROM is misspelt, or being typed",
      text: `
# The web shop
FRM alpine
RUN apk add git
`,
    },
    {
      title: "ARG before FROM",
      text: `
ARG VERSION=3.20
FROM alpine:\${VERSION}
`,
    },
  ],
  *check({ model }) {
    const { strays, globals, stages } = model;
    const [first] = strays;
    // A word that is no instruction may have been meant for FROM.
    if (first && instructionKeywords.has(first.keyword)) {
      yield {
        span: first.keywordSpan,
        message: "no build stage in current context: only ARG may stand before the first FROM.",
      };
    }
    if (stages.length === 0 && strays.length === 0 && globals[0]) {
      yield { span: globals[0].keywordSpan, message: "dockerfile contains no stages to build" };
    }
  },
};
