import type { Call } from "../../../../stages/calls.ts";
import { resolvePath } from "../../../../text/paths.ts";

/** A call of npm, yarn or pnpm, taken apart. */
export interface PackageManagerCall {
  readonly manager: "npm" | "yarn" | "pnpm";
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
  if (manager !== "npm" && manager !== "yarn" && manager !== "pnpm") return null;
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

/** Files that say which packages a project has; a `*` behind a name lets it be missing. */
export const manifests =
  /^(?:package\.json|package\*\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|\.npmrc|\.yarnrc)\*?$/;
