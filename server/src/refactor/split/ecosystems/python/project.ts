import { copyTarget } from "../../../../stages/copies.ts";
import type { Facts, Step } from "../../facts.ts";
import { directoryOf, isInside, lastPart, type Place, resolvePath } from "../../../../text/paths.ts";
import type { RoleOf } from "../../roles.ts";
import { findProject } from "../../roots.ts";
import type { Choice, Refusal } from "../ecosystem.ts";
import { type Install, projectOf } from "./installs.ts";

/** Files that only say what to install. */
const lists =
  /^(?:[\w.*-]*requirements?[\w.*-]*|constraints?[\w.*-]*|Pipfile[\w.*]*|(?:poetry|uv|pdm|pixi|conda)[.-]lock\*?|poetry\.toml|\*\.lock|environment\.ya?ml|apt[\w-]*\.txt|packages\.txt)$/;

/** Files that say how the project is built, of which a program might read some. */
const manifests =
  /^(?:pyproject\.toml\*?|setup\.(?:py|cfg)|setup\.\*|MANIFEST\.in|README[\w.*-]*|LICENSE[\w.*]*|\.python-version)$/;

/** COPY and ADD from the build context up to the end of the builder. */
interface Brought {
  readonly step: Step;
  readonly path: string;
  readonly into: boolean;
  readonly names: readonly string[];
  /** Whether it brings what the program needs, as far as the file tells. */
  readonly isNeeded: boolean;
}

export function readBrought(facts: Facts, removals: Removals, end: number): Brought[] {
  return facts.steps.flatMap((step) => {
    const { keyword, args, flags } = step.instruction;
    if ((keyword !== "COPY" && keyword !== "ADD") || step.index > end) return [];
    if (flags.some(({ name }) => name === "from")) return [];
    const target = copyTarget(step);
    if (!target) return [];
    const names = args.slice(0, -1).map(({ text }) => lastPart(text.replace(/\/+$/, "")));
    const isList = (name: string): boolean => lists.test(name);
    const isManifest = (name: string): boolean => isList(name) || manifests.test(name);
    const isNeeded =
      !isRemoved(removals, step.index, target.path) &&
      !names.every(isList) &&
      !(names.every(isManifest) && isBroughtLater(facts, step, target.path));
    return [{ step, path: target.path, into: target.into, names, isNeeded }];
  });
}

/** Whether a later COPY brings all files of the context to the same place. */
function isBroughtLater(facts: Facts, { index }: Step, path: string): boolean {
  return facts.steps.some((step) => {
    const { keyword, args, flags } = step.instruction;
    if ((keyword !== "COPY" && keyword !== "ADD") || step.index <= index || flags.some(({ name }) => name === "from"))
      return false;
    const target = copyTarget(step);
    return (
      target !== null && target.path === path && args.slice(0, -1).some(({ text }) => /^(?:\.\/?|\*|\/)$/.test(text))
    );
  });
}

/** How the program's own files get into the runtime stage. */
export interface Files extends Pick<Choice, "crossings" | "workshop" | "repeatedCopies" | "madeAgain"> {
  /** The directory that crosses as it is when the build is done; `null` where COPY is repeated instead. */
  readonly whole: string | null;
}

const owners = new Set(["mkdir", "chown", "chgrp", "chmod", "touch"]);

/**
 * The sources are copied from the context again where the build leaves them as they are. Where it may write among them,
 * their directory crosses from the builder.
 */
