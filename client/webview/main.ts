import type { StageGraph } from "../../server/src/protocol.ts";
import { type Drawn, drawGraph, drawLegend } from "./draw.ts";
import { html, svg } from "./elements.ts";
import { type Box, type Font, keysOf, type Layout, layoutGraph, type Measure, type Rectangle } from "./layout.ts";
import {
  type Choices,
  type Current,
  isPageState,
  isPanelMessage,
  type Marks,
  type PageMessage,
  type PageState,
  type PanelMessage,
  type Sizes,
  type Thing,
  usualChoices,
  type View,
} from "./messages.ts";
import { makeMinimap } from "./minimap.ts";
import { pngPicture, svgPicture } from "./picture.ts";
import { showAnswer } from "./side.ts";
import { makeToolbar } from "./toolbar.ts";
import { listGraph } from "./words.ts";

/** The panel's page: takes graphs, draws them, and says what the user chose. */

declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
};

const editor = acquireVsCodeApi();

// --- the page ---

const canvas = svg("svg", { class: "canvas", role: "group" });
const legend = html("div", { class: "legend", "aria-hidden": "true" });
const list = html("div", { class: "visually-hidden", role: "region", "aria-label": "Stage graph as text" });
const side = html("aside", { class: "side", "aria-label": "Answer", hidden: "" });
const heading = html("h1", { class: "visually-hidden" }, "Stage graph");
const notice = html("p", { class: "notice", role: "status" });
const minimap = makeMinimap(({ x, y }) => {
  const { width, height } = room();
  moveTo({ ...view, x: width / 2 - x * view.scale, y: height / 2 - y * view.scale });
});
const toolbar = makeToolbar({
  choose: (changes) => choose(changes),
  pin: (next) => {
    setPinned(next);
    editor.postMessage({ type: "pin", pinned: next });
  },
  ask: (question) => {
    toolbar.setQuestion(question);
    if (question === "none") showMarks(null);
    editor.postMessage({ type: "ask", question });
  },
  exportPicture: () => editor.postMessage({ type: "export" }),
  zoom: zoomInMiddle,
  fit: fitAgain,
  search,
  next: goToNext,
});
const board = html("div", { class: "board" }, canvas, minimap.element, legend);
document.body.append(
  html("main", {}, heading, toolbar.element, html("div", { class: "middle" }, board, side)),
  notice,
  list,
);

// --- what is shown ---

type GraphMessage = Extract<PanelMessage, { type: "graph" }>;

let shown: Drawn | null = null;
let current: Current = { id: null, step: null };
let marks: Marks | null = null;
/** What was measured of the file that is shown, or is about to be. */
let sizes: Sizes | null = null;

const view: View = { x: 0, y: 0, scale: 1, follows: true };
/** The document that the page is about. */
let uri: string | null = null;
const kept = editor.getState();
/** From before the page was hidden: what the user had zoomed into. */
let restored = isPageState(kept) && !kept.view.follows ? kept : null;
let choices: Choices = isPageState(kept) ? kept.choices : usualChoices;
let pinned = isPageState(kept) && kept.pinned;
let keeping: ReturnType<typeof setTimeout> | undefined;

/** Remembers soon what is shown, not at each step of a movement. */
function keepState(): void {
  clearTimeout(keeping);
  keeping = setTimeout(() => editor.setState({ uri, view: { ...view }, choices, pinned }), 100);
}

const smallest = 0.05;
const largest = 3;
/** Texts are hard to read below this; then a part of the graph is shown instead of all of it. */
const readable = 0.6;

function applyView(): void {
  canvas.firstElementChild?.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  const { width, height } = room();
  const { x, y, scale } = view;
  minimap.show({ x: -x / scale, y: -y / scale, width: width / scale, height: height / scale });
  keepState();
}

/** What {@link room} found, until something changes: to ask the page makes it lay out all that was drawn. */
let knownRoom: { width: number; height: number } | null = null;

/** The part of the page that nothing else covers. */
function room(): { width: number; height: number } {
  knownRoom ??= { width: canvas.clientWidth, height: Math.max(40, canvas.clientHeight - legend.offsetHeight) };
  return knownRoom;
}

