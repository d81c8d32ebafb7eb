import { type FoldingRange, FoldingRangeKind } from "vscode-languageserver-types";
import type { Analysis } from "../stages/analysis.ts";

/**
 * What can be folded: stages, instructions of several lines, heredoc bodies (the line that ends them stays visible) and
 * blocks of comment lines. At most one range starts on a line, as editors want it.
 */
export function foldingRanges(analysis: Analysis): FoldingRange[] {
  const { dockerfile, lines, stages } = analysis;
  const byStart = new Map<number, FoldingRange>();
  const fold = (startLine: number, endLine: number, kind?: FoldingRangeKind): void => {
    if (endLine <= startLine || byStart.has(startLine)) return;
    byStart.set(startLine, { startLine, endLine, ...(kind !== undefined && { kind }) });
  };
  for (const { from, instructions } of stages) fold(from.startLine, (instructions.at(-1) ?? from).endLine);
  for (const { startLine, endLine, headSpan, heredocs } of dockerfile.instructions) {
    const headEnd = lines.lineAt(headSpan.end);
    const only = heredocs.length === 1 && headEnd === startLine;
    if (!only) fold(startLine, endLine);
    for (const { body, terminator } of heredocs) {
      if (body.end <= body.start) continue;
      const bodyStart = lines.lineAt(body.start);
      const last = lines.lineAt(body.end);
      // A body that nothing ends reaches to the end of the file.
      fold(Math.max(headEnd, bodyStart - 1), terminator || last === bodyStart ? Math.max(bodyStart, last - 1) : last);
    }
  }
  let block = { start: -1, end: -2 };
  for (const { start } of dockerfile.comments) {
    const line = lines.lineAt(start);
    if (line !== block.end + 1) {
      fold(block.start, block.end, FoldingRangeKind.Comment);
      block = { start: line, end: line };
    } else block.end = line;
  }
  fold(block.start, block.end, FoldingRangeKind.Comment);
  return [...byStart.values()].toSorted((a, b) => a.startLine - b.startLine);
}
