import type { Analysis } from "../stages/analysis.ts";
import type { Edit } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Neighbours } from "../workspace/neighbours.ts";

/** It is about this place, but not possible: the reason is shown with the greyed-out entry. */
export interface UnavailablePlan {
  readonly title: string;
  readonly unavailable: string;
}

export interface AvailablePlan {
  readonly title: string;
  /** What the user must check afterwards, plain sentences. Empty where the result is certain. */
  readonly assumptions: readonly string[];
  /** Whether there are other ways, of which this one is the default. */
  readonly hasChoice: boolean;
  /** Worked out when the user has chosen it. */
  edits(): readonly Edit[];
}

/** What a refactoring would do at a place. */
export type Plan = AvailablePlan | UnavailablePlan;

/** A refactoring is one file. */
export interface Refactoring {
  /** Stable name, used to plan again when the user has chosen: `splitStage`. */
  readonly id: string;
  /** A leaf kind of LSP: `refactor.rewrite.splitStage`. */
  readonly kind: string;
  readonly summary: string;
  /** Cheap. `null` where it is not about this place. */
  plan(analysis: Analysis, selection: Span, neighbours: Neighbours): Plan | null;
}
