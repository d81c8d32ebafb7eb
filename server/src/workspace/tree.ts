import type { Span } from "../text/range.ts";
import type { MentionWord } from "./mentions.ts";

/** What a YAML, JSON or HCL file holds, with places: the same for all of them, so that what reads it knows no format. */
export type TreeNode =
  | { readonly kind: "map"; readonly span: Span; readonly entries: readonly TreeEntry[] }
  | { readonly kind: "list"; readonly span: Span; readonly items: readonly TreeNode[] }
  | TreeText
  /** Nothing, or what is neither of these: a function call, an alias that leads nowhere. */
  | { readonly kind: "other"; readonly span: Span };

export interface TreeText {
  readonly kind: "text";
  /** Without quotes. */
  readonly span: Span;
  /** The value: also of numbers and of `true`. */
  readonly text: string;
  /** Of each line of `text` the offset in the file; `null` where the file writes the text in another way than it is. */
  readonly lines: readonly number[] | null;
  /**
   * Where the text stands in the file also if that writes it in another way: pairs of an offset in `text` and one in the file,
   * each for what follows up to the next. Not there where `lines` says it, or where it is not known.
   */
  readonly pieces?: readonly number[];
}

export interface TreeEntry {
  readonly key: MentionWord;
  readonly value: TreeNode;
  readonly span: Span;
}

/** The value behind keys, one inside the other; `null` where there is none. Of a key that stands twice the last counts. */
export function valueAt(node: TreeNode | null, ...keys: readonly string[]): TreeNode | null {
  let at = node;
  for (const key of keys) {
    at = at?.kind === "map" ? (at.entries.findLast((entry) => entry.key.text === key)?.value ?? null) : null;
  }
  return at;
}

/** A text as a word; `null` for all else, and for an empty text. */
export function wordAt(node: TreeNode | null, ...keys: readonly string[]): MentionWord | null {
  const found = valueAt(node, ...keys);
  return found?.kind === "text" && found.text !== "" ? { text: found.text, span: found.span } : null;
}

export function entriesOf(node: TreeNode | null): readonly TreeEntry[] {
  return node?.kind === "map" ? node.entries : [];
}

export function itemsOf(node: TreeNode | null): readonly TreeNode[] {
  return node?.kind === "list" ? node.items : [];
}

/** The lines of a text and where each begins, for texts that the file holds as they are. */
export function linesOf({ text, lines }: TreeText): { readonly text: string; readonly start: number }[] {
  return lines === null
    ? []
    : text.split("\n").flatMap((line, i) => (lines[i] === undefined ? [] : [{ text: line, start: lines[i] }]));
}

/** A text that stands in a file, with the places of its parts as {@link TreeText.pieces} has them; `null` where they are not known. */
export function placedText({ text, lines, pieces }: TreeText): PlacedText | null {
  if (lines === null) return pieces ? { text, pieces } : null;
  const found: number[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const start = lines[found.length / 2];
    if (start !== undefined) found.push(at, start);
    at += line.length + 1;
  }
  return found.length > 0 ? { text, pieces: found } : null;
}

export interface PlacedText {
  readonly text: string;
  readonly pieces: readonly number[];
}

/**
 * The pieces of a text that a file writes with escapes, or over several lines with indentation; `null` where the two cannot
 * be brought together.
 *
 * @param written how the file writes it, without quotes
 * @param start where that begins in the file
 * @param quote what stands around it
 */
export function alignText(text: string, written: string, start: number, quote: "" | "'" | '"'): number[] | null {
  const pieces: number[] = [];
  let at = 0;
  let expected = -1;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    let length = 1;
    if (quote === '"' && written[at] === "\\") {
      // A line that ends so goes on in the next one.
      while (written[at] === "\\" && /[\r\n]/.test(written[at + 1] ?? "")) at = behindSpace(written, at + 1);
      if (written[at] === "\\") length = escapeLength(written, at);
    } else if (quote === "'" && character === "'" && written[at] === "'") length = 2;
    if (length === 1 && written[at] !== character) {
      const next = behindSpace(written, at);
      if (/\s/.test(character)) {
        // The end of a line, with the indentation of the next one, is written for it.
        if (next === at) return null;
        length = next - at;
      } else {
        if (written[next] !== character && !(quote === '"' && written[next] === "\\")) return null;
        at = next;
        if (quote === '"' && written[at] === "\\") length = escapeLength(written, at);
      }
    }
    const isEscaped = length > 1 && written[at] === "\\";
    const place = isEscaped && length === 2 && written[at + 1] === character ? at + 1 : at;
    if (place !== expected) pieces.push(i, start + place);
    at += length;
    expected = place + 1;
  }
  return pieces.length > 0 ? pieces : null;
}

function behindSpace(text: string, at: number): number {
  let end = at;
  while (/\s/.test(text[end] ?? "")) end++;
  return end;
}

function escapeLength(text: string, at: number): number {
  return { u: 6, x: 4, U: 10 }[text[at + 1] ?? ""] ?? 2;
}
