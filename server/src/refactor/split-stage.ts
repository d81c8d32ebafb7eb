import type { Analysis } from "../stages/analysis.ts";
import type { Stage } from "../stages/resolve.ts";
import { applyEdits, type Edit } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Neighbours } from "../workspace/neighbours.ts";
import type { Plan, Refactoring } from "./refactoring.ts";
import type { Strategy } from "./split/ecosystems/ecosystem.ts";
import { type SplitOptions, writeSplit } from "./split/emit.ts";
import { canSplit, planSplit, type Split } from "./split/plan.ts";
import { summarize } from "./split/summary.ts";
import { shorten, sourceOf } from "./split/unsure.ts";

const title = "Split into builder and runtime stages";

/** One way to split a stage. */
export interface SplitWay {
  /** The image of the runtime stage, as FROM names it: what tells the ways of one stage apart. */
  readonly base: string;
  readonly strategy: Strategy;
  /** What the base has and what it lacks: a line for a chooser. */
  readonly detail: string;
  /** What the runtime stage copies from the builder: absolute paths there. */
  readonly copied: readonly string[];
  /** What must be checked; plain sentences. Empty where the result is certain. */
  readonly assumptions: readonly string[];
  /** What moved, what is copied and what no longer ships; plain sentences. */
  readonly summary: readonly string[];
  /** The commands of the build that only test, in a step of their own: they can move to a stage that is built on request. */
  readonly tests: readonly string[];
  /** The user without privileges that the base has and the container could run as; `null` where there is none. */
  readonly user: string | null;
  readonly edits: (options?: SplitOptions) => readonly Edit[];
  /** The text after the split. */
  readonly after: (options?: SplitOptions) => string;
}

/** What the split says about a stage: the ways, the default first, or why there are none. */
export type SplitResult =
  | { readonly offered: true; readonly title: string; readonly ways: readonly [SplitWay, ...SplitWay[]] }
  | { readonly offered: false; readonly title: string; readonly reason: string };

/** Splits a stage, or says why not. Never throws. */
export function split(analysis: Analysis, stage: Stage, { project }: Pick<Neighbours, "project">): SplitResult {
  const plan = planSplit(analysis, stage, project);
  if (!plan) return { offered: false, title, reason: whyNothing(analysis, stage) };
  if (plan.kind === "refused") return { offered: false, title, reason: plan.reason };
  const [first, ...others] = plan.splits;
  return { offered: true, title, ways: [wayOf(first), ...others.map(wayOf)] };
}

function whyNothing({ stages, references }: Analysis, { index, name }: Stage): string {
  if (stages.length === 1) return "No build is recognised in this file: there is nothing to split.";
  const named = name === null ? `Stage ${index}` : `Stage '${name}'`;
  return references.some(({ target }) => target.kind === "stage" && target.stage === index)
    ? `${named} is used by other stages: it ships nothing by itself.`
    : `No build is recognised in ${named.replace("Stage", "stage")}: there is nothing to split.`;
}

/** Splits the stage that a file builds by default. */
export function splitFile(analysis: Analysis, neighbours: Pick<Neighbours, "project">): SplitResult {
  const stage = analysis.stages.at(-1);
  return stage ? split(analysis, stage, neighbours) : { offered: false, title, reason: "The file has no stage." };
}

function wayOf(planned: Split): SplitWay {
  const { choice, assumptions, facts } = planned;
  const edits = (options?: SplitOptions): readonly Edit[] => writeSplit(planned, options);
  return {
    base: choice.base,
    strategy: choice.strategy,
    detail: choice.detail,
    copied: [...new Set(choice.crossings.map(({ value }) => value))],
    assumptions,
    summary: summarize(planned),
    tests: planned.tests.map((index) => shorten(sourceOf(facts, facts.steps[index]!.instruction))),
    user: planned.user,
    edits,
    after: (options) => applyEdits(facts.analysis.text, edits(options)),
  };
}

/** Whether {@link splitStage} is offered for a stage, for whoever asks at each key. */
export function offersSplit(analysis: Analysis, stage: Stage, { project }: Pick<Neighbours, "project">): boolean {
  return canSplit(analysis, stage, project);
}

function planSplitStage(analysis: Analysis, selection: Span, neighbours: Neighbours): Plan | null {
  const stage = analysis.stageAt(selection.start) ?? analysis.stages[0];
  const plan = stage && planSplit(analysis, stage, neighbours.project);
  if (!plan) return null;
  if (plan.kind === "refused") return { title, unavailable: plan.reason };
  const [best] = plan.splits;
  const hasChoice = plan.splits.length > 1;
  return { title, assumptions: best.assumptions, hasChoice, edits: () => writeSplit(best) };
}

/** Takes a stage apart: what builds stays in a builder, the image that ships starts afresh. */
export const splitStage: Refactoring = {
  id: "splitStage",
  kind: "refactor.rewrite.splitStage",
  summary: "Split a stage into a builder and a small runtime stage.",
  plan: planSplitStage,
};
