import { Graph, layout as placeByDagre } from "@dagrejs/dagre";
import type { GraphEdge, GraphNode, GraphStep, StageGraph } from "../../server/src/protocol.ts";
import type { Sizes } from "./messages.ts";
import { edgeSize, nodeSize, stepSize } from "./sizes.ts";

/**
 * Where to draw a stage graph: boxes in rows, what is needed above what needs it, so that the picture reads like the file
 * and ends at the target. Pure: the same graph, measure and previous layout give the same layout. Lengths are CSS pixels
 * at zoom 1; the drawing starts at 0, 0.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x`, `y` are the left upper corner. */
export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

/** One stage, image or context. The texts are shortened to fit. */
export interface Box extends Rectangle {
  readonly id: string;
  /** What it is recognised by in the next layout. Unlike the id, a name stays when a stage is added above. */
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  /** How large it is; stands behind the detail. */
  readonly size: string;
  /** What is wrong with it; empty where nothing is. */
  readonly note: string;
  /** The height of the texts above, with which it begins. */
  readonly head: number;
  /** Its instructions, if they are shown. */
  readonly rows: readonly Row[];
}

/** An instruction in a box; the place is that in the drawing. */
export interface Row extends Rectangle {
  readonly step: string;
  readonly text: string;
  /** What it adds; stands at the right. */
  readonly size: string;
}

/** A stripe across the drawing for stages that can be made at the same time. */
export interface Lane {
  readonly level: number;
  readonly y: number;
  readonly height: number;
}

/** What stands on a line for one edge, shortened to fit. */
export interface Label extends Rectangle {
  readonly edge: string;
  readonly text: string;
  /** How much crosses; stands behind the text. */
  readonly size: string;
}

