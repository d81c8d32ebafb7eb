// What other extensions offer too: formatting, keywords, instruction hovers, links. A setting decides.
import * as vscode from "vscode";
import { all, offers, stagesOnly, text } from "./general-features.ts";
import { api, closeEditors, ok, openFile } from "./support.ts";

describe("the general features", () => {
  const set = (value: string | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration("dockerfileStages")
      .update("languageFeatures", value, vscode.ConfigurationTarget.Global);
  before(api);
  afterEach(closeEditors);
  after(() => set(undefined));

  it("are offered where no other extension does", async () => {
    await offers(await openFile("Dockerfile", text), all);
  });

  it("go at once with the setting, and come back with it", async () => {
    const document = await openFile("Dockerfile", text);
    await set("off");
    await offers(document, stagesOnly);
    await set("on");
    await offers(document, all);
  });

  it("stay as they are set when the server starts again", async () => {
    const document = await openFile("Dockerfile", text);
    await set("off");
    await vscode.commands.executeCommand("dockerfileStages.restartServer");
    await offers(document, stagesOnly);
    await set(undefined);
    await offers(document, all);
  });

  it("format without a change of meaning", async () => {
    const document = await openFile("Dockerfile", text);
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
      "vscode.executeFormatDocumentProvider",
      document.uri,
      { tabSize: 4, insertSpaces: true },
    );
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits);
    await vscode.workspace.applyEdit(edit);
    ok(document.getText() === text.replace("\n  curl", "\n    curl"), document.getText());
  });
});
