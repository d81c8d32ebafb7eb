import { directoryOf, isInside, lastPart, resolvePath } from "../../../../text/paths.ts";
import type { Call } from "../../../../stages/calls.ts";
import { classifyCommand } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import type { RoleOf } from "../../roles.ts";
import { copiedTo } from "../placed.ts";
import { archivesOf, buildDirectories, compiledTo, isBuild, isCompiler } from "./commands.ts";

/** Directories of the system, which are nobody's sources. */
const system = new Set(
  "/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /usr /usr/local /usr/local/bin /usr/local/lib /usr/local/share /usr/bin /usr/lib /usr/sbin /usr/share /var /var/lib /var/cache /var/log /var/www".split(
    " ",
  ),
);

/** Directories that hold sources by custom. */
const usual = ["/tmp", "/var/tmp", "/usr/src", "/usr/local/src"];

/** Where sources lie and are built: those around others only. */
export function findWorkshop(facts: Facts): string[] {
  const found: string[] = [...usual];
  const add = (path: string | null): void => {
    if (path !== null && !system.has(path) && !/[*?[$]/.test(path)) found.push(path);
  };
  const built = buildDirectories(facts);
  for (const place of built) add(place);
  for (const step of facts.steps) {
    const target = copiedTo(step)?.path;
    // Sources that come from the build context.
    if (target !== undefined && built.some((cwd) => isInside(target, cwd))) add(target);
    for (const call of step.calls) {
      for (const archive of archivesOf(call)) add(archive);
      if (isCompiler(call)) for (const path of namedSources(call)) add(directoryOf(path));
      for (const path of sourcesOf(call)) if (built.some((cwd) => isInside(path, cwd))) add(path);
    }
  }
  return [...new Set(found)].filter((path, _, all) => !all.some((other) => other !== path && isInside(other, path)));
}

/** The sources that a compiler is given by their full path. */
function namedSources({ args, path }: Call): string[] {
  return args.flatMap((arg) => (/^\/.+\.(?:c|cc|cpp|cxx|C|s|S)$/.test(arg) ? (path(arg) ?? []) : []));
}

/** Where a command puts sources: `git clone`, `tar -C`. */
function sourcesOf(call: Call): readonly string[] {
  if (!["git", "tar", "unzip", "bsdtar", "svn", "hg"].includes(call.name)) return [];
  const role = classifyCommand(call);
  return role.kind === "files" ? (role.paths ?? []) : [];
}

/** What commands put outside the sources, exactly: `cp app /usr/local/bin/`, `gcc -o /usr/local/bin/app`. */
export function placedOutside(facts: Facts, role: RoleOf, workshop: readonly string[]): string[] {
  return facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const found = role(call);
      if (found.kind !== "files" || found.paths === null) return [];
      if (!["cp", "mv", "install", "ln"].includes(call.name) && !isCompiler(call)) return [];
      return found.paths.filter((path) => !workshop.some((directory) => isInside(directory, path)));
    }),
  );
}

/** A program that the container starts from the sources. */
export interface StartedHere {
  readonly path: string;
  /** The directory of the sources it lies in. */
  readonly root: string;
}

/** What the container starts from the directories of the build. */
export function startedHere(facts: Facts, workshop: readonly string[]): StartedHere[] {
  const cwd = facts.cwd?.value ?? "/";
  return [facts.start, facts.healthcheck].flatMap((started) =>
    (started?.calls ?? []).flatMap(({ program }) => {
      if (!program.includes("/") || /[$`]/.test(program)) return [];
      const path = resolvePath(cwd, program);
      const around = workshop.find((directory) => isInside(directory, path) && directory !== path);
      if (around === undefined) return [];
      // Of /tmp and the like only the folder in it is the program's.
      const below = path.slice(around.length + 1).split("/");
      const root = usual.includes(around) && below.length > 1 ? `${around}/${below[0]!}` : around;
      return [{ path, root }];
    }),
  );
}

/** Names that only compilers and people read. */
const sourceName =
  /^(?:[\w.*+-]+\.(?:c|cc|cpp|cxx|C|h|hh|hpp|hxx|inl|s|S|asm|in|am|ac|m4|cmake|mk|l|y|ld|md)|(?:GNU)?[Mm]akefile(?:\.\w+)?|CMakeLists\.txt|CMakePresets\.json|meson\.build|meson_options\.txt|configure|autogen\.sh|src|source|sources|include|includes|inc|cmake|third_party|vendor|deps|external|tests?|docs?|LICENSE|README(?:\.\w+)?)$/;

/** Instructions that bring more than sources into a directory, as written. */
export function otherCopies(facts: Facts, root: string): string[] {
  return facts.steps.flatMap((step) => {
    const { keyword, args } = step.instruction;
    const target = copiedTo(step);
    if (!target || (!isInside(root, target.path) && !isInside(target.path, root))) return [];
    const names = args.slice(0, -1).map(({ text }) => lastPart(text.replace(/\/+$/, "")));
    return names.every((name) => sourceName.test(name)) ? [] : [`${keyword} ${args.map(({ text }) => text).join(" ")}`];
  });
}

/** Whether compilers alone make the program, which says all that they write. */
export function isPlainlyCompiled(facts: Facts, path: string): boolean {
  const calls = facts.steps.flatMap((step) => step.calls);
  const builds = calls.filter(isBuild);
  return builds.every(isCompiler) && builds.some((call) => compiledTo(call) === path);
}
