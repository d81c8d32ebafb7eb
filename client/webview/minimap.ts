import { svg } from "./elements.ts";
import type { Layout, Point, Rectangle } from "./layout.ts";

/** The whole drawing in small, for graphs of which a part is in sight. */
export interface Minimap {
  readonly element: SVGSVGElement;
  readonly draw: (layout: Layout | null, looks: (id: string) => string) => void;
  /** Says which part of the drawing is in sight. */
  readonly show: (part: Rectangle) => void;
}

/** With fewer boxes the drawing itself is small enough. */
const fewest = 30;
const size = { width: 180, height: 130 };

/** @param go what to do when the user points at a place of the drawing */
export function makeMinimap(go: (place: Point) => void): Minimap {
  const frame = svg("rect", { class: "frame" });
  const boxes = svg("g", {});
  const element = svg("svg", { class: "minimap", "aria-hidden": "true" }, boxes, frame);
  let drawn: Layout | null = null;
  element.toggleAttribute("hidden", true);
  const point = (event: PointerEvent): void => {
    if (!drawn || event.buttons !== 1) return;
    const { left, top, width, height } = element.getBoundingClientRect();
    go({
      x: ((event.clientX - left) / width) * drawn.width,
      y: ((event.clientY - top) / height) * drawn.height,
    });
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    point(event);
  });
  element.addEventListener("pointermove", point);
  return {
    element,
    draw: (layout, looks) => {
      drawn = layout && layout.boxes.length > fewest ? layout : null;
      element.toggleAttribute("hidden", drawn === null);
      if (!drawn) return;
      const scale = Math.min(size.width / drawn.width, size.height / drawn.height);
      element.setAttribute("width", String(drawn.width * scale));
      element.setAttribute("height", String(drawn.height * scale));
      element.setAttribute("viewBox", `0 0 ${drawn.width} ${drawn.height}`);
      boxes.replaceChildren(
        ...drawn.boxes.map(({ id, x, y, width, height }) =>
          svg("rect", { class: `dot ${looks(id)}`, x, y, width, height }),
        ),
      );
    },
    show: ({ x, y, width, height }) => {
      if (!drawn) return;
      for (const [name, value] of Object.entries({ x, y, width, height })) frame.setAttribute(name, String(value));
    },
  };
}
