import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";

/** A search for a smaller difference than this many lines would take too long. */
const longestSearch = 2000;

/** A change as a unified diff, for `patch` and for people. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const found = structuredPatch(file, file, before, after, undefined, undefined, {
    context: 3,
    maxEditLength: longestSearch,
  });
  return formatPatch(found ?? replacement(file, before, after), FILE_HEADERS_ONLY);
}

/** The patch that removes all lines and adds all new ones. */
function replacement(file: string, before: string, after: string): ReturnType<typeof structuredPatch> {
  const removed = structuredPatch(file, file, before, "");
  const added = structuredPatch(file, file, "", after);
  const old = removed.hunks[0];
  const now = added.hunks[0];
  const hunk = {
    oldStart: old?.oldStart ?? 0,
    oldLines: old?.oldLines ?? 0,
    newStart: now?.newStart ?? 0,
    newLines: now?.newLines ?? 0,
    lines: [...(old?.lines ?? []), ...(now?.lines ?? [])],
  };
  return { ...removed, hunks: [hunk] };
}
