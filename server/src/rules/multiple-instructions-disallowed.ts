import type { Instruction } from "../dockerfile/instruction.ts";
import type { Step } from "../stages/steps.ts";
import type { Fix, Rule } from "./rule.ts";

const once = new Set(["CMD", "ENTRYPOINT", "HEALTHCHECK"]);

/** Removes the lines of an instruction. */
function remove(text: string, { span }: Instruction, word: string): Fix {
  const newline = text.indexOf("\n", span.end);
  const end = newline < 0 ? text.length : newline + 1;
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  return {
    title: `Remove this ${word}`,
    // The image stays the same, but somebody wrote both for a reason.
    safety: "unsafe",
    edits: [{ span: { start, end }, newText: "" }],
  };
}

export const multipleInstructionsDisallowed: Rule = {
  id: "MultipleInstructionsDisallowed",
  severity: "warning",
  buildkit: "stable",
  summary: "A CMD, ENTRYPOINT or HEALTHCHECK that a later one in the stage replaces.",
  docs: `
An image has one \`CMD\`, one \`ENTRYPOINT\` and one \`HEALTHCHECK\`. Of several in a stage only the last counts, so the others do
nothing: start several programs from one script, or remove what is left over. A stage may replace what its base image has.`,
  examples: [
    {
      title: "Two commands",
      text: `
FROM alpine:3.20
CMD ["migrate"]
^^^ Multiple CMD instructions should not be used in the same stage because only the last one will be used
CMD ["serve"]
`,
      fixed: `
FROM alpine:3.20
CMD ["serve"]
`,
    },
    {
      title: "Each stage has its own",
      text: `
FROM alpine:3.20 AS base
ENTRYPOINT ["/entrypoint"]
CMD ["serve"]
FROM base
CMD ["serve", "--debug"]
HEALTHCHECK NONE
`,
    },
    {
      title: "ONBUILD comes before the stage's own",
      text: `
FROM alpine:3.20 AS base
ONBUILD CMD ["serve"]
FROM base
^^^^ Multiple CMD instructions should not be used in the same stage because only the last one will be used
CMD ["serve", "--debug"]
`,
    },
  ],
  *check({ steps, text }) {
    for (const stage of steps) {
      const seen = new Map<string, Step>();
      for (const step of stage) {
        const { instruction, written } = step;
        if (!once.has(instruction.keyword)) continue;
        const previous = seen.get(instruction.keyword);
        seen.set(instruction.keyword, step);
        if (!previous) continue;
        const word = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
        const isOwn = previous.written === previous.place;
        yield {
          span: previous.place.keywordSpan,
          message: `Multiple ${word} instructions should not be used in the same stage because only the last one will be used`,
          related: [
            ...(isOwn ? [] : [{ span: previous.written.keywordSpan, message: "ONBUILD brings this along." }]),
            { span: written.keywordSpan, message: "This one replaces it." },
          ],
          ...(isOwn && { fixes: [remove(text, previous.written, word)] }),
        };
      }
    }
  },
};
