import type { GraphEdge, GraphNode, GraphStep, StageGraph } from "../../server/src/protocol.ts";
import { classes, html, svg } from "./elements.ts";
import { drawRole } from "./icons.ts";
import { arrowLength, type Box, dot, type Label, type Lane, type Layout, type Line, type Row } from "./layout.ts";
import type { Sizes } from "./messages.ts";
import { describeSize, outdated } from "./sizes.ts";
import { describeEdge, describeNode, describeStep, roles } from "./words.ts";

/** A layout as SVG. Looks are classes, for the page allows no inline styles. */

export interface Drawn {
  readonly graph: StageGraph;
  readonly layout: Layout;
  /** Ids of the stages that are drawn with their instructions. */
  readonly expanded: ReadonlySet<string>;
  /** Whether the longest chain stands out. */
  readonly order: boolean;
  readonly sizes: Sizes | null;
}

type Nodes = ReadonlyMap<string, GraphNode>;
type Edges = ReadonlyMap<string, GraphEdge>;

export function drawGraph(drawn: Drawn): SVGGElement {
  const { graph, layout, order } = drawn;
  const nodes: Nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges: Edges = new Map(graph.edges.map((edge) => [edge.id, edge]));
  const next = new Map(order ? graph.longest.map((id, i) => [id, graph.longest[i + 1]]) : []);
  const isChain = ({ from, to }: Line): boolean => next.get(to) === from;
  const lines = layout.lines.map((line) => drawLine(line, drawn, edges, nodes, isChain(line)));
  const boxes = layout.boxes.map((box) => drawNode(box, nodes.get(box.id)!, drawn, next.has(box.id)));
  const { sizes } = drawn;
  const labels = layout.lines.flatMap((line) =>
    line.labels.map((label) => drawLabel(label, line, edges, nodes, sizes)),
  );
  const inner = layout.lines.flatMap((line) => (line.inner === "" ? [] : [drawInner(line, nodes, isChain(line))]));
  const lanes = layout.lanes.map((lane) => drawLane(lane, layout));
  // What comes later lies above, and is reached later with the keyboard. Where lines run below boxes they come first;
  // else all comes in the order in which it is read: from the top to the bottom.
  const things: readonly Placed[] = layout.isDense
    ? [...lines.map((drawing) => ({ drawing, x: 0, y: -1 })), ...placed(layout.boxes, boxes), ...labels.map(behind)]
    : [
        ...placed(layout.boxes, boxes),
        ...lines.map((drawing, i) => ({ drawing, x: layout.lines[i]!.start.x, y: layout.lines[i]!.start.y })),
        // A label lies above its line, also above one that leads upwards.
        ...placed(
          layout.lines.flatMap((line) => line.labels.map(({ x, y }) => ({ x, y: Math.max(y, line.start.y + 1) }))),
          labels,
        ),
      ];
  const ordered = things.toSorted((a, b) => a.y - b.y || a.x - b.x).map(({ drawing }) => drawing);
  return svg("g", {}, svg("g", {}, ...lanes), svg("g", {}, ...ordered), svg("g", { class: "inner" }, ...inner));
}

interface Placed {
  readonly drawing: SVGGElement;
  readonly x: number;
  readonly y: number;
}

const placed = (where: readonly { x: number; y: number }[], drawings: readonly SVGGElement[]): Placed[] =>
  drawings.map((drawing, i) => ({ drawing, x: where[i]!.x, y: where[i]!.y }));

const behind = (drawing: SVGGElement): Placed => ({ drawing, x: 0, y: Infinity });

/** What the editor's menu for a thing of the graph is about. */
const menuOf = (section: string, uri: string, node: string | null, more: object = {}): string =>
  JSON.stringify({ webviewSection: section, uri, node, preventDefaultContextMenuItems: true, ...more });

