import * as vscode from "vscode";
import { type SplitAnswer, splitMethod, type SplitParams } from "../../server/src/protocol.ts";
import { fileName, isDockerfile, previewScheme } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** The split of a stage: lets the user choose a way, shows what would change, says what to check, and applies it on demand. */
export interface Split {
  readonly run: (document: vscode.TextDocument, position: vscode.Position) => Promise<void>;
  readonly registration: vscode.Disposable;
}

type Way = SplitAnswer["ways"][number];

/** The most characters that a notification shows. */
const longestMessage = 700;

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
    if (!answer || answer.ways.length === 0) {
      const reason = answer?.reason ?? "";
      void vscode.window.showInformationMessage(
        reason === "" ? "There is no stage here that can be split." : plain(reason),
      );
      return;
    }
    if (document.version !== version || answer.version !== version) return refuse();
    const way = await choose(answer);
    if (!way) return;
    if (document.isClosed || document.version !== version) return refuse();

    const preview = vscode.Uri.from({ scheme: previewScheme, path: document.uri.path, query: String(++count) });
    previews.set(preview.toString(), way.after);
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
      if (!(await confirm(answer.title, way))) return;
      if (document.isClosed || document.version !== version) return refuse();
      const edit = new vscode.WorkspaceEdit();
      for (const { range, newText } of way.edits) {
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

const strategies: Readonly<Record<Way["strategy"], string>> = {
  same: "the same image",
  slim: "a smaller image",
  minimal: "little but the program",
};

/** Asks for the way where there are several, the default first; `undefined` when the question is closed. */
async function choose({ title, ways }: SplitAnswer): Promise<Way | undefined> {
  if (ways.length === 1) return ways[0];
  const items = ways.map((way) => ({
    label: way.base,
    description: `${strategies[way.strategy]} · ${sureness(way)}`,
    detail: way.detail,
    way,
  }));
  const placeHolder = "The image that the runtime stage starts from";
  const item = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
  return item?.way;
}

function sureness({ assumptions: { length } }: Way): string {
  if (length === 0) return "certain";
  return length === 1 ? "1 thing to check" : `${length} things to check`;
}

/** Asks beside the preview, without covering it; `false` also when the question is closed. */
async function confirm(title: string, { assumptions, summary }: Way): Promise<boolean> {
  const parts = [`${title}?`, checks(assumptions), ...summary.map(plain)].filter((part) => part !== "");
  const [apply, cancel, all] = ["Apply", "Cancel", "Show All"];
  const { message, isCut } = cut(parts.join(" "));
  for (;;) {
    const choice = await vscode.window.showInformationMessage(message, ...[apply, cancel], ...(isCut ? [all] : []));
    if (choice !== all) return choice === apply;
    const detail = [...numbered(assumptions), ...summary.map(plain)].join("\n\n");
    const answer = await vscode.window.showInformationMessage(`${title}?`, { modal: true, detail }, apply);
    if (answer === apply) return true;
  }
}

/** What is to be checked after a split that was applied at once. */
export async function showChecks(assumptions: readonly string[]): Promise<void> {
  const all = "Show All";
  const { message, isCut } = cut(`The stage is split. ${checks(assumptions)}`);
  const choice = await vscode.window.showInformationMessage(message, ...(isCut ? [all] : []));
  if (choice !== all) return;
  const detail = numbered(assumptions).join("\n\n");
  await vscode.window.showInformationMessage("Check after the split", { modal: true, detail });
}

/** `Please check: 1. … 2. …`; empty where there is nothing to check. */
function checks(assumptions: readonly string[]): string {
  return assumptions.length === 0 ? "" : `Please check: ${numbered(assumptions).join(" ")}`;
}

function numbered(sentences: readonly string[]): string[] {
  return sentences.map(plain).map((sentence, i) => (sentences.length > 1 ? `${i + 1}. ${sentence}` : sentence));
}

/** Notifications are plain text. */
function plain(sentence: string): string {
  return sentence.replaceAll("`", '"');
}

function cut(message: string): { readonly message: string; readonly isCut: boolean } {
  const isCut = message.length > longestMessage;
  return { message: isCut ? `${message.slice(0, longestMessage)}…` : message, isCut };
}

async function closeDiff(preview: vscode.Uri): Promise<void> {
  const key = preview.toString();
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === key);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}
