import assert from "node:assert/strict";
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  ClientCapabilities,
  CompletionItem,
  Hover,
  Location,
  LocationLink,
  SelectionRange,
  TextDocumentEdit,
  WorkspaceEdit,
  WorkspaceSymbol,
} from "vscode-languageserver/node";
import { Editor, project, watching } from "./client.ts";

const dockerfile = `${project}/api/Dockerfile`;
const compose = `${project}/compose.yaml`;
const script = `${project}/build.sh`;
const text = "FROM alpine AS build\nRUN true\nFROM alpine AS web\nCOPY --from=build /a /a\n";
const composed = "services:\n  web:\n    build:\n      context: api\n      target: build\n";
const scripted = "docker build --target build api\n";

const dynamic: ClientCapabilities = {
  ...watching,
  textDocument: {
    ...watching.textDocument,
    synchronization: { dynamicRegistration: true },
    definition: { linkSupport: true, dynamicRegistration: true },
    references: { dynamicRegistration: true },
    hover: { dynamicRegistration: true },
    completion: { dynamicRegistration: true },
    rename: { prepareSupport: true, dynamicRegistration: true },
  },
};

describe("moving between files, over stdio", () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = new Editor();
    await editor.start(dynamic, { readsFiles: true }, [project]);
    editor.files!.set(dockerfile, text);
    editor.files!.set(compose, composed);
    editor.files!.set(script, scripted);
    editor.files!.set(`${project}/other/Dockerfile`, "FROM debian AS lint\n");
    await editor.open(dockerfile, text);
  });
  afterEach(() => editor.stopQuietly());

  const openOther = (uri: string, languageId: string, content: string) =>
    editor.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 7, text: content } });
  const at = (uri: string, line: number, character: number) => ({
    textDocument: { uri },
    position: { line, character },
  });
  const short = ({ uri, range }: Location): string =>
    `${uri.slice(project.length + 1)}:${range.start.line}:${range.start.character}`;
  const everywhere = ["api/Dockerfile:0:15", "api/Dockerfile:3:12", "build.sh:0:22", "compose.yaml:4:14"];

  it("references are the same from all files that are open", async () => {
    await openOther(compose, "yaml", composed);
    for (const place of [at(dockerfile, 0, 16), at(dockerfile, 3, 13), at(compose, 4, 15)]) {
      const params = { ...place, context: { includeDeclaration: true } };
      const found = await editor.request<Location[]>("textDocument/references", params);
      assert.deepEqual(found.map(short).toSorted(), everywhere);
    }
  });

  it("a target leads to its stage, has its hover, and is completed", async () => {
    await openOther(compose, "yaml", composed);
    const [link] = await editor.request<LocationLink[]>("textDocument/definition", at(compose, 4, 15));
    assert.equal(short({ uri: link!.targetUri, range: link!.targetSelectionRange }), "api/Dockerfile:0:15");
    const hover = await editor.request<Hover>("textDocument/hover", at(compose, 4, 15));
    assert.match(JSON.stringify(hover.contents), /build/);
    assert.deepEqual(hover.range, { start: { line: 4, character: 14 }, end: { line: 4, character: 19 } });
    const items = await editor.request<CompletionItem[]>("textDocument/completion", at(compose, 4, 14));
    assert.deepEqual(
      items.map(({ label }) => label),
      ["web", "build"],
    );
    assert.equal(await editor.request("textDocument/hover", at(compose, 1, 3)), null);
    assert.deepEqual(await editor.request("textDocument/completion", at(compose, 3, 15)), []);
  });

  for (const [name, place] of [
    ["the Dockerfile", at(dockerfile, 0, 16)],
    ["another file", at(compose, 4, 15)],
  ] as const) {
    it(`a rename from ${name} changes all files, open ones by their versions`, async () => {
      await openOther(compose, "yaml", composed);
      assert.ok(await editor.request("textDocument/prepareRename", place));
      const edit = await editor.request<WorkspaceEdit>("textDocument/rename", { ...place, newName: "compile" });
      const changes = (edit.documentChanges ?? []) as TextDocumentEdit[];
      const shown = changes.map(
        ({ textDocument: { uri, version }, edits }) => `${uri} ${String(version)} ${edits.length}`,
      );
      assert.deepEqual(shown.toSorted(), [`${dockerfile} 1 2`, `${script} null 1`, `${compose} 7 1`]);
    });
  }

  it("what is typed in another file counts at once", async () => {
    await openOther(compose, "yaml", composed.replace("target: build", "target: web"));
    const params = { ...at(dockerfile, 0, 16), context: { includeDeclaration: false } };
    const found = await editor.request<Location[]>("textDocument/references", params);
    assert.deepEqual(found.map(short).toSorted(), ["api/Dockerfile:3:12", "build.sh:0:22"]);
    const [link] = await editor.request<LocationLink[]>("textDocument/definition", at(compose, 4, 15));
    assert.equal(short({ uri: link!.targetUri, range: link!.targetSelectionRange }), "api/Dockerfile:2:15");
  });

  it("is offered in other files when there is a Dockerfile", async () => {
    for (const method of ["definition", "references", "hover", "completion", "rename"]) {
      while (!editor.registered.includes(`textDocument/${method}`))
        await editor.request("dockerfileStages/graph", { textDocument: { uri: dockerfile } });
    }
  });

  it("finds stages of all Dockerfiles, who uses a stage, and growing selections", async () => {
    // References wait until all files are read.
    await editor.request("textDocument/references", {
      ...at(dockerfile, 0, 16),
      context: { includeDeclaration: true },
    });
    const symbols = await editor.request<WorkspaceSymbol[]>("workspace/symbol", { query: "" });
    assert.deepEqual(symbols.map(({ name, containerName }) => `${name} — ${containerName}`).toSorted(), [
      "Stage: build — api/Dockerfile",
      "Stage: lint — other/Dockerfile",
      "Stage: web — api/Dockerfile",
    ]);
    const some = await editor.request<WorkspaceSymbol[]>("workspace/symbol", { query: "lint" });
    assert.deepEqual(
      some.map(({ name }) => name),
      ["Stage: lint"],
    );
    const [item] = await editor.request<CallHierarchyItem[]>(
      "textDocument/prepareCallHierarchy",
      at(dockerfile, 0, 16),
    );
    const calls = await editor.request<CallHierarchyIncomingCall[]>("callHierarchy/incomingCalls", { item });
    assert.deepEqual(calls.map(({ from }) => from.name).toSorted(), ["build.sh", "web", "web"]);
    const [range] = await editor.request<SelectionRange[]>("textDocument/selectionRange", {
      textDocument: { uri: dockerfile },
      positions: [{ line: 3, character: 14 }],
    });
    assert.deepEqual(range!.range, { start: { line: 3, character: 12 }, end: { line: 3, character: 17 } });
  });
});

