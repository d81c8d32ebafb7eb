import type { Edit } from "../text/edit.ts";
import type { Span } from "../text/range.ts";

/**
 * Reads text that was meant to be a JSON array of strings but is not valid JSON. Offsets are those of the text; edits turn
 * it into what was meant.
 */

export type FlawKind =
  /** A string in other quotes than `"`. */
  | "quotes"
  /** A word without quotes. */
  | "bare"
  /** Two strings with nothing but blanks between; the flaw is at the second. */
  | "missing-comma"
  /** A comma in front of the first string, behind the last, or behind another comma. */
  | "extra-comma"
  /** A backslash with a character that JSON does not know behind it. */
  | "escape"
  /** A string that nothing ends; the flaw reaches from the first word to the end. */
  | "open-string"
  /** The `]` is missing. */
  | "open-array"
  /** Text behind the `]`. */
  | "behind";

export interface Flaw {
  readonly kind: FlawKind;
  readonly span: Span;
  /** `null` where it is not certain what was meant. */
  readonly edits: readonly Edit[] | null;
}

export interface AlmostArray {
  readonly words: readonly ArrayWord[];
  /** How many commas part the words. */
  readonly commas: number;
  readonly closed: boolean;
  /** What stands behind the `]`, without the blanks around it. */
  readonly behind: string;
  /** In the order of the text; none where the array is valid. */
  readonly flaws: readonly Flaw[];
}

export interface ArrayWord {
  /** As written, without its quotes. */
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** For each quote that may open a string those that may end it. */
const closing: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "“": '”“"',
  "”": '”“"',
  "„": '”“"',
  "‘": "’‘'",
  "’": "’‘'",
};

/** @param text begins with `[` */
export function readAlmostArray(text: string): AlmostArray {
  const words: ArrayWord[] = [];
  const flaws: Flaw[] = [];
  let commas = 0;
  let comma: number | null = null;
  let at = 1;
  const flaw = (kind: FlawKind, start: number, end: number, edits: readonly Edit[] | null): void => {
    flaws.push({ kind, span: { start, end }, edits });
  };
  const dropComma = (place: number): void => {
    flaw("extra-comma", place, place + 1, [remove(place, place + 1)]);
  };
  for (;;) {
    while (at < text.length && isBlank(text[at]!)) at++;
    const ch = text[at];
    if (ch === undefined || ch === "]") break;
    if (ch === ",") {
      if (comma !== null || words.length === 0) dropComma(at);
      else commas++;
      comma ??= at;
      at++;
      continue;
    }
    const start = at;
    const previous = words.at(-1);
    if (previous && comma === null) {
      const end = previous.span.end;
      const together = end === start;
      const certain = !together || (previous.quoted && closing[ch] !== undefined);
      flaw("missing-comma", start, start + 1, certain ? [insert(end, together ? ", " : ",")] : null);
    }
    comma = null;
    const from = flaws.length;
    at = Object.hasOwn(closing, ch) ? readString(text, start, flaws) : readBare(text, start, flaws);
    const quoted = Object.hasOwn(closing, ch);
    const inner = quoted ? text.slice(start + 1, at - 1) : text.slice(start, at);
    words.push({ text: inner, quoted, span: { start, end: at } });
    // What is missing in front of a word is shown at the whole word.
    const before = flaws[from - 1];
    if (before?.kind === "missing-comma" && before.span.start === start)
      flaws[from - 1] = { ...before, span: { start, end: at } };
  }
  const closed = text[at] === "]";
  if (closed) {
    if (comma !== null && words.length > 0) {
      commas--;
      dropComma(comma);
    }
    at++;
  } else if (flaws.at(-1)?.kind !== "open-string") {
    const end = text.trimEnd().length;
    // Behind a comma more was meant.
    flaw("open-array", words.at(-1)?.span.start ?? 0, end, comma === null ? [insert(end, "]")] : null);
  }
  const behind = closed ? text.slice(at).trim() : "";
  if (behind !== "") {
    const start = text.indexOf(behind, at);
    const isNothing = /^[\s;,\]]+$/.test(behind) || behind.startsWith("#");
    flaw("behind", start, start + behind.length, isNothing ? [remove(at, text.length)] : null);
  }
  return { words, commas, closed, behind, flaws };
}

function readBare(text: string, start: number, flaws: Flaw[]): number {
  let at = start;
  while (at < text.length && !isBlank(text[at]!) && !",]".includes(text[at]!) && !Object.hasOwn(closing, text[at]!))
    at++;
  // `-c"x"` may be one word or two.
  const certain = at === text.length || !Object.hasOwn(closing, text[at]!);
  const word = text.slice(start, at);
  const edits = certain && !word.includes("\\") ? [replace(start, at, JSON.stringify(word))] : null;
  flaws.push({ kind: "bare", span: { start, end: at }, edits });
  return at;
}

function readString(text: string, start: number, flaws: Flaw[]): number {
  const open = text[start]!;
  const ends = closing[open]!;
  let at = start + 1;
  while (at < text.length && !ends.includes(text[at]!)) at += text[at] === "\\" ? 2 : 1;
  if (at >= text.length) {
    const first = 1 + /^\s*/.exec(text.slice(1))![0].length;
    flaws.push({ kind: "open-string", span: { start: first, end: text.trimEnd().length }, edits: null });
    return text.length;
  }
  const inner = text.slice(start + 1, at);
  at++;
  if (open === '"') {
    const bad = badEscape(inner);
    if (bad >= 0) {
      const from = start + 1 + bad;
      const edits = isPath(inner) ? [replace(start + 1, at - 1, inner.replace(/\\{1,2}/g, "\\\\"))] : null;
      flaws.push({ kind: "escape", span: { start: from, end: from + 2 }, edits });
    }
  } else {
    // A backslash means something else in each kind of quotes, but for those that only keep the quote inside.
    const plain = inner.replaceAll(`\\${open}`, open);
    const edits = plain.includes("\\") ? null : [replace(start, at, JSON.stringify(plain))];
    flaws.push({ kind: "quotes", span: { start, end: at }, edits });
  }
  return at;
}

/** Where the first backslash stands whose character is none of JSON's escapes; -1 where all are. */
function badEscape(text: string): number {
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", at + 2)) {
    const next = text[at + 1] ?? "";
    if (next === "u" ? !/^[\da-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) : !'"\\/bfnrt'.includes(next)) return at;
  }
  return -1;
}

/** Whether the backslashes of a string part the folders of a Windows path. */
function isPath(text: string): boolean {
  return /^[A-Za-z]:\\|^\\\\\w|^[\w.-]+\\[\w.\\-]+$/.test(text) && !/["']/.test(text);
}

function isBlank(ch: string): boolean {
  return ch === " " || ch === "\t" || ch === "\r" || ch === "\n" || ch === "\v" || ch === "\f";
}

function insert(at: number, newText: string): Edit {
  return replace(at, at, newText);
}

function remove(start: number, end: number): Edit {
  return replace(start, end, "");
}

function replace(start: number, end: number, newText: string): Edit {
  return { span: { start, end }, newText };
}
