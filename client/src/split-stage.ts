import * as vscode from "vscode";
import { type SplitAnswer, splitMethod, type SplitOptions, type SplitParams } from "../../server/src/protocol.ts";
import { fileName, isDockerfile } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";
import type { Previews } from "./previews.ts";
import type { ImageSizes } from "./sizes/sizes.ts";

/** The split of a stage: lets the user choose a way, shows what would change, says what to check, and applies it on demand. */
export interface Split {
  readonly run: (document: vscode.TextDocument, position: vscode.Position) => Promise<void>;
}

type Way = SplitAnswer["ways"][number];

/** The most characters that a notification shows, so that it leaves the preview in sight. */
const longestMessage = 450;

export function splitWith(server: LanguageServer, previews: Previews, sizes: ImageSizes): Split {
  /** `undefined` where the server does not answer, which the user is told. */
  const ask = async (
    document: vscode.TextDocument,
    { line, character }: vscode.Position,
    options: SplitOptions = {},
  ): Promise<SplitAnswer | null | undefined> => {
    try {
      const params: SplitParams = {
        textDocument: { uri: document.uri.toString() },
        position: { line, character },
        options,
      };
      return (await server.request(splitMethod, params)) as SplitAnswer | null;
    } catch (error) {
      server.log.error(`The split: ${String(error)}`);
      void vscode.window.showErrorMessage("The stage was not split, because the stage language server did not answer.");
      return undefined;
    }
  };

  const run = async (document: vscode.TextDocument, position: vscode.Position): Promise<void> => {
    const { version } = document;
    const hasChanged = (): boolean => document.isClosed || document.version !== version;
    const answer = await ask(document, position);
    if (answer === undefined) return;
    if (!answer || answer.ways.length === 0) {
      const reason = answer?.reason ?? "";
      void vscode.window.showInformationMessage(
        reason === "" ? "There is no stage here that can be split." : plain(reason),
      );
      return;
    }
    if (hasChanged() || answer.version !== version) return refuse();
    let way = await choose(answer);
    if (!way) return;
    const chosen = answer.ways.indexOf(way);
    if (hasChanged()) return refuse();

    const preview = previews.add(document.uri.path, way.after);
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
      let options: SplitOptions = {};
      for (;;) {
        const decision = await confirm(answer.title, way, sizes.canCompare(document));
        if (decision === "cancel") return;
        if (decision === "apply") break;
        if (decision === "compare") {
          await sizes.compareWay(document, way);
          if (hasChanged()) return refuse();
          continue;
        }
        options = (await askForOptions(way, options)) ?? options;
        const changed = await ask(document, position, options);
        if (changed === undefined) return;
        const again = changed?.version === version ? changed.ways[chosen] : undefined;
        if (again?.base !== way.base) return refuse();
        way = again;
        previews.change(preview, way.after);
      }
      if (hasChanged()) return refuse();
      const edit = new vscode.WorkspaceEdit();
      for (const { range, newText } of way.edits) {
        const { start, end } = range;
        edit.replace(document.uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
      }
      sizes.splits.remember(document);
      if (!(await vscode.workspace.applyEdit(edit))) refuse();
    } finally {
      await closeDiff(preview);
      previews.remove(preview);
    }
  };
  return { run };
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

/** Asks for what is only done on demand; `undefined` when the question is closed. */
async function askForOptions({ tests, user }: Way, present: SplitOptions): Promise<SplitOptions | undefined> {
  const items: (vscode.QuickPickItem & { readonly option: keyof SplitOptions })[] = [];
  if (user !== null) {
    const detail = "What it writes must be where this user may write.";
    items.push({ option: "user", label: `Run as ${user}`, detail, picked: present.user === true });
  }
  if (tests.length > 0) {
    const label = "Move tests to a stage of their own, which is built on request";
    items.push({ option: "tests", label, detail: plain(tests.join(", ")), picked: present.tests === true });
  }
  const picked = await vscode.window.showQuickPick(items, { title: "Options of the split", canPickMany: true });
  return picked && Object.fromEntries(picked.map(({ option }) => [option, true]));
}

/** Asks beside the preview, without covering it. A question that is closed is called off. */
async function confirm(
  title: string,
  way: Way,
  canCompare: boolean,
): Promise<"apply" | "cancel" | "options" | "compare"> {
  const { assumptions, summary, tests, user } = way;
  const [apply, cancel, options, compare, all] = ["Apply", "Cancel", "Options…", "Compare Sizes", "Show All"];
  const join = (...parts: string[]): string => parts.filter((part) => part !== "").join(" ");
  const whole = join(`${title}?`, ...summary.map(plain), checks(assumptions));
  const isWhole = whole.length <= longestMessage;
  const message = isWhole ? whole : cut(join(`${title}?`, checks(assumptions) || plain(summary.join(" "))));
  const hasOptions = tests.length > 0 || user !== null;
  const more = [...(hasOptions ? [options] : []), ...(canCompare ? [compare] : []), ...(isWhole ? [] : [all])];
  for (;;) {
    const choice = await vscode.window.showInformationMessage(message, apply, cancel, ...more);
    if (choice === options) return "options";
    if (choice === compare) return "compare";
    if (choice !== all) return choice === apply ? "apply" : "cancel";
    const points = assumptions.length === 0 ? [] : ["Please check:", ...numbered(assumptions)];
    const detail = [...summary.map(plain), ...points].join("\n\n");
    const answer = await vscode.window.showInformationMessage(`${title}?`, { modal: true, detail }, apply);
    if (answer === apply) return "apply";
  }
}

/** What is to be checked after a split that was applied at once. */
export async function showChecks(assumptions: readonly string[]): Promise<void> {
  // A message with a button is shown in full.
  const all = "Show All";
  const choice = await vscode.window.showInformationMessage(cut(`The stage is split. ${checks(assumptions)}`), all);
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

function cut(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}

async function closeDiff(preview: vscode.Uri): Promise<void> {
  const key = preview.toString();
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === key);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}
