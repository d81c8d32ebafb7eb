import type { Analysis } from "../stages/analysis.ts";
import { applyEdits } from "../text/edit.ts";
import type { Plan, Refactoring } from "./refactoring.ts";
import { writeSplit } from "./split/emit.ts";
import { planSplit } from "./split/plan.ts";

const title = "Split into builder and runtime stages";

/** What the split says about a whole file. */
export interface SplitResult {
  readonly offered: boolean;
  readonly title: string;
  /** Why it is not offered; empty where it is. */
  readonly reason: string;
  /** What must be checked; plain sentences. */
  readonly assumptions: readonly string[];
  /** The text after the split; `null` where it is not offered. */
  readonly after: string | null;
}

/** Splits a single-stage file; says why where it does not. */
export function splitFile(analysis: Analysis): SplitResult {
  const refused = (reason: string): SplitResult => ({ offered: false, title, reason, assumptions: [], after: null });
  const plan = planSplit(analysis);
  if (!plan) {
    const { stages } = analysis;
    if (stages.length === 0) return refused("The file has no stage.");
    if (stages.length > 1) return refused("The file has several stages already.");
    return refused("No build is recognised in this file: there is nothing to split.");
  }
  if (plan.kind === "refused") return refused(plan.reason);
  const { assumptions } = plan.split;
  return { offered: true, title, reason: "", assumptions, after: applyEdits(analysis.text, writeSplit(plan.split)) };
}

function planSplitStage(analysis: Analysis): Plan | null {
  const plan = planSplit(analysis);
  if (!plan) return null;
  if (plan.kind === "refused") return { title, unavailable: plan.reason };
  const { split } = plan;
  return { title, assumptions: split.assumptions, edits: () => writeSplit(split) };
}

/** Takes a single-stage file apart: what builds stays in a builder, the image that ships starts afresh. */
export const splitStage: Refactoring = {
  id: "splitStage",
  kind: "refactor.rewrite.splitStage",
  summary: "Split a single stage into a builder and a small runtime stage.",
  plan: planSplitStage,
};
