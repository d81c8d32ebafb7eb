import { parseArgs } from "node:util";
import type { Severity } from "../service.ts";
import { closestName } from "../text/suggest.ts";

/** The formats each command can print; the first is the default. */
export const formats = {
  check: ["text", "json", "sarif", "github"],
  graph: ["text", "json", "mermaid", "dot"],
  split: ["text", "json"],
} as const;

export type Command = keyof typeof formats;
export type Format = (typeof formats)[Command][number];

/** What a command line asks for. */
export type Wish =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  /** It cannot be understood: one line that says why, and one that helps on. */
  | { readonly kind: "misuse"; readonly reason: string; readonly hint: string }
  | Run;

export interface Run {
  readonly kind: "run";
  readonly command: Command;
  readonly format: Format;
  readonly files: readonly string[];
  readonly check: CheckWishes;
  readonly graph: GraphWishes;
  readonly split: SplitWishes;
}

/** What `check` is told besides the files. */
export interface CheckWishes {
  /** Whether safe fixes are written into the files. */
  readonly fix: boolean;
  /** Findings below it are left out. */
  readonly least: Severity;
  /** Severities by rule. */
  readonly severities: Readonly<Record<string, Severity | "off">>;
}

/** What `graph` is told besides the files. */
export interface GraphWishes {
  /** The stage that is built; `null` for the last one. */
  readonly target: string | null;
}

/** What `split` is told besides the files. */
export interface SplitWishes {
  /** The image of the runtime stage; `null` for the default. */
  readonly base: string | null;
  /** Whether the files are changed. */
  readonly write: boolean;
  /** Whether nothing but the changes is printed. */
  readonly diff: boolean;
  /** Whether tests move to a stage of their own. */
  readonly tests: boolean;
  /** Whether the container runs as a user without privileges. */
  readonly user: boolean;
}

/** The options that one command has. */
const options = {
  check: ["fix", "severity", "rule"],
  graph: ["target"],
  split: ["base", "write", "diff", "test-stage", "non-root"],
} as const satisfies Record<Command, readonly string[]>;

/** The most serious first. */
export const severities: readonly Severity[] = ["error", "warning", "information", "hint"];

export const help = `Usage: dockerfile-stages COMMAND [OPTIONS] [FILES…]

Understands the stages of Dockerfiles.

Commands:
  check   Report what is wrong or doubtful
  graph   Show the stages and what each of them needs
  split   Split a stage into a builder and a runtime stage

FILES are Dockerfiles, folders to search for them, globs, or - for standard input.
Without FILES the current folder is searched.

Options:
  --format FORMAT       check: text (default), json, sarif or github
                        graph: text (default), json, mermaid or dot
                        split: text (default) or json
  --fix                 check: write all safe fixes into the files first
  --severity SEVERITY   check: leave out what matters less than error, warning,
                        information or hint (default)
  --rule RULE=SEVERITY  check: give a rule another severity, or off; repeatable
  --target STAGE        graph: the stage that is built, by its name or index; the
                        default is the last one
  --base IMAGE          split: the image that the runtime stage starts from, one
                        of those that split shows
  --test-stage          split: move tests to a stage that is built on request
  --non-root            split: run as the user without privileges that the base
                        has, where it has one
  --write               split: change the files
  --diff                split: print nothing but a diff
  -h, --help            Show this help
  --version             Show the version

Exit code: 0 when all is well, 1 when check found something that is left, 2 when
a file could not be read or written, has no such stage or cannot be split with
such a base, or the command line could not be understood.
`;

const helpHint = "Try: dockerfile-stages --help";

/** @param exists whether a file of this name exists, for the hint to someone who left out the command */
export function readArguments(args: readonly string[], exists: (file: string) => boolean): Wish {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: "string" },
        fix: { type: "boolean" },
        severity: { type: "string" },
        rule: { type: "string", multiple: true },
        target: { type: "string" },
        base: { type: "string" },
        write: { type: "boolean" },
        diff: { type: "boolean" },
        "test-stage": { type: "boolean" },
        "non-root": { type: "boolean" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    return misuse(parseProblem(error), helpHint);
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const [command, ...files] = positionals;
  if (command === undefined) return misuse("no command given", helpHint);
  if (!isCommand(command)) {
    const meant = command === "-" || exists(command) ? `check ${command}` : closestName(command, Object.keys(formats));
    return misuse(
      `unknown command '${command}'`,
      meant === null ? helpHint : `Did you mean: dockerfile-stages ${meant}`,
    );
  }
  const known: readonly Format[] = formats[command];
  const format = known.find((candidate) => candidate === (values.format ?? known[0]));
  if (format === undefined) {
    return misuse(`unknown format '${values.format}' for ${command}`, `There are: ${known.join(", ")}`);
  }
  for (const [owner, names] of Object.entries(options)) {
    const foreign = owner === command ? undefined : names.find((name) => values[name] !== undefined);
    if (foreign !== undefined) return misuse(`--${foreign} is for ${owner}, not for ${command}`, helpHint);
  }
  const least = severities.find((candidate) => candidate === (values.severity ?? "hint"));
  if (least === undefined) {
    return misuse(`unknown severity '${values.severity}'`, `There are: ${severities.join(", ")}`);
  }
  const chosen: Record<string, Severity | "off"> = {};
  for (const wish of values.rule ?? []) {
    const [rule, value] = wish.split("=", 2);
    const severity = [...severities, "off" as const].find((candidate) => candidate === value);
    if (rule === undefined || rule === "" || severity === undefined) {
      return misuse(
        `cannot understand --rule '${wish}'`,
        `It takes the form RULE=SEVERITY, where the severity is ${severities.join(", ")} or off`,
      );
    }
    chosen[rule] = severity;
  }
  const fix = values.fix === true;
  if (fix && files.includes("-")) {
    return misuse("standard input cannot be fixed", "Name a file, or check it without --fix");
  }
  const check: CheckWishes = { fix, least, severities: chosen };
  const split: SplitWishes = {
    base: values.base ?? null,
    write: values.write === true,
    diff: values.diff === true,
    tests: values["test-stage"] === true,
    user: values["non-root"] === true,
  };
  const graph: GraphWishes = { target: values.target ?? null };
  if (graph.target === "") return misuse("--target names no stage", "Leave it out for the last one");
  if (split.base === "") return misuse("--base names no image", "Leave it out for the default");
  if (split.write && split.diff) return misuse("--write and --diff do not go together", "--diff changes no file");
  if (split.diff && format !== "text") return misuse(`--diff does not go together with --format ${format}`, helpHint);
  if (split.write && files.includes("-")) {
    return misuse("standard input cannot be changed", "Name a file, or split it without --write");
  }
  // An empty name, as of an unset variable in a script, stays in the list and is reported as a file that does not exist.
  return { kind: "run", command, format, check, graph, split, files: files.length > 0 ? files : ["."] };
}

function isCommand(text: string): text is Command {
  return Object.hasOwn(formats, text);
}

function misuse(reason: string, hint: string): Wish {
  return { kind: "misuse", reason, hint };
}

/** Node's message without its advice: `unknown option '--colour'`. */
function parseProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const first = message.split(/\.(?:\s|$)/, 1)[0]!;
  return first.charAt(0).toLowerCase() + first.slice(1);
}
