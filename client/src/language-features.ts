import * as vscode from "vscode";
import type { InitializationOptions } from "../../server/src/protocol.ts";

/** Extensions that offer formatting, keyword completion, instruction hovers and links of Dockerfiles themselves. */
const others = ["ms-azuretools.vscode-containers", "ms-azuretools.vscode-docker", "docker.docker"];

const section = "dockerfileStages";

/** What the server is told at its start, and again when it changes. */
export function initializationOptions(): InitializationOptions {
  const setting = vscode.workspace.getConfiguration(section).get<string>("languageFeatures");
  const isOffered = others.some((id) => vscode.extensions.getExtension(id) !== undefined);
  return { languageFeatures: setting === "on" || (setting !== "off" && !isOffered) };
}

/** Calls `listener` each time {@link initializationOptions} changed. */
export function onDidChangeOptions(listener: () => void): vscode.Disposable {
  let known = JSON.stringify(initializationOptions());
  const compare = (): void => {
    const now = JSON.stringify(initializationOptions());
    if (now === known) return;
    known = now;
    listener();
  };
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(compare),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(section) && compare()),
  );
}
