import { type Box, draw } from "./graph.ts";
import type { GraphReport } from "./json.ts";
import { printable } from "./printable.ts";

/**
 * The stage graph in Graphviz' language; several files become one graph with a cluster for each. FROM is a solid arrow,
 * COPY a dashed one, a mount a dotted one. The target is bold; what the default build does not need is grey; external
 * images are rounded.
 */
export function dotGraph(reports: readonly GraphReport[]): string {
  const lines = [
    "digraph stages {",
    "  rankdir=LR;",
    '  node [shape=box, fontname="Helvetica"];',
    '  edge [fontname="Helvetica"];',
  ];
  const single = reports.length === 1;
  reports.forEach((report, i) => {
    const drawing = draw(report, single ? "" : `f${i}`);
    const indent = single ? "  " : "    ";
    if (!single) lines.push(`  subgraph "cluster_${i}" {`, `    label=${quote(report.file)};`);
    for (const box of drawing.images) lines.push(`${indent}${node(box, ["style=rounded"])}`);
    for (const box of drawing.stages) lines.push(`${indent}${node(box, box.look === "target" ? ["style=bold"] : [])}`);
    for (const { from, to, kind } of drawing.arrows) {
      lines.push(`${indent}"${from}" -> "${to}"${arrowLooks[kind]};`);
    }
    if (!single) lines.push("  }");
  });
  return `${[...lines, "}"].join("\n")}\n`;
}

const arrowLooks = { from: "", copy: " [style=dashed]", mount: ' [style=dotted, label="mount"]' };

function node({ id, label, look }: Box, attributes: readonly string[]): string {
  const faded = look === "unneeded" ? ["color=gray60", "fontcolor=gray60"] : [];
  return `"${id}" [${[`label=${quote(label)}`, ...attributes, ...faded].join(", ")}];`;
}

/** A quoted string. Graphviz reads backslash escapes and HTML entities in labels. */
function quote(text: string): string {
  const line = printable(text).replaceAll("\t", " ");
  return `"${line.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;")}"`;
}
