import type * as vscode from "vscode";
import { type GraphParams, graphMethod, type StageGraph } from "../../server/src/protocol.ts";
import { isStageGraph } from "../webview/messages.ts";
import type { LanguageServer } from "./language-server.ts";

/** The stages of a document; `null` where the server does not know it, or does not answer. */
export async function graphOf(
  server: LanguageServer,
  document: vscode.TextDocument,
  wishes: Omit<GraphParams, "textDocument"> = {},
): Promise<StageGraph | null> {
  try {
    const params: GraphParams = { ...wishes, textDocument: { uri: document.uri.toString() } };
    const answer = await server.request(graphMethod, params);
    return isStageGraph(answer) ? answer : null;
  } catch (error) {
    server.log.warn(`The stage graph: ${String(error)}`);
    return null;
  }
}