function drawNode(box: Box, node: GraphNode, drawn: Drawn, isChain: boolean): SVGGElement {
  const { graph, expanded, sizes } = drawn;
  const { width, height, head } = box;
  const corner = node.kind === "stage" ? 5 : imageCorner(node, height);
  const middle = width / 2;
  const isOpen = expanded.has(node.id);
  const section = node.kind === "stage" ? (node.needed ? "stage" : "unneededStage") : "image";
  const face = svg(
    "g",
    {
      class: classes("node", ...looksOf(node), isChain && "chain", isOpen && "open"),
      "data-node": node.id,
      role: "button",
      tabindex: 0,
      "aria-label": describeNode(node, graph, sizes),
    },
    svg("title", {}, titleOf(node, graph, sizes)),
    svg("rect", { class: "ring", x: -4, y: -4, width: width + 8, height: height + 8, rx: corner + 4 }),
    svg("rect", { class: "body", width, height, rx: corner }),
  );
  const noteRoom = box.note === "" ? 0 : 16;
  const textMiddle = (head - noteRoom) / 2;
  if (box.detail === "" && box.size === "") {
    face.append(svg("text", { class: "title", x: middle, y: textMiddle }, box.title));
  } else {
    face.append(
      svg("text", { class: "title", x: middle, y: textMiddle - 8 }, box.title),
      svg("text", { class: "detail", x: middle, y: textMiddle + 10 }, ...withSize(box.detail, box.size)),
    );
  }
  if (box.note !== "") face.append(svg("text", { class: "note", x: middle, y: head - 12 }, box.note));
  // Lines to the instructions lead through the left side.
  const inset = box.rows[0] ? box.rows[0].x - box.x : 8;
  if (node.role !== null) face.append(drawRole(node.role, inset, 7));
  if (node.broken) {
    face.append(
      svg("circle", { class: "mark", cx: width - 3, cy: 3, r: 8 }),
      svg("text", { class: "mark-text", x: width - 3, y: 3 }, "!"),
    );
  }
  if (node.isTarget) {
    face.append(
      svg("rect", { class: "flag", x: middle - 34, y: height - 5, width: 68, height: 15, rx: 7.5 }),
      svg("text", { class: "flag-text", x: middle, y: height + 2.5 }, "final image"),
    );
  }
  if (node.steps.length > 0) {
    const x = width - (node.broken ? 24 : 18);
    face.append(
      svg(
        "g",
        { class: "fold", "data-fold": node.id, transform: `translate(${x} 8)` },
        svg("title", {}, isOpen ? "Hide the instructions (L)" : "Show the instructions (L)"),
        svg("rect", { class: "fold-hit", x: -4, y: -5, width: 20, height: 20 }),
        svg("path", { class: "fold-sign", d: isOpen ? "M0,6L5,1L10,6" : "M0,2L5,7L10,2" }),
      ),
    );
  }
  return svg(
    "g",
    { "data-vscode-context": menuOf(section, graph.uri, node.id), transform: `translate(${box.x} ${box.y})` },
    face,
    ...drawRows(box, node, drawn),
  );
}

const imageCorner = ({ kind }: GraphNode, height: number): number => (kind === "context" ? 2 : height / 2);

/** A text and the size behind it, which stands out. Parts of a text are all elements: else they do not lie on one line. */
function withSize(text: string, size: string): (SVGElement | string)[] {
  if (size === "") return [text];
  return [...(text === "" ? [] : [svg("tspan", {}, text + dot)]), svg("tspan", { class: "size" }, size)];
}

