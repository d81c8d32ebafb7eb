import type { Instruction } from "../../dockerfile/instruction.ts";
import type { ShellWord } from "../../dockerfile/shell.ts";
import type { Call } from "../../stages/calls.ts";
import { isCredential, operandsOf, type Role } from "./commands.ts";
import { copyTarget } from "../../stages/copies.ts";
import type { Choice, Crossing } from "./ecosystems/ecosystem.ts";
import type { Facts, Step } from "./facts.ts";
import { isAlpineTag, parseImage } from "../../images/image.ts";
import { directoryOf, isInside, lastPart, resolvePath } from "../../text/paths.ts";
import { installedPackages, type RoleOf } from "./roles.ts";
import { strayOf, strayVariables } from "./strays.ts";
import { commandSource, lineOf, place, shorten, sourceOf, Unsure } from "./unsure.ts";

/** What an instruction is to each side. */
export interface View {
  readonly builder: boolean;
  /** What the runtime stage needs of it in front of the copied files; `null` for nothing. */
  readonly runtime: string | null;
  /** Whether the builder can do without it, unless it mentions one of `tokens`. */
  readonly moves: boolean;
  readonly tokens: readonly string[];
  readonly dropped: boolean;
}

const builderOnly: View = { builder: true, runtime: null, moves: false, tokens: [], dropped: false };

/** What each step is to each side, and what follows from it. */
export interface Views {
  readonly views: readonly View[];
  /** What commands outside the workshop made for the program. */
  readonly crossings: readonly Crossing[];
  /** What must be checked; plain sentences. */
  readonly checks: readonly string[];
}

/** What there is to know while the steps are looked at, and what is collected. */
interface Viewing {
  readonly facts: Facts;
  /** The program's. */
  readonly ecosystem: string;
  readonly role: RoleOf;
  readonly choice: Choice;
  /** Whether the runtime stage installs packages of the system. */
  readonly installs: boolean;
  /** The first and the last step of the build. */
  readonly work: number;
  readonly lastWork: number;
  /** What commands put outside the workshop, by the command, and does not go again. */
  readonly made: ReadonlyMap<Call, readonly string[]>;
  readonly crossings: Map<string, Crossing>;
  /** What the steps so far put to places that only the builder has when the runtime stage is set up. */
  readonly left: Set<string>;
  /** What the steps so far make in the runtime stage, too. */
  readonly there: Set<string>;
  readonly doubts: Doubts;
}

/** Commands that nobody knows, as sentences name them. */
interface Doubts {
  /** They run among the sources. */
  readonly working: string[];
  /** They run behind the build, or beside it, and are repeated. */
  readonly repeated: string[];
  /** They stand in front of the build, and are done on another image, too. */
  readonly moved: string[];
}

export function viewSteps(facts: Facts, role: RoleOf, choice: Choice, ecosystem: string): Views {
  const installs = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return (
        found.kind === "packages" &&
        found.action === "install" &&
        found.packages.some(({ value }) => choice.keepsPackage(value))
      );
    }),
  );
  const viewing: Viewing = {
    facts,
    ecosystem,
    role,
    choice,
    installs,
    work: facts.steps.findIndex((step) => isWork(step, role, choice)),
    lastWork: facts.steps.findLastIndex((step) => !isBehind(step, choice) && isWork(step, role, choice)),
    made: madeOutside(facts, role, choice),
    crossings: new Map(),
    left: new Set(),
    there: new Set(),
    doubts: { working: [], repeated: [], moved: [] },
  };
  const views = facts.steps.map((step) => viewStep(viewing, step));
  return { views, crossings: [...viewing.crossings.values()], checks: checksOf(viewing) };
}

/** Whether a step stands behind the end of the builder that the choice names. */
function isBehind({ index }: Step, { end }: Choice): boolean {
  return end !== undefined && index > end;
}

