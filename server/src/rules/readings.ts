import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";

/** An instruction that BuildKit reads. */
export interface Reading {
  /** Of ONBUILD the instruction behind it. */
  readonly instruction: Instruction;
  /** The instruction of the file. */
  readonly written: Instruction;
  /** Index of the stage it stands in; `null` in front of the first FROM. */
  readonly stage: number | null;
}

/**
 * All instructions of the file. What stands behind ONBUILD comes after its ONBUILD, but only where a stage of this file
 * is built on it: BuildKit reads it no sooner.
 */
export function* readings({ stages, model }: Analysis): Generator<Reading> {
  for (const written of inOrder(model.globals, model.strays)) yield { instruction: written, written, stage: null };
  const bases = new Set(stages.map(({ base }) => (base?.target.kind === "stage" ? base.target.stage : -1)));
  for (const { index: stage, from, instructions } of stages) {
    yield { instruction: from, written: from, stage };
    for (const written of instructions) {
      yield { instruction: written, written, stage };
      if (written.trigger && bases.has(stage)) yield { instruction: written.trigger, written, stage };
    }
  }
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
