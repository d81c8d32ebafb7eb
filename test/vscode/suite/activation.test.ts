import * as vscode from "vscode";
import { api, closeEditors, diagnostics, equal, extensionId, ok, openFile, openSample, until } from "./support.ts";

const wrong = "FROM alpine\nCOPY --from=7 /a /b\n";

describe("activation", () => {
  after(closeEditors);

  it("waits for a Dockerfile", async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    ok(extension, "the extension is not installed");
    const { languageId, uri } = await openSample("node-api/package.json");
    equal(languageId, "json");
    // What the file activates is active when the editor has asked about it.
    await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, new vscode.Position(0, 0));
    equal(extension.isActive, false);
    const document = await openSample("multi-stage/Dockerfile");
    equal(document.languageId, "dockerfile");
    await until("activation", () => extension.isActive);
    const exported = await api();
    equal(exported.serverState(), "running");
  });

  for (const name of ["Dockerfile", "Containerfile", "Dockerfile.dev", "web.dockerfile"]) {
    it(`reads a file called ${name}`, async () => {
      const document = await openFile(name, wrong);
      equal(document.languageId, "dockerfile");
      const [found] = await diagnostics(document);
      equal(document.getText(found!.range), "7");
    });
  }

  it("reads an untitled Dockerfile", async () => {
    const document = await vscode.workspace.openTextDocument({ language: "dockerfile", content: wrong });
    await vscode.window.showTextDocument(document);
    equal(document.isUntitled, true);
    const [found] = await diagnostics(document);
    equal(document.getText(found!.range), "7");
  });

  it("reads a file whose language becomes Dockerfile, and forgets it afterwards", async () => {
    const document = await vscode.workspace.openTextDocument({ language: "plaintext", content: wrong });
    await vscode.window.showTextDocument(document);
    const dockerfile = await vscode.languages.setTextDocumentLanguage(document, "dockerfile");
    await diagnostics(dockerfile);
    const text = await vscode.languages.setTextDocumentLanguage(dockerfile, "plaintext");
    await diagnostics(text, (found) => found.length === 0);
  });

  it("starts its server again on command", async () => {
    const document = await openFile("Dockerfile", wrong);
    const exported = await api();
    await diagnostics(document);
    const states: string[] = [];
    const listening = exported.onDidChangeServerState((state) => states.push(state));
    await vscode.commands.executeCommand("dockerfileStages.restartServer");
    listening.dispose();
    equal(states, ["starting", "running"]);
    await diagnostics(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.positionAt(wrong.length), "COPY --from=8 /c /d\n");
    await vscode.workspace.applyEdit(edit);
    // Two and not three: what the old server said is gone.
    await diagnostics(document, (found) => found.length === 2);
  });
});
