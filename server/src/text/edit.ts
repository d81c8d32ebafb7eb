import type { Span } from "./range.ts";

/** One replacement in a document. Edits of one change never overlap. */
export interface Edit {
  readonly span: Span;
  readonly newText: string;
}

/**
 * The text after all edits. Edits refer to the text before; those that start at the same place are applied in the order
 * given.
 *
 * @throws RangeError when two edits overlap or one reaches outside the text
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = edits.map((edit, order) => ({ edit, order }));
  sorted.sort((a, b) => a.edit.span.start - b.edit.span.start || a.order - b.order);
  let result = "";
  let at = 0;
  for (const { edit } of sorted) {
    const { start, end } = edit.span;
    if (start < at || end < start || end > text.length)
      throw new RangeError(`edit ${start}..${end} overlaps or leaves the text`);
    result += text.slice(at, start) + edit.newText;
    at = end;
  }
  return result + text.slice(at);
}

/** The line ending a text uses: that of its first line, `\n` where it has only one line. */
export function lineEnding(text: string): "\n" | "\r\n" {
  const at = text.indexOf("\n");
  return at > 0 && text.charCodeAt(at - 1) === 13 ? "\r\n" : "\n";
}
