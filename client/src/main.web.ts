import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";
import { type Api, start, stop } from "./extension.ts";

/** The extension in a browser's extension host: the server is a Web Worker. */
export function activate(context: vscode.ExtensionContext): Api {
  const script = vscode.Uri.joinPath(context.extensionUri, "dist/web/server.js").toString(true);
  return start(
    context,
    (id, name, options) => {
      const worker = new Worker(script);
      return { client: new LanguageClient(id, name, worker, options), end: () => worker.terminate() };
    },
    null,
  );
}

export const deactivate = (): Promise<void> => stop();
