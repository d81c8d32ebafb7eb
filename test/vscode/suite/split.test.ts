import * as vscode from "vscode";
import {
  api,
  closeEditors,
  codeActions,
  diagnostics,
  equal,
  ok,
  openCopy,
  openFile,
  openText,
  placeOf,
  ruleOf,
  save,
  shown,
  until,
} from "./support.ts";

const title = "Split into builder and runtime stages";
const kind = vscode.CodeActionKind.RefactorRewrite.append("splitStage");

const hinted: Readonly<Record<string, string>> = {
  "go-service": "FROM [[golang:1.25-alpine]]",
  "node-api": "FROM [[node:22-bookworm]]",
  "react-site": "FROM [[node:22-alpine]]",
};

/** Runs the command, takes the first way where it asks for one, and waits for the preview. */
async function preview(): Promise<{ readonly done: Thenable<unknown>; readonly after: vscode.TextDocument }> {
  const done = vscode.commands.executeCommand("dockerfileStages.splitStage");
  const diff = await until("the preview", async () => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    if (input instanceof vscode.TabInputTextDiff) return input;
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return undefined;
  });
  return { done, after: await vscode.workspace.openTextDocument(diff.modified) };
}

/** Closes the question until the command ends. */
async function closeQuestion(done: Thenable<unknown>): Promise<void> {
  let ended = false;
  void done.then(() => {
    ended = true;
  });
  await until("the end of the command", async () => {
    await vscode.commands.executeCommand("notifications.clearAll");
    return ended;
  });
}

/** Checks that a text is two stages, of which the last copies from the first and nothing is wrong. */
async function isSplit(document: vscode.TextDocument): Promise<void> {
  const froms = [...document.getText().matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];
  equal(froms.length, 2);
  const builder = froms[0]![2];
  ok(builder !== undefined, "the first stage has no name");
  ok(
    document.getText().slice(froms[1]!.index).includes(`COPY --from=${builder} `),
    "nothing is copied from the builder",
  );
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
    "vscode.executeDocumentSymbolProvider",
    document.uri,
  );
  equal(symbols.filter(({ kind: symbol }) => symbol === vscode.SymbolKind.Module).length, 2);
  // The hint has gone with the single stage. Whom the container runs as is not the split's business.
  await diagnostics(document, (found) => found.every((each) => ruleOf(each) === "RootUserInFinalStage"));
}

