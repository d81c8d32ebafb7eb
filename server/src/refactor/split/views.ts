import type { Instruction } from "../../dockerfile/instruction.ts";
import type { ShellWord } from "../../dockerfile/shell.ts";
import type { Call } from "../../stages/calls.ts";
import { isCredential, operandsOf, type Role } from "./commands.ts";
import { copyTarget } from "../../stages/copies.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts, Step } from "./facts.ts";
import { isAlpineTag, parseImage } from "../../images/image.ts";
import { isInside, lastPart, resolvePath } from "../../text/paths.ts";
import type { RoleOf } from "./roles.ts";
import { commandSource, lineOf, place, shorten, sourceOf, Unsure } from "./unsure.ts";

/** What an instruction is to each side. */
interface View {
  readonly builder: boolean;
  /** What the runtime stage needs of it in front of the copied files; `null` for nothing. */
  readonly runtime: string | null;
  /** Whether the builder can do without it, unless it mentions one of `tokens`. */
  readonly moves: boolean;
  readonly tokens: readonly string[];
  readonly dropped: boolean;
}

const builderOnly: View = { builder: true, runtime: null, moves: false, tokens: [], dropped: false };

/** What each step is to each side. */
export function viewSteps(facts: Facts, role: RoleOf, choice: Choice): View[] {
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
  return facts.steps.map((step) => viewStep(facts, step, role, choice, installs));
}

