import type { Instruction } from "../dockerfile/instruction.ts";
import { readScript, type ShellWord } from "../dockerfile/shell.ts";
import { unwrapCommand } from "../dockerfile/wrappers.ts";
import { lastPart } from "../text/paths.ts";
import type { Analysis } from "./analysis.ts";
import { baseChain } from "./graph.ts";

/** What the container starts, or its health check runs. */
export interface Started {
  readonly instruction: Instruction;
  /** Programs that only start the next: `tini`, `dumb-init`. */
  readonly wrappers: readonly string[];
  readonly calls: readonly StartedCall[];
  /** Whether a shell of the image starts it: shell form or `sh -c`. */
  readonly shell: boolean;
}

export interface StartedCall {
  /** As written: `./server`, `node`. */
  readonly program: string;
  readonly args: readonly string[];
}

const wrappers = new Set(["tini", "dumb-init", "catatonit", "exec", "env", "nice", "su-exec", "gosu"]);

function isWrapperOption(wrapper: string, word: string): boolean {
  return word.startsWith("-") || (wrapper === "env" && word.includes("="));
}

/** Takes the words of an exec form apart: wrappers first, then the program; `sh -c` is read as a script. */
function readArgv(argv: readonly string[]): Omit<Started, "instruction"> {
  const found: string[] = [];
  const calls: StartedCall[] = [];
  let dashes = argv.indexOf("--");
  for (let at = 0; ;) {
    at = skipWrappers(argv, at, found);
    const program = argv[at];
    if (program === undefined) return { wrappers: found, calls, shell: calls.length > 0 };
    const next = argv[at + 1];
    if (next !== undefined && /^(?:ba|da|a|z)?sh$/.test(lastPart(program))) {
      const option = argv.findIndex((word, i) => i > at && /^-\w*c$/.test(word));
      const script = option < 0 ? undefined : argv[option + 1];
      if (script === undefined) calls.push({ program: next, args: argv.slice(at + 2) });
      else calls.push(...readShellText(script).calls);
      return { wrappers: [...found, program], calls, shell: true };
    }
    // A script conventionally ends by running the words behind it, or those behind `--`.
    if (next === undefined || next.startsWith("-") || !/\.(?:sh|bash)$/.test(program)) {
      calls.push({ program, args: argv.slice(at + 1) });
      return { wrappers: found, calls, shell: calls.length > 1 };
    }
    calls.push({ program, args: [] });
    if (dashes >= 0 && dashes < at) dashes = argv.indexOf("--", at);
    at = Math.max(at, dashes) + 1;
  }
}

/** @returns where the words behind wrappers and their options begin */
function skipWrappers(argv: readonly string[], start: number, found: string[]): number {
  let at = start;
  for (;;) {
    const name = lastPart(argv[at] ?? "");
    if (!wrappers.has(name) || at + 1 >= argv.length) return at;
    found.push(argv[at++]!);
    while (at + 1 < argv.length && isWrapperOption(name, argv[at]!)) if (argv[at++] === "--") break;
    if (name === "su-exec" || name === "gosu") at++;
  }
}

function readShellText(text: string): { calls: StartedCall[] } {
  const { commands } = readScript({ text, pieces: [0, 0] });
  return { calls: commands.flatMap(({ words }) => toStarted(words)) };
}

function toStarted(words: readonly ShellWord[]): StartedCall[] {
  const plain = unwrapCommand(words).map(({ value }) => value);
  if (plain.length === 0) return [];
  return [...readArgv(plain).calls];
}

/** What the image of a stage starts: what the stages in its base chain set counts until one below sets it anew. */
export interface StageStart {
  readonly entrypoint: Instruction | null;
  readonly cmd: Instruction | null;
}

/** The ENTRYPOINT and CMD of a stage's image, as far as the file sets them. */
export function startOf({ stages }: Pick<Analysis, "stages">, stage: number): StageStart {
  let entrypoint: Instruction | null = null;
  let cmd: Instruction | null = null;
  for (const index of baseChain(stages, stage)) {
    const { instructions } = stages[index]!;
    const own = instructions.findLast(({ keyword }) => keyword === "ENTRYPOINT") ?? null;
    cmd ??= instructions.findLast(({ keyword }) => keyword === "CMD") ?? null;
    entrypoint ??= own;
    // An ENTRYPOINT does away with the CMD of the base.
    if (own) break;
  }
  return { entrypoint, cmd };
}

/** What ENTRYPOINT and CMD start together; `null` where there is neither. */
export function readStart(analysis: Analysis, entrypoint: Instruction | null, cmd: Instruction | null): Started | null {
  const instruction = entrypoint ?? cmd;
  if (!instruction) return null;
  if (entrypoint && !entrypoint.json) return readShellForm(analysis, entrypoint);
  if (!entrypoint && cmd && !cmd.json) return readShellForm(analysis, cmd);
  const words = entrypoint ? entrypoint.args.map(({ text }) => text) : [];
  if (cmd?.json === true) words.push(...cmd.args.map(({ text }) => text));
  // A CMD in shell form reaches an ENTRYPOINT as the words /bin/sh -c and its text.
  else if (cmd && entrypoint) words.push("/bin/sh", "-c", cmd.args[0]?.text ?? "");
  return { instruction, ...readArgv(words) };
}

function readShellForm(analysis: Analysis, instruction: Instruction): Started {
  const { commands } = analysis.script(instruction);
  return { instruction, wrappers: [], calls: commands.flatMap(({ words }) => toStarted(words)), shell: true };
}

/** What a HEALTHCHECK runs; `null` where it runs nothing. */
export function readHealthcheck(analysis: Analysis, instruction: Instruction | null): Started | null {
  if (!instruction || instruction.args[0]?.text.toUpperCase() !== "CMD") return null;
  if (!instruction.json) return readShellForm(analysis, instruction);
  return { instruction, ...readArgv(instruction.args.slice(1).map(({ text }) => text)) };
}
