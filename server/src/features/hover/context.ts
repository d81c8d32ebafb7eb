import type { Analysis } from "../../stages/analysis.ts";
import { stageLabel } from "../../stages/describe.ts";
import type { Reference, Stage } from "../../stages/resolve.ts";
import type { LineIndex } from "../../text/range.ts";
import type { Neighbours } from "../../workspace/neighbours.ts";
import { code } from "../markdown.ts";

/** What all hovers are made of. */
export interface HoverContext {
  readonly analysis: Analysis;
  readonly neighbours: Neighbours;
  /** The document's, for links to its lines; `null` for an editor that shows the text of links. */
  readonly uri: string | null;
}

/** `line 12`, as a link where the editor follows them. */
export function lineOf({ analysis, uri }: HoverContext, offset: number): string {
  return linked(`line ${lineNumber(analysis.lines, offset)}`, uri, analysis.lines, offset);
}

/** A text of ours that leads to a place of a file. */
export function linked(text: string, uri: string | null, lines: LineIndex, offset: number): string {
  // Of other addresses editors show the text without following them.
  if (uri === null || !uri.startsWith("file:")) return text;
  return `[${text}](${forMarkdown(uri)}#L${lineNumber(lines, offset)})`;
}

function lineNumber(lines: LineIndex, offset: number): number {
  return lines.lineAt(offset) + 1;
}

/** An address that ends where it should: brackets, blanks and the like are written in hexadecimal. */
function forMarkdown(uri: string): string {
  return uri.replace(
    /[()<>[\]\\`"'*_~!|#?\s]/g,
    (ch) => `%${ch.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Paragraphs, those that are empty left out. */
export function paragraphs(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join("\n\n");
}

/** A list of points, those that are empty left out. */
export function bullets(points: readonly (string | null)[]): string {
  return points
    .filter((point) => point !== null && point !== "")
    .map((point) => `- ${point}`)
    .join("\n");
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function stageCode(stage: Pick<Stage, "name" | "index">): string {
  return code(stageLabel(stage));
}

/** How a reference uses what it names. */
export function useLabel({ kind, onbuild }: Reference): string {
  const word = kind === "from" ? "FROM" : kind === "copy" ? "COPY" : "mount";
  return onbuild ? `ONBUILD ${word}` : word;
}

/** A page of Docker's reference. */
export function reference(anchor: string): string {
  return `[Docker's reference](https://docs.docker.com/reference/dockerfile/#${anchor})`;
}
