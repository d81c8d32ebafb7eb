import { type Edit, lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Dockerfile, Instruction, Word } from "./instruction.ts";
import { instructionKeywords } from "./keywords.ts";

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
export function moveComment(dockerfile: Dockerfile, instruction: Instruction, span: Span): CommentMove | null {
  const { text, lines } = dockerfile;
  const { startLine, endLine, headSpan } = instruction;
  if (text[span.start] !== "#" || startLine !== endLine) return null;
  const indent = text.slice(lines.startOf(startLine), headSpan.start).replace("\ufeff", "");
  const before = withoutEnd(dockerfile, text.slice(headSpan.start, span.start).trimEnd(), endLine + 1);
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

/** An escape character in front of the comment continues the line; it goes unless the next line wants that. */
function withoutEnd({ text, lines, escape }: Dockerfile, before: string, nextLine: number): string {
  if (!before.endsWith(escape)) return before;
  const next = nextLine < lines.count ? text.slice(lines.startOf(nextLine), lines.endOf(nextLine)) : "";
  const [word = ""] = next.trim().split(/\s/, 1);
  const isNext = word !== "" && !word.startsWith("#") && !instructionKeywords.has(word.toUpperCase());
  return isNext ? before : before.slice(0, -1).trimEnd();
}

/** The word with which a comment after an instruction begins, after its first argument. */
export function commentWord({ args, json }: Instruction): Word | null {
  return json ? null : (args.find(({ text }, at) => at > 0 && text.startsWith("#")) ?? null);
}
