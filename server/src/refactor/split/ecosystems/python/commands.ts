import type { Call } from "../../../../stages/calls.ts";
import type { Role } from "../../commands.ts";
import { lastPart } from "../../../../text/paths.ts";

/** Programs that bring Python packages, as far as the split knows them. */
export type Manager = "pip" | "uv" | "poetry" | "pipenv" | "pdm" | "setup";

/** A call of one of them, taken apart: `python -m pip install` is pip's. */
export interface PythonCall {
  readonly manager: Manager;
  /** `install`, `sync`; `""` where there is none. */
  readonly verb: string;
  /** What stands behind the verb. */
  readonly args: readonly string[];
  /** The interpreter or the manager as written, where it has a path: `/opt/venv/bin/pip`. */
  readonly program: string;
  /** Whether it is `uv pip`. */
  readonly isUv: boolean;
}

const pipName = /^pip(?:[23](?:\.\d+)?)?$/;
const pythonName = /^(?:python|pypy)(?:[23](?:\.\d+)?)?$/;

export function isPython(program: string): boolean {
  return pythonName.test(lastPart(program));
}

/** The module that an interpreter is asked to run, and what stands behind it; `null` for anything else. */
export function moduleOf(
  call: Pick<Call, "name" | "args">,
): { readonly name: string; readonly args: readonly string[] } | null {
  if (!pythonName.test(call.name)) return null;
  const at = call.args.findIndex((arg) => !/^-[bBdEhiIOqsSuvxP]+$/.test(arg));
  return call.args[at] === "-m" && call.args[at + 1] !== undefined
    ? { name: call.args[at + 1]!, args: call.args.slice(at + 2) }
    : null;
}

/** Options in front of a verb that take a value. */
const globalValues =
  /^(?:--(?:directory|project|config-file|cache-dir|python|log|proxy|timeout|retries|cert|client-cert|trusted-host|exists-action)|-C|-P)$/;

function verbOf(words: readonly string[]): { verb: string; args: readonly string[] } {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (globalValues.test(word)) at++;
    else if (!word.startsWith("-")) return { verb: word, args: [...words.slice(0, at), ...words.slice(at + 1)] };
  }
  return { verb: "", args: words };
}

/** `null` for a call of none of the managers. */
export function readPython(call: Pick<Call, "name" | "args" | "program">): PythonCall | null {
  const { program } = call;
  const module = moduleOf(call);
  const name = module ? module.name : call.name;
  const words = module ? module.args : call.args;
  const read = (manager: Manager, list: readonly string[], isUv = false): PythonCall => ({
    manager,
    ...verbOf(list),
    program,
    isUv,
  });
  if (pipName.test(name)) return read("pip", words);
  if (name === "uv") {
    const { verb, args } = verbOf(words);
    if (verb === "pip") return read("pip", args, true);
    return { manager: "uv", verb, args, program, isUv: true };
  }
  if (name === "poetry" || name === "pipenv" || name === "pdm") return read(name, words);
  if (!module && pythonName.test(call.name)) {
    const at = words.findIndex((word) => !word.startsWith("-"));
    if (at >= 0 && lastPart(words[at]!) === "setup.py") return read("setup", words.slice(at + 1));
  }
  return null;
}

/** Whether a call puts packages in place. */
export function installs({ manager, verb, args }: PythonCall): boolean {
  switch (manager) {
    case "pip":
      return verb === "install" || verb === "sync";
    case "uv":
      return verb === "sync" || verb === "add";
    case "poetry":
      return verb === "install" || verb === "update" || verb === "add" || verb === "sync";
    case "pipenv":
      return verb === "install" || verb === "sync" || verb === "update";
    case "pdm":
      return verb === "install" || verb === "sync" || verb === "update" || verb === "add";
    case "setup":
      return /^(?:install|develop)$/.test(verb) || args.includes("install") || args.includes("develop");
  }
}

const asking = /^(?:list|freeze|show|check|debug|index|inspect|hash|help|version|about|graph|tree|search)$/;

const checkers = new Set(
  "pytest tox nox flake8 mypy pylint black isort ruff bandit pyright coverage pre-commit".split(" "),
);

/** Addresses of scripts that install a package manager for Python. */
const installers =
  /install\.python-poetry\.org|get-poetry\.py|install-poetry\.py|astral\.sh\/uv|get-pip\.py|bootstrap\.pypa\.io/;

export function classifyPython(call: Call): Role | null {
  const { name, args, command } = call;
  const written = command.redirects.some(
    ({ operator, target }) => operator.includes(">") && !/^(?:\/dev\/|&)/.test(target?.value ?? "&"),
  );
  const python = readPython(call);
  if (python) return written && asking.test(python.verb) ? null : classifyManager(python);
  const module = moduleOf(call);
  const program = module ? module.name : name;
  if (program === "venv" || program === "virtualenv" || program === "ensurepip") return { kind: "step", step: "tool" };
  if (checkers.has(program)) return { kind: "step", step: "test" };
  // It hands the model to pip.
  if ((module?.name ?? name) === "spacy" && (module?.args ?? args)[0] === "download")
    return { kind: "step", step: "dependencies" };
  if (module?.name === "build") return { kind: "step", step: "build" };
  if (name === "pip-compile" || name === "pip-sync") return { kind: "step", step: "dependencies" };
  if (pythonName.test(name) && args.length > 0 && args.every((arg) => /^(?:-V+|--version)$/.test(arg)))
    return { kind: "inert" };
  if ((name === "curl" || name === "wget") && args.some((arg) => installers.test(arg)) && !/\|/.test(name))
    return { kind: "step", step: "tool" };
  if (pythonName.test(name) && isInstallerRun(call)) return { kind: "step", step: "tool" };
  // What it changes ends with the RUN.
  if ((name === "." || name === "source") && args[0]?.endsWith("/bin/activate") === true) return { kind: "state" };
  return null;
}

