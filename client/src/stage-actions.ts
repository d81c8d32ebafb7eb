import * as vscode from "vscode";
import {
  clientCommands,
  type GraphNode,
  type GraphTextParams,
  graphTextMethod,
  type StageGraph,
} from "../../server/src/protocol.ts";
import { reveal } from "./graph-watch.ts";
import type { LanguageServer } from "./language-server.ts";
import { say } from "./say.ts";
import { graphOf } from "./stage-graph.ts";

/**
 * What can be done with a stage, wherever it is shown: the menus of the stage graph and of the tree of stages hand over a
 * {@link StagePlace}.
 */

/** A node of a graph, or an instruction in one, as menus name it. */
export interface StagePlace {
  readonly uri: string;
  readonly node: string;
  readonly step?: string;
}

export interface FoundStage {
  readonly document: vscode.TextDocument;
  readonly node: GraphNode;
  readonly graph: StageGraph;
  readonly place: StagePlace;
}

const isPlace = (value: unknown): value is StagePlace =>
  typeof value === "object" &&
  value !== null &&
  "uri" in value &&
  typeof value.uri === "string" &&
  "node" in value &&
  typeof value.node === "string" &&
  (!("step" in value) || value.step === undefined || typeof value.step === "string");

/** What a menu's argument names, as the document is now; tells the user where it is not there any more. */
export async function findStage(server: LanguageServer, place: unknown): Promise<FoundStage | undefined> {
  if (!isPlace(place)) return undefined;
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(place.uri, true));
    const graph = await graphOf(server, document, { contexts: true });
    // One use of an image stands for the image.
    const id = place.node.replace(/#\d+$/, "");
    const node = graph?.nodes.find((each) => each.id === place.node || each.id === id);
    if (graph && node) return { document, node, graph, place };
  } catch (error) {
    server.log.warn(`The stage graph: ${String(error)}`);
  }
  say("This stage is not there any more.");
  return undefined;
}

export function registerStageActions(server: LanguageServer): vscode.Disposable[] {
  const action = (name: string, run: (found: FoundStage) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`dockerfileStages.stage.${name}`, async (place: unknown) => {
      const found = await findStage(server, place);
      if (found) await run(found);
    });
  return [
    action("reveal", ({ document, node, place }) => {
      const step = node.steps.find(({ id }) => id === place.step);
      return reveal(document, (step ?? node).range);
    }),
    action("references", showReferences),
    action("rename", async ({ document, node }) => {
      await vscode.commands.executeCommand("dockerfileStages.renameStage", document.uri.toString(), node.range.start);
    }),
    action("split", async ({ document, node }) => {
      await vscode.commands.executeCommand(clientCommands.splitStage, document.uri.toString(), node.range.start);
    }),
    action("remove", removeStage),
    action("build", async ({ document, node: { isTarget, name, index } }) => {
      const target = isTarget ? "" : (name ?? index);
      await vscode.commands.executeCommand(clientCommands.buildStage, document.uri.toString(), target);
    }),
    vscode.commands.registerCommand("dockerfileStages.stage.copyMermaid", async (place: unknown) => {
      if (!isPlace(place)) return;
      const text = await graphText(server, { textDocument: { uri: place.uri }, format: "mermaid" });
      if (text !== null) await copyText(text, "The graph is copied as Mermaid.");
    }),
  ];
}

async function showReferences({ document, node }: FoundStage): Promise<void> {
  const at = new vscode.Position(node.range.start.line, node.range.start.character);
  await reveal(document, node.range);
  const places = await vscode.commands.executeCommand("vscode.executeReferenceProvider", document.uri, at);
  await vscode.commands.executeCommand("editor.action.showReferences", document.uri, at, places);
}

/** Takes a stage out of the file, with the comment right above it, unless the rest of the file counts on it. */
async function removeStage({ document, node, graph }: FoundStage): Promise<void> {
  const name = (id: string): string => graph.nodes.find((each) => each.id === id)?.label ?? id;
  const user = graph.edges.find(({ from, to }) => to === node.id && from !== node.id);
  if (user) return say(`Stage ${node.label} cannot be removed: ${name(user.from)} needs it.`);
  const isCounted = graph.edges.some(({ to, range: { start, end } }) => {
    const text = document.getText(new vscode.Range(start.line, start.character, end.line, end.character));
    const index = graph.nodes.find(({ id }) => id === to)?.index ?? -1;
    return /^\d+$/.test(text) && index > (node.index ?? 0);
  });
  if (isCounted) return say(`Stage ${node.label} cannot be removed: stages below it are named by number.`);
  let [first, last] = [node.body.start.line, node.body.end.line];
  const textOf = (line: number): string => document.lineAt(line).text;
  // A directive at the very top is about the whole file.
  while (first > 0 && /^\s*#(?!\s*(?:syntax|escape|check)\s*=)/i.test(textOf(first - 1))) first--;
  while (last + 1 < document.lineCount && textOf(last + 1).trim() === "") last++;
  const edit = new vscode.WorkspaceEdit();
  edit.delete(document.uri, document.validateRange(new vscode.Range(first, 0, last + 1, 0)));
  await reveal(document, node.range);
  await vscode.workspace.applyEdit(edit);
}

/** The graph as text; tells the user where there is none. */
export async function graphText(server: LanguageServer, params: GraphTextParams): Promise<string | null> {
  try {
    const text = await server.request(graphTextMethod, params);
    if (typeof text === "string") return text;
  } catch (error) {
    server.log.warn(`The stage graph: ${String(error)}`);
  }
  say("There is no graph of this file.");
  return null;
}

export async function copyText(text: string, done: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(done, 4000);
}
