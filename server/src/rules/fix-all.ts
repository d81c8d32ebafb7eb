import type { Analysis } from "../stages/analysis.ts";
import { applyEdits, type Edit } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Diagnosis } from "./run.ts";

/** A fix may make room for the next one; more rounds than this would be fixes that undo each other. */
const mostRounds = 10;

/** The text after all safe fixes, each finding's first, and how many were applied. */
export interface FixedText {
  readonly text: string;
  readonly count: number;
}

/**
 * Applies all safe fixes, again and again until none is left. Of fixes that touch the same place the first goes first, the
 * others in the next round.
 *
 * @param analyze makes the analysis of each round's text
 * @param diagnose finds what is wrong in it
 */
export function fixAll(
  start: Analysis,
  analyze: (text: string) => Analysis,
  diagnose: (analysis: Analysis) => readonly Diagnosis[],
): FixedText {
  let analysis = start;
  let count = 0;
  for (let round = 0; round < mostRounds; round++) {
    const { edits, fixes } = safeEdits(diagnose(analysis));
    if (fixes === 0) break;
    const after = applyEdits(analysis.text, edits);
    if (after === analysis.text) break;
    analysis = analyze(after);
    count += fixes;
  }
  return { text: analysis.text, count };
}

/** The edits of safe fixes that do not touch each other, sorted. */
function safeEdits(diagnoses: readonly Diagnosis[]): { readonly edits: readonly Edit[]; readonly fixes: number } {
  const edits: Edit[] = [];
  let fixes = 0;
  for (const { fixes: offered } of diagnoses) {
    const fix = offered?.[0];
    if (fix?.safety !== "safe" || fix.edits.length === 0) continue;
    if (fix.edits.some(({ span }) => touchesOne(edits, span))) continue;
    for (const edit of fix.edits) edits.splice(placeOf(edits, edit.span.start), 0, edit);
    fixes++;
  }
  return { edits, fixes };
}

/** Where an edit that starts at an offset belongs among sorted ones. */
function placeOf(edits: readonly Edit[], start: number): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edits[middle]!.span.start <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function touchesOne(edits: readonly Edit[], { start, end }: Span): boolean {
  const at = placeOf(edits, start);
  const before = edits[at - 1];
  const after = edits[at];
  return (before !== undefined && before.span.end >= start) || (after !== undefined && after.span.start <= end);
}
