import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";

/** An instruction of a stage as BuildKit reads it. */
export interface Reading {
  /** Of ONBUILD the instruction behind it. */
  readonly instruction: Instruction;
  /** The instruction of the file. */
  readonly written: Instruction;
  readonly stage: number;
}

/** The instructions of all stages with one of these keywords, those behind ONBUILD among them. */
export function* readings({ stages }: Analysis, keywords: ReadonlySet<string>): Generator<Reading> {
  for (const { index, instructions } of stages) {
    for (const written of instructions) {
      const instruction = written.trigger ?? written;
      if (keywords.has(instruction.keyword)) yield { instruction, written, stage: index };
    }
  }
}

/**
 * A word of an instruction with quotes removed and variables expanded; `null` where the file does not say what they are,
 * and where BuildKit cannot expand it. What a variable behind ONBUILD means depends on the stage it runs in.
 */
export function valueOf({ values }: Analysis, { written, stage }: Reading, text: string): string | null {
  if (written.trigger && text.includes("$")) return null;
  return values.expand(stage, text, written.span.start);
}
