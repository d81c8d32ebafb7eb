import type { GraphEdge, GraphNode, StageGraph } from "../../server/src/protocol.ts";
import { arrowLength, type Box, type Label, type Layout, type Line } from "./layout.ts";

/**
 * A layout as SVG. Texts of the document get in as text content and attribute values alone, never as markup; looks are
 * classes, for the page allows no inline styles.
 */

const svg = <Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Element | string)[]
): SVGElementTagNameMap[Name] => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  element.append(...children);
  return element;
};

const classes = (...names: readonly (string | false)[]): string => names.filter(Boolean).join(" ");

export function drawGraph(graph: StageGraph, layout: Layout, current: string | null): SVGGElement {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges = new Map(graph.edges.map((edge) => [edge.id, edge]));
  const lines = svg("g", {}, ...layout.lines.map((line) => drawLine(line, layout.isDense, edges, nodes)));
  const boxes = svg(
    "g",
    {},
    ...layout.boxes.map((box) => drawNode(box, nodes.get(box.id)!, graph, box.id === current)),
  );
  const labels = layout.lines.flatMap((line) => line.labels.map((label) => drawLabel(label, line, edges, nodes)));
  // What comes later lies above, and is reached later with the keyboard: stages first, unless lines run below them.
  return svg("g", {}, ...(layout.isDense ? [lines, boxes] : [boxes, lines]), svg("g", {}, ...labels));
}

function drawNode(box: Box, node: GraphNode, graph: StageGraph, isCurrent: boolean): SVGGElement {
  const { width, height } = box;
  const corner = node.kind === "image" ? height / 2 : 5;
  const middle = width / 2;
  const group = svg(
    "g",
    {
      class: classes("node", ...looksOf(node), isCurrent && "current"),
      "data-node": node.id,
      transform: `translate(${box.x} ${box.y})`,
      role: "button",
      tabindex: 0,
      "aria-label": describeNode(node, graph),
    },
    svg("title", {}, node.detail === "" ? node.label : `${node.label}\n${node.detail}`),
    svg("rect", { class: "ring", x: -4, y: -4, width: width + 8, height: height + 8, rx: corner + 4 }),
    svg("rect", { class: "body", width, height, rx: corner }),
  );
  if (box.detail === "") {
    group.append(svg("text", { class: "title", x: middle, y: height / 2 }, box.title));
  } else {
    group.append(
      svg("text", { class: "title", x: middle, y: height / 2 - 8 }, box.title),
      svg("text", { class: "detail", x: middle, y: height / 2 + 10 }, box.detail),
    );
  }
  if (node.broken) {
    group.append(
      svg("circle", { class: "mark", cx: width - 3, cy: 3, r: 8 }),
      svg("text", { class: "mark-text", x: width - 3, y: 3 }, "!"),
    );
  }
  return group;
}

/** The classes that say what a node is. */
function looksOf({ kind, isTarget, needed, broken }: GraphNode): string[] {
  return [kind, isTarget && "target", !needed && "unneeded", broken && "broken"].filter((name) => name !== false);
}

const lineClasses = (line: Line, nodes: ReadonlyMap<string, GraphNode>): string[] =>
  [line.kind, nodes.get(line.from)?.needed === false && "unneeded"].filter((name) => name !== false);

/** The line and its arrowhead; it is the edge's own element if the edge has no label. */
function drawLine(
  line: Line,
  isDense: boolean,
  edges: ReadonlyMap<string, GraphEdge>,
  nodes: ReadonlyMap<string, GraphNode>,
): SVGGElement {
  const first = edges.get(line.edges[0]!)!;
  const own =
    line.labels.length === 0
      ? { "data-edge": first.id, role: "button", tabindex: isDense ? -1 : 0, "aria-label": describeEdge(first, nodes) }
      : { "data-first-edge": first.id };
  return svg(
    "g",
    {
      class: classes("line", line.labels.length === 0 && "edge", ...lineClasses(line, nodes), line.broken && "broken"),
      "data-line": line.id,
      ...own,
    },
    svg("title", {}, line.edges.map((id) => describeEdge(edges.get(id)!, nodes)).join("\n")),
    svg("path", { class: "hit", d: line.path }),
    svg("path", { class: "stroke", d: line.path }),
    svg("path", { class: "arrow", d: arrowhead(line) }),
  );
}

function arrowhead({ end: { x, y }, direction }: Line): string {
  const half = arrowLength * 0.6;
  if (direction === "left") return `M${x},${y}l${arrowLength},${-half}v${2 * half}z`;
  const back = direction === "down" ? -arrowLength : arrowLength;
  return `M${x},${y}l${-half},${back}h${2 * half}z`;
}

