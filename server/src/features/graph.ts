import type { GraphEdge, GraphNode, StageGraph } from "../protocol.ts";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import type { Reference } from "../stages/resolve.ts";
import { nameSpan, writtenName } from "./subject.ts";
import { transferLabel, transferOf } from "./transfer.ts";

/**
 * The stage graph as the webview draws it. `scratch` is no node, a mount without `from` no edge, and what stands behind
 * ONBUILD belongs to the stages that run it.
 */
export function stageGraph(analysis: Analysis, uri: string, version: number): StageGraph {
  const { lines, stages, graph } = analysis;
  const inCycle = new Set<Reference>(graph.cycles.flat());
  const broken = new Set<number>();
  const images = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  const counts = new Map<string, number>();
  for (const reference of [...analysis.references, ...analysis.model.triggered]) {
    if (reference.onbuild) continue;
    const { target, kind } = reference;
    const isBroken = target.kind === "error" || inCycle.has(reference);
    if (isBroken) broken.add(reference.stage);
    const range = lines.range(reference.span);
    const stage = referencedStage(reference);
    let to: string;
    if (stage !== null) {
      to = `stage:${stage}`;
      if (inCycle.has(reference)) broken.add(stage);
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
      });
    } else continue;
    const from = `stage:${reference.stage}`;
    const base = `${kind}:${from}:${to}`;
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    const label = kind === "from" ? "" : transferLabel(transferOf(reference));
    edges.push({ id: `${base}:${count}`, from, to, kind, label, range, broken: isBroken });
  }
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
    };
  });
  return { uri, version, nodes: [...nodes, ...images.values()], edges };
}
