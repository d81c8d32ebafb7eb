import * as vscode from "vscode";

export function say(message: string): void {
  void vscode.window.showInformationMessage(message);
}
