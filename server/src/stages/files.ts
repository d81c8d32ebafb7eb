import type { Instruction, Mount } from "../dockerfile/instruction.ts";
import type { ShellCommand } from "../dockerfile/shell.ts";
import { isInside, longestPath, relativePath, resolvePath } from "../text/paths.ts";
import type { Span } from "../text/range.ts";
import type { Analysis } from "./analysis.ts";
import { readCalls } from "./calls.ts";
import { copyTarget } from "./copies.ts";
import { type Effect, effectsOf } from "./effects.ts";
import type { RootBase } from "./graph.ts";
import type { Stage } from "./resolve.ts";

/** What an instruction does to the files of its stage, as far as the text tells, with the word that says so. */
export type FileChange = (Effect | Mounting) & {
  readonly instruction: Instruction;
  readonly span: Span;
  /** Places of which a RUN keeps nothing: what is mounted there while it runs. */
  readonly lost: readonly string[];
};

/** Something lies over a place while a RUN works; what it writes there is not kept. */
export interface Mounting {
  readonly kind: "mount";
  readonly path: string;
  readonly mount: Mount;
}

/** Where an instruction stands. */
interface Place {
  readonly cwd: string | null;
  readonly user: string | null;
}

/** How many changes are looked at for one document: a file where that is not enough was not written by a person. */
const mostLooks = 100_000;

/** How many stages may stand on each other; nobody's file has more. */
const deepest = 30;

/** The files of all stages of a document version. */
export class AllFiles {
  readonly #analysis: Analysis;
  readonly #stages = new Map<number, StageFiles>();
  #looks = 0;
  #named: ReadonlySet<string> | undefined;
  #namedKey: number | undefined;
  #globals: ReadonlySet<string> | null | undefined;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  /** A chain of stages may be long, so it is walked without recursion. */
  of(stage: number): StageFiles {
    const { stages } = this.#analysis;
    const missing: number[] = [];
    for (let at: number | null = stage; at !== null && !this.#stages.has(at);) {
      missing.push(at);
      at = baseOf(stages[at]!);
    }
    for (const index of missing.toReversed()) {
      const base = baseOf(stages[index]!);
      const below = base === null ? null : this.#stages.get(base)!;
      this.#stages.set(index, new StageFiles(this.#analysis, this, stages[index]!, below));
    }
    return this.#stages.get(stage)!;
  }

  /** Stands for all that decides what the files of a stage are, wherever it stands, in this version and in later ones. */
  key(stage: number): string {
    this.#namedKey ??= this.#analysis.numberOf([...this.#names].join("\n"));
    return `${this.#analysis.contentOf(stage)} ${this.#namedKey}`;
  }

  /** Whether an ARG in front of the first FROM names a place with this name in the root directory. */
  globalsMention(name: string): boolean {
    if (this.#globals === undefined) {
      this.#globals = namesInRoot(this.#analysis.model.globals.map(({ line }) => line.text).join("\n"));
    }
    return this.#globals?.has(name) !== false;
  }

  /** Counts a look at changes; false once there were too many. */
  look(changes: number): boolean {
    this.#looks += changes + 1;
    return this.#looks <= mostLooks;
  }

  /** Whether a variable of the file names a directory that holds a path: a program may write there without being told. */
  isNamed(path: string): boolean {
    const names = this.#names;
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      if (names.has(path.slice(0, end))) return true;
    }
    return false;
  }

  get #names(): ReadonlySet<string> {
    return (this.#named ??= namedByVariables(this.#analysis));
  }
}

