import assert from "node:assert/strict";
import type {
  CodeLens,
  InlayHint,
  SemanticTokens,
  SemanticTokensDelta,
  ServerCapabilities,
} from "vscode-languageserver/node";
import { Editor, modern } from "./client.ts";

const uri = "file:///project/Dockerfile";
const text = "ARG V=1\nFROM alpine:$V AS base\nRUN true\nFROM alpine\nCOPY --from=0 /a /b\n";
const textDocument = { uri };
const range = { start: { line: 0, character: 0 }, end: { line: 5, character: 0 } };

describe("lenses, hints and colours, over stdio", () => {
  let editor: Editor;
  let refreshed: string[];
  beforeEach(() => {
    editor = new Editor();
    refreshed = [];
    for (const what of ["codeLens", "inlayHint", "semanticTokens"]) {
      editor.connection.onRequest(`workspace/${what}/refresh`, () => {
        refreshed.push(what);
        return null;
      });
    }
  });
  afterEach(() => editor.stopQuietly());

  const start = async (options: object, capabilities = modern): Promise<ServerCapabilities> => {
    const result = await editor.start(capabilities, options);
    await editor.open(uri, text);
    return result.capabilities;
  };
  const lenses = () => editor.request<CodeLens[]>("textDocument/codeLens", { textDocument });
  const hints = () => editor.request<InlayHint[]>("textDocument/inlayHint", { textDocument, range });
  const tokens = () => editor.request<SemanticTokens | null>("textDocument/semanticTokens/full", { textDocument });

  const able = {
    ...modern,
    textDocument: {
      ...modern.textDocument,
      semanticTokens: {
        dynamicRegistration: true,
        requests: { full: { delta: true }, range: true },
        tokenTypes: ["type", "variable"],
        tokenModifiers: ["declaration"],
        formats: ["relative"],
      },
    },
    workspace: {
      ...modern.workspace,
      codeLens: { refreshSupport: true },
      inlayHint: { refreshSupport: true },
      semanticTokens: { refreshSupport: true },
    },
  } as typeof modern;

  it("are there from the start, and go at once with their settings", async () => {
    const capabilities = await start({ runsCommands: true }, able);
    assert.ok(capabilities.codeLensProvider && capabilities.inlayHintProvider === true);
    assert.equal(capabilities.semanticTokensProvider, undefined, "it is registered");
    assert.deepEqual(
      (await lenses()).map(({ command }) => [command?.title, command?.command]),
      [
        ["used by 1 · copies to the last stage", "dockerfileStages.showReferences"],
        ["built by default", ""],
      ],
    );
    assert.deepEqual(
      (await hints()).map(({ position, label }) => [position, typeof label === "string" ? label : label[0]?.value]),
      [
        [{ line: 1, character: 14 }, "= 1"],
        [{ line: 4, character: 13 }, "= base"],
      ],
    );
    assert.equal((await tokens())?.data.length, 4 * 5);
    assert.ok(editor.registered.includes("textDocument/semanticTokens"));

    await editor.notify("dockerfileStages/configure", { codeLens: "off", inlayHints: false, semanticTokens: "off" });
    assert.deepEqual(await lenses(), []);
    assert.deepEqual(await hints(), []);
    assert.equal(await tokens(), null);
    await editor.request("dockerfileStages/graph", { textDocument });
    assert.ok(!editor.registered.includes("textDocument/semanticTokens"));
    assert.ok(refreshed.includes("codeLens") && refreshed.includes("inlayHint"));

    await editor.notify("dockerfileStages/configure", {});
    assert.equal((await lenses()).length, 2);
    assert.equal((await hints()).length, 2);
    assert.notEqual(await tokens(), null);
  });

  it("are plain text where the editor runs no commands", async () => {
    await start({});
    assert.deepEqual(
      (await lenses()).map(({ command }) => command),
      ["used by 1 · copies to the last stage", "built by default"].map((title) => ({ title, command: "" })),
    );
  });

  it("leave the colours to another tool, unless our features are wanted beside it", async () => {
    await start({ otherTools: ["docker-dx"] });
    assert.equal(await tokens(), null);
    assert.equal((await lenses()).length, 2);
    for (const wish of [{ semanticTokens: "on" }, { languageFeatures: "on" }]) {
      await editor.notify("dockerfileStages/configure", { otherTools: ["docker-dx"], ...wish });
      assert.notEqual(await tokens(), null);
    }
  });

  it("tell only what changed of the colours", async () => {
    const { semanticTokensProvider } = await start({});
    assert.ok(semanticTokensProvider, "an editor that registers nothing is offered it from the start");
    const first = await tokens();
    const delta = (previousResultId: string | undefined) =>
      editor.request<SemanticTokensDelta & Partial<SemanticTokens>>("textDocument/semanticTokens/full/delta", {
        textDocument,
        previousResultId,
      });
    await editor.change(uri, text.replace("--from=0", "--from=base"));
    const second = await delta(first?.resultId);
    assert.equal(second.edits.length, 1);
    const third = await delta("an id that nobody gave");
    assert.equal(third.data?.length, 4 * 5);
    const inRange = await editor.request<SemanticTokens>("textDocument/semanticTokens/range", {
      textDocument,
      range: { start: { line: 4, character: 0 }, end: { line: 5, character: 0 } },
    });
    assert.deepEqual(inRange.data, [4, 12, 4, 0, 0]);
  });

  it("change when another file builds a stage", async () => {
    const compose = "file:///project/compose.yaml";
    editor.files = new Map([["file:///project/Dockerfile", text]]);
    await editor.start(able, { readsFiles: true, runsCommands: true }, ["file:///project"]);
    await editor.open(uri, text);
    await editor.request("dockerfileStages/graph", { textDocument });
    editor.files.set(compose, "services:\n  web:\n    build:\n      context: .\n      target: base\n");
    await editor.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: compose, type: 1 }] });
    const wanted = "built by compose.yaml: web";
    let titles: (string | undefined)[] = [];
    for (let attempt = 0; attempt < 100 && !titles.includes(wanted); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (refreshed.includes("codeLens")) titles = (await lenses()).map(({ command }) => command?.title);
    }
    assert.ok(titles.includes(wanted), titles.join());
  }).timeout(20_000);
});
