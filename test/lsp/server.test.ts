import assert from "node:assert/strict";
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  DocumentDiagnosticReport,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  LocationLink,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { RebuildAnswer, ShipAnswer, StageGraph } from "../../server/src/protocol.ts";
import { parseMarked } from "../support/marks.ts";
import { richText } from "../support/texts.ts";
import { Editor, modern } from "./client.ts";

const uri = "file:///project/Dockerfile";

const stages = `FROM node:20 AS build
RUN npm ci && npm run build
FROM nginx:1.27
COPY --from=build /app/dist /usr/share/nginx/html
`;

/** Opens a marked text and gives the position of its cursor. */
async function openAt(
  editor: Editor,
  marked: string,
  name = uri,
): Promise<{ textDocument: { uri: string }; position: { line: number; character: number } }> {
  const { text, cursor } = parseMarked(marked);
  await editor.open(name, text);
  return {
    textDocument: { uri: name },
    position: TextDocument.create(name, "dockerfile", 1, text).positionAt(cursor ?? 0),
  };
}

function apply(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create(uri, "dockerfile", 1, text), [...edits]);
}

function editsOf(edit: WorkspaceEdit | undefined): TextEdit[] {
  return (edit?.documentChanges ?? []).flatMap((change) => (change as TextDocumentEdit).edits as TextEdit[]);
}

describe("server over stdio, to a modern editor", () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = new Editor();
    await editor.start(modern);
  });
  afterEach(() => editor.stopQuietly());

  const pull = (previousResultId?: string) =>
    editor.request<DocumentDiagnosticReport>("textDocument/diagnostic", {
      textDocument: { uri },
      ...(previousResultId !== undefined && { previousResultId }),
    });

  it("answers when it is asked for diagnostics, and says when nothing changed", async () => {
    await editor.open(uri, stages.replace("--from=build", "--from=bulid"));
    const first = await pull();
    assert.equal(first.kind, "full");
    assert.deepEqual(
      (first as { items: Diagnostic[] }).items.map(({ code, source, severity }) => [code, source, severity]),
      [["UnknownStage", "Dockerfile Stages", 2]],
    );
    assert.equal((await pull((first as { resultId: string }).resultId)).kind, "unchanged");
    await editor.change(uri, stages);
    assert.deepEqual(((await pull((first as { resultId: string }).resultId)) as { items: unknown[] }).items, []);
    assert.deepEqual(editor.published, [], "nothing is sent unasked");
  });

  it("mends a finding with a quick fix", async () => {
    const text = stages.replace("--from=build", "--from=bulid");
    await editor.open(uri, text);
    const { items } = (await pull()) as { items: Diagnostic[] };
    const diagnostic = items.find(({ code }) => code === "UnknownStage")!;
    const actions = await editor.request<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic], only: ["quickfix"] },
    });
    const fix = actions.find(({ title }) => title === "Change to 'build'")!;
    assert.equal(apply(text, editsOf(fix.edit)), stages);
  });

  it("goes to the stage, finds its references and renames it", async () => {
    const at = await openAt(editor, stages.replace("=build", "=bu<|>ild"));
    const [link] = await editor.request<LocationLink[]>("textDocument/definition", at);
    assert.equal(link!.targetSelectionRange.start.line, 0);
    const references = await editor.request<Location[]>("textDocument/references", {
      ...at,
      context: { includeDeclaration: true },
    });
    assert.deepEqual(
      references.map(({ range }) => range.start.line),
      [0, 3],
    );
    const renamed = await editor.request<WorkspaceEdit>("textDocument/rename", { ...at, newName: "web" });
    assert.equal(apply(stages, editsOf(renamed)), stages.replaceAll("AS build", "AS web").replaceAll("=build", "=web"));
    await assert.rejects(editor.request("textDocument/rename", { ...at, newName: "1st" }), /letter|name/i);
  });

  it("answers hovers, symbols, folds, completion and the graph", async () => {
    const at = await openAt(editor, stages.replace("=build", "=bu<|>ild"));
    const hover = await editor.request<Hover>("textDocument/hover", at);
    assert.match(JSON.stringify(hover.contents), /node:20/);
    const symbols = await editor.request<DocumentSymbol[]>("textDocument/documentSymbol", at);
    assert.deepEqual(
      symbols.map(({ children }) => children?.length),
      [1, 1],
    );
    assert.match(symbols[0]!.name, /build/);
    const folds = await editor.request<FoldingRange[]>("textDocument/foldingRange", at);
    assert.ok(folds.some(({ startLine, endLine }) => startLine === 0 && endLine === 1));
    const graph = await editor.request<StageGraph>("dockerfileStages/graph", at);
    assert.deepEqual(
      graph.nodes.map(({ label }) => label).filter((label) => label === "build"),
      ["build"],
    );
    const chosen = await editor.request<StageGraph>("dockerfileStages/graph", {
      ...at,
      target: "BUILD",
      contexts: true,
    });
    assert.deepEqual([chosen.target, chosen.skips], ["stage:0", ["stage:1"]]);
    const mermaid = await editor.request<string>("dockerfileStages/graphText", { ...at, format: "mermaid" });
    assert.match(mermaid, /^flowchart LR\n/);
    const rebuilt = await editor.request<RebuildAnswer>("dockerfileStages/rebuild", at);
    assert.deepEqual(
      rebuilt.steps.map(({ stage, cause }) => [stage, cause]),
      [["stage:1", "changed"]],
    );
    const ships = await editor.request<ShipAnswer>("dockerfileStages/ship", at);
    assert.deepEqual(
      ships.parts.map(({ origin, from }) => [origin, from]),
      [
        ["base", "image:nginx:1.27"],
        ["stage", "stage:0"],
      ],
    );
    const half = await openAt(
      editor,
      "FROM node:20 AS build\nFROM nginx\nCOPY --from=<|>",
      "file:///project/Dockerfile.half",
    );
    const items = await editor.request<CompletionItem[]>("textDocument/completion", half);
    assert.ok(items.some(({ label }) => label === "build"));
  });

  it("leaves the general features to another extension when told so", async () => {
    const at = await openAt(editor, "FROM alpine\nW<|>ORKDIR /x\n");
    const text = (hover: Hover | null) => JSON.stringify(hover?.contents ?? "");
    assert.match(text(await editor.request<Hover | null>("textDocument/hover", at)), /WORKDIR/);
    await editor.request("dockerfileStages/graph", at);
    assert.ok(editor.registered.includes("textDocument/formatting"));
    await editor.notify("dockerfileStages/configure", { languageFeatures: "off" });
    assert.doesNotMatch(text(await editor.request<Hover | null>("textDocument/hover", at)), /Docker/);
    await editor.request("dockerfileStages/graph", at);
    assert.deepEqual(editor.registered, []);
  });

  it("links the lines in hovers for a client that follows the links", async () => {
    const at = await openAt(editor, stages.replace("=build", "=bu<|>ild"));
    const text = async () => JSON.stringify((await editor.request<Hover>("textDocument/hover", at)).contents);
    assert.doesNotMatch(await text(), /file:/);
    await editor.notify("dockerfileStages/configure", { runsCommands: true });
    assert.match(await text(), /\[line 1\]\(file:\/\/\/project\/Dockerfile#L1\)/);
  });

  it("answers every request on broken text", async () => {
    const requests: readonly (readonly [string, object])[] = [
      ["textDocument/diagnostic", {}],
      ["textDocument/hover", {}],
      ["textDocument/definition", {}],
      ["textDocument/references", { context: { includeDeclaration: true } }],
      ["textDocument/documentHighlight", {}],
      ["textDocument/completion", {}],
      ["textDocument/documentSymbol", {}],
      ["textDocument/foldingRange", {}],
      ["textDocument/documentLink", {}],
      ["textDocument/formatting", { options: { tabSize: 2, insertSpaces: true } }],
      ["dockerfileStages/graph", {}],
      ["dockerfileStages/graphText", { format: "dot" }],
      ["dockerfileStages/rebuild", {}],
      ["dockerfileStages/rebuild", { path: "a/" }],
      ["dockerfileStages/ship", {}],
      ["dockerfileStages/split", {}],
    ];
    const texts = [
      "",
      "\0\u0001",
      "FROM",
      "FROM a AS b\nFROM b AS a\nCOPY q ",
      " ARG A=$B\nFROM alpine",
      "FROM a\nRU\\\nN [",
      richText.slice(0, 400),
      richText,
    ];
    for (const [i, text] of texts.entries()) {
      const name = `file:///project/broken-${i}`;
      await editor.open(name, text);
      const end = TextDocument.create(name, "dockerfile", 1, text).positionAt(text.length);
      for (const [method, params] of requests) {
        await editor.request(method, { textDocument: { uri: name }, position: end, ...params });
      }
      const range = { start: { line: 0, character: 0 }, end };
      await editor.request("textDocument/codeAction", {
        textDocument: { uri: name },
        range,
        context: { diagnostics: [] },
      });
    }
  }).timeout(30_000);
});

