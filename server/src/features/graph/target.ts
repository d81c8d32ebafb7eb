import type { Analysis } from "../../stages/analysis.ts";
import { reachable } from "../../stages/graph.ts";
import { buildSteps, type Step } from "../../stages/steps.ts";

/** The stage that a build makes, and what that takes. */
export interface Target {
  /** -1 in a file without stages. */
  readonly index: number;
  /** For each stage whether the build needs it. */
  readonly needed: readonly boolean[];
  /** Why it is not the one that was asked for; `""` where it is. */
  readonly message: string;
}

/** @param wanted the name of a stage, or its index; the last stage where there is none */
export function chooseTarget({ stages, graph }: Analysis, wanted: string | null | undefined): Target {
  const byDefault: Target = { index: graph.target, needed: graph.needed, message: "" };
  if (wanted === null || wanted === undefined || wanted === "") return byDefault;
  const name = wanted.toLowerCase();
  const found =
    stages.findLast((stage) => stage.name === name) ?? (/^\d{1,9}$/.test(name) ? stages[Number(name)] : null);
  if (!found) return { ...byDefault, message: `target stage ${JSON.stringify(wanted)} could not be found` };
  if (found.index === graph.target) return byDefault;
  return { index: found.index, needed: reachable(graph.dependencies, found.index), message: "" };
}

/** For each stage what BuildKit runs in it; also in those that the target does not need. */
export function stepsOfAll({ model, graph }: Analysis): readonly (readonly Step[])[] {
  return buildSteps(model, { ...graph, needed: graph.needed.map(() => true) });
}
