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
export function linesOf({ text, span, lines }: TreeText): { readonly text: string; readonly start: number }[] {
  if (lines === null) return text.includes("\n") ? [] : [{ text, start: span.start }];
  return text.split("\n").flatMap((line, i) => (lines[i] === undefined ? [] : [{ text: line, start: lines[i] }]));
}
