import type { GraphEdge, GraphNode, GraphParams, GraphStep, StageGraph } from "../protocol.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { type Graph, referencedStage } from "../stages/graph.ts";
import { originOf } from "../stages/origin.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { roleOf } from "../stages/role.ts";
import { transferLabel } from "../stages/transfer.ts";
import type { Range } from "../text/range.ts";
import { alone, type Neighbours } from "../workspace/neighbours.ts";
import { pathsTaken } from "./copied-path.ts";
import { contextId, stageId, stepIds } from "./graph/ids.ts";
import { type GraphProblems, graphProblems } from "./graph/problems.ts";
import { isBuildStep, rowOf } from "./graph/rows.ts";
import { chooseTarget } from "./graph/target.ts";
import { contextNames, type Use, usesOf } from "./graph/uses.ts";
import { nameSpan, writtenName } from "./subject.ts";

export type GraphOptions = Omit<GraphParams, "textDocument">;

/**
 * The stage graph as the webview draws it. A mount without `from` that is no part of the build context is no edge, and what
 * stands behind ONBUILD belongs to the stages that run it.
 */
export function stageGraph(
  analysis: Analysis,
  uri: string,
  version: number,
  options: GraphOptions = {},
  neighbours: Neighbours = alone,
): StageGraph {
  const { lines, stages, graph } = analysis;
  const target = chooseTarget(analysis, options.target);
  const { needed } = target;
  const problems = graphProblems(analysis);
  const steps = stepIds(analysis);
  const contexts = contextNames(neighbours.builds);
  const makers = makerFinder(analysis, steps);
  const others = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  for (const use of usesOf(analysis, neighbours, { perUse: options.images === "per-use" })) {
    const kind = kindOf(use.to);
    if ((kind === "scratch" && options.scratch !== true) || (use.kind === "context" && options.contexts !== true))
      continue;
    const { reference, transfer } = use;
    const isNamedContext = kind === "context" && use.to !== contextId;
    const error = reference ? (problems.errors.get(reference) ?? "") : "";
    const doubt = reference && !isNamedContext ? (problems.doubts.get(reference) ?? "") : "";
    const message = error || doubt;
    const range = lines.range(reference ? reference.span : use.instruction.headSpan);
    if (kind !== "stage") {
      const known = others.get(use.to);
      const detail = isNamedContext ? [...(contexts.get(use.to.slice(contextId.length + 1)) ?? [])].join(", ") : "";
      const label = use.to === contextId ? "build context" : (reference?.text ?? use.to);
      others.set(
        use.to,
        known
          ? { ...known, needed: known.needed || needed[use.stage]!, ...(doubt && { broken: true, message: doubt }) }
          : {
              ...otherNode(use.to, kind, range),
              label,
              detail,
              needed: needed[use.stage]!,
              broken: doubt !== "",
              message: doubt,
            },
      );
    }
    edges.push({
      id: use.id,
      from: stageId(use.stage),
      to: use.to,
      kind: use.kind,
      mount: use.mount?.type ?? null,
      label: use.kind === "from" ? "" : transferLabel(transfer),
      sources: transfer.sources,
      destination: transfer.destination,
      range,
      broken: message !== "",
      message,
      fromStep: fromStep(use, stages, steps),
      toStep: reference && error === "" ? makers(reference) : null,
    });
  }
  const { levels, longest } = order(graph, target.index);
  const { ofStages, ofSteps } = placed(analysis, problems);
  const nodes = stages.map((stage): GraphNode => {
    const { index, base, span } = stage;
    const message = ofStages.get(index) ?? "";
    return {
      id: stageId(index),
      kind: "stage",
      label: writtenName(stage),
      detail: `FROM ${base?.text ?? ""}`.trim(),
      index,
      name: stage.name,
      range: lines.range(nameSpan(stage)),
      body: lines.range(span),
      isTarget: index === target.index,
      needed: needed[index]!,
      broken: message !== "",
      message,
      role: roleOf(analysis, stage)?.role ?? null,
      level: levels[index]!,
      steps: rowsOf(analysis, stage, steps, ofSteps),
    };
  });
  const ids = (wanted: boolean): string[] => nodes.filter((node) => node.needed === wanted).map(({ id }) => id);
  return {
    uri,
    version,
    builds: ids(true),
    skips: ids(false),
    nodes: [...nodes, ...others.values()],
    edges,
    longest: longest.map(stageId),
    target: stages.length > 0 ? stageId(target.index) : null,
    targetMessage: target.message,
  };
}

