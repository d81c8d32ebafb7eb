import * as vscode from "vscode";
import { type ShipAnswer, shipMethod, type ShipParams, type StageGraph } from "../../../server/src/protocol.ts";
import type { LanguageServer } from "../language-server.ts";
import type { Previews } from "../previews.ts";
import { graphOf } from "../stage-graph.ts";

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
    const graph = await graphOf(server, document, { scratch: true });
    if (!graph) return null;
    const params: ShipParams = { textDocument: { uri: preview.toString() } };
    return { graph, ship: (await server.request(shipMethod, params)) as ShipAnswer | null };
  } finally {
    previews.remove(preview);
  }
}