function moveTo({ x, y, scale }: View): void {
  Object.assign(view, { x, y, scale, follows: false });
  applyView();
}

function wholeScale({ width, height }: Layout): number {
  const { width: pageWidth, height: pageHeight } = room();
  return Math.max(smallest, Math.min(1, pageWidth / width, pageHeight / height));
}

function showWhole(layout: Layout): void {
  const { width, height } = room();
  view.scale = wholeScale(layout);
  view.x = (width - layout.width * view.scale) / 2;
  view.y = Math.max(0, (height - layout.height * view.scale) / 2);
}

/** Puts a box in the middle, but not so that there is more empty space at an edge than need be. */
function showAround({ x, y, width, height }: Box, layout: Layout): void {
  const page = room();
  const begin = (centre: number, length: number, space: number): number =>
    length <= space ? (space - length) / 2 : Math.min(0, Math.max(space - length, space / 2 - centre));
  view.x = begin((x + width / 2) * view.scale, layout.width * view.scale, page.width);
  view.y = begin((y + height / 2) * view.scale, layout.height * view.scale, page.height);
}

/** Moves as little as possible, so that there is no empty space at an edge while something is out of sight at another. */
function leaveNoGap({ width, height }: Layout): void {
  const page = room();
  const within = (at: number, length: number, space: number): number =>
    Math.min(Math.max(0, space - length), Math.max(Math.min(0, space - length), at));
  view.x = within(view.x, width * view.scale, page.width);
  view.y = within(view.y, height * view.scale, page.height);
}

/** Moves as little as possible, so that the box is in sight. */
function bringIntoSight({ x, y, width, height }: Rectangle): void {
  const page = room();
  const gap = 12;
  const into = (start: number, length: number, space: number): number =>
    start < gap ? gap - start : start + length > space - gap ? Math.max(gap - start, space - gap - start - length) : 0;
  view.x += into(view.x + x * view.scale, width * view.scale, page.width);
  view.y += into(view.y + y * view.scale, height * view.scale, page.height);
  applyView();
}

/** After a new layout: the whole if that is readable, else what was in the middle stays where it was. */
function adjustView(layout: Layout, previous: Layout | null): void {
  if (view.follows && wholeScale(layout) >= readable) return showWhole(layout);
  const page = room();
  const middle = (box: Box): number =>
    Math.hypot(
      view.x + (box.x + box.width / 2) * view.scale - page.width / 2,
      view.y + (box.y + box.height / 2) * view.scale - page.height / 2,
    );
  const boxes = new Map(layout.boxes.map((box) => [box.key, box]));
  const isCurrent = ({ key }: Box): boolean => boxes.get(key)?.id === current.id;
  const anchor = previous?.boxes
    .filter(({ key }) => boxes.has(key))
    .toSorted((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)) || middle(a) - middle(b))[0];
  if (anchor) {
    const now = boxes.get(anchor.key)!;
    view.x += (anchor.x + anchor.width / 2 - now.x - now.width / 2) * view.scale;
    view.y += (anchor.y - now.y) * view.scale;
    if (view.follows) leaveNoGap(layout);
    return;
  }
  view.scale = Math.max(readable, wholeScale(layout));
  const target = shown?.graph.nodes.find(({ isTarget }) => isTarget)?.id;
  const box = layout.boxes.find(({ id }) => id === current.id) ?? layout.boxes.find(({ id }) => id === target);
  if (box) showAround(box, layout);
}

// --- measuring ---

let fonts: Readonly<Record<Font, string>> | null = null;
const pen = document.createElement("canvas").getContext("2d");
let penFont: Font | null = null;

/** The fonts of style.css, as the theme and the user's settings make them. */
function readFonts(): Readonly<Record<Font, string>> {
  const probe = document.createElementNS("http://www.w3.org/2000/svg", "g");
  const read = (outer: string, inner: string): string => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    group.setAttribute("class", outer);
    text.setAttribute("class", inner);
    group.append(text);
    probe.append(group);
    const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(text);
    return `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  };
  canvas.append(probe);
  const found = {
    title: read("node", "title"),
    image: read("node image", "title"),
    detail: read("node", "detail"),
    label: read("label", ""),
  };
  probe.remove();
  return found;
}

/** Widths that were measured in the present fonts. */
const widths = new Map<string, number>();
/** More are forgotten. */
const mostWidths = 20_000;

const measure: Measure = (text, font) => {
  if (!pen) return text.length * 7;
  const key = `${font} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    fonts ??= readFonts();
    // Setting a font costs more than measuring.
    if (penFont !== font) pen.font = fonts[(penFont = font)];
    width = pen.measureText(text).width;
    if (widths.size > mostWidths) widths.clear();
    widths.set(key, width);
  }
  return width;
};

