import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame } from "playwright-core";
import type { Workbench } from "./workbench.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Checker {
  readonly run: (
    on: Document,
    options: object,
  ) => Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }[];
  }>;
}

/** The page of the webview as a frame, in which scripts of a test can run: its own policy forbids those of others. */
export async function frameOf(editor: Workbench): Promise<Frame> {
  const main = await editor.webview().locator("main").elementHandle();
  const frame = await main?.ownerFrame();
  if (!frame) throw new Error("there is no page in the webview");
  return frame;
}

/** What a checker of accessibility complains of in the webview. */
export async function complaints(editor: Workbench): Promise<string[]> {
  const frame = await frameOf(editor);
  await frame.evaluate(axe);
  const violations = await frame.evaluate(async () => {
    const checker = (globalThis as unknown as { axe: Checker }).axe;
    // What is drawn may be shortened, and names are in full.
    return (await checker.run(document, { rules: { "label-content-name-mismatch": { enabled: false } } })).violations;
  });
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((each) => `${each.html.slice(0, 200)} ${each.failureSummary}`).join("\n")}`,
  );
}

/** The texts of the drawing that stand out too little from what is behind them, and by how much they do. */
export async function paleTexts(editor: Workbench, least: number): Promise<string[]> {
  const frame = await frameOf(editor);
  return frame.evaluate((wanted) => {
    type Colour = readonly [number, number, number, number];
    const read = (text: string): Colour => {
      const numbers = (/\(([^)]*)\)/.exec(text)?.[1] ?? "")
        .replace(/^srgb /, "")
        .split(/[\s,/]+/)
        .map(Number);
      const [r = 0, g = 0, b = 0, alpha = 1] = numbers;
      return text.startsWith("color(") ? [r, g, b, alpha] : [r / 255, g / 255, b / 255, alpha];
    };
    const over = (top: Colour, below: Colour, opacity: number): Colour => {
      const part = top[3] * opacity;
      const mix = (i: 0 | 1 | 2): number => top[i] * part + below[i] * (1 - part);
      return [mix(0), mix(1), mix(2), 1];
    };
    const light = ([r, g, b]: Colour): number => {
      const [x, y, z] = [r, g, b].map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
    };
    const page = read(getComputedStyle(document.body).backgroundColor);
    const behind = (element: Element): Colour => {
      const own = element.parentElement?.matches(".label, .badge") === true ? "rect" : "";
      const around = [
        element.closest("g:has(> .node)")?.querySelector(".body"),
        element.matches(".flag-text") ? element.parentElement?.querySelector(".flag") : null,
        element.matches(".mark-text") ? element.parentElement?.querySelector(".mark") : null,
        element.closest(".row")?.querySelector(".row-body"),
        own === "" ? null : element.parentElement?.querySelector(own),
      ];
      return around.reduce<Colour>((colour, each) => {
        if (!each) return colour;
        const { fill } = getComputedStyle(each);
        return fill === "none" ? colour : over(read(fill), colour, 1);
      }, page);
    };
    const pale: string[] = [];
    for (const text of document.querySelectorAll(".canvas text, .canvas tspan")) {
      const holder = text.closest("text")!;
      const { fill } = getComputedStyle(text);
      let opacity = 1;
      for (let each: Element | null = text; each; each = each.parentElement) {
        opacity *= Number(getComputedStyle(each).opacity);
      }
      const below = behind(holder);
      const [one, other] = [light(over(read(fill), below, opacity)), light(below)];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const name = `${text.closest("g")?.getAttribute("class") ?? ""} ${text.getAttribute("class") ?? ""}`;
      if (contrast < wanted) pale.push(`${name} ${JSON.stringify(text.textContent)}: ${contrast.toFixed(1)}`);
    }
    return pale;
  }, least);
}
