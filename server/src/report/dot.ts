import { type Arrow, type Box, draw } from "./graph.ts";
import type { GraphReport } from "./json.ts";
import { printable } from "./printable.ts";

/**
 * The stage graph in Graphviz' language; several files become one graph with a cluster for each. FROM is a solid arrow,
 * COPY a dashed one, a mount a dotted one; what crosses stands on them. The target is bold; what its build does not need is
 * grey; external images are rounded.
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
    for (const arrow of drawing.arrows) lines.push(`${indent}"${arrow.from}" -> "${arrow.to}"${arrowLook(arrow)};`);
    if (!single) lines.push("  }");
  });
  return `${[...lines, "}"].join("\n")}\n`;
}

function arrowLook({ kind, lines }: Arrow): string {
  if (kind === "from") return "";
  const label = lines.length > 0 ? `, label=${quote(...lines)}` : "";
  return ` [style=${kind === "copy" ? "dashed" : "dotted"}${label}]`;
}

function node({ id, lines, look }: Box, attributes: readonly string[]): string {
  const faded = look === "unneeded" ? ["color=gray60", "fontcolor=gray60"] : [];
  return `"${id}" [${[`label=${quote(...lines)}`, ...attributes, ...faded].join(", ")}];`;
}

/** Lines as a quoted string. Graphviz reads backslash escapes and HTML entities in labels; empty lines it stumbles over. */
function quote(...lines: readonly string[]): string {
  return `"${lines.map(escapeLine).join("\\n")}"`;
}

function escapeLine(text: string): string {
  const line = printable(text).replaceAll("\t", " ") || " ";
  return line.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;");
}