function forgetFonts(): void {
  fonts = null;
  penFont = null;
  widths.clear();
}

// --- drawing ---

let pending: GraphMessage | null = null;

/** Lays out and draws once the page has time; the previous drawing stays until then, and only the newest graph counts. */
function drawSoon(message: GraphMessage): void {
  if (pending === null) {
    setTimeout(() => {
      const newest = pending;
      pending = null;
      if (newest) draw(newest);
    });
  }
  pending = message;
}

function draw({ graph, name, current: at, choices: asked }: GraphMessage): void {
  const isSameFile = shown?.graph.uri === graph.uri;
  const previous = isSameFile && shown ? shown.layout : null;
  if (!isSameFile) Object.assign(view, { x: 0, y: 0, scale: 1, follows: true });
  document.body.classList.remove("empty");
  notice.textContent = "";
  canvas.setAttribute("aria-label", `Stage graph of ${name}`);
  choices = { ...choices, target: asked.target };
  toolbar.update(graph, choices);
  // While somebody types inside of instructions, places change, and nothing that is seen.
  const isAsBefore = shown?.order === choices.order && isSame(shown.sizes, sizes);
  if (isSameFile && shown && isAsBefore && looksLike(graph) === looksLike(shown.graph)) {
    shown = { ...shown, graph };
    markCurrent(at);
    return;
  }
  current = at;
  redraw(graph, previous);
  if (restored?.uri === graph.uri) Object.assign(view, restored.view);
  else adjustView(shown!.layout, previous);
  restored = null;
  applyView();
}

