import * as vscode from "vscode";
import { api, closeEditors, codeActions, diagnostics, equal, ok, openFile, ruleOf, save, shown } from "./support.ts";

/** `tools` is for a build of its own, or for none. */
const text = "FROM alpine AS tools\nRUN apk add git\nFROM alpine\nRUN true\n";

const copying = "FROM alpine:3\nCOPY secret.txt /srv/\n";

describe("the files beside a Dockerfile", () => {
  const beside = (document: vscode.TextDocument, name: string): vscode.Uri =>
    vscode.Uri.joinPath(document.uri, "..", name);
  const write = (uri: vscode.Uri, contents: string): Thenable<void> =>
    vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(contents));
  const speaks = (document: vscode.TextDocument, rule = "UnusedStage"): Promise<unknown> =>
    diagnostics(document, (found) => found.some((each) => ruleOf(each) === rule));
  const isQuiet = (document: vscode.TextDocument, rule = "UnusedStage"): Promise<unknown> =>
    diagnostics(document, (found) => found.every((each) => ruleOf(each) !== rule));

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

  it("say what the build context leaves out, each Dockerfile's own file first", async () => {
    const document = await openFile("api.dockerfile", copying);
    await isQuiet(document, "CopyIgnoredFile");
    await write(beside(document, ".dockerignore"), "*.txt\n");
    await speaks(document, "CopyIgnoredFile");
    await write(beside(document, "api.dockerfile.dockerignore"), "*.log\n");
    await isQuiet(document, "CopyIgnoredFile");
  });

  it("that build it are told of stages that it does not have, wherever they lie, and can be mended", async () => {
    const document = await openFile("Dockerfile", "FROM alpine:3 AS build\nRUN true\nFROM alpine:3 AS web\nRUN true\n");
    const folderName = document.uri.path.split("/").at(-2)!;
    const bake = beside(document, "../docker-bake.hcl");
    const building = (target: string): string =>
      `target "web" {\n  context = "scratch/${folderName}"\n  target = "${target}"\n}\n`;
    await write(bake, building("wbe"));
    const other = await vscode.workspace.openTextDocument(bake);
    const [found] = await diagnostics(other);
    equal(shown(other, found!.range), `  target = "[[wbe]]"`);
    const [action] = await codeActions(other, found!.range, vscode.CodeActionKind.QuickFix);
    ok(action?.edit, "there is a quick fix with an edit");
    equal(action.title, "Change to 'web'");
    await vscode.workspace.applyEdit(action.edit);
    equal(other.getText(), building("web"));
    await diagnostics(other, (items) => items.length === 0);
    await save(other);
    await vscode.workspace.fs.delete(bake);
  });

  it("count as they are in their editors", async () => {
    const document = await openFile("Dockerfile", copying);
    const uri = beside(document, ".dockerignore");
    await write(uri, "# Nothing yet.\n");
    await isQuiet(document, "CopyIgnoredFile");
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), vscode.ViewColumn.Beside);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), "secret.txt\n");
    await vscode.workspace.applyEdit(edit);
    await speaks(document, "CopyIgnoredFile");
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await isQuiet(document, "CopyIgnoredFile");
  });
});
