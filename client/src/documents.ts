import * as vscode from "vscode";

export const isDockerfile = (document: vscode.TextDocument | undefined): document is vscode.TextDocument =>
  document?.languageId === "dockerfile";

/** Older versions and previews of a file: what is wrong there is no problem of the workspace, and cannot be changed. */
export const isSnapshot = (uri: vscode.Uri): boolean => snapshotSchemes.has(uri.scheme);
export const previewScheme = "dockerfile-stages-preview";
const snapshotSchemes = new Set([previewScheme, "git", "gitlens", "review", "pr", "vscode-local-history"]);

export const fileName = (uri: vscode.Uri): string => uri.path.slice(uri.path.lastIndexOf("/") + 1);

/** The editor that shows a document: the active one, if it does. */
export function editorOf(document: vscode.TextDocument | undefined): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (activeTextEditor && activeTextEditor.document === document) return activeTextEditor;
  return visibleTextEditors.find((editor) => editor.document === document);
}

/**
 * The Dockerfile that the user works on: the active editor's. While something else than an editor is active, such as the
 * stage graph, the only one in sight.
 */
export function activeDockerfile(): vscode.TextDocument | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (activeTextEditor) return isDockerfile(activeTextEditor.document) ? activeTextEditor.document : undefined;
  const inSight = new Set(visibleTextEditors.map(({ document }) => document).filter(isDockerfile));
  return inSight.size === 1 ? [...inSight][0] : undefined;
}
