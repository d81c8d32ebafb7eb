import { type AlmostArray, type FlawKind, readAlmostArray } from "../dockerfile/almost-json.ts";
import { type Instruction, type LogicalLine, toDocument, toDocumentSpan } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { applyEdits, type Edit, lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Fix, Rule } from "./rule.ts";

/** What each instruction makes of an array that is not valid JSON. */
const outcomes: Readonly<Record<string, string>> = {
  RUN: "this is run as a shell command, brackets included",
  CMD: "this is run as a shell command, brackets included",
  ENTRYPOINT: "this is run as a shell command, brackets included",
  HEALTHCHECK: "this is run as a shell command, brackets included",
  ADD: "the brackets become part of the paths",
  COPY: "the brackets become part of the paths",
  VOLUME: "the brackets become part of the paths",
};

const startsContainer = new Set(["CMD", "ENTRYPOINT", "HEALTHCHECK"]);

function runsCommand(keyword: string): boolean {
  return keyword === "RUN" || startsContainer.has(keyword);
}

/** What is wrong, for the middle of a sentence. */
function describe(kind: FlawKind): string {
  switch (kind) {
    case "quotes":
      return "JSON knows double quotes only";
    case "bare":
      return "this word needs double quotes to be valid JSON";
    case "missing-comma":
      return "a comma is missing before this word";
    case "extra-comma":
      return "this comma is one too many for JSON";
    case "escape":
      return "JSON does not know this escape (a backslash is written twice there)";
    case "open-string":
      return "the quotes do not match";
    case "open-array":
      return "the bracket at the end is missing";
    case "behind":
      return "nothing may follow the bracket of a JSON array";
  }
}

