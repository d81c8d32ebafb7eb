import type { Instruction } from "../../dockerfile/instruction.ts";
import { readScript, type ShellCommand, type ShellWord } from "../../dockerfile/shell.ts";
import { expand } from "../../dockerfile/words.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Stage } from "../../stages/resolve.ts";
import type { Span } from "../../text/range.ts";
import { type Call, resolveWord, unwrapCommand, wrapperAssignments } from "./commands.ts";
import { type Image, isOfficial, type OfficialImage, parseImage } from "../../images/image.ts";
import { lastPart, type Place, resolvePath } from "./paths.ts";

/** An instruction of the stage and what holds where it stands. */
export interface Step {
  readonly instruction: Instruction;
  readonly index: number;
  /** The working directory before it; `null` where it cannot be told. */
  readonly cwd: Place | null;
  /** The user before it; `null` for the image's own. */
  readonly user: string | null;
  /** Variables of ENV and ARG before it. */
  readonly env: (name: string) => string | undefined;
  /** Commands of RUN, in order. */
  readonly calls: readonly Call[];
  /** Whether a shell reads it that this project does not read. */
  readonly opaque: boolean;
}

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

/** A single-stage file, taken apart for the split. */
export interface Facts {
  readonly analysis: Analysis;
  readonly stage: Stage;
  /** The base as FROM means it without build args from outside. */
  readonly image: Image;
  /** The base as written. */
  readonly rawImage: Image;
  /** What is known about the base; `null` where it is none that an ecosystem knows. */
  readonly official: OfficialImage | null;
  readonly steps: readonly Step[];
  /** The working directory of the container; `null` where it cannot be told. */
  readonly cwd: Place | null;
  /** The user of the container; `null` for the image's own. */
  readonly user: string | null;
  readonly env: (name: string) => string | undefined;
  /** What ENTRYPOINT and CMD start together; `null` where the file has neither. */
  readonly start: Started | null;
  readonly entrypoint: Instruction | null;
  readonly cmd: Instruction | null;
  readonly healthcheck: Started | null;
}

const nowhere: Span = { start: 0, end: 0 };

export function readFacts(analysis: Analysis, stage: Stage, images: readonly OfficialImage[]): Facts {
  const { escape } = analysis.dockerfile;
  const image = parseImage(stage.baseName);
  const official = images.find(({ name }) => isOfficial(image, name)) ?? null;
  let cwd: Place | null = official && { value: official.workdir, text: official.workdir };
  let user: string | null = null;
  // Values by name, each with the index of the instruction behind which it holds.
  const values = new Map<string, { readonly after: number; readonly value: string }[]>();
  const fromEnv = new Set<string>();
  const set = (name: string, after: number, value: string): void => {
    const known = values.get(name);
    if (known) known.push({ after, value });
    else values.set(name, [{ after, value }]);
  };
  const seenAt =
    (index: number) =>
    (name: string): string | undefined =>
      values.get(name)?.findLast(({ after }) => after < index)?.value;
  for (const [name, value] of Object.entries(official?.environment ?? {})) set(name, -1, value);
  const steps: Step[] = [];
  let entrypoint: Instruction | null = null;
  let cmd: Instruction | null = null;
  let healthcheck: Instruction | null = null;

  stage.instructions.forEach((instruction, index) => {
    const env = seenAt(index);
    const value = (text: string): string => expand(text, env, { escape }).value;
    const calls = instruction.keyword === "RUN" ? readCalls(analysis, instruction, cwd, env, user) : [];
    const opaque = instruction.keyword === "RUN" && isOpaque(analysis, instruction);
    steps.push({ instruction, index, cwd, user, env, calls, opaque });
    switch (instruction.keyword) {
      case "ARG":
        for (const pair of instruction.pairs) {
          const global = analysis.model.globalValues.get(pair.key);
          const given = pair.value === null ? global : value(pair.value);
          if (given !== undefined && !fromEnv.has(pair.key)) set(pair.key, index, given);
        }
        break;
      case "ENV":
        for (const { key, value: text } of instruction.pairs) {
          set(key, index, text === null ? "" : value(text));
          fromEnv.add(key);
        }
        break;
      case "WORKDIR":
        cwd = changeDirectory(cwd, instruction.args[0]?.text ?? "", env, escape);
        break;
      case "USER":
        user = instruction.args[0]?.text ?? null;
        break;
      case "ENTRYPOINT":
        entrypoint = instruction;
        break;
      case "CMD":
        cmd = instruction;
        break;
      case "HEALTHCHECK":
        healthcheck = instruction;
        break;
      default:
    }
  });

  const env = seenAt(stage.instructions.length);
  return {
    analysis,
    stage,
    image,
    rawImage: parseImage(stage.base?.text ?? ""),
    official,
    steps,
    cwd,
    user,
    env,
    start: readStart(analysis, entrypoint, cmd),
    entrypoint,
    cmd,
    healthcheck: readHealthcheck(analysis, healthcheck),
  };
}

