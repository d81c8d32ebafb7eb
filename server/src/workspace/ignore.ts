/**
 * What a `.dockerignore` leaves out of the build context, as BuildKit reads it (github.com/moby/patternmatcher): each line
 * is a pattern for a path from the context's root, `*` and `?` stay within one folder, `**` does not, `!` brings back, and
 * what matches a folder matches all in it.
 */
export interface IgnoreRules {
  readonly patterns: readonly IgnorePattern[];
}

interface IgnorePattern {
  /** Cleaned, without `!`. */
  readonly text: string;
  /** Whether it brings back. */
  readonly negated: boolean;
  /** Whether it matches a path or a folder the path lies in. */
  readonly matches: (path: string) => boolean;
}

const wildcard = /[*?[\\]/;

/** Reads an ignore file; `null` where BuildKit refuses one of its patterns. */
export function readIgnoreFile(text: string): IgnoreRules | null {
  const patterns: IgnorePattern[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split("\n")) {
    if (line.startsWith("#") || line.trim() === "") continue;
    const trimmed = line.trim();
    const negated = trimmed.startsWith("!");
    const written = negated ? trimmed.slice(1).trim() : trimmed;
    if (written === "") return null;
    const cleaned = cleanPath(written);
    const path = cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
    const matches = compile(path);
    if (!matches) return null;
    patterns.push({ text: path, negated, matches });
  }
  return { patterns };
}

/** `a//b/./c/..` → `a/b`, as Go's path.Clean. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  return (isAbsolute ? "/" : "") + parts.join("/") || ".";
}

/**
 * Whether a source of COPY or ADD, cleaned, is surely left out with all that is in it. Where a later pattern may bring
 * something below it back, that depends on the files, so it is not sure.
 */
export function isLeftOut({ patterns }: IgnoreRules, source: string): boolean {
  const isRoot = source === "." || source === "/";
  // The root itself is no path that a pattern leaves out, but all that is in it may be.
  if (isRoot && !patterns.some(({ text, negated }) => !negated && /^(?:\*|\*\*|\*\*\/\*)$/.test(text))) return false;
  const place = source === "." ? "" : source.replace(/^\//, "");
  if (patterns.some(({ text, negated }) => negated && mayMatchBelow(text, place))) return false;
  // `a*` looks like one of the names that `a?` stands for, but stands for more.
  const wild = source.search(wildcard);
  const plain = wild < 0 ? source : source.slice(0, Math.max(0, source.lastIndexOf("/", wild)));
  let leftOut = false;
  for (const { text, negated, matches } of patterns) {
    if (negated === leftOut && matches(/[?[]/.test(text) ? plain : source)) leftOut = !negated;
  }
  return leftOut;
}

/** Whether a pattern can match `place` or something in it; of wildcards only what stands in front of them is looked at. */
function mayMatchBelow(pattern: string, place: string): boolean {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => wildcard.test(part));
  const fixed = wild < 0 ? pattern : parts.slice(0, wild).join("/");
  return isAtOrBelow(fixed, place) || (wild >= 0 && isAtOrBelow(place, fixed));
}

function isAtOrBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** A piece of a pattern: one character, one of a class, or a wildcard. */
type Piece =
  | { readonly kind: "character"; readonly character: string }
  | { readonly kind: "class"; readonly test: RegExp }
  /** `?` */
  | { readonly kind: "any" }
  /** `*` */
  | { readonly kind: "name" }
  /** `**` with something behind it: nothing, or folders. */
  | { readonly kind: "folders" }
  /** `**` at the end. */
  | { readonly kind: "rest" };

/** A matcher for a pattern; `null` where it is none. */
function compile(pattern: string): ((path: string) => boolean) | null {
  const pieces = readPieces(pattern);
  if (!pieces) return null;
  // These do not go by whole names: `**.log` also matches `debug.log`, which the general way would not.
  if (/^\*\*[^*?[\]\\]*$/.test(pattern)) {
    const end = pattern.slice(2);
    const isEnd = (path: string, at: number): boolean =>
      at >= end.length
        ? path.startsWith(end, at - end.length)
        : at === end.length - 1 && end.startsWith("/") && path.startsWith(end.slice(1));
    return (path) => {
      for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) if (isEnd(path, at)) return true;
      return isEnd(path, path.length);
    };
  }
  if (!wildcard.test(pattern)) return (path) => path === pattern || path.startsWith(`${pattern}/`);
  return (path) => path !== "" && matchPieces(pieces, Array.from(path));
}

const nothing = /[^\s\S]/;

function readPieces(pattern: string): Piece[] | null {
  const characters = Array.from(pattern);
  const pieces: Piece[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === "*" && characters[at + 1] === "*") {
      at += characters[at + 2] === "/" ? 2 : 1;
      pieces.push({ kind: at + 1 < characters.length ? "folders" : "rest" });
    } else if (character === "*") pieces.push({ kind: "name" });
    else if (character === "?") pieces.push({ kind: "any" });
    else if (character === "\\") {
      const next = characters[++at];
      if (next === undefined) return null;
      // In front of a letter the backslash is the one of a regular expression to BuildKit; nobody means that.
      pieces.push(/\w/.test(next) ? { kind: "class", test: nothing } : { kind: "character", character: next });
    } else if (character === "[") {
      const end = characters.indexOf("]", at + 2);
      const test = end < 0 ? null : readClass(characters.slice(at + 1, end).join(""));
      if (!test) return null;
      pieces.push({ kind: "class", test });
      at = end;
    } else pieces.push({ kind: "character", character });
  }
  return pieces;
}

/** What stands between `[` and `]`; `null` for what is not plain characters and ranges. */
function readClass(text: string): RegExp | null {
  if (!/^\^?[^\\*?[\]^]+$/.test(text)) return null;
  try {
    return new RegExp(`^[${text.replaceAll("/", "\\/")}]$`, "u");
  } catch {
    return null;
  }
}

/**
 * Whether the pieces match the path or a folder it lies in. Follows all ways through the pattern at once, so that it never
 * takes longer than pattern times path.
 */
function matchPieces(pieces: readonly Piece[], path: readonly string[]): boolean {
  /** Before a piece; or, counted from `inside` on, within the folders that a piece stands for. */
  let reached = new Set<number>();
  const inside = pieces.length + 1;
  const reach = (into: Set<number>, piece: number): void => {
    for (let at = piece; !into.has(at); at++) {
      into.add(at);
      const kind = pieces[at]?.kind;
      if (kind !== "name" && kind !== "folders" && kind !== "rest") return;
    }
  };
  reach(reached, 0);
  for (const character of path) {
    if (character === "/" && reached.has(pieces.length)) return true;
    const next = new Set<number>();
    for (const state of reached) {
      const at = state < inside ? state : state - inside;
      const piece = pieces[at];
      switch (piece?.kind) {
        case "character":
          if (piece.character === character) reach(next, at + 1);
          break;
        case "class":
          if (piece.test.test(character)) reach(next, at + 1);
          break;
        case "any":
          if (character !== "/") reach(next, at + 1);
          break;
        case "name":
          if (character !== "/") reach(next, at);
          break;
        case "folders":
          next.add(inside + at);
          if (character === "/") reach(next, at + 1);
          break;
        case "rest":
          reach(next, at);
          break;
        default:
      }
    }
    reached = next;
    if (reached.size === 0) return false;
  }
  return reached.has(pieces.length);
}
