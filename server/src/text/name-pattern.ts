import { resolvePath } from "./paths.ts";

/**
 * What the names in sources of COPY and ADD stand for. BuildKit asks Go's `filepath.Match`: `*` stands for any characters of a
 * name, `?` for one, `[a-z]` and `[^a-z]` for one of a class, and a backslash takes the meaning off what follows. Nothing
 * stands for several folders. To Go, a class such as `[^a]` may also stand for the slash between two names; here it does not.
 */
export interface NamePattern {
  /** As written. */
  readonly text: string;
  /** Whether it stands for the name `text` alone. */
  readonly isPlain: boolean;
  /** `null` where Go cannot read it: then it stands for nothing, and the build fails. */
  readonly pieces: readonly Piece[] | null;
}

type Piece =
  | { readonly kind: "any" }
  | { readonly kind: "one" }
  | { readonly kind: "character"; readonly character: string }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] };

/**
 * The names of a source from the root of what it is taken from. In front of the first one with a wildcard they stand for
 * themselves, backslashes and all: BuildKit asks for the others alone.
 */
export function readSource(source: string): readonly NamePattern[] {
  const names = namesOf(source);
  const first = names.findIndex(hasWildcard);
  return names.map((name, i) => (first < 0 || i < first ? plainName(name) : readName(name)));
}

/** The names of a path in which nothing has a meaning of its own. */
export function readPath(path: string): readonly NamePattern[] {
  return namesOf(path).map(plainName);
}

/** The names on the way to a path from the root; what leads out of that stays in it. */
export function namesOf(path: string): readonly string[] {
  return resolvePath("/", path).split("/").slice(1).filter(Boolean);
}

function hasWildcard(name: string): boolean {
  return /^(?:\\.|[^\\])*?[*?[]/s.test(name);
}

function plainName(text: string): NamePattern {
  return { text, isPlain: true, pieces: [] };
}

/** Reads a pattern for one name. */
export function readName(text: string): NamePattern {
  return /[*?[\\]/.test(text) ? { text, isPlain: false, pieces: readPieces([...text]) } : plainName(text);
}

function readPieces(characters: readonly string[]): readonly Piece[] | null {
  const pieces: Piece[] = [];
  let at = 0;
  /** A character that has no meaning of its own; `null` where there is none. */
  const literal = (): string | null => {
    if (characters[at] === "\\") at++;
    return characters[at++] ?? null;
  };
  /** One end of a range in a class. */
  const end = (): number | null =>
    characters[at] === "-" || characters[at] === "]" ? null : (literal()?.codePointAt(0) ?? null);
  while (at < characters.length) {
    const character = characters[at]!;
    if (character === "*") {
      at++;
      if (pieces.at(-1)?.kind !== "any") pieces.push({ kind: "any" });
    } else if (character === "?") {
      at++;
      pieces.push({ kind: "one" });
    } else if (character === "[") {
      const negated = characters[++at] === "^";
      if (negated) at++;
      const ranges: [number, number][] = [];
      while (characters[at] !== "]" || ranges.length === 0) {
        const low = end();
        if (low === null) return null;
        let high: number | null = low;
        if (characters[at] === "-") {
          at++;
          high = end();
          if (high === null) return null;
        }
        ranges.push([low, high]);
      }
      at++;
      pieces.push({ kind: "class", negated, ranges });
    } else {
      const plain = literal();
      if (plain === null) return null;
      pieces.push({ kind: "character", character: plain });
    }
  }
  return pieces;
}

/** In bytes; no file system has longer names. */
const longestName = 255;

/** Whether a pattern stands for a name. Takes no longer than pattern times name. */
export function matchesName({ text, isPlain, pieces }: NamePattern, name: string): boolean {
  if (isPlain) return text === name;
  if (pieces === null || name.length > longestName) return false;
  const characters = [...name];
  // Where the last `*` stands and what it stands for so far: those in front of it need not be tried again.
  let star = -1;
  let taken = 0;
  let at = 0;
  let i = 0;
  while (i < characters.length) {
    const piece = pieces[at];
    if (piece?.kind === "any") {
      star = at++;
      taken = i;
    } else if (piece && isOne(piece, characters[i]!)) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++taken;
    } else return false;
  }
  return at === pieces.length || (at === pieces.length - 1 && pieces[at]!.kind === "any");
}

function isOne(piece: Exclude<Piece, { readonly kind: "any" }>, character: string): boolean {
  switch (piece.kind) {
    case "one":
      return true;
    case "character":
      return piece.character === character;
    case "class": {
      const code = character.codePointAt(0)!;
      return piece.ranges.some(([low, high]) => low <= code && code <= high) !== piece.negated;
    }
  }
}
