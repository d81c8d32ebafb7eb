import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type {
  CodeAction,
  Diagnostic,
  FullDocumentDiagnosticReport,
  TextDocumentEdit,
  TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { SplitAnswer } from "../../server/src/protocol.ts";
import { Editor, modern, project, watching, withFolder } from "./client.ts";

const uri = `${project}/api/Dockerfile`;

/** `tools` is unused, and the name appears twice. */
const text = `FROM alpine AS tools
RUN apk add git
FROM alpine AS web
RUN true
FROM web AS web
RUN true
`;
const both = ["DuplicateStageName", "UnusedStage"];

const codes = (items: readonly Diagnostic[]): string[] =>
  [...new Set(items.map(({ code }) => String(code)))].toSorted();

async function pull(editor: Editor, previousResultId?: string): Promise<FullDocumentDiagnosticReport> {
  return editor.request("textDocument/diagnostic", { textDocument: { uri }, previousResultId });
}

async function pulled(editor: Editor): Promise<string[]> {
  return codes((await pull(editor)).items);
}

describe("settings over stdio", () => {
  let editor: Editor;
  beforeEach(() => {
    editor = new Editor();
  });
  afterEach(async () => assert.equal(await editor.stop(), 0));

  it("decide from the start how much a finding matters, and change it at once", async () => {
    await editor.start(modern, { rules: { UnusedStage: "warning", DuplicateStageName: "off" } });
    await editor.open(uri, text);
    const first = await pull(editor);
    assert.deepEqual(
      first.items.map(({ code, severity }) => [code, severity]),
      [["UnusedStage", 2]],
    );
    const same = await editor.request<{ kind: string }>("textDocument/diagnostic", {
      textDocument: { uri },
      previousResultId: first.resultId,
    });
    assert.equal(same.kind, "unchanged");
    await editor.notify("dockerfileStages/configure", { rules: { UnusedStage: "error" } });
    await editor.until(() => editor.refreshes === 1);
    const second = await pull(editor, first.resultId);
    assert.deepEqual(codes(second.items), both);
    assert.equal(second.items.find(({ code }) => code === "UnusedStage")!.severity, 1);
    assert.deepEqual(editor.logged, []);
  });

  it("may differ from folder to folder", async () => {
    await editor.start(modern, {
      rules: { UnusedStage: "off" },
      folders: [
        { uri: "file:///project", rules: { DuplicateStageName: "off" } },
        { uri: "file:///project/api/", rules: { UnusedStage: "off", DuplicateStageName: "off" } },
        { uri: "file:///project/api/Docker", rules: {} },
      ],
    });
    await editor.open(uri, text);
    assert.deepEqual(await pulled(editor), []);
  });

  it("are ignored where they say nothing, which is logged in one line", async () => {
    await editor.start(modern, {
      rules: { UnusedStage: "loud", NoSuchRule: "off", DuplicateStageName: "off" },
      repeatedFindings: 7,
      languageFeatures: null,
    });
    await editor.open(uri, text);
    assert.deepEqual(await pulled(editor), ["UnusedStage"]);
    assert.deepEqual(editor.logged, [
      `Ignored in the settings: repeatedFindings is 7; the severity of UnusedStage is "loud"; there is no rule "NoSuchRule".`,
    ]);
    for (const wrong of [[], "off", 3, null, { rules: [] }, { folders: [3, {}] }, { otherTools: "containers" }]) {
      await editor.notify("dockerfileStages/configure", wrong);
      assert.deepEqual(await pulled(editor), both);
    }
  });

  it("come from other editors, too, and are sent again where the editor does not ask", async () => {
    await editor.start({}, null);
    await editor.open(uri, text);
    assert.deepEqual(codes((await editor.diagnosticsOf(uri, 1)).diagnostics), both);
    const configure = (settings: unknown) => editor.notify("workspace/didChangeConfiguration", { settings });
    await configure({ dockerfileStages: { rules: { UnusedStage: "off" } } });
    await editor.diagnosticsOf(uri, 1, ({ diagnostics }) => codes(diagnostics).join() === "DuplicateStageName");
    await configure(null);
    await configure({ somethingElse: {} });
    await configure({ dockerfileStages: { rules: { DuplicateStageName: "off" } } });
    await editor.diagnosticsOf(uri, 1, ({ diagnostics }) => codes(diagnostics).join() === "UnusedStage");
    assert.ok(editor.published.every(({ diagnostics }) => diagnostics.length > 0));
  });

  it("leave out what another tool shows, unless they name the rule", async () => {
    await editor.start(modern, { otherTools: ["containers"] });
    await editor.open(uri, text);
    assert.deepEqual(await pulled(editor), ["UnusedStage"]);
    const shown = async (options: unknown): Promise<string[]> => {
      await editor.notify("dockerfileStages/configure", options);
      return pulled(editor);
    };
    assert.deepEqual(await shown({ otherTools: ["docker-dx"] }), ["UnusedStage"]);
    assert.deepEqual(await shown({ otherTools: ["something else"] }), both);
    assert.deepEqual(await shown({ otherTools: ["containers"], repeatedFindings: "show" }), both);
    assert.deepEqual(await shown({ repeatedFindings: "hide" }), ["UnusedStage"]);
    const named = { rules: { DuplicateStageName: "warning" } };
    assert.deepEqual(await shown({ ...named, repeatedFindings: "hide" }), both);
  });
});

describe("files beside a Dockerfile, over stdio", () => {
  let editor: Editor;
  beforeEach(() => {
    editor = new Editor();
  });
  afterEach(() => editor.stopQuietly());

  const compose = `${project}/compose.yaml`;

  it("are read by the editor in the background, and again when they change", async () => {
    await editor.start(watching, { readsFiles: true }, [project]);
    assert.deepEqual(await pulled(editor), []);
    assert.ok(editor.registered.includes("workspace/didChangeWatchedFiles"));
    editor.files!.set(compose, "target: tools\n");
    editor.files!.set(`${project}/api/main.go`, "target: web\n");
    await editor.open(uri, text);
    await editor.until(() => editor.refreshes === 1);
    const { resultId, items } = await pull(editor);
    assert.deepEqual(codes(items), ["DuplicateStageName"]);
    assert.deepEqual(editor.askedFiles().toSorted(), [project, `${project}/api`, compose]);

    editor.files!.set(compose, "target: web\n");
    await editor.changeFiles(`${project}/api/main.go`, "file:///elsewhere/compose.yaml");
    assert.deepEqual(await pulled(editor), ["DuplicateStageName"]);
    assert.deepEqual(editor.askedFiles(), []);
    await editor.changeFiles(compose);
    await editor.until(() => editor.refreshes === 2);
    assert.deepEqual(codes((await pull(editor, resultId)).items), both);
    assert.deepEqual(editor.askedFiles(), [project, compose]);

    editor.files!.delete(compose);
    editor.files!.set(`${project}/api/Makefile`, "x:\n\tdocker build --target tools .\n");
    await editor.changeFiles(compose, `${project}/api/Makefile`);
    await editor.until(() => editor.refreshes === 3);
    assert.deepEqual(await pulled(editor), ["DuplicateStageName"]);
  });

  it("are read once for several documents, and forgotten with the last", async () => {
    await editor.start(watching, { readsFiles: true }, [project]);
    editor.files!.set(compose, "target: tools\n");
    await editor.open(uri, text);
    await editor.until(() => editor.refreshes === 1);
    editor.askedFiles();
    const second = `${project}/web/Dockerfile`;
    await editor.open(second, text);
    await editor.until(() => editor.refreshes === 2);
    assert.deepEqual(editor.askedFiles(), [`${project}/web`]);
    await editor.notify("textDocument/didClose", { textDocument: { uri } });
    await editor.open(uri, text);
    await editor.until(() => editor.refreshes === 3);
    // What is closed counts as it is on the disk.
    const others = () => editor.askedFiles().filter((asked) => asked !== uri && asked !== second);
    assert.deepEqual(others(), [`${project}/api`]);
    for (const each of [uri, second]) await editor.notify("textDocument/didClose", { textDocument: { uri: each } });
    await editor.open(uri, text);
    await editor.until(() => editor.refreshes === 4);
    assert.deepEqual(others().toSorted(), [project, `${project}/api`, compose]);
  });

  it("of the project are known to the split, which waits for them, and are read again when they change", async () => {
    await editor.start(watching, { readsFiles: true }, [project]);
    const manifest = `${project}/api/package.json`;
    const inside = `${project}/api/packages/web/package.json`;
    const scripts = (main: string) => JSON.stringify({ scripts: { build: "tsc", start: `node ${main}` } });
    const lines = [
      "FROM node:22",
      "WORKDIR /app",
      "COPY package*.json ./",
      "RUN npm ci",
      "COPY . .",
      "RUN npm run build",
    ];
    editor.files!.set(manifest, scripts("made/main.js"));
    editor.files!.set(`${project}/api/node_modules/a/package.json`, "{}");
    await editor.open(uri, `${lines.join("\n")}\nCMD npm start\n`);
    const ask = () =>
      editor.request<SplitAnswer>("dockerfileStages/split", {
        textDocument: { uri },
        position: { line: 0, character: 0 },
      });
    const known = JSON.stringify(await ask());
    const asked = editor.askedFiles();
    assert.ok(asked.includes(manifest) && !asked.some((each) => each.includes("node_modules")), asked.join(" "));

    editor.files!.delete(manifest);
    await editor.changeFiles(manifest, `${project}/api/node_modules/a/package.json`);
    assert.notEqual(JSON.stringify(await ask()), known);
    assert.ok(!editor.askedFiles().some((each) => each.includes("node_modules")));

    // A folder that was not there when the folders above it were listed.
    editor.files!.set(inside, scripts("b.js"));
    await editor.changeFiles(inside);
    await ask();
    assert.ok(editor.askedFiles().includes(inside));
    await editor.changeFiles(`${project}/api/packages/web/src/package.json`);
    await ask();
    assert.deepEqual(editor.askedFiles(), []);
  });

  it("never hold up an answer", async () => {
    await editor.start(watching, { readsFiles: true }, [project]);
    editor.files = null;
    await editor.open(uri, text);
    assert.deepEqual(await pulled(editor), both);
    assert.equal(editor.refreshes, 0);
  });

  it("are none for what lies in no folder", async () => {
    await editor.start(watching, { readsFiles: true }, [project]);
    for (const each of ["untitled:Untitled-1", "git:/project/Dockerfile?%7B%7D", "file:///%E0%A4%A/%E0%A4%A"])
      await editor.open(each, text);
    await editor.open(uri, text);
    await pulled(editor);
    assert.ok(editor.askedFiles().every((asked) => asked.startsWith(project)));
  });

  it("of a folder that is opened later count from then on", async () => {
    const workspace = { ...watching.workspace, workspaceFolders: true };
    await editor.start({ ...watching, workspace }, { readsFiles: true });
    editor.files!.set(compose, "target: tools\n");
    await editor.open(uri, text);
    await editor.until(() => editor.refreshes === 1);
    assert.deepEqual(await pulled(editor), both);
    const event = { added: [{ uri: `${project}/`, name: "project" }], removed: [] };
    await editor.notify("workspace/didChangeWorkspaceFolders", { event });
    await editor.until(() => editor.refreshes === 2);
    assert.deepEqual(await pulled(editor), ["DuplicateStageName"]);
  });

  it("are read from the disk for editors that do not read them", async () => {
    await withFolder(async (file, uriOf) => {
      const own = uriOf("my api/Dockerfile");
      writeFileSync(file("compose.yaml"), "target: tools\n");
      await editor.start({}, {}, [uriOf("")]);
      await editor.open(own, text);
      await editor.diagnosticsOf(own, 1, ({ diagnostics }) => codes(diagnostics).join() === "DuplicateStageName");
      writeFileSync(file("compose.yaml"), "target: web\n");
      await editor.notify("textDocument/didSave", { textDocument: { uri: own } });
      await editor.diagnosticsOf(own, 1, ({ diagnostics }) => codes(diagnostics).join() === both.join());
    });
  });
});

describe("all safe fixes over stdio", () => {
  it("are advertised and made in one edit of the asked version", async () => {
    const editor = new Editor();
    const { capabilities } = await editor.start(modern, { rules: { UnusedStage: "off" } });
    const provider = capabilities.codeActionProvider;
    assert.ok(typeof provider === "object" && provider.codeActionKinds?.includes("source.fixAll.dockerfileStages"));
    const broken = "ARG V=1\r\nFROM alpine\r\nRUN echo $V\r\n";
    await editor.open(uri, broken);
    const end = { line: 3, character: 0 };
    const ask = (only?: readonly string[]) =>
      editor.request<CodeAction[]>("textDocument/codeAction", {
        textDocument: { uri },
        range: { start: { line: 0, character: 0 }, end },
        context: { diagnostics: [], ...(only && { only }) },
      });
    const [action, ...more] = await ask(["source.fixAll"]);
    assert.deepEqual(more, []);
    const [change] = action!.edit!.documentChanges as [TextDocumentEdit];
    assert.deepEqual(change.textDocument, { uri, version: 1 });
    const edits = change.edits as TextEdit[];
    const document = TextDocument.create(uri, "dockerfile", 1, broken);
    assert.equal(TextDocument.applyEdits(document, edits), "ARG V=1\r\nFROM alpine\r\nARG V\r\nRUN echo $V\r\n");
    assert.ok((await ask()).every(({ kind }) => !kind!.startsWith("source")));
    await editor.notify("dockerfileStages/configure", { rules: { ArgNotInScope: "off" } });
    assert.deepEqual(await ask(["source.fixAll"]), []);
    assert.equal(await editor.stop(), 0);
  });
});