/** Behind a blank, a quote, `..`, an option of one letter or a variable a slash starts in the root directory. */
const rootPath = /(?<=^|[^\w.-]|\.\.|-[A-Za-z]|\$\w+)\/([\w.@+-]+)/gm;
const rootAsDirectory = /\b(?:cd|pushd)[ \t]+["']?(?:\/|\.\.(?:\/\.\.)*\/?)(?:["'\s;&|)]|$)/m;

/** The names that a text uses in the root directory; `null` where it works there. */
function namesInRoot(text: string): ReadonlySet<string> | null {
  if (rootAsDirectory.test(text)) return null;
  const names = new Set<string>();
  for (const [, name] of text.matchAll(rootPath)) names.add(name!);
  return names;
}

/** Whether an instruction may bring files, or will once the stage is a base. */
function brings({ keyword, trigger }: Instruction): boolean {
  return trigger !== null || keyword === "COPY" || keyword === "ADD" || keyword === "RUN" || keyword === "WORKDIR";
}

function baseOf({ base }: Stage): number | null {
  return base?.target.kind === "stage" ? base.target.stage : null;
}

/** The absolute paths among the values of ENV and ARG. */
function namedByVariables({ scope, values }: Analysis): Set<string> {
  const found = new Set<string>();
  for (const { name, stage, instruction, pair } of scope.definitions) {
    if (name === "PATH" || pair.value?.includes("/") !== true) continue;
    const value = values.expand(stage ?? 0, pair.value, instruction.span.start) ?? pair.value;
    for (const [path] of value.matchAll(/\/[\w.\-/]+/g)) found.add(resolvePath("/", path));
  }
  return found;
}

/**
 * The files of one stage: what its instructions, and those of the stages it is built on, do to them. Worked out when it is
 * asked for, an instruction at a time, the last first.
 */
export class StageFiles {
  readonly stage: Stage;
  /** The stage itself and those that it is built on, the nearest first; cut off where they are too many. */
  readonly chain: readonly StageFiles[];
  /** What all of it is built on in the end. */
  readonly root: RootBase;
  /** The same as FROM writes it, before variables are expanded. */
  readonly rootText: string;
  /** Whether the stages it is built on are the same whatever the build args are, and not too many to look at. */
  readonly isSure: boolean;
  /** Whether anything in it, or in what it is built on, can take files away or lie over them. */
  readonly mayLose: boolean;
  /** Whether it is built on nothing, and brings nothing. */
  readonly isEmpty: boolean;
  /** The working directory at the end of the stage; `null` where the file does not say it. */
  readonly workdir: string | null;
  readonly #analysis: Analysis;
  readonly #all: AllFiles;
  readonly #places = new Map<Instruction, Place>();
  readonly #user: string | null;
  readonly #isTriggered: boolean;
  readonly #changes = new Map<Instruction, readonly FileChange[]>();
  #inRoot: ReadonlySet<string> | null | undefined;

  constructor(analysis: Analysis, all: AllFiles, stage: Stage, base: StageFiles | null) {
    this.#analysis = analysis;
    this.#all = all;
    this.stage = stage;
    this.chain = base ? [this, ...base.chain.slice(0, deepest)] : [this];
    this.root = analysis.roots[stage.index] ?? null;
    this.rootText = base ? base.rootText : (stage.base?.text ?? "");
    this.isSure = !base || (base.isSure && stage.base?.text.includes("$") !== true && this.chain.length <= deepest);
    this.mayLose =
      base?.mayLose === true ||
      stage.instructions.some(({ mounts }) => mounts.length > 0) ||
      /\b(?:rm|rmdir|unlink|mv)\b/.test(this.#text);
    // What waits behind ONBUILD runs first; where it leaves off is not followed.
    this.#isTriggered = base?.stage.instructions.some(({ trigger }) => trigger) === true;
    let cwd = this.#isTriggered ? null : base ? base.workdir : this.root?.kind === "scratch" ? "/" : null;
    let user = base ? base.#user : null;
    for (const instruction of stage.instructions) {
      this.#places.set(instruction, { cwd, user });
      if (instruction.keyword === "WORKDIR") cwd = this.#changeDirectory(instruction, cwd);
      if (instruction.keyword === "USER") user = instruction.args[0]?.text ?? user;
    }
    this.workdir = cwd;
    this.#user = user;
    this.isEmpty =
      (base ? base.isEmpty : this.root?.kind === "scratch") &&
      !stage.instructions.some((instruction) => brings(instruction));
  }

  /**
   * The working directory that an instruction sees, of this stage or one that it is built on; `null` where the file does
   * not say it.
   */
  workdirAt(instruction: Instruction): string | null {
    const files = this.chain.find((one) => one.#places.has(instruction));
    return files ? files.#places.get(instruction)!.cwd : null;
  }

  /**
   * What may have made a path, removed it, or lain over it, the last first, through the stages that this one is built on.
   * Whoever wants to know where a path comes from reads on until something made or removed it.
   */
  *history(path: string): Generator<FileChange> {
    const isNamed = this.#all.isNamed(path);
    for (const files of this.chain) {
      const { instructions } = files.stage;
      for (let i = instructions.length - 1; i >= 0; i--) {
        const changes = files.changes(instructions[i]!);
        if (!this.#all.look(changes.length)) {
          yield unknownChange(files.stage.from);
          return;
        }
        for (let at = changes.length - 1; at >= 0; at--) {
          if (concerns(changes[at]!, path, isNamed)) yield changes[at]!;
        }
      }
      if (files.#isTriggered) yield unknownChange(files.stage.from);
    }
  }

  /**
   * Whether the text of the stage, or of those that it is built on, names a place with this name in the root directory, or
   * works in the root directory itself: then what makes it may not be read.
   */
  mentionsInRoot(name: string): boolean {
    if (!/^[\w.@+-]+$/.test(name)) return true;
    for (const files of this.chain) {
      if (files.#inRoot === undefined) files.#inRoot = namesInRoot(files.#text);
      if (files.#inRoot === null || files.#inRoot.has(name)) return true;
    }
    return this.#all.globalsMention(name);
  }

  get #text(): string {
    const { start, end } = this.stage.span;
    return this.#analysis.text.slice(start, end);
  }

  /** What one instruction of the stage changes, in order. */
  changes(instruction: Instruction): readonly FileChange[] {
    let changes = this.#changes.get(instruction);
    if (!changes) this.#changes.set(instruction, (changes = this.#work(instruction)));
    return changes;
  }

  #changeDirectory({ args, span }: Instruction, cwd: string | null): string | null {
    const written = this.#analysis.values.expand(this.stage.index, args[0]?.text ?? "", span.start);
    if (written === null || written === "" || /[\\:]/.test(written)) return null;
    if (written.startsWith("/")) return resolvePath("/", written);
    return cwd === null || cwd.length > longestPath ? null : resolvePath(cwd, written);
  }

  #env(instruction: Instruction): (name: string) => string | undefined {
    const { values } = this.#analysis;
    return (name) => values.expand(this.stage.index, `\${${name}}`, instruction.span.start) ?? undefined;
  }

  #work(instruction: Instruction): readonly FileChange[] {
    const { keyword } = instruction;
    const { cwd } = this.#places.get(instruction)!;
    switch (keyword) {
      case "WORKDIR": {
        const path = this.#changeDirectory(instruction, cwd);
        return [path === null ? unknownChange(instruction) : changeBy(instruction, { kind: "directory", path })];
      }
      case "COPY":
      case "ADD": {
        const target = copyTarget({
          instruction,
          cwd: cwd === null ? null : { value: cwd },
          env: this.#env(instruction),
        });
        const isKnown = target && !target.path.includes("\\");
        return [isKnown ? changeBy(instruction, { kind: "content", path: target.path }) : unknownChange(instruction)];
      }
      case "RUN":
        return this.#run(instruction);
      default:
        return [];
    }
  }

  #run(instruction: Instruction): readonly FileChange[] {
    const { cwd, user } = this.#places.get(instruction)!;
    const mounts = this.#mounts(instruction, cwd);
    if (mounts === null) return [unknownChange(instruction)];
    const lost = mounts.map(({ path }) => path);
    const found: FileChange[] = mounts.map((mounting) => ({
      ...mounting,
      instruction,
      span: mounting.mount.flag.span,
      lost: [],
    }));
    const script = this.#analysis.script(instruction);
    const isForeign = instruction.heredocs.some(({ body }) => this.#analysis.text.startsWith("#!", body.start));
    if (script.opaque || script.errors.length > 0 || isForeign) return [...found, unknownChange(instruction, lost)];
    const calls = readCalls(this.#analysis, instruction, { cwd, user, env: this.#env(instruction) });
    const hasChoice = this.#analysis.text.slice(instruction.span.start, instruction.span.end).includes("||");
    const surely = sureCommands(
      calls.map(({ command }) => command),
      hasChoice,
    );
    let isAstray = false;
    calls.forEach((call, i) => {
      for (const effect of effectsOf(isAstray ? { ...call, cwd: null, path: absolutePath(call.path) } : call)) {
        if (effect.kind === "removal" && (!surely[i]! || lost.some((path) => isInside(path, effect.path)))) continue;
        // What lands in a mount is not kept.
        if (effect.kind !== "removal" && effect.kind !== "work" && lost.some((path) => isInside(path, effect.path)))
          continue;
        found.push({ ...effect, instruction, span: call.command.span, lost });
      }
      // Whether a directory that is changed inside a block holds behind it is not followed.
      if (/^(?:pushd|popd)$/.test(call.name) || (call.name === "cd" && call.command.depth > 0)) isAstray = true;
    });
    return found;
  }

  /** What lies over places while a RUN works; `null` where one of them cannot be told. */
  #mounts(instruction: Instruction, cwd: string | null): Mounting[] | null {
    const found: Mounting[] = [];
    for (const mount of instruction.mounts) {
      if (mount.type === "ssh") continue;
      const target = mount.fields.find(({ key }) => key === "target" || key === "dst" || key === "destination")?.value;
      if (target === undefined && mount.type === "secret") continue;
      const value = this.#analysis.values.expand(this.stage.index, target ?? "", instruction.span.start);
      if (value === null || value === "" || value.includes("\\")) return null;
      if (!value.startsWith("/") && cwd === null) return null;
      found.push({ kind: "mount", path: resolvePath(cwd ?? "/", value), mount });
    }
    return found;
  }
}

/** @param isNamed whether a variable names a directory that holds the path */
function concerns(change: FileChange, path: string, isNamed: boolean): boolean {
  switch (change.kind) {
    case "directory":
      return isInside(path, change.path);
    case "content":
      return isInside(path, change.path) || (isInside(change.path, path) && !isLost(change, path));
    case "removal":
      if (change.extent === "file") return path === change.path;
      if (change.extent === "tree") return isInside(change.path, path);
      // A pattern leaves out names that begin with a dot.
      return path !== change.path && isInside(change.path, path) && relativePath(change.path, path)[0] !== ".";
    case "mount":
      return isInside(change.path, path);
    case "work":
      if (isLost(change, path)) return false;
      if (change.places === null || (isNamed && change.strays)) return true;
      return change.places.some((place) => isInside(place, path) || isInside(path, place));
  }
}

function changeBy(instruction: Instruction, effect: Effect): FileChange {
  return { ...effect, instruction, span: instruction.headSpan, lost: [] };
}

function unknownChange(instruction: Instruction, lost: readonly string[] = []): FileChange {
  return { kind: "work", places: null, strays: true, instruction, span: instruction.headSpan, lost };
}

function isLost({ lost }: FileChange, path: string): boolean {
  return lost.some((place) => isInside(place, path));
}

/** Paths as they are seen from a directory that is not known. */
function absolutePath(path: (word: string) => string | null): (word: string) => string | null {
  return (word) => (/^["']?[/~]/.test(word) ? path(word) : null);
}

/**
 * For each command whether it has surely run, with success or not, when its RUN is done.
 *
 * @param hasChoice whether `||` stands anywhere
 */
function sureCommands(commands: readonly ShellCommand[], hasChoice: boolean): boolean[] {
  const sure = commands.map(() => false);
  const top = commands.flatMap(({ depth }, i) => (depth === 0 ? [i] : []));
  const leaves = commands.findIndex(({ name }) => name === "exit" || name === "exec" || name === "return");
  const startsList = (i: number): boolean => /^[;&]?$/.test(commands[i]!.separator);
  // Lists are parted by `;`; of all but the last a failure in the middle goes unseen.
  const lastList = top.findLast(startsList) ?? 0;
  // What stands in a block may be a list of its own.
  const lastInBlock = commands.findLastIndex(({ depth }) => depth > 0);
  top.forEach((i, at) => {
    const isBackground = commands[top[at + 1] ?? -1]?.separator === "&";
    const mustSucceed = i >= lastList && i > lastInBlock && !hasChoice;
    sure[i] = (startsList(i) || mustSucceed) && !isBackground && (leaves < 0 || i < leaves);
  });
  return sure;
}
