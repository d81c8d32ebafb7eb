import type { Call } from "../../../../stages/calls.ts";
import type { Facts, Step } from "../../facts.ts";
import { directoryOf, isInside, resolvePath } from "../../../../text/paths.ts";
import { installs, isTool, moduleOf, type PythonCall, readPython, readWanted, type Wanted } from "./commands.ts";

/** Where an install puts packages. */
export type Destination =
  /** Beside the packages of the interpreter itself. */
  | { readonly kind: "system" }
  /** Into a directory that nothing else is in: a virtual environment, `--target`, a user's own packages. */
  | { readonly kind: "directory"; readonly path: string; readonly what: "environment" | "target" | "user" }
  | { readonly kind: "unknown" };

/** A command that puts Python packages in place. */
export interface Install {
  readonly step: Step;
  readonly call: Call;
  readonly python: PythonCall;
  readonly wanted: Wanted;
  readonly destination: Destination;
  /** Whether it only brings tools that install others. */
  readonly isTool: boolean;
  /** Whether the project itself is installed so that it is read from its sources. */
  readonly isEditable: boolean;
}

const system: Destination = { kind: "system" };
const unknown: Destination = { kind: "unknown" };
const isRoot = (user: string | null): boolean => user === null || /^(?:root|0)(?::|$)/.test(user);

export function readInstalls(facts: Facts): Install[] {
  const found: Install[] = [];
  const environments = readEnvironments(facts);
  const settings = { creates: true, inProject: false };
  for (const step of facts.steps) {
    let active: string | null = null;
    for (const call of step.calls) {
      if (call.name === "." || call.name === "source") {
        const script = call.path(call.words[0]?.text ?? "");
        if (script?.endsWith("/bin/activate") === true) active = directoryOf(directoryOf(script));
      }
      const python = readPython(call);
      if (!python) continue;
      if (python.manager === "poetry" && python.verb === "config") readPoetrySetting(python.args, settings);
      if (!installs(python)) continue;
      const wanted = readWanted(python.args);
      const environment = environmentOf(call, active, environments);
      const destination = destinationOf(step, call, python, wanted, environment, settings);
      found.push({
        step,
        call,
        python,
        wanted,
        destination,
        isTool:
          python.manager === "pip" &&
          wanted.files.length === 0 &&
          wanted.directories.length === 0 &&
          wanted.names.length > 0 &&
          wanted.names.every(isTool),
        isEditable: wanted.isEditable || installsProject(facts, call, python),
      });
    }
  }
  return found;
}

function readPoetrySetting(args: readonly string[], settings: { creates: boolean; inProject: boolean }): void {
  const at = args.findIndex((arg) => !arg.startsWith("-"));
  const value = args[at + 1] ?? "";
  if (args[at]?.endsWith("virtualenvs.create") === true) settings.creates = !/^(?:false|0)$/i.test(value);
  if (args[at]?.endsWith("virtualenvs.in-project") === true) settings.inProject = /^(?:true|1)$/i.test(value);
}

/** The directories of the virtual environments that the file makes. */
export function readEnvironments({ steps }: Facts): string[] {
  return steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const module = moduleOf(call);
      const name = module ? module.name : call.name;
      const isUv = call.name === "uv" && call.args[0] === "venv";
      if (name !== "venv" && name !== "virtualenv" && !isUv) return [];
      const words = isUv ? call.args.slice(1) : module ? module.args : call.args;
      const operands = words.filter(
        (word, i) => !word.startsWith("-") && !/^(?:-p|--python|--prompt|--seed|--app-data)$/.test(words[i - 1] ?? ""),
      );
      const target = operands[0] ?? (isUv ? ".venv" : null);
      if (target === null) return [];
      // The words have lost their quotes and their variables are as written.
      const written = call.words.find(({ value }) => value === target)?.text ?? target;
      const path = call.path(written.replace(/^"(.*)"$/, "$1"));
      return path === null ? [] : [path];
    }),
  );
}

/** The virtual environment in which a command finds its programs; `null` for none. */
function environmentOf(call: Call, active: string | null, environments: readonly string[]): string | null {
  if (call.program.includes("/")) {
    const path = call.path(call.words.length >= 0 ? call.program : "");
    if (path === null) return null;
    const directory = directoryOf(directoryOf(path));
    return /^\/(?:usr(?:\/local)?)?$/.test(directory) ? null : directory;
  }
  if (active !== null) return active;
  const first = (call.env("PATH") ?? "").replaceAll('"', "").split(":")[0] ?? "";
  const directory = directoryOf(first);
  return first.endsWith("/bin") && environments.includes(directory) ? directory : null;
}

const isTrue = (value: string | undefined): boolean => value !== undefined && !/^(?:0|false|no|off|)$/i.test(value);

