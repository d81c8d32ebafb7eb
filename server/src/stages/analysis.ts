import type { Dockerfile, Instruction } from "../dockerfile/instruction.ts";
import { moveScript } from "../dockerfile/move-script.ts";
import { scan } from "../dockerfile/scan.ts";
import { isPosixShell, readShell, type ShellScript } from "../dockerfile/shell.ts";
import { type LineIndex, touches } from "../text/range.ts";
import { AllFiles, type StageFiles } from "./files.ts";
import { buildGraph, type Graph, type RootBase, rootBases } from "./graph.ts";
import { type Reference, resolveStages, type Stage, type Stages } from "./resolve.ts";
import { buildScope, type Scope } from "./scope.ts";
import { buildSteps, type Step } from "./steps.ts";
import { buildValues, type Values } from "./values.ts";

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
  #otherShells: ReadonlySet<Instruction> | undefined;
  #scripts = new Map<Instruction, ShellScript>();
  /** Scripts by the text of their instruction: those of this version, and those of the version before it. */
  #scriptsByText = new Map<string, PlacedScript>();
  #scriptsBefore: ReadonlyMap<string, PlacedScript>;

  /** @param before the version before this one: what a shell reads is not read again where its text is the same */
  constructor(text: string, before?: Analysis) {
    this.text = text;
    this.dockerfile = scan(text);
    this.#scriptsBefore = before?.dockerfile.escape === this.dockerfile.escape ? before.#scriptsByText : new Map();
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
    return (this.#files ??= new AllFiles(this)).of(stage);
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
        ? { commands: [], variables: [], assigned: new Set<string>(), opaque: true, errors: [] }
        : this.#readScript(instruction);
      this.#scripts.set(instruction, script);
    }
    return script;
  }

  #readScript(instruction: Instruction): ShellScript {
    const { start, end } = instruction.span;
    const text = this.text.slice(start, end);
    const known = this.#scriptsByText.get(text) ?? this.#scriptsBefore.get(text);
    const script = known ? moveScript(known.script, start - known.start) : readShell(this.dockerfile, instruction);
    this.#scriptsByText.set(text, { script, start });
    return script;
  }
}

/** A script and where its instruction starts. */
interface PlacedScript {
  readonly script: ShellScript;
  readonly start: number;
}

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
