// Beside an extension that offers the general features, and finds some mistakes, itself. Only an extension host on Node can install one meanwhile.
import * as vscode from "vscode";
import { all, offers, stagesOnly, text } from "./general-features.ts";
import { api, closeEditors, diagnostics, makeFile, ok, openFile, until } from "./support.ts";

const other = "ms-azuretools.vscode-containers";

describe("beside Container Tools", () => {
  const set = (value: string | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration("dockerfileStages")
      .update("languageFeatures", value, vscode.ConfigurationTarget.Global);
  const isThere = (): boolean => vscode.extensions.getExtension(other) !== undefined;

  before(api);
  after(async () => {
    await set(undefined);
    await closeEditors();
  });

  it("what it offers and finds itself is left to it from when it is installed until it is gone, unless it is on", async () => {
    const document = await openFile("Dockerfile", text);
    const twice = await makeFile("Dockerfile", "FROM alpine AS a\nRUN true\nFROM a AS a\nRUN true\n");
    await vscode.window.showTextDocument(twice, vscode.ViewColumn.Beside);
    await diagnostics(twice);
    await offers(document, all);
    const host = vscode.extensions.getExtension("test.host");
    ok(host, "the extension that the tests belong to is not there");
    await vscode.commands.executeCommand(
      "workbench.extensions.installExtension",
      vscode.Uri.joinPath(host.extensionUri, "other.vsix"),
    );
    await until("the other extension", isThere);
    await offers(document, stagesOnly);
    await diagnostics(twice, (found) => found.length === 0);
    await set("on");
    await offers(document, all);
    await set(undefined);
    await offers(document, stagesOnly);
    await vscode.commands.executeCommand("workbench.extensions.uninstallExtension", other);
    await until("the other extension to be gone", () => !isThere());
    await offers(document, all);
    await diagnostics(twice);
  });
});
