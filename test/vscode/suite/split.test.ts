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

  it("is offered on every instruction as a refactoring, and as a fix on the base alone", async () => {
    const document = await openCopy("go-service/Dockerfile");
    await diagnostics(document);
    const at = placeOf(document, "RUN CGO<|>");
    const range = new vscode.Range(at, at);
    equal(
      (await codeActions(document, range, vscode.CodeActionKind.Refactor)).map((action) => action.title),
      [title],
    );
    equal(await codeActions(document, range, vscode.CodeActionKind.QuickFix), []);
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
    const done = vscode.commands.executeCommand("dockerfileStages.splitStage");
    const diff = await until("the preview", () => {
      const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
      return tab?.input instanceof vscode.TabInputTextDiff && { tab, input: tab.input };
    });
    equal(diff.input.original.toString(), document.uri.toString());
    equal(diff.tab.label, "Dockerfile ↔ after the split");
    const after = await vscode.workspace.openTextDocument(diff.input.modified);
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
    let ended = false;
    const done = vscode.commands.executeCommand("dockerfileStages.splitStage").then(() => {
      ended = true;
    });
    await until(
      "the preview",
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff,
    );
    await until("the end of the command", async () => {
      await vscode.commands.executeCommand("notifications.clearAll");
      return ended;
    });
    await done;
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
