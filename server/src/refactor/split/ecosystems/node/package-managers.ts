import type { Call } from "../../../../stages/calls.ts";
import { resolvePath } from "../../../../text/paths.ts";

/** A call of npm, yarn, pnpm or bun, taken apart. */
export interface PackageManagerCall {
  readonly manager: "npm" | "yarn" | "pnpm" | "bun";
  /** What it is asked to do; scripts are `run`. */
  readonly verb: "install" | "add" | "global" | "run" | "exec" | "prune" | "clean" | "ask" | "configure" | "other";
  /** The script of `run`, the program of `exec`, the word that was not known. */
  readonly name: string;
  readonly flags: readonly string[];
  /** Words behind the verb that are no flags. */
  readonly operands: readonly string[];
  /** The directory it works in. */
  readonly cwd: string | null;
  /** Whether it works on several packages of a repository. */
  readonly workspaces: boolean;
}

const installVerbs = new Set([
  "install",
  "i",
  "ci",
  "clean-install",
  "install-clean",
  "ic",
  "isntall",
  "fetch",
  "import",
]);

const askVerbs = new Set([
  "audit",
  "fund",
  "ls",
  "list",
  "outdated",
  "view",
  "info",
  "why",
  "root",
  "bin",
  "prefix",
  "whoami",
  "ping",
  "help",
  "doctor",
  "version",
  "licenses",
]);

const valueFlags = new Set([
  "--prefix",
  "-C",
  "--cwd",
  "--dir",
  "--loglevel",
  "--registry",
  "--filter",
  "-F",
  "--workspace",
  "-w",
  "--network-timeout",
  "--omit",
  "--only",
  "--cache",
  "--cache-folder",
  "--fetch-timeout",
  "--network-concurrency",
  "--reporter",
]);

export function readPackageManager(call: Pick<Call, "name" | "args" | "cwd">): PackageManagerCall | null {
  const { name: manager } = call;
  if (manager !== "npm" && manager !== "yarn" && manager !== "pnpm" && manager !== "bun") return null;
  const flags: string[] = [];
  const operands: string[] = [];
  let { cwd } = call;
  let workspaces = false;
  const { args } = call;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith("-")) {
      operands.push(arg);
      // What follows a script's name is the script's own.
      continue;
    }
    const equals = arg.indexOf("=");
    const flag = equals < 0 ? arg : arg.slice(0, equals);
    const hasValue =
      equals < 0 && valueFlags.has(flag) && !(flag === "-w" && operands.length === 0 && manager !== "npm");
    const value = equals >= 0 ? arg.slice(equals + 1) : hasValue ? (args[i + 1] ?? "") : null;
    if (hasValue) i++;
    flags.push(value === null ? flag : `${flag}=${value}`);
    if (value !== null && (flag === "--prefix" || flag === "-C" || flag === "--cwd" || flag === "--dir")) {
      cwd = /[$`]/.test(value) || cwd === null ? null : resolvePath(cwd, value);
    }
    if (/^(?:--filter|-F|-r|--recursive|--workspace|--workspaces|-ws|-w)$/.test(flag)) workspaces = true;
  }
  // What bun runs itself is a program, no script.
  if (manager === "bun" && isFile(operands[operands[0] === "run" ? 1 : 0] ?? "")) return null;
  const verb = operands.shift() ?? "";
  const rest = { manager, flags, operands, cwd, workspaces } as const;
  if (flags.includes("-g") || flags.includes("--global") || flags.includes("--location=global")) {
    if (installVerbs.has(verb) || verb === "add" || verb === "update") return { ...rest, verb: "global", name: verb };
  }
  if (verb === "" && manager === "yarn")
    return {
      ...rest,
      verb: flags.some((flag) => /^(?:--version|-v)$/.test(flag)) ? "ask" : "install",
      name: "install",
    };
  if (installVerbs.has(verb)) return { ...rest, verb: operands.length > 0 ? "add" : "install", name: verb };
  if (verb === "add" || verb === "update" || verb === "upgrade" || verb === "up")
    return { ...rest, verb: "add", name: verb };
  if (verb === "rebuild") return { ...rest, verb: "add", name: verb };
  if (verb === "prune" || verb === "dedupe") return { ...rest, verb: "prune", name: verb };
  if (verb === "global" && operands[0] === "add")
    return { ...rest, operands: operands.slice(1), verb: "global", name: "add" };
  if (verb === "cache" || (verb === "store" && operands[0] === "prune")) return { ...rest, verb: "clean", name: verb };
  if (verb === "config" || verb === "set" || verb === "get" || verb === "c")
    return { ...rest, verb: "configure", name: verb };
  if (verb === "" || askVerbs.has(verb)) return { ...rest, verb: "ask", name: verb };
  if (verb === "run" || verb === "run-script" || verb === "rum")
    return { ...rest, operands: operands.slice(1), verb: "run", name: operands[0] ?? "" };
  if (verb === "exec" || verb === "dlx" || verb === "x")
    return { ...rest, operands: operands.slice(1), verb: "exec", name: operands[0] ?? "" };
  if (verb === "workspace" || verb === "workspaces") {
    const script = operands.findLast((word) => word !== "run" && word !== "foreach") ?? "";
    return {
      ...rest,
      workspaces: true,
      verb: installVerbs.has(script) || script === "focus" ? "install" : "run",
      name: script,
    };
  }
  if (manager === "bun") {
    if (verb === "build") return { ...rest, verb: "run", name: "build" };
    if (verb === "pm" || verb === "upgrade" || verb === "completions") return { ...rest, verb: "ask", name: verb };
  }
  if (verb === "test" || verb === "t" || verb === "tst") return { ...rest, verb: "run", name: "test" };
  if (verb === "start" || verb === "stop" || verb === "restart") return { ...rest, verb: "run", name: verb };
  if (manager === "npm") return { ...rest, verb: verb === "build" ? "run" : "other", name: verb };
  if (
    /^(?:link|unlink|publish|pack|deploy|plugin|patch|setup|env|create|init|version|set|policies|self-update|remove|rm|uninstall)$/.test(
      verb,
    )
  )
    return { ...rest, verb: "other", name: verb };
  return { ...rest, verb: "run", name: verb };
}

/** Whether a word that bun is given names a file of the project, which it runs: `src/index.ts`, `./server`. */
export function isFile(word: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(word) || /^\.{0,2}\//.test(word);
}

/** Files that say which packages a project has; a `*` behind a name lets it be missing. */
export const manifests =
  /^(?:package\.json|package\*\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|\.npmrc|\.yarnrc)\*?$/;
