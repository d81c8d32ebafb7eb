import { installedPackages } from "./roles.ts";
import type { Call } from "../../stages/calls.ts";
import { operandsOf, type Role } from "./commands.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts, Step } from "./facts.ts";
import { isAlpineTag, parseImage } from "../../images/image.ts";
import { isInside, lastPart, resolvePath } from "../../text/paths.ts";
import { commandSource, lineOf, shorten, Unsure } from "./unsure.ts";
import { neutral, type Viewing, type Part } from "./viewing.ts";
import { viewUnknown, unknownCall, leave } from "./unknown.ts";
import { exactPaths, systemDirectories, makesLink, unpackers } from "./made.ts";

/** Commands that make or change files by themselves: nothing that a build reads comes from them. */
const plainCommands = new Set(["mkdir", "touch", "chown", "chgrp", "chmod", "rm", "rmdir", "ln"]);
/** Commands that change who owns files, and who may do what with them. */
export const ownerTools = new Set(["chown", "chgrp", "chmod"]);

export function viewFiles(
  viewing: Viewing,
  step: Step,
  call: Call,
  { paths, repeatable }: Extract<Role, { kind: "files" }>,
): Part {
  const { facts, choice } = viewing;
  const source = commandSource(facts, call);
  const where = `\`${shorten(source)}\` in ${lineOf(facts, call)}`;
  if (paths === null || paths.length === 0) return viewUnknown(viewing, step, unknownCall(facts, step, call));
  const builder: Part = { ...neutral, builder: true };
  const isOurs = (path: string): boolean =>
    choice.workshop.some((directory) => isInside(directory, path)) &&
    !choice.madeAgain.some((directory) => isInside(directory, path));
  const outside = paths.filter((path) => !isOurs(path));
  const root = paths.find((path) => choice.workshop[0] === path);
  const owner = ownerTools.has(call.name) && root !== undefined ? ownerText(facts, step, call, root) : null;
  if (outside.length === 0) return { ...builder, runtime: owner };
  // What crosses keeps its owner and its mode.
  const crosses = (path: string): boolean => choice.made.some((made) => isInside(made, path));
  if (outside.every(crosses) || makesCrossing(call, outside, choice)) return builder;
  if (ownerTools.has(call.name) && outside.some((path) => coversCrossing(viewing, path)))
    return leave(viewing, step, call, []);
  const isSetUp = step.index < viewing.work && choice.strategy === "same";
  // What changes a file of the system in front of the build does so on a smaller one, too, if that has the file.
  if (!repeatable && call.name === "sed" && step.index < viewing.work && choice.strategy === "slim") {
    viewing.doubts.moved.push(`\`${shorten(source)}\` (${lineOf(facts, call)})`);
    return { ...neutral, runtime: source, moves: false, tokens: paths };
  }
  if (call.name === "ln" && !isSetUp && !repeatable && makesLink(call))
    return { ...builder, builder: step.index < viewing.lastWork, runtime: source, tokens: paths };
  if (call.name === "rm" && outside.every((path) => isGone(viewing, call, path))) return builder;
  const made = viewing.made.get(call);
  if (made && !isSetUp) {
    for (const path of made) {
      viewing.left.add(path);
      const directory = unpackers.has(call.name);
      const isFile = call.command.redirects.some(({ target }) => target && call.path(target.text) === path);
      const isEither = !directory && !isFile;
      viewing.crossings.set(path, { from: path, value: path, to: null, directory, comment: null, isEither });
    }
    return builder;
  }
  const isMade = (path: string): boolean => [...viewing.crossings.keys()].some((one) => isInside(one, path));
  if (outside.every((path) => crosses(path) || isMade(path))) return builder;
  // Owners and modes of all that lies below: of what the build makes they cross with it, of the rest they are set again.
  const holdsWork = outside.some((path) =>
    [...choice.workshop, ...choice.made, ...choice.crossings.map(({ value }) => value)].some((one) =>
      isInside(path, one),
    ),
  );
  if (ownerTools.has(call.name) && holdsWork && repeatable && step.index < viewing.lastWork)
    return { ...builder, runtime: source, moves: false, tokens: paths };
  // A folder above the workshop is made again by WORKDIR or COPY.
  const isAbove = (path: string): boolean =>
    [...choice.workshop, ...choice.made].some((directory) => isInside(path, directory));
  if (call.name === "mkdir" && outside.every(isAbove)) return builder;
  if (!repeatable && isSetUp) return { ...neutral, runtime: source, moves: false, tokens: paths };
  if (!repeatable) return leave(viewing, step, call, outside);
  if (call.name !== "ln" && outside.includes("/etc/localtime") && isWithoutZones(choice))
    throw new Unsure(`${where} copies a time zone of the package \`tzdata\`, which the file removes again.`);
  if (ownerTools.has(call.name) && step.index >= viewing.work && !outside.every((path) => isThere(viewing, path)))
    viewing.doubts.repeated.push(`\`${shorten(source)}\` (${lineOf(facts, call)})`);
  for (const path of call.name === "rm" ? [] : outside) viewing.there.add(path);
  if (outside.length === paths.length) {
    const moves = plainCommands.has(call.name) || isStarted(facts, paths);
    return { ...neutral, runtime: source, moves, tokens: paths };
  }
  // What lies in the workshop crosses with it; the rest is done again.
  if (!plainCommands.has(call.name) || call.name === "ln") return leave(viewing, step, call, outside);
  const rest = call.words.filter(({ text, value }) => {
    const path = value.startsWith("-") ? null : call.path(text);
    return path === null || !paths.includes(path) || outside.includes(path);
  });
  const again = [call.program, ...rest.map(({ text }) => text)].join(" ");
  return { ...builder, runtime: owner === null ? again : `${again} && ${owner}` };
}