const isSame = (a: Sizes | null, b: Sizes | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** All of a graph that is drawn. */
function looksLike(graph: StageGraph): string {
  return JSON.stringify(graph, (name, value: unknown) =>
    name === "range" || name === "version" || (name === "steps" && !hasOpen()) ? undefined : value,
  );
}

const hasOpen = (): boolean => choices.layers || choices.expanded.length > 0;

/** Lays out and draws anew what is chosen, with the focus where it was. */
function redraw(graph: StageGraph, previous: Layout | null): void {
  const focused = focusedThing();
  const keys = keysOf(graph.nodes);
  const expanded = new Set(
    graph.nodes.flatMap(({ id, steps }, i) =>
      steps.length > 0 && (choices.layers || choices.expanded.includes(keys[i]!)) ? [id] : [],
    ),
  );
  const layout = layoutGraph(graph, measure, previous, { expanded, lanes: choices.order, sizes });
  shown = { graph, layout, expanded, order: choices.order, sizes };
  legend.replaceChildren(...drawLegend(shown));
  canvas.replaceChildren(drawGraph(shown));
  list.replaceChildren(listGraph(graph, expanded, sizes));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  minimap.draw(layout, (id) => {
    const node = nodes.get(id);
    return node?.broken ? "broken" : node?.isTarget ? "target" : (node?.kind ?? "");
  });
  applyMarks();
  applySearch();
  markNode();
  if (focused) find(focused.attribute, focused.id)?.focus({ preventScroll: true });
}

/** Changes what is drawn; asks for another graph where it takes one. */
function choose(changes: Partial<Choices>): void {
  const before = choices;
  choices = { ...choices, ...changes };
  keepState();
  editor.postMessage({ type: "choose", choices });
  const needsGraph = (["target", "contexts", "imagesPerUse"] as const).some((name) => before[name] !== choices[name]);
  if (needsGraph || !shown) return;
  const previous = shown.layout;
  toolbar.update(shown.graph, choices);
  redraw(shown.graph, previous);
  adjustView(shown.layout, previous);
  applyView();
}

/** Takes what was measured; whatever is about to be drawn is drawn with it. */
function setSizes(next: Sizes | null): void {
  sizes = next;
  if (pending || !shown || isSame(shown.sizes, sizes)) return;
  const previous = shown.layout;
  redraw(shown.graph, previous);
  adjustView(shown.layout, previous);
  applyView();
}

/** Shows the instructions of a stage, or hides them. */
function fold(id: string): void {
  if (!shown) return;
  const keys = keysOf(shown.graph.nodes);
  const open = shown.expanded;
  const next = shown.graph.nodes.flatMap((node, i) =>
    node.kind === "stage" && (node.id === id) !== open.has(node.id) ? [keys[i]!] : [],
  );
  choose({ expanded: next, layers: false });
}

function setPinned(next: boolean): void {
  pinned = next;
  toolbar.setPinned(next);
  keepState();
}

function showNotice(text: string): void {
  pending = null;
  shown = null;
  current = { id: null, step: null };
  showMarks(null);
  canvas.replaceChildren();
  legend.replaceChildren();
  list.replaceChildren();
  minimap.draw(null, () => "");
  document.body.classList.add("empty");
  notice.textContent = text;
}

const idAttributes = ["data-node", "data-edge", "data-step"] as const;
type IdAttribute = (typeof idAttributes)[number];

function find(attribute: IdAttribute, id: string): SVGElement | null {
  return canvas.querySelector<SVGElement>(`[${attribute}="${CSS.escape(id)}"]`);
}

function focusedThing(): { attribute: IdAttribute; id: string } | null {
  for (const attribute of idAttributes) {
    const id = document.activeElement?.getAttribute(attribute);
    if (id != null) return { attribute, id };
  }
  return null;
}

/** Where a node or an instruction is in the drawing. */
function placeOf(id: string): Rectangle | undefined {
  for (const box of shown?.layout.boxes ?? []) {
    if (box.id === id) return box.rows.length > 0 ? { ...box, height: box.head } : box;
    const row = box.rows.find(({ step }) => step === id);
    if (row) return row;
  }
  return undefined;
}

function markNode(): void {
  for (const thing of canvas.querySelectorAll(".current")) thing.classList.remove("current");
  if (current.id !== null) find("data-node", current.id)?.classList.add("current");
  if (current.step !== null) find("data-step", current.step)?.classList.add("current");
}

function markCurrent(at: Current): void {
  const isNew = at.id !== current.id || at.step !== current.step;
  current = at;
  markNode();
  const place = (at.step === null ? undefined : placeOf(at.step)) ?? (at.id === null ? undefined : placeOf(at.id));
  if (place && isNew) bringIntoSight(place);
}

// --- answers ---

function showMarks(next: Marks | null): void {
  const hadRoom = !side.hidden;
  marks = next;
  side.hidden = next === null;
  toolbar.setQuestion(next?.kind ?? "none");
  if (next)
    showAnswer(side, next, { go: goTo, close: closeAnswer, measure: () => editor.postMessage({ type: "measure" }) });
  else side.replaceChildren();
  applyMarks();
  if (hadRoom === side.hidden && shown && view.follows) adjustView(shown.layout, shown.layout);
}

function closeAnswer(): void {
  showMarks(null);
  editor.postMessage({ type: "ask", question: "none" });
}

/** The stage of a step: `step:2:5` is of `stage:2`. */
const stageOf = (step: string): string => `stage:${step.split(":")[1] ?? ""}`;

function applyMarks(): void {
  for (const thing of canvas.querySelectorAll(".marked")) thing.classList.remove("marked");
  for (const badge of canvas.querySelectorAll(".badge")) badge.remove();
  canvas.classList.toggle("has-marks", marks !== null && marks.kind !== "sizes");
  if (!marks || !shown) return;
  for (const id of marks.nodes) find("data-node", id)?.classList.add("marked");
  for (const id of marks.steps) find("data-step", id)?.classList.add("marked");
  for (const line of shown.layout.lines) {
    if (!line.edges.some((id) => marks!.edges.includes(id))) continue;
    for (const thing of canvas.querySelectorAll(`[data-line="${CSS.escape(line.id)}"]`)) thing.classList.add("marked");
  }
  if (marks.kind === "sizes") return;
  const counts = new Map<string, number>();
  for (const step of marks.steps) counts.set(stageOf(step), (counts.get(stageOf(step)) ?? 0) + 1);
  for (const [id, count] of counts) {
    find("data-node", id)?.append(
      svg(
        "g",
        { class: "badge" },
        svg("rect", { x: -9, y: -9, width: 22, height: 18, rx: 9 }),
        svg("text", { x: 2, y: 0 }, String(count)),
      ),
    );
  }
}

/** Shows a thing of an answer, in the drawing and in the editor. */
function goTo(id: string): void {
  const what: Thing = id.startsWith("step:")
    ? "step"
    : shown?.graph.edges.some((edge) => edge.id === id)
      ? "edge"
      : "node";
  const place = placeOf(id) ?? (what === "step" ? placeOf(stageOf(id)) : undefined);
  if (place) bringIntoSight(place);
  editor.postMessage({ type: "reveal", what, id });
}

// --- search ---

let wanted = "";
let finds: readonly string[] = [];
let found = -1;

function search(text: string): void {
  wanted = text.trim().toLowerCase();
  found = -1;
  applySearch();
  if (finds.length > 0) goToNext(false);
}

function applySearch(): void {
  for (const thing of canvas.querySelectorAll(".found")) thing.classList.remove("found");
  if (wanted === "" || !shown) {
    finds = [];
    toolbar.setFound("");
    return;
  }
  const { graph, expanded } = shown;
  const has = (...texts: readonly string[]): boolean => texts.some((text) => text.toLowerCase().includes(wanted));
  finds = graph.nodes.flatMap((node) => {
    const steps = node.steps.filter(({ keyword, text }) => has(`${keyword} ${text}`)).map(({ id }) => id);
    const isFound = has(node.label, node.detail) || (steps.length > 0 && !expanded.has(node.id));
    return [...(isFound ? [node.id] : []), ...(expanded.has(node.id) ? steps : [])];
  });
  for (const id of finds) (find("data-node", id) ?? find("data-step", id))?.classList.add("found");
  sayFound();
}

function sayFound(): void {
  toolbar.setFound(finds.length === 0 ? "none" : found < 0 ? String(finds.length) : `${found + 1} of ${finds.length}`);
}

function goToNext(back: boolean): void {
  if (finds.length === 0) return;
  found = (found + (back ? -1 : 1) + finds.length) % finds.length;
  const place = placeOf(finds[found]!);
  if (place) bringIntoSight(place);
  sayFound();
}

// --- export ---

function sendPicture(format: "svg" | "png"): void {
  const drawing = canvas.firstElementChild;
  if (!shown || !(drawing instanceof SVGGElement)) return;
  const background = getComputedStyle(document.body).backgroundColor;
  const make = format === "svg" ? svgPicture : pngPicture;
  editor.postMessage({ type: "picture", format, data: make(drawing, shown.layout, background) });
}

// --- what arrives ---

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (!isPanelMessage(data)) return;
  switch (data.type) {
    case "graph":
      if (uri !== data.graph.uri) sizes = null;
      uri = data.graph.uri;
      setPinned(data.pinned);
      if (data.graph.nodes.length === 0) showNotice("This file has no stages yet. A stage starts with FROM.");
      else drawSoon(data);
      break;
    case "current":
      if (pending) pending = { ...pending, current: data };
      else markCurrent(data);
      break;
    case "marks":
      showMarks(data.marks);
      break;
    case "sizes":
      setSizes(data.sizes);
      break;
    case "pinned":
      setPinned(data.pinned);
      break;
    case "export":
      sendPicture(data.format);
      break;
    case "empty":
      // Before the first graph there is none to say; what was kept stays.
      if (data.uri === null && data.text === "") break;
      uri = data.uri;
      keepState();
      showNotice(data.text);
      break;
  }
});

