import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Fix } from "./rule.ts";

/**
 * Dockerfiles have no comments behind an instruction: `EXPOSE 80 # web` exposes `#`, too. Moves what was meant for one to
 * a line of its own.
 *
 * @param instruction the instruction of the file, on one line
 * @param span a word of it
 * @returns `null` where the word does not begin with `#`
 */
export function moveComment({ text, lines }: Analysis, instruction: Instruction, span: Span): Fix | null {
  const { startLine, endLine, headSpan } = instruction;
  if (text[span.start] !== "#" || startLine !== endLine) return null;
  const indent = text.slice(lines.startOf(startLine), headSpan.start).replace("\ufeff", "");
  const before = text.slice(headSpan.start, span.start).trimEnd();
  const above = { start: headSpan.start, end: headSpan.start };
  return {
    title: "Move the comment to a line of its own",
    safety: "unsafe",
    edits: [
      { span: above, newText: `${text.slice(span.start, headSpan.end).trimEnd()}${lineEnding(text)}${indent}` },
      { span: { start: headSpan.start + before.length, end: headSpan.end }, newText: "" },
    ],
  };
}