function kindOf(id: string): GraphNode["kind"] {
  if (id.startsWith("stage:")) return "stage";
  if (id === contextId || id.startsWith(`${contextId}:`)) return "context";
  return id.startsWith("image:") ? "image" : "scratch";
}

function otherNode(id: string, kind: GraphNode["kind"], range: Range): GraphNode {
  return {
    id,
    kind,
    label: "",
    detail: "",
    index: null,
    name: null,
    range,
    body: range,
    isTarget: false,
    needed: false,
    broken: false,
    message: "",
    role: null,
    level: 0,
    steps: [],
  };
}

/** The row of what needs; what ONBUILD of another stage brings along stands at the FROM. */
function fromStep(
  { written, stage }: Use,
  stages: readonly Stage[],
  steps: ReadonlyMap<Instruction, string>,
): string | null {
  const id = steps.get(written) ?? null;
  return id !== null && !id.startsWith(`step:${stage}:`) ? (steps.get(stages[stage]!.from) ?? null) : id;
}

/** More paths than this a file has only if a program wrote it; who makes them takes time to find out. */
const mostPaths = 2000;

/** Finds the row of the stage that a reference names which makes all that it takes; `null` where that is not certain. */
function makerFinder(
  analysis: Analysis,
  steps: ReadonlyMap<Instruction, string>,
): (reference: Reference) => string | null {
  const known = new Map<string, string | null>();
  const makerOf = (stage: number, path: string): string | null => {
    const key = `${stage}:${path}`;
    let maker = known.get(key);
    if (maker === undefined) {
      maker = known.size < mostPaths ? findMaker(stage, path) : null;
      known.set(key, maker);
    }
    return maker;
  };
  const findMaker = (stage: number, path: string): string | null => {
    const { certainty, changes } = originOf(analysis, analysis.files(stage), path);
    const id = certainty === "sure" ? steps.get(changes[0]!.instruction) : undefined;
    return id?.startsWith(`step:${stage}:`) === true ? id : null;
  };
  return (reference) => {
    const makers = pathsTaken(analysis, reference).map(({ stage, path }) =>
      path === null ? null : makerOf(stage, path),
    );
    // An edge has one end: of several instructions the last, by when all is there.
    return makers.includes(null) ? null : (makers.toSorted((a, b) => rank(b!) - rank(a!))[0] ?? null);
  };
}

function rank(step: string): number {
  return Number(step.slice(step.lastIndexOf(":") + 1));
}

/** What is wrong, by stage and by instruction; the first counts. */
function placed(
  { stages }: Analysis,
  { froms, errors, inCycle }: GraphProblems,
): { readonly ofStages: ReadonlyMap<number, string>; readonly ofSteps: ReadonlyMap<Instruction, string> } {
  const ofStages = new Map<number, string>(froms);
  const ofSteps = new Map<Instruction, string>();
  const add = <K>(found: Map<K, string>, key: K, message: string): void => {
    if (!found.has(key)) found.set(key, message);
  };
  for (const [stage, message] of froms) add(ofSteps, stages[stage]!.from, message);
  for (const [reference, message] of errors) {
    add(ofStages, reference.stage, message);
    add(ofSteps, reference.instruction, message);
    const other = inCycle.has(reference) ? referencedStage(reference) : null;
    if (other !== null) add(ofStages, other, message);
  }
  return { ofStages, ofSteps };
}

function rowsOf(
  analysis: Analysis,
  { from, instructions }: Stage,
  steps: ReadonlyMap<Instruction, string>,
  messages: ReadonlyMap<Instruction, string>,
): GraphStep[] {
  return [from, ...instructions].map((instruction) => ({
    id: steps.get(instruction)!,
    keyword: instruction.keyword,
    text: rowOf(analysis, instruction),
    range: analysis.lines.range(instruction.span),
    builds: isBuildStep(instruction),
    message: messages.get(instruction) ?? "",
  }));
}

/**
 * How many stages have to be made before each, one after the other, and the longest chain of such that leads to the target.
 * References that work name stages above, so that those are known.
 */
function order({ dependencies }: Graph, target: number): { levels: readonly number[]; longest: readonly number[] } {
  const levels: number[] = [];
  const before: number[] = [];
  for (const references of dependencies) {
    let level = 0;
    let last = -1;
    for (const reference of references) {
      const other = referencedStage(reference)!;
      if (levels[other]! + 1 <= level) continue;
      level = levels[other]! + 1;
      last = other;
    }
    levels.push(level);
    before.push(last);
  }
  const longest: number[] = [];
  for (let at = target; at >= 0; at = before[at]!) longest.push(at);
  return { levels, longest: longest.toReversed() };
}
