import type { Call } from "../../../../stages/calls.ts";
import { directoryOf, isInside, lastPart, relativePath, resolvePath } from "../../../../text/paths.ts";
import { commonPrograms } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import type { RoleOf } from "../../roles.ts";
import type { Refusal } from "../ecosystem.ts";
import { arrives, type Placed, readPlaced } from "../placed.ts";
import { refusals, unknownProgram } from "../refusals.ts";
import type { Language, Output } from "./language.ts";

/** A program, or a folder with one, that the runtime stage needs. */
export interface Program {
  readonly value: string;
  /** Where it goes; `null` for the same place. */
  readonly target: string | null;
  readonly directory: boolean;
}

export interface Programs {
  readonly paths: readonly Program[];
  /** Scripts of the project that the container starts. */
  readonly scripts: readonly string[];
  /** Of the programs those that come from elsewhere, such as `diesel`, and may read any file of the project. */
  readonly tools: readonly string[];
  /** Whether a script may start programs that the build makes and nothing names. */
  readonly isOpen: boolean;
}

interface Search {
  readonly language: Language;
  /** The directories in which only the compiler's image looks for programs, and those of the container. */
  readonly toolDirectories: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
  readonly facts: Facts;
  readonly outputs: readonly Output[];
  readonly placed: readonly Placed[];
}

type Found =
  | { readonly kind: "program"; readonly program: Program }
  | { readonly kind: "script"; readonly path: string }
  | { readonly kind: "system" };

