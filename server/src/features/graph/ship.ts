import type { Instruction } from "../../dockerfile/instruction.ts";
import type { LeftStage, ShipAnswer, ShippedPart, ShipParams } from "../../protocol.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { baseChain, referencedStage } from "../../stages/graph.ts";
import { originOf } from "../../stages/origin.ts";
import type { Reference, Stage } from "../../stages/resolve.ts";
import type { Step } from "../../stages/steps.ts";
import { atMost, joined } from "../../text/list.ts";
import { isInside, relativePath, resolvePath } from "../../text/paths.ts";
import type { Neighbours } from "../../workspace/neighbours.ts";
import { type CopiedPath, pathsTaken } from "../copied-path.ts";
import { nameSpan, writtenName } from "../subject.ts";
import { contextId, stageId, stepIds } from "./ids.ts";
import { rowOf } from "./rows.ts";
import { chooseTarget, stepsOfAll, type Target } from "./target.ts";
import { contextSources, type Use, usesOf } from "./uses.ts";

export type ShipQuestion = Omit<ShipParams, "textDocument">;

/** Of what the image of the target consists, and what of the other stages stays behind. */
export function shipped(
  analysis: Analysis,
  version: number,
  question: ShipQuestion,
  neighbours: Neighbours,
): ShipAnswer {
  const target = chooseTarget(analysis, question.target);
  if (target.index < 0) return { version, target: null, parts: [], left: [] };
  const uses = usesOf(analysis, neighbours, { perUse: false });
  const chain = baseChain(analysis.stages, target.index).toReversed();
  const byPlace = new Map<string, Use[]>();
  for (const use of uses) {
    const key = placeKey(use.stage, use.written);
    const others = byPlace.get(key);
    if (others) others.push(use);
    else byPlace.set(key, [use]);
  }
  const ids = stepIds(analysis);
  const trace = tracer(analysis, ids);
  const stepsOf = stepsOfAll(analysis);
  const parts = chain.flatMap((index, i) => {
    const stage = analysis.stages[index]!;
    const own = stepsOf[index]!.flatMap((step) =>
      partsOf(analysis, stage, step, byPlace.get(placeKey(index, step.written)) ?? [], ids, trace),
    );
    return i === 0 ? [...basePart(analysis, stage, byPlace, ids), ...own] : own;
  });
  return {
    version,
    target: stageId(target.index),
    parts,
    left: leftStages(analysis, target, new Set(chain), uses),
  };
}

function placeKey(stage: number, written: Instruction): string {
  return `${stage}:${written.span.start}`;
}

/** What all of it is built on; nothing for `scratch`. */
function basePart(
  { lines }: Analysis,
  { index, from, base, baseName }: Stage,
  byPlace: ReadonlyMap<string, readonly Use[]>,
  ids: ReadonlyMap<Instruction, string>,
): readonly ShippedPart[] {
  if (!base || base.target.kind === "scratch") return [];
  const use = byPlace.get(placeKey(index, from))?.find(({ kind }) => kind === "from");
  return [
    {
      origin: "base",
      from: use?.to ?? null,
      label: baseName === "" ? base.text : baseName,
      sources: [],
      destination: null,
      step: ids.get(from) ?? null,
      stage: stageId(index),
      range: lines.range(base.span),
      madeBy: [],
    },
  ];
}

type Trace = (path: CopiedPath) => readonly string[];

/** What one instruction adds to the image. */
function partsOf(
  analysis: Analysis,
  stage: Stage,
  { instruction, written, place }: Step,
  uses: readonly Use[],
  ids: ReadonlyMap<Instruction, string>,
  trace: Trace,
): readonly ShippedPart[] {
  const { keyword, args } = instruction;
  const common = {
    step: ids.get(place) ?? null,
    stage: stageId(stage.index),
    range: analysis.lines.range(place.span),
    madeBy: [],
  };
  if (keyword === "RUN") {
    const label = rowOf(analysis, instruction);
    return [{ ...common, origin: "run", from: null, label, sources: [], destination: null }];
  }
  if ((keyword !== "COPY" && keyword !== "ADD") || args.length < 2) return [];
  const isOwn = place === written;
  const destination = (isOwn ? destinationOf(analysis, stage, instruction) : null) ?? args.at(-1)!.text;
  const part = (
    origin: ShippedPart["origin"],
    from: string | null,
    sources: readonly string[],
    madeBy: readonly string[] = [],
  ): ShippedPart => ({ ...common, origin, from, label: sources.join(" "), sources, destination, madeBy });
  const use = uses.find(({ kind }) => kind === "copy");
  if (use?.reference) {
    const { reference, to, transfer } = use;
    const isStage = referencedStage(reference) !== null;
    const makers = pathsTaken(analysis, reference).flatMap(trace);
    return [part(isStage ? "stage" : "image", to, transfer.sources, [...new Set(makers)])];
  }
  const parts: ShippedPart[] = [];
  const own = contextSources(analysis, stage.index, instruction);
  if (own.length > 0)
    parts.push(
      part(
        "context",
        contextId,
        own.map(({ text }) => text),
      ),
    );
  if (instruction.flags.some(({ name, value }) => name === "from" && value !== "")) return parts;
  const others = args
    .slice(0, -1)
    .filter((word) => !own.includes(word))
    .map(({ text }) => text);
  const texts = others.filter((text) => /^\d*<</.test(text));
  const remote = others.filter((text) => !/^\d*<</.test(text));
  if (texts.length > 0) parts.push(part("text", null, texts));
  if (remote.length > 0) parts.push(part("remote", null, remote));
  return parts;
}

