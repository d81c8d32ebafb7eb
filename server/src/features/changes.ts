import { diffLines } from "diff";
import type { Edit } from "../text/edit.ts";

/** A search for a smaller difference than this many lines would take too long. */
const longestSearch = 2000;

/** Small edits that turn one text into another: lines that both have stay untouched, and so do the ends of those that differ. */
export function editsBetween(before: string, after: string): Edit[] {
  const parts = diffLines(before, after, { maxEditLength: longestSearch });
  if (!parts) return before === after ? [] : [smallest(0, before, after)];
  const edits: Edit[] = [];
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const { added, removed, value } = parts[i]!;
    const next = parts[i + 1];
    if (removed && next?.added) {
      edits.push(smallest(at, value, next.value));
      i++;
    } else if (added) edits.push(smallest(at, "", value));
    else if (removed) edits.push(smallest(at, value, ""));
    if (!added) at += value.length;
  }
  return edits;
}

/** The edit without what both texts begin and end with; never through the middle of a character or a line ending. */
function smallest(at: number, removed: string, added: string): Edit {
  const shorter = Math.min(removed.length, added.length);
  let start = 0;
  while (start < shorter && removed[start] === added[start]) start++;
  if (isInside(removed, start) || isInside(added, start)) start--;
  let common = 0;
  while (common < shorter - start && removed.at(-1 - common) === added.at(-1 - common)) common++;
  if (isInside(removed, removed.length - common) || isInside(added, added.length - common)) common--;
  return {
    span: { start: at + start, end: at + removed.length - common },
    newText: added.slice(start, added.length - common),
  };
}

function isInside(text: string, at: number): boolean {
  return /^(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|\r\n)$/.test(text.slice(at - 1, at + 1));
}
