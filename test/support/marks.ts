import type { Span } from "../../server/src/text/range.ts";

/** A text with its marks cut out. Spans refer to `text`. */
export interface Marked {
  readonly text: string;
  /** Where `<|>` stood. */
  readonly cursor: number | null;
  /** What `<|…|>` enclosed. */
  readonly selection: Span | null;
  /** What lines of `^^^ label` marked in the line above them. */
  readonly ranges: readonly { readonly span: Span; readonly label: string }[];
}

const caretLine = /^[ \t]*\^+(?: .*)?$/;

/**
 * Reads a text with marks: `<|>` is the cursor, `<|…|>` a selection, a line of carets marks the range above it and may
 * carry a label. Marks are cut out. A text that begins with a line break loses it, so that it may start on its own line.
 */
export function parseMarked(marked: string): Marked {
  const kept: string[] = [];
  const carets: { line: number; column: number; length: number; label: string }[] = [];
  for (const line of marked.replace(/^\r?\n/, "").split("\n")) {
    if (kept.length > 0 && caretLine.test(line)) {
      const column = line.indexOf("^");
      const length = /\^+/.exec(line)![0].length;
      carets.push({ line: kept.length - 1, column, length, label: line.slice(column + length).trim() });
    } else kept.push(line);
  }
  let text = "";
  const starts: number[] = [];
  let cursor: number | null = null;
  let open: number | null = null;
  let selection: Span | null = null;
  for (const line of kept) {
    starts.push(text.length);
    let rest = line;
    for (let at = rest.search(/<\||\|>/); at >= 0; at = rest.search(/<\||\|>/)) {
      text += rest.slice(0, at);
      const mark = rest.startsWith("<|>", at) ? "<|>" : rest.slice(at, at + 2);
      if (mark === "<|>") cursor = text.length;
      else if (mark === "<|") open = text.length;
      else if (open !== null) {
        selection = { start: open, end: text.length };
        open = null;
      }
      rest = rest.slice(at + mark.length);
    }
    text += `${rest}\n`;
  }
  text = text.slice(0, -1);
  const ranges = carets.map(({ line, column, length, label }) => ({
    span: { start: starts[line]! + column, end: starts[line]! + column + length },
    label,
  }));
  return { text, cursor, selection, ranges };
}
