import type { StageGraph } from "../../server/src/protocol.ts";
import { drawGraph, drawLegend, listGraph } from "./draw.ts";
import { type Box, type Font, type Layout, layoutGraph, type Measure } from "./layout.ts";
import {
  isPageState,
  isPanelMessage,
  type PageMessage,
  type PageState,
  type PanelMessage,
  type View,
} from "./messages.ts";

/** The panel's page: takes graphs, draws them, and says what the user chose. */

declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
};

const editor = acquireVsCodeApi();

// --- the page ---

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Element | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

const canvas = document.createElementNS("http://www.w3.org/2000/svg", "svg");
canvas.setAttribute("role", "group");
canvas.classList.add("canvas");
const zoomOut = element("button", { title: "Zoom out (−)", "aria-label": "Zoom out" }, "−");
const zoomIn = element("button", { title: "Zoom in (+)", "aria-label": "Zoom in" }, "+");
const fit = element("button", { title: "Show the whole graph (0)", "aria-label": "Show the whole graph" }, "Fit");
const tools = element("div", { class: "tools", role: "toolbar", "aria-label": "Zoom" }, zoomOut, zoomIn, fit);
const legend = element("div", { class: "legend", "aria-hidden": "true" });
const list = element("div", { class: "visually-hidden", role: "region", "aria-label": "Stage graph as text" });
const notice = element("p", { class: "notice", role: "status" });
document.body.append(canvas, tools, legend, notice, list);

// --- what is shown ---

type GraphMessage = Extract<PanelMessage, { type: "graph" }>;

let shown: { readonly graph: StageGraph; readonly layout: Layout } | null = null;
let current: string | null = null;

const view: View = { x: 0, y: 0, scale: 1, follows: true };
/** The document that the page is about. */
let uri: string | null = null;
const kept = editor.getState();
/** From before the page was hidden: what the user had zoomed into. */
let restored = isPageState(kept) && !kept.view.follows ? kept : null;
let keeping: ReturnType<typeof setTimeout> | undefined;

/** Remembers soon what is shown, not at each step of a movement. */
function keepState(): void {
  clearTimeout(keeping);
  keeping = setTimeout(() => editor.setState({ uri, view: { ...view } }), 100);
}

const smallest = 0.05;
const largest = 3;
/** Texts are hard to read below this; then a part of the graph is shown instead of all of it. */
const readable = 0.6;

function applyView(): void {
  canvas.firstElementChild?.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  keepState();
}

/** The part of the page that nothing else covers. */
function room(): { width: number; height: number } {
  return { width: canvas.clientWidth, height: Math.max(40, canvas.clientHeight - legend.offsetHeight) };
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

/** Moves as little as possible, so that the box is in sight. */
function bringIntoSight({ x, y, width, height }: Box): void {
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
  const isCurrent = ({ key }: Box): boolean => boxes.get(key)?.id === current;
  const anchor = previous?.boxes
    .filter(({ key }) => boxes.has(key))
    .toSorted((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)) || middle(a) - middle(b))[0];
  if (anchor) {
    const now = boxes.get(anchor.key)!;
    view.x += (anchor.x + anchor.width / 2 - now.x - now.width / 2) * view.scale;
    view.y += (anchor.y - now.y) * view.scale;
    return;
  }
  view.scale = Math.max(readable, wholeScale(layout));
  const target = shown?.graph.nodes.find(({ isTarget }) => isTarget)?.id;
  const box = layout.boxes.find(({ id }) => id === current) ?? layout.boxes.find(({ id }) => id === target);
  if (box) showAround(box, layout);
}

// --- measuring ---

let fonts: Readonly<Record<Font, string>> | null = null;
const pen = document.createElement("canvas").getContext("2d");

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

const measure: Measure = (text, font) => {
  fonts ??= readFonts();
  if (!pen) return text.length * 7;
  pen.font = fonts[font];
  return pen.measureText(text).width;
};

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

