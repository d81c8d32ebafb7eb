// Files that mention builds: to the stage and back, and names that change in all of them.
import * as vscode from "vscode";
import { api, closeEditors, equal, openFile, placeOf, shown, until } from "./support.ts";

const text = `FROM golang:1.25 AS build
ARG RELEASE=1
RUN go build -o /out/app .
FROM alpine:3
RUN --mount=type=bind,from=build,source=/out,target=/x cp /x/app /app
`;

const composed = "services:\n  web:\n    build:\n      context: .\n      target: build\n";
const scripted = "docker build --target=build --build-arg RELEASE=2 .\n";

describe("files that mention builds", () => {
  let document: vscode.TextDocument;
  let compose: vscode.TextDocument;
  let script: vscode.Uri;

  before(api);
  beforeEach(async () => {
    document = await openFile("Dockerfile", text);
    const beside = async (name: string, contents: string): Promise<vscode.Uri> => {
      const uri = vscode.Uri.joinPath(document.uri, "..", name);
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(contents));
      return uri;
    };
    script = await beside("build.sh", scripted);
    compose = await vscode.workspace.openTextDocument(await beside("compose.yaml", composed));
    await vscode.window.showTextDocument(compose, vscode.ViewColumn.Beside);
    await until("the files to be known", async () => (await references("AS bu<|>ild")).length === 4);
  });
  afterEach(closeEditors);

  const references = async (marked: string, from = document): Promise<vscode.Location[]> =>
    (await vscode.commands.executeCommand<vscode.Location[] | undefined>(
      "vscode.executeReferenceProvider",
      from.uri,
      placeOf(from, marked),
    )) ?? [];

  it("lead to the stage, whose references they are", async () => {
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      "vscode.executeDefinitionProvider",
      compose.uri,
      placeOf(compose, "target: bu<|>ild"),
    );
    equal(
      found.map((each) => shown(document, "targetUri" in each ? each.targetSelectionRange! : each.range)),
      ["FROM golang:1.25 AS [[build]]"],
    );
    const key = (places: readonly vscode.Location[]): string[] =>
      places.map(({ uri, range }) => `${uri.path} ${range.start.line}`).toSorted();
    equal(key(await references("target: bu<|>ild", compose)), key(await references("AS bu<|>ild")));
  });

  it("are offered the stages", async () => {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      compose.uri,
      placeOf(compose, "target: <|>build"),
    );
    const stages = items.filter(({ kind }) => kind === vscode.CompletionItemKind.Module);
    equal(
      stages.map(({ label }) => label),
      ["build"],
    );
  });

  it("change with a new name, mounts too, although another extension answers the editor's rename", async () => {
    const other = vscode.languages.registerRenameProvider(
      { language: "dockerfile" },
      { provideRenameEdits: () => new vscode.WorkspaceEdit() },
    );
    try {
      const place = placeOf(document, "AS bu<|>ild");
      equal(await vscode.commands.executeCommand("dockerfileStages.renameStage", document.uri, place, "compile"), true);
      equal(document.getText(), text.replace("AS build", "AS compile").replace("from=build", "from=compile"));
      equal(compose.getText(), composed.replace("target: build", "target: compile"));
      const changed = await vscode.workspace.openTextDocument(script);
      equal(changed.getText(), scripted.replace("target=build", "target=compile"));
      const arg = placeOf(document, "ARG REL<|>EASE");
      equal(await vscode.commands.executeCommand("dockerfileStages.renameStage", document.uri, arg, "GOAL"), true);
      equal(changed.getText(), "docker build --target=compile --build-arg GOAL=2 .\n");
      for (const each of [document, compose, changed]) await each.save();
    } finally {
      other.dispose();
    }
  });

  it("are left alone where a name is refused", async () => {
    const place = placeOf(document, "AS bu<|>ild");
    equal(await vscode.commands.executeCommand("dockerfileStages.renameStage", document.uri, place, "1st"), false);
    equal([document.getText(), compose.getText()], [text, composed]);
  });

  it("count in the call hierarchy; stages are found in the workspace", async () => {
    const [item] = await vscode.commands.executeCommand<vscode.CallHierarchyItem[]>(
      "vscode.prepareCallHierarchy",
      document.uri,
      placeOf(document, "AS bu<|>ild"),
    );
    const calls = await vscode.commands.executeCommand<vscode.CallHierarchyIncomingCall[]>(
      "vscode.provideIncomingCalls",
      item,
    );
    const names = calls.map(({ from }) => from.name.replace(/^.*\//, ""));
    equal(names.toSorted(), ["build.sh", "stage 1", "web"]);
    const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(
      "vscode.executeWorkspaceSymbolProvider",
      "stage: build",
    );
    equal(
      symbols.some(({ name, location }) => name === "Stage: build" && location.uri.path === document.uri.path),
      true,
    );
    const [range] = await vscode.commands.executeCommand<vscode.SelectionRange[]>(
      "vscode.executeSelectionRangeProvider",
      document.uri,
      [placeOf(document, "go bu<|>ild")],
    );
    equal(
      [range, range?.parent].map((each) => each && document.getText(each.range)),
      ["build", "go build -o /out/app ."],
    );
  });
});