describe("server over stdio, to an old editor", () => {
  it("sends diagnostics by itself, plain locations and complete edits", async () => {
    const editor = new Editor();
    const { capabilities } = await editor.start({});
    assert.equal(capabilities.diagnosticProvider, undefined);
    assert.equal(capabilities.documentFormattingProvider, true);
    const text = "ARG V=1\nFROM alpine AS a\nRUN echo $V\nFROM alpine\nCOPY --from=a /etc/hosts /x\n";
    await editor.open(uri, text);
    const { diagnostics } = await editor.diagnosticsOf(uri, 1);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["ArgNotInScope"],
    );
    const [location] = await editor.request<Location[]>("textDocument/definition", {
      textDocument: { uri },
      position: { line: 4, character: 12 },
    });
    assert.equal(location!.range.start.line, 1);
    const [fix] = await editor.request<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri },
      range: diagnostics[0]!.range,
      context: { diagnostics, only: ["quickfix"] },
    });
    const fixed = apply(text, editsOf(fix!.edit));
    const version = await editor.change(uri, fixed);
    assert.deepEqual((await editor.diagnosticsOf(uri, version)).diagnostics, []);
    await editor.notify("textDocument/didClose", { textDocument: { uri } });
    assert.equal(await editor.stop(), 0);
  });

  it("speaks over stdio when it is not told how", async () => {
    const editor = new Editor([]);
    const { serverInfo } = await editor.start({});
    assert.equal(serverInfo?.name, "Dockerfile Stages");
    assert.equal(await editor.stop(), 0);
  });
});