function destinationOf(
  step: Step,
  call: Call,
  { manager, args, isUv, verb }: PythonCall,
  wanted: Wanted,
  environment: string | null,
  settings: { readonly creates: boolean; readonly inProject: boolean },
): Destination {
  const into = (path: string | null, what: "environment" | "target" | "user"): Destination =>
    path === null || path === "/" ? unknown : { kind: "directory", path, what };
  const within = (path: string): Destination =>
    into(call.cwd === null ? null : resolvePath(call.cwd, path), "environment");
  const named = call.env("VIRTUAL_ENV");
  const outer = environment ?? (named === undefined || named === "" ? null : named.replaceAll('"', ""));
  const ofPip = (): Destination => {
    // Their sources lie beside the environment, or where the command runs.
    if (wanted.directories.some((one) => one.includes("://"))) return unknown;
    const elsewhere = ["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHONUSERBASE", "PYTHONHOME"];
    if (elsewhere.some((name) => call.env(name) !== undefined)) return unknown;
    if (wanted.target) return wanted.target.option === "root" ? unknown : into(call.path(wanted.target.path), "target");
    if (environment !== null) return into(environment, "environment");
    if (isUv) {
      if (args.includes("--system") || isTrue(call.env("UV_SYSTEM_PYTHON"))) return system;
      if (args.some((arg) => /^(?:-p|--python)/.test(arg))) return unknown;
      return outer === null ? within(".venv") : into(outer, "environment");
    }
    if (wanted.isUser || !isRoot(step.user)) return into(call.path("~/.local"), "user");
    return system;
  };
  switch (manager) {
    case "pip":
      return verb === "install" || isUv ? ofPip() : unknown;
    case "setup":
      return args.some((arg) => /^--(?:prefix|root|home|install)/.test(arg)) ? unknown : ofPip();
    case "uv": {
      const place = call.env("UV_PROJECT_ENVIRONMENT")?.replaceAll('"', "");
      if (args.includes("--active") && outer !== null) return into(outer, "environment");
      if (place === "/usr/local" || place === "/usr/local/") return system;
      return within(place === undefined || place === "" ? ".venv" : place);
    }
    case "poetry": {
      if (outer !== null && environment === outer && named === undefined) return unknown;
      if (outer !== null) return into(outer, "environment");
      const creates = call.env("POETRY_VIRTUALENVS_CREATE");
      if (creates === undefined ? !settings.creates : !isTrue(creates)) return isRoot(step.user) ? system : unknown;
      const inProject = call.env("POETRY_VIRTUALENVS_IN_PROJECT");
      if (inProject === undefined ? settings.inProject : isTrue(inProject)) return within(".venv");
      return into(call.env("POETRY_VIRTUALENVS_PATH") ?? call.path("~/.cache/pypoetry/virtualenvs"), "environment");
    }
    case "pipenv":
      if (args.includes("--system") || isTrue(call.env("PIPENV_SYSTEM")))
        return environment !== null ? into(environment, "environment") : isRoot(step.user) ? system : unknown;
      if (outer !== null) return into(outer, "environment");
      if (isTrue(call.env("PIPENV_VENV_IN_PROJECT"))) return within(".venv");
      return into(call.path("~/.local/share/virtualenvs"), "environment");
    case "pdm":
      return environment === null && named === undefined ? within(".venv") : unknown;
  }
}

/** Whether a manager of projects installs the project itself, too, which it does by a note of where its sources are. */
function installsProject(facts: Facts, call: Call, { manager, args, verb }: PythonCall): boolean {
  const has = (...options: readonly string[]): boolean => args.some((arg) => options.includes(arg));
  const pyproject = call.cwd === null ? undefined : facts.project.get(resolvePath(call.cwd, "pyproject.toml"));
  switch (manager) {
    case "uv":
      if (has("--no-install-project", "--no-install-workspace", "--no-editable", "--only-group", "--only-dev"))
        return false;
      // A project that cannot be built is not installed.
      return pyproject === undefined || /^\s*\[(?:build-system|tool\.uv)/m.test(pyproject);
    case "poetry":
      if (has("--no-root", "--only-root") && !has("--only-root")) return false;
      return pyproject === undefined || !/^\s*package-mode\s*=\s*false/m.test(pyproject);
    case "pdm":
      return !has("--no-self", "--no-editable", "--no-isolation");
    case "setup":
      return verb === "develop";
    default:
      return false;
  }
}

/** The project's directory that an install reads sources from; `null` where it reads none. */
export function projectOf({ call, wanted, isEditable, python }: Install): string | null {
  const [directory] = wanted.directories;
  if (python.manager === "pip") return directory === undefined ? null : call.path(directory);
  return isEditable || python.manager === "setup" ? call.cwd : null;
}

/** Whether one of these paths lies in or above another. */
export function touches(paths: readonly string[], path: string): boolean {
  return paths.some((one) => isInside(one, path) || isInside(path, one));
}