/** Whether a step is a part of the build, for certain: what stands in front of the first one does not need it. */
function isWork(step: Step, role: RoleOf, choice: Choice): boolean {
  const { keyword } = step.instruction;
  if (keyword === "COPY" || keyword === "ADD") {
    const path = copyTarget(step)?.path;
    return path !== undefined && choice.workshop.some((directory) => isInside(directory, path));
  }
  return step.calls.some((call) => {
    const found = role(call);
    if (found.kind === "packages")
      return found.action === "install" && found.packages.some(({ value }) => !choice.keepsPackage(value));
    if (found.kind === "programs") return !found.names.some((name) => choice.keepsProgram(name));
    // What brings sources to the workshop is the build's: later commands may use them.
    if (found.kind === "files" && !found.repeatable && call.name !== "")
      return found.paths?.some((path) => choice.workshop.some((directory) => isInside(directory, path))) === true;
    return found.kind === "step" || found.kind === "credentials";
  });
}

function checksOf({ facts, role, choice, crossings, there, doubts }: Viewing): string[] {
  const { working, repeated, moved } = doubts;
  const checks: string[] = [];
  if (working.length > 0) {
    checks.push(
      `The program needs nothing of what ${listed(working)} ${does(working, "makes", "make")}, other than what is copied.`,
    );
  }
  if (repeated.length > 0) {
    checks.push(`${listed(repeated)} ${does(repeated, "does", "do")} without what only the build installs or makes.`);
  }
  const known = { ...choice, crossings: [...choice.crossings, ...crossings.values()] };
  for (const { name, path } of strayVariables(facts, role, known, there))
    checks.push(`The build puts nothing into ${path}, which ${name} names, that the program needs.`);
  if (moved.length > 0) checks.push(`${listed(moved)} ${does(moved, "works", "work")} on \`${choice.base}\`, too.`);
  return checks;
}

function does(items: readonly string[], one: string, several: string): string {
  return items.length === 1 ? one : several;
}

