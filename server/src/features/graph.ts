import type { Instruction } from "../dockerfile/instruction.ts";
import type { GraphEdge, GraphNode, GraphStep, StageGraph } from "../protocol.ts";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { nameSpan, writtenName } from "./subject.ts";
import { transferLabel, transferOf } from "./transfer.ts";

/**
 * The stage graph as the webview draws it. `scratch` is no node, a mount without `from` no edge, and what stands behind
 * ONBUILD belongs to the stages that run it.
 */
export function stageGraph(analysis: Analysis, uri: string, version: number): StageGraph {
  const { lines, stages, graph } = analysis;
  const inCycle = new Set<Reference>(graph.cycles.flat());
  const broken = new Map<number, string>();
  const images = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  const counts = new Map<string, number>();
  for (const reference of [...analysis.references, ...analysis.model.triggered]) {
    if (reference.onbuild) continue;
    const { target, kind } = reference;
    const message = inCycle.has(reference)
      ? "These stages need each other."
      : target.kind === "error"
        ? "This names no stage that can be used here."
        : "";
    if (message !== "" && !broken.has(reference.stage)) broken.set(reference.stage, message);
    const range = lines.range(reference.span);
    const stage = referencedStage(reference);
    let to: string;
    if (stage !== null) {
      to = `stage:${stage}`;
      if (inCycle.has(reference)) broken.set(stage, message);
    } else if (target.kind === "image") {
      to = `image:${target.image}`;
      const known = images.get(to);
      images.set(to, {
        id: to,
        kind: "image",
        label: known?.label ?? reference.text,
        detail: "",
        index: null,
        range: known?.range ?? range,
        body: known?.body ?? range,
        isTarget: false,
        needed: known?.needed === true || graph.needed[reference.stage]!,
        broken: false,
        message: "",
        role: null,
        level: 0,
        steps: [],
      });
    } else continue;
    const from = `stage:${reference.stage}`;
    const base = `${kind}:${from}:${to}`;
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    edges.push({
      id: `${base}:${count}`,
      from,
      to,
      kind,
      label: kind === "from" ? "" : transferLabel(transferOf(reference)),
      range,
      broken: message !== "",
      message,
      fromStep: stepId(stages[reference.stage]!, reference.instruction),
      toStep: null,
    });
  }
  const { levels, longest } = order(stages.length, edges);
  const nodes = stages.map((stage): GraphNode => {
    const { index, base, span } = stage;
    return {
      id: `stage:${index}`,
      kind: "stage",
      label: writtenName(stage),
      detail: `FROM ${base?.text ?? ""}`.trim(),
      index,
      range: lines.range(nameSpan(stage)),
      body: lines.range(span),
      isTarget: index === graph.target,
      needed: graph.needed[index]!,
      broken: broken.has(index),
      message: broken.get(index) ?? "",
      role: null,
      level: levels[index]!,
      steps: stepsOf(analysis, stage),
    };
  });
  return {
    uri,
    version,
    nodes: [...nodes, ...images.values()],
    edges,
    longest: longest.map((index) => `stage:${index}`),
  };
}

function stepId({ index, from, instructions }: Stage, instruction: Instruction): string | null {
  if (instruction === from) return `step:${index}:0`;
  const at = instructions.indexOf(instruction);
  return at < 0 ? null : `step:${index}:${at + 1}`;
}

/** More characters of an instruction are not shown in a row. */
const longestRow = 80;

function stepsOf({ text, lines }: Analysis, { index, from, instructions }: Stage): GraphStep[] {
  return [from, ...instructions].map((instruction, i) => {
    const { keyword, span } = instruction;
    const source = text
      .slice(span.start, Math.min(span.end, span.start + 4 * longestRow))
      .replaceAll(/\\\r?\n/g, " ")
      .replaceAll(/\s+/g, " ");
    const row = source.slice(source.indexOf(" ") + 1);
    return {
      id: `step:${index}:${i}`,
      keyword,
      text: row.length > longestRow ? `${row.slice(0, longestRow - 1)}…` : row,
      range: lines.range(span),
    };
  });
}

/** How many stages have to be made before each, and the longest chain of such. What needs itself counts once. */
function order(count: number, edges: readonly GraphEdge[]): { levels: number[]; longest: number[] } {
  const needs: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) {
    if (to.startsWith("stage:")) needs[Number(from.slice(6))]!.push(Number(to.slice(6)));
  }
  const levels = Array.from({ length: count }, () => 0);
  const before: (number | null)[] = Array.from({ length: count }, () => null);
  // A stage may need one below it, though BuildKit takes that for a mount alone: then a second look is needed.
  for (let changed = true, rounds = 0; changed && rounds < 3; rounds++) {
    changed = false;
    for (let stage = 0; stage < count; stage++) {
      for (const other of needs[stage]!) {
        if (other === stage || levels[other]! + 1 <= levels[stage]! || levels[other]! >= count) continue;
        levels[stage] = levels[other]! + 1;
        before[stage] = other;
        changed = true;
      }
    }
  }
  let last = 0;
  for (let stage = 0; stage < count; stage++) if (levels[stage]! > levels[last]!) last = stage;
  const longest: number[] = [];
  for (let at: number | null = count > 0 ? last : null; at !== null && longest.length <= count; at = before[at]!)
    longest.unshift(at);
  return { levels, longest };
}
