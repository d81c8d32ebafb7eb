// What the tests in an extension host share. It runs in the browser's host too, so there is nothing of Node here.
import * as vscode from "vscode";
import type { Api } from "../../../client/src/extension.ts";
import type { Measured } from "../../../client/src/sizes/measured.ts";

export const extensionId = "dockerfile-stages.dockerfile-stages";

export function ok(value: unknown, message: string): asserts value {
  if (!value) throw new Error(message);
}

/** Compares as JSON, which is how values from the extension host's API look. */
export function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual, null, 1), JSON.stringify(expected, null, 1)];
  if (a !== b) throw new Error(`expected ${b}\n but got ${a}`);
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 15_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${milliseconds / 1000} s in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Activates the extension, as a Dockerfile would, and waits for its server. */
export async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>(extensionId);
  ok(extension, "the extension is not installed");
  const exported = await extension.activate();
  await exported.ready;
  return exported;
}

/** The folder that is open: a copy of samples/ that tests may write to. */
function folder(): vscode.Uri {
  const found = vscode.workspace.workspaceFolders?.[0];
  ok(found, "no folder is open");
  return found.uri;
}

/** Opens a file of samples/ in an editor. */
export async function openSample(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), file));
  await vscode.window.showTextDocument(document);
  return document;
}

let folders = 0;

/** Writes a file into a folder of its own. No editor shows it, which is quicker; diagnostics and commands need an editor. */
export async function makeFile(name: string, text: string): Promise<vscode.TextDocument> {
  const uri = vscode.Uri.joinPath(folder(), "scratch", String(++folders), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.workspace.openTextDocument(uri);
}

/** Writes a file into a folder of its own, and opens it in an editor. */
export async function openFile(name: string, text: string): Promise<vscode.TextDocument> {
  const document = await makeFile(name, text);
  await vscode.window.showTextDocument(document);
  return document;
}

/** Opens a copy of a file of samples/, so that the sample itself stays as it is. */
export async function openCopy(file: string): Promise<vscode.TextDocument> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder(), file));
  return openFile(file.slice(file.lastIndexOf("/") + 1), new TextDecoder().decode(bytes));
}

/** Saves a document, and returns what is on the disk then. */
export async function save(document: vscode.TextDocument): Promise<string> {
  equal(await document.save(), true);
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(document.uri));
}

export interface Marked {
  readonly document: vscode.TextDocument;
  readonly editor: vscode.TextEditor;
  /** Where `<|>` was, or what was between `<|` and `|>`; the start of the text without either. */
  readonly selection: vscode.Selection;
}

/** Opens a text as a Dockerfile and selects what its marks say. */
export async function openText(marked: string): Promise<Marked> {
  const [before = "", inside, after] = /<\|>/.test(marked)
    ? [marked.slice(0, marked.indexOf("<|>")), "", marked.slice(marked.indexOf("<|>") + 3)]
    : marked.split(/<\||\|>/);
  const content = inside === undefined ? before : before + inside + (after ?? "");
  const document = await makeFile("Dockerfile", content);
  const editor = await vscode.window.showTextDocument(document);
  const start = inside === undefined ? 0 : before.length;
  const selection = new vscode.Selection(
    document.positionAt(start),
    document.positionAt(start + (inside ?? "").length),
  );
  editor.selection = selection;
  return { document, editor, selection };
}

/** The place of a text's first occurrence: its start, or where `<|>` stands in it, as in `AS bu<|>ild`. */
export function placeOf(document: vscode.TextDocument, marked: string): vscode.Position {
  const text = marked.replace("<|>", "");
  const index = document.getText().indexOf(text);
  ok(index >= 0, `there is no ${JSON.stringify(text)} in ${document.uri.path}`);
  return document.positionAt(index + Math.max(0, marked.indexOf("<|>")));
}

/** A range as the user sees it: its lines, with it between `[[` and `]]`. */
export function shown(document: vscode.TextDocument, range: vscode.Range): string {
  const { start, end } = range;
  const before = document.lineAt(start.line).text.slice(0, start.character);
  const after = document.lineAt(end.line).text.slice(end.character);
  return `${before}[[${document.getText(range)}]]${after}`;
}

/** Types a text at the cursor of the active editor, character by character, as the keyboard does. */
export async function type(text: string): Promise<void> {
  for (const character of text) await vscode.commands.executeCommand("type", { text: character });
}

/** Waits for the document's diagnostics to be as `accept` wants them; by default, for there to be any. */
export async function diagnostics(
  document: vscode.TextDocument,
  accept: (found: vscode.Diagnostic[]) => boolean = (found) => found.length > 0,
): Promise<vscode.Diagnostic[]> {
  let found: vscode.Diagnostic[] = [];
  try {
    return await until(`diagnostics of ${document.uri.path}`, () => {
      found = vscode.languages.getDiagnostics(document.uri);
      return accept(found) && found;
    });
  } catch (error) {
    const seen = found.map(({ range, message }) => `  ${shown(document, range)}: ${message}`);
    throw new Error([String(error), "It has:", ...seen].join("\n"), { cause: error });
  }
}

/** The rule that a diagnostic comes from. */
export const ruleOf = ({ code }: vscode.Diagnostic): string => String(typeof code === "object" ? code.value : code);

export const titles = (actions: readonly vscode.CodeAction[]): string[] => actions.map(({ title }) => title);

/** All that the hovers at a place say. */
export async function hoverText(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    document.uri,
    position,
  );
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === "string" ? content : content.value))
    .join("\n");
}

/** The code actions for a range, with their edits. */
export async function codeActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  kind?: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    range,
    kind?.value,
    100,
  );
}

/** Closes all editors without saving; a changed one that is merely closed would come back from the editor's backup. */
export async function closeEditors(): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  for (const { input, isDirty } of tabs) {
    if (!isDirty || !(input instanceof vscode.TabInputText)) continue;
    await vscode.window.showTextDocument(input.uri);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}

/** Has the stages of a Dockerfile measured. */
export const measure = (document: vscode.TextDocument): Thenable<unknown> =>
  vscode.commands.executeCommand("dockerfileStages.measureSizes", document.uri.toString());

/** What was measured of a Dockerfile. */
export async function measured(document: vscode.TextDocument): Promise<Measured> {
  const found = (await api()).measured(document.uri);
  ok(found, "nothing was measured");
  return found;
}