/** Some names in a sentence. */
function listed(items: readonly string[]): string {
  const shown = items.length > 4 ? [...items.slice(0, 3), `${items.length - 3} more commands`] : items;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)!}`;
}

function viewStep(viewing: Viewing, step: Step): View {
  const { facts, choice } = viewing;
  const { instruction } = step;
  const text = sourceOf(facts, instruction);
  if (isBehind(step, choice)) return { builder: false, runtime: text, moves: false, tokens: [], dropped: false };
  const setting: View = {
    builder: false,
    runtime: choice.repeatsSettings ? text : null,
    moves: false,
    tokens: [],
    dropped: false,
  };
  switch (instruction.keyword) {
    case "RUN":
      return viewRun(viewing, step);
    case "COPY":
    case "ADD":
      return viewCopy(viewing, step);
    case "ARG":
      return { ...setting, runtime: null };
    case "WORKDIR": {
      const after = facts.steps[step.index + 1]?.cwd ?? facts.cwd;
      if (after) viewing.there.add(after.value);
      return setting;
    }
    default:
      return setting;
  }
}

function sourceNames({ args }: Instruction): string[] {
  return args.slice(0, -1).map(({ text }) => lastPart(text.replace(/\/+$/, "")));
}

/** The files that a COPY brings for access to private sources, where it brings nothing else. */
export function copiedCredentials(step: Step): readonly string[] {
  const target = copyTarget(step);
  if (!target) return [];
  if (isCredential(target.path)) return [target.path];
  const paths = target.into ? sourceNames(step.instruction).map((name) => resolvePath(target.path, name)) : [];
  return paths.every(isCredential) ? paths : [];
}

function viewCopy({ facts, choice, there }: Viewing, step: Step): View {
  const { instruction } = step;
  const text = sourceOf(facts, instruction);
  const target = copyTarget(step);
  if (!choice.repeatsSetup) return builderOnly;
  if (!target)
    throw new Unsure(`Where ${instruction.keyword} in ${place(instruction)} writes to cannot be told from the file.`);
  if (choice.repeatedCopies.has(step.index)) return { ...builderOnly, runtime: text };
  if (choice.workshop.some((directory) => isInside(directory, target.path))) return builderOnly;
  if (copiedCredentials(step).length > 0) return builderOnly;
  const sources = instruction.args.slice(0, -1).map((word) => word.text);
  const names = sourceNames(instruction);
  // Files that cover the workshop from above, `COPY . /`, belong to both sides at once.
  if (
    choice.workshop.some((directory) => isInside(target.path, directory)) &&
    sources.some((source) => /^(?:\.\/?|\*|\/)$/.test(source) || (!target.into && !/\.\w+$/.test(source)))
  ) {
    throw new Unsure(
      `${instruction.keyword} in ${place(instruction)} writes to ${target.path}, around the sources: what of it the program needs is not certain.`,
    );
  }
  const started = new Set(
    [facts.start, facts.healthcheck]
      .flatMap((found) => [
        ...(found?.wrappers ?? []),
        ...(found?.calls.flatMap(({ program, args }) => [program, ...args]) ?? []),
      ])
      .map(lastPart),
  );
  for (const name of target.into ? names : []) there.add(resolvePath(target.path, name));
  there.add(target.path);
  const moves = names.every((name) => started.has(name)) || started.has(lastPart(target.path));
  return { builder: false, runtime: text, moves, tokens: names, dropped: false };
}

/** Packages that do nothing for a build. */
const runtimePackages = new Set(["tini", "dumb-init", "su-exec", "gosu", "catatonit"]);

function viewRun(viewing: Viewing, step: Step): View {
  const { facts, role, choice } = viewing;
  const { instruction, calls } = step;
  // Everything the runtime stage takes is copied, so what commands do besides does not matter to it.
  if (!choice.repeatsSetup) {
    return installsReplaced(facts, calls, role, choice)
      ? { ...builderOnly, builder: false, dropped: true }
      : builderOnly;
  }
  if (step.opaque) {
    const source = sourceOf(facts, instruction);
    const cwd = step.cwd?.value ?? null;
    const part = viewUnknown(viewing, step, { cwd, source, line: place(instruction), shown: source, paths: [] });
    return { ...part, dropped: false };
  }
  const parts = calls.map((call) => ({ call, part: viewCall(viewing, step, call) }));
  const needed = parts.filter(({ part }) => part.runtime !== null);
  const builder = parts.some(({ part }) => part.builder);
  if (needed.length === 0) return builderOnly;
  const tokens = needed.flatMap(({ part }) => part.tokens);
  const moves = !builder && needed.every(({ part }) => part.moves);
  const verbatim =
    !parts.some(({ part }) => part.builder && part.runtime === null) &&
    parts.every(({ call, part }) => part.runtime === null || part.runtime === commandSource(facts, call));
  if (verbatim) return { builder, runtime: sourceOf(facts, instruction), moves, tokens, dropped: false };
  return { builder, runtime: extract(facts, step, parts, role), moves: false, tokens, dropped: false };
}

/** Whether a RUN only installs the server that the runtime stage replaces. */
function installsReplaced(facts: Facts, calls: readonly Call[], role: RoleOf, { command }: Choice): boolean {
  if (command === null || calls.length === 0) return false;
  const started = facts.start?.calls.map(({ program }) => lastPart(program)) ?? [];
  return calls.every((call) => {
    const found = role(call);
    return (
      found.kind === "cleanup" ||
      (found.kind === "programs" && found.names.length > 0 && found.names.every((name) => started.includes(name)))
    );
  });
}

interface Part {
  readonly builder: boolean;
  readonly runtime: string | null;
  readonly moves: boolean;
  readonly tokens: readonly string[];
}

const neutral: Part = { builder: false, runtime: null, moves: true, tokens: [] };

function viewCall(viewing: Viewing, step: Step, call: Call): Part {
  const { facts, choice, installs } = viewing;
  const source = commandSource(facts, call);
  const role = viewing.role(call);
  switch (role.kind) {
    case "inert":
    case "state":
    case "cleanup":
      return neutral;
    case "step":
      if (
        isForeign(viewing, call, role) ||
        (viewing.ecosystem !== "c" && strayOf(call, choice, viewing.there) !== null)
      )
        viewing.doubts.working.push(`\`${shorten(source)}\` (${lineOf(facts, call)})`);
      if (call.name === "curl" || call.name === "wget") {
        for (const arg of call.args)
          if (arg.includes("://")) viewing.left.add(call.path(lastPart(arg)) ?? somewhere(arg));
      }
      return { ...neutral, builder: true };
    case "credentials":
      return { ...neutral, builder: true };
    case "programs":
      return role.names.some((name) => choice.keepsProgram(name))
        ? { ...neutral, runtime: source, moves: false }
        : { ...neutral, builder: true };
    case "packages":
      if (role.action === "sources") return installs ? { ...neutral, runtime: source, moves: false } : neutral;
      // A file with a package has to be there.
      if (role.action === "install" && role.packages.some(({ value }) => /^\.{0,2}\//.test(value)))
        return viewUnknown(viewing, step, unknownCall(facts, step, call));
      return role.action === "install" ? viewPackages(source, call, role.packages, choice) : neutral;
    case "users":
      return { ...neutral, runtime: source, tokens: call.args.filter((arg) => !/^[-/]/.test(arg)) };
    case "files":
      return viewFiles(viewing, step, call, role);
    case "unknown":
      return viewUnknown(viewing, step, unknownCall(facts, step, call));
  }
}

