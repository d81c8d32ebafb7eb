import { isOneTypoApart } from "../text/similar.ts";
import type { Analysis } from "./analysis.ts";
import { findCheck } from "./checks.ts";
import { mayBecome, partsAroundVariables } from "./choice.ts";
import { looksLikeTarget } from "./describe.ts";
import { markReachable } from "./graph.ts";
import { misspelt } from "./meant.ts";
import type { Reference, Stage, Stages } from "./resolve.ts";

/** What the stages of a file are for, as far as the file says it. */
export interface Purposes {
  /**
   * For each stage whether a build without `--target` may need it: also where a variable in a FROM may choose it, and where
   * a name that does not find it was meant for it.
   */
  readonly plain: readonly boolean[];
  /** For each stage whether that build or one of a target of its own needs it. */
  readonly any: readonly boolean[];
  /** The stages that a plain build skips and no other stage uses. */
  readonly leaves: readonly Stage[];
}

/** More different bases with variables than this nobody wrote by hand. */
const mostChoosers = 200;

/** How many stages that nothing uses make a file a collection of targets rather than one with leftovers. */
const collection = 3;

/**
 * Says what stages are for; `null` where the file is too broken or too unfinished to say.
 *
 * @param targets names of stages, in lower case, that other files are known to choose as a target
 */
export function purposesOf(analysis: Analysis, targets: ReadonlySet<string>): Purposes | null {
  let all = known.get(analysis);
  if (!all) known.set(analysis, (all = new Map()));
  const key = [...targets].join("\n");
  let found = all.get(key);
  if (found === undefined) all.set(key, (found = readPurposes(analysis, targets)));
  return found;
}

/** Several rules and features ask for the same, by the names of the targets. */
const known = new WeakMap<Analysis, Map<string, Purposes | null>>();

function readPurposes(analysis: Analysis, targets: ReadonlySet<string>): Purposes | null {
  const { model, stages, graph, references } = analysis;
  const last = stages.at(-1);
  if (!last || stages.length < 2 || model.problems.length > 0 || isUnfinished(last)) return null;
  const { dependencies, dependents } = graph;
  if (graph.needed.every((needed) => needed)) return { plain: graph.needed, any: graph.needed, leaves: [] };
  // What a broken reference was meant for is not known.
  if (references.some(({ target }) => target.kind === "error") || stages.some(hasOpenFrom)) return null;
  const plain = [...graph.needed];
  const chosen = choosers(stages);
  if (chosen.size > mostChoosers) return null;
  for (const [text, chooser] of chosen) {
    const parts = partsAroundVariables(text);
    for (const { name, index } of stages.slice(0, chooser))
      if (!plain[index] && name !== null && mayBecome(parts, name)) markReachable(dependencies, index, plain);
  }
  // A stage that a misspelt name was meant for has its user; the name is what is wrong.
  for (const { meant } of misspelt(references, stages)) markReachable(dependencies, meant.index, plain);
  for (const reference of references) {
    const missed = missedStage(model, reference);
    if (missed !== null) markReachable(dependencies, missed, plain);
  }
  const leaves = stages.filter(({ index }) => !plain[index] && dependents[index]!.length === 0);
  const any = [...plain];
  const copying = new Set(references.filter(({ kind }) => kind === "copy").map(({ stage }) => stage));
  const published = publishedNames(references);
  for (const stage of stages) {
    if (any[stage.index]) continue;
    const isUsed = stage.name !== null && published.has(stage.name);
    if (isUsed || isTarget(analysis, stage, targets, copying)) markReachable(dependencies, stage.index, any);
  }
  const named = leaves.filter(({ name }) => name !== null);
  if (named.length >= collection) for (const { index } of named) markReachable(dependencies, index, any);
  return { plain, any, leaves };
}

/** Whether the last stage is being typed: it has an image and nothing else yet, so it says nothing about the stages above. */
function isUnfinished({ base, instructions }: Stage): boolean {
  return instructions.length === 0 && base?.target.kind !== "stage";
}

/** Whether a COPY is to say from where, and does not yet: `COPY --from=`, `COPY --from build`, `COPY --form=build`. */
function hasOpenFrom({ instructions }: Stage): boolean {
  return instructions.some((instruction) => {
    const { keyword, flags } = instruction.trigger ?? instruction;
    return (
      keyword === "COPY" &&
      flags.some(({ name, value }) => (name === "from" ? (value ?? "") === "" : isOneTypoApart(name, "from")))
    );
  });
}

/** The stage above that an image was meant to be: `FROM Build` of `AS build`, and a mount from a number. */
function missedStage({ firstByName }: Stages, { kind, text, stage, target }: Reference): number | null {
  if (target.kind !== "image") return null;
  const meant =
    kind === "from" ? firstByName.get(text.toLowerCase()) : /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return meant !== undefined && meant < stage ? meant : null;
}

/**
 * The words in the names of the images of somebody's own that a file uses: `example.com/team/app-base:1` may be what its
 * stage `base` was built and pushed as.
 */
function publishedNames(references: readonly Reference[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { target } of references) {
    if (target.kind !== "image" || !target.image.includes("/")) continue;
    for (const word of target.image.toLowerCase().split(/[^a-z0-9]+/)) found.add(word);
  }
  return found;
}

/** The texts of FROM lines with variables, and for each the last stage that has it. Very long ones are no names. */
function choosers(stages: readonly Stage[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { base, index } of stages) {
    if (base?.text.includes("$") && base.text.length <= 1024) found.set(base.text, index);
  }
  return found;
}

/**
 * Whether a stage is there for its own sake. It checks something, or it is built with `--target`: another file says so, its
 * name does, it says how to run it, or it gathers files to export (`FROM scratch` and copies from other stages).
 */
function isTarget(
  analysis: Analysis,
  stage: Stage,
  targets: ReadonlySet<string>,
  copying: ReadonlySet<number>,
): boolean {
  const { name, instructions, base, index } = stage;
  if (name === null) return findCheck(analysis, stage) !== null;
  if (targets.has(name) || looksLikeTarget(name)) return true;
  if (base?.target.kind === "scratch" && copying.has(index)) return true;
  return (
    instructions.some(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT" || keyword === "HEALTHCHECK") ||
    findCheck(analysis, stage) !== null
  );
}
