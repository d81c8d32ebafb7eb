import dockerignore from "@balena/dockerignore";
import { cleanPath } from "../text/paths.ts";

/**
 * What a `.dockerignore` leaves out of the build context. A library knows what the patterns mean. Here is what it is not
 * asked, since its answer would be another than BuildKit's (github.com/moby/patternmatcher), or slow.
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

/** Of patterns, of characters in one, and of wildcards in one: files have fewer, and the library is slow with more. */
const mostPatterns = 300;
const longestPattern = 100;
const mostWildcards = 4;
/** Of characters in a source, and of ways to match it. */
const longestSource = 300;
const mostWays = 100_000;

/** Reads an ignore file; `null` where BuildKit refuses one of its patterns, or one may mean something else to it. */
export function readIgnoreFile(text: string): IgnoreRules | null {
  const patterns: IgnorePattern[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split("\n")) {
    if (line.startsWith("#") || line.trim() === "") continue;
    const pattern = readPattern(line.trim());
    if (!pattern || patterns.length === mostPatterns) return null;
    patterns.push(pattern);
  }
  const leaveOut = matcher(patterns);
  // `a*` looks like one of the names that `a?` stands for, but stands for more.
  const forAll = patterns.filter((each) => !/[?[]/.test(each.text));
  const leaveOutAll = forAll.length === patterns.length ? leaveOut : matcher(forAll);
  return leaveOut && leaveOutAll && { patterns, leaveOut, leaveOutAll };
}

function readPattern(line: string): IgnorePattern | null {
  const negated = line.startsWith("!");
  const written = negated ? line.slice(1).trim() : line;
  if (written === "" || written.length > longestPattern) return null;
  const text = cleanPath(written).replace(/^\/(?=.)/, "");
  if (!understood.test(text)) return null;
  const wildcards = text.match(/\*\*?/g) ?? [];
  if (wildcards.length > mostWildcards) return null;
  const folders = wildcards.filter((each) => each === "**").length;
  return { text, negated, names: wildcards.length - folders, folders };
}

/** Asks the library; `null` where it cannot read a pattern, such as `[b-a]`, which shows when it is first asked. */
function matcher(patterns: readonly IgnorePattern[]): ((path: string) => boolean) | null {
  try {
    const library = dockerignore({ ignorecase: false }).add(patterns.map(forLibrary));
    library.ignores(".");
    return (path) => library.ignores(path);
  } catch {
    return null;
  }
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
  return wildcard.test(source) ? rules.leaveOutAll(source) : rules.leaveOut(source);
}

/** Whether a file is surely left out: nothing lies below it that could be brought back. */
export function isFileLeftOut(rules: IgnoreRules, file: string): boolean {
  return isQuick(rules.patterns, file) && rules.leaveOut(file);
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

/**
 * Whether the library has few ways to match the patterns with a source. It tries all that a wildcard may stand for with all
 * that the others may, and where there is a `**`, it does so for each folder that the source lies in.
 */
function isQuick(patterns: readonly IgnorePattern[], source: string): boolean {
  if (source.length > longestSource) return false;
  const parts = source.split("/");
  const longest = Math.max(...parts.map((part) => part.length)) + 1;
  let ways = 0;
  for (const { names, folders } of patterns) ways += longest ** names * (parts.length + 1) ** (folders && folders + 1);
  return ways <= mostWays;
}
