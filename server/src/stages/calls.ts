import type { Instruction } from "../dockerfile/instruction.ts";
import type { ShellCommand, ShellScript, ShellWord } from "../dockerfile/shell.ts";
import { expand } from "../dockerfile/words.ts";
import { unwrapCommand, wrapperAssignments } from "../dockerfile/wrappers.ts";
import { lastPart, longestPath, resolvePath } from "../text/paths.ts";
import type { Span } from "../text/range.ts";
import type { Analysis } from "./analysis.ts";

/** A command of a RUN with what it sees. */
export interface Call {
  readonly command: ShellCommand;
  /** The program without its folder: `npm`. Wrappers such as `env`, `time` and `exec` are left out. */
  readonly name: string;
  /** The program as written: `./node_modules/.bin/tsc`. */
  readonly program: string;
  /** The words behind the program, quotes removed. */
  readonly args: readonly string[];
  readonly words: readonly ShellWord[];
  /** The directory it runs in; `null` where it cannot be told. */
  readonly cwd: string | null;
  /** The value of a variable as the command sees it; `undefined` where the file does not set it. */
  readonly env: (name: string) => string | undefined;
  /** A path as the command sees it, absolute; `null` where it depends on what the file does not say. */
  readonly path: (word: string) => string | null;
}

/** What holds where a RUN stands. */
export interface RunPlace {
  /** The working directory; `null` where it cannot be told. */
  readonly cwd: string | null;
  /** As USER names it; `null` for the image's own. */
  readonly user: string | null;
  /** Variables of ENV and ARG. */
  readonly env: (name: string) => string | undefined;
}

const nowhere: Span = { start: 0, end: 0 };

function pseudoCommand(words: readonly ShellWord[]): ShellCommand {
  return {
    name: words[0]?.value ?? "",
    words,
    assignments: [],
    redirects: [],
    span: words[0]?.span ?? nowhere,
    separator: "",
    depth: 0,
  };
}

/** Where a user's home is by convention; images may say otherwise for all but root. */
function homeOf(user: string | null): string | null {
  if (user === null || /^(?:root|0)(?::|$)/.test(user)) return "/root";
  const name = /^[a-z_][\w-]*/.exec(user)?.[0];
  return name === undefined ? null : `/home/${name}`;
}

/** A path as a shell word in `cwd` means it; `null` where variables are not known or a command makes it. */
function resolveWord(
  word: string,
  cwd: string | null,
  home: string | null,
  expandWord: (word: string) => string | null,
): string | null {
  if (/\$\(|`/.test(word)) return null;
  const value = expandWord(word);
  if (value === null || value === "") return null;
  if (value === "~" || value.startsWith("~/")) return home === null ? null : resolvePath(home, value.slice(2));
  if (value.startsWith("/")) return resolvePath("/", value);
  return cwd === null || cwd.length > longestPath ? null : resolvePath(cwd, value);
}

/** What a script assigns, by name and place. */
class ShellVariables {
  readonly #values = new Map<string, { readonly at: number; readonly value: string }[]>();

  set(name: string, at: number, value: string): void {
    const known = this.#values.get(name);
    if (known) known.push({ at, value });
    else this.#values.set(name, [{ at, value }]);
  }

  /** The value that the command at an index sees. */
  at(name: string, index: number): string | undefined {
    const known = this.#values.get(name);
    if (!known) return undefined;
    let low = 0;
    let high = known.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (known[middle]!.at < index) low = middle + 1;
      else high = middle;
    }
    return known[low - 1]?.value;
  }
}

/** The commands of a script, each group that writes to a file behind those inside of it. */
function commandsOf({ commands, groups }: ShellScript): readonly ShellCommand[] {
  if (groups.length === 0) return commands;
  const all: ShellCommand[] = [];
  let at = 0;
  for (const { command, after } of groups) {
    all.push(...commands.slice(at, after), command);
    at = after;
  }
  return [...all, ...commands.slice(at)];
}

/** The commands of a RUN, in order, with what each of them sees. */
export function readCalls(analysis: Analysis, instruction: Instruction, { cwd: start, user, env }: RunPlace): Call[] {
  const { escape } = analysis.dockerfile;
  const commands = instruction.json
    ? [pseudoCommand(instruction.args.map(({ text, span }) => ({ text, value: text, span })))]
    : commandsOf(analysis.script(instruction));
  const calls: Call[] = [];
  // The working directory per depth: what `( )` changes ends with it.
  const directories: (string | null)[] = [start];
  const variables = new ShellVariables();
  commands.forEach((command, index) => {
    const { depth } = command;
    if (directories.length > depth + 1) directories.length = depth + 1;
    while (directories.length <= depth) directories.push(directories.at(-1) ?? null);
    const cwd = directories[depth]!;
    const words = unwrapCommand(command.words);
    const own = new Map<string, string>([
      ...command.assignments.map(({ name, value }): [string, string] => [name, value]),
      ...wrapperAssignments(command.words),
    ]);
    const seen = (name: string): string | undefined => own.get(name) ?? variables.at(name, index) ?? env(name);
    const outside = (name: string): string | undefined => variables.at(name, index) ?? env(name);
    const home = outside("HOME") ?? homeOf(user);
    const expandWord = (word: string): string | null => {
      const expansion = expand(word, outside, { escape });
      return expansion.error !== null || expansion.uses.some(({ set, modifier }) => !set && modifier === "")
        ? null
        : expansion.value;
    };
    const program = words[0]?.value ?? "";
    calls.push({
      command,
      name: lastPart(program),
      program,
      args: words.slice(1).map(({ value }) => value),
      words: words.slice(1),
      cwd,
      env: seen,
      path: (word) => resolveWord(word, cwd, home, expandWord),
    });
    if (program === "cd") directories[depth] = words[1] ? resolveWord(words[1].text, cwd, home, expandWord) : home;
    if (program === "") for (const { name, value } of command.assignments) variables.set(name, index, value);
    if (program === "export") {
      for (const { text } of words.slice(1)) {
        const match = /^(\w+)=(.*)$/s.exec(text);
        if (match) variables.set(match[1]!, index, expandWord(match[2]!) ?? match[2]!);
      }
    }
  });
  return calls;
}
