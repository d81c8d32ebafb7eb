import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";

/** A search for a smaller difference than this many lines would take too long. */
const longestSearch = 2000;

/**
 * A change as a unified diff, for `git apply`, for `patch -p1` and for people.
 *
 * @param file with `/` between its names
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  const [old, now] = [`a/${file}`, `b/${file}`];
  const found = structuredPatch(old, now, before, after, undefined, undefined, {
    context: 3,
    maxEditLength: longestSearch,
  });
  const patch = formatPatch(found ?? replacement(old, now, before, after), FILE_HEADERS_ONLY);
  // A name ends at the first space unless a tab tells where.
  return file.includes(" ") ? patch.replace(/^(--- [^\n]*)\n([^\n]*)/, "$1\t\n$2\t") : patch;
}

/** The patch that removes all lines and adds all new ones. */
function replacement(
  oldFile: string,
  newFile: string,
  before: string,
  after: string,
): ReturnType<typeof structuredPatch> {
  const removed = structuredPatch(oldFile, newFile, before, "");
  const added = structuredPatch(oldFile, newFile, "", after);
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
