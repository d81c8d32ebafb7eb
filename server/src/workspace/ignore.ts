import dockerignore from "@balena/dockerignore";
import { cleanPath } from "../text/paths.ts";

/**
 * What a `.dockerignore` leaves out of the build context. A library knows what its patterns mean; here is what keeps its
 * answers those of BuildKit (github.com/moby/patternmatcher), and quick: where it is not sure to be both, nothing is left out.
 */
export interface IgnoreRules {
  readonly patterns: readonly IgnorePattern[];
  /** Whether the patterns leave out a path, or a folder it lies in. */
  readonly leaveOut: (path: string) => boolean;
  /** The same of a path with wildcards: whether all that it may stand for is left out. */
  readonly leaveOutAll: (path: string) => boolean;
}

interface IgnorePattern {
  /** Cleaned, without `!`. */
  readonly text: string;
  /** Whether it brings back. */
  readonly negated: boolean;
  /** How many wildcards are `*`, and how many are `**`. */
  readonly names: number;
  readonly folders: number;
}

const wildcard = /[*?[\\]/;

/**
 * Patterns that mean the same to BuildKit, to the library and to whoever wrote them. What starts with `!` once it is
 * cleaned brings back; backslashes, `^`, `|`, `{2}` and unusual classes are those of a regular expression, at times.
 */
const understood = /^(?![!/\s])(?:[^\\^|{[\]]|\{(?!\d)|\[\^?(?:[\w.](?:-\w)?)+\])+(?<!\s)$/;

const mostPatterns = 1000;
const mostCharacters = 500;

/** Reads an ignore file; `null` where BuildKit refuses one of its patterns, or one may mean something else to it. */
export function readIgnoreFile(text: string): IgnoreRules | null {
  const patterns: IgnorePattern[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split("\n")) {
    if (line.startsWith("#") || line.trim() === "") continue;
    const pattern = readPattern(line.trim());
    if (!pattern || patterns.length === mostPatterns) return null;
    patterns.push(pattern);
  }
  try {
    return {
      patterns,
      leaveOut: matcher(patterns),
      // `a*` looks like one of the names that `a?` stands for, but stands for more.
      leaveOutAll: matcher(patterns.filter(({ text }) => !/[?[]/.test(text))),
    };
  } catch {
    // A class such as `[b-a]`.
    return null;
  }
}

function readPattern(line: string): IgnorePattern | null {
  const negated = line.startsWith("!");
  const written = negated ? line.slice(1).trim() : line;
  if (written === "" || written.length > mostCharacters) return null;
  const text = cleanPath(written).replace(/^\/(?=.)/, "");
  if (!understood.test(text)) return null;
  const wildcards = text.match(/\*\*?/g) ?? [];
  const folders = wildcards.filter((each) => each === "**").length;
  return { text, negated, names: wildcards.length - folders, folders };
}

/** Asks the library; throws where it cannot read a pattern, which it does when it is first asked. */
function matcher(patterns: readonly IgnorePattern[]): (path: string) => boolean {
  const library = dockerignore({ ignorecase: false }).add(patterns.map(forLibrary));
  library.ignores(".");
  return (path) => library.ignores(path);
}

function forLibrary({ text, negated }: IgnorePattern): string {
  const pattern = text
    // To BuildKit `**.log` is what ends so, in any folder; the library takes it for `**/.log`.
    .replace(/^\*\*(?=[^*?/[][^*?[]*$)/, "**/*")
    // These are plain characters to BuildKit, and those of a regular expression to the library.
    .replace(/[+(){}]/g, "\\$&");
  return negated ? `!${pattern}` : pattern;
}

/**
 * Whether a source of COPY or ADD, cleaned, is surely left out with all that is in it. Where a later pattern may bring
 * something below it back, that depends on the files, so it is not sure.
 */
export function isLeftOut(rules: IgnoreRules, source: string): boolean {
  const { patterns } = rules;
  // The root itself is no path that a pattern leaves out, but all that is in it may be.
  if (source === "." || source === "/")
    return patterns.some(({ text }) => /^(?:\*|\*\*|\*\*\/\*)$/.test(text)) && !patterns.some(({ negated }) => negated);
  const place = source.replace(/^\//, "");
  if (patterns.some(({ text, negated }) => negated && mayMatchBelow(text, place))) return false;
  if (!isQuick(patterns, source)) return false;
  const wild = source.search(wildcard);
  if (wild < 0) return rules.leaveOut(source);
  const folder = source.slice(0, Math.max(0, source.lastIndexOf("/", wild)));
  return rules.leaveOutAll(source) || (folder !== "" && rules.leaveOut(folder));
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

/** The library tries all that each wildcard of a pattern may stand for with all that the others may. */
const mostSteps = 100_000;

function isQuick(patterns: readonly IgnorePattern[], path: string): boolean {
  const parts = path.split("/");
  const longest = Math.max(...parts.map((part) => part.length)) + 1;
  const steps = patterns.reduce((sum, { names, folders }) => sum + longest ** names * (parts.length + 1) ** folders, 0);
  return steps <= mostSteps;
}