export function chooseFiles(facts: Facts, role: RoleOf, installs: readonly Install[], end: number): Files | Refusal {
  const removals = readRemovals(facts, role);
  const brought = readBrought(facts, removals, end);
  const sources = brought.filter(({ isNeeded }) => isNeeded);
  // The first COPY that brings something to a path, by path.
  const firsts = new Map<string, number>();
  const hasSources = (path: string, before: number): boolean => {
    let first = firsts.get(path);
    if (first === undefined) {
      first = sources.find((one) => isInside(path, one.path) || isInside(one.path, path))?.step.index ?? Infinity;
      firsts.set(path, first);
    }
    return first < before;
  };
  const writes = new Set<string>();
  const changes = (path: string | null, before: number): void => {
    if (path !== null && hasSources(path, before)) writes.add(path);
  };
  // Beside the files of the system the engine says what becomes of what a command makes.
  const fills = (path: string | null, before: number): void => {
    if (path !== null && !system.has(path)) changes(path, before);
  };
  for (const install of installs) {
    const { step, destination } = install;
    if (install.isEditable) changes(projectOf(install), step.index);
    if (destination.kind === "directory" && destination.what === "target") changes(destination.path, step.index);
  }
  const repeated: string[] = [];
  // Where what pip has installed may run, which is not done again before it is copied.
  const worked: string[] = [];
  const first = installs[0]!.step.index;
  for (const step of facts.steps) {
    if (step.index > end) break;
    if (step.opaque) fills(step.cwd?.value ?? null, step.index);
    for (const call of step.calls) {
      const found = role(call);
      const isOther =
        found.kind === "step" && (found.step === "build" || (found.step === "dependencies" && isForeign(call.name)));
      if (found.kind === "unknown" || isOther) fills(call.cwd, step.index);
      if (found.kind === "unknown" && step.index >= first && call.cwd !== null && !system.has(call.cwd))
        worked.push(call.cwd);
      if (found.kind !== "files") continue;
      for (const path of found.paths ?? []) {
        const isList = lists.test(lastPart(path));
        if (isRemoved(removals, step.index, path)) continue;
        if (owners.has(call.name)) repeated.push(path);
        else if (call.name === "rm") {
          if (!isList) fills(path, step.index);
        } else if (isOwnPlace(path, call.cwd)) {
          writes.add(call.cwd !== null && isInside(call.cwd, path) && !system.has(call.cwd) ? call.cwd : path);
        } else fills(path, step.index);
      }
    }
  }
  const lost =
    writes.size > 0
      ? findProject(
          facts,
          [...writes].map((path) => directoryAround(path, sources)),
        )
      : null;
  const left = brought.filter(({ isNeeded, path }) => !isNeeded && !/^\/(?:usr(?:\/local)?(?:\/bin)?)?$/.test(path));
  const homes = installs.flatMap(({ destination }) => (destination.kind === "directory" ? [destination.path] : []));
  if (lost !== null) {
    if (system.has(lost.value))
      return {
        refused: `The build works in ${lost.value}, beside the files of the image: set a WORKDIR first, then it can be split.`,
      };
    return {
      crossings: [wholeCrossing(lost)],
      workshop: [lost.value, ...homes, ...caches, ...left.map(({ path }) => path), ...worked],
      repeatedCopies: new Set(),
      madeAgain: [],
      whole: lost.value,
    };
  }
  const named = namedPlaces(facts, role, end);
  const workshop = [
    ...new Set([
      ...left.map(({ path, into, names }) =>
        into && names.length === 1 && !/[*?[]/.test(names[0]!) ? resolvePath(path, names[0]!) : path,
      ),
      ...left.map(({ path }) => path),
    ]),
  ].filter((path) => path !== "/");
  const isOurs = (path: string): boolean => workshop.some((directory) => isInside(directory, path));
  return {
    crossings: named.map((path) => ({ from: path, value: path, to: null, directory: true, comment: null })),
    workshop: [...workshop, ...homes, ...caches, ...named, ...worked],
    repeatedCopies: new Set(sources.filter(({ path }) => isOurs(path)).map(({ step }) => step.index)),
    madeAgain: repeated.filter((path) => isOurs(path) && !homes.some((home) => isInside(home, path))),
    whole: null,
  };
}

const system = new Set(
  "/ /bin /dev /etc /home /lib /opt /root /sbin /srv /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/src /var".split(
    " ",
  ),
);

/** Where package managers keep what they have downloaded. */
const caches = ["/root/.cache", "/root/.config/pypoetry", "/root/.config/pip"];

function isForeign(name: string): boolean {
  return !/^(?:pip|python|uv|poetry|pipenv|pdm)/.test(name);
}

/** Places that ENV names, in directories that a command fills of which no more is known. */
function namedPlaces({ steps }: Facts, role: RoleOf, end: number): string[] {
  const filled = steps.flatMap(({ calls, index }) =>
    calls.flatMap((call) => {
      const found = role(call);
      const isOpen =
        found.kind === "unknown" ||
        (found.kind === "files" && (found.paths === null || found.paths.includes(call.cwd ?? "")));
      return index <= end && isOpen && call.cwd !== null && call.cwd !== "/" ? [call.cwd] : [];
    }),
  );
  const named = steps.flatMap(({ instruction, env }) =>
    instruction.keyword === "ENV"
      ? instruction.pairs
          .flatMap(({ value }) => (value ?? "").replaceAll(/["']/g, "").split(":"))
          .map((part) => part.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => env(name) ?? ""))
      : [],
  );
  const inside = named.filter(
    (path) => path.startsWith("/") && filled.some((directory) => path !== directory && isInside(directory, path)),
  );
  const made = steps.flatMap((step) =>
    /^(?:COPY|ADD)$/.test(step.instruction.keyword) ? [copyTarget(step)?.path ?? ""] : [],
  );
  return [...new Set(inside.map((path) => resolvePath("/", path)))].filter(
    (path) => !made.some((one) => isInside(one, path) || isInside(path, one)),
  );
}

/** Whether a command fills a place of the project's own: the directory that it works in, or one of a repository. */
function isOwnPlace(path: string, cwd: string | null): boolean {
  if (caches.some((directory) => isInside(directory, path)) || path.startsWith("/tmp/") || system.has(path))
    return false;
  return (
    (cwd !== null && isInside(cwd, path) && !system.has(cwd)) || (!/\.\w+$/.test(lastPart(path)) && !isSystemFile(path))
  );
}

const isSystemFile = (path: string): boolean =>
  /^\/(?:bin|dev|etc|lib|lib64|sbin|proc|sys|run|var|usr\/(?:s?bin|lib|share|include|local))(?:\/|$)/.test(path);

/** The last step that removes a path, by path. */
export type Removals = ReadonlyMap<string, number>;

export function readRemovals({ steps }: Facts, role: RoleOf): Removals {
  const removals = new Map<string, number>();
  for (const { calls, index } of steps) {
    for (const call of calls) {
      const found = role(call);
      if (call.name === "rm" && found.kind === "files") for (const path of found.paths ?? []) removals.set(path, index);
    }
  }
  return removals;
}

/** Whether what a step makes goes again, by itself or with a directory around it. */
function isRemoved(removals: Removals, index: number, path: string): boolean {
  for (let place = path; place !== "/"; place = directoryOf(place))
    if ((removals.get(place) ?? -1) >= index) return true;
  return false;
}

/** The directory of the sources that a change lies in. */
function directoryAround(path: string, sources: readonly Brought[]): string {
  const around = sources.find((one) => isInside(one.path, path));
  return around && around.into ? around.path : (around?.path ?? path);
}

function wholeCrossing(place: Place): Choice["crossings"][number] {
  return { from: place.text, value: place.value, to: null, directory: true, comment: null };
}
