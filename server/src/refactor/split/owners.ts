import type { Call } from "../../stages/calls.ts";
import { copyTarget } from "../../stages/copies.ts";
import { isInside, relativePath } from "../../text/paths.ts";
import { operandsOf } from "./commands.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts, Step } from "./facts.ts";
import type { Side, Split } from "./plan.ts";
import type { RoleOf } from "./roles.ts";
import { commandSource, sourceOf } from "./unsure.ts";

/**
 * COPY keeps owners and modes of all that lies in a directory, but not those of the directory itself: a new one belongs to
 * root, and one that is there stays as it is. What the builder's has is set before COPY where it matters.
 */

/** A directory as somebody has made it; `null` for root's and for the usual mode. */
interface Directory {
  readonly exists: boolean;
  readonly owner: string | null;
  readonly mode: string | null;
}

const nothing: Directory = { exists: false, owner: null, mode: null };

/** Which part of the stage is looked at. */
interface Part {
  readonly until: number;
  has(step: Step, call: Call | null): boolean;
}

/** Directories of the system and of its packages: there before anything is built. */
const system =
  /^\/(?:$|(?:etc|usr|bin|sbin|lib|lib64|dev|proc|sys|run|root|tmp)(?:\/|$)|(?:opt|srv|home|var|mnt|media)$|var\/[^/]+$|var\/www\/html$)/;

/** A command that gives a directory its owner and its mode. */
export interface OwnerCommand {
  /** For root. */
  readonly text: string;
  /** For the user of the runtime stage, where that one may; `null` where only root may. */
  readonly own: string | null;
}