describe("the split", () => {
  before(api);
  afterEach(closeEditors);

  for (const [sample, place] of Object.entries(hinted)) {
    it(`is a quick fix and a refactoring for ${sample}, and one step to undo`, async () => {
      const document = await openCopy(`${sample}/Dockerfile`);
      const before = document.getText();
      const hint = (await diagnostics(document)).find((each) => ruleOf(each) === "BuildToolsInFinalStage");
      equal(hint!.severity, vscode.DiagnosticSeverity.Hint);
      equal(shown(document, hint!.range), place);
      const [fix] = await codeActions(document, hint!.range, vscode.CodeActionKind.QuickFix);
      const [rewrite] = await codeActions(document, hint!.range, kind);
      equal([fix?.title, fix?.kind?.value], [title, vscode.CodeActionKind.QuickFix.value]);
      equal([rewrite?.title, rewrite?.kind?.value], [title, "refactor.rewrite.splitStage"]);
      const texts: string[] = [];
      for (const action of [fix!, rewrite!]) {
        ok(action.edit, "the action has no edit");
        equal(await vscode.workspace.applyEdit(action.edit), true);
        await isSplit(document);
        texts.push(await save(document));
        equal(texts.at(-1), document.getText());
        await vscode.commands.executeCommand("undo");
        equal(document.getText(), before);
      }
      equal(texts[0], texts[1]);
      ok(texts[0] !== before, "nothing was split");
    });
  }

  it("is offered on every instruction as a refactoring, with a choice of ways, and as a fix on the base alone", async () => {
    const document = await openCopy("go-service/Dockerfile");
    await diagnostics(document);
    const at = placeOf(document, "RUN CGO<|>");
    const range = new vscode.Range(at, at);
    const [split, choice, ...more] = await codeActions(document, range, vscode.CodeActionKind.Refactor);
    equal([split?.title, choice?.title, more], [title, `${title}…`, []]);
    equal([choice?.edit, choice?.command?.command], [undefined, "dockerfileStages.splitStage"]);
    equal(choice?.command?.arguments, [document.uri.toString(), { line: at.line, character: at.character }]);
    equal(await codeActions(document, range, vscode.CodeActionKind.QuickFix), []);
  });

  it("comes with what to check, shown behind the edit", async () => {
    const document = await openCopy("go-service/Dockerfile");
    const hint = (await diagnostics(document)).find((each) => ruleOf(each) === "BuildToolsInFinalStage");
    const [fix] = await codeActions(document, hint!.range, vscode.CodeActionKind.QuickFix);
    equal(fix?.command?.command, "dockerfileStages.showChecks");
    const [checks] = (fix?.command?.arguments ?? []) as [string[]?];
    ok(
      checks?.some((sentence) => sentence.includes("At run time the program reads")),
      JSON.stringify(checks),
    );
    // It may come from a macro or a key, with anything.
    for (const odd of [undefined, "text", [], [1, null]])
      await vscode.commands.executeCommand("dockerfileStages.showChecks", odd);
  });

  it("starts with the default where the command asks for the way", async () => {
    const document = await openCopy("go-service/Dockerfile");
    await diagnostics(document);
    const [split] = await codeActions(document, new vscode.Range(0, 0, 0, 0), kind);
    const { done, after } = await preview();
    const shownText = after.getText();
    await closeQuestion(done);
    await vscode.workspace.applyEdit(split!.edit!);
    equal(document.getText(), shownText);
  });

  it("knows the files of the project", async () => {
    const document = await openFile(
      "Dockerfile",
      "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nCMD npm start\n",
    );
    const textOf = async (): Promise<string> => {
      const [split] = await codeActions(document, new vscode.Range(0, 0, 0, 0), kind);
      return JSON.stringify([split?.edit, split?.command?.arguments]);
    };
    await diagnostics(document);
    const before = await textOf();
    const scripts = { build: "tsc --outDir made", start: "node made/main.js" };
    await vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(document.uri, "../package.json"),
      new TextEncoder().encode(JSON.stringify({ scripts })),
    );
    await until("the split to know package.json", async () => (await textOf()) !== before);
  });

  it("is not offered where there are several stages", async () => {
    const document = await openCopy("multi-stage/Dockerfile");
    const all = new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
    const offered = await codeActions(document, all);
    equal(
      offered.filter((action) => action.title.startsWith("Split")),
      [],
    );
  });

  it("shows before and after from the command, and applies it", async () => {
    const document = await openCopy("node-api/Dockerfile");
    const before = document.getText();
    const { done, after } = await preview();
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    ok(tab?.input instanceof vscode.TabInputTextDiff, "no diff is active");
    equal(tab.input.original.toString(), document.uri.toString());
    equal(tab.label, "Dockerfile ↔ after the split");
    equal(after.languageId, "dockerfile");
    equal(document.getText(), before);
    // The preview is no file of the workspace: nothing is said about it.
    equal(vscode.languages.getDiagnostics(after.uri), []);
    const expected = after.getText();
    await until("the question", async () => {
      await vscode.commands.executeCommand("notification.acceptPrimaryAction");
      return document.getText() !== before;
    });
    await done;
    equal(document.getText(), expected);
    await isSplit(document);
    equal(
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputTextDiff).length,
      0,
    );
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("undo");
    equal(document.getText(), before);
  });

  it("changes nothing when the question is closed", async () => {
    const document = await openCopy("node-api/Dockerfile");
    const before = document.getText();
    const { done } = await preview();
    await closeQuestion(done);
    equal(document.getText(), before);
  });

  it("keeps the line breaks of the file", async () => {
    const text =
      'FROM golang:1.25\r\nWORKDIR /src\r\nCOPY . .\r\nRUN go build -o /usr/local/bin/app .\r\nENTRYPOINT ["/usr/local/bin/app"]\r\n';
    const document = await openFile("Dockerfile", text);
    const hint = (await diagnostics(document)).find((each) => ruleOf(each) === "BuildToolsInFinalStage");
    const [fix] = await codeActions(document, hint!.range, vscode.CodeActionKind.QuickFix);
    await vscode.workspace.applyEdit(fix!.edit!);
    const saved = await save(document);
    equal(saved.match(/^FROM /gm)?.length, 2);
    equal(saved.replaceAll("\r\n", "").includes("\n"), false);
  });

  it("is not offered in a file without a build", async () => {
    const { document } = await openText("FROM alpine:3\nCOPY . /srv\n");
    const all = new vscode.Range(0, 0, 1, 0);
    equal(
      (await codeActions(document, all, kind)).filter((action) => action.edit),
      [],
    );
  });
});
