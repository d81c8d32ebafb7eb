import * as vscode from "vscode";
import {
  api,
  closeEditors,
  codeActions,
  diagnostics,
  equal,
  ok,
  openFile,
  ruleOf,
  save,
  titles,
  until,
} from "./support.ts";

const { Error: error, Hint: hint } = vscode.DiagnosticSeverity;

/** A stage that no build needs, and two of a name. */
const text =
  "FROM alpine AS tools\nRUN apk add git\nFROM alpine AS web\nRUN true\nFROM web AS web\nRUN apk add curl\nUSER web\n";

/** Waits until the document's findings are just these. */
function findings(
  document: vscode.TextDocument,
  expected: Record<string, vscode.DiagnosticSeverity>,
): Promise<vscode.Diagnostic[]> {
  const lines = (pairs: [rule: string, severity: vscode.DiagnosticSeverity][]): string =>
    pairs
      .map((pair) => pair.join(" "))
      .toSorted()
      .join("\n");
  const wanted = lines(Object.entries(expected));
  return diagnostics(document, (found) => lines(found.map((each) => [ruleOf(each), each.severity])) === wanted);
}

describe("the severities of rules", () => {
  const set = (name: string, value: unknown, section = "dockerfileStages"): Thenable<void> =>
    vscode.workspace.getConfiguration(section, null).update(name, value, vscode.ConfigurationTarget.Global);
  const asTheyAre = { UnusedStage: hint, DuplicateStageName: vscode.DiagnosticSeverity.Warning };

  before(api);
  afterEach(async () => {
    await closeEditors();
    await set("rules", undefined);
    await set("repeatedFindings", undefined);
  });

  it("change at once with the setting, off included", async () => {
    const document = await openFile("Dockerfile", text);
    await findings(document, asTheyAre);
    await set("rules", { UnusedStage: "error", DuplicateStageName: "off" });
    await findings(document, { UnusedStage: error });
    await set("rules", { UnusedStage: "off" });
    await findings(document, { DuplicateStageName: vscode.DiagnosticSeverity.Warning });
    await set("rules", undefined);
    await findings(document, asTheyAre);
  });

  it("stay as they are set when the server starts again", async () => {
    await set("rules", { UnusedStage: "error", DuplicateStageName: "off" });
    const document = await openFile("Dockerfile", text);
    await findings(document, { UnusedStage: error });
    await vscode.commands.executeCommand("dockerfileStages.restartServer");
    await findings(document, { UnusedStage: error });
  });

  it("are not those of what other extensions can show, where that is to be left out", async () => {
    const document = await openFile("Dockerfile", text);
    await findings(document, asTheyAre);
    await set("repeatedFindings", "hide");
    await findings(document, { UnusedStage: hint });
    await set("rules", { DuplicateStageName: "error" });
    await findings(document, { UnusedStage: hint, DuplicateStageName: error });
  });
});

describe("ignoring a rule", () => {
  before(api);
  afterEach(closeEditors);

  it("is offered behind the fixes, and says so at the top of the file", async () => {
    const document = await openFile("Dockerfile", `# syntax=docker/dockerfile:1\n${text}`);
    const [found] = await diagnostics(document, (all) => all.some((each) => ruleOf(each) === "UnusedStage"));
    ok(found, "nothing was found");
    const fixes = await codeActions(document, found.range, vscode.CodeActionKind.QuickFix);
    equal(titles(fixes), ["Remove stage 'tools'", "Ignore UnusedStage in this file"]);
    ok(!fixes[1]!.isPreferred && fixes[1]!.edit, "it is preferred, or has no edit");
    equal(await vscode.workspace.applyEdit(fixes[1]!.edit), true);
    equal(document.getText(), `# syntax=docker/dockerfile:1\n# check=skip=UnusedStage\n${text}`);
    await diagnostics(document, (all) => all.every((each) => ruleOf(each) !== "UnusedStage"));
  });
});

describe("all safe fixes", () => {
  const set = (value: unknown): Thenable<void> =>
    vscode.workspace
      .getConfiguration("editor", null)
      .update("codeActionsOnSave", value, vscode.ConfigurationTarget.Global);
  const broken = "ARG RELEASE=1\nFROM alpine AS a\n# Says it.\nRUN echo $RELEASE\nFROM a\nCOPY --from=a /x /x\n";
  const mended = broken.replace("AS a\n", "AS a\nARG RELEASE\n");

  before(api);
  afterEach(async () => {
    await closeEditors();
    await set(undefined);
  });

  for (const kind of ["source.fixAll", "source.fixAll.dockerfileStages"]) {
    it(`are made when the file is saved, where the user has asked for ${kind}`, async () => {
      await set({ [kind]: "explicit" });
      const document = await openFile("Dockerfile", broken);
      await diagnostics(document);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, document.positionAt(broken.length), "\n");
      await vscode.workspace.applyEdit(edit);
      equal(await save(document), `${mended}\n`);
    });
  }

  it("are made by the editor's own command", async () => {
    const document = await openFile("Dockerfile", broken);
    await diagnostics(document);
    // The editor learns a moment after it is shown that there are such fixes, and ignores the command before.
    await until("the fixes", async () => {
      await vscode.commands.executeCommand("editor.action.fixAll");
      return document.getText() === mended;
    });
  });
});
