import { type Arrow, type Box, draw } from "./graph.ts";
import type { GraphReport } from "./json.ts";
import { printable } from "./printable.ts";

/**
 * The stage graph as a Mermaid flowchart; several files become one flowchart with a subgraph for each. FROM is a solid
 * arrow, COPY a dashed one, a mount a dotted one with its name. The target has a thick border; what the default build does
 * not need is faded; external images are rounded.
 */
export function mermaidGraph(reports: readonly GraphReport[]): string {
  const lines = ["flowchart LR"];
  const boxes: Box[] = [];
  const arrows: Arrow[] = [];
  const single = reports.length === 1;
  reports.forEach((report, i) => {
    const drawing = draw(report, single ? "" : `f${i}`);
    const indent = single ? "  " : "    ";
    if (!single) lines.push(`  subgraph f${i}["${escapeLabel(report.file)}"]`);
    for (const { id, label } of drawing.images) lines.push(`${indent}${id}(["${escapeLabel(label)}"])`);
    for (const { id, label } of drawing.stages) lines.push(`${indent}${id}["${escapeLabel(label)}"]`);
    for (const { from, to, kind } of drawing.arrows) lines.push(`${indent}${from} ${arrowOf[kind]} ${to}`);
    if (!single) lines.push("  end");
    boxes.push(...drawing.images, ...drawing.stages);
    arrows.push(...drawing.arrows);
  });
  const mounts = arrows.flatMap(({ kind }, i) => (kind === "mount" ? [i] : []));
  if (mounts.length > 0) lines.push(`  linkStyle ${mounts.join(",")} stroke-dasharray:1 4`);
  for (const [look, css] of looks) {
    const ids = boxes.filter((box) => box.look === look).map(({ id }) => id);
    if (ids.length > 0) lines.push(`  classDef ${look} ${css}`, `  class ${ids.join(",")} ${look}`);
  }
  return `${lines.join("\n")}\n`;
}

const arrowOf = { from: "-->", copy: "-.->", mount: "-.->|mount|" };

const looks: readonly (readonly [Box["look"], string])[] = [
  ["target", "stroke-width:3px"],
  ["unneeded", "opacity:0.5"],
];

/**
 * Text for between double quotes. Mermaid looks for directives, styles and lists in the whole source, quoted or not, and
 * knows `#35;` for a character; a text with nothing but harmless characters stays readable.
 */
function escapeLabel(text: string): string {
  const line = printable(text).replaceAll("\t", " ");
  if (/^[\p{L}\p{N}./:_@+-]+$/u.test(line)) return line;
  // A colon is escaped along: Mermaid takes `style…:…#…;` for a style and drops its semicolon.
  return line.replace(/[^\p{L}\p{N} /_]/gu, (character) => `#${character.codePointAt(0)!};`) || " ";
}
