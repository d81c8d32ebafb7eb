import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/root.ts";

/** Problem matchers of package.json, applied to lines as the editor does. */

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly severity: string;
  readonly message: string;
  readonly code?: string;
}

interface Pattern {
  readonly regexp: string;
  readonly file?: number;
  readonly line?: number;
  readonly severity?: number;
  readonly message?: number;
  readonly code?: number;
}

interface Matcher {
  readonly name: string;
  readonly pattern: Pattern | readonly Pattern[];
}

const properties = ["file", "line", "severity", "message", "code"] as const;

/** What a matcher finds. One with several patterns wants them in lines that follow each other; each line is used once. */
export function problemsIn(name: string, lines: readonly string[]): Problem[] {
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    readonly contributes: { readonly problemMatchers: readonly Matcher[] };
  };
  const pattern = manifest.contributes.problemMatchers.find((each) => each.name === name)?.pattern;
  if (pattern === undefined) throw new Error(`package.json has no problem matcher ${name}`);
  const patterns = Array.isArray(pattern) ? (pattern as readonly Pattern[]) : [pattern as Pattern];
  const found: Problem[] = [];
  for (let at = 0; at + patterns.length <= lines.length; at++) {
    const problem = matchAt(patterns, lines.slice(at, at + patterns.length));
    if (!problem) continue;
    found.push(problem);
    at += patterns.length - 1;
  }
  return found;
}

function matchAt(patterns: readonly Pattern[], lines: readonly string[]): Problem | null {
  const data: Partial<Record<(typeof properties)[number], string>> = {};
  for (const [i, pattern] of patterns.entries()) {
    const match = new RegExp(pattern.regexp).exec(lines[i]!);
    if (!match) return null;
    for (const property of properties) {
      const value = match[pattern[property] ?? -1];
      if (value !== undefined) data[property] ??= property === "line" ? value : value.trim();
    }
  }
  const { file, line, message, severity = "", code } = data;
  if (!file || line === undefined || !message) return null;
  return { file, line: Number(line), severity: severity.toLowerCase(), message, ...(code !== undefined && { code }) };
}