// --- what the user does ---

function reveal(target: EventTarget | null): void {
  const element = target instanceof Element ? target : null;
  const hidden = element?.closest("[data-fold]")?.getAttribute("data-fold");
  if (hidden != null) return fold(hidden);
  for (const [what, ...attributes] of [
    ["step", "data-step"],
    ["node", "data-node"],
    ["edge", "data-edge", "data-first-edge"],
  ] as const) {
    for (const attribute of attributes) {
      const id = element?.closest(`[${attribute}]`)?.getAttribute(attribute);
      if (id != null) return editor.postMessage({ type: "reveal", what, id });
    }
  }
}

function rename(target: EventTarget | null): void {
  const thing = target instanceof Element && !target.closest("[data-fold]") ? target.closest("[data-node]") : null;
  const id = thing?.getAttribute("data-node");
  if (id != null) editor.postMessage({ type: "rename", id });
}

/** Makes the lines of a node, or the line of a label, stand out while it is pointed at or focused. */
function highlight(target: EventTarget | null): void {
  for (const line of canvas.querySelectorAll(".near")) line.classList.remove("near");
  const thing = target instanceof Element ? target.closest("[data-node], [data-line], [data-line-label]") : null;
  if (!thing || !shown) return;
  const node = thing.getAttribute("data-node");
  const line = thing.getAttribute("data-line") ?? thing.getAttribute("data-line-label");
  const near = new Set(
    node === null
      ? [line]
      : shown.layout.lines.filter(({ from, to }) => from === node || to === node).map(({ id }) => id),
  );
  for (const candidate of canvas.querySelectorAll("[data-line], [data-line-label]")) {
    const id = candidate.getAttribute("data-line") ?? candidate.getAttribute("data-line-label");
    if (near.has(id)) candidate.classList.add("near");
  }
}

