import * as vscode from "vscode";
import { clientCommands } from "../../server/src/protocol.ts";
import { activeDockerfile, editorOf, isDockerfile } from "./documents.ts";
import type { GraphPanel } from "./graph-panel.ts";
import type { LanguageServer } from "./language-server.ts";
import { registerSplit, showChecks } from "./split-stage.ts";

/** The commands of the palette, and those that code actions and lenses run. */
export function registerCommands(server: LanguageServer, panel: GraphPanel): vscode.Disposable[] {
  const split = registerSplit(server);
  return [
    split.registration,
    vscode.commands.registerCommand("dockerfileStages.showGraph", async (uri?: unknown) => {
      const document = await documentFor(uri);
      if (document) panel.show(document);
    }),
    vscode.commands.registerCommand(clientCommands.splitStage, async (uri?: unknown, position?: unknown) => {
      const document = await documentFor(uri);
      if (document) await split.run(document, positionIn(document, position));
    }),
    vscode.commands.registerCommand(clientCommands.showChecks, async (assumptions?: unknown) => {
      const sentences = Array.isArray(assumptions) ? assumptions.filter((each) => typeof each === "string") : [];
      if (sentences.length > 0) await showChecks(sentences);
    }),
    vscode.commands.registerCommand("dockerfileStages.restartServer", async () => {
      try {
        await server.start();
      } catch {
        return;
      }
      vscode.window.setStatusBarMessage("The stage language server runs again.", 4000);
    }),
    vscode.commands.registerCommand("dockerfileStages.renameStage", async (uri: unknown, position: unknown) => {
      const document = await documentFor(uri);
      if (!document) return;
      const editor = await vscode.window.showTextDocument(document);
      const place = positionIn(document, position);
      editor.selection = new vscode.Selection(place, place);
      await vscode.commands.executeCommand("editor.action.rename");
    }),
  ];
}

/** The named document, else the one the user works on; tells the user where that is no Dockerfile. */
async function documentFor(uri: unknown): Promise<vscode.TextDocument | undefined> {
  let document: vscode.TextDocument | undefined;
  try {
    const named = uri instanceof vscode.Uri ? uri : typeof uri === "string" ? vscode.Uri.parse(uri, true) : undefined;
    document = named ? await vscode.workspace.openTextDocument(named) : activeDockerfile();
  } catch {
    document = undefined;
  }
  if (isDockerfile(document)) return document;
  void vscode.window.showInformationMessage("Open a Dockerfile first.");
  return undefined;
}

/** A position as an argument holds it, else the cursor. */
function positionIn(document: vscode.TextDocument, position: unknown): vscode.Position {
  if (typeof position === "object" && position !== null && "line" in position && "character" in position) {
    const { line, character } = position;
    if (typeof line === "number" && typeof character === "number") {
      return document.validatePosition(new vscode.Position(Math.max(0, line), Math.max(0, character)));
    }
  }
  return editorOf(document)?.selection.active ?? new vscode.Position(0, 0);
}
