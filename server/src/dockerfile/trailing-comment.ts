import { type Edit, lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Dockerfile, Instruction, Word } from "./instruction.ts";

/** A change that gives a comment a line of its own. */
export interface CommentMove {
  readonly title: string;
  readonly safety: "unsafe";
  readonly edits: readonly Edit[];
}

/**
 * Dockerfiles have no comments after an instruction: `EXPOSE 80 # web` exposes `#`, too. Moves what was meant for one
 * above its instruction.
 *
 * @param instruction the instruction of the file
 * @param span a word of it
 * @returns `null` where the word does not begin with `#`, and where there is more than one line
 */
export function moveComment({ text, lines }: Dockerfile, instruction: Instruction, span: Span): CommentMove | null {
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

/** The word with which a comment after an instruction begins, after its first argument. */
export function commentWord({ args, json }: Instruction): Word | null {
  return json ? null : (args.find(({ text }, at) => at > 0 && text.startsWith("#")) ?? null);
}
