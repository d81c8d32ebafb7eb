import type { GraphEdge, GraphNode, GraphStep, StageGraph, StageRole } from "../../server/src/protocol.ts";
import { html } from "./elements.ts";
import type { Sizes } from "./messages.ts";
import { describeSize, edgeSize, stepSize } from "./sizes.ts";

/** What the graph says in words: names for nodes, edges and instructions, and all of it as a text. */

type Nodes = ReadonlyMap<string, GraphNode>;

export const roles: Readonly<Record<StageRole, string>> = {
  dependencies: "installs dependencies",
  build: "builds",
  test: "tests",
  tools: "brings tools",
  base: "a base for others",
  files: "files only",
  runtime: "runs",
};

const kinds: Readonly<Record<GraphNode["kind"], string>> = {
  stage: "Stage",
  image: "Image",
  context: "Context",
  scratch: "Image",
};

const verbs = { from: "FROM", copy: "COPY", mount: "mount", context: "takes files" } as const;

const sentence = (text: string): string => text.replace(/[.\s]+$/, "");

export function describeEdge(edge: GraphEdge, nodes: Nodes, sizes: Sizes | null): string {
  const { from, to, kind, label, broken, message } = edge;
  const name = (id: string): string => nodes.get(id)?.label ?? id;
  const what =
    kind === "from" ? `${name(from)} is built FROM ${name(to)}` : `${name(from)}: ${verbs[kind]} from ${name(to)}`;
  const wrong = broken ? `. ${message === "" ? "This cannot work" : sentence(message)}` : "";
  const size = edgeSize(edge, sizes);
  return `${what}${label === "" ? "" : `, ${label}`}${size === "" ? "" : `, ${size}`}${wrong}`;
}

const usersOf = new WeakMap<StageGraph, ReadonlyMap<string, ReadonlySet<string>>>();

/** For each node those that need it. */
function findUsers(graph: StageGraph): ReadonlyMap<string, ReadonlySet<string>> {
  const known = usersOf.get(graph);
  if (known) return known;
  const users = new Map<string, Set<string>>(graph.nodes.map(({ id }) => [id, new Set()]));
  for (const { from, to } of graph.edges) if (from !== to) users.get(to)?.add(from);
  usersOf.set(graph, users);
  return users;
}

export function describeNode(node: GraphNode, graph: StageGraph, sizes: Sizes | null): string {
  const users = findUsers(graph).get(node.id) ?? new Set();
  return [
    `${kinds[node.kind]} ${node.label}`,
    node.detail,
    node.role === null ? "" : roles[node.role],
    describeSize(node, graph, sizes),
    node.isTarget ? "the image that is built" : node.needed ? "" : "not needed for the image that is built",
    node.broken ? `has an error${node.message === "" ? "" : `: ${sentence(node.message)}`}` : "",
    users.size === 0 ? "" : users.size === 1 ? "used by one stage" : `used by ${users.size} stages`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

export function describeStep({ id, keyword, text, message }: GraphStep, sizes: Sizes | null): string {
  const size = stepSize(id, sizes);
  return `${keyword} ${text}${size === "" ? "" : `, adds ${size}`}${message === "" ? "" : `. ${sentence(message)}`}`;
}

/** The graph as a list of sentences, for those who do not see the drawing. */
export function listGraph(graph: StageGraph, expanded: ReadonlySet<string>, sizes: Sizes | null): HTMLUListElement {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const needs = new Map<string, GraphEdge[]>(graph.nodes.map(({ id }) => [id, []]));
  for (const edge of graph.edges) needs.get(edge.from)?.push(edge);
  const list = html("ul");
  for (const node of graph.nodes) {
    const item = html("li", {}, `${describeNode(node, graph, sizes)}.`);
    const lines = [
      ...(needs.get(node.id) ?? []).map((edge) => `${describeEdge(edge, nodes, sizes)}.`),
      ...(expanded.has(node.id) ? node.steps.map((step) => describeStep(step, sizes)) : []),
    ];
    if (lines.length > 0) item.append(html("ul", {}, ...lines.map((line) => html("li", {}, line))));
    list.append(item);
  }
  return list;
}

/** What the target builds, and what it skips. */
export function describeBuild({ nodes, builds, skips, targetMessage }: StageGraph): string {
  if (targetMessage !== "") return targetMessage;
  const name = (id: string): string => nodes.find((node) => node.id === id)?.label ?? id;
  const all = builds.length + skips.length;
  if (skips.length === 0) return all === 1 ? "Builds the only stage" : `Builds all ${all} stages`;
  const shown = 4;
  const names = skips.slice(0, shown).map(name).join(", ");
  const more = skips.length > shown ? ` and ${skips.length - shown} more` : "";
  return `Builds ${builds.length} of ${all} stages, skips ${names}${more}`;
}