describe("moving between files beside Docker DX, over stdio", () => {
  let editor: Editor;
  beforeEach(() => {
    editor = new Editor();
  });
  afterEach(() => editor.stopQuietly());

  it("leaves to it what it offers in Compose and Bake files", async () => {
    await editor.start(dynamic, { readsFiles: true, otherTools: ["docker-dx"] }, [project]);
    const bake = `${project}/docker-bake.json`;
    const baked = '{ "target": { "app": { "context": "api", "target": "build" } } }';
    const files = new Map([
      [dockerfile, text],
      [compose, composed],
      [script, scripted],
      [bake, baked],
    ]);
    for (const [uri, content] of files) editor.files!.set(uri, content);
    await editor.open(dockerfile, text);
    for (const [uri, content] of [...files].slice(1))
      await editor.notify("textDocument/didOpen", {
        textDocument: { uri, languageId: "other", version: 1, text: content },
      });
    const ask = async (method: string, uri: string): Promise<number> => {
      const content = files.get(uri)!;
      const before = content.slice(0, content.lastIndexOf("build")).split("\n");
      const position = { line: before.length - 1, character: before.at(-1)!.length };
      return (await editor.request<unknown[]>(`textDocument/${method}`, { textDocument: { uri }, position })).length;
    };
    assert.deepEqual(await Promise.all([compose, bake, script].map((uri) => ask("completion", uri))), [0, 0, 2]);
    assert.deepEqual(await Promise.all([compose, bake].map((uri) => ask("definition", uri))), [1, 0]);
  });
});
