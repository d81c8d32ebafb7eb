import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import type { Edit } from "../text/edit.ts";
import type { Rule } from "./rule.ts";

const keywords = new Set(
  (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER " +
    "VOLUME WORKDIR"
  ).split(" "),
);

/** Whether a keyword is written in another way than in upper case. One that a line end parts counts as upper case. */
const isOther: Question<boolean> = (instruction, { text }) => writtenKeyword(text, instruction) !== instruction.keyword;

function writtenKeyword(text: string, { keyword, keywordSpan: { start, end } }: Instruction): string {
  return end - start === keyword.length ? text.slice(start, end) : keyword;
}

/** The instructions that BuildKit looks at: an ARG before the first FROM is not among them. */
function* counted({ stages }: Analysis): Generator<Instruction> {
  for (const { from, instructions } of stages) {
    yield from;
    for (const instruction of instructions) if (keywords.has(instruction.keyword)) yield instruction;
  }
}

/** Changes a keyword, and the AS of a FROM along with it. */
function changeCase(instruction: Instruction, change: (word: string) => string): Edit[] {
  const edits = [{ span: instruction.keywordSpan, newText: change(instruction.keyword) }];
  const as = instruction.keyword === "FROM" && instruction.args.length >= 3 ? instruction.args[1]! : null;
  if (as?.text.toLowerCase() === "as" && as.text !== change(as.text)) {
    edits.push({ span: as.span, newText: change(as.text) });
  }
  return edits;
}

export const consistentInstructionCasing: Rule = {
  id: "ConsistentInstructionCasing",
  severity: "warning",
  buildkit: "stable",
  summary: "An instruction in another letter case than most.",
  docs: `
Instructions work in any letter case; a file that mixes them is harder to read. Most decide, and where as many are in upper as
in lower case, upper case does. An \`ARG\` before the first \`FROM\` and instructions after \`ONBUILD\` do not count.`,
  examples: [
    {
      title: "Mostly upper case",
      text: `
FROM alpine:3.20
run apk add --no-cache curl
^^^ Command 'run' should match the case of the command majority (uppercase)
COPY . .
`,
      fixed: `
FROM alpine:3.20
RUN apk add --no-cache curl
COPY . .
`,
    },
    {
      title: "Mostly lower case, and AS goes along",
      text: `
FROM alpine:3.20 AS app
^^^^ Command 'FROM' should match the case of the command majority (lowercase)
run apk add --no-cache curl
copy . .
Workdir /src
^^^^^^^ Command 'Workdir' should match the case of the command majority (lowercase)
`,
      fixed: `
from alpine:3.20 as app
run apk add --no-cache curl
copy . .
Workdir /src
`,
    },
    {
      title: "What does not count",
      text: `
arg VERSION=3.20
FROM alpine:$VERSION
ONBUILD run ls
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(isOther).length === 0) return;
    const { text } = analysis;
    let lower = 0;
    let upper = 0;
    for (const instruction of counted(analysis)) {
      const word = writtenKeyword(text, instruction);
      if (word === instruction.keyword) upper++;
      else if (word === word.toLowerCase()) lower++;
    }
    const isLower = lower > upper;
    const change = (word: string): string => (isLower ? word.toLowerCase() : word.toUpperCase());
    for (const instruction of counted(analysis)) {
      const word = writtenKeyword(text, instruction);
      const wanted = change(instruction.keyword);
      if (word === wanted) continue;
      const majority = isLower ? "lowercase" : "uppercase";
      yield {
        span: instruction.keywordSpan,
        message: `Command '${word}' should match the case of the command majority (${majority})`,
        fixes: [{ title: `Change to '${wanted}'`, safety: "safe", edits: changeCase(instruction, change) }],
      };
    }
  },
};
