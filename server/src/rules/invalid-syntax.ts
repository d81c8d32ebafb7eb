import type { Instruction, Word } from "../dockerfile/instruction.ts";
import { expand } from "../dockerfile/words.ts";
import type { Rule } from "./rule.ts";

/** Errors that do not depend on the values of variables. */
const unfinished = /^unexpected end of statement|^syntax error/;

/** The words in which BuildKit itself removes quotes and expands variables. ARG may be ignored along with its mistakes. */
function wordsToProcess({ keyword, args, pairs }: Instruction): readonly Word[] {
  switch (keyword) {
    case "ENV":
    case "LABEL":
      return pairs.flatMap(({ value, valueSpan }) =>
        value === null || !valueSpan ? [] : [{ text: value, span: valueSpan }],
      );
    case "ADD":
    case "COPY":
    case "EXPOSE":
    case "STOPSIGNAL":
    case "USER":
    case "VOLUME":
    case "WORKDIR":
      return args;
    default:
      return [];
  }
}

export const invalidSyntax: Rule = {
  id: "InvalidSyntax",
  severity: "error",
  summary: "Text that BuildKit's parser stops at.",
  docs: `
A heredoc without its end line, an ENV without a value, a JSON array with something other than strings, a parser directive
given twice: BuildKit stops before it looks at any stage.

Words of \`COPY\`, \`ENV\` and the like whose quotes do not match stop the build, too. \`COPY\` splits at blanks before it looks at
quotes, so a path with a blank needs the form \`COPY ["my file", "/x"]\`.

A heredoc also begins where none is meant: BuildKit takes \`<<\` followed by a word for one in \`RUN echo $((1 << 2))\`, too.`,
  examples: [
    {
      title: "The end line is missing",
      text: `
FROM alpine
RUN <<EOF
^^^^^^^^^ unterminated heredoc
echo hello
`,
    },
    {
      title: "A name without a value",
      text: `
FROM alpine
ENV PORT
    ^^^^ ENV must have two arguments
`,
    },
    {
      title: "A quote that nothing closes",
      text: `
FROM alpine
ENV GREETING="hello
             ^^^^^^ failed to process "\\"hello": unexpected end of statement while looking for matching double-quote
COPY "my file" /x
     ^^^ failed to process "\\"my": unexpected end of statement while looking for matching double-quote
`,
    },
    {
      title: "All complete",
      text: `
FROM alpine
ENV PORT=80
RUN <<EOF
echo hello
EOF
`,
    },
  ],
  *check({ dockerfile }) {
    for (const { span, message } of dockerfile.problems) yield { span, message };
    for (const instruction of dockerfile.instructions) {
      const inner = instruction.trigger ?? instruction;
      for (const { text, span } of wordsToProcess(inner)) {
        if (!/['"$]/.test(text)) continue;
        const { error } = expand(text, undefined, { escape: dockerfile.escape });
        if (error === null || !unfinished.test(error)) continue;
        yield { span, message: `failed to process ${JSON.stringify(text)}: ${error}` };
        // BuildKit stops at the first.
        break;
      }
    }
  },
};
