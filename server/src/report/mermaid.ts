import { type Arrow, type Box, draw } from "./graph.ts";
import type { GraphReport } from "./json.ts";
import { printable } from "./printable.ts";

/**
 * The stage graph as a Mermaid flowchart; several files become one flowchart with a subgraph for each. FROM is a solid
 * arrow, COPY a dashed one, a mount a dotted one; what crosses stands on them. The target has a thick border; what its build
 * does not need is faded; external images are rounded.
 */
export function mermaidGraph(reports: readonly GraphReport[]): string {
  const lines = ["flowchart LR"];
  const boxes: Box[] = [];
  const arrows: Arrow[] = [];
  const single = reports.length === 1;
  reports.forEach((report, i) => {
    const drawing = draw(report, single ? "" : `f${i}`);
    const indent = single ? "  " : "    ";
    if (!single) lines.push(`  subgraph f${i}["${escapeLines([report.file])}"]`);
    for (const box of drawing.images) lines.push(`${indent}${box.id}(["${escapeLines(box.lines)}"])`);
    for (const box of drawing.stages) lines.push(`${indent}${box.id}["${escapeLines(box.lines)}"]`);
    for (const arrow of drawing.arrows) {
      const label = arrow.lines.length > 0 ? `|"${escapeLines(arrow.lines)}"|` : "";
      lines.push(`${indent}${arrow.from} ${arrow.kind === "from" ? "-->" : "-.->"}${label} ${arrow.to}`);
    }
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

const looks: readonly (readonly [Box["look"], string])[] = [
  ["target", "stroke-width:3px"],
  ["unneeded", "opacity:0.5"],
];

/**
 * Lines for between double quotes. Mermaid looks for directives, styles and lists in the whole source, quoted or not, and
 * knows `#35;` for a character; what has nothing but harmless characters stays readable.
 */
function escapeLines(lines: readonly string[]): string {
  const [first = ""] = lines;
  // A colon is harmless where nothing that is escaped follows: Mermaid takes `style…:…#…;` for a style.
  if (lines.length === 1 && /^[\p{L}\p{N}./:_@+-]+$/u.test(first)) return first;
  return lines
    .map((line) => printable(line).replaceAll("\t", " ").split(" ").map(escapeWord).join(" ") || " ")
    .join("<br/>");
}

function escapeWord(word: string): string {
  // Without a letter or slash it may be the mark of a list.
  if (word === "→" || /^(?=.*[\p{L}/])[\p{L}\p{N}./_@+\u2026-]+$/u.test(word)) return word;
  return word.replace(/[^\p{L}\p{N}/_]/gu, (character) => `#${character.codePointAt(0)!};`);
}
