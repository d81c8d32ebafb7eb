// Beside an extension that offers the general features itself. Only an extension host on Node can install one meanwhile.
import * as vscode from "vscode";
import { all, offers, stagesOnly, text } from "./general-features.ts";
import { api, closeEditors, ok, openFile, until } from "./support.ts";

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

  it("the general features are left to it from when it is installed until it is gone, unless they are on", async () => {
    const document = await openFile("Dockerfile", text);
    await offers(document, all);
    const host = vscode.extensions.getExtension("test.host");
    ok(host, "the extension that the tests belong to is not there");
    await vscode.commands.executeCommand(
      "workbench.extensions.installExtension",
      vscode.Uri.joinPath(host.extensionUri, "other.vsix"),
    );
    await until("the other extension", isThere);
    await offers(document, stagesOnly);
    await set("on");
    await offers(document, all);
    await set(undefined);
    await offers(document, stagesOnly);
    await vscode.commands.executeCommand("workbench.extensions.uninstallExtension", other);
    await until("the other extension to be gone", () => !isThere());
    await offers(document, all);
  });
});
