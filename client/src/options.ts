import * as vscode from "vscode";
import type { OtherTool, ServerOptions } from "../../server/src/protocol.ts";

/** Extensions that show findings, and offer formatting, keyword completion, hovers and links, of Dockerfiles themselves. */
const extensions: readonly (readonly [id: string, tool: OtherTool])[] = [
  ["ms-azuretools.vscode-containers", "containers"],
  ["ms-azuretools.vscode-docker", "containers"],
  ["docker.docker", "docker-dx"],
];

const section = "dockerfileStages";

/** What the server is told at its start, and again when it changes. */
export function serverOptions(buildsImages: boolean): ServerOptions {
  const settings = vscode.workspace.getConfiguration(section, null);
  const rules = settings.get<unknown>("rules");
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => ({
    uri: uri.toString(),
    rules: vscode.workspace.getConfiguration(section, uri).get<unknown>("rules"),
  }));
  const installed = extensions.filter(([id]) => vscode.extensions.getExtension(id) !== undefined);
  const options: ServerOptions = {
    rules,
    folders: folders.filter((folder) => JSON.stringify(folder.rules) !== JSON.stringify(rules)),
    repeatedFindings: settings.get<unknown>("repeatedFindings"),
    languageFeatures: settings.get<unknown>("languageFeatures"),
    codeLens: settings.get<unknown>("codeLens"),
    inlayHints: settings.get<unknown>("inlayHints"),
    semanticTokens: settings.get<unknown>("semanticTokens"),
    otherTools: [...new Set(installed.map(([, tool]) => tool))],
    readsFiles: true,
    runsCommands: true,
    buildsImages,
  };
  // The editor gives out objects that cannot be sent to a worker.
  return JSON.parse(JSON.stringify(options)) as ServerOptions;
}

/** Calls `listener` each time {@link serverOptions} changed. */
export function onDidChangeOptions(listener: () => void): vscode.Disposable {
  let known = JSON.stringify(serverOptions(false));
  const compare = (): void => {
    const now = JSON.stringify(serverOptions(false));
    if (now === known) return;
    known = now;
    listener();
  };
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(compare),
    vscode.workspace.onDidChangeWorkspaceFolders(compare),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(section) && compare()),
  );
}