/** Commands that set owners and modes of directories which cross, for the runtime stage. */
export function ownerCommands(
  facts: Facts,
  role: RoleOf,
  { crossings, repeatsSetup, repeatsSettings }: Choice,
  sides: readonly Side[],
  boundary: number,
): OwnerCommand[] {
  if (!repeatsSetup) return [];
  const user = repeatsSettings ? userBehind(facts, boundary) : null;
  const builder: Part = { until: boundary, has: () => true };
  const repeated = new Set<Step | Call>();
  for (const step of facts.steps) {
    if (isRepeated(facts, sides, step, null)) repeated.add(step);
    for (const call of step.calls) if (isRepeated(facts, sides, step, call)) repeated.add(call);
  }
  const runtime: Part = { until: boundary, has: (step, call) => repeated.has(call ?? step) };
  return crossings.flatMap(({ value, to, directory, from }): OwnerCommand[] => {
    if (to !== null || (!directory && !isNamedDirectory(facts, value)) || /[*?[]/.test(value)) return [];
    const wanted = follow(facts, role, value, builder);
    if (wanted.owner === null && wanted.mode === null) return [];
    const made = follow(facts, role, value, runtime);
    if (made.owner === wanted.owner && made.mode === wanted.mode) return [];
    const path = /^[\w./${}-]+$/.test(from) ? from : value;
    // In their own home everybody may make one.
    const isOwn = !made.exists && wanted.mode === null && wanted.owner === user && isInside(`/home/${user}`, value);
    const commands = made.exists ? [] : [`mkdir -p ${path}`];
    if (wanted.owner !== made.owner) commands.push(`chown ${wanted.owner ?? "root"} ${path}`);
    if (wanted.mode !== null && wanted.mode !== made.mode) commands.push(`chmod ${wanted.mode} ${path}`);
    return [{ text: commands.join(" && "), own: isOwn ? `mkdir -p ${path}` : null }];
  });
}

/** Whether something in the stage names a file in a path. */
function isNamedDirectory({ analysis, stage }: Facts, path: string): boolean {
  return analysis.text.slice(stage.span.start, stage.span.end).includes(`${path}/`);
}

/** Whether the runtime stage does in front of its copies what a step does. */
function isRepeated(facts: Facts, sides: readonly Side[], step: Step, call: Call | null): boolean {
  const side = sides[step.index]!;
  if (side.kind === "shared") return true;
  if (side.kind === "moved") return !side.late;
  if (side.kind !== "both") return false;
  if (call === null || side.text.includes(commandSource(facts, call))) return true;
  // An owner's command for the directory alone.
  if (!isOwnerCommand(call)) return false;
  const [owner, ...targets] = operandsOf(call.name, call.args);
  return [owner, ...targets.map((word) => call.path(word))].every((word) => side.text.includes(word ?? "\n\n"));
}

function isOwnerCommand({ name }: Call): boolean {
  return name === "chown" || name === "chgrp" || name === "chmod";
}

/** What becomes of a directory in a part of the stage. */
function follow(facts: Facts, role: RoleOf, path: string, part: Part): Directory {
  let found: Directory = { ...nothing, exists: system.test(path) };
  let worker: string | null = null;
  const make = (owner: string | null): void => {
    if (!found.exists) found = { exists: true, owner: isRoot(owner) ? null : owner, mode: null };
  };
  for (const step of facts.steps.slice(0, part.until + 1)) {
    const { keyword, flags } = step.instruction;
    if (keyword === "WORKDIR" && part.has(step, null)) {
      const place = facts.steps[step.index + 1]?.cwd ?? facts.cwd;
      if (place && isInside(path, place.value)) make(step.user);
    }
    if ((keyword === "COPY" || keyword === "ADD") && part.has(step, null)) {
      const target = copyTarget(step);
      if (target && isInside(path, target.path)) make(flags.find(({ name }) => name === "chown")?.value ?? null);
    }
    for (const call of step.calls) {
      if (!part.has(step, call)) continue;
      const done = role(call);
      if (isOwnerCommand(call)) found = withOwner(found, call, path);
      else if (done.kind === "step") worker = step.user;
      else if (done.kind !== "files" || done.paths === null) continue;
      else if (call.name === "rm") {
        if (done.paths.some((one) => isInside(one, path))) found = nothing;
      } else if (done.paths.some((one) => isInside(path, one))) make(step.user);
    }
  }
  // A step of the build has made it.
  if (worker !== null) make(worker);
  return found;
}

function isRoot(user: string | null): boolean {
  return user === null || /^(?:root|0)(?::(?:root|0))?$/.test(user);
}

/** What `chown`, `chgrp` or `chmod` leaves of a directory. */
function withOwner(found: Directory, call: Call, path: string): Directory {
  const { name, args, words } = call;
  const isRecursive = args.some((arg) => /^-[a-zA-Z]*R|^--recursive$/.test(arg));
  const [first, ...targets] = words.filter(({ value }) => !value.startsWith("-"));
  const reaches = targets.some(({ text }) => {
    const target = call.path(text);
    if (target === null) return false;
    if (target === path || (isRecursive && isInside(target, path))) return true;
    const folder = target.replace(/\/\*$/, "");
    return (
      folder !== target &&
      folder !== path &&
      isInside(folder, path) &&
      (isRecursive || !relativePath(folder, path).includes("/"))
    );
  });
  const value = first === undefined ? undefined : valueOf(call, first.text);
  if (!reaches || value === undefined) return found;
  if (name === "chmod") return { ...found, exists: true, mode: value };
  if (name === "chgrp")
    return { ...found, exists: true, owner: `${(found.owner ?? "root").replace(/:.*/, "")}:${value}` };
  return { ...found, exists: true, owner: isRoot(value) ? null : value };
}

/** A word with its variables replaced; `undefined` where one is not known. */
function valueOf(call: Call, text: string): string | undefined {
  const value = text
    .replace(/^["']|["']$/g, "")
    .replace(/\$\{?(\w+)\}?/g, (all, name: string) => call.env(name) ?? all);
  return /^[\w.:,=+-]+$/.test(value) ? value : undefined;
}

/** Whether the user of the runtime stage may give them. */
function areOwn(owners: readonly OwnerCommand[]): boolean {
  return owners.every(({ own }) => own !== null);
}

/**
 * Puts RUN lines for them behind the lines of the set-up, or in front of the last one where that says who else than root
 * works from there on.
 */
export function withOwners(
  { facts, owners, boundary, choice }: Split,
  lines: readonly string[],
  last: Step | null,
): string[] {
  if (owners.length === 0) return [...lines];
  if (areOwn(owners)) return [...lines, `RUN ${owners.map(({ own }) => own).join(" && ")}`];
  const line = `RUN ${owners.map(({ text }) => text).join(" && ")}`;
  const user = choice.repeatsSettings ? userBehind(facts, boundary) : null;
  if (isRoot(user)) return [...lines, line];
  return last?.instruction.keyword === "USER" && isRoot(last.user)
    ? [...lines.slice(0, -1), line, lines.at(-1)!]
    : [...lines, "USER root", line, `USER ${user}`];
}

/** The user behind a step, as USER writes it. */
function userBehind(facts: Facts, boundary: number): string | null {
  const found = facts.steps.findLast(({ instruction, index }) => index <= boundary && instruction.keyword === "USER");
  return found === undefined
    ? null
    : sourceOf(facts, found.instruction)
        .replace(/^\s*user\s+/i, "")
        .trim();
}
