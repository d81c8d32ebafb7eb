import type * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { type Api, start, stop } from "./extension.ts";

/** The extension in an extension host on Node: the server is a process of its own. */
export function activate(context: vscode.ExtensionContext): Api {
  const module = context.asAbsolutePath("dist/server.js");
  return start(context, (id, name, options) => {
    const client = new LanguageClient(id, name, { module, transport: TransportKind.ipc }, options);
    // After an orderly stop the client has no process any more.
    return { client, end: () => client.serverProcess?.kill() };
  });
}

export const deactivate = (): Promise<void> => stop();