function draw({ graph, name, current: id }: GraphMessage): void {
  const isSameFile = shown?.graph.uri === graph.uri;
  const previous = isSameFile && shown ? shown.layout : null;
  if (!isSameFile) Object.assign(view, { x: 0, y: 0, scale: 1, follows: true });
  fonts = null;
  const layout = layoutGraph(graph, measure, previous);
  shown = { graph, layout };
  current = id;
  const focused = focusedThing();
  document.body.classList.remove("empty");
  notice.textContent = "";
  canvas.setAttribute("aria-label", `Stage graph of ${name}`);
  legend.replaceChildren(...drawLegend(graph));
  canvas.replaceChildren(drawGraph(graph, layout, current));
  list.replaceChildren(listGraph(graph));
  if (restored?.uri === graph.uri) Object.assign(view, restored.view);
  else adjustView(layout, previous);
  restored = null;
  applyView();
  if (focused) find(focused.attribute, focused.id)?.focus({ preventScroll: true });
}

function showNotice(text: string): void {
  pending = null;
  shown = null;
  current = null;
  canvas.replaceChildren();
  legend.replaceChildren();
  list.replaceChildren();
  document.body.classList.add("empty");
  notice.textContent = text;
}

type IdAttribute = "data-node" | "data-edge";

function find(attribute: IdAttribute, id: string): SVGElement | null {
  return canvas.querySelector<SVGElement>(`[${attribute}="${CSS.escape(id)}"]`);
}

function focusedThing(): { attribute: IdAttribute; id: string } | null {
  for (const attribute of ["data-node", "data-edge"] as const) {
    const id = document.activeElement?.getAttribute(attribute);
    if (id != null) return { attribute, id };
  }
  return null;
}

function markCurrent(id: string | null): void {
  current = id;
  for (const node of canvas.querySelectorAll(".node.current")) node.classList.remove("current");
  if (id === null) return;
  find("data-node", id)?.classList.add("current");
  const box = shown?.layout.boxes.find((candidate) => candidate.id === id);
  if (box) bringIntoSight(box);
}

// --- what arrives ---

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (!isPanelMessage(data)) return;
  switch (data.type) {
    case "graph":
      uri = data.graph.uri;
      keepState();
      if (data.graph.nodes.length === 0) showNotice("This file has no stages yet. A stage starts with FROM.");
      else drawSoon(data);
      break;
    case "current":
      if (pending) pending = { ...pending, current: data.id };
      else markCurrent(data.id);
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

function reveal(target: EventTarget | null): boolean {
  const thing = target instanceof Element ? target.closest("[data-node], [data-edge], [data-first-edge]") : null;
  if (!thing) return false;
  const node = thing.getAttribute("data-node");
  const id = node ?? thing.getAttribute("data-edge") ?? thing.getAttribute("data-first-edge");
  if (id === null) return false;
  editor.postMessage({ type: "reveal", what: node === null ? "edge" : "node", id });
  return true;
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
zoomIn.addEventListener("click", () => zoomInMiddle(step));
zoomOut.addEventListener("click", () => zoomInMiddle(1 / step));
fit.addEventListener("click", fitAgain);

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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !shown) return;
  const thing = focusedThing();
  const direction = directions[event.key];
  if ((event.key === "Enter" || event.key === " ") && thing) reveal(document.activeElement);
  else if (event.key === "+" || event.key === "=") zoomInMiddle(step);
  else if (event.key === "-") zoomInMiddle(1 / step);
  else if (event.key === "0") fitAgain();
  else if (direction) {
    const from = shown.layout.boxes.find(({ id }) => thing?.attribute === "data-node" && id === thing.id);
    const to = from
      ? neighbour(from, direction)
      : (shown.layout.boxes.find(({ id }) => id === current) ?? shown.layout.boxes[0]);
    if (to) find("data-node", to.id)?.focus({ preventScroll: true });
  } else return;
  event.preventDefault();
});

// --- what changes around the page ---

new ResizeObserver(() => {
  if (!shown) return;
  if (view.follows && wholeScale(shown.layout) >= readable) showWhole(shown.layout);
  applyView();
}).observe(canvas);

// Another theme may bring other fonts.
new MutationObserver(() => {
  fonts = null;
  if (!shown) return;
  shown = { ...shown, layout: layoutGraph(shown.graph, measure, shown.layout) };
  canvas.replaceChildren(drawGraph(shown.graph, shown.layout, current));
  applyView();
}).observe(document.body, { attributes: true, attributeFilter: ["data-vscode-theme-id"] });

editor.postMessage({ type: "ready" });
