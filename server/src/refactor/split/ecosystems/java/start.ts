import { expand } from "../../../../dockerfile/words.ts";
import type { StartedCall } from "../../../../stages/start.ts";
import { lastPart } from "../../../../text/paths.ts";
import { commonPrograms } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import { toolOf, type Tool } from "./commands.ts";
import { isServer } from "./runtime.ts";

/** `java` as the container starts it. */
export interface JavaStart {
  readonly kind: "java";
  /** As written. */
  readonly program: string;
  /** The file behind `-jar`; `null` where a class is named. */
  readonly jar: string | null;
  /** Entries of the class path and the module path; empty where the file sets none. */
  readonly classpath: readonly string[];
  /** The class that starts, or a source file; `null` where it cannot be told. */
  readonly main: string | null;
  /** Options in front of the program, and its arguments. */
  readonly options: readonly string[];
  readonly args: readonly string[];
}

/** What kind of program a start command is. */
export type Starter =
  | JavaStart
  /** A build tool, which needs itself and the sources. */
  | { readonly kind: "tool"; readonly tool: Tool; readonly words: readonly string[] }
  /** A program that only a JDK has. */
  | { readonly kind: "jdk"; readonly name: string }
  | { readonly kind: "shell" }
  /** A program by its path. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "program"; readonly name: string };

const jdkPrograms = new Set(
  "jar jshell jcmd jmap jstack jstat jps jdb javap jconsole jrunscript jinfo jlink".split(" "),
);

export function readStarters(facts: Facts): Starter[] {
  return facts.start?.calls.map((call) => readStarter(facts, call)) ?? [];
}

function readStarter(facts: Facts, call: StartedCall): Starter {
  const [program = "", ...args] = expandWords(facts, call);
  const name = lastPart(program);
  if (name === "java") return readJava(facts, program, args);
  const tool = toolOf(program);
  if (tool !== null) return { kind: "tool", tool, words: [program, ...args] };
  if (!program.includes("/")) {
    if (jdkPrograms.has(name)) return { kind: "jdk", name };
    if (isShellWord(name)) return { kind: "shell" };
    return { kind: "program", name };
  }
  if (/^\/(?:usr\/)?s?bin\/[^/]+$/.test(program) && isShellWord(name)) return { kind: "shell" };
  if (isServer(facts.image) && serverPrograms.has(name)) return { kind: "program", name };
  return { kind: "file", path: program };
}

/** Whether any shell has a program, or is one. */
export function isShellWord(name: string): boolean {
  return commonPrograms.has(name) || /^(?:|bash|dash|ash|exit|return|shift|eval|command|read|local|umask)$/.test(name);
}

/** What starts the servers that images bring. */
export const serverPrograms: ReadonlySet<string> = new Set(["catalina.sh", "startup.sh"]);

/** The words as the shell of the container sees them; what is not known until it runs stays as it is. */
function expandWords(facts: Facts, { program, args }: StartedCall): string[] {
  if (facts.start?.shell !== true) return [program, ...args];
  return [program, ...args].flatMap((word) => {
    if (!word.includes("$")) return [word];
    const { value, error, uses } = expand(word, facts.env);
    if (error !== null || /\$\(|`/.test(word) || uses.some(({ set, modifier }) => !set && modifier === ""))
      return [word];
    // A variable alone is several words where the shell splits it.
    return /^\$\{?\w+\}?$/.test(word) ? value.split(/\s+/).filter((part) => part !== "") : [value];
  });
}

const optionsWithValue =
  /^(?:-cp|-classpath|--class-path|-p|--module-path|--upgrade-module-path|--add-modules|--add-opens|--add-exports|--add-reads|--patch-module|--limit-modules|-d|--describe-module|--source|--enable-native-access)$/;

function readJava(facts: Facts, program: string, words: readonly string[]): JavaStart {
  const options: string[] = [];
  const paths: string[] = [];
  let jar: string | null = null;
  let main: string | null = null;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word === "-jar") {
      jar = words[at + 1] ?? null;
      at += 2;
      break;
    }
    if (word === "-m" || word === "--module") {
      main = words[at + 1] ?? null;
      at += 2;
      break;
    }
    const long = /^(?:--module-path|--class-path)=(.*)$/.exec(word)?.[1];
    if (long !== undefined) paths.push(...long.split(":"));
    if (optionsWithValue.test(word)) {
      const value = words[++at] ?? "";
      if (/^(?:-cp|-classpath|--class-path|-p|--module-path)$/.test(word)) paths.push(...value.split(":"));
      else options.push(word, value);
      continue;
    }
    // Options that the container is given when it runs: `$JAVA_OPTS`, `"$@"`.
    if (word.startsWith("-") || word.startsWith("@") || /^["']?\$/.test(word)) options.push(word);
    else {
      main = word;
      at++;
      break;
    }
  }
  const variable = facts.env("CLASSPATH");
  const classpath = jar !== null ? [] : paths.length > 0 ? paths : variable === undefined ? ["."] : variable.split(":");
  return {
    kind: "java",
    program,
    jar,
    main,
    classpath: classpath.filter((entry) => entry !== ""),
    options,
    args: words.slice(at),
  };
}
