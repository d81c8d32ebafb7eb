import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { stageOf } from "./subject.ts";

/**
 * Whether an instruction says the same in two versions of a file, apart from blanks between words. Blanks in quotes and in
 * heredocs count.
 */
export function sameMeaning(before: Analysis, a: Instruction, after: Analysis, b: Instruction): boolean {
  return meaning(before, a) === meaning(after, b) && (a.line.text === b.line.text || sameScript(before, a, after, b));
}

function meaning({ dockerfile }: Analysis, instruction: Instruction): string {
  const { heredocs } = instruction;
  const bodies = heredocs.map(({ body, name }) => [name, dockerfile.text.slice(body.start, body.end)]);
  return JSON.stringify([parts(instruction), bodies]);
}

function parts({ keyword, flags, args, json, pairs, trigger, line, argsStart }: Instruction): unknown[] {
  return [
    keyword,
    flags.map(({ name, value }) => [name, value]),
    json,
    pairs.map(({ key, value }) => [key, value]),
    shells.has(keyword) && !json ? collapse(line.text.slice(argsStart)) : args.map(({ text }) => text),
    trigger && parts(trigger),
  ];
}

const shells = new Set(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"]);

/** Runs of blanks outside quotes as one blank. */
function collapse(text: string): string {
  let result = "";
  let quote = "";
  let blank = false;
  for (let at = 0; at < text.length; at++) {
    const ch = text[at]!;
    if (quote === "" && (ch === " " || ch === "\t")) {
      blank = true;
      continue;
    }
    if (blank && result !== "") result += " ";
    blank = false;
    result += ch;
    if (ch === "\\" && quote !== "'" && at + 1 < text.length) result += text[++at]!;
    else if (quote === "" && (ch === "'" || ch === '"')) quote = ch;
    else if (ch === quote) quote = "";
  }
  return result;
}

/** Quotes in quotes, as in `"$(echo "a  b")"`, are the shell parser's business. */
function sameScript(before: Analysis, a: Instruction, after: Analysis, b: Instruction): boolean {
  const inner = a.trigger ?? a;
  if (inner.json || !shells.has(inner.keyword)) return true;
  return commandWords(before, a) === commandWords(after, b);
}

function commandWords(analysis: Analysis, instruction: Instruction): string {
  const stage = stageOf(analysis, instruction);
  if (!stage) return "";
  const { commands } = analysis.script(instruction);
  return JSON.stringify(
    commands.map(({ words, assignments, redirects, separator }) => [
      words.map(({ text }) => text),
      assignments.map(({ name, value }) => [name, value]),
      redirects.map(({ operator, target }) => [operator, target?.text]),
      separator,
    ]),
  );
}
