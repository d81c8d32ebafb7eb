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
  titles,
  type,
} from "./support.ts";

/** Waits until exactly these rules speak, in any order; the first of each name is in the result. */
async function rules(document: vscode.TextDocument, ...names: string[]): Promise<Record<string, vscode.Diagnostic>> {
  const wanted = names.toSorted().join();
  const found = await diagnostics(document, (all) => all.map(ruleOf).toSorted().join() === wanted);
  return Object.fromEntries(found.toReversed().map((each) => [ruleOf(each), each]));
}

describe("diagnostics", () => {
  before(api);
  afterEach(closeEditors);

  it("come while a line is typed, and go when it is right", async () => {
    const { document, editor } = await openText(
      "FROM golang:1.25 AS builder\nRUN go build -o /app .\nFROM alpine:3\n<|>",
    );
    await type("COPY --from=bulder /app /app");
    const { UnknownStage: found } = await rules(document, "UnknownStage");
    equal(shown(document, found!.range), "COPY --from=[[bulder]] /app /app");
    equal(found!.severity, vscode.DiagnosticSeverity.Warning);
    ok(found!.message.includes("Did you mean the stage 'builder'?"), found!.message);
    const place = placeOf(document, "--from=bu<|>lder");
    editor.selection = new vscode.Selection(place, place);
    await type("i");
    equal(document.lineAt(3).text, "COPY --from=builder /app /app");
    await rules(document);
  });

  it("have a fix where it is certain, which is on the disk when the file is saved", async () => {
    const document = await openCopy("mistakes/Dockerfile");
    const before = document.getText();
    const { UnknownStage: found } = await rules(document, "UnknownStage", "ArgNotInScope", "UnusedStage");
    const fixes = await codeActions(document, found!.range, vscode.CodeActionKind.QuickFix);
    equal(titles(fixes), ["Change to 'builder'", "Ignore UnknownStage in this file"]);
    ok(fixes[0]!.edit, "the fix has no edit");
    equal(await vscode.workspace.applyEdit(fixes[0]!.edit), true);
    equal(await save(document), before.replace("--from=bulder", "--from=builder"));
    await rules(document, "ArgNotInScope", "UnusedStage");
  });

  it("say what to declare where a build arg is not seen", async () => {
    const document = await openCopy("mistakes/Dockerfile");
    const all = await rules(document, "UnknownStage", "ArgNotInScope", "UnusedStage");
    const [fix] = await codeActions(document, all["ArgNotInScope"]!.range, vscode.CodeActionKind.QuickFix);
    ok(fix?.edit, "there is no fix");
    await vscode.workspace.applyEdit(fix.edit);
    await rules(document, "UnknownStage", "UnusedStage");
    const text = document.getText();
    ok(text.indexOf("ARG RELEASE\n") > text.lastIndexOf("FROM "), text);
  });

  it("fade what no build needs", async () => {
    const text = "FROM alpine AS tools\nRUN apk add git\nFROM alpine\nRUN true\n";
    const document = await openFile("Dockerfile", text);
    const { UnusedStage: found } = await rules(document, "UnusedStage");
    equal(shown(document, found!.range), "[[FROM alpine AS tools\nRUN apk add git]]");
    equal(found!.severity, vscode.DiagnosticSeverity.Hint);
    equal(found!.tags, [vscode.DiagnosticTag.Unnecessary]);
  });

  it("offer no fix where there are several ways out, and lead to the other place", async () => {
    const document = await openFile("Dockerfile", "FROM alpine\nCOPY --from=later /a /b\nFROM alpine AS later\n");
    const all = await rules(document, "LaterStageReference");
    const found = all["LaterStageReference"]!;
    equal(found.severity, vscode.DiagnosticSeverity.Error);
    equal(
      found.relatedInformation?.map(({ location, message }) => [shown(document, location.range), message]),
      [["FROM alpine AS [[later]]", "It is defined here."]],
    );
    equal(titles(await codeActions(document, found.range, vscode.CodeActionKind.QuickFix)), []);
  });

  it("are left out where the file says so", async () => {
    const text =
      "# check=skip=UnknownStage\nFROM alpine AS builder\nFROM alpine\nCOPY --from=bulder /a /b\nCOPY --from=5 /a /b\n";
    const document = await openFile("Dockerfile", text);
    await rules(document, "StageIndexOutOfRange");
    const edit = new vscode.WorkspaceEdit();
    edit.delete(document.uri, document.lineAt(0).rangeIncludingLineBreak);
    await vscode.workspace.applyEdit(edit);
    await rules(document, "StageIndexOutOfRange", "UnknownStage");
  });

  it("go with the file", async () => {
    const document = await openFile("Dockerfile", "FROM alpine\nCOPY --from=3 /a /b\n");
    await rules(document, "StageIndexOutOfRange");
    await closeEditors();
    await diagnostics(document, (all) => all.length === 0);
  });
});
