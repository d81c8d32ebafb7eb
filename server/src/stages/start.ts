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
  let rest = [...argv];
  for (;;) {
    const name = lastPart(rest[0] ?? "");
    if (!wrappers.has(name) || rest.length < 2) break;
    found.push(rest[0]!);
    rest = rest.slice(1);
    while (rest.length > 1 && isWrapperOption(name, rest[0]!)) {
      const option = rest.shift()!;
      if (option === "--") break;
    }
    if (name === "su-exec" || name === "gosu") rest = rest.slice(1);
  }
  const shell = /^(?:ba|da|a|z)?sh$/.test(lastPart(rest[0] ?? ""));
  const script = shell ? rest.findIndex((word) => /^-\w*c$/.test(word)) : -1;
  if (script > 0 && rest[script + 1] !== undefined) {
    const { calls } = readShellText(rest[script + 1]!);
    return { wrappers: [...found, rest[0]!], calls, shell: true };
  }
  if (shell && rest[1] !== undefined)
    return { wrappers: [...found, rest[0]!], calls: [{ program: rest[1], args: rest.slice(2) }], shell: true };
  // A script conventionally ends by running the words behind it, or those behind `--`.
  if (rest.length > 1 && /\.(?:sh|bash)$/.test(rest[0]!) && !rest[1]!.startsWith("-")) {
    const inner = readArgv(rest.slice(rest.indexOf("--") < 0 ? 1 : rest.indexOf("--") + 1));
    return {
      wrappers: [...found, ...inner.wrappers],
      calls: [{ program: rest[0]!, args: [] }, ...inner.calls],
      shell: true,
    };
  }
  return { wrappers: found, calls: rest.length > 0 ? [{ program: rest[0]!, args: rest.slice(1) }] : [], shell: false };
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
