/**
 * Shell wildcards (`*`, `?`) on short texts. A regular expression would do, but one with several `.*` may take time that
 * grows with a power of the text's length; here it never takes longer than pattern times text.
 */

/** A pattern as its pieces between the `*`, each a list of characters, with `null` for `?`. At least one piece. */
export type Wildcard = readonly (readonly (string | null)[])[];

/** Texts are lists of characters, so that `?` takes a whole one. */
type Characters = readonly string[];

function matchesAt(piece: Wildcard[number], text: Characters, at: number): boolean {
  if (at < 0 || at + piece.length > text.length) return false;
  for (let i = 0; i < piece.length; i++) if (piece[i] !== null && piece[i] !== text[at + i]) return false;
  return true;
}

/** Where the piece first occurs from `at` on; -1 where it does not. */
function first(piece: Wildcard[number], text: Characters, at: number): number {
  for (; at + piece.length <= text.length; at++) if (matchesAt(piece, text, at)) return at;
  return -1;
}

/** Where the piece last occurs between `from` and `to`; -1 where it does not. */
function last(piece: Wildcard[number], text: Characters, from: number, to: number): number {
  for (let at = to - piece.length; at >= from; at--) if (matchesAt(piece, text, at)) return at;
  return -1;
}

/** Where the match that starts at `start` ends; -1 where there is none. */
export function matchFrom(pattern: Wildcard, text: Characters, start: number, longest: boolean): number {
  if (!matchesAt(pattern[0]!, text, start)) return -1;
  let at = start + pattern[0]!.length;
  for (let i = 1; i < pattern.length; i++) {
    const piece = pattern[i]!;
    const found = longest && i === pattern.length - 1 ? last(piece, text, at, text.length) : first(piece, text, at);
    if (found < 0) return -1;
    at = found + piece.length;
  }
  return at;
}

/** Where the match that ends with the text starts; -1 where there is none. */
export function matchToEnd(pattern: Wildcard, text: Characters, longest: boolean): number {
  const tail = pattern.at(-1)!;
  const end = text.length - tail.length;
  if (!matchesAt(tail, text, end)) return -1;
  if (pattern.length === 1) return end;
  if (longest) {
    // The first place where it can start leaves the most room for what follows.
    const start = first(pattern[0]!, text, 0);
    let at = start + pattern[0]!.length;
    for (const piece of pattern.slice(1, -1)) {
      const found = start < 0 ? -1 : first(piece, text, at);
      if (found < 0) return -1;
      at = found + piece.length;
    }
    return at <= end ? start : -1;
  }
  let at = end;
  for (const piece of pattern.slice(0, -1).toReversed()) {
    at = last(piece, text, 0, at);
    if (at < 0) return -1;
  }
  return at;
}

/** The text with the leftmost match (the longest that starts there) replaced, or all matches. */
export function replaceMatches(pattern: Wildcard, text: Characters, replacement: string, all: boolean): string {
  let result = "";
  let at = 0;
  let afterMatch = false;
  while (at <= text.length) {
    const start = first(pattern[0]!, text, at);
    const end = start < 0 ? -1 : matchFrom(pattern, text, start, true);
    if (end < 0) break;
    result += text.slice(at, start).join("");
    // As in Go, an empty match right behind another one does not count.
    if (end > start || !afterMatch || start > at) result += replacement;
    afterMatch = true;
    at = end;
    if (end === start) {
      result += text[at] ?? "";
      at++;
      afterMatch = false;
    }
    if (!all) break;
  }
  return result + text.slice(at).join("");
}