/**
 * Whether a step is of another ecosystem than the program's, and nothing shows that what it makes is copied: `pip install`
 * beside a program in Go.
 */
function isForeign({ choice, ecosystem }: Viewing, call: Call, role: Extract<Role, { kind: "step" }>): boolean {
  if (role.ecosystem === undefined || role.ecosystem === ecosystem || relatives.has(role.ecosystem)) return false;
  if (role.ecosystem === "node" && (ecosystem === "static-site" || ecosystem === "bun")) return false;
  if (role.step === "test" || role.step === "tool") return false;
  const { cwd } = call;
  return cwd === null || !choice.crossings.some(({ value, directory }) => directory && isInside(value, cwd));
}

/** Ecosystems whose steps serve programs of all kinds: make, downloads, and front ends that are files in the end. */
const relatives: ReadonlySet<string> = new Set(["c", "download"]);

/** A command with those in front of it whose output it takes. */
function pipedSource({ analysis }: Facts, { calls }: Step, call: Call): string {
  let at = calls.indexOf(call);
  while (at > 0 && calls[at]!.command.separator === "|") at--;
  return analysis.text.slice(calls[at]!.command.span.start, call.command.span.end);
}

/** What is made somewhere may be the program's, and it may be only on its way to what is copied. */
function leave({ facts, doubts, left }: Viewing, step: Step, call: Call, paths: readonly string[]): Part {
  for (const path of paths) left.add(path);
  doubts.working.push(`\`${shorten(pipedSource(facts, step, call))}\` (${lineOf(facts, call)})`);
  return { ...neutral, builder: true };
}

/** Programs that small images leave out. */
const downloaders = /\b(?:curl|wget|git|unzip|gpg|python3?|gcc|make)\b/;

interface UnknownCommand {
  readonly cwd: string | null;
  readonly source: string;
  readonly line: string;
  /** As sentences show it. */
  readonly shown: string;
  /** The places that its words may name. */
  readonly paths: readonly string[];
}

/** A place for a file in a directory that cannot be told: names alone say that it is the same one. */
function somewhere(text: string): string {
  return `?/${lastPart(text)}`;
}

function unknownCall(facts: Facts, step: Step, call: Call): UnknownCommand {
  return {
    cwd: call.cwd,
    source: commandSource(facts, call),
    line: lineOf(facts, call),
    shown: pipedSource(facts, step, call),
    paths: call.words.flatMap(({ text }) =>
      /^[\w./$]/.test(text) ? (call.path(text) ?? (call.cwd === null ? somewhere(text) : [])) : [],
    ),
  };
}

