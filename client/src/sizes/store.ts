import * as vscode from "vscode";
import type { Measured } from "./measured.ts";

/** What was measured, by Dockerfile; kept in the workspace. */
export interface SizeStore {
  readonly of: (uri: vscode.Uri) => Measured | null;
  readonly set: (uri: vscode.Uri, measured: Measured) => Promise<void>;
  /** The Dockerfile whose sizes were measured anew. */
  readonly onDidChange: vscode.Event<vscode.Uri>;
}

const keyOf = (uri: vscode.Uri): string => `sizes:${uri.toString()}`;

export function openSizeStore(memory: vscode.Memento): SizeStore {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return {
    of: (uri) => memory.get<Measured>(keyOf(uri)) ?? null,
    set: async (uri, measured) => {
      await memory.update(keyOf(uri), measured);
      changed.fire(uri);
    },
    onDidChange: changed.event,
  };
}