function titleOf(node: GraphNode, graph: StageGraph, sizes: Sizes | null): string {
  const { id, label, detail, role, message } = node;
  const isOld = sizes?.isOld === true && sizes.nodes[id] !== undefined;
  const lines = [
    label,
    detail,
    role === null ? "" : roles[role],
    describeSize(node, graph, sizes),
    isOld ? outdated : "",
    message,
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function drawRows(box: Box, node: GraphNode, { graph, sizes }: Drawn): SVGGElement[] {
  const steps = new Map(node.steps.map((step) => [step.id, step]));
  const bytes = (row: Row): number => sizes?.steps[row.step] ?? 0;
  const largest = box.rows.reduce((most, row) => Math.max(most, bytes(row)), 0);
  return box.rows.map((row) => {
    const part = largest > 0 ? bytes(row) / largest : 0;
    return drawRow(row, box, steps.get(row.step)!, node, graph, sizes, part);
  });
}

/** @param part how much an instruction adds of what the one adds that adds most in its stage */
function drawRow(
  row: Row,
  box: Box,
  step: GraphStep,
  node: GraphNode,
  graph: StageGraph,
  sizes: Sizes | null,
  part: number,
): SVGGElement {
  const [x, y] = [row.x - box.x, row.y - box.y];
  const space = row.text.indexOf(" ");
  const [keyword, rest] = space < 0 ? [row.text, ""] : [row.text.slice(0, space), row.text.slice(space)];
  return svg(
    "g",
    {
      class: classes("row", step.message !== "" && "broken"),
      "data-step": row.step,
      "data-vscode-context": menuOf("step", graph.uri, node.id, { step: step.id }),
      transform: `translate(${x} ${y})`,
      role: "button",
      tabindex: -1,
      "aria-label": describeStep(step, sizes),
    },
    svg("title", {}, describeStep(step, sizes)),
    svg("rect", { class: "row-body", y: 1, width: row.width, height: row.height - 2, rx: 3 }),
    ...(part > 0
      ? [svg("rect", { class: "bar", x: 6, y: row.height - 3, width: (row.width - 12) * part, height: 2 })]
      : []),
    svg("text", { x: 6, y: row.height / 2 }, svg("tspan", { class: "keyword" }, keyword), svg("tspan", {}, rest)),
    ...(row.size === ""
      ? []
      : [svg("text", { class: classes("size", part === 1 && "most"), x: row.width - 6, y: row.height / 2 }, row.size)]),
  );
}

/** The classes that say what a node is. */
function looksOf({ kind, isTarget, needed, broken }: GraphNode): string[] {
  const look = kind === "scratch" ? "image" : kind;
  return [look, isTarget && "target", !needed && "unneeded", broken && "broken"].filter((name) => name !== false);
}

const lineClasses = (line: Line, nodes: Nodes): string[] =>
  [line.kind, nodes.get(line.from)?.needed === false && "unneeded", line.broken && "broken"].filter(
    (name) => name !== false,
  );

/** The line and its arrowhead; it is the edge's own element if the edge has no label. */
function drawLine(
  line: Line,
  { graph, layout, sizes }: Drawn,
  edges: Edges,
  nodes: Nodes,
  isChain: boolean,
): SVGGElement {
  const first = edges.get(line.edges[0]!)!;
  const own =
    line.labels.length === 0
      ? {
          "data-edge": first.id,
          role: "button",
          tabindex: layout.isDense ? -1 : 0,
          "aria-label": describeEdge(first, nodes, sizes),
        }
      : { "data-first-edge": first.id };
  return svg(
    "g",
    {
      class: classes("line", line.labels.length === 0 && "edge", ...lineClasses(line, nodes), isChain && "chain"),
      "data-line": line.id,
      "data-vscode-context": menuOf("edge", graph.uri, line.from),
      ...own,
    },
    svg("title", {}, line.edges.map((id) => describeEdge(edges.get(id)!, nodes, sizes)).join("\n")),
    svg("path", { class: "hit", d: line.path }),
    svg("path", { class: "stroke", d: line.path }),
    ...(line.direction === "right" ? [] : [svg("path", { class: "arrow", d: arrowhead(line) })]),
  );
}

/** The part of a line inside of boxes, which lies above them. */
function drawInner(line: Line, nodes: Nodes, isChain: boolean): SVGGElement {
  return svg(
    "g",
    {
      class: classes("line", ...lineClasses(line, nodes), isChain && "chain"),
      "data-line": line.id,
      "data-first-edge": line.edges[0]!,
    },
    svg("path", { class: "stroke", d: line.inner }),
    ...(line.direction === "right" ? [svg("path", { class: "arrow", d: arrowhead(line) })] : []),
  );
}

function arrowhead({ end: { x, y }, direction }: Line): string {
  const half = arrowLength * 0.6;
  if (direction === "left") return `M${x},${y}l${arrowLength},${-half}v${2 * half}z`;
  if (direction === "right") return `M${x},${y}l${-arrowLength},${-half}v${2 * half}z`;
  const back = direction === "down" ? -arrowLength : arrowLength;
  return `M${x},${y}l${-half},${back}h${2 * half}z`;
}

function drawLabel(label: Label, line: Line, edges: Edges, nodes: Nodes, sizes: Sizes | null): SVGGElement {
  const edge = edges.get(label.edge)!;
  const { x, y, width, height } = label;
  return svg(
    "g",
    {
      class: classes("label", "edge", ...lineClasses({ ...line, broken: edge.broken }, nodes)),
      "data-edge": edge.id,
      "data-line-label": line.id,
      transform: `translate(${x} ${y})`,
      role: "button",
      tabindex: 0,
      "aria-label": describeEdge(edge, nodes, sizes),
    },
    svg("title", {}, describeEdge(edge, nodes, sizes)),
    svg("rect", { class: "chip", width, height, rx: 4 }),
    svg("text", { x: width / 2, y: height / 2 }, ...withSize(label.text, label.size)),
  );
}

function drawLane({ level, y, height }: Lane, layout: Layout): SVGGElement {
  return svg(
    "g",
    { class: classes("lane", level % 2 === 1 && "odd") },
    svg("title", {}, "These stages can be built at the same time."),
    svg("rect", { x: 0, y, width: layout.width, height }),
    svg("text", { x: 5, y: y + 10 }, String(level + 1)),
  );
}

// --- legend ---

/** What the looks mean; only for those that occur. */
export function drawLegend({ graph, order }: Drawn): Element[] {
  const { nodes, edges } = graph;
  const boxes: readonly [string, string, boolean][] = [
    ["stage", "stage", true],
    ["image", "external image", nodes.some(({ kind }) => kind === "image")],
    ["context", "build context", nodes.some(({ kind }) => kind === "context")],
    ["stage unneeded", "not built", nodes.some(({ needed }) => !needed)],
    ["stage broken", "has an error", nodes.some(({ broken }) => broken)],
  ];
  const lines: readonly [string, string, boolean][] = [
    ["from", "FROM", edges.some(({ kind }) => kind === "from")],
    ["copy", "COPY", edges.some(({ kind }) => kind === "copy")],
    ["mount", "mount", edges.some(({ kind }) => kind === "mount")],
    ["context", "out of the context", edges.some(({ kind }) => kind === "context")],
    ["from chain", "the longest chain", order && graph.longest.length > 1],
  ];
  const entry = (sample: SVGElement, text: string): Element =>
    html("span", {}, svg("svg", { width: 26, height: 14, viewBox: "0 0 26 14" }, sample), text);
  return [
    ...boxes
      .filter(([, , occurs]) => occurs)
      .map(([look, text]) => {
        const rx = look === "image" ? 5 : look === "context" ? 1 : 3;
        return entry(
          svg("g", { class: `node ${look}` }, svg("rect", { class: "body", x: 2, y: 2, width: 22, height: 10, rx })),
          text,
        );
      }),
    ...lines
      .filter(([, , occurs]) => occurs)
      .map(([look, text]) =>
        entry(
          svg(
            "g",
            { class: `line ${look}` },
            svg("path", { class: "stroke", d: "M1,7H18" }),
            svg("path", { class: "arrow", d: "M25,7l-7,-4v8z" }),
          ),
          text,
        ),
      ),
  ];
}
