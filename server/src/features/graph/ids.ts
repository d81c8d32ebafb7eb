import type { Instruction } from "../../dockerfile/instruction.ts";
import type { Analysis } from "../../stages/analysis.ts";

/** The ids of nodes and rows, as `protocol.ts` describes them. */

export const contextId = "context";

export function stageId(index: number): string {
  return `stage:${index}`;
}

/** For each instruction of a stage, its FROM included, the id of its row. */
export function stepIds({ stages }: Analysis): ReadonlyMap<Instruction, string> {
  const ids = new Map<Instruction, string>();
  for (const { index, from, instructions } of stages) {
    ids.set(from, `step:${index}:0`);
    instructions.forEach((instruction, i) => ids.set(instruction, `step:${index}:${i + 1}`));
  }
  return ids;
}

/** Ids that are counted where the same is there several times: `a:0`, `a:1`. */
export function counter(): (base: string) => number {
  const counts = new Map<string, number>();
  return (base) => {
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return count;
  };
}
