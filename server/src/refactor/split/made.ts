import type { Call } from "../../stages/calls.ts";
import { operandsOf } from "./commands.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts } from "./facts.ts";
import { directoryOf, isInside, lastPart, resolvePath } from "../../text/paths.ts";
import type { RoleOf } from "./roles.ts";

/** Commands that fill a directory. */
export const unpackers: ReadonlySet<string> = new Set(["tar", "bsdtar", "unzip", "git"]);

/** Directories of the system that are not copied as a whole. */
export const systemDirectories =
  /^\/(?:(?:usr|usr\/local|var|home|root|etc|lib|lib64|opt|srv|tmp|run|mnt|media|dev|proc|sys|boot)?$|(?:usr\/|usr\/local\/)?(?:bin|sbin|lib|lib64|share|include|libexec)$|(?:usr\/share|usr\/local\/share|usr\/lib|var\/lib|var\/cache|var\/log|etc)\/?$)/;

/**
 * What commands put to known places outside the workshop: they cross, so that nothing has to be known of the commands. What
 * goes again later, and what cannot be named exactly, is left out.
 */
export function madeOutside(facts: Facts, role: RoleOf, choice: Choice): ReadonlyMap<Call, readonly string[]> {
  const calls = facts.steps.flatMap((step) => step.calls);
  const removed = calls.flatMap((call, at) => {
    const found = role(call);
    return call.name === "rm" && found.kind === "files" ? (found.paths ?? []).map((path) => ({ path, at })) : [];
  });
  const made = new Map<Call, readonly string[]>();
  calls.forEach((call, at) => {
    const found = role(call);
    if (found.kind !== "files" || found.repeatable || found.paths === null) return;
    const paths = exactPaths(call, found.paths) ?? (choice.strategy === "same" ? wholeDirectories(found.paths) : null);
    if (paths === null || paths.length === 0) return;
    const isOurs = (path: string): boolean =>
      choice.workshop.some((directory) => isInside(directory, path)) &&
      !choice.madeAgain.some((directory) => isInside(directory, path));
    const outside = paths.filter(
      (path) => !isOurs(path) && !removed.some((one) => one.at > at && isInside(one.path, path)),
    );
    const isWhole = choice.strategy === "same" && outside.every((path) => additions.test(path));
    if (outside.some((path) => (systemDirectories.test(path) && !isWhole) || /[*?[$]/.test(path))) return;
    made.set(call, outside);
  });
  return made;
}

/** Directories that hold only what was added to a system: copying one whole onto the same system changes nothing else. */
const additions = /^\/(?:opt|srv|var\/www|usr\/local(?:\/(?:s?bin|lib|lib64|share|include|etc))?)(?:\/|$)/;

function wholeDirectories(paths: readonly string[]): readonly string[] | null {
  return paths.every((path) => additions.test(path)) ? paths : null;
}

/** The places that a command fills, exactly; `null` where they cannot be told. */
export function exactPaths({ name, args, path }: Call, paths: readonly string[]): readonly string[] | null {
  // COPY follows a link.
  if (name === "ln") return null;
  if (name !== "cp" && name !== "mv" && name !== "install") return name === "rm" || name === "git" ? null : paths;
  if (args.some((arg) => /^(?:-[a-zA-Z]*t|--target-directory)/.test(arg))) return null;
  const operands = operandsOf(name, args);
  const last = operands.at(-1);
  const target = last === undefined ? null : path(last);
  if (target === null || last === undefined || operands.length < 2) return null;
  if (operands.length === 2 && !systemDirectories.test(target) && !/[/.]$/.test(last)) return [target];
  if (!systemDirectories.test(target)) return [target];
  const names = operands.slice(0, -1).map(lastPart);
  return names.some((one) => one === "" || one === "." || one === ".." || /[*?[$]/.test(one))
    ? null
    : names.map((one) => resolvePath(target, one));
}

/** Whether a command makes symbolic links that can be made again before there is what they lead to. */
export function makesLink({ args, words, path }: Call): boolean {
  const operands = words.filter(({ value }) => !value.startsWith("-"));
  const [from, to] = operands;
  if (operands.length !== 2 || !from || !to || !args.some((arg) => /^-[a-zA-Z]*s/.test(arg))) return false;
  const target = path(to.text);
  if (!from.value.startsWith("/") || !to.value.startsWith("/") || target === null) return false;
  return systemDirectories.test(target) || systemDirectories.test(directoryOf(target));
}
