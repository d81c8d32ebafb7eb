/**
 * What `docker buildx build --progress=plain` writes, with the places of mistakes as lines that a problem matcher and a click
 * find: BuildKit names the Dockerfile without its folder, and says what is wrong lines before or behind where it is wrong.
 */
export interface OutputReader {
  /** What is shown for a line. */
  readonly read: (line: string) => readonly string[];
  /** What is shown at the end. */
  readonly end: () => readonly string[];
}

// eslint-disable-next-line no-control-regex -- colours begin with one
const escapes = /\u001B\[[\d;]*m/g;

/** What stands in front of what is wrong. */
const prefixes =
  /^(?:(?:failed to build|failed to solve(?: with frontend [\w.]+)?|failed to create LLB definition|rpc error: code = \w+ desc =|dockerfile parse error (?:on )?line \d+):? )+/;

/** @param dockerfile its absolute path */
export function readOutput(dockerfile: string): OutputReader {
  const name = lastPart(dockerfile);
  /** A place that was named, for the error behind it. */
  let place: number | null = null;
  /** An error that was told, for the place behind it. */
  let told: { readonly message: string; readonly line: number | null } | null = null;
  /** The rule of a warning whose message comes next, and that message, whose place comes next. */
  let warning: { readonly rule: string; message: string | null } | null = null;
  /** The warnings of a build, which a file can make errors. */
  const listed: Listed[] = [];
  /** What is said last, below all that the program says. */
  const advice: string[] = [];

  const problem = (line: number, severity: "error" | "warning", message: string, rule?: string): string =>
    `${dockerfile}:${line}: ${severity}: ${message}${rule === undefined ? "" : ` [${rule}]`}`;

  const placeIn = (line: string): number | null => {
    const match = /^(.+):(\d+)$/.exec(line);
    return match && lastPart(match[1]!) === name ? Number(match[2]) : null;
  };

  const readError = (line: string, text: string): string[] => {
    const message = shorten(text);
    const broken = /lint violation found for rules?: (.+)$/.exec(text)?.[1]?.split(/,\s*/);
    if (broken) {
      const errors = listed.filter(({ rule }) => broken.includes(rule));
      return [line, ...errors.map((each) => problem(each.line, "error", each.message, each.rule))];
    }
    if (place !== null) {
      const shown = problem(place, "error", message);
      place = null;
      return [line, shown];
    }
    const number = /\bparse error (?:on )?line (\d+)/.exec(text)?.[1];
    told = { message, line: number === undefined ? null : Number(number) };
    return [line];
  };

  const flush = (): string[] => {
    const shown: string[] = [];
    if (warning !== null && warning.message !== null) shown.push(warning.message);
    if (told !== null && told.line !== null) shown.push(problem(told.line, "error", told.message));
    told = warning = null;
    return shown;
  };

  const read = (given: string): readonly string[] => {
    const line = given.replaceAll(escapes, "").trimEnd();
    if (warning?.message === null) {
      warning.message = line;
      return [];
    }
    const at = placeIn(line);
    if (at !== null) {
      if (warning !== null) {
        const { rule, message } = warning;
        warning = null;
        return [problem(at, "warning", message, rule)];
      }
      if (told !== null) {
        const { message } = told;
        told = null;
        return [problem(at, "error", message)];
      }
      place = at;
      return [`${dockerfile}:${at}`];
    }
    const before = flush();
    const begun = /^WARNING: (\w+)(?: - \S+)?$/.exec(line)?.[1];
    if (begun !== undefined) warning = { rule: begun, message: null };
    const entry = /^ - (\w+): (.*) \(line (\d+)\)$/.exec(line);
    if (entry) listed.push({ rule: entry[1]!, message: entry[2]!, line: Number(entry[3]) });
    const error = /^ERROR: (.+)$/.exec(line)?.[1];
    if (error !== undefined) return [...before, ...readError(given, error)];
    if (/^(?:ERROR: )?unknown flag: --call\b/.test(line)) advice.push(checksNeed);
    return [...before, given];
  };

  return { read, end: () => [...flush(), ...advice] };
}

interface Listed {
  readonly rule: string;
  readonly message: string;
  readonly line: number;
}

export const checksNeed = "Build checks need Docker Buildx 0.15 or newer, which comes with Docker 27.";

const lastPart = (path: string): string => path.replace(/^.*[\\/]/, "");

/** Without what every error begins with, and numbers that tell nobody anything. */
function shorten(text: string): string {
  return text.replace(prefixes, "").replace(/failed to calculate checksum of ref \S+ /, "") || text;
}
