import type * as vscode from "vscode";

/** The texts of files before a split that was made of them since the window was opened. */
export interface Splits {
  readonly remember: (document: vscode.TextDocument) => void;
  /** `null` where nothing was split since. */
  readonly textBefore: (document: vscode.TextDocument) => string | null;
}

export function keepSplits(): Splits {
  const texts = new Map<string, string>();
  return {
    remember: (document) => texts.set(document.uri.toString(), document.getText()),
    textBefore: (document) => {
      const before = texts.get(document.uri.toString());
      // What was offered or undone is no split.
      return before !== undefined && stagesIn(document.getText()) > stagesIn(before) ? before : null;
    },
  };
}

const stagesIn = (text: string): number => text.match(/^[ \t]*FROM\s/gim)?.length ?? 0;
