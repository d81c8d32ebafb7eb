import type * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { type Api, start, stop } from "./extension.ts";
import { programs } from "./programs.node.ts";

/**
 * Without a bound the room for young objects grows to 32 megabytes while many documents are opened, and stays for a while;
 * documents of thousands of lines do not need more than this.
 */
const execArgv = ["--max-semi-space-size=4"];

/** The extension in an extension host on Node: the server is a process of its own. */
export function activate(context: vscode.ExtensionContext): Api {
  const module = context.asAbsolutePath("dist/server.js");
  return start(
    context,
    (id, name, options) => {
      const server = { module, transport: TransportKind.ipc, options: { execArgv } };
      const client = new LanguageClient(id, name, server, options);
      // After an orderly stop the client has no process any more.
      return { client, end: () => client.serverProcess?.kill() };
    },
    programs,
  );
}

export const deactivate = (): Promise<void> => stop();
