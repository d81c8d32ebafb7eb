import { hasOtherFrontend } from "../dockerfile/directives.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import { closestKeyword, instructionKeywords } from "../dockerfile/keywords.ts";
import { moveComment } from "../dockerfile/trailing-comment.ts";
import { isBlank, isSpace } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import { readings } from "../stages/readings.ts";
import type { Edit } from "../text/edit.ts";
import { shortened } from "../text/quote.ts";
import { isOneTypoApart } from "../text/similar.ts";
import type { Fix, Rule } from "./rule.ts";

function isUnknown({ keyword }: Instruction): boolean {
  return !instructionKeywords.has(keyword);
}

/** What a command goes on with in the next line, and what such a line begins with. */
const goesOn = /(?:&&|\|\|?|;|,|\[|\()$/;
const continues = /^(?:&&|\|\|?)/;
/** An array goes on whatever the instruction is; a command does in these alone. */
const inArray = /[,[]$/;
const commands: ReadonlySet<string> = new Set(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"]);
/** What a line after it would be a comment, too. */
const hasComment = /\s#/;

/** A RUN of which lines lack their `\`, so that each is taken for an instruction of its own, or end in the other sign. */
function continueLines({ dockerfile, text, lines }: Analysis, index: number): Fix | null {
  const { instructions, escape } = dockerfile;
  const other = escape === "\\" ? "`" : "\\";
  const edits: Edit[] = [];
  let replaced = 0;
  for (let at = index; at < instructions.length && isUnknown(instructions[at]!); at++) {
    const above = instructions[at - 1];
    const here = instructions[at]!;
    if (!above || above.heredocs.length > 0 || above.endLine + 1 !== here.startLine) return null;
    const end = lines.endOf(above.endLine);
    const line = text.slice(lines.startOf(above.endLine), end).trimEnd();
    const isOther = line.endsWith(` ${other}`);
    const isGoingOn = isOther || goesOn.test(line) || continues.test(text.slice(here.span.start, here.span.end));
    if (!isGoingOn || hasComment.test(line)) return null;
    if (at === index && !inArray.test(line) && !commands.has((above.trigger ?? above).keyword)) return null;
    if (isOther) {
      const start = lines.startOf(above.endLine) + line.length - 1;
      edits.push({ span: { start, end: start + 1 }, newText: escape });
      replaced++;
    } else edits.push({ span: { start: end, end }, newText: ` ${escape}` });
  }
  const where = `the ${edits.length === 1 ? "line" : "lines"} above`;
  const title = replaced > 0 ? `End ${where} with ${escape}` : `Add the missing ${escape} to ${where}`;
  return { title, safety: "unsafe", edits };
}

/** A comment behind the `\` of the line above, which thereby continues nothing. */
function moveCommentAbove({ dockerfile, text, lines }: Analysis, index: number): Fix | null {
  const above = dockerfile.instructions[index - 1];
  if (!above || !commands.has((above.trigger ?? above).keyword)) return null;
  const start = lines.startOf(above.endLine);
  const pattern = dockerfile.escape === "\\" ? /\s\\\s+#/ : /\s`\s+#/;
  const found = pattern.exec(text.slice(start, lines.endOf(above.endLine)));
  if (!found) return null;
  const end = start + found.index + found[0].length;
  return moveComment(dockerfile, above, { start: end - 1, end });
}

/** A no-break space, which editors and web pages leave behind, parts nothing for BuildKit. */
function replaceOddSpace({ text }: Analysis, { keywordSpan }: Instruction): Fix | null {
  const written = text.slice(keywordSpan.start, keywordSpan.end);
  const at = Array.from(written).findIndex((ch) => isSpace(ch.charCodeAt(0)) && !isBlank(ch.charCodeAt(0)));
  if (at < 0 || !instructionKeywords.has(written.slice(0, at).toUpperCase())) return null;
  const start = keywordSpan.start + at;
  return {
    title: "Replace the special space with a plain one",
    safety: "unsafe",
    edits: [{ span: { start, end: start + 1 }, newText: " " }],
  };
}

/** As written, continuation lines joined. */
function writtenKeyword(text: string, { keyword, keywordSpan: { start, end }, line }: Instruction): string {
  const written = text.slice(start, end);
  if (!written.includes("\n")) return written;
  const at = line.text.toUpperCase().indexOf(keyword);
  return at < 0 ? keyword : line.text.slice(at, at + keyword.length);
}

function isUpperCased({ text, dockerfile }: Analysis): boolean {
  return dockerfile.instructions.some(
    (instruction) => !isUnknown(instruction) && text.startsWith(instruction.keyword, instruction.keywordSpan.start),
  );
}

/** What a shell calls ENV. */
const setsVariable = /^\s*export\s+\w+=/i;

function changeTo({ keyword, keywordSpan: span }: Instruction, meant: string): Fix | null {
  if (!/^[\p{L}\d_:-]+$/u.test(keyword)) return null;
  if (!isOneTypoApart(keyword, meant.toUpperCase()) && keyword.length < 6) return null;
  return { title: `Change to ${meant}`, safety: "unsafe", edits: [{ span, newText: meant }] };
}

export const unknownInstruction: Rule = {
  id: "UnknownInstruction",
  severity: "error",
  summary: "A line that begins with no instruction.",
  docs: `
BuildKit stops at a word it does not know as an instruction. Often a letter is wrong, or the line above lacks the \`\\\` at its end,
so that the rest of a command stands alone. Of several such lines in a row the first is shown, and those that are one typing
mistake away from an instruction.

An instruction after \`ONBUILD\` is checked where a stage of the file is built on it.

While the word is the very last of the text it is still being typed and left alone. A file whose \`# syntax=\` names another
frontend than \`docker/dockerfile\` may have instructions of its own.`,
  examples: [
    {
      title: "A typing mistake",
      text: `
FROM alpine
CPOY app /app
^^^^ unknown instruction: CPOY (did you mean COPY?)
`,
      fixed: `
FROM alpine
COPY app /app
`,
    },
    {
      title: "The line above lacks its backslash",
      text: `
FROM alpine
RUN apk add git &&
    git clone https://example.com/app.git &&
    ^^^ unknown instruction: git
    make -C app
`,
      fixed: `
FROM alpine
RUN apk add git && \\
    git clone https://example.com/app.git && \\
    make -C app
`,
    },
    {
      title: "The other escape character",
      text: `
# escape=\`
FROM alpine
RUN apk add git \\
    && git clone https://example.com/app.git \\
    ^^ unknown instruction: &&
    && make -C app
`,
      fixed: `
# escape=\`
FROM alpine
RUN apk add git \`
    && git clone https://example.com/app.git \`
    && make -C app
`,
    },
    {
      title: "A comment behind the backslash",
      text: `
FROM alpine
RUN apk add git \\ # for the sources
    && make -C app
    ^^ unknown instruction: &&
`,
      fixed: `
FROM alpine
# for the sources
RUN apk add git \\
    && make -C app
`,
    },
    {
      title: "Something else in the middle of a command",
      text: `
FROM alpine
RUN apk add git \\
ENV PORT=80
    && make -C app
    ^^ unknown instruction: &&
`,
    },
    {
      title: "The shell's word for ENV",
      text: `
FROM alpine
EXPORT PORT=80
^^^^^^ unknown instruction: EXPORT (did you mean EXPOSE?)
`,
      fixed: `
FROM alpine
ENV PORT=80
`,
    },
    {
      title: "A command without RUN",
      text: `
FROM alpine
cd /app
^^ unknown instruction: cd (did you mean cmd?)
RUN make
`,
    },
    {
      title: "After ONBUILD",
      text: `
FROM alpine AS base
ONBUILD EXPOSES 80
        ^^^^^^^ unknown instruction: EXPOSES (did you mean EXPOSE?)
FROM base
`,
      fixed: `
FROM alpine AS base
ONBUILD EXPOSE 80
FROM base
`,
    },
    {
      title: "After ONBUILD, for other files",
      text: `
FROM alpine
ONBUILD EXPOSES 80
`,
    },
    {
      title: "A no-break space",
      text: `
FROM alpine
RUN\u00a0make
^^^^^^^^ unknown instruction: RUN\u00a0make
`,
      fixed: `
FROM alpine
RUN make
`,
    },
    {
      title: "Still being typed",
      text: `
FROM alpine
CO`,
    },
    {
      title: "In any letter case",
      text: `
from alpine
Run make
`,
    },
    {
      title: "Another frontend",
      text: `
# syntax=example/frontend:2
FROM alpine
INCLUDE common
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(isUnknown).length === 0) return;
    const { dockerfile, text } = analysis;
    let index = -1;
    let isInRow = false;
    let areUpperCased: boolean | undefined;
    for (const { instruction, written: outer } of readings(analysis)) {
      if (instruction === outer) index++;
      if (!isUnknown(instruction)) {
        isInRow = false;
        continue;
      }
      const { keyword, keywordSpan: span } = instruction;
      if (span.end === text.length || hasOtherFrontend(dockerfile)) return;
      const written = writtenKeyword(text, instruction);
      const meant = closestKeyword(written);
      const isFollower = isInRow;
      isInRow = true;
      if (isFollower && (meant === null || !isOneTypoApart(keyword, meant.toUpperCase()))) continue;
      areUpperCased ??= isUpperCased(analysis);
      // A word in lower case among keywords in upper case is rather a command: `cd /app`.
      const isKeyword = meant !== null && (!areUpperCased || written === written.toUpperCase());
      const fix =
        (instruction === outer &&
          !isFollower &&
          (continueLines(analysis, index) ?? moveCommentAbove(analysis, index))) ||
        replaceOddSpace(analysis, instruction) ||
        (isKeyword && changeTo(instruction, setsVariable.test(instruction.line.text) ? "ENV" : meant));
      const suggestion = meant === null ? "" : ` (did you mean ${meant}?)`;
      yield {
        span,
        message: `unknown instruction: ${shortened(written)}${suggestion}`,
        ...(fix && { fixes: [fix] }),
      };
    }
  },
};