/** What of that which the file builds the container starts. */
export function findPrograms(
  language: Language,
  facts: Facts,
  outputs: readonly Output[],
  role: RoleOf,
): Programs | Refusal {
  const search: Search = {
    language,
    toolDirectories: new Set(language.programDirectories(facts)),
    directories: new Set([...usualDirectories, ...(facts.env("PATH") ?? "").split(":")]),
    facts,
    outputs,
    placed: readPlaced(facts, role),
  };
  const paths = new Map<string, Program>();
  const scripts: string[] = [];
  for (const { program } of facts.start?.calls ?? []) {
    if (/[$`]/.test(program)) return unknownProgram(program);
    const found = program.includes("/") ? findByPath(search, program) : findByName(search, program);
    if ("refused" in found) return found;
    if (found.kind === "script") scripts.push(found.path);
    if (found.kind === "program") paths.set(found.program.value, found.program);
  }
  // A script may start any of the programs, so all of them must have a name.
  if (scripts.length > 0) {
    const own = outputs.filter(({ tool }) => !tool);
    const unnamed = own.some(({ path }) => path === null);
    if (unnamed || own.length === 0) {
      return {
        refused: `The container starts the script ${scripts[0]!}, and the file does not name the programs it builds for it.`,
      };
    }
    for (const { path } of own) {
      if (path !== null && !search.placed.some(({ from }) => from === path) && !paths.has(path))
        paths.set(path, programAt(search, path));
    }
  }
  if (paths.size === 0) return { refused: "What the container starts is not seen to be built in this file." };
  const tools = outputs.flatMap(({ path, tool }) => (tool && path !== null && paths.has(path) ? [lastPart(path)] : []));
  const isOpen = scripts.length > 0 && outputs.some(({ more }) => more === true);
  return { paths: [...paths.values()], scripts, tools: [...new Set(tools)], isOpen };
}

/** Where a path crosses to: programs that only the compiler's image looks for go where any image does. */
function programAt({ toolDirectories, directories }: Search, path: string): Program {
  const directory = directoryOf(path);
  const isLost = toolDirectories.has(directory) && !directories.has(directory);
  return { value: path, target: isLost ? `/usr/local/bin/${lastPart(path)}` : null, directory: false };
}

/** Whether a directory that a command writes to may hold a program that the command does not name. */
function mayHold({ path, more }: { readonly path: string | null; readonly more?: boolean | undefined }): boolean {
  return path === null || more === true;
}

function findByPath(search: Search, program: string): Found | Refusal {
  const { facts, outputs, placed } = search;
  if (!program.startsWith("/") && !facts.cwd) return refusals.unknownWorkdir;
  const path = resolvePath(facts.cwd?.value ?? "/", program);
  const folder = outputs.find(({ folders, directory }) => folders && isInside(directory, path) && directory !== path);
  if (folder) {
    const [name] = relativePath(folder.directory, path).split("/");
    return { kind: "program", program: { value: resolvePath(folder.directory, name!), target: null, directory: true } };
  }
  const directory = directoryOf(path);
  const isBuilt = outputs.some((output) => output.path === path || (mayHold(output) && output.directory === directory));
  if (isBuilt) return { kind: "program", program: { value: path, target: null, directory: false } };
  const isPlaced = placed.some(
    ({ from, to }) =>
      to === path || (to === directory && from !== null && (lastPart(from) === lastPart(path) || from.includes("*"))),
  );
  // A folder that is copied elsewhere as a whole: `cp -r _build/prod/rel/app /opt/app`.
  const around = placed.find(
    ({ from, to }) =>
      from !== null &&
      to !== null &&
      to !== path &&
      isInside(to, path) &&
      outputs.some((output) => output.folders && isInside(output.directory, from)),
  );
  if (around?.to != null) return { kind: "program", program: { value: around.to, target: null, directory: true } };
  if (isPlaced) return { kind: "program", program: { value: path, target: null, directory: false } };
  if (/\.(?:sh|bash|py|pl)$/.test(path) || arrives(facts, path)) return { kind: "script", path };
  if (/^\/(?:bin|sbin|usr\/bin|usr\/sbin)\//.test(path)) return { kind: "system" };
  return { refused: `The container starts ${path}, and no build in this file is seen to make it.` };
}

function findByName(search: Search, program: string): Found | Refusal {
  const { outputs, placed } = search;
  if (commonPrograms.has(program) || program === "bash") return { kind: "system" };
  const isSearched = (directory: string): boolean => isOnPath(search, directory);
  const named = outputs.find(
    ({ path, directory }) => path !== null && lastPart(path) === program && isSearched(directory),
  );
  if (named) return { kind: "program", program: programAt(search, named.path!) };
  const to = placed.find(
    (one) => one.to !== null && lastPart(one.to) === program && isSearched(directoryOf(one.to)),
  )?.to;
  if (to != null) return { kind: "program", program: { value: to, target: null, directory: false } };
  const into = placed.find(
    (one) =>
      one.from !== null &&
      one.to !== null &&
      isSearched(one.to) &&
      /^(?:\*|)$/.test(lastPart(one.from).replace(program, "")),
  )?.to;
  if (into != null)
    return { kind: "program", program: { value: resolvePath(into, program), target: null, directory: false } };
  // In an image of another language the program may be that one's.
  const unnamed = outputs.find(
    ({ path, directory, tool, more }) =>
      mayHold({ path, more }) && isSearched(directory) && (!tool || search.language.isToolImage(search.facts)),
  );
  if (unnamed) return { kind: "program", program: programAt(search, resolvePath(unnamed.directory, program)) };
  if (program.endsWith(".sh")) return { kind: "script", path: program };
  return { refused: `The container starts \`${program}\`, and no build in this file is seen to make it.` };
}

const usualDirectories = new Set("/usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin".split(" "));

function isOnPath({ toolDirectories, directories }: Search, directory: string): boolean {
  return directories.has(directory) || toolDirectories.has(directory);
}

/** The programs that the file builds, in its order. */
export function readOutputs(language: Language, facts: Facts): Output[] {
  return facts.steps.flatMap(({ calls }) => calls.flatMap((call) => language.outputs(call, facts)));
}

/** Whether a command is `make` or another runner of build scripts. */
export function isRunner({ name }: Call): boolean {
  return name === "make" || name === "task" || name === "just";
}
