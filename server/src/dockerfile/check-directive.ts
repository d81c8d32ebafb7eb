import type { Span } from "../text/range.ts";
import { parseDirective } from "./directives.ts";
import type { Dockerfile, Instruction } from "./instruction.ts";

/** What `# check=skip=A,B;error=true;experimental=C` says about BuildKit's checks. */
export interface CheckOptions {
  readonly skip: CheckNames;
  /** `error=true`: a check that finds something stops the build. */
  readonly error: boolean;
  /** The experimental checks that are switched on. */
  readonly experimental: CheckNames;
}

/** Names of checks as written, or all of them. */
export type CheckNames = ReadonlySet<string> | "all";

const nothing: ReadonlySet<string> = new Set();

export const noCheckOptions: CheckOptions = { skip: nothing, error: false, experimental: nothing };

/** A check directive: its options, or why BuildKit stops at it. */
export interface CheckDirective {
  readonly span: Span;
  readonly options: CheckOptions;
  /** In BuildKit's words; `null` where it understands the options. */
  readonly problem: string | null;
}

/**
 * The check directive of a file. BuildKit looks for it by other rules than for `escape`: a line `#!…` may come first, and a
 * directive that is indented ends the search.
 */
export function checkDirective(text: string): CheckDirective | null {
  const seen = new Set<string>();
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (text.startsWith("#!", start)) start = nextLine(text, start);
  for (; text[start] === "#"; start = nextLine(text, start)) {
    const directive = parseDirective(lineAt(text, start), start);
    if (!directive || seen.has(directive.name)) return null;
    seen.add(directive.name);
    if (directive.name === "check") return { span: directive.valueSpan, ...readOptions(directive.value) };
  }
  return null;
}

/** The options of a file's check directive. */
export function checkOptions(text: string): CheckOptions {
  return checkDirective(text)?.options ?? noCheckOptions;
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end);
}

/** Reads options as BuildKit does: up to the first blank, and three at most. */
function readOptions(value: string): Omit<CheckDirective, "span"> {
  const refused = (problem: string) => ({ options: noCheckOptions, problem });
  const options = { skip: nothing as CheckNames, error: false, experimental: nothing as CheckNames };
  const [first = ""] = value.split(" ", 1);
  if (first.trim() === "") return { options, problem: null };
  const [one = "", two, ...rest] = first.trim().split(";");
  for (const part of [one, two, rest.length > 0 ? rest.join(";") : undefined]) {
    if (part === undefined) continue;
    const equals = part.indexOf("=");
    if (equals < 0) return refused(`invalid check option ${JSON.stringify(part)}`);
    const key = part.slice(0, equals).trim();
    const setting = part.slice(equals + 1).trim();
    if (key === "skip" || key === "experimental") {
      // Whoever has said `all` does not take it back.
      if (options[key] !== "all") options[key] = readNames(setting);
    } else if (key !== "error") return refused(`invalid check option ${JSON.stringify(key)}`);
    else if (/^(?:[1tT]|TRUE|true|True)$/.test(setting)) options.error = true;
    else if (/^(?:[0fF]|FALSE|false|False)$/.test(setting)) options.error = false;
    else {
      const reason = `strconv.ParseBool: parsing ${JSON.stringify(setting)}: invalid syntax`;
      return refused(`failed to parse check option ${JSON.stringify(part)}: ${reason}`);
    }
  }
  return { options, problem: null };
}

function readNames(value: string): CheckNames {
  return value === "all" ? "all" : new Set(value.split(",").map((name) => name.trim()));
}

export function includes(names: CheckNames, name: string): boolean {
  return names === "all" || names.has(name);
}

/**
 * What comments right above an instruction, `# check=skip=A`, say about that instruction alone. Newer versions of BuildKit
 * read them: the first of those above an instruction counts, a line with `#` alone parts them from it.
 */
export function skippedChecks({ text, lines, comments, instructions }: Dockerfile): Map<Instruction, CheckNames> {
  const found = new Map<Instruction, CheckNames>();
  if (!/#\s*check\s*=/i.test(text)) return found;
  let next = 0;
  for (const instruction of instructions) {
    let skip: CheckNames | null = null;
    for (; next < comments.length && comments[next]!.start < instruction.span.start; next++) {
      const { start, end } = comments[next]!;
      // BuildKit takes an indented line for a comment without options.
      if (start !== lines.startOf(lines.lineAt(start))) continue;
      const comment = text.slice(start, end);
      if (comment.slice(1).trim() === "") skip = null;
      const directive = parseDirective(comment, start);
      if (directive?.name === "check") skip ??= readOptions(directive.value).options.skip;
    }
    if (skip !== null) found.set(instruction, skip);
  }
  return found;
}