/** Where a copy of the stage lands, absolute; `null` where the file does not say it. */
function destinationOf(analysis: Analysis, { index }: Stage, instruction: Instruction): string | null {
  const [change] = analysis.files(index).changes(instruction);
  return change?.kind === "content" ? change.path : null;
}

/** No file hands something on more often than that. */
const longestWay = 20;

/** Finds the rows that made what is copied, the last first: through stages that only hand it on. */
function tracer(analysis: Analysis, ids: ReadonlyMap<Instruction, string>): Trace {
  const copies = new Map<Instruction, Reference>();
  for (const reference of analysis.references) {
    if (reference.kind === "copy" && !reference.onbuild) copies.set(reference.instruction, reference);
  }
  return (first) => {
    const makers: string[] = [];
    let { stage, path } = first;
    while (path !== null && makers.length < longestWay) {
      const { certainty, changes } = originOf(analysis, analysis.files(stage), path);
      const [change] = changes;
      const id: string | undefined = certainty === "sure" && change ? ids.get(change.instruction) : undefined;
      if (id === undefined || !change) break;
      makers.push(id);
      const reference = copies.get(change.instruction);
      const [source, more] = reference ? pathsTaken(analysis, reference) : [];
      if (!source || more || source.path === null || change.kind !== "content" || !isInside(change.path, path)) break;
      // A folder's contents land in the destination.
      path = path === change.path ? source.path : resolvePath(source.path, relativePath(change.path, path));
      ({ stage } = source);
    }
    return makers;
  };
}

/** The stages that are built and are no part of the image. */
function leftStages(
  { stages, lines }: Analysis,
  { needed }: Target,
  chain: ReadonlySet<number>,
  uses: readonly Use[],
): readonly LeftStage[] {
  const ships = new Map<number, Set<string>>();
  const users = new Map<number, Set<number>>();
  const mounted = new Set<number>();
  for (const { stage, kind, reference, transfer } of uses) {
    const other = reference && reference.target.kind === "stage" ? reference.target.stage : null;
    if (other === null || !needed[stage]) continue;
    if (!chain.has(stage)) addTo(users, other, stage);
    else if (kind === "copy") for (const source of transfer.sources) addTo(ships, other, source);
    else if (kind === "mount") mounted.add(other);
  }
  return stages
    .filter(({ index }) => needed[index] && !chain.has(index))
    .map((stage) => {
      const paths = [...(ships.get(stage.index) ?? [])];
      const names = [...(users.get(stage.index) ?? [])].map((index) => writtenName(stages[index]!));
      return {
        stage: stageId(stage.index),
        label: writtenName(stage),
        range: lines.range(nameSpan(stage)),
        ships: paths,
        message: leftMessage(paths, names, mounted.has(stage.index)),
      };
    });
}

/** More paths or stages in a sentence than this nobody reads. */
const mostNamed = 4;

function leftMessage(paths: readonly string[], users: readonly string[], isMounted: boolean): string {
  if (paths.includes("/")) return "All of its files ship; its settings stay behind.";
  const named = (words: readonly string[]): string =>
    joined(
      atMost(mostNamed, words, (count) => `${count} others`),
      "and",
    );
  const more = [
    ...(users.length > 0
      ? [`what ${named(users)} ${users.length === 1 ? "takes over or makes" : "take over or make"} of it`]
      : []),
    ...(isMounted ? ["what a RUN that mounts it takes out of it"] : []),
  ];
  if (paths.length === 0)
    return more.length > 0 ? `Nothing of it ships but ${joined(more, "and")}.` : "Nothing of it ships.";
  const rest = more.length > 0 ? `, and ${joined(more, "and")}` : "; all else stays behind";
  return `Only ${named(paths)} ${paths.length === 1 ? "ships" : "ship"}${rest}.`;
}

function addTo<T>(sets: Map<number, Set<T>>, key: number, value: T): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
