import * as vscode from "vscode";
import { api, closeEditors, diagnostics, openFile, ruleOf } from "./support.ts";

const text = "FROM alpine AS tools\nRUN apk add git\nFROM alpine\nRUN true\n";

describe("the files beside a Dockerfile", () => {
  const beside = (document: vscode.TextDocument, name: string): vscode.Uri =>
    vscode.Uri.joinPath(document.uri, "..", name);
  const write = (uri: vscode.Uri, contents: string): Thenable<void> =>
    vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(contents));
  const speaks = (document: vscode.TextDocument): Promise<unknown> =>
    diagnostics(document, (found) => found.some((each) => ruleOf(each) === "UnusedStage"));
  const isQuiet = (document: vscode.TextDocument): Promise<unknown> =>
    diagnostics(document, (found) => found.every((each) => ruleOf(each) !== "UnusedStage"));

  before(api);
  afterEach(closeEditors);

  it("count when they come, change and go on the disk", async () => {
    const document = await openFile("Dockerfile", text);
    await speaks(document);
    const compose = beside(document, "compose.yaml");
    await write(compose, "services:\n  tools:\n    build:\n      context: .\n      target: tools\n");
    await isQuiet(document);
    await write(compose, "services:\n  tools:\n    build:\n      context: .\n");
    await speaks(document);
    await write(beside(document, "build.sh"), "docker build --target=tools .\n");
    await isQuiet(document);
    await vscode.workspace.fs.delete(beside(document, "build.sh"));
    await speaks(document);
  });

  it("count as they are in their editors", async () => {
    const document = await openFile("Dockerfile", text);
    const uri = beside(document, "compose.yaml");
    await write(uri, "# nothing yet\n");
    await speaks(document);
    const compose = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(compose, { viewColumn: vscode.ViewColumn.Beside });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), "target: tools\n");
    await vscode.workspace.applyEdit(edit);
    await isQuiet(document);
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await speaks(document);
  });
});
