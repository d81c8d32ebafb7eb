import * as vscode from "vscode";
import {
  type GraphParams,
  graphMethod,
  type ShipAnswer,
  shipMethod,
  type ShipParams,
  type StageGraph,
} from "../../../server/src/protocol.ts";
import { isStageGraph } from "../../webview/messages.ts";
import type { LanguageServer } from "../language-server.ts";
import type { Previews } from "../previews.ts";

/** The stages of a document, with scratch; `null` where the server does not know it. */
export async function graphOf(server: LanguageServer, document: vscode.TextDocument): Promise<StageGraph | null> {
  try {
    const params: GraphParams = { textDocument: { uri: document.uri.toString() }, scratch: true };
    const answer = await server.request(graphMethod, params);
    return isStageGraph(answer) ? answer : null;
  } catch (error) {
    server.log.warn(`The stage graph: ${String(error)}`);
    return null;
  }
}

export interface KnownText {
  readonly graph: StageGraph;
  readonly ship: ShipAnswer | null;
}

/** What the server knows of a text that may be in no file: it is opened as a preview for that while. */
export async function knowText(
  server: LanguageServer,
  previews: Previews,
  uri: vscode.Uri,
  text: string,
): Promise<KnownText | null> {
  const preview = previews.add(uri.path, text);
  try {
    const opened = await vscode.workspace.openTextDocument(preview);
    const document =
      opened.languageId === "dockerfile"
        ? opened
        : await vscode.languages.setTextDocumentLanguage(opened, "dockerfile");
    const graph = await graphOf(server, document);
    if (!graph) return null;
    const params: ShipParams = { textDocument: { uri: preview.toString() } };
    return { graph, ship: (await server.request(shipMethod, params)) as ShipAnswer | null };
  } finally {
    previews.remove(preview);
  }
}
