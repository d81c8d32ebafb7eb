import * as vscode from "vscode";
import type { GraphNode, StageGraph } from "../../../server/src/protocol.ts";

/** Asks for a name of a stage that has none, and writes it into the file; answers the name, once it is saved. */
export async function offerName(
  document: vscode.TextDocument,
  graph: StageGraph,
  node: GraphNode,
): Promise<string | undefined> {
  const wanted = await vscode.window.showInputBox({
    title: `Name ${node.label} to Build It`,
    value: suggest(graph, node),
    prompt: "Docker finds a stage by its name, and this one has none. The name is written into the Dockerfile.",
    ignoreFocusOut: true,
    validateInput: (text) => problemWith(text, graph),
  });
  const { version } = document;
  const end = node.steps[0]?.range.end;
  if (wanted === undefined || !end || version !== graph.version) return undefined;
  const { range } = node.steps[0]!;
  const isSmall = document
    .getText(new vscode.Range(range.start.line, range.start.character, end.line, end.character))
    .startsWith("from");
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(end.line, end.character), ` ${isSmall ? "as" : "AS"} ${wanted}`);
  return (await vscode.workspace.applyEdit(edit)) && (await document.save()) ? wanted : undefined;
}

/** What the stage is for, where that is known and no name yet. */
function suggest(graph: StageGraph, { role, index }: GraphNode): string {
  const names = [...(role === null ? [] : [role]), `stage-${index}`];
  return names.find((name) => problemWith(name, graph) === null) ?? "";
}

/** A name that something in the file has already would change what that means. */
function problemWith(name: string, { nodes }: StageGraph): string | null {
  if (!/^[a-z][a-z0-9_.-]*$/.test(name))
    return "A name begins with a small letter; small letters, digits, -, _ and . follow.";
  const isUsed = nodes.some((node) => node.label === name || node.name === name);
  return isUsed || name === "scratch" || name === "context" ? `The file uses '${name}' for something else.` : null;
}
