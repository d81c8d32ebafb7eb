import type { Dockerfile, Instruction } from "../dockerfile/instruction.ts";
import { moveScript } from "../dockerfile/move-script.ts";
import { scan } from "../dockerfile/scan.ts";
import { isPosixShell, readShell, type ShellScript } from "../dockerfile/shell.ts";
import { type LineIndex, touches } from "../text/range.ts";
import { numberStages } from "./contents.ts";
import { AllFiles, type StageFiles } from "./files.ts";
import { buildGraph, type Graph, type RootBase, rootBases } from "./graph.ts";
import { Memory, type Question } from "./memory.ts";
import { type Reference, resolveStages, type Stage, type Stages } from "./resolve.ts";
import { buildScope, type Scope } from "./scope.ts";
import { buildSteps, type Step } from "./steps.ts";
import { buildValues, type Values } from "./values.ts";

/** What is taken over from old versions holds on to their texts: so often all is read anew. */
const mostAge = 64;

/**
 * One document version: everything that is known about it. Immutable; what costs time is worked out when it is first
 * asked for. A new version is a new Analysis.
 */
export class Analysis {
  readonly text: string;
  readonly dockerfile: Dockerfile;
  #model: Stages | undefined;
  #graph: Graph | undefined;
  #scope: Scope | undefined;
  #roots: readonly RootBase[] | undefined;
  #steps: readonly (readonly Step[])[] | undefined;
  #values: Values | undefined;
  #files: AllFiles | undefined;
  #contents: readonly number[] | undefined;
  #otherShells: ReadonlySet<Instruction> | undefined;
  #scripts = new Map<Instruction, ShellScript>();
  readonly #memory: Memory;
  /** How many versions were before this one. */
  readonly #age: number;

  /** @param before the version before this one: what an instruction's text alone decides is not worked out again */
  constructor(text: string, before?: Analysis) {
    this.text = text;
    this.#age = before ? before.#age + 1 : 0;
    this.dockerfile = scan(text, before && this.#age % mostAge > 0 ? before.dockerfile : null);
    this.#memory = new Memory(this.dockerfile, before ? before.#memory : null);
  }

  /** The answer to a question about an instruction that its text alone decides. */
  recall<T>(question: Question<T>, instruction: Instruction): T {
    return this.#memory.recall(question, instruction);
  }

  /** The instructions of the file for which the answer is yes, or is so for what stands behind their ONBUILD. */
  those(question: Question<boolean>): readonly Instruction[] {
    return this.#memory.those(question);
  }

  /**
   * The answer to a question that a key decides, wherever things stand: it names no place. Later versions get the same as
   * long as each of them asks.
   */
  keep<T>(question: object, key: string, work: () => NonNullable<T>): NonNullable<T> {
    return this.#memory.keep(question, key, work);
  }

  /**
   * A number that stands for a text, the same in later versions: a short key where the text decides.
   */
  numberOf(text: string): number {
    return this.#memory.numberOf(text);
  }

  /** See {@link numberStages}. */
  contentOf(stage: number): number {
    return (this.#contents ??= numberStages(this))[stage]!;
  }

  get lines(): LineIndex {
    return this.dockerfile.lines;
  }

  get model(): Stages {
    return (this.#model ??= resolveStages(this.dockerfile));
  }

  get stages(): readonly Stage[] {
    return this.model.stages;
  }

  get references(): readonly Reference[] {
    return this.model.references;
  }

  get graph(): Graph {
    return (this.#graph ??= buildGraph(this.model));
  }

  get scope(): Scope {
    return (this.#scope ??= buildScope(this.model));
  }

  /** For each stage what it is built on in the end. */
  get roots(): readonly RootBase[] {
    return (this.#roots ??= rootBases(this.stages));
  }

  /** For each stage what BuildKit runs in it. */
  get steps(): readonly (readonly Step[])[] {
    return (this.#steps ??= buildSteps(this.model, this.graph));
  }

  get values(): Values {
    return (this.#values ??= buildValues(this.model, this.scope, this.roots, this.dockerfile.escape));
  }

  /** What the instructions of a stage, and those of the stages it is built on, do to its files. */
  files(stage: number): StageFiles {
    return this.#allFiles.of(stage);
  }

  /** Stands for all that decides what {@link files} says: a key for {@link keep}. */
  filesKey(stage: number): string {
    return this.#allFiles.key(stage);
  }

  get #allFiles(): AllFiles {
    return (this.#files ??= new AllFiles(this));
  }

  /** The stage that an offset is in, or that begins above it; `null` in front of the first. */
  stageAt(offset: number): Stage | null {
    return this.stages.findLast(({ span }) => span.start <= offset) ?? null;
  }

  /** The stage that an instruction of the file stands in; `null` in front of the first. */
  stageOf({ span: { start } }: Instruction): Stage | null {
    const { stages } = this;
    let low = 0;
    let high = stages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stages[middle]!.span.start <= start) low = middle + 1;
      else high = middle;
    }
    return stages[low - 1] ?? null;
  }

  /** The innermost thing around an offset: the instruction whose lines hold it. */
  instructionAt(offset: number): Instruction | null {
    const { instructions } = this.dockerfile;
    let low = 0;
    let high = instructions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { span } = instructions[middle]!;
      if (touches(span, offset)) return instructions[middle]!;
      if (span.end < offset) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  /** The reference whose name an offset touches. */
  referenceAt(offset: number): Reference | null {
    return this.references.find(({ span }) => touches(span, offset)) ?? null;
  }

  /**
   * The shell commands of an instruction; empty where another shell than a POSIX one reads it (SHELL with cmd or
   * PowerShell, Windows base images).
   */
  script(instruction: Instruction): ShellScript {
    let script = this.#scripts.get(instruction);
    if (!script) {
      this.#otherShells ??= findOtherShells(this.stages, this.dockerfile.escape);
      script = this.#otherShells.has(instruction)
        ? { commands: [], groups: [], variables: [], assigned: new Set<string>(), opaque: true, errors: [] }
        : this.#readScript(instruction);
      this.#scripts.set(instruction, script);
    }
    return script;
  }

  #readScript(instruction: Instruction): ShellScript {
    const { script, start } = this.recall(placedScript, instruction);
    return moveScript(script, instruction.span.start - start);
  }
}

/** A script and where its instruction starts. */
interface PlacedScript {
  readonly script: ShellScript;
  readonly start: number;
}

const placedScript: Question<PlacedScript> = (instruction, dockerfile) => ({
  script: readShell(dockerfile, instruction),
  start: instruction.span.start,
});

/** The instructions that another shell than a POSIX-like one reads. */
function findOtherShells(stages: readonly Stage[], escape: string): Set<Instruction> {
  const found = new Set<Instruction>();
  const atEnd: boolean[] = [];
  for (const { base, baseName, instructions } of stages) {
    // FROM names stages above only, so what a stage starts with is known.
    let posix =
      base?.target.kind === "stage"
        ? atEnd[base.target.stage]!
        : !/windows|nanoserver|servercore/i.test(baseName) && escape !== "`";
    for (const instruction of instructions) {
      if (!posix) found.add(instruction);
      if (instruction.keyword === "SHELL") posix = isPosixShell(instruction.args);
    }
    atEnd.push(posix);
  }
  return found;
}

export function analyze(text: string): Analysis {
  return new Analysis(text);
}