function drawLabel(
  label: Label,
  line: Line,
  edges: ReadonlyMap<string, GraphEdge>,
  nodes: ReadonlyMap<string, GraphNode>,
): SVGGElement {
  const edge = edges.get(label.edge)!;
  const { x, y, width, height } = label;
  return svg(
    "g",
    {
      class: classes("label", "edge", ...lineClasses(line, nodes), edge.broken && "broken"),
      "data-edge": edge.id,
      "data-line-label": line.id,
      transform: `translate(${x} ${y})`,
      role: "button",
      tabindex: 0,
      "aria-label": describeEdge(edge, nodes),
    },
    svg("title", {}, describeEdge(edge, nodes)),
    svg("rect", { class: "chip", width, height, rx: 4 }),
    svg("text", { x: width / 2, y: height / 2 }, label.text),
  );
}

// --- words ---

const verbs = { from: "FROM", copy: "COPY", mount: "mount" } as const;

function describeEdge({ from, to, kind, label, broken }: GraphEdge, nodes: ReadonlyMap<string, GraphNode>): string {
  const name = (id: string): string => nodes.get(id)?.label ?? id;
  const what =
    kind === "from" ? `${name(from)} is built FROM ${name(to)}` : `${name(from)}: ${verbs[kind]} from ${name(to)}`;
  return `${what}${label === "" ? "" : `, ${label}`}${broken ? ". This cannot work" : ""}`;
}

function describeNode(node: GraphNode, { edges }: StageGraph): string {
  const users = new Set(edges.filter(({ to, from }) => to === node.id && from !== node.id).map(({ from }) => from))
    .size;
  return [
    node.kind === "stage" ? `Stage ${node.label}` : `Image ${node.label}`,
    node.detail,
    node.isTarget ? "built by default" : node.needed ? "" : "not needed by the default build",
    node.broken ? "has an error" : "",
    users === 0 ? "" : users === 1 ? "used by one stage" : `used by ${users} stages`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** The graph as a list of sentences, for those who do not see the drawing. */
export function listGraph(graph: StageGraph): HTMLUListElement {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const list = document.createElement("ul");
  for (const node of graph.nodes) {
    const item = document.createElement("li");
    item.textContent = `${describeNode(node, graph)}.`;
    const needs = graph.edges.filter(({ from }) => from === node.id);
    if (needs.length > 0) {
      const inner = document.createElement("ul");
      for (const edge of needs) {
        const line = document.createElement("li");
        line.textContent = `${describeEdge(edge, nodes)}.`;
        inner.append(line);
      }
      item.append(inner);
    }
    list.append(item);
  }
  return list;
}

// --- legend ---

/** What the looks mean; only for those that occur. */
export function drawLegend(graph: StageGraph): Element[] {
  const { nodes, edges } = graph;
  const boxes: readonly [string, string, boolean][] = [
    ["stage", "stage", true],
    ["stage target", "built by default", nodes.some(({ isTarget }) => isTarget)],
    ["image", "external image", nodes.some(({ kind }) => kind === "image")],
    ["stage unneeded", "not needed for it", nodes.some(({ needed }) => !needed)],
    ["stage broken", "has an error", nodes.some(({ broken }) => broken)],
  ];
  const lines: readonly [GraphEdge["kind"], string][] = [
    ["from", "FROM"],
    ["copy", "COPY"],
    ["mount", "mount"],
  ];
  const entry = (sample: SVGElement, text: string): Element => {
    const item = document.createElement("span");
    item.append(svg("svg", { width: 26, height: 14, viewBox: "0 0 26 14" }, sample), text);
    return item;
  };
  return [
    ...boxes
      .filter(([, , occurs]) => occurs)
      .map(([look, text]) => {
        const rx = look === "image" ? 5 : 3;
        return entry(
          svg("g", { class: `node ${look}` }, svg("rect", { class: "body", x: 2, y: 2, width: 22, height: 10, rx })),
          text,
        );
      }),
    ...lines
      .filter(([kind]) => edges.some((edge) => edge.kind === kind))
      .map(([kind, text]) =>
        entry(
          svg(
            "g",
            { class: `line ${kind}` },
            svg("path", { class: "stroke", d: "M1,7H18" }),
            svg("path", { class: "arrow", d: "M25,7l-7,-4v8z" }),
          ),
          text,
        ),
      ),
  ];
}
