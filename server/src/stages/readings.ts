import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "./analysis.ts";
import type { Question } from "./memory.ts";

/** An instruction that BuildKit reads. */
export interface Reading {
  /** Of ONBUILD the instruction behind it. */
  readonly instruction: Instruction;
  /** The instruction of the file. */
  readonly written: Instruction;
  /** Index of the stage it stands in; `null` in front of the first FROM. */
  readonly stage: number | null;
}

/** Many rules ask for the same. */
const known = new WeakMap<Analysis, readonly Reading[]>();

/**
 * All instructions of the file. What stands behind ONBUILD comes after its ONBUILD, but only where a stage of this file
 * is built on it: BuildKit reads it no sooner.
 */
export function readings(analysis: Analysis): readonly Reading[] {
  let all = known.get(analysis);
  if (!all) known.set(analysis, (all = readAll(analysis)));
  return all;
}

/** The readings of the instructions for which the answer to a question is yes, in the order of {@link readings}. */
export function readingsOf(analysis: Analysis, question: Question<boolean>): readonly Reading[] {
  return analysis.those(question).flatMap((written) => {
    const stage = analysis.stageOf(written);
    const own = read(written, written, stage?.index ?? null);
    const isRun =
      written.trigger && stage && analysis.graph.dependents[stage.index]!.some(({ kind }) => kind === "from");
    return isRun ? [own, read(written.trigger, written, stage.index)] : own;
  });
}

function readAll({ stages, model }: Analysis): Reading[] {
  const all: Reading[] = inOrder(model.globals, model.strays).map((written) => read(written, written, null));
  const bases = new Set(stages.map(({ base }) => (base?.target.kind === "stage" ? base.target.stage : -1)));
  for (const { index, from, instructions } of stages) {
    all.push(read(from, from, index));
    for (const written of instructions) {
      all.push(read(written, written, index));
      if (written.trigger && bases.has(index)) all.push(read(written.trigger, written, index));
    }
  }
  return all;
}

function read(instruction: Instruction, written: Instruction, stage: number | null): Reading {
  return { instruction, written, stage };
}

function inOrder(some: readonly Instruction[], others: readonly Instruction[]): readonly Instruction[] {
  if (others.length === 0) return some;
  return [...some, ...others].toSorted((a, b) => a.span.start - b.span.start);
}

/**
 * A word of an instruction with quotes removed and variables expanded; `null` where the file does not say what they are,
 * and where BuildKit cannot expand it. What a variable behind ONBUILD means depends on the stage it runs in.
 */
export function valueOf({ values }: Analysis, { written, stage }: Reading, text: string): string | null {
  if (stage === null || (written.trigger && text.includes("$"))) return null;
  return values.expand(stage, text, written.span.start);
}
