import * as vscode from "vscode";
import { clientCommands } from "../../server/src/protocol.ts";
import { activeDockerfile, editorOf, isDockerfile } from "./documents.ts";
import type { GraphPanel } from "./graph-panel.ts";
import type { LanguageServer } from "./language-server.ts";
import { renameEverywhere } from "./rename.ts";
import { showChecks, type Split } from "./split-stage.ts";

/** The commands of the palette, and those that code actions and lenses run. */
export function registerCommands(server: LanguageServer, panel: GraphPanel, split: Split): vscode.Disposable[] {
  return [
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
    vscode.commands.registerCommand(clientCommands.showReferences, showReferences),
    vscode.commands.registerCommand("dockerfileStages.restartServer", async () => {
      try {
        await server.start();
      } catch {
        return;
      }
      vscode.window.setStatusBarMessage("The stage language server runs again.", 4000);
    }),
    vscode.commands.registerCommand(
      "dockerfileStages.renameStage",
      async (uri?: unknown, position?: unknown, name?: unknown) => {
        const document = uri === undefined ? vscode.window.activeTextEditor?.document : await namedDocument(uri);
        if (!document) return false;
        const place = positionIn(document, position);
        return renameEverywhere(server, document, place, typeof name === "string" ? name : undefined);
      },
    ),
  ];
}

/** Shows places, as a server names them, in a peek at a position. */
async function showReferences(uri: unknown, position: unknown, locations: unknown): Promise<void> {
  if (typeof uri !== "string" || !isPosition(position) || !Array.isArray(locations)) return;
  const places = locations.filter(isLocation).map(({ uri: each, range: { start, end } }) => {
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    return new vscode.Location(vscode.Uri.parse(each, true), range);
  });
  const at = new vscode.Position(position.line, position.character);
  await vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri, true), at, places);
}

interface Place {
  readonly line: number;
  readonly character: number;
}

function isPosition(value: unknown): value is Place {
  return (
    typeof value === "object" &&
    value !== null &&
    "line" in value &&
    "character" in value &&
    isIndex(value.line) &&
    isIndex(value.character)
  );
}

function isIndex(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isLocation(
  value: unknown,
): value is { readonly uri: string; readonly range: { readonly start: Place; readonly end: Place } } {
  if (typeof value !== "object" || value === null || !("uri" in value) || !("range" in value)) return false;
  const { uri, range } = value;
  if (typeof uri !== "string" || typeof range !== "object" || range === null) return false;
  return "start" in range && "end" in range && isPosition(range.start) && isPosition(range.end);
}

/** The named document, else the one the user works on; tells the user where that is no Dockerfile. */
async function documentFor(uri: unknown): Promise<vscode.TextDocument | undefined> {
  const isNamed = uri instanceof vscode.Uri || typeof uri === "string";
  const document = isNamed ? await namedDocument(uri) : activeDockerfile();
  if (isDockerfile(document)) return document;
  void vscode.window.showInformationMessage("Open a Dockerfile first.");
  return undefined;
}

/** The document that an argument names; `undefined` where it names none that can be opened. */
async function namedDocument(uri: unknown): Promise<vscode.TextDocument | undefined> {
  try {
    const named = uri instanceof vscode.Uri ? uri : typeof uri === "string" ? vscode.Uri.parse(uri, true) : undefined;
    return named && (await vscode.workspace.openTextDocument(named));
  } catch {
    return undefined;
  }
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
