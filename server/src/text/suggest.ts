/** So many edits away a name is no longer taken for a typing mistake; the limit of BuildKit's "did you mean". */
const tooFar = 3;

/**
 * The name that was probably meant: the one that the fewest insertions, deletions and replacements of characters turn
 * `text` into, the first of several; `null` where more than two are needed for each.
 */
export function closestName(text: string, names: Iterable<string>): string | null {
  const characters = Array.from(text);
  let closest: string | null = null;
  let least = tooFar;
  for (const name of names) {
    if (Math.abs(name.length - text.length) >= 2 * tooFar) continue;
    const distance = distanceBelow(characters, Array.from(name), least);
    if (distance >= least) continue;
    closest = name;
    least = distance;
    if (least <= 1) break;
  }
  return closest;
}

/** So many names are compared for one file; nobody typed one that needs more. */
const mostComparisons = 1_000_000;

/** Like {@link closestName} for all that is misspelt in one file; `null`, too, once very many names were compared. */
export function nameSuggester(): (text: string, names: readonly string[]) => string | null {
  let compared = 0;
  return (text, names) => {
    compared += names.length;
    return compared > mostComparisons ? null : closestName(text, names);
  };
}

/** The Levenshtein distance of two texts; some number of at least `limit` where it is not below that. */
function distanceBelow(a: readonly string[], b: readonly string[], limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let above = b.map((_, i) => i + 1);
  for (let row = 0; row < a.length; row++) {
    const current: number[] = [];
    let left = row + 1;
    let diagonal = row;
    let best = left;
    for (let column = 0; column < b.length; column++) {
      const up = above[column]!;
      left = Math.min(left + 1, up + 1, diagonal + (a[row] === b[column] ? 0 : 1));
      diagonal = up;
      current.push(left);
      if (left < best) best = left;
    }
    if (best >= limit) return limit;
    above = current;
  }
  return above.at(-1) ?? a.length;
}
