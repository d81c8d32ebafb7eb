import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  FullDocumentDiagnosticReport,
  Range,
  TextDocumentEdit,
} from "vscode-languageserver/node";
import type { BuildsAnswer } from "../../server/src/protocol.ts";
import { Editor, project, watching, withFolder } from "./client.ts";

const uri = `${project}/api/Dockerfile`;
const text = "FROM alpine AS build\nRUN true\nFROM alpine AS web\nCOPY --from=biuld /a /a\nRUN true\n";

const dynamic: ClientCapabilities = {
  ...watching,
  textDocument: {
    ...watching.textDocument,
    synchronization: { dynamicRegistration: true },
    codeAction: { ...watching.textDocument?.codeAction, dynamicRegistration: true },
  },
};

describe("other files that mention builds, over stdio", () => {
  let editor: Editor;
  beforeEach(() => {
    editor = new Editor();
  });
  afterEach(() => editor.stopQuietly());

  const compose = `${project}/compose.yaml`;
  const composing = (target: string): string =>
    `services:\n  web:\n    build:\n      context: api\n      target: ${target}\n`;
  /** Waits for what is said about a file. */
  const said = async (about: string, expected: readonly string[]): Promise<readonly Diagnostic[]> => {
    const last = () => editor.published.findLast((params) => params.uri === about)?.diagnostics ?? [];
    await editor.until(
      () =>
        last()
          .map(({ message }) => typeof message === "string" && message)
          .join("\n") === expected.join("\n"),
    );
    return last();
  };
  const codes = async (): Promise<string[]> => {
    const params = { textDocument: { uri } };
    const { items } = await editor.request<FullDocumentDiagnosticReport>("textDocument/diagnostic", params);
    return items.map(({ code }) => String(code));
  };

  for (const searches of [true, false]) {
    it(`are found by the ${searches ? "editor's search" : "server's own"}, and told of stages that are not there`, async () => {
      editor.searches = searches;
      await editor.start(dynamic, { readsFiles: true }, [project]);
      editor.files!.set(uri, text);
      editor.files!.set(compose, composing("wbe"));
      editor.files!.set(`${project}/.gitignore`, "/made/\n");
      editor.files!.set(`${project}/made/api/compose.yaml`, composing("nothing").replace("api", "../../api"));
      editor.files!.set(`${project}/node_modules/a/compose.yaml`, composing("nothing").replace("api", "../../api"));
      await editor.open(uri, text);
      const [problem] = await said(compose, ["There is no stage 'wbe' in api/Dockerfile. Did you mean 'web'?"]);
      assert.deepEqual(problem!.range, { start: { line: 4, character: 14 }, end: { line: 4, character: 17 } });
      assert.equal(problem!.severity, 1);
      assert.ok(editor.published.every((params) => params.uri === compose));

      editor.files!.set(compose, composing("WEB"));
      await editor.changeFiles(compose);
      await said(compose, []);
      editor.files!.set(compose, composing("gone"));
      await editor.changeFiles(compose);
      await said(compose, ["There is no stage 'gone' in api/Dockerfile."]);
      editor.files!.delete(compose);
      await editor.changeFiles(compose);
      await said(compose, []);

      const script = `${project}/build.sh`;
      editor.files!.set(script, "cd api && docker build --target=biuld .\n");
      await editor.changeFiles(script);
      const [warning] = await said(script, ["There is no stage 'biuld' in api/Dockerfile. Did you mean 'build'?"]);
      assert.equal(warning!.severity, 2);
      editor.files!.set(`${project}/.gitignore`, "/made/\n*.sh\n");
      await editor.changeFiles(`${project}/.gitignore`);
      await said(script, []);
    });
  }

  it("count as they are in their editors, as the Dockerfile does, and have quick fixes", async () => {
    await editor.start(dynamic, { readsFiles: true }, [project]);
    editor.files!.set(uri, text);
    editor.files!.set(compose, composing("web"));
    await editor.open(compose, composing("web"), "yaml");
    assert.ok(!editor.registered.includes("textDocument/didOpen"));
    await editor.open(uri, text);
    for (const method of ["textDocument/didOpen", "textDocument/codeAction", "workspace/didChangeWatchedFiles"]) {
      while (!editor.registered.includes(method))
        await editor.request("dockerfileStages/graph", { textDocument: { uri } });
    }
    await editor.change(compose, composing("wbe"));
    const [problem] = await said(compose, ["There is no stage 'wbe' in api/Dockerfile. Did you mean 'web'?"]);
    const [fix] = await editor.request<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri: compose },
      range: problem!.range,
      context: { diagnostics: [problem] },
    });
    assert.equal(fix!.title, "Change to 'web'");
    const [change] = fix!.edit!.documentChanges as [TextDocumentEdit];
    assert.deepEqual(change, {
      textDocument: { uri: compose, version: 2 },
      edits: [{ range: problem!.range, newText: "web" }],
    });
    await editor.change(uri, text.replace("AS web", "AS wbe"));
    await said(compose, []);
    await editor.notify("textDocument/didClose", { textDocument: { uri: compose } });
    await editor.notify("textDocument/didClose", { textDocument: { uri } });
    await said(compose, []);
    assert.deepEqual(
      (await editor.request<CodeAction[]>("textDocument/codeAction", {
        textDocument: { uri: compose },
        range: problem!.range,
        context: { diagnostics: [] },
      })) ?? [],
      [],
    );
  });

  it("give names of contexts, so that these are no stages", async () => {
    await editor.start(dynamic, { readsFiles: true }, [project]);
    editor.files!.set(uri, text);
    await editor.open(uri, text);
    assert.ok((await codes()).includes("UnknownStage"));
    const bake = `${project}/docker-bake.hcl`;
    editor.files!.set(
      bake,
      `target "web" {\n  context = "api"\n  target = "web"\n  contexts = { biuld = "target:x" }\n}\n`,
    );
    const before = editor.refreshes;
    await editor.changeFiles(bake);
    await editor.until(() => editor.refreshes > before);
    // Other news may ask for a refresh, too.
    for (let i = 0; i < 100 && (await codes()).includes("UnknownStage"); i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(!(await codes()).includes("UnknownStage"));
  });

  it("are told to whoever asks how a Dockerfile is built", async () => {
    await editor.start(dynamic, { readsFiles: true }, [project]);
    const args = "ARG BASE=alpine\nARG VERSION\nARG BASE\n";
    editor.files!.set(uri, args + text);
    editor.files!.set(
      compose,
      "services:\n  web:\n    build: { context: ., dockerfile: api/Dockerfile, args: [A=1] }\n",
    );
    editor.files!.set(`${project}/build.sh`, 'docker build -f api/Dockerfile --build-arg A="$A" "$ROOT"\n');
    await editor.open(uri, args + text);
    const answer = await editor.request<BuildsAnswer>("dockerfileStages/builds", { textDocument: { uri } });
    const nothing = { target: null, contexts: {}, platforms: [], secrets: [], ssh: [] };
    const at = (line: number, character: number, end: number): Range => ({
      start: { line, character },
      end: { line, character: end },
    });
    assert.deepEqual(
      answer.builds.toSorted((a, b) => a.file.localeCompare(b.file)),
      [
        {
          ...nothing,
          uri: `${project}/build.sh`,
          file: "build.sh",
          range: at(0, 0, 57),
          name: "",
          context: null,
          args: {},
        },
        {
          ...nothing,
          uri: compose,
          file: "compose.yaml",
          range: { start: { line: 1, character: 2 }, end: { line: 3, character: 0 } },
          name: "web",
          context: ".",
          args: { A: "1" },
        },
      ],
    );
    assert.deepEqual(answer.args, [
      { name: "BASE", value: "alpine" },
      { name: "VERSION", value: null },
    ]);
    const other = "file:///elsewhere/Dockerfile";
    await editor.open(other, text);
    const empty = await editor.request<BuildsAnswer>("dockerfileStages/builds", { textDocument: { uri: other } });
    assert.deepEqual(empty, { builds: [], args: [] });
    const closed = { textDocument: { uri: `${project}/Dockerfile` } };
    assert.equal(await editor.request("dockerfileStages/builds", closed), null);
  });

  it("are kept where a mistake hides them, as they were before", async () => {
    await editor.start(dynamic, { readsFiles: true }, [project]);
    const bake = `${project}/docker-bake.hcl`;
    const good = `target "a" {\n  context = "api"\n}\ntarget "b" {\n  context = "api"\n  target = "nope"\n}\n`;
    editor.files!.set(uri, text);
    editor.files!.set(bake, good);
    await editor.open(uri, text);
    const [first] = await said(bake, ["There is no stage 'nope' in api/Dockerfile."]);
    assert.equal(first!.range.start.line, 5);
    await editor.open(bake, good, "hcl");
    await editor.change(bake, good.replace(`context = "api"`, `\n\n  context = "api`));
    await editor.until(
      () => editor.published.findLast((params) => params.uri === bake)?.diagnostics[0]?.range.start.line === 7,
    );
  });

  it("are read from the disk for editors that do not read them", async () => {
    await withFolder(async (file, uriOf) => {
      const own = uriOf("my api/Dockerfile");
      const other = uriOf("compose.yaml");
      writeFileSync(file("my api/Dockerfile"), text);
      writeFileSync(file("compose.yaml"), composing("wbe").replace("api", "my api"));
      await editor.start({}, {}, [uriOf("")]);
      await editor.open(own, text);
      await said(other, ["There is no stage 'wbe' in my api/Dockerfile. Did you mean 'web'?"]);
      writeFileSync(file("compose.yaml"), composing("web").replace("api", "my api"));
      await editor.notify("textDocument/didSave", { textDocument: { uri: own } });
      await said(other, []);
    });
  });
});
