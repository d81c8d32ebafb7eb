import type { Directive, Dockerfile } from "./instruction.ts";

const directive = /^\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=(.*)$/s;
const known = new Set(["syntax", "escape", "check"]);

/**
 * Reads a line as a parser directive; `null` where it is none, which ends the directives of the file (an unknown name is
 * a comment, too).
 *
 * @param line the line without its ending
 * @param offset where the line starts in the document
 */
export function parseDirective(line: string, offset: number): Directive | null {
  if (!line.includes("=")) return null;
  const match = directive.exec(line);
  if (!match) return null;
  const name = match[1]!.toLowerCase();
  if (!known.has(name)) return null;
  // A value of blanks alone is the last of them, as BuildKit reads it.
  const value = match[2]!.trim() || match[2]!.slice(-1);
  if (value === "") return null;
  const hash = line.indexOf("#");
  const valueStart = line.indexOf(value, line.indexOf("=") + 1);
  return {
    name,
    value,
    span: { start: offset + hash, end: offset + valueStart + value.length },
    valueSpan: { start: offset + valueStart, end: offset + valueStart + value.length },
  };
}

/** Whether another program than BuildKit's own frontend may read the file, with instructions and flags of its own. */
export function hasOtherFrontend({ directives }: Dockerfile): boolean {
  const syntax = directives.find(({ name }) => name === "syntax")?.value ?? "";
  return syntax !== "" && !/^(?:docker\.io\/)?docker\/dockerfile(?:[:@].*)?$/.test(syntax);
}
