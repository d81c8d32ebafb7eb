import type { Instruction } from "../dockerfile/instruction.ts";
import type { Graph } from "./graph.ts";
import type { Stages } from "./resolve.ts";

/** An instruction as BuildKit runs it in a stage. */
export interface Step {
  /** What runs: of ONBUILD the instruction behind it. */
  readonly instruction: Instruction;
  /** The instruction of the file that it is or stands in. */
  readonly written: Instruction;
  /** Where BuildKit says that it stands: at the stage's FROM for what ONBUILD of another stage brings along. */
  readonly place: Instruction;
}

/** Many stages on one with many triggers make a number that nobody wrote by hand. */
const mostTriggered = 10_000;

/**
 * For each stage what BuildKit runs in it, in that order. BuildKit checks all stages, but what stands behind ONBUILD only
 * where it runs: first of all in the stages that the last one needs and whose FROM names the stage.
 */
export function buildSteps({ stages }: Stages, { needed }: Graph): readonly (readonly Step[])[] {
  const triggers = stages.map(({ instructions }) => instructions.filter(({ trigger }) => trigger !== null));
  let room = mostTriggered;
  return stages.map(({ index, from, base, instructions }) => {
    const steps: Step[] = [];
    if (needed[index] && base?.target.kind === "stage") {
      const found = triggers[base.target.stage]!;
      room -= found.length;
      if (room >= 0) for (const written of found) steps.push({ instruction: written.trigger!, written, place: from });
    }
    for (const instruction of instructions) {
      if (instruction.keyword !== "ONBUILD") steps.push({ instruction, written: instruction, place: instruction });
    }
    return steps;
  });
}
