import * as vscode from "vscode";
import type { Api } from "../../../client/src/extension.ts";
import { api, closeEditors, equal, openFile, openSample, openText, placeOf, shown, type, until } from "./support.ts";

const panels = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("dockerfileStages.graph"),
    );

describe("the stage graph", () => {
  let extension: Api;
  before(async () => {
    extension = await api();
  });
  afterEach(closeEditors);

  /** Waits until the graph that is shown is that of the document as it is now, and returns its nodes' labels. */
  const labels = (document: vscode.TextDocument): Promise<string[]> =>
    until(`the graph of ${document.uri.path}`, () => {
      const graph = extension.shownGraph();
      if (graph?.uri !== document.uri.toString() || graph.version !== document.version) return undefined;
      return graph.nodes.map(({ label }) => label);
    });

  it("opens beside the editor, with a node per stage and image and an edge per reference", async () => {
    const document = await openSample("multi-stage/Dockerfile");
    await vscode.commands.executeCommand("dockerfileStages.showGraph");
    equal(await labels(document), ["base", "deps", "build", "test", "stage 4", "node:${NODE_VERSION}-bookworm-slim"]);
    const panel = await until("the panel", () => panels()[0]);
    equal(panel.label, "Stages: Dockerfile");
    equal(panel.group.viewColumn, vscode.ViewColumn.Two);
    equal(vscode.window.activeTextEditor?.document === document, true);
    const { nodes, edges } = extension.shownGraph()!;
    const name = (id: string): string => nodes.find((node) => node.id === id)!.label;
    equal(
      edges.map(({ from, to, kind }) => `${kind} ${name(from)} ← ${name(to)}`),
      [
        "from base ← node:${NODE_VERSION}-bookworm-slim",
        "from deps ← base",
        "from build ← deps",
        "from test ← deps",
        "from stage 4 ← base",
        "mount stage 4 ← build",
        "copy stage 4 ← deps",
        "copy stage 4 ← build",
        "copy stage 4 ← build",
      ],
    );
    const range = ({ start, end }: (typeof nodes)[number]["range"]): string =>
      shown(document, new vscode.Range(start.line, start.character, end.line, end.character));
    equal(range(nodes[2]!.range), "FROM deps AS [[build]]");
    equal(range(edges[6]!.range), "COPY --from=[[1]] /app/package.json ./");
  });

  it("follows what is typed", async () => {
    const { document } = await openText("FROM alpine:3 AS first\nRUN true\n<|>");
    await vscode.commands.executeCommand("dockerfileStages.showGraph");
    equal(await labels(document), ["first", "alpine:3"]);
    await vscode.window.showTextDocument(document);
    await type("FROM debian:13 AS second\n");
    equal(await labels(document), ["first", "second", "alpine:3", "debian:13"]);
  });

  it("follows the active Dockerfile, in the one panel", async () => {
    const first = await openFile("Dockerfile", "FROM alpine:3 AS first\n");
    await vscode.commands.executeCommand("dockerfileStages.showGraph");
    equal(await labels(first), ["first", "alpine:3"]);
    const second = await openFile("Containerfile", "FROM alpine:3 AS second\n");
    equal(await labels(second), ["second", "alpine:3"]);
    await vscode.commands.executeCommand("dockerfileStages.showGraph");
    await until(
      "one panel with the new title",
      () =>
        panels()
          .map(({ label }) => label)
          .join() === "Stages: Containerfile",
    );
  });

  it("is forgotten with its panel", async () => {
    const document = await openFile("Dockerfile", "FROM alpine:3 AS first\n");
    await vscode.commands.executeCommand("dockerfileStages.showGraph");
    await labels(document);
    const panel = await until("the panel", () => panels()[0]);
    await vscode.window.tabGroups.close(panel);
    await until("no graph", () => extension.shownGraph() === null);
  });

  describe("its menus", () => {
    const act = (name: string, document: vscode.TextDocument, node: string): Thenable<unknown> =>
      vscode.commands.executeCommand(`dockerfileStages.stage.${name}`, { uri: document.uri.toString(), node });

    it("go to a stage, and to an image", async () => {
      const { document } = await openText("FROM alpine:3 AS first\nRUN true\nFROM first AS last\n<|>");
      await act("reveal", document, "stage:1");
      equal(vscode.window.activeTextEditor?.selection.active, placeOf(document, "first AS <|>last"));
      await act("reveal", document, "image:alpine:3");
      equal(vscode.window.activeTextEditor?.selection.active, placeOf(document, "FROM <|>alpine"));
    });

    it("remove a stage with the comment above it, and nothing that is needed or counted", async () => {
      const text =
        "FROM alpine:3 AS a\n\n# Some tools.\nFROM alpine:3 AS tools\nRUN true\n\nFROM alpine:3 AS b\nFROM a\n";
      const { document } = await openText(`${text}COPY --from=2 /x /y\n`);
      await act("remove", document, "stage:0");
      await act("remove", document, "stage:1");
      equal(document.getText(), `${text}COPY --from=2 /x /y\n`);
      const { document: other } = await openText(text);
      await act("remove", other, "stage:1");
      equal(other.getText(), "FROM alpine:3 AS a\n\nFROM alpine:3 AS b\nFROM a\n");
    });

    it("do nothing with what is not theirs", async () => {
      for (const place of [undefined, null, 7, {}, { uri: 7, node: "stage:0" }, { uri: "file:///x" }]) {
        for (const name of ["reveal", "references", "rename", "split", "remove", "build", "copyMermaid"]) {
          await vscode.commands.executeCommand(`dockerfileStages.stage.${name}`, place);
        }
      }
    });
  });
});
