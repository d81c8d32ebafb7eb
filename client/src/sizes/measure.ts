import type { Built } from "./build.ts";
import { align, totalOf } from "./history.ts";
import type { MeasuredStage } from "./measured.ts";
import type { Plan, PlannedStage } from "./plan.ts";

/** What measuring tells while it goes on. */
export interface Listener {
  readonly onStart: (stage: PlannedStage, number: number) => void;
  readonly onEnd: (stage: MeasuredStage) => Promise<void>;
}

/** Builds stages one after the other; of a build that is called off, nothing is told. */
export async function measureStages(
  stages: readonly PlannedStage[],
  build: (target: string) => Promise<Built>,
  { onStart, onEnd }: Listener,
  signal: AbortSignal,
): Promise<void> {
  const failed = new Map<string, string>();
  for (const [place, stage] of stages.entries()) {
    const { id, label, target, needs } = stage;
    const missing = needs.find((other) => failed.has(other));
    let built: Built;
    if (missing !== undefined) built = { problem: `needs ${failed.get(missing)}, which was not built` };
    else if (target === null) built = { problem: "builds cannot name it: a later stage has the same name" };
    else {
      onStart(stage, place + 1);
      built = await build(target);
      if (signal.aborted) return;
    }
    // What cannot be named may still be there for others.
    if ("problem" in built && target !== null) failed.set(id, label);
    await onEnd(measuredFrom(stage, built));
  }
}

function measuredFrom({ id, label, keywords }: PlannedStage, built: Built): MeasuredStage {
  if ("problem" in built) return { id, label, size: null, base: null, steps: {}, problem: built.problem };
  const { sizes, base } = align(built.history, keywords);
  return { id, label, size: totalOf(built.history), base, steps: Object.fromEntries(sizes), problem: "" };
}

/** The stages of both, `newer` first where both have one; in the order of `plan`. */
export function mergeStages(
  plan: Plan,
  newer: readonly MeasuredStage[],
  older: readonly MeasuredStage[],
): MeasuredStage[] {
  return plan.stages.flatMap(
    ({ id }) => newer.find((each) => each.id === id) ?? older.find((each) => each.id === id) ?? [],
  );
}