function changeDirectory(
  cwd: Place | null,
  text: string,
  env: (name: string) => string | undefined,
  escape: string,
): Place | null {
  const expansion = expand(text, env, { escape });
  const { value } = expansion;
  if (expansion.error !== null || value === "" || expansion.uses.some(({ set, modifier }) => !set && modifier === ""))
    return null;
  const plain = /^[\w$.{}/-]+$/.test(text) && text.includes("$");
  if (value.startsWith("/")) {
    const clean = resolvePath("/", value);
    return { value: clean, text: plain ? text : clean };
  }
  if (!cwd) return null;
  const clean = resolvePath(cwd.value, value);
  if (!plain && cwd.text === cwd.value) return { value: clean, text: clean };
  return { value: clean, text: `${cwd.text === "/" ? "" : cwd.text}/${text.replace(/^\.\//, "")}` };
}

function isOpaque(analysis: Analysis, instruction: Instruction): boolean {
  if (instruction.json) return false;
  const script = analysis.script(instruction);
  return script.opaque || script.errors.length > 0;
}

function pseudoCommand(words: readonly ShellWord[]): ShellCommand {
  return {
    name: words[0]?.value ?? "",
    words,
    assignments: [],
    redirects: [],
    span: words[0]?.span ?? nowhere,
    separator: "",
    depth: 0,
  };
}

/** Where a user's home is by convention; images may say otherwise for all but root. */
function homeOf(user: string | null): string | null {
  if (user === null || /^(?:root|0)(?::|$)/.test(user)) return "/root";
  const name = /^[a-z_][\w-]*/.exec(user)?.[0];
  return name === undefined ? null : `/home/${name}`;
}

/** The commands of a RUN with what each of them sees. */
function readCalls(
  analysis: Analysis,
  instruction: Instruction,
  start: Place | null,
  env: Call["env"],
  user: string | null,
): Call[] {
  const { escape } = analysis.dockerfile;
  const commands = instruction.json
    ? [pseudoCommand(instruction.args.map(({ text, span }) => ({ text, value: text, span })))]
    : analysis.script(instruction).commands;
  const calls: Call[] = [];
  // The working directory per depth: what `( )` changes ends with it.
  const directories: (string | null)[] = [start?.value ?? null];
  let exported = new Map<string, string>();
  for (const command of commands) {
    const { depth } = command;
    if (directories.length > depth + 1) directories.length = depth + 1;
    while (directories.length <= depth) directories.push(directories.at(-1) ?? null);
    const cwd = directories[depth]!;
    const shell = exported;
    const words = unwrapCommand(command.words);
    const own = new Map<string, string>([
      ...command.assignments.map(({ name, value }): [string, string] => [name, value]),
      ...wrapperAssignments(command.words),
    ]);
    const seen = (name: string): string | undefined => own.get(name) ?? shell.get(name) ?? env(name);
    const outside = (name: string): string | undefined => shell.get(name) ?? env(name);
    const home = outside("HOME") ?? homeOf(user);
    const expandWord = (word: string): string | null => {
      const expansion = expand(word, outside, { escape });
      return expansion.error !== null || expansion.uses.some(({ set, modifier }) => !set && modifier === "")
        ? null
        : expansion.value;
    };
    const program = words[0]?.value ?? "";
    calls.push({
      command,
      name: lastPart(program),
      program,
      args: words.slice(1).map(({ value }) => value),
      words: words.slice(1),
      cwd,
      env: seen,
      path: (word) => resolveWord(word, cwd, home, expandWord),
    });
    if (program === "cd") directories[depth] = words[1] ? resolveWord(words[1].text, cwd, home, expandWord) : home;
    const assigned =
      program === "" ? command.assignments.map(({ name, value }): [string, string] => [name, value]) : [];
    if (program === "export") {
      for (const { text } of words.slice(1)) {
        const match = /^(\w+)=(.*)$/s.exec(text);
        if (match) assigned.push([match[1]!, expandWord(match[2]!) ?? match[2]!]);
      }
    }
    if (assigned.length > 0) exported = new Map([...exported, ...assigned]);
  }
  return calls;
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

function readStart(analysis: Analysis, entrypoint: Instruction | null, cmd: Instruction | null): Started | null {
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

function readHealthcheck(analysis: Analysis, instruction: Instruction | null): Started | null {
  if (!instruction || instruction.args[0]?.text.toUpperCase() !== "CMD") return null;
  if (!instruction.json) return readShellForm(analysis, instruction);
  return { instruction, ...readArgv(instruction.args.slice(1).map(({ text }) => text)) };
}
