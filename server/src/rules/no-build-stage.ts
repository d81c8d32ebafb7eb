import type { Rule } from "./rule.ts";

export const noBuildStage: Rule = {
  id: "NoBuildStage",
  severity: "error",
  summary: "Instructions in front of the first FROM, or no FROM at all.",
  docs: `
A Dockerfile starts with \`FROM\`; only parser directives, comments and \`ARG\` may stand in front of it. BuildKit stops at the
first other instruction with \`no build stage in current context\`.`,
  examples: [
    {
      title: "An instruction comes first",
      text: `
RUN apk add git
^^^ no build stage in current context: only ARG may stand in front of the first FROM.
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
      title: "FROM is being typed",
      text: `
# The web shop
FR
`,
    },
    {
      title: "ARG in front of FROM",
      text: `
ARG VERSION=3.20
FROM alpine:\${VERSION}
`,
    },
  ],
  *check({ model, dockerfile }) {
    const { strays, globals, stages } = model;
    for (const { keywordSpan, keyword, span } of strays.slice(0, 1)) {
      // At the end of the file the first letters of ARG or FROM are on their way.
      const isTyped =
        stages.length === 0 && keywordSpan.end === span.end && dockerfile.instructions.at(-1)?.span === span;
      if (isTyped && ["ARG", "FROM"].some((known) => known.startsWith(keyword))) continue;
      yield {
        span: keywordSpan,
        message: "no build stage in current context: only ARG may stand in front of the first FROM.",
      };
    }
    if (stages.length === 0 && strays.length === 0 && globals[0]) {
      yield { span: globals[0].keywordSpan, message: "dockerfile contains no stages to build" };
    }
  },
};
