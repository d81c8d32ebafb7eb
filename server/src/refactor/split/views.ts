import { atMost, joined } from "../../text/list.ts";
import type { Instruction } from "../../dockerfile/instruction.ts";
import type { Call } from "../../stages/calls.ts";
import { isCredential } from "./commands.ts";
import { copyTarget } from "../../stages/copies.ts";
import type { Choice, Crossing } from "./ecosystems/ecosystem.ts";
import type { Facts, Step } from "./facts.ts";
import { isInside, lastPart, resolvePath } from "../../text/paths.ts";
import type { RoleOf } from "./roles.ts";
import { strayVariables } from "./strays.ts";
import { commandSource, place, sourceOf, Unsure } from "./unsure.ts";
import type { Viewing } from "./viewing.ts";
import { viewUnknown } from "./unknown.ts";
import { viewCall } from "./view-calls.ts";
import { madeOutside } from "./made.ts";
import { extract } from "./extract.ts";

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
  return joined(
    atMost(4, items, (count) => `${count} more commands`),
    "and",
  );
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
