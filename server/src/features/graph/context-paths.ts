import { resolvePath } from "../../text/paths.ts";
import { type IgnoreRules, isFileLeftOut, isLeftOut, readIgnoreFile } from "../../workspace/ignore.ts";
import type { IgnoreFile } from "../../workspace/neighbours.ts";

/** How sure something is; the stronger the greater. */
export type Certainty = 0 | 1 | 2;
export const never = 0;
export const perhaps = 1;
export const surely = 2;

/** A place in the build context. */
export interface ContextPath {
  /** The names on the way to it, from the root; none for the root itself. */
  readonly parts: readonly string[];
  /** Whether it stands for all that is in it. */
  readonly isFolder: boolean;
}

/** Reads a path as people write it: `./src/`, `src/main.go`. */
export function readContextPath(text: string): ContextPath {
  const parts = partsOf(text);
  return { parts, isFolder: parts.length === 0 || /(?:^|\/)\.?$/.test(text) };
}

export function writtenPath({ parts, isFolder }: ContextPath): string {
  return parts.length === 0 ? "." : `${parts.join("/")}${isFolder ? "/" : ""}`;
}

/** BuildKit takes a source from the root of the context, and what leads out of it, too. */
export function partsOf(source: string): readonly string[] {
  return resolvePath("/", source).split("/").slice(1).filter(Boolean);
}

/** A source with wildcards, as COPY and ADD read it. */
export interface SourcePattern {
  readonly parts: readonly string[];
  /** Whether `*` and the like mean themselves: in mounts. */
  readonly isLiteral: boolean;
  /** Whether `**` stands for folders: with `--parents`. */
  readonly isDeep: boolean;
}

/** Names longer than this are not compared with wildcards. */
const longestName = 300;

/** Whether a source takes a path, something that it lies in, or something that lies in it. */
export function takes(source: SourcePattern, { parts, isFolder }: ContextPath): Certainty {
  const { parts: pattern, isLiteral, isDeep } = source;
  let least: Certainty = surely;
  for (const [i, name] of pattern.entries()) {
    // What lies deeper than the folder is a part of it, where it is there.
    if (i === parts.length)
      return isFolder ? lesser(least, isLiteral || pattern.slice(i).every(isPlain) ? surely : perhaps) : never;
    if (isDeep && name === "**") return perhaps;
    const matched = isLiteral ? (name === parts[i] ? surely : never) : matchName(name, parts[i]!);
    if (matched === never) return never;
    least = lesser(least, matched);
  }
  return least;
}

/** Whether one source takes all that another does. */
export function covers(outer: SourcePattern, inner: SourcePattern): boolean {
  return (
    !outer.isDeep &&
    outer.parts.length <= inner.parts.length &&
    outer.parts.every((name, i) => {
      const other = inner.parts[i]!;
      return name === other || (isPlain(other) && !outer.isLiteral && matchName(name, other) === surely);
    })
  );
}

function isPlain(name: string): boolean {
  return !/[*?[\\]/.test(name);
}

export function lesser(a: Certainty, b: Certainty): Certainty {
  return a < b ? a : b;
}

export function greater(a: Certainty, b: Certainty): Certainty {
  return a > b ? a : b;
}

/** Go's `filepath.Match` for one name; classes and escapes are not read. */
function matchName(pattern: string, name: string): Certainty {
  if (/[[\\]/.test(pattern) || name.length > longestName || pattern.length > longestName) return perhaps;
  // Where the last `*` stood and what it stands for so far: the earlier ones need not be tried again.
  let star = -1;
  let taken = 0;
  let at = 0;
  let i = 0;
  while (i < name.length) {
    if (pattern[at] === "*") {
      star = at++;
      taken = i;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++taken;
    } else return never;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length ? surely : never;
}

/** Whether a path of the build context gets to the build. */
export interface Sending {
  readonly certainty: Certainty;
  /** The ignore file that keeps it back; `null` where none does. */
  readonly keptBackBy: string | null;
}

export function sent(path: ContextPath, ignoreFile: IgnoreFile | null): Sending {
  if (!ignoreFile) return { certainty: surely, keptBackBy: null };
  const rules = readIgnoreFile(ignoreFile.text);
  // A pattern that is not understood may leave anything out.
  if (!rules) return { certainty: perhaps, keptBackBy: null };
  return leavesOut(rules, path)
    ? { certainty: never, keptBackBy: ignoreFile.name }
    : { certainty: surely, keptBackBy: null };
}

function leavesOut(rules: IgnoreRules, { parts, isFolder }: ContextPath): boolean {
  const path = parts.join("/") || ".";
  return isFolder ? isLeftOut(rules, path) : isFileLeftOut(rules, path);
}
