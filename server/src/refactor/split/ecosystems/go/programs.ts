import type { Call } from "../../../../stages/calls.ts";
import { commonPrograms, operandsOf } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import { directoryOf, isInside, lastPart, type Place, resolvePath } from "../../../../text/paths.ts";
import type { RoleOf } from "../../roles.ts";
import type { Refusal } from "../ecosystem.ts";
import { arrives, copiedTo, type Placed, readPlaced } from "../placed.ts";
import { refusals, unknownProgram } from "../refusals.ts";
import { type GoCommand, readGo, settingOf } from "./commands.ts";

/** A program that the file builds. */
export interface Output {
  /** Absolute; `null` where the file does not name it. */
  readonly path: string | null;
  /** The directory it is written to. */
  readonly directory: string;
  readonly call: Call;
  /** Whether it is installed for the build itself: `go install example.org/tool@v1`. */
  readonly tool: boolean;
  /** Whether it may be several programs, whose names the file does not tell: `./cmd/...`. */
  readonly several: boolean;
}

/** The programs that the file builds, in its order. */
export function readOutputs(facts: Facts, role: RoleOf): Output[] {
  return facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => (role(call).kind === "step" ? outputsOf(call) : [])),
  );
}

/** The programs that a command builds. */
export function outputsOf(call: Call): Output[] {
  if (call.name !== "go") return [];
  const command = readGo(call);
  if (command.verb === "install" || command.verb === "get") return installedOutputs(call, command);
  if (command.verb !== "build" || call.cwd === null) return [];
  const changed = command.flags.get("C");
  const cwd = changed === undefined ? call.cwd : call.path(changed);
  return cwd === null ? [] : builtOutput(call, command, cwd);
}

const here = /^\.{0,2}\/?$/;
const isFiles = (packages: readonly string[]): boolean => packages.every((name) => name.endsWith(".go"));

