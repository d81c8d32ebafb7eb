import * as vscode from "vscode";
import { previewScheme } from "./documents.ts";

/** Texts that are nowhere on the disk, as documents that can only be read. */
export interface Previews {
  /** Makes one of a new address, with that path. */
  readonly add: (path: string, text: string) => vscode.Uri;
  readonly change: (uri: vscode.Uri, text: string) => void;
  readonly remove: (uri: vscode.Uri) => void;
  readonly registration: vscode.Disposable;
}

export function registerPreviews(): Previews {
  const texts = new Map<string, string>();
  const changes = new vscode.EventEmitter<vscode.Uri>();
  let count = 0;
  const provider = vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
    onDidChange: changes.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
  });
  return {
    add: (path, text) => {
      const uri = vscode.Uri.from({ scheme: previewScheme, path, query: String(++count) });
      texts.set(uri.toString(), text);
      return uri;
    },
    change: (uri, text) => {
      texts.set(uri.toString(), text);
      changes.fire(uri);
    },
    remove: (uri) => texts.delete(uri.toString()),
    registration: vscode.Disposable.from(provider, changes),
  };
}
