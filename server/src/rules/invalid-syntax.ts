import type { Instruction, ScanProblem } from "../dockerfile/instruction.ts";
import { moveComment } from "../dockerfile/trailing-comment.ts";
import type { Analysis } from "../stages/analysis.ts";
import { shortened } from "../text/quote.ts";
import type { Fix, Rule } from "./rule.ts";

/** Puts quotes around a value with blanks in it: `LABEL title=My app version=1`. */
function quoteValue({ text }: Analysis, instruction: Instruction, { span }: ScanProblem): Fix | null {
  const { pairs } = instruction.trigger ?? instruction;
  const pair = pairs.findLast((candidate) => candidate.span.end <= span.start);
  if (!pair?.valueSpan || instruction.startLine !== instruction.endLine) return null;
  const next = pairs.find((candidate) => candidate.span.start > span.start);
  const { start } = pair.valueSpan;
  const value = text.slice(start, next?.span.start ?? instruction.headSpan.end).trimEnd();
  // Such a word at the end is the name of another variable that lacks its value.
  if (/["'\\`$#]|\s[A-Z_][A-Z\d_]*$/.test(value)) return null;
  return {
    title: `Change to ${shortened(`${pair.key}="${value}"`, 60)}`,
    safety: "unsafe",
    edits: [{ span: { start, end: start + value.length }, newText: `"${value}"` }],
  };
}

/** Puts quotes around the numbers of an array: `["serve", 8080]`. */
function quoteNumbers({ text }: Analysis, { span }: ScanProblem): Fix | null {
  const source = text.slice(span.start, span.end);
  if (/[\r\n]/.test(source)) return null;
  const values = JSON.parse(source) as readonly unknown[];
  const isPlain = (value: unknown): boolean =>
    typeof value === "string" || (typeof value === "number" && source.includes(String(value)));
  if (!values.every(isPlain)) return null;
  return {
    title: "Put the numbers into quotes",
    safety: "safe",
    edits: [{ span, newText: `[${values.map((value) => JSON.stringify(String(value))).join(", ")}]` }],
  };
}

function fixOf(analysis: Analysis, problem: ScanProblem): Fix | null {
  if (problem.kind === "array") return quoteNumbers(analysis, problem);
  const instruction = problem.kind === "pair" ? analysis.instructionAt(problem.span.start) : null;
  if (!instruction) return null;
  return moveComment(analysis.dockerfile, instruction, problem.span) ?? quoteValue(analysis, instruction, problem);
}

export const invalidSyntax: Rule = {
  id: "InvalidSyntax",
  severity: "error",
  summary: "Text that BuildKit's parser stops at.",
  docs: `
A heredoc without its end line, an ENV without a value, a JSON array with something other than strings, a parser directive
given twice: BuildKit stops before it looks at any stage.

A line of the file has at most 65535 bytes.

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
      title: "A value with blanks",
      text: `
FROM alpine
LABEL title=My little app version=1
               ^^^^^^ Syntax error - can't find = in "little". Must be of the form: name=value
`,
      fixed: `
FROM alpine
LABEL title="My little app" version=1
`,
    },
    {
      title: "A comment after the values",
      text: `
FROM alpine
ENV PORT=80 # for the web
            ^ Syntax error - can't find = in "#". Must be of the form: name=value
`,
      fixed: `
FROM alpine
# for the web
ENV PORT=80
`,
    },
    {
      title: "A number in an array",
      text: `
FROM alpine
CMD ["serve", "--port", 8080]
    ^^^^^^^^^^^^^^^^^^^^^^^^^ when using JSON array syntax, arrays must be comprised of strings only
`,
      fixed: `
FROM alpine
CMD ["serve", "--port", "8080"]
`,
    },
    {
      title: "Still being typed",
      text: `
FROM alpine
ENV PORT`,
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
  *check(analysis) {
    const { dockerfile, text } = analysis;
    for (const problem of dockerfile.problems) {
      const { kind, span, message } = problem;
      // The last line of a text without an end is most likely being typed.
      if (kind === "missing-value" && analysis.instructionAt(span.start)?.span.end === text.length) continue;
      if (kind === "pair" && span.end === text.length) continue;
      const fix = fixOf(analysis, problem);
      yield { span, message: shortened(message, 200), ...(fix && { fixes: [fix] }) };
    }
  },
};
