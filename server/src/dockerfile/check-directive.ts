import type { Directive } from "./instruction.ts";

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

/** The options of a file's check directive; those that BuildKit would not understand are left out. */
export function checkOptions(directives: readonly Directive[]): CheckOptions {
  const check = directives.find(({ name }) => name === "check");
  if (!check) return noCheckOptions;
  const options = { skip: nothing as CheckNames, error: false, experimental: nothing as CheckNames };
  // The value ends at its first blank: `skip=A, B` skips A alone.
  const [value = ""] = check.value.split(" ", 1);
  for (const part of value.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const key = part.slice(0, equals).trim();
    const given = part.slice(equals + 1).trim();
    if (key === "skip" || key === "experimental") options[key] = readNames(given);
    else if (key === "error") options.error = /^(?:1|t|T|TRUE|true|True)$/.test(given);
  }
  return options;
}

function readNames(value: string): CheckNames {
  return value === "all" ? "all" : new Set(value.split(",").map((name) => name.trim()));
}

export function includes(names: CheckNames, name: string): boolean {
  return names === "all" || names.has(name);
}
