import type { Instruction } from "../dockerfile/instruction.ts";
import { isSpace } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import type { Span } from "../text/range.ts";
import type { Fix, Rule } from "./rule.ts";

function isEmpty({ text, lines }: Analysis, line: number): boolean {
  const end = lines.endOf(line);
  let at = lines.startOf(line);
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at === end;
}

/** The last line that BuildKit reads for an instruction: of one that goes on and on, the last of the file. */
function lastLineOf({ dockerfile, text, lines }: Analysis, instruction: Instruction): number {
  const last = lines.lineAt(instruction.headSpan.end);
  if (instruction !== dockerfile.instructions.at(-1) || instruction.heredocs.length > 0) return last;
  let at = lines.endOf(last) - 1;
  while (text[at] === " " || text[at] === "\t") at--;
  if (text[at] !== dockerfile.escape || text[at - 1] === dockerfile.escape) return last;
  // What stands behind the last line ending of a file is no line.
  return lines.startOf(lines.count - 1) === text.length ? lines.count - 2 : lines.count - 1;
}

/** The empty lines between two lines, as spans with their line endings; neighbours are one. */
function emptyLines(analysis: Analysis, first: number, last: number): Span[] {
  const { lines, text } = analysis;
  const found: { start: number; end: number }[] = [];
  for (let line = first; line <= last; line++) {
    if (!isEmpty(analysis, line)) continue;
    const start = lines.startOf(line);
    const end = line + 1 < lines.count ? lines.startOf(line + 1) : text.length;
    const previous = found.at(-1);
    if (previous?.end === start) previous.end = end;
    else found.push({ start, end });
  }
  return found;
}

/** A line without the blanks around it. */
function textOf({ text, lines }: Analysis, line: number): Span {
  let start = lines.startOf(line);
  let end = lines.endOf(line);
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return { start, end };
}

function removeLines(empty: readonly Span[]): Fix {
  return {
    title: "Remove the empty lines",
    safety: "safe",
    edits: empty.map((span) => ({ span, newText: "" })),
  };
}

/** Nothing follows any more: the instruction ends without the escape character. */
function endHere(text: string, { headSpan }: Instruction): Fix {
  let start = headSpan.end;
  const skipBlanks = (): void => {
    while (text[start - 1] === " " || text[start - 1] === "\t") start--;
  };
  skipBlanks();
  const escape = text[--start]!;
  skipBlanks();
  return {
    title: `Remove the ${escape} at the end`,
    safety: "safe",
    edits: [{ span: { start, end: headSpan.end }, newText: "" }],
  };
}

const hasBlankLine: Question<boolean> = ({ headSpan }, { text }) =>
  /\n[\s\x85]*?(?:\n|$)/.test(text.slice(headSpan.start, headSpan.end));

export const noEmptyContinuation: Rule = {
  id: "NoEmptyContinuation",
  severity: "warning",
  buildkit: "stable",
  summary: "An empty line inside an instruction.",
  docs: `
A line that ends in \`\\\` goes on in the next line, also over empty lines between. BuildKit still skips those, but says that they
will become errors. Comment lines are fine. BuildKit reports the last line of the instruction.`,
  examples: [
    {
      title: "A gap in a RUN",
      text: `
FROM alpine:3.20
RUN apk add --no-cache \\
      curl \\

      # for the build
      git
      ^^^ Empty continuation line
`,
      fixed: `
FROM alpine:3.20
RUN apk add --no-cache \\
      curl \\
      # for the build
      git
`,
    },
    {
      title: "Nothing follows",
      text: `
FROM alpine:3.20
RUN apk add --no-cache curl \\

# the end
^^^^^^^^^ Empty continuation line
`,
      fixed: `
FROM alpine:3.20
RUN apk add --no-cache curl

# the end
`,
    },
    {
      title: "Comments between, and empty lines in a heredoc",
      text: `
FROM alpine:3.20
RUN apk add --no-cache \\
      # for the build
      git
RUN <<EOF
echo one

echo two
EOF
`,
    },
  ],
  *check(analysis) {
    const { dockerfile, lines, text } = analysis;
    const doubtful = analysis.those(hasBlankLine);
    const end = dockerfile.instructions.at(-1);
    // The last may go on behind its end.
    for (const instruction of end && doubtful.at(-1) !== end ? [...doubtful, end] : doubtful) {
      const last = lastLineOf(analysis, instruction);
      if (last === instruction.startLine) continue;
      const empty = emptyLines(analysis, instruction.startLine + 1, last);
      if (empty.length === 0) continue;
      yield {
        span: textOf(analysis, last),
        message: "Empty continuation line",
        related: empty.map(({ start }) => ({ span: { start, end: start }, message: "This line is empty." })),
        fixes: [lines.lineAt(instruction.headSpan.end) === last ? removeLines(empty) : endHere(text, instruction)],
      };
    }
  },
};
