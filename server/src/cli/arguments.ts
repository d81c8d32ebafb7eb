import { parseArgs } from "node:util";

/** The formats each command can print; the first is the default. */
export const formats = {
  check: ["text", "json"],
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
  | { readonly kind: "run"; readonly command: Command; readonly format: Format; readonly files: readonly string[] };

export const help = `Usage: dockerfile-stages COMMAND [OPTIONS] [FILES…]

Understands the stages of Dockerfiles.

Commands:
  check   Report what is wrong or doubtful
  graph   Show the stages and what each of them needs
  split   Show how a single stage becomes a builder and a runtime stage

FILES are Dockerfiles, folders to search for them, globs, or - for standard input.
Without FILES the current folder is searched.

Options:
  --format FORMAT   check, split: text (default) or json
                    graph: text (default), json, mermaid or dot
  -h, --help        Show this help
  --version         Show the version

Exit code: 0 when all is well, 1 when check found something, 2 when a file could not be read or the command line could
not be understood.
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
    const forgotten = command === "-" || exists(command);
    return misuse(
      `unknown command '${command}'`,
      forgotten ? `Did you mean: dockerfile-stages check ${command}` : helpHint,
    );
  }
  const known: readonly Format[] = formats[command];
  const format = known.find((candidate) => candidate === (values.format ?? known[0]));
  if (format === undefined) {
    return misuse(`unknown format '${values.format}' for ${command}`, `There are: ${known.join(", ")}`);
  }
  // An empty name, as of an unset variable in a script, stays in the list and is reported as a file that does not exist.
  return { kind: "run", command, format, files: files.length > 0 ? files : ["."] };
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
