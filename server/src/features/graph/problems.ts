import { invalidFrom } from "../../rules/invalid-from.ts";
import { alone } from "../../workspace/neighbours.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { misspelt } from "../../stages/meant.ts";
import type { Reference } from "../../stages/resolve.ts";
import {
  casingMessage,
  cycleMessage,
  indexMessage,
  laterStageMessage,
  misspeltMessage,
  variableMessage,
} from "../../rules/common/reference-messages.ts";

/** What is wrong with the references and the FROM lines of a file. */
export interface GraphProblems {
  /** What is wrong with a FROM line itself, by the index of its stage. */
  readonly froms: ReadonlyMap<number, string>;
  /** Why references cannot work: the build fails. */
  readonly errors: ReadonlyMap<Reference, string>;
  /** Names of images that were most likely meant for stages. */
  readonly doubts: ReadonlyMap<Reference, string>;
  /** The references that close a cycle. */
  readonly inCycle: ReadonlySet<Reference>;
}

export function graphProblems(analysis: Analysis): GraphProblems {
  const { references, stages, graph, model } = analysis;
  const errors = new Map<Reference, string>();
  const doubts = new Map<Reference, string>();
  const inCycle = new Set<Reference>();
  for (const cycle of graph.cycles) {
    const message = cycleMessage(cycle, stages);
    for (const reference of cycle) {
      inCycle.add(reference);
      if (!errors.has(reference)) errors.set(reference, message);
    }
  }
  for (const reference of [...references, ...model.triggered]) {
    const { target, onbuild } = reference;
    if (onbuild || target.kind !== "error" || errors.has(reference)) continue;
    errors.set(reference, errorMessage(reference, target.error));
  }
  for (const { reference, meant } of misspelt(references, stages))
    doubts.set(reference, misspeltMessage(reference, meant));
  for (const reference of references) {
    const lower = missedByCase(reference);
    if (lower !== null && (model.firstByName.get(lower) ?? Infinity) < reference.stage) {
      doubts.set(reference, casingMessage(lower));
    }
  }
  const froms = new Map<number, string>();
  const places = new Map(references.map((reference) => [reference.span.start, reference]));
  for (const { span, message } of invalidFrom.check(analysis, alone)) {
    const reference = places.get(span.start);
    if (reference && reference.kind !== "from") errors.set(reference, message);
    else {
      const stage = reference?.stage ?? analysis.stageAt(span.start)?.index;
      if (stage !== undefined && !froms.has(stage)) froms.set(stage, message);
      if (reference) errors.set(reference, message);
    }
  }
  return { froms, errors, doubts, inCycle };

  function errorMessage(reference: Reference, error: string): string {
    switch (error) {
      case "index-out-of-range":
        return indexMessage(reference, stages);
      case "variable":
        return variableMessage(reference);
      default:
        return laterStageMessage(reference, stages);
    }
  }
}

/** The name that a FROM would find in lower case. */
function missedByCase({ kind, text, target }: Reference): string | null {
  if (kind !== "from" || target.kind !== "image" || text !== target.image) return null;
  const lower = text.toLowerCase();
  return lower === text ? null : lower;
}