/** Places that any image of a system has, or that packages bring. */
const systemFiles =
  /^\/(?:etc|usr\/(?!local\/)|s?bin|lib|lib64|dev|proc|sys|run|tmp|home\/[^/]+$|root$|var\/(?:www|log|run|tmp|spool|cache)(?:\/|$))/;

/** Whether the runtime stage surely has a file or a directory when it is set up. */
function isThere({ facts, role, there }: Viewing, path: string): boolean {
  const folder = /^\/var\/lib\/([\w.-]+)/.exec(path)?.[1];
  return (
    systemDirectories.test(path) ||
    systemFiles.test(path) ||
    [...there].some((one) => isInside(one, path) || isInside(path, one)) ||
    (folder !== undefined && [...installedPackages(facts, role)].some((name) => name.startsWith(folder)))
  );
}

/** Whether a pattern such as `/usr/bin/tool-*` may mean what is copied behind the set-up. */
function coversCrossing({ choice, crossings }: Viewing, path: string): boolean {
  const at = path.search(/[*?[]/);
  if (at < 0) return false;
  const start = path.slice(0, at);
  const values = [...choice.made, ...choice.crossings.map(({ value }) => value), ...crossings.keys()];
  return values.some((value) => value.startsWith(start));
}

/** Whether what a command removes was made by commands that are the builder's alone. */
function isGone({ facts, role }: Viewing, removal: Call, path: string): boolean {
  for (const { calls } of facts.steps) {
    for (const call of calls) {
      if (call === removal) return false;
      const found = role(call);
      if (found.kind !== "files" || found.repeatable || found.paths === null) continue;
      if (exactPaths(call, found.paths)?.some((one) => isInside(path, one)) === true) return true;
    }
  }
  return false;
}

/** Whether a command only puts what crosses to its place: `cp build/server /usr/local/bin/`. */
function makesCrossing({ name, args, path }: Call, outside: readonly string[], { made }: Choice): boolean {
  if (!["cp", "mv", "install", "ln"].includes(name)) return false;
  const operands = operandsOf(name, args);
  const [from] = operands;
  const target = outside.length === 1 ? outside[0]! : null;
  if (operands.length !== 2 || from === undefined || target === null || path(operands[1]!) !== target) return false;
  return made.includes(target) || made.includes(resolvePath(target, lastPart(from)));
}

/** Alpine has no time zones unless a package brings them. */
function isWithoutZones(choice: Choice): boolean {
  const image = parseImage(choice.base);
  return (image.name === "alpine" || isAlpineTag(image.tag)) && !choice.keepsPackage("tzdata");
}

/** Whether the container starts one of these files. */
function isStarted({ start }: Facts, paths: readonly string[]): boolean {
  const names = new Set(start?.calls.map(({ program }) => lastPart(program)));
  return paths.every((path) => names.has(lastPart(path)));
}

/** COPY keeps the owners of what it copies, but not that of a directory that is there already: this sets it again. */
function ownerText(facts: Facts, step: Step, call: Call, root: string): string {
  const words = call.words.filter(({ value }) => !/^(?:-[a-zA-Z]*R[a-zA-Z]*|--recursive)$/.test(value));
  const options = words.filter(({ value }) => value.startsWith("-"));
  const owner = words.find(({ value }) => !value.startsWith("-"));
  const text = [call.program, ...options.map((word) => word.text), owner?.text ?? "", root].join(" ");
  const made = facts.steps.some(
    ({ instruction, cwd, index }) => index <= step.index && cwd?.value === root && instruction.keyword !== "WORKDIR",
  );
  return made ? text : `mkdir -p ${root} && ${text}`;
}