/** One line from the needed box to the box that needs it, for all edges of a kind between the two. */
export interface Line {
  readonly id: string;
  /** The box that needs; the arrowhead is there. */
  readonly from: string;
  /** The box that is needed; the line starts there. */
  readonly to: string;
  readonly kind: GraphEdge["kind"];
  readonly broken: boolean;
  /** Ids of the edges it stands for; at least one. */
  readonly edges: readonly string[];
  readonly start: Point;
  readonly end: Point;
  /** Where the arrowhead points. */
  readonly direction: "down" | "up" | "left" | "right";
  /** SVG path data from `start` to a little before `end`, where the arrowhead begins; what is inside of boxes is left out. */
  readonly path: string;
  /** The parts inside of boxes, from and to their instructions; empty where there are none. */
  readonly inner: string;
  /** One for each edge of a COPY or mount line; none on FROM lines, loops and in large graphs. */
  readonly labels: readonly Label[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Whether lines may run below boxes, as they do in large graphs. */
  readonly isDense: boolean;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  /** From the top to the bottom; none unless they are asked for. */
  readonly lanes: readonly Lane[];
}

export interface LayoutOptions {
  /** Ids of the stages that are drawn with their instructions. */
  readonly expanded?: ReadonlySet<string>;
  /** Whether stages of one level are in one row. */
  readonly lanes?: boolean;
  /** What was measured. */
  readonly sizes?: Sizes | null;
}

/** The drawing's fonts: of a stage's name, an image's name, the line below a name, and what stands on a line. */
export type Font = "title" | "image" | "detail" | "label";

/** The width of a text in one of the fonts. */
export type Measure = (text: string, font: Font) => number;

export const arrowLength = 7;

const margin = 16;
const stageHeight = 46;
const imageHeight = 32;
/** With a second line. */
const tallImageHeight = 40;
const boxPadding = 14;
/** For the sign of what a stage is for, and as much on the other side. */
const iconWidth = 20;
const noteHeight = 16;
const rowsHead = 28;
const rowHeight = 18;
const rowsFoot = 6;
const widestRow = 340;
/** Room at the sides of the rows: for the lines inside of the box, and beside them. */
const rowInset = 8;
const trackGap = 7;
const corner = 4;
const minimumWidth = 84;
const widestText = 210;
const widestLabel = 230;
const labelHeight = 18;
const labelPadding = 6;
const boxGap = 32;
const lineGap = 20;
/** Between rows; lines that lead far to the side get more room, so that they do not run flat. */
const smallestRowGap = 30;
const largestRowGap = 72;
const portGap = 14;
const portInset = 14;
const loopReach = 26;
/** Above this, boxes are placed in plain rows: the careful layout would take longer than a second. */
const largestCareful = { nodes: 150, lines: 400 };

/** Lays out `graph`; of two layouts that mirror each other, takes the one nearer to `previous`. */
export function layoutGraph(
  graph: StageGraph,
  measure: Measure,
  previous: Layout | null = null,
  { expanded = new Set<string>(), lanes = false, sizes = null }: LayoutOptions = {},
): Layout {
  const keys = keysOf(graph.nodes);
  const boxes = new Map(
    graph.nodes.map((node, i) => [node.id, measureBox(node, keys[i]!, measure, expanded.has(node.id), sizes)]),
  );
  const bundled = groupEdges(graph, boxes, measure, true, sizes);
  const large = boxes.size > largestCareful.nodes || bundled.length > largestCareful.lines;
  const groups = large ? groupEdges(graph, boxes, measure, false, sizes) : bundled;
  for (const group of groups) if (group.from === group.to) boxes.get(group.from)!.loops++;
  for (const box of boxes.values()) if (box.rows.length > 0) makeTracks(box, groups);
  const levels = lanes ? levelsOf(graph) : null;
  const placed = large ? placeInRows(boxes, groups, levels) : placeCarefully(boxes, groups, levels);
  const mirrored = shouldMirror(placed, graph, boxes, previous) ? mirror(placed, boxes) : placed;
  return draw(mirrored, boxes, groups, large, levels);
}

/** How many stages have to be made before each. */
type Levels = ReadonlyMap<string, number>;

const levelsOf = ({ nodes }: StageGraph): Levels =>
  new Map(nodes.filter(({ kind }) => kind === "stage").map(({ id, level }) => [id, level]));

interface MeasuredBox {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly size: string;
  readonly note: string;
  readonly head: number;
  readonly rows: readonly MeasuredRow[];
  readonly rowWidth: number;
  width: number;
  readonly height: number;
  /** How many lines lead from the box to itself; they need room at its right. */
  loops: number;
  /** The lines that go to a row of the box, and those that come from one, from the box's side inwards. */
  entries: readonly string[];
  exits: readonly string[];
}

type MeasuredRow = Pick<Row, "step" | "text" | "size">;

const entryRoom = ({ entries }: MeasuredBox): number =>
  rowInset + entries.length * trackGap + (entries.length > 0 ? arrowLength + 2 : 0);
const exitRoom = ({ exits }: MeasuredBox): number => rowInset + exits.length * trackGap;

/** Gives each line that ends at a row its own way inside of the box, so that they do not cross each other. */
function makeTracks(box: MeasuredBox, groups: readonly Group[]): void {
  const outside = groups.filter(({ from, to }) => from !== to);
  const entries = outside.filter(({ from, fromRow }) => from === box.id && fromRow >= 0);
  const exits = outside.filter(({ to, toRow }) => to === box.id && toRow >= 0);
  // What leads farthest down lies outermost on the way in; what comes from farthest up does on the way out.
  box.entries = entries.toSorted((a, b) => b.fromRow - a.fromRow).map(({ id }) => id);
  box.exits = exits.toSorted((a, b) => a.toRow - b.toRow).map(({ id }) => id);
  const sides = Math.max(entryRoom(box), exitRoom(box));
  box.width = Math.max(entryRoom(box) + box.rowWidth + exitRoom(box), box.width + 2 * (sides - rowInset));
}

/** Edges that share a line. */
interface Group {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: GraphEdge["kind"];
  readonly edges: readonly GraphEdge[];
  readonly labels: readonly Pick<Label, "edge" | "text" | "size">[];
  /** The instruction that needs, and the one that is needed, where they are shown; else -1. */
  readonly fromRow: number;
  readonly toRow: number;
  /** Of all labels, one under the other. */
  readonly width: number;
  readonly height: number;
}

/** Centres of all boxes, and for each group the places its line passes on the way, the label's among them. */
interface Placement {
  readonly boxes: ReadonlyMap<string, Point>;
  readonly waypoints: ReadonlyMap<string, readonly Point[]>;
  readonly labels: ReadonlyMap<string, Point>;
}

/** What nodes are recognised by in the next graph. Unlike the id, a name stays when a stage is added above. */
export function keysOf(nodes: readonly GraphNode[]): string[] {
  const names = nodes.map(({ kind, label }) => `${kind}=${label}`);
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return names.map((name, i) => (counts.get(name) === 1 ? name : nodes[i]!.id));
}

function measureBox(node: GraphNode, key: string, measure: Measure, isOpen: boolean, sizes: Sizes | null): MeasuredBox {
  const { id, kind, label, detail, message, steps } = node;
  const font = kind === "stage" ? "title" : "image";
  const title = shortenPath(label, widestText, (text) => measure(text, font));
  const size = nodeSize(node, sizes);
  const code = (text: string): number => measure(text, "detail");
  const second = isOpen ? "" : shortenDetail(detail, linesOf(node), code);
  const note = cutEnd(message, widestText, (text) => measure(text, "label"));
  const rows = isOpen ? steps.map((step) => measureRow(step, stepSize(step.id, sizes), code)) : [];
  const widths = [
    measure(title, font) + (kind === "stage" ? 2 * iconWidth : 0),
    code(sized(second, size)),
    measure(note, "label"),
  ];
  const text = Math.max(...widths, 0);
  const hasSecond = second !== "" || size !== "";
  const stageHead = isOpen && !hasSecond ? rowsHead : stageHeight;
  const imageHead = hasSecond ? tallImageHeight : imageHeight;
  const head = (kind === "stage" ? stageHead : imageHead) + (note === "" ? 0 : noteHeight);
  return {
    id,
    key,
    title,
    detail: second,
    size,
    note,
    head,
    rows,
    rowWidth: Math.ceil(rows.reduce((most, row) => Math.max(most, widthOfRow(row, code)), 0)) + 2 * labelPadding,
    width: Math.ceil(Math.max(minimumWidth, text + 2 * boxPadding)),
    height: head + (rows.length > 0 ? rows.length * rowHeight + rowsFoot : 0),
    loops: 0,
    entries: [],
    exits: [],
  };
}

/** Between a text and the size behind it. */
export const dot = " · ";
export const sized = (text: string, size: string): string => [text, size].filter((part) => part !== "").join(dot);

/** Between an instruction and what it adds. */
const sizeGap = 16;

function measureRow({ id, keyword, text }: GraphStep, size: string, measure: (text: string) => number): MeasuredRow {
  return { step: id, text: cutEnd(`${keyword} ${text}`, widestRow, measure), size };
}

const widthOfRow = ({ text, size }: MeasuredRow, measure: (text: string) => number): number =>
  measure(text) + (size === "" ? 0 : sizeGap + measure(size));

/** `7 lines`; empty for what is no stage. */
function linesOf({ kind, body: { start, end } }: GraphNode): string {
  if (kind !== "stage") return "";
  // The end of a line is often said as the start of the next one.
  const count = Math.max(1, end.line - start.line + (end.character === 0 ? 0 : 1));
  return count === 1 ? "1 line" : `${count} lines`;
}

/** What stands on a line whose instruction says nothing yet. */
const words = { from: "FROM", copy: "COPY", mount: "mount", context: "context" } as const;

function groupEdges(
  graph: StageGraph,
  boxes: ReadonlyMap<string, MeasuredBox>,
  measure: Measure,
  bundled: boolean,
  sizes: Sizes | null,
): Group[] {
  const bundles = new Map<string, GraphEdge[]>();
  const steps = new Map<string, number>();
  for (const { rows } of boxes.values()) rows.forEach(({ step }, i) => steps.set(step, i));
  const rowOf = (step: string | null): number => (step === null ? -1 : (steps.get(step) ?? -1));
  for (const edge of graph.edges) {
    if (!boxes.has(edge.from) || !boxes.has(edge.to)) continue;
    const isFree = rowOf(edge.fromStep) < 0 && rowOf(edge.toStep) < 0;
    // A line without labels stands for one edge, so that each edge can be clicked.
    const own = bundled && isFree && edge.kind !== "from" && edge.from !== edge.to ? "" : edge.id;
    const key = JSON.stringify([edge.to, edge.from, edge.kind, own]);
    const bundle = bundles.get(key);
    if (bundle) bundle.push(edge);
    else bundles.set(key, [edge]);
  }
  return [...bundles].map(([id, edges]) => {
    const { from, to, kind, fromStep, toStep } = edges[0]!;
    const [fromRow, toRow] = [rowOf(fromStep), rowOf(toStep)];
    const width = (text: string): number => measure(text, "label");
    // A row says what is copied.
    const labels =
      bundled && kind !== "from" && from !== to && fromRow < 0
        ? edges.map((edge) => {
            const text = shortenLabel(edge.label || words[kind], widestLabel, width);
            return { edge: edge.id, text, size: edgeSize(edge, sizes) };
          })
        : [];
    const widest = Math.max(
      0,
      ...labels.map(({ text, size }) => Math.ceil(width(sized(text, size))) + 2 * labelPadding),
    );
    return { id, from, to, kind, edges, labels, fromRow, toRow, width: widest, height: labels.length * labelHeight };
  });
}

// --- texts ---

/** Cuts a path or an image name to `width`, if need be: a digest first, then leading folders, then the middle. */
export function shortenPath(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const digest = text.search(/@sha\d+:/);
  if (digest > 0) return shortenPath(`${text.slice(0, digest)}@…`, width, measure);
  for (let slash = text.indexOf("/", 1); slash >= 0; slash = text.indexOf("/", slash + 1)) {
    const shorter = `…${text.slice(slash)}`;
    if (measure(shorter) <= width) return shorter;
  }
  const end = lastPart(text);
  const characters = [...(end.length > 12 && end !== text ? `…/${end}` : text)];
  let low = 0;
  let high = characters.length - 1;
  const cut = (kept: number): string =>
    `${characters.slice(0, Math.ceil(kept / 2)).join("")}…${characters.slice(characters.length - Math.floor(kept / 2)).join("")}`;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(cut(middle)) <= width) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

/** Cuts `FROM image` and keeps the `FROM`, and adds how long the stage is. */
function shortenDetail(detail: string, lines: string, measure: (text: string) => number): string {
  const end = lines === "" || detail === "" ? lines : `${dot}${lines}`;
  const image = /^FROM\s+(.*)$/is.exec(detail)?.[1];
  if (image === undefined) return `${shortenPath(detail, widestText - measure(end), measure)}${end}`;
  return `FROM ${shortenPath(image, widestText - measure(`FROM ${end}`), measure)}${end}`;
}

/** Cuts the end of a text off. */
export function cutEnd(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const characters = [...text];
  let [low, high] = [0, characters.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${characters.slice(0, middle).join("")}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join("").trimEnd()}…`;
}

const arrow = " → ";

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Cuts `source → destination` on both sides, and says once what both have in common. */
export function shortenLabel(label: string, width: number, measure: (text: string) => number): string {
  const at = label.lastIndexOf(arrow);
  if (at < 0) return shortenPath(label, width, measure);
  const [source, destination] = [label.slice(0, at), label.slice(at + arrow.length)];
  if (source === destination) return shortenPath(source, width, measure);
  if (measure(label) <= width) return label;
  if (lastPart(source) === lastPart(destination)) {
    return `${shortenPath(source, width - measure(`${arrow}…`), measure)}${arrow}…`;
  }
  const room = width - measure(arrow);
  // A short side leaves what it does not need to the other.
  const first = shortenPath(source, Math.max(room / 2, room - measure(destination)), measure);
  return `${first}${arrow}${shortenPath(destination, room - measure(first), measure)}`;
}

// --- places ---

const outerWidth = ({ width, loops }: MeasuredBox): number => width + (loops > 0 ? loopReach + 6 * loops : 0);

function placeCarefully(
  boxes: ReadonlyMap<string, MeasuredBox>,
  groups: readonly Group[],
  levels: Levels | null,
): Placement {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: boxGap, edgesep: lineGap, ranksep: 2 * smallestRowGap });
  for (const box of boxes.values()) graph.setNode(box.id, { width: outerWidth(box), height: box.height });
  for (const { id, from, to, kind, width, height } of groups) {
    if (from === to) continue;
    // What a stage is built on stands right above it, if there is a choice.
    graph.setEdge(to, from, { width, height, labelpos: "c", weight: (kind === "from" ? 3 : 1) * lightest }, id);
  }
  if (levels) holdLevels(graph, levels);
  placeByDagre(graph);
  const centres = new Map<string, Point>();
  for (const box of boxes.values()) {
    const { x, y } = graph.node(box.id) as Point;
    centres.set(box.id, { x: x - (outerWidth(box) - box.width) / 2, y });
  }
  const waypoints = new Map<string, readonly Point[]>();
  const labels = new Map<string, Point>();
  for (const { id, from, to, height } of groups) {
    if (from === to) continue;
    const edge = graph.edge({ v: to, w: from, name: id }) as { points?: Point[]; x?: number; y?: number };
    waypoints.set(id, (edge.points ?? []).slice(1, -1));
    if (height > 0 && edge.x !== undefined && edge.y !== undefined) labels.set(id, { x: edge.x, y: edge.y });
  }
  return { boxes: centres, waypoints, labels };
}

/** Against one line, how little counts what holds the levels; whole numbers, for dagre compares sums of them. */
const lightest = 64;

/** Puts the stages of each level between two nodes that nobody sees, and these one below the other. */
function holdLevels(graph: Graph, levels: Levels): void {
  const most = Math.max(-1, ...levels.values());
  const hold = (level: number): string => `hold ${level}`;
  const light = { width: 0, height: 0, weight: 1 };
  for (let level = 0; level <= most + 1; level++) {
    graph.setNode(hold(level), { width: 0, height: 0 });
    if (level > 0) graph.setEdge(hold(level - 1), hold(level), { ...light, minlen: 2 }, "hold");
  }
  for (const [id, level] of levels) {
    graph.setEdge(hold(level), id, light, "hold");
    graph.setEdge(id, hold(level + 1), light, "hold");
  }
}

/** Rows by distance from the sources, each row in the order of what its boxes need, broken where it gets wide. */
function placeInRows(
  boxes: ReadonlyMap<string, MeasuredBox>,
  groups: readonly Group[],
  levels: Levels | null,
): Placement {
  const needs = new Map<string, string[]>([...boxes.keys()].map((id) => [id, []]));
  for (const { from, to } of groups) if (from !== to) needs.get(from)!.push(to);
  const ranks = rankByDepth(needs);
  if (levels) for (const [id, level] of levels) ranks.set(id, level + 1);
  // A source stands right above the first box that needs it instead of at the very top.
  const nearest = new Map<string, number>();
  for (const [from, targets] of needs) {
    for (const to of targets) nearest.set(to, Math.min(nearest.get(to) ?? Infinity, ranks.get(from)!));
  }
  for (const [id, targets] of needs) {
    if (targets.length === 0 && levels?.has(id) !== true) ranks.set(id, Math.max(0, (nearest.get(id) ?? 1) - 1));
  }

  const rows = new Map<number, string[]>();
  for (const id of boxes.keys()) {
    const rank = ranks.get(id)!;
    const row = rows.get(rank);
    if (row) row.push(id);
    else rows.set(rank, [id]);
  }
  const perRow = Math.max(8, Math.ceil(Math.sqrt(boxes.size)));
  const centres = new Map<string, Point>();
  let y = 0;
  for (const [, row] of [...rows].toSorted(([a], [b]) => a - b)) {
    const wish = new Map(
      row.map((id) => {
        const known = needs.get(id)!.flatMap((to) => centres.get(to)?.x ?? []);
        return [id, known.length > 0 ? known.reduce((sum, x) => sum + x, 0) / known.length : 0];
      }),
    );
    const ordered = row.toSorted((a, b) => wish.get(a)! - wish.get(b)!);
    for (let first = 0; first < ordered.length; first += perRow) {
      const line = ordered.slice(first, first + perRow).map((id) => boxes.get(id)!);
      let x = -(line.reduce((sum, box) => sum + outerWidth(box) + boxGap, 0) - boxGap) / 2;
      for (const box of line) {
        centres.set(box.id, { x: x + box.width / 2, y });
        x += outerWidth(box) + boxGap;
      }
      y += line.reduce((most, { height }) => Math.max(most, height), 0) + smallestRowGap;
    }
  }
  return { boxes: centres, waypoints: new Map(), labels: new Map() };
}

/** For each key the length of the longest way down; an edge that closes a cycle does not count. */
function rankByDepth(needs: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const ranks = new Map<string, number>();
  const open = new Set<string>();
  for (const root of needs.keys()) {
    if (ranks.has(root)) continue;
    const path = [{ id: root, next: 0, rank: 0 }];
    open.add(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = needs.get(top.id)![top.next++];
      if (to === undefined) {
        ranks.set(top.id, top.rank);
        open.delete(top.id);
        path.pop();
        const parent = path.at(-1);
        if (parent) parent.rank = Math.max(parent.rank, top.rank + 1);
      } else if (ranks.has(to)) {
        top.rank = Math.max(top.rank, ranks.get(to)! + 1);
      } else if (!open.has(to)) {
        open.add(to);
        path.push({ id: to, next: 0, rank: 0 });
      }
    }
  }
  return ranks;
}

// --- calm ---

/**
 * Whether the mirrored placement is nearer to what was drawn before; in a first drawing, whether it is nearer to the order
 * of the file.
 */
function shouldMirror(
  placed: Placement,
  graph: StageGraph,
  boxes: ReadonlyMap<string, MeasuredBox>,
  previous: Layout | null,
): boolean {
  const pairs: { now: number; wanted: number }[] = [];
  const known = new Map(previous?.boxes.map(({ key, x, width }) => [key, x + width / 2]));
  for (const { id, key } of boxes.values()) {
    const wanted = known.get(key);
    if (wanted !== undefined) pairs.push({ now: placed.boxes.get(id)!.x, wanted });
  }
  if (pairs.length < 2) {
    pairs.length = 0;
    for (const { id, index } of graph.nodes) {
      if (index !== null) pairs.push({ now: placed.boxes.get(id)!.x, wanted: index });
    }
  }
  // Both are compared by how the boxes lie around their middle: where the drawing begins does not matter.
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, wantedMiddle] = [mean(pairs.map(({ now }) => now)), mean(pairs.map(({ wanted }) => wanted))];
  return pairs.reduce((sum, { now, wanted }) => sum + (now - middle) * (wanted - wantedMiddle), 0) < -1e-6;
}

function mirror(placed: Placement, boxes: ReadonlyMap<string, MeasuredBox>): Placement {
  const flip = ({ x, y }: Point): Point => ({ x: -x, y });
  // The room for loops stays at the right.
  const flipBox = ({ x, y }: Point, box: MeasuredBox): Point => ({ x: -x - (outerWidth(box) - box.width), y });
  return {
    boxes: new Map([...placed.boxes].map(([id, point]) => [id, flipBox(point, boxes.get(id)!)])),
    waypoints: new Map([...placed.waypoints].map(([id, points]) => [id, points.map(flip)])),
    labels: new Map([...placed.labels].map(([id, point]) => [id, flip(point)])),
  };
}

// --- lines ---

/** A stretch of height that boxes or labels occupy; lines cross it straight down, so that they touch neither. */
interface Band {
  readonly y: number;
  half: number;
  /** Where it ends up: its upper edge, after the gaps between the bands were chosen. */
  top: number;
}

/** A line on its way: the bands it crosses, from the needed box's to the needing box's, and where. */
interface Route {
  readonly group: Group;
  /** The first and the last are in both lists. */
  readonly allStops: readonly Stop[];
  /** Those of all stops that the line needs to go around boxes and labels. */
  stops: readonly Stop[];
}

interface Stop {
  readonly band: number;
  x: number;
  readonly isLabel: boolean;
}

function draw(
  placed: Placement,
  boxes: ReadonlyMap<string, MeasuredBox>,
  groups: readonly Group[],
  isDense: boolean,
  levels: Levels | null,
): Layout {
  const bands = findBands(placed, boxes, groups);
  const routes = groups.filter(({ from, to }) => from !== to).map((group) => findRoute(group, placed, bands));
  attachToBoxes(routes, placed, boxes);
  spaceBands(bands, routes);
  const obstacles = findObstacles(bands, placed, boxes, groups);
  const straightened = routes.filter((route) => straighten(route, bands, obstacles));
  if (straightened.length > 0) {
    attachToBoxes(routes, placed, boxes);
    spaceBands(bands, routes);
    // The ends moved: what is not free any more goes the long way.
    for (const route of straightened) if (!isFree(route, bands, obstacles)) route.stops = route.allStops;
  }

  const centreY = (y: number): number => {
    const band = bands[bandAt(bands, y)]!;
    return band.top + band.half;
  };
  const drawnBoxes = [...boxes.values()].map((box): Box => {
    const { id, key, title, detail, size, note, head, width, height } = box;
    const centre = placed.boxes.get(id)!;
    const [x, y] = [centre.x - width / 2, centreY(centre.y) - height / 2];
    return { id, key, title, detail, size, note, head, x, y, width, height, rows: placeRows(box, x, y) };
  });
  const labelsOf = (group: Group): Label[] => {
    const centre = placed.labels.get(group.id);
    if (!centre) return [];
    const top = centreY(centre.y) - group.height / 2;
    return group.labels.map(({ edge, text, size }, row) => ({
      edge,
      text,
      size,
      x: centre.x - group.width / 2,
      y: top + row * labelHeight,
      width: group.width,
      height: labelHeight,
    }));
  };

  // Everything moves so that the drawing begins at the margin.
  const lefts = [...drawnBoxes.map(({ x }) => x), ...routes.flatMap(({ stops }) => stops.map(({ x }) => x))];
  const labels = new Map(groups.map((group) => [group.id, labelsOf(group)]));
  for (const rows of labels.values()) for (const { x } of rows) lefts.push(x);
  const shift = lefts.length > 0 ? round(margin - lefts.reduce((least, x) => Math.min(least, x))) : 0;
  const move = <T extends Point>(thing: T): T => ({ ...thing, x: round(thing.x + shift), y: round(thing.y) });
  const moveBox = (box: Box): Box => ({ ...move(box), rows: box.rows.map(move) });

  const movedBoxes = drawnBoxes.map(moveBox);
  const movedById = new Map(movedBoxes.map((box) => [box.id, box]));
  const lines = new Map<string, Line>();
  for (const route of routes) {
    for (const stop of route.stops) stop.x += shift;
    lines.set(route.group.id, drawRoute(route, bands, movedById, (labels.get(route.group.id) ?? []).map(move)));
  }
  const loopsSeen = new Map<string, number>();
  for (const group of groups) {
    if (group.from !== group.to) continue;
    const nth = loopsSeen.get(group.from) ?? 0;
    loopsSeen.set(group.from, nth + 1);
    lines.set(group.id, drawLoop(group, movedById.get(group.from)!, nth));
  }
  const drawnLines = groups.map(({ id }) => lines.get(id)!);
  const rights = [
    ...movedBoxes.map(({ id, x, width }) => x + width + outerWidth(boxes.get(id)!) - boxes.get(id)!.width),
    ...drawnLines.flatMap((line) => line.labels.map(({ x, width }) => x + width)),
    ...routes.flatMap(({ stops }) => stops.map(({ x }) => x)),
  ];
  const last = bands.at(-1);
  return {
    width: Math.ceil(rights.reduce((most, x) => Math.max(most, x), 0) + margin),
    height: Math.ceil((last ? last.top + 2 * last.half : margin) + margin),
    isDense,
    boxes: movedBoxes,
    lines: drawnLines,
    lanes: levels ? findLanes(movedBoxes, levels) : [],
  };
}

function placeRows(box: MeasuredBox, x: number, y: number): Row[] {
  const left = entryRoom(box);
  const width = box.width - left - exitRoom(box);
  return box.rows.map(({ step, text, size }, i) => ({
    step,
    text,
    size,
    x: x + left,
    y: y + box.head + i * rowHeight,
    width,
    height: rowHeight,
  }));
}

/** Around the boxes of each level, where levels lie below each other, as they do unless stages need each other. */
function findLanes(boxes: readonly Box[], levels: Levels): Lane[] {
  const reach = new Map<number, { top: number; bottom: number }>();
  for (const { id, y, height } of boxes) {
    const level = levels.get(id);
    if (level === undefined) continue;
    const { top, bottom } = reach.get(level) ?? { top: Infinity, bottom: -Infinity };
    reach.set(level, { top: Math.min(top, y), bottom: Math.max(bottom, y + height) });
  }
  const air = 8;
  const lanes = [...reach]
    .toSorted(([a], [b]) => a - b)
    .map(([level, { top, bottom }]): Lane => {
      return { level, y: round(top - air), height: round(bottom - top + 2 * air) };
    });
  return lanes.every(({ y }, i) => i === 0 || lanes[i - 1]!.y + lanes[i - 1]!.height <= y) ? lanes : [];
}

const round = (value: number): number => Math.round(value * 10) / 10;

function findBands(placed: Placement, boxes: ReadonlyMap<string, MeasuredBox>, groups: readonly Group[]): Band[] {
  const halves = new Map<number, number>();
  const add = (y: number, height: number): void => {
    const key = Math.round(y);
    halves.set(key, Math.max(halves.get(key) ?? 0, height / 2));
  };
  for (const [id, { y }] of placed.boxes) add(y, boxes.get(id)!.height);
  for (const { id, height } of groups) {
    const label = placed.labels.get(id);
    if (label) add(label.y, height);
  }
  return [...halves].toSorted(([a], [b]) => a - b).map(([y, half]) => ({ y, half, top: 0 }));
}

/** Index of the band at a height; -1 where there is none. */
function bandAt(bands: readonly Band[], y: number): number {
  const key = Math.round(y);
  let low = 0;
  let high = bands.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = bands[middle]!.y;
    if (Math.abs(at - key) <= 1) return middle;
    if (at < key) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function findRoute(group: Group, placed: Placement, bands: readonly Band[]): Route {
  const [start, end] = [placed.boxes.get(group.to)!, placed.boxes.get(group.from)!];
  const label = placed.labels.get(group.id);
  const labelBand = label ? bandAt(bands, label.y) : -1;
  const stops: Stop[] = [{ band: bandAt(bands, start.y), x: start.x, isLabel: false }];
  for (const { x, y } of placed.waypoints.get(group.id) ?? []) {
    const band = bandAt(bands, y);
    if (band >= 0) stops.push({ band, x, isLabel: band === labelBand });
  }
  stops.push({ band: bandAt(bands, end.y), x: end.x, isLabel: false });
  return { group, allStops: stops, stops };
}

/** For each band what lies in it, with some air around. */
type Obstacles = readonly (readonly { readonly left: number; readonly right: number }[])[];

function findObstacles(
  bands: readonly Band[],
  placed: Placement,
  boxes: ReadonlyMap<string, MeasuredBox>,
  groups: readonly Group[],
): Obstacles {
  const found: { left: number; right: number }[][] = bands.map(() => []);
  const air = 10;
  for (const [id, { x, y }] of placed.boxes) {
    const box = boxes.get(id)!;
    const right = x + box.width / 2 + outerWidth(box) - box.width;
    found[bandAt(bands, y)]!.push({ left: x - box.width / 2 - air, right: right + air });
  }
  for (const { id, width } of groups) {
    const label = placed.labels.get(id);
    if (label)
      found[bandAt(bands, label.y)]!.push({ left: label.x - width / 2 - air, right: label.x + width / 2 + air });
  }
  return found;
}

/** Takes out the stops that the line does not need to stay clear of everything; says whether there were any. */
function straighten(route: Route, bands: readonly Band[], obstacles: Obstacles): boolean {
  const { allStops } = route;
  const kept: Stop[] = [];
  for (let at = 0; at < allStops.length;) {
    kept.push(allStops[at]!);
    let next = at + 1;
    for (let far = next + 1; far < allStops.length && !allStops[far - 1]!.isLabel; far++) {
      if (isLegFree(allStops[at]!, allStops[far]!, bands, obstacles)) next = far;
    }
    at = next;
  }
  route.stops = kept;
  return kept.length < allStops.length;
}

const isFree = ({ stops }: Route, bands: readonly Band[], obstacles: Obstacles): boolean =>
  stops.every((stop, i) => i === 0 || isLegFree(stops[i - 1]!, stop, bands, obstacles));

/** Whether a curve from one stop to another touches nothing in the bands between. */
function isLegFree(a: Stop, b: Stop, bands: readonly Band[], obstacles: Obstacles): boolean {
  const [upper, lower] = a.band < b.band ? [a, b] : [b, a];
  const [startY, endY] = [bands[upper.band]!.top + 2 * bands[upper.band]!.half, bands[lower.band]!.top];
  for (let i = upper.band + 1; i < lower.band; i++) {
    const { top, half } = bands[i]!;
    // The curve ends where the arrowhead begins, which may be at the band or a little before it.
    const xs = [0, arrowLength].flatMap((above) =>
      [0, arrowLength].flatMap((below) =>
        [top, top + 2 * half].map((y) =>
          curveX(upper.x, lower.x, (y - startY - below) / (endY - above - startY - below)),
        ),
      ),
    );
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    if (obstacles[i]!.some((obstacle) => obstacle.left < right && left < obstacle.right)) return false;
  }
  return true;
}

/** Where a curve as {@link drawRoute} draws it is at a part of its height, 0 to 1. */
function curveX(from: number, to: number, part: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 24; i++) {
    const t = (low + high) / 2;
    if (1.5 * t - 1.5 * t * t + t * t * t < part) low = t;
    else high = t;
  }
  return from + (to - from) * low * low * (3 - 2 * low);
}

const goesDown = ({ stops }: Route): boolean => stops.at(-1)!.band > stops[0]!.band;
const goesUp = ({ stops }: Route): boolean => stops.at(-1)!.band < stops[0]!.band;

/** Gives each line its own place on the upper or lower edge of its boxes, as near to where it leads as there is room. */
function attachToBoxes(routes: readonly Route[], placed: Placement, boxes: ReadonlyMap<string, MeasuredBox>): void {
  const sides = new Map<string, { stop: Stop; wish: number; tie: number }[]>();
  const attach = (box: string, side: "top" | "bottom", stop: Stop, wish: number): void => {
    const key = `${side}:${box}`;
    const ports = sides.get(key) ?? [];
    ports.push({ stop, wish, tie: ports.length });
    sides.set(key, ports);
  };
  for (const route of routes) {
    const { stops, group } = route;
    const [first, last] = [stops[0]!, stops.at(-1)!];
    let wishes = [stops[1]!.x, stops.at(-2)!.x];
    if (stops.length === 2) {
      // Straight down where the two boxes lie over each other.
      const inner = (id: string, side: "top" | "bottom"): readonly [number, number] => {
        const own = trackOf(group, route, id, placed, boxes);
        return own === null ? portsOf(boxes.get(id)!, placed, side) : [own, own];
      };
      const [a, b] = [
        inner(group.to, goesUp(route) ? "top" : "bottom"),
        inner(group.from, goesDown(route) ? "top" : "bottom"),
      ];
      const [low, high] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
      if (low <= high) {
        const middle = Math.min(high, Math.max(low, (first.x + last.x) / 2));
        wishes = [middle, middle];
      }
    }
    const [exit, entry] = [group.to, group.from].map((id) => trackOf(group, route, id, placed, boxes));
    if (exit == null) attach(group.to, goesUp(route) ? "top" : "bottom", first, wishes[0]!);
    else first.x = exit;
    if (entry == null) attach(group.from, goesDown(route) ? "top" : "bottom", last, wishes[1]!);
    else last.x = entry;
  }
  for (const [key, ports] of sides) {
    const [side, id] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
    const [left, right] = portsOf(boxes.get(id)!, placed, side === "top" ? "top" : "bottom");
    const gap = Math.min(portGap, (right - left) / Math.max(1, ports.length - 1));
    const ordered = ports.toSorted((a, b) => a.wish - b.wish || a.tie - b.tie);
    let least = left;
    ordered.forEach((port, i) => {
      const most = right - gap * (ordered.length - 1 - i);
      port.stop.x = Math.min(most, Math.max(least, port.wish));
      least = port.stop.x + gap;
    });
  }
}

/** Where lines may end on an edge of a box: beside those that go on inside of it. */
function portsOf(box: MeasuredBox, placed: Placement, side: "top" | "bottom"): readonly [number, number] {
  const { x } = placed.boxes.get(box.id)!;
  const left = side === "top" && box.entries.length > 0 ? entryRoom(box) : portInset;
  const right = side === "bottom" && box.exits.length > 0 ? exitRoom(box) + portInset : portInset;
  return [x - box.width / 2 + left, x + box.width / 2 - right];
}

/** Where a line goes on inside of a box, to or from a row; `null` if it ends at the box's edge. */
function trackOf(
  { id, from, fromRow, toRow }: Group,
  route: Route,
  boxId: string,
  placed: Placement,
  boxes: ReadonlyMap<string, MeasuredBox>,
): number | null {
  const isEntry = boxId === from;
  if (!goesDown(route) || (isEntry ? fromRow : toRow) < 0) return null;
  const box = boxes.get(boxId)!;
  const { x } = placed.boxes.get(boxId)!;
  const at = (tracks: readonly string[]): number => rowInset + (tracks.indexOf(id) + 0.5) * trackGap;
  return isEntry ? x - box.width / 2 + at(box.entries) : x + box.width / 2 - at(box.exits);
}

function spaceBands(bands: readonly Band[], routes: readonly Route[]): void {
  const sideways = bands.map(() => 0);
  for (const { stops } of routes) {
    for (let i = 1; i < stops.length; i++) {
      const [a, b] = [stops[i - 1]!, stops[i]!];
      const upper = Math.min(a.band, b.band);
      if (Math.abs(a.band - b.band) === 1) sideways[upper] = Math.max(sideways[upper]!, Math.abs(a.x - b.x));
    }
  }
  let top = margin;
  bands.forEach((band, i) => {
    band.top = top;
    top += 2 * band.half + Math.min(largestRowGap, smallestRowGap + sideways[i]! * 0.12);
  });
}

function drawRoute(
  route: Route,
  bands: readonly Band[],
  boxes: ReadonlyMap<string, Box>,
  labels: readonly Label[],
): Line {
  const { group, stops } = route;
  const { from, to } = group;
  const [source, target] = [boxes.get(to)!, boxes.get(from)!];
  const down = goesDown(route);
  const level = !down && !goesUp(route);
  const [first, last] = [stops[0]!, stops.at(-1)!];
  const start = { x: round(first.x), y: round(goesUp(route) ? source.y : source.y + source.height) };
  const end = { x: round(last.x), y: round(down ? target.y : target.y + target.height) };
  const [entry, exit] = [down ? target.rows[group.fromRow] : undefined, down ? source.rows[group.toRow] : undefined];
  // Inside of a box there is no arrowhead at its edge.
  const tip = end.y + (entry ? 0 : down ? -arrowLength : arrowLength);
  const parts = [`M${start.x},${start.y}`];
  if (level) {
    // Two boxes of one row: below them from one to the other.
    const below = round(Math.max(start.y, tip) + smallestRowGap);
    parts.push(`C${start.x},${below} ${end.x},${below} ${end.x},${tip}`);
  } else {
    let at: Point = start;
    stops.forEach(({ band, x }, i) => {
      const { top, half } = bands[band]!;
      const [near, far] = down ? [top, top + 2 * half] : [top + 2 * half, top];
      const here = round(x);
      if (i > 0) {
        const towards = i === stops.length - 1 && (down ? tip < near : tip > near) ? tip : round(near);
        if (here === at.x) parts.push(`V${towards}`);
        else {
          const middle = round((at.y + towards) / 2);
          parts.push(`C${at.x},${middle} ${here},${middle} ${here},${towards}`);
        }
        at = { x: here, y: towards };
      }
      const leave = i === stops.length - 1 ? tip : round(far);
      if (leave !== at.y) parts.push(`V${leave}`);
      at = { x: here, y: leave };
    });
  }
  const inner: string[] = [];
  if (exit) {
    const [x, y] = [round(exit.x + exit.width), round(exit.y + exit.height / 2)];
    inner.push(`M${x},${y}H${round(start.x - corner)}Q${start.x},${y} ${start.x},${round(y + corner)}V${start.y}`);
  }
  if (entry) {
    const [x, y] = [round(entry.x), round(entry.y + entry.height / 2)];
    const [above, beside] = [round(y - corner), round(end.x + corner)];
    inner.push(`M${end.x},${end.y}V${above}Q${end.x},${y} ${beside},${y}H${round(x - arrowLength)}`);
  }
  return {
    ...described(group),
    start: exit ? { x: round(exit.x + exit.width), y: round(exit.y + exit.height / 2) } : start,
    end: entry ? { x: round(entry.x), y: round(entry.y + entry.height / 2) } : end,
    direction: entry ? "right" : down ? "down" : "up",
    path: parts.join(""),
    inner: inner.join(""),
    labels,
  };
}

/** What a line stands for, however it is drawn. */
function described({
  id,
  from,
  to,
  kind,
  edges,
}: Group): Pick<Line, "id" | "from" | "to" | "kind" | "broken" | "edges"> {
  return { id, from, to, kind, broken: edges.some(({ broken }) => broken), edges: edges.map((edge) => edge.id) };
}

/** A line from a box to itself, at its right side. */
function drawLoop(group: Group, box: Rectangle, nth: number): Line {
  const right = round(box.x + box.width);
  const reach = round(right + loopReach + 6 * nth);
  const [upper, lower] = [round(box.y + box.height * 0.25), round(box.y + box.height * 0.75)];
  return {
    ...described(group),
    start: { x: right, y: upper },
    end: { x: right, y: lower },
    direction: "left",
    path: `M${right},${upper}C${reach},${upper} ${reach},${lower} ${round(right + arrowLength)},${lower}`,
    inner: "",
    labels: [],
  };
}