/** Words that compare or ask in a shell's `[ … ]`. */
const operator = /^(?:=|==|!=|=~|<|>|!|-[a-zA-Z]|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/;
/** A word that may be a program, a path or an option; `...` only stands for one. */
const plainWord = /^[./@:+=%${}-]*\w[\w./@:+=%${}-]*$/;

/**
 * Whether the text was meant for an array: nothing that a shell could want. `[ "$A" = b ] && …` is a test, `[a-z]*.txt` a
 * pattern, `[Net.Type]::Call()` PowerShell.
 */
function isMeantAsArray(keyword: string, { words, commas, closed, behind, flaws }: AlmostArray): boolean {
  const [first] = words;
  const isOpen = flaws.some(({ kind }) => kind === "open-string");
  if (!first || words.some(({ text, quoted }) => !quoted && (operator.test(text) || !plainWord.test(text))))
    return false;
  const glued = first.span.start === 1;
  if (first.quoted) {
    if (isOpen) return glued && keyword !== "RUN";
    if (commas > 0) return true;
    if (words.some(({ quoted }) => !quoted)) return false;
    // A shell wants a blank behind the bracket of a test.
    if (words.length > 1) return glued || (closed && behind === "" && !words.some(({ text }) => operator.test(text)));
    return keyword !== "RUN" && closed && (glued || behind === "");
  }
  if (keyword === "COPY" || keyword === "ADD" || keyword === "RUN") return false;
  return closed && behind === "" && (commas > 0 || glued);
}

/** The array in a line, if it may have one that is not valid. */
function arrayStart({ keyword, args, argsStart, json, line }: Instruction): number {
  if (json || args.length === 0 || outcomes[keyword] === undefined) return -1;
  let start = argsStart;
  if (keyword === "HEALTHCHECK") {
    if (args.length < 2 || args[0]!.text.toUpperCase() !== "CMD") return -1;
    start = line.text.indexOf("[", argsStart + 3);
    if (start < 0 || line.text.slice(argsStart + 3, start).trim() !== "") return -1;
  }
  return line.text[start] === "[" && line.text[start + 1] !== "[" ? start : -1;
}

/** Where a stretch of the array stands in the document. An insertion belongs to the word in front of it. */
function place(line: LogicalLine, start: number, { start: from, end: to }: Span): Span {
  if (to > from) return toDocumentSpan(line, start + from, start + to);
  const at = toDocument(line, start + from, true);
  return { start: at, end: at };
}

/** Makes the array valid; `null` where it is not certain what was meant. */
function mend(
  { text, lines }: Analysis,
  instruction: Instruction,
  inner: Instruction,
  start: number,
  array: AlmostArray,
): Fix | null {
  const split = splitCommand(inner, start, array);
  if (split) return split;
  const { flaws, behind } = array;
  const edits: Edit[] = [];
  for (const flaw of flaws) {
    if (!flaw.edits) return null;
    edits.push(...flaw.edits);
  }
  const { line, keyword } = inner;
  const source = line.text.slice(start);
  if (!isArrayOfStrings(applyEdits(source, edits))) return null;
  const placed = edits.map(({ span, newText }) => ({ span: place(line, start, span), newText }));
  if (behind.startsWith("#")) {
    const { span, startLine } = instruction;
    const indent = text.slice(lines.startOf(startLine), span.start).replace("\ufeff", "");
    const above = { start: span.start, end: span.start };
    placed.unshift({ span: above, newText: `${behind}${lineEnding(text)}${indent}` });
  }
  // What starts the container surely failed before; a variable is not expanded any more.
  const isSafe = startsContainer.has(keyword) && !source.includes("$") && flaws.every(({ kind }) => isPlain(kind));
  return { title: "Write a valid JSON array", safety: isSafe ? "safe" : "unsafe", edits: placed };
}

/** A command that was written into a single string. */
const wholeCommand = /^[\w@%+,./=-]+(?: +[\w@%+:,./=-]+)+$/;

/** Makes each word of a command a string of its own: in exec form the first is the program. */
function splitCommand({ keyword, line }: Instruction, start: number, { words, flaws }: AlmostArray): Fix | null {
  const [command] = words;
  if (!command || words.length > 1 || !wholeCommand.test(command.text)) return null;
  if (!runsCommand(keyword) || flaws.some(({ kind }) => kind !== "quotes")) return null;
  const newText = command.text
    .split(/ +/)
    .map((word) => JSON.stringify(word))
    .join(", ");
  return {
    title: "Write a valid JSON array",
    safety: "unsafe",
    edits: [{ span: place(line, start, command.span), newText }],
  };
}

/** Flaws that leave no doubt what was meant. */
function isPlain(kind: FlawKind): boolean {
  return kind === "quotes" || kind === "missing-comma" || kind === "extra-comma" || kind === "open-array";
}

/** What a text is as JSON; `undefined` where it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isArrayOfStrings(text: string): boolean {
  const values = parseJson(text);
  return Array.isArray(values) && values.every((value) => typeof value === "string");
}

const isAlmostArray: Question<boolean> = (instruction) => {
  const start = arrayStart(instruction);
  return start >= 0 && parseJson(instruction.line.text.slice(start)) === undefined;
};

export const invalidExecForm: Rule = {
  id: "InvalidExecForm",
  severity: "warning",
  summary: "An exec form that is not valid JSON, and so is taken for something else.",
  docs: `
\`CMD ["node", "app.js"]\` is the exec form: a JSON array, with double quotes and commas. What is not valid JSON is no error.
BuildKit takes it for the shell form: of \`CMD ["node" "app.js"]\` the container runs \`[node app.js]\` in a shell, which finds no such command.
\`VOLUME\`, \`COPY\` and \`ADD\` take the brackets for a part of the paths. See
[Shell and exec form](https://docs.docker.com/reference/dockerfile/#shell-and-exec-form).

A backslash in JSON is written twice: \`"C:\\\\app\\\\run.exe"\`. A comment cannot follow an instruction on its line.

Tests of the shell, as in \`RUN [ -f /x ] && echo found\`, are left alone.`,
  examples: [
    {
      title: "A comma is missing",
      text: `
FROM node:22
ENTRYPOINT ["node" "app.js"]
                   ^^^^^^^^ A comma is missing before this word, so this is run as a shell command, brackets included.
`,
      fixed: `
FROM node:22
ENTRYPOINT ["node", "app.js"]
`,
    },
    {
      title: "Single quotes",
      text: `
FROM node:22
CMD ['npm', 'run', 'start']
     ^^^^^ JSON knows double quotes only, so this is run as a shell command, brackets included.
`,
      fixed: `
FROM node:22
CMD ["npm", "run", "start"]
`,
    },
    {
      title: "A whole command in one string",
      text: `
FROM node:22-slim
CMD ['npm start']
     ^^^^^^^^^^^ JSON knows double quotes only, so this is run as a shell command, brackets included.
`,
      fixed: `
FROM node:22-slim
CMD ["npm", "start"]
`,
    },
    {
      title: "Quotes of a word processor, and a comma too many",
      text: `
FROM alpine:3.20
RUN [“/bin/setup”, “--all”]
     ^^^^^^^^^^^^ JSON knows double quotes only, so this is run as a shell command, brackets included.
HEALTHCHECK --interval=5s CMD ["/bin/check", ]
                                           ^ This comma is one too many for JSON, so this is run as a shell command, brackets included.
`,
    },
    {
      title: "Over several lines",
      text: `
FROM node:22
CMD [ "node", \\
      # The program
      'app.js'\\
      ^^^^^^^^ JSON knows double quotes only, so this is run as a shell command, brackets included.
      "--port=80" ]
`,
      fixed: `
FROM node:22
CMD [ "node", \\
      # The program
      "app.js",\\
      "--port=80" ]
`,
    },
    {
      title: "A comment after it",
      text: `
FROM node:22
  CMD ["node", "app.js"] # Starts the server
                         ^^^^^^^^^^^^^^^^^^^ Nothing may follow the bracket of a JSON array, so this is run as a shell command, brackets included.
`,
      fixed: `
FROM node:22
  # Starts the server
  CMD ["node", "app.js"]
`,
    },
    {
      title: "A Windows path",
      text: `
FROM mcr.microsoft.com/windows/servercore:ltsc2022
CMD ["C:\\service\\run.exe", "web"]
        ^^ JSON does not know this escape (a backslash is written twice there), so this is run as a shell command, brackets included.
`,
      fixed: `
FROM mcr.microsoft.com/windows/servercore:ltsc2022
CMD ["C:\\\\service\\\\run.exe", "web"]
`,
    },
    {
      title: "Paths",
      text: `
FROM alpine:3.20
VOLUME ['/data']
        ^^^^^^^ JSON knows double quotes only, so the brackets become part of the paths.
VOLUME [/logs]
        ^^^^^ This word needs double quotes to be valid JSON, so the brackets become part of the paths.
COPY ['a file.txt', '/data/']
      ^^^^^^^^^^^^ JSON knows double quotes only, so the brackets become part of the paths.
COPY [a-z]*.txt /data/
`,
    },
    {
      title: "The bracket is missing",
      text: `
FROM node:22
CMD ["npm", "start"
            ^^^^^^^ The bracket at the end is missing, so this is run as a shell command, brackets included.
EXPOSE 80
`,
      fixed: `
FROM node:22
CMD ["npm", "start"]
EXPOSE 80
`,
    },
    {
      title: "A quote is missing",
      text: `
FROM node:22
CMD ["npm, "start"]
     ^^^^^^^^^^^^^^ The quotes do not match, so this is run as a shell command, brackets included.
EXPOSE 80
`,
    },
    {
      title: "Tests of a shell",
      text: `
FROM alpine:3.20
RUN [ -f /etc/app.conf ] && echo found
RUN [ "$MODE" = "dev" ] || exit 0
RUN [ "$MODE" ] && echo "$MODE"
RUN [[ "$MODE" == dev* ]]
HEALTHCHECK CMD [ "$(wget -qO- localhost)" = "ok" ]
CMD [ -n "$MODE" ] && exec serve
`,
    },
    {
      title: "Another shell",
      text: `
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12; ./setup.ps1
`,
    },
    {
      title: "Valid arrays, and one that stops the build",
      text: `
FROM alpine:3.20
RUN ["/bin/sh", "-c", "echo \\"hello\\""]
CMD [ "serve", \\
  "--port", "80" \\
]
ENTRYPOINT ["serve", 80]
`,
    },
  ],
  *check(analysis) {
    const { text } = analysis;
    for (const instruction of analysis.those(isAlmostArray)) {
      const inner = instruction.trigger ?? instruction;
      const start = arrayStart(inner);
      if (start < 0) continue;
      const source = inner.line.text.slice(start);
      // With something other than strings in it BuildKit does not take it for anything else: InvalidSyntax says so.
      if (parseJson(source) !== undefined) continue;
      const array = readAlmostArray(source);
      const [flaw] = array.flaws;
      if (!flaw || !isMeantAsArray(inner.keyword, array)) continue;
      // The last line of a text without an end is most likely being typed.
      if (!array.closed && instruction.span.end === text.length) continue;
      const shown = array.flaws.find(({ kind }) => kind === "open-string") ?? flaw;
      const what = describe(shown.kind);
      const fix = mend(analysis, instruction, inner, start, array);
      yield {
        span: place(inner.line, start, shown.span),
        message: `${what.charAt(0).toUpperCase()}${what.slice(1)}, so ${outcomes[inner.keyword]}.`,
        ...(fix && { fixes: [fix] }),
      };
    }
  },
};