/** Whether an interpreter runs the script that installs a package manager: `curl … | python3 -`, `python get-pip.py`. */
function isInstallerRun({ args, command }: Call): boolean {
  const file = args.find((arg) => !arg.startsWith("-"));
  if (file !== undefined) return /(?:^|\/)(?:get-pip|get-poetry|install-poetry)\.py$/.test(file);
  return command.separator === "|" && args.every((arg) => arg === "-" || arg === "-u");
}

function classifyManager({ manager, verb, args }: PythonCall): Role {
  if (verb === "" || asking.test(verb)) return { kind: "inert" };
  if (verb === "cache" || (manager === "pipenv" && verb === "--clear")) return { kind: "cleanup" };
  if (verb === "config" || verb === "self" || verb === "source") return { kind: "step", step: "tool" };
  if (verb === "run") return classifyRun(args);
  if (manager === "setup") {
    if (/^(?:test|check|lint|flake8)$/.test(verb)) return { kind: "step", step: "test" };
    return {
      kind: "step",
      step: /^(?:install|develop|build\w*|bdist\w*|sdist|egg_info)$/.test(verb) ? "build" : "tool",
    };
  }
  return { kind: "step", step: verb === "build" ? "build" : "dependencies" };
}

/** `poetry run pytest`: tests are the build's, all else is the program's own. */
function classifyRun(args: readonly string[]): Role {
  const program = args.find((arg) => !arg.startsWith("-"));
  return program !== undefined && checkers.has(program) ? { kind: "step", step: "test" } : { kind: "unknown" };
}

/** What pip is asked to install. */
export interface Wanted {
  /** Names without versions, in lower case; addresses and files as written. */
  readonly names: readonly string[];
  /** Files of requirements and constraints. */
  readonly files: readonly string[];
  /** Directories that are installed from their sources, `.` and `./sub`. */
  readonly directories: readonly string[];
  /** Whether one of them stays where it is, so that the program is read from its sources. */
  readonly isEditable: boolean;
  /** Where packages go by `--target`, `--prefix` and `--root`. */
  readonly target: { readonly option: "target" | "prefix" | "root"; readonly path: string } | null;
  readonly isUser: boolean;
}

const valueOptions =
  /^(?:-r|--requirements?|-c|--constraints?|-e|--editable|-t|--target|--prefix|--root|-i|--index-url|--extra-index-url|-f|--find-links|--platform|--python-version|--implementation|--abi|--only-binary|--no-binary|--trusted-host|--cache-dir|--timeout|--retries|--src|--upgrade-strategy|--config-settings?|-C|--global-option|--install-option|--build-option|--progress-bar|--proxy|--cert|--log|--report|--python|-p|--group|--extra|--root-user-action|--index-strategy|--default-timeout|--use-feature|--index|--default-index)$/;

/** The words of `pip install`, sorted. */
export function readWanted(args: readonly string[]): Wanted {
  const names: string[] = [];
  const files: string[] = [];
  const directories: string[] = [];
  let isEditable = false;
  let target: Wanted["target"] = null;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
    let option = equals < 0 ? arg : arg.slice(0, equals);
    let value = equals < 0 ? undefined : arg.slice(equals + 1);
    // `-rrequirements.txt`
    const joined = /^(-[rcetif])(.+)$/.exec(arg);
    if (joined && value === undefined && !arg.startsWith("--")) [, option = arg, value] = joined;
    if (value === undefined && valueOptions.test(option)) value = args[++at];
    if (/^(?:-r|--requirements?|-c|--constraints?)$/.test(option)) files.push(value ?? "");
    else if (option === "-e" || option === "--editable") {
      isEditable = true;
      directories.push((value ?? ".").replace(/\[.*\]$/, ""));
    } else if (option === "-t" || option === "--target") target = { option: "target", path: value ?? "" };
    else if (option === "--prefix" || option === "--root")
      target = { option: option === "--root" ? "root" : "prefix", path: value ?? "" };
    else if (!arg.startsWith("-")) {
      const plain = arg.replace(/\[.*$/s, "");
      if (plain === "." || /^\.{0,2}\/(?!.*\.(?:whl|tar\.gz|zip)$)/.test(plain)) directories.push(plain);
      else
        names.push(
          /[/:]/.test(arg)
            ? arg
            : arg
                .replace(/[\s[=<>!~;@].*$/s, "")
                .toLowerCase()
                .replaceAll("_", "-"),
        );
    }
  }
  return { names, files, directories, isEditable, target, isUser: args.includes("--user") };
}

/** Packages that help to install others: nothing that runs needs them. */
const tools = new Set(
  "pip setuptools wheel virtualenv poetry poetry-core pipenv uv pdm hatch hatchling build twine tox pip-tools setuptools-scm flit flit-core cython scikit-build poetry-plugin-export poetry-dynamic-versioning maturin pep517".split(
    " ",
  ),
);

/** Managers that are large and that only installing needs. */
export const heavyTools: ReadonlySet<string> = new Set(["poetry", "pipenv", "uv", "pdm", "hatch", "tox"]);

export function isTool(name: string): boolean {
  return tools.has(name);
}