/**
 * A command that nobody knows. In front of the build it belongs to the image; among the sources to the build; anywhere
 * else both sides may need it.
 */
function viewUnknown(
  { choice, work, lastWork, doubts, left }: Viewing,
  step: Step,
  { cwd, source, line, shown, paths }: UnknownCommand,
): Part {
  const named = `\`${shorten(shown)}\` (${line})`;
  // What it works on is not there when the runtime stage is set up.
  if (paths.some((path) => [...left].some((one) => isInside(one, path)))) {
    doubts.working.push(named);
    return { ...neutral, builder: true };
  }
  const again: Part = { ...neutral, runtime: source, moves: false };
  if (work < 0 || step.index < work) {
    if (choice.strategy !== "same") {
      const tool = downloaders.exec(shown)?.[0];
      if (tool !== undefined) throw new Unsure(`${named} needs ${tool}, which \`${choice.base}\` may not have.`);
      doubts.moved.push(named);
    }
    return again;
  }
  if (cwd !== null && choice.workshop.some((directory) => isInside(directory, cwd))) {
    doubts.working.push(named);
    return { ...neutral, builder: true };
  }
  doubts.repeated.push(named);
  return { ...again, builder: step.index < lastWork };
}

function viewPackages(source: string, call: Call, packages: readonly ShellWord[], choice: Choice): Part {
  const kept = packages.filter(({ value }) => choice.keepsPackage(value));
  if (kept.length === 0) return { ...neutral, builder: true };
  const plain = call.command.redirects.length === 0 && call.command.assignments.length === 0;
  const isReplaced = kept.some(({ value }) => choice.replacements?.has(value));
  if (kept.length === packages.length && !isReplaced && !(plain && /\n\s*#/.test(source)))
    return { ...neutral, runtime: source, moves: kept.every(({ value }) => runtimePackages.has(value)) };
  const dropped = new Set([...packages.filter((word) => !kept.includes(word)), ...groupWords(call)]);
  const names = new Set(packages);
  const seen = new Set<string>();
  const words = call.command.words
    .filter((word) => !dropped.has(word))
    .flatMap((word) => {
      if (!names.has(word)) return [word.text];
      return (choice.replacements?.get(word.value) ?? [word.text]).filter((name) => !seen.has(name) && seen.add(name));
    });
  // What is set for the command stands in front: `DEBIAN_FRONTEND=noninteractive apt-get …`.
  const { span, words: all } = call.command;
  const settings = source.slice(0, (all[0]?.span.start ?? span.start) - span.start).trim();
  const runtime = [...(settings === "" ? [] : [settings]), ...words].join(" ");
  return { builder: true, runtime, moves: false, tokens: [] };
}

/** `--virtual .build`: a name for all packages of an `apk add`, by which the build's are removed again. */
function groupWords({ name, words }: Call): ShellWord[] {
  if (name !== "apk") return [];
  return words.filter(
    ({ value }, i) => /^(?:-t|--virtual(?:=.*)?)$/.test(value) || /^(?:-t|--virtual)$/.test(words[i - 1]?.value ?? ""),
  );
}

/** Commands that make or change files by themselves: nothing that a build reads comes from them. */
const plainCommands = new Set(["mkdir", "touch", "chown", "chgrp", "chmod", "rm", "rmdir", "ln"]);
const ownerCommands = new Set(["chown", "chgrp", "chmod"]);

function viewFiles(
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
  const owner = ownerCommands.has(call.name) && root !== undefined ? ownerText(facts, step, call, root) : null;
  if (outside.length === 0) return { ...builder, runtime: owner };
  // What crosses keeps its owner and its mode.
  const crosses = (path: string): boolean => choice.made.some((made) => isInside(made, path));
  if (outside.every(crosses) || makesCrossing(call, outside, choice)) return builder;
  if (ownerCommands.has(call.name) && outside.some((path) => coversCrossing(viewing, path)))
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
  if (ownerCommands.has(call.name) && holdsWork && repeatable && step.index < viewing.lastWork)
    return { ...builder, runtime: source, moves: false, tokens: paths };
  // A folder above the workshop is made again by WORKDIR or COPY.
  const isAbove = (path: string): boolean =>
    [...choice.workshop, ...choice.made].some((directory) => isInside(path, directory));
  if (call.name === "mkdir" && outside.every(isAbove)) return builder;
  if (!repeatable && isSetUp) return { ...neutral, runtime: source, moves: false, tokens: paths };
  if (!repeatable) return leave(viewing, step, call, outside);
  if (call.name !== "ln" && outside.includes("/etc/localtime") && isWithoutZones(choice))
    throw new Unsure(`${where} copies a time zone of the package \`tzdata\`, which the file removes again.`);
  if (ownerCommands.has(call.name) && step.index >= viewing.work && !outside.every((path) => isThere(viewing, path)))
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

/** Commands that fill a directory. */
const unpackers: ReadonlySet<string> = new Set(["tar", "bsdtar", "unzip", "git"]);

/** Directories of the system that are not copied as a whole. */
const systemDirectories =
  /^\/(?:(?:usr|usr\/local|var|home|root|etc|lib|lib64|opt|srv|tmp|run|mnt|media|dev|proc|sys|boot)?$|(?:usr\/|usr\/local\/)?(?:bin|sbin|lib|lib64|share|include|libexec)$|(?:usr\/share|usr\/local\/share|usr\/lib|var\/lib|var\/cache|var\/log|etc)\/?$)/;

/**
 * What commands put to known places outside the workshop: they cross, so that nothing has to be known of the commands. What
 * goes again later, and what cannot be named exactly, is left out.
 */
function madeOutside(facts: Facts, role: RoleOf, choice: Choice): ReadonlyMap<Call, readonly string[]> {
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

/** The places that a command fills, exactly; `null` where they cannot be told. */
function exactPaths({ name, args, path }: Call, paths: readonly string[]): readonly string[] | null {
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
function makesLink({ args, words, path }: Call): boolean {
  const operands = words.filter(({ value }) => !value.startsWith("-"));
  const [from, to] = operands;
  if (operands.length !== 2 || !from || !to || !args.some((arg) => /^-[a-zA-Z]*s/.test(arg))) return false;
  const target = path(to.text);
  if (!from.value.startsWith("/") || !to.value.startsWith("/") || target === null) return false;
  return systemDirectories.test(target) || systemDirectories.test(directoryOf(target));
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

/** The commands of a RUN that the runtime stage needs, as a RUN of their own. */
function extract(facts: Facts, step: Step, parts: readonly CallPart[], role: RoleOf): string {
  const { instruction } = step;
  if (instruction.json || instruction.mounts.some(({ type }) => type !== "cache")) {
    throw new Unsure(
      `RUN in ${place(instruction)} mixes what the build and what the program needs in a way that is not taken apart here.`,
    );
  }
  const hasPackages = parts.some(({ call, part }) => part.runtime !== null && role(call).kind === "packages");
  const texts: string[] = [];
  const pipelines = pipelinesOf(parts);
  const cd = pipelines.findIndex(([{ call }]) => call.name === "cd");
  pipelines.forEach((pipeline, i) => {
    const [{ call, part }] = pipeline;
    const found = role(call);
    const moved = cd >= 0 && cd < i;
    const update =
      found.kind === "packages" &&
      found.action === "other" &&
      call.args.some((arg) => /^(?:update|upgrade|dist-upgrade|full-upgrade|clean|autoclean)$/.test(arg));
    const cleans = found.kind === "cleanup" && call.args.some((arg) => /\/var\/(?:lib\/apt|cache)/.test(arg));
    const needed = pipeline.filter((each) => each.part.runtime !== null);
    if (needed.length === 0 && call.name !== "set" && !(hasPackages && (update || cleans))) return;
    const joined = [call.command, pipelines[i + 1]?.[0].call.command].some(
      (command) => command?.separator === "||" || command?.separator === "&",
    );
    const mixed = pipeline.length > 1 && pipeline.some((each) => each.part.builder && each.part.runtime === null);
    // The text for an owner names the workshop from the root.
    const isOwner = ownerCommands.has(call.name) && part.runtime !== commandSource(facts, call);
    const strays = moved && found.kind === "files" && !isOwner && !isAnywhere(call);
    if (call.command.depth > 0 || joined || mixed || strays) {
      if (needed.length === 0) return;
      throw new Unsure(
        `\`${shorten(pipelineSource(facts, pipeline))}\` in ${lineOf(facts, call)} cannot be taken out of its RUN with certainty.`,
      );
    }
    const source = part.runtime ?? (cleans ? cachesRemoved(call) : commandSource(facts, call));
    texts.push(pipeline.length > 1 ? pipelineSource(facts, pipeline) : source);
  });
  const { escape } = facts.analysis.dockerfile;
  const breaks = (text: string): boolean =>
    text
      .split("\n")
      .slice(0, -1)
      .some((line) => !line.trimEnd().endsWith(escape));
  if (texts.some(breaks) || (instruction.heredocs.length > 0 && cd >= 0))
    throw new Unsure(`The commands of RUN in ${place(instruction)} cannot be taken apart with certainty.`);
  const flags = instruction.mounts
    .map(({ flag }) => `${facts.analysis.text.slice(flag.span.start, flag.span.end)} `)
    .join("");
  const line = `RUN ${flags}${texts.join(" && ")}`;
  if (line.length <= 100 && !line.includes("\n")) return line;
  return `RUN ${flags}${texts.join(` ${facts.analysis.dockerfile.escape}\n    && `)}`;
}

/** Whether a command names its files from the root, so that it does the same in any directory. */
function isAnywhere({ name, args, command, env }: Call): boolean {
  const written = command.redirects.every(
    ({ operator, target }) => !operator.includes(">") || isAbsolute(target?.value),
  );
  if (name === "echo" || name === "printf") return written;
  const operands = operandsOf(name, args);
  const named = (word: string): string =>
    word.replace(/^\$\{?(\w+)\}?/, (all, variable: string) => env(variable) ?? all);
  return written && (ownerCommands.has(name) ? operands.slice(1) : operands).map(named).every(isAbsolute);
}

function isAbsolute(word: string | undefined): boolean {
  return word?.startsWith("/") === true;
}

/** A command that empties caches of package managers without what else it removes, which is the build's. */
function cachesRemoved({ program, words }: Call): string {
  const kept = words.filter(({ value }) => value.startsWith("-") || /^\/var\/(?:lib\/apt|cache)(?:\/|$)/.test(value));
  return [program, ...kept.map(({ text }) => text)].join(" ");
}

interface CallPart {
  readonly call: Call;
  readonly part: Part;
}

type Pipeline = readonly [CallPart, ...CallPart[]];

/** Commands that hand their output on, together. */
function pipelinesOf(parts: readonly CallPart[]): Pipeline[] {
  const pipelines: [CallPart, ...CallPart[]][] = [];
  for (const each of parts) {
    if (each.call.command.separator === "|" && pipelines.length > 0) pipelines.at(-1)!.push(each);
    else pipelines.push([each]);
  }
  return pipelines;
}

function pipelineSource({ analysis }: Facts, pipeline: Pipeline): string {
  return analysis.text.slice(pipeline[0].call.command.span.start, pipeline.at(-1)!.call.command.span.end);
}

/** Whether the builder names one of these words behind a step. */
export function isMentioned(
  facts: Facts,
  views: readonly View[],
  index: number,
  boundary: number,
  tokens: readonly string[],
): boolean {
  return facts.steps.some(({ instruction }, i) => {
    if (i <= index || i > boundary) return false;
    if (!views[i]!.builder && instruction.keyword !== "USER") return false;
    const text = sourceOf(facts, instruction);
    return tokens.some((token) => token !== "" && text.includes(token));
  });
}
