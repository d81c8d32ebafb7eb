import { SymbolKind, type WorkspaceSymbol } from "vscode-languageserver-types";
import type { DockerfileOutline } from "./outline.ts";

/** A Dockerfile of a project. */
interface ProjectDockerfile {
  readonly uri: string;
  /** From the project's folder. */
  readonly path: string;
  readonly outline: DockerfileOutline;
}

/** More than anybody scrolls through. */
const mostSymbols = 1000;

/** The stages of all Dockerfiles whose name and file have the letters of a query, in that order. */
export function workspaceSymbols(dockerfiles: Iterable<ProjectDockerfile>, query: string): WorkspaceSymbol[] {
  const wanted = query.toLowerCase().replace(/\s+/g, "");
  const found: WorkspaceSymbol[] = [];
  for (const { uri, path, outline } of dockerfiles) {
    for (const { name, index, selectionRange } of outline.stages) {
      const label = `Stage: ${name ?? index}`;
      if (!hasLetters(`${label} ${path}`.toLowerCase(), wanted)) continue;
      const location = { uri, range: selectionRange };
      found.push({ name: label, kind: SymbolKind.Module, containerName: path, location });
      if (found.length === mostSymbols) return found;
    }
  }
  return found;
}

/** Whether a text has these letters in this order, whatever stands between them. */
function hasLetters(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