function viewStep(facts: Facts, step: Step, role: RoleOf, choice: Choice, installs: boolean): View {
  const { instruction } = step;
  const text = sourceOf(facts, instruction);
  const setting: View = {
    builder: false,
    runtime: choice.repeatsSettings ? text : null,
    moves: false,
    tokens: [],
    dropped: false,
  };
  switch (instruction.keyword) {
    case "RUN":
      return viewRun(facts, step, role, choice, installs);
    case "COPY":
    case "ADD":
      return viewCopy(facts, step, choice);
    case "ARG":
      return { ...setting, runtime: null };
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

function viewCopy(facts: Facts, step: Step, choice: Choice): View {
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
  const moves = names.every((name) => started.has(name)) || started.has(lastPart(target.path));
  return { builder: false, runtime: text, moves, tokens: names, dropped: false };
}

/** Packages that do nothing for a build. */
const runtimePackages = new Set(["tini", "dumb-init", "su-exec", "gosu", "catatonit"]);

function viewRun(facts: Facts, step: Step, role: RoleOf, choice: Choice, installs: boolean): View {
  const { instruction, calls } = step;
  // Everything the runtime stage takes is copied, so what commands do besides does not matter to it.
  if (!choice.repeatsSetup) {
    return installsReplaced(facts, calls, role, choice)
      ? { ...builderOnly, builder: false, dropped: true }
      : builderOnly;
  }
  const parts = calls.map((call) => ({ call, part: viewCall(facts, step, call, role(call), choice, installs) }));
  const needed = parts.filter(({ part }) => part.runtime !== null);
  const builder = parts.some(({ part }) => part.builder);
  if (needed.length === 0) return builderOnly;
  const tokens = needed.flatMap(({ part }) => part.tokens);
  const moves = !builder && needed.every(({ part }) => part.moves);
  const verbatim =
    !builder && parts.every(({ call, part }) => part.runtime === null || part.runtime === commandSource(facts, call));
  if (verbatim) return { builder: false, runtime: sourceOf(facts, instruction), moves, tokens, dropped: false };
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

function viewCall(facts: Facts, step: Step, call: Call, role: Role, choice: Choice, installs: boolean): Part {
  const source = commandSource(facts, call);
  switch (role.kind) {
    case "inert":
    case "state":
    case "cleanup":
      return neutral;
    case "step":
    case "credentials":
      return { ...neutral, builder: true };
    case "programs":
      return role.names.some((name) => choice.keepsProgram(name))
        ? { ...neutral, runtime: source, moves: false }
        : { ...neutral, builder: true };
    case "packages":
      if (role.action === "sources") return installs ? { ...neutral, runtime: source, moves: false } : neutral;
      return role.action === "install" ? viewPackages(source, call, role.packages, choice) : neutral;
    case "users":
      return { ...neutral, runtime: source, tokens: call.args.filter((arg) => !/^[-/]/.test(arg)) };
    case "files":
      return viewFiles(facts, step, call, role, choice);
    case "unknown":
      throw new Unsure(
        `What \`${shorten(source)}\` in ${lineOf(facts, call)} does is not known, so it is not certain which stage needs it.`,
      );
  }
}

function viewPackages(source: string, call: Call, packages: readonly ShellWord[], choice: Choice): Part {
  const kept = packages.filter(({ value }) => choice.keepsPackage(value));
  if (kept.length === 0) return { ...neutral, builder: true };
  if (kept.length === packages.length)
    return { ...neutral, runtime: source, moves: kept.every(({ value }) => runtimePackages.has(value)) };
  const dropped = new Set(packages.filter((word) => !kept.includes(word)));
  const words = call.command.words.filter((word) => !dropped.has(word)).map(({ text }) => text);
  return { builder: true, runtime: words.join(" "), moves: false, tokens: [] };
}

/** Commands that make or change files by themselves: nothing that a build reads comes from them. */
const plainCommands = new Set(["mkdir", "touch", "chown", "chgrp", "chmod", "rm", "rmdir", "ln"]);
const ownerCommands = new Set(["chown", "chgrp", "chmod"]);

function viewFiles(
  facts: Facts,
  step: Step,
  call: Call,
  { paths, repeatable }: Extract<Role, { kind: "files" }>,
  choice: Choice,
): Part {
  const source = commandSource(facts, call);
  const where = `\`${shorten(source)}\` in ${lineOf(facts, call)}`;
  if (paths === null || paths.length === 0) throw new Unsure(`What ${where} changes cannot be told from the file.`);
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
  if (paths.every((path) => path === "/etc/ssl/certs"))
    throw new Unsure(`${where} changes certificates, and whether the program needs them is not certain.`);
  // A folder above the workshop is made again by WORKDIR or COPY.
  const isAbove = (path: string): boolean =>
    [...choice.workshop, ...choice.made].some((directory) => isInside(path, directory));
  if (call.name === "mkdir" && outside.every(isAbove)) return builder;
  if (!repeatable) throw new Unsure(`Whether the build or the program needs ${where} is not certain.`);
  if (call.name !== "ln" && outside.includes("/etc/localtime") && isWithoutZones(choice))
    throw new Unsure(`${where} copies a time zone of the package \`tzdata\`, which the file removes again.`);
  if (outside.length === paths.length) {
    const moves = plainCommands.has(call.name) || isStarted(facts, paths);
    return { ...neutral, runtime: source, moves, tokens: paths };
  }
  // What lies in the workshop crosses with it; the rest is done again.
  if (!plainCommands.has(call.name) || call.name === "ln")
    throw new Unsure(`Whether the build or the program needs ${where} is not certain.`);
  const rest = call.words.filter(({ text, value }) => {
    const path = value.startsWith("-") ? null : call.path(text);
    return path === null || !paths.includes(path) || outside.includes(path);
  });
  const again = [call.program, ...rest.map(({ text }) => text)].join(" ");
  return { ...builder, runtime: owner === null ? again : `${again} && ${owner}` };
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
function extract(
  facts: Facts,
  step: Step,
  parts: readonly { readonly call: Call; readonly part: Part }[],
  role: RoleOf,
): string {
  const { instruction } = step;
  if (instruction.heredocs.length > 0 || instruction.json || instruction.mounts.some(({ type }) => type !== "cache")) {
    throw new Unsure(
      `RUN in ${place(instruction)} mixes what the build and what the program needs in a way that is not taken apart here.`,
    );
  }
  const hasPackages = parts.some(({ call, part }) => part.runtime !== null && role(call).kind === "packages");
  const texts: string[] = [];
  let moved = false;
  parts.forEach(({ call, part }, i) => {
    const found = role(call);
    const next = parts[i + 1]?.call.command;
    if (call.name === "cd") moved = true;
    const update =
      found.kind === "packages" &&
      found.action === "other" &&
      call.args.some((arg) => /^(?:update|upgrade|dist-upgrade|full-upgrade|clean|autoclean)$/.test(arg));
    const cleans = found.kind === "cleanup" && call.args.some((arg) => /\/var\/(?:lib\/apt|cache)/.test(arg));
    if (part.runtime === null && call.name !== "set" && !(hasPackages && (update || cleans))) return;
    const joined = [call.command, ...(next ? [next] : [])].some(
      ({ separator }) => separator === "|" || separator === "||" || separator === "&",
    );
    if (call.command.depth > 0 || joined || (moved && found.kind === "files")) {
      if (part.runtime === null) return;
      throw new Unsure(
        `\`${shorten(commandSource(facts, call))}\` in ${lineOf(facts, call)} cannot be taken out of its RUN with certainty.`,
      );
    }
    texts.push(part.runtime ?? commandSource(facts, call));
  });
  const flags = instruction.mounts
    .map(({ flag }) => `${facts.analysis.text.slice(flag.span.start, flag.span.end)} `)
    .join("");
  const line = `RUN ${flags}${texts.join(" && ")}`;
  if (line.length <= 100 && !line.includes("\n")) return line;
  return `RUN ${flags}${texts.join(` ${facts.analysis.dockerfile.escape}\n    && `)}`;
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
