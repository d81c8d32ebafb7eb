import { SymbolKind, type WorkspaceSymbol } from "vscode-languageserver-types";
import type { Analysis } from "../stages/analysis.ts";
import { nameSpan, writtenName } from "./subject.ts";

/** A Dockerfile of a project. */
export interface ProjectDockerfile {
  readonly uri: string;
  /** From the project's folder. */
  readonly path: string;
  readonly analysis: Analysis;
}

/** More than anybody scrolls through. */
const mostSymbols = 1000;

/** The stages of all Dockerfiles whose name or file has the letters of a query, in that order. */
export function workspaceSymbols(dockerfiles: Iterable<ProjectDockerfile>, query: string): WorkspaceSymbol[] {
  const wanted = query.toLowerCase().replace(/\s+/g, "");
  const found: WorkspaceSymbol[] = [];
  for (const { uri, path, analysis } of dockerfiles) {
    for (const stage of analysis.stages) {
      if (stage.name === null && analysis.stages.length > 1 && stage.index !== analysis.graph.target) continue;
      const name = `Stage: ${writtenName(stage)}`;
      if (!hasLetters(`${name} ${path}`.toLowerCase(), wanted)) continue;
      found.push({
        name,
        kind: SymbolKind.Module,
        containerName: path,
        location: { uri, range: analysis.lines.range(nameSpan(stage)) },
      });
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
