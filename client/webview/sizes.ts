import type { GraphEdge, GraphNode, StageGraph } from "../../server/src/protocol.ts";
import type { Sizes } from "./messages.ts";

/** What measured sizes say about a graph, in words. Pure. */

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `82.6 MB`: three digits and decimal units, as Docker prints sizes. */
export function showBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** The same, marked where the file was changed since. */
export const showMeasured = (bytes: number | undefined, sizes: Sizes | null): string =>
  bytes === undefined ? "" : `${sizes?.isOld === true ? "≈ " : ""}${showBytes(bytes)}`;

export const outdated = "Measured before the file was changed";

/** The size of a node's image as it is drawn, or that it has none; empty where it was not measured. */
export const nodeSize = ({ id }: GraphNode, sizes: Sizes | null): string =>
  sizes?.problems[id] === undefined ? showMeasured(sizes?.nodes[id], sizes) : "no size";

/** The bytes that an edge copies, as they are drawn: of COPY alone, for a mount leaves nothing behind. */
export function edgeSize({ kind, fromStep, broken }: GraphEdge, sizes: Sizes | null): string {
  const copies = (kind === "copy" || kind === "context") && !broken && fromStep !== null;
  return copies ? showMeasured(sizes?.steps[fromStep], sizes) : "";
}

/** What an instruction added, as it is drawn; empty where that is nothing or not known. */
export const stepSize = (id: string, sizes: Sizes | null): string => {
  const bytes = sizes?.steps[id];
  return bytes === 0 ? "" : showMeasured(bytes, sizes);
};

/** The id of what a stage is built on. */
export const baseOf = (id: string, graph: StageGraph): string | undefined =>
  graph.edges.find(({ kind, from, to }) => kind === "from" && from === id && to !== id)?.to;

/** How large the image is that a stage is built on: none where it begins with nothing, `undefined` where it is not known. */
export function baseSize(id: string, graph: StageGraph, sizes: Sizes): number | undefined {
  const base = baseOf(id, graph);
  if (base === undefined || graph.nodes.find((node) => node.id === base)?.kind === "scratch") return 0;
  return sizes.nodes[base];
}

/** Why a stage has no size, in words; empty where it has one, or nothing was measured. */
export function sizeProblem({ id, kind }: GraphNode, sizes: Sizes | null): string {
  if (!sizes || kind !== "stage" || sizes.nodes[id] !== undefined) return "";
  const problem = sizes.problems[id] ?? "";
  return problem === "" ? "not measured" : `not measured: ${problem.replace(/[.\s]+$/, "")}`;
}

/** What a stage adds to what it is built on; `undefined` where that is not known. */
export function addedBytes({ id, kind }: GraphNode, graph: StageGraph, sizes: Sizes): number | undefined {
  const [size, base] = [sizes.nodes[id], kind === "stage" ? baseSize(id, graph, sizes) : 0];
  return size === undefined || base === undefined || base > size ? undefined : size - base;
}

/** `base 74.8 MB + 7.81 MB added`, or that nothing is; empty where that is not known, or nothing is below it. */
export function sizeParts(node: GraphNode, graph: StageGraph, sizes: Sizes | null): string {
  if (!sizes || sizes.isOld) return "";
  const added = addedBytes(node, graph, sizes);
  const size = sizes.nodes[node.id];
  if (size === undefined || added === undefined || added === size) return "";
  return added === 0 ? "adds nothing to its base" : `base ${showBytes(size - added)} + ${showBytes(added)} added`;
}

/** `82.6 MB: base 74.8 MB + 7.81 MB added`, or why there is no size. */
export function describeSize(node: GraphNode, graph: StageGraph, sizes: Sizes | null): string {
  const problem = sizeProblem(node, sizes);
  if (problem !== "") return problem;
  return [nodeSize(node, sizes), sizeParts(node, graph, sizes)].filter((part) => part !== "").join(": ");
}
