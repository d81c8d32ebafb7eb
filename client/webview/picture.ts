import type { Layout } from "./layout.ts";

/** The drawing as a picture of its own, in the colours that it has on the page. */

/** What of an element's style makes its looks. */
const looks = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "text-anchor",
  "dominant-baseline",
] as const;

const left = "title, .hit, .ring, .fold, .fold-hit";

/** A file that any viewer of SVG shows alike: looks are attributes of their own, and nothing leads back to the page. */
export function svgPicture(drawing: SVGGElement, { width, height }: Layout, background: string): string {
  const copy = drawing.cloneNode(true) as SVGGElement;
  const originals = [drawing, ...drawing.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  copies.forEach((element, i) => {
    const style = getComputedStyle(originals[i]!);
    for (const { name } of [...element.attributes]) {
      if (/^(?:class|role|tabindex|aria-|data-)/.test(name)) element.removeAttribute(name);
    }
    if (element.localName === "g" || element.localName === "title") {
      if (style.opacity !== "1") element.setAttribute("opacity", style.opacity);
      return;
    }
    for (const name of looks) {
      const value = style.getPropertyValue(name);
      if (value !== "" && value !== "none 0px") element.setAttribute(name, value);
    }
  });
  originals.forEach((element, i) => {
    if (element.matches(left)) copies[i]!.remove();
  });
  copy.removeAttribute("transform");
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("width", String(width));
  picture.setAttribute("height", String(height));
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const page = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  page.setAttribute("width", String(width));
  page.setAttribute("height", String(height));
  page.setAttribute("fill", background);
  picture.append(page, copy);
  return `${new XMLSerializer().serializeToString(picture)}\n`;
}

/** Browsers draw nothing on a larger canvas. */
const largestSide = 8000;

/**
 * The drawing as the bytes of a PNG file, in base64. It is painted shape by shape: an image of the SVG file would need a
 * page that may load images.
 */
export function pngPicture(drawing: SVGGElement, { width, height }: Layout, background: string): string {
  const scale = Math.min(2, largestSide / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) return "";
  pen.fillStyle = background;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const base = drawing.getScreenCTM()?.inverse();
  if (!base) return "";
  const paint = (element: SVGElement, opacity: number): void => {
    if (element.matches(left)) return;
    const style = getComputedStyle(element);
    const seen = opacity * Number(style.opacity);
    if (element instanceof SVGGElement) {
      for (const child of element.children) if (child instanceof SVGElement) paint(child, seen);
      return;
    }
    if (!(element instanceof SVGGraphicsElement)) return;
    const matrix = base.multiply(element.getScreenCTM() ?? new DOMMatrix());
    pen.setTransform(new DOMMatrix([scale, 0, 0, scale, 0, 0]).multiply(DOMMatrix.fromMatrix(matrix)));
    pen.globalAlpha = seen;
    if (element instanceof SVGTextElement) paintText(pen, element, style);
    else paintShape(pen, element, style);
  };
  paint(drawing, 1);
  return canvas.toDataURL("image/png").replace(/^[^,]*,/, "");
}

function paintShape(pen: CanvasRenderingContext2D, element: SVGGraphicsElement, style: CSSStyleDeclaration): void {
  const read = (name: string): number => Number(element.getAttribute(name) ?? 0);
  const path = element instanceof SVGPathElement ? new Path2D(element.getAttribute("d") ?? "") : new Path2D();
  if (element instanceof SVGRectElement) {
    path.roundRect(read("x"), read("y"), read("width"), read("height"), Math.min(read("rx"), read("height") / 2));
  } else if (element instanceof SVGCircleElement) path.arc(read("cx"), read("cy"), read("r"), 0, 2 * Math.PI);
  if (style.fill !== "none") {
    pen.fillStyle = style.fill;
    pen.fill(path);
  }
  if (style.stroke === "none") return;
  pen.strokeStyle = style.stroke;
  pen.lineWidth = Number.parseFloat(style.strokeWidth);
  pen.lineCap = style.strokeLinecap === "round" ? "round" : "butt";
  pen.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(",").map(Number.parseFloat));
  pen.stroke(path);
}

function paintText(pen: CanvasRenderingContext2D, element: SVGTextElement, style: CSSStyleDeclaration): void {
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const { length } = element.textContent;
  let x = Number(element.getAttribute("x") ?? 0);
  const y = Number(element.getAttribute("y") ?? 0);
  if (style.textAnchor !== "start" && length > 0) {
    x -= element.getComputedTextLength() / (style.textAnchor === "middle" ? 2 : 1);
  }
  for (const part of element.childNodes) {
    const look = part instanceof Element ? getComputedStyle(part) : style;
    const text = part.textContent ?? "";
    pen.font = `${look.fontStyle} ${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
    pen.fillStyle = look.fill;
    pen.fillText(text, x, y);
    x += pen.measureText(text).width;
  }
}