function builtOutput(call: Call, { flags, packages }: GoCommand, cwd: string): Output[] {
  const several = (packages.length > 1 && !isFiles(packages)) || packages.some((name) => name.endsWith("..."));
  const written = flags.get("o");
  if (written !== undefined) {
    const path = call.path(written);
    if (path === null) return [{ path, directory: cwd, call, tool: false, several }];
    const isDirectory = written.replace(/["']/g, "").endsWith("/") || (packages.length > 1 && !isFiles(packages));
    return isDirectory
      ? [{ path: null, directory: path, call, tool: false, several }]
      : [{ path, directory: directoryOf(path), call, tool: false, several }];
  }
  // Several packages without -o are only checked.
  if (several || packages[0] === "std") return [];
  const [one] = packages;
  const name = one === undefined || here.test(one) ? null : packageProgram(one.replace(/\.go$/, ""));
  return [{ path: name === null ? null : resolvePath(cwd, name), directory: cwd, call, tool: false, several }];
}

function installedOutputs(call: Call, { verb, packages }: GoCommand): Output[] {
  const written = call.env("GOBIN") ?? `${call.env("GOPATH") ?? "/go"}/bin`;
  if (!written.startsWith("/")) return [];
  const directory = resolvePath("/", written);
  return (packages.length > 0 ? packages : ["."]).map((name) => {
    const several = name.endsWith("...");
    const program = here.test(name) || several ? null : packageProgram(name);
    const path = program === null ? null : resolvePath(directory, program);
    return { path, directory, call, tool: name.includes("@") || verb === "get", several };
  });
}

/** The program's name of a package: its last part, `v2` and versions left out. */
function packageProgram(name: string): string {
  const parts = name.replace(/@.*$/, "").replace(/\/+$/, "").split("/");
  if (parts.length > 1 && /^v\d+$/.test(parts.at(-1)!)) parts.pop();
  return parts.at(-1)!;
}

/** Whether the programs that cross need no C library: tools that stay in the builder do not count. */
export function isStatic(outputs: readonly Output[], programs: readonly Program[]): boolean {
  return outputs.every(
    ({ call, tool, path }) =>
      (tool && !programs.some(({ value }) => value === path)) ||
      (settingOf(call, "CGO_ENABLED") === "0" && !readGo(call).flags.has("race")),
  );
}

export interface Program extends Place {
  /** Where it goes in the runtime stage; `null` for the same place. */
  readonly target: string | null;
  /** Whether it is a directory of programs. */
  readonly directory: boolean;
}

export interface Programs {
  readonly paths: readonly Program[];
  /** Scripts of the project that the container starts. */
  readonly scripts: readonly string[];
  /** Whether a program is built whose name the file does not tell. */
  readonly unnamed: boolean;
  /** Builds of several programs of which only those that start are known. */
  readonly several: readonly Call[];
}

/** Tells whether nothing is left of a path when the build ends: it is removed, or moved elsewhere. */
export function findGone(facts: Facts): (path: string) => boolean {
  const removed: { readonly at: number; readonly path: string }[] = [];
  const made: { readonly at: number; readonly path: string }[] = [];
  let at = 0;
  for (const step of facts.steps) {
    const target = step.instruction.keyword === "RUN" ? step.cwd?.value : copiedTo(step)?.path;
    if (target !== undefined) made.push({ at, path: target });
    for (const call of step.calls) {
      at++;
      for (const { path, directory } of outputsOf(call)) made.push({ at, path: path ?? directory });
      if (call.name !== "rm" && call.name !== "mv") continue;
      const operands = operandsOf(call.name, call.args);
      for (const word of call.name === "rm" ? operands : operands.slice(0, -1)) {
        const path = call.path(word);
        if (path !== null && path !== "/") removed.push({ at, path });
      }
    }
  }
  return (path) => {
    const last = removed.findLast((one) => isInside(one.path, path));
    // What a later step works in or copies to, and what a later command builds, is there.
    return last !== undefined && !made.some((one) => one.at >= last.at && isInside(path, one.path));
  };
}

interface Search {
  readonly facts: Facts;
  readonly outputs: readonly Output[];
  readonly placed: readonly Placed[];
  /** Whether a script such as `make` builds what the file does not name. */
  readonly makes: boolean;
}

/** What a word that the container starts turns out to be: a path of a program that is built here, or nothing to take along. */
type Found =
  | { readonly kind: "program"; readonly path: string; readonly target: string | null }
  | { readonly kind: "script"; readonly path: string }
  | { readonly kind: "system" };

function programAt(path: string, target: string | null = null): Program {
  return { value: path, text: path, target, directory: false };
}

export function findPrograms(
  facts: Facts,
  outputs: readonly Output[],
  makes: boolean,
  role: RoleOf,
): Programs | Refusal {
  const isGone = findGone(facts);
  const left = outputs.filter(({ path }) => path === null || !isGone(path));
  const search: Search = { facts, outputs: left, placed: readPlaced(facts, role), makes };
  const paths = new Map<string, Program>();
  const scripts: string[] = [];
  for (const { program } of facts.start?.calls ?? []) {
    const found = program.includes("/") ? findByPath(search, program) : findByName(search, program);
    if ("refused" in found) return found;
    if (found.kind === "script") scripts.push(found.path);
    if (found.kind === "program") paths.set(found.path, programAt(found.path, found.target));
  }
  if (paths.size === 0 && scripts.length === 0)
    return { refused: "What the container starts is not seen to be built in this file." };
  const started = [...paths.keys()];
  const isElsewhere = (path: string): boolean => search.placed.some(({ from }) => from === path);
  for (const { path, tool } of left) {
    // `-o bin` writes into bin, where that is a directory.
    if (tool || path === null || started.some((one) => one === path || directoryOf(one) === path)) continue;
    if (!isElsewhere(path)) paths.set(path, programAt(path));
  }
  // `-o app ./...` is one program where `app` starts, and a directory of programs where `app/x` does.
  const several = outputs
    .filter(({ path, tool, several: may }) => may && !tool && (path === null || !started.includes(path)))
    .map(({ path, directory, call }) => ({ directory: path ?? directory, call }));
  for (const { directory } of several) {
    if (!isOwnDirectory(facts, directory)) continue;
    for (const one of paths.keys()) if (directoryOf(one) === directory) paths.delete(one);
    paths.set(directory, { value: directory, text: directory, target: null, directory: true });
  }
  // A build without a name that no start names may still be one that a script starts.
  const hidden = scripts.length === 0 ? [] : outputs.filter(({ path, tool }) => !tool && path === null);
  if (hidden.some(({ directory }) => !isInside(facts.cwd?.value ?? "/", directory))) {
    return {
      refused: `The container starts the script ${scripts[0]!}, and the file does not name all programs it builds for it.`,
    };
  }
  return {
    paths: [...paths.values()],
    scripts,
    unnamed: hidden.length > 0,
    several: several.filter(({ directory }) => !paths.has(directory)).map(({ call }) => call),
  };
}

function findByPath({ facts, outputs, placed, makes }: Search, program: string): Found | Refusal {
  if (/[$`]/.test(program)) return unknownProgram(program);
  if (!program.startsWith("/") && !facts.cwd) return refusals.unknownWorkdir;
  const path = resolvePath(facts.cwd?.value ?? "/", program);
  if (/\.(?:sh|bash|py|pl)$/.test(path) || arrives(facts, path)) return { kind: "script", path };
  const directory = directoryOf(path);
  const isBuilt =
    makes ||
    outputs.some((output) => output.path === path || output.path === directory) ||
    outputs.some((output) => output.path === null && output.directory === directory) ||
    placed.some(({ from, to }) => to === path || (to === directory && from !== null && brings(from, lastPart(path))));
  if (isBuilt) return { kind: "program", path, target: null };
  if (/^\/(?:bin|sbin|usr\/bin|usr\/sbin)\//.test(path)) return { kind: "system" };
  return { refused: `The container starts ${path}, and no build in this file is seen to make it.` };
}

function findByName({ facts, outputs, placed }: Search, program: string): Found | Refusal {
  if (/[$`]/.test(program)) return unknownProgram(program);
  if (commonPrograms.has(program) || program === "bash") return { kind: "system" };
  const directory =
    outputs
      .flatMap(({ path }) => (path !== null && lastPart(path) === program ? [directoryOf(path)] : []))
      .find((candidate) => isOnPath(facts, candidate)) ??
    outputs.find(({ path }) => path !== null && isOnPath(facts, path))?.path ??
    outputs.find((output) => output.path === null && isOnPath(facts, output.directory))?.directory;
  if (directory === undefined && program.endsWith(".sh")) return { kind: "script", path: program };
  if (directory === undefined) {
    const to = placed
      .flatMap((one) => (one.to === null ? [] : [one.to]))
      .find((path) => lastPart(path) === program && isOnPath(facts, directoryOf(path)));
    if (to !== undefined) return { kind: "program", path: to, target: null };
    const into = placed.find(
      ({ from, to: place }) => from !== null && place !== null && brings(from, program) && isOnPath(facts, place),
    );
    if (into?.to) return { kind: "program", path: resolvePath(into.to, program), target: null };
    return { refused: `The container starts \`${program}\`, and no build in this file is seen to make it.` };
  }
  // The runtime image does not look for programs in the folders of Go.
  const usual =
    /^\/(?:usr\/local\/bin|usr\/bin|bin|usr\/local\/sbin|usr\/sbin|sbin)$/.test(directory) ||
    (facts.env("PATH") ?? "").split(":").includes(directory);
  return {
    kind: "program",
    path: resolvePath(directory, program),
    target: usual ? null : `/usr/local/bin/${program}`,
  };
}

/** Whether a file of that name comes along: `/go/bin/*` brings any. */
function brings(from: string, name: string): boolean {
  return lastPart(from) === name || lastPart(from) === "*";
}

/** Whether a directory holds only what is built into it: none of the system's, none with sources. */
function isOwnDirectory(facts: Facts, directory: string): boolean {
  if (isOnPath(facts, directory) || directory === "/" || facts.cwd?.value === directory) return false;
  return !facts.steps.some((step) => {
    if (step.cwd?.value === directory) return true;
    const target = copiedTo(step);
    return target !== null && isInside(directory, target.path);
  });
}

function isOnPath(facts: Facts, directory: string): boolean {
  const own = (facts.env("PATH") ?? "").split(":");
  const usual = [
    "/go/bin",
    "/usr/local/go/bin",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
  ];
  return own.includes(directory) || usual.includes(directory) || directory === `${facts.env("GOPATH") ?? "/go"}/bin`;
}
