import * as vscode from "vscode";
import type { LanguageServer } from "./language-server.ts";

interface Place {
  readonly line: number;
  readonly character: number;
}

/** What the server answers, by the language server protocol. */
interface Prepared {
  readonly placeholder: string;
}

interface Renamed {
  readonly documentChanges?: readonly {
    readonly textDocument: { readonly uri: string; readonly version: number | null };
    readonly edits: readonly {
      readonly range: { readonly start: Place; readonly end: Place };
      readonly newText: string;
    }[];
  }[];
}

/**
 * Renames the stage or variable at a place, in all files that name it. The server is asked without the editor's help: where
 * another extension answers the editor's own rename, that one knows neither mounts nor other files.
 *
 * @param given the new name; the user is asked where there is none
 * @returns whether something was renamed
 */
export async function renameEverywhere(
  server: LanguageServer,
  document: vscode.TextDocument,
  { line, character }: vscode.Position,
  given?: string,
): Promise<boolean> {
  const params = { textDocument: { uri: document.uri.toString() }, position: { line, character } };
  try {
    const prepared = (await server.request("textDocument/prepareRename", params)) as Prepared | null;
    if (!prepared) return refuse("There is no name of a stage or variable here.");
    const name =
      given ??
      (await vscode.window.showInputBox({
        title: `Rename ${prepared.placeholder} everywhere`,
        prompt: "Also in mounts, and in the files that build the Dockerfile.",
        value: prepared.placeholder,
      }));
    if (name === undefined || name === prepared.placeholder) return false;
    const renamed = (await server.request("textDocument/rename", { ...params, newName: name })) as Renamed | null;
    const edit = await editOf(renamed);
    if (!edit || !(await vscode.workspace.applyEdit(edit)))
      return refuse("A file changed in the meantime, so nothing was renamed. Run the command again.");
    return true;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** `null` where a document has another version than the one that the server knows. */
async function editOf(renamed: Renamed | null): Promise<vscode.WorkspaceEdit | null> {
  const edit = new vscode.WorkspaceEdit();
  for (const { textDocument, edits } of renamed?.documentChanges ?? []) {
    const uri = vscode.Uri.parse(textDocument.uri, true);
    const document = await vscode.workspace.openTextDocument(uri);
    if (textDocument.version !== null && document.version !== textDocument.version) return null;
    for (const { range, newText } of edits) {
      const { start, end } = range;
      edit.replace(uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
    }
  }
  return edit;
}

function refuse(message: string): boolean {
  void vscode.window.showInformationMessage(message);
  return false;
}
