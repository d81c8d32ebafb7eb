import { execFile } from "node:child_process";
import type * as vscode from "vscode";
import type { Probe } from "./docker.ts";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { type Api, start, stop } from "./extension.ts";

/** The extension in an extension host on Node: the server is a process of its own. */
export function activate(context: vscode.ExtensionContext): Api {
  const module = context.asAbsolutePath("dist/server.js");
  return start(
    context,
    (id, name, options) => {
      const client = new LanguageClient(id, name, { module, transport: TransportKind.ipc }, options);
      // After an orderly stop the client has no process any more.
      return { client, end: () => client.serverProcess?.kill() };
    },
    askDocker,
  );
}

/** Whether Docker can build: asks its own builder for its version, without a shell. */
const askDocker: Probe = (program) =>
  new Promise((resolve) => {
    execFile(program, ["buildx", "version"], { timeout: 10_000, windowsHide: true }, (error) => {
      if (!error) resolve(null);
      else if (error.code === "ENOENT")
        resolve(
          `There is no program called '${program}': install Docker, or name it in the setting dockerfileStages.docker.`,
        );
      else resolve(`'${program} buildx' does not answer: builds need Docker with its buildx plugin.`);
    });
  });

export const deactivate = (): Promise<void> => stop();
