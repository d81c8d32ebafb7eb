import type { Analysis } from "./analysis.ts";

/**
 * For each stage a number that stands for all that decides what it is: its text, what it is built on, and what stands in
 * front of the first FROM. Later versions of the document have the same number as long as all of that stays.
 */
export function numberStages(analysis: Analysis): readonly number[] {
  const { stages, roots, text } = analysis;
  const front = analysis.numberOf(text.slice(0, stages[0]?.span.start));
  const numbers: number[] = [];
  // FROM names stages above only, so what they are is known.
  for (const { index, base, span } of stages) {
    const own = analysis.numberOf(text.slice(span.start, span.end));
    const root = roots[index] ?? null;
    const below =
      base?.target.kind === "stage"
        ? `stage ${numbers[base.target.stage]!}`
        : root?.kind === "image"
          ? `image ${root.image}`
          : (root?.kind ?? base?.target.kind);
    numbers.push(analysis.numberOf(`${front} ${own} ${below}`));
  }
  return numbers;
}