function zoom(factor: number, at: { x: number; y: number }): void {
  const scale = Math.min(largest, Math.max(smallest, view.scale * factor));
  view.x = at.x - ((at.x - view.x) * scale) / view.scale;
  view.y = at.y - ((at.y - view.y) * scale) / view.scale;
  view.scale = scale;
  view.follows = false;
  applyView();
}

function zoomInMiddle(factor: number): void {
  const { width, height } = room();
  zoom(factor, { x: width / 2, y: height / 2 });
}

function fitAgain(): void {
  view.follows = true;
  if (shown) showWhole(shown.layout);
  applyView();
}

const step = 1.25;

canvas.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    // Some devices count in lines of text instead of pixels.
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 16;
    if (event.ctrlKey || event.metaKey) {
      zoom(Math.exp(Math.max(-60, Math.min(60, -event.deltaY * unit)) / 200), { x: event.offsetX, y: event.offsetY });
      return;
    }
    const [across, down] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
    view.x -= across * unit;
    view.y -= down * unit;
    view.follows = false;
    applyView();
  },
  { passive: false },
);

let drag: { readonly pointer: number; x: number; y: number; moved: boolean } | null = null;
canvas.addEventListener("pointerdown", (event) => {
  if (event.button === 0) drag = { pointer: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
});
canvas.addEventListener("pointermove", (event) => {
  if (drag?.pointer !== event.pointerId) return;
  if (event.buttons === 0) {
    drag = null;
    canvas.classList.remove("dragged");
    return;
  }
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  // A hand that clicks trembles; it is a drag from here on.
  if (!drag.moved && Math.hypot(x, y) < 5) return;
  if (!drag.moved) canvas.setPointerCapture(event.pointerId);
  Object.assign(drag, { x: event.clientX, y: event.clientY, moved: true });
  view.x += x;
  view.y += y;
  view.follows = false;
  canvas.classList.add("dragged");
  applyView();
});
canvas.addEventListener("pointercancel", () => {
  drag = null;
  canvas.classList.remove("dragged");
});
canvas.addEventListener("click", (event) => {
  const dragged = drag?.moved === true;
  drag = null;
  canvas.classList.remove("dragged");
  if (!dragged) reveal(event.target);
});
canvas.addEventListener("dblclick", (event) => rename(event.target));
canvas.addEventListener("pointerover", (event) => highlight(event.target));
canvas.addEventListener("pointerleave", () => highlight(document.activeElement));
canvas.addEventListener("focusin", (event) => {
  highlight(event.target);
  const id = event.target instanceof Element ? event.target.getAttribute("data-node") : null;
  const box = shown?.layout.boxes.find((candidate) => candidate.id === id);
  // A box that is clicked must not move away below the pointer.
  if (box && event.target instanceof Element && event.target.matches(":focus-visible")) bringIntoSight(box);
});
canvas.addEventListener("focusout", () => highlight(null));

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The nearest box in a direction; one that lies aside counts as farther away. */
function neighbour(from: Box, [dx, dy]: readonly [number, number]): Box | undefined {
  const centre = (box: Box): { x: number; y: number } => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const start = centre(from);
  const joined = new Set(
    shown?.layout.lines.flatMap((line) => (line.from === from.id ? [line.to] : line.to === from.id ? [line.from] : [])),
  );
  let best: { box: Box; distance: number } | undefined;
  for (const box of shown?.layout.boxes ?? []) {
    const { x, y } = centre(box);
    const along = (x - start.x) * dx + (y - start.y) * dy;
    const aside = Math.abs((x - start.x) * dy) + Math.abs((y - start.y) * dx);
    if (along < 1 || (dx !== 0 && aside > 24)) continue;
    // Up and down follow the lines where there are any.
    const distance = along + aside * 0.5 + (dy === 0 || joined.has(box.id) ? 0 : 1e6);
    if (!best || distance < best.distance) best = { box, distance };
  }
  return best?.box;
}

/** Up and down the instructions of a stage; to the side, back to the stage. */
function goThroughSteps(id: string, down: number): void {
  const next =
    down === 0
      ? undefined
      : `${id.slice(0, id.lastIndexOf(":") + 1)}${Number(id.slice(id.lastIndexOf(":") + 1)) + down}`;
  const to = (next === undefined ? null : find("data-step", next)) ?? find("data-node", stageOf(id));
  to?.focus({ preventScroll: true });
  const place = next === undefined ? undefined : placeOf(next);
  if (place) bringIntoSight(place);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "f") {
    event.preventDefault();
    return toolbar.search();
  }
  const isField = event.target instanceof Element && event.target.matches("input, select");
  if (event.ctrlKey || event.metaKey || event.altKey || !shown || isField) return;
  const thing = focusedThing();
  const isPressed = event.key === "Enter" || event.key === " ";
  if (isPressed && !thing) return;
  const direction = directions[event.key];
  if (isPressed) reveal(document.activeElement);
  else if (event.key === "F2" && thing?.attribute === "data-node") rename(document.activeElement);
  else if ((event.key === "l" || event.key === "L") && thing?.attribute === "data-node") fold(thing.id);
  else if (event.key === "/") toolbar.search();
  else if (event.key === "Escape" && marks) closeAnswer();
  else if (event.key === "+" || event.key === "=") zoomInMiddle(step);
  else if (event.key === "-") zoomInMiddle(1 / step);
  else if (event.key === "0") fitAgain();
  else if (direction && thing?.attribute === "data-step") goThroughSteps(thing.id, direction[1]);
  else if (direction && thing?.attribute === "data-node" && direction[0] > 0 && shown.expanded.has(thing.id)) {
    canvas.querySelector<SVGElement>(`[data-step="step:${thing.id.slice(6)}:0"]`)?.focus({ preventScroll: true });
  } else if (direction) {
    const from = shown.layout.boxes.find(({ id }) => thing?.attribute === "data-node" && id === thing.id);
    const to = from
      ? neighbour(from, direction)
      : (shown.layout.boxes.find(({ id }) => id === current.id) ?? shown.layout.boxes[0]);
    if (to) find("data-node", to.id)?.focus({ preventScroll: true });
  } else return;
  event.preventDefault();
});

// --- what changes around the page ---

const resized = new ResizeObserver(() => {
  knownRoom = null;
  if (!shown) return;
  if (view.follows && wholeScale(shown.layout) >= readable) showWhole(shown.layout);
  else if (view.follows) leaveNoGap(shown.layout);
  applyView();
});
resized.observe(canvas);
resized.observe(legend);

// Another theme may bring other fonts.
new MutationObserver(() => {
  forgetFonts();
  if (!shown) return;
  redraw(shown.graph, shown.layout);
  applyView();
}).observe(document.body, { attributes: true, attributeFilter: ["data-vscode-theme-id"] });

toolbar.setPinned(pinned);
editor.postMessage({ type: "ready", choices });
