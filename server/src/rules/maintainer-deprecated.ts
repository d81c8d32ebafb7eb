import type { Instruction } from "../dockerfile/instruction.ts";
import type { Question } from "../stages/memory.ts";
import type { Fix, Rule } from "./rule.ts";

/** The author as a double-quoted word of LABEL, where nothing is expanded. */
function quoted(author: string, escape: string): string {
  // Quotes around the whole name were part of the author; nobody means them to be.
  const plain = /^(?:"[^"]*"|'[^']*')$/.test(author) ? author.slice(1, -1) : author;
  return `"${plain.replaceAll(/["$\\`]/g, (ch) => (ch === '"' || ch === "$" || ch === escape ? escape + ch : ch))}"`;
}

function toLabel(text: string, escape: string, { keywordSpan, args }: Instruction): Fix | null {
  const author = args[0];
  if (!author || /[\r\n]/.test(text.slice(keywordSpan.start, author.span.end))) return null;
  const isLower = text[keywordSpan.start] === "m";
  const label = `${isLower ? "label" : "LABEL"} org.opencontainers.image.authors=${quoted(author.text, escape)}`;
  return {
    title: "Change to a label",
    // The author is another part of the image's metadata than a label.
    safety: "unsafe",
    edits: [{ span: { start: keywordSpan.start, end: author.span.end }, newText: label }],
  };
}

const isMaintainer: Question<boolean> = ({ keyword }) => keyword === "MAINTAINER";

export const maintainerDeprecated: Rule = {
  id: "MaintainerDeprecated",
  severity: "warning",
  buildkit: "stable",
  summary: "MAINTAINER, which LABEL has replaced.",
  docs: `
\`MAINTAINER\` sets one field of the image that few tools read. A label says the same where tools look for it, and may be joined by
others: \`org.opencontainers.image.authors\` is the name that the OCI image specification defines. The fix is not applied unasked,
because the image's author field is empty then.`,
  examples: [
    {
      title: "An author",
      text: `
FROM alpine:3.20
MAINTAINER Jane Doe <jane@example.com>
^^^^^^^^^^ Maintainer instruction is deprecated in favor of using label
`,
      fixed: `
FROM alpine:3.20
LABEL org.opencontainers.image.authors="Jane Doe <jane@example.com>"
`,
    },
    {
      title: "With quotes around it",
      text: `
FROM alpine:3.20
MAINTAINER "Jane Doe"
^^^^^^^^^^ Maintainer instruction is deprecated in favor of using label
`,
      fixed: `
FROM alpine:3.20
LABEL org.opencontainers.image.authors="Jane Doe"
`,
    },
    {
      title: "A label",
      text: `
FROM alpine:3.20
LABEL maintainer="Jane Doe <jane@example.com>"
`,
    },
  ],
  *check(analysis) {
    const { dockerfile, text } = analysis;
    for (const instruction of analysis.those(isMaintainer)) {
      if (instruction.keyword !== "MAINTAINER") continue;
      const fix = toLabel(text, dockerfile.escape, instruction);
      yield {
        span: instruction.keywordSpan,
        message: "Maintainer instruction is deprecated in favor of using label",
        ...(fix && { fixes: [fix] }),
      };
    }
  },
};
