import { matchesName, type NamePattern, namesOf } from "../../text/name-pattern.ts";
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
  const parts = namesOf(text);
  return { parts, isFolder: parts.length === 0 || /(?:^|\/)\.?$/.test(text) };
}

export function writtenPath({ parts, isFolder }: ContextPath): string {
  return parts.length === 0 ? "." : `${parts.join("/")}${isFolder ? "/" : ""}`;
}

/** A source of COPY or ADD, or what a mount shows. */
export interface SourcePattern {
  readonly parts: readonly NamePattern[];
  /** Whether `**` stands for folders: with `--parents`. */
  readonly isDeep: boolean;
}

/** Whether a source takes a path, something that it lies in, or something that lies in it. */
export function takes({ parts: pattern, isDeep }: SourcePattern, { parts, isFolder }: ContextPath): Certainty {
  for (const [i, name] of pattern.entries()) {
    // What lies deeper than the folder is a part of it, where it is there.
    if (i === parts.length)
      return !isFolder ? never : pattern.slice(i).every(({ isPlain }) => isPlain) ? surely : perhaps;
    if (isDeep && name.text === "**") return perhaps;
    if (!matchesName(name, parts[i]!)) return never;
  }
  return surely;
}

/** Whether one source takes all that another does. */
export function covers(outer: SourcePattern, inner: SourcePattern): boolean {
  return (
    !outer.isDeep &&
    outer.parts.length <= inner.parts.length &&
    outer.parts.every((name, i) => {
      const other = inner.parts[i]!;
      return other.isPlain ? matchesName(name, other.text) : !name.isPlain && name.text === other.text;
    })
  );
}

export function lesser(a: Certainty, b: Certainty): Certainty {
  return a < b ? a : b;
}

export function greater(a: Certainty, b: Certainty): Certainty {
  return a > b ? a : b;
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
