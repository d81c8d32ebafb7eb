import * as vscode from "vscode";
import { type SplitAnswer, splitMethod, type SplitParams } from "../../server/src/protocol.ts";
import { fileName, isDockerfile, previewScheme } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** The split of a stage: shows what would change, says what to check, and applies it if the user agrees. */
export interface Split {
  readonly run: (document: vscode.TextDocument, position: vscode.Position) => Promise<void>;
  readonly registration: vscode.Disposable;
}

/** The most characters that a notification shows. */
const longestMessage = 900;

export function registerSplit(server: LanguageServer): Split {
  const previews = new Map<string, string>();
  let count = 0;
  const registration = vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
    provideTextDocumentContent: (uri) => previews.get(uri.toString()) ?? "",
  });

  const run = async (document: vscode.TextDocument, position: vscode.Position): Promise<void> => {
    const { version } = document;
    let answer: SplitAnswer | null;
    try {
      const params: SplitParams = {
        textDocument: { uri: document.uri.toString() },
        position: { line: position.line, character: position.character },
      };
      answer = (await server.request(splitMethod, params)) as SplitAnswer | null;
    } catch (error) {
      server.log.error(`The split: ${String(error)}`);
      void vscode.window.showErrorMessage("The stage was not split, because the stage language server did not answer.");
      return;
    }
    if (!answer?.offered || answer.after === null) {
      const reason = answer?.reason ?? "";
      void vscode.window.showInformationMessage(
        reason === "" ? "There is no stage here that can be split." : reason.replaceAll("`", '"'),
      );
      return;
    }
    if (document.version !== version || answer.version !== version) return refuse();

    const preview = vscode.Uri.from({ scheme: previewScheme, path: document.uri.path, query: String(++count) });
    previews.set(preview.toString(), answer.after);
    try {
      const after = await vscode.workspace.openTextDocument(preview);
      if (!isDockerfile(after)) await vscode.languages.setTextDocumentLanguage(after, "dockerfile");
      await vscode.commands.executeCommand(
        "vscode.diff",
        document.uri,
        preview,
        `${fileName(document.uri)} ↔ after the split`,
        {
          preview: true,
        },
      );
      if (!(await confirm(answer))) return;
      if (document.isClosed || document.version !== version) return refuse();
      const edit = new vscode.WorkspaceEdit();
      for (const { range, newText } of answer.edits) {
        const { start, end } = range;
        edit.replace(document.uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
      }
      if (!(await vscode.workspace.applyEdit(edit))) refuse();
    } finally {
      await closeDiff(preview);
      previews.delete(preview.toString());
    }
  };
  return { run, registration };
}

function refuse(): void {
  void vscode.window.showWarningMessage(
    "The Dockerfile changed in the meantime, so nothing was split. Run the command again.",
  );
}

/** Asks beside the preview, without covering it; `false` also when the question is closed. */
async function confirm({ title, assumptions }: SplitAnswer): Promise<boolean> {
  // Notifications are plain text.
  const points = assumptions
    .map((sentence) => sentence.replaceAll("`", '"'))
    .map((sentence, i) => (assumptions.length > 1 ? `${i + 1}. ${sentence}` : sentence));
  const question = assumptions.length === 0 ? `${title}?` : `${title}? Check first: ${points.join(" ")}`;
  const isLong = question.length > longestMessage;
  const message = isLong ? `${question.slice(0, longestMessage)}…` : question;
  const [apply, cancel, all] = ["Apply", "Cancel", "Show All"];
  for (;;) {
    const choice = await vscode.window.showInformationMessage(message, ...[apply, cancel], ...(isLong ? [all] : []));
    if (choice !== all) return choice === apply;
    const detail = points.join("\n\n");
    const answer = await vscode.window.showInformationMessage("Check before you apply", { modal: true, detail }, apply);
    if (answer === apply) return true;
  }
}

async function closeDiff(preview: vscode.Uri): Promise<void> {
  const key = preview.toString();
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === key);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}
