// What stands in the text without being asked for: lenses above stages, hints in lines, colours.
import * as vscode from "vscode";
import { api, closeEditors, equal, makeFile, ok, openFile, until } from "./support.ts";

const text =
  "ARG VERSION=3.20\nFROM alpine:${VERSION} AS base\nRUN true\nFROM base AS build\nRUN make\nFROM alpine\nCOPY --from=1 /a /b\n";

/** Those that say something; where there is a Docker, others offer builds. */
async function lenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
  return all.filter(({ command }) => command?.title.startsWith("Build") !== true);
}

async function lensTitles(document: vscode.TextDocument): Promise<string[]> {
  return (await lenses(document)).map(({ range, command }) => `${range.start.line + 1}: ${command?.title}`);
}

/** The document's text with its hints between `‹` and `›`. */
async function withHints(document: vscode.TextDocument): Promise<string> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    "vscode.executeInlayHintProvider",
    document.uri,
    all,
  );
  let shown = document.getText();
  for (const { position, label } of hints.toSorted((a, b) => b.position.compareTo(a.position))) {
    const at = document.offsetAt(position);
    const value = typeof label === "string" ? label : label.map((part) => part.value).join("");
    shown = `${shown.slice(0, at)}‹${value}›${shown.slice(at)}`;
  }
  return shown;
}

/** The coloured words with their kinds. */
async function colours(document: vscode.TextDocument): Promise<string[]> {
  const [legend, tokens] = await Promise.all([
    vscode.commands.executeCommand<vscode.SemanticTokensLegend | undefined>(
      "vscode.provideDocumentSemanticTokensLegend",
      document.uri,
    ),
    vscode.commands.executeCommand<vscode.SemanticTokens | undefined>(
      "vscode.provideDocumentSemanticTokens",
      document.uri,
    ),
  ]);
  const found: string[] = [];
  let [line, character] = [0, 0];
  const data = [...(tokens?.data ?? [])];
  for (let i = 0; i < data.length; i += 5) {
    if (data[i]! > 0) character = 0;
    line += data[i]!;
    character += data[i + 1]!;
    const word = document.getText(new vscode.Range(line, character, line, character + data[i + 2]!));
    found.push(`${word} ${legend?.tokenTypes[data[i + 3]!]}${data[i + 4] === 0 ? "" : " declaration"}`);
  }
  return found;
}

const set = (name: string, value: string | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration("dockerfileStages").update(name, value, vscode.ConfigurationTarget.Global);

describe("code lenses", () => {
  before(api);
  afterEach(closeEditors);
  after(() => set("codeLens", undefined));

  it("say who uses a stage and when it is built, and show where on a click", async () => {
    const document = await openFile("Dockerfile", text);
    const found = await until("the lenses", async () => {
      const all = await lenses(document);
      return all.length > 0 && all;
    });
    equal(
      found.map(({ range, command }) => [range.start.line, command?.title]),
      [
        [1, "used by 1 · base of build"],
        [3, "used by 1 · copies to the last stage"],
        [5, "built by default"],
      ],
    );
    const { command } = found[1]!;
    ok(command, "the lens has no command");
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    equal(found[2]!.command?.command, "");
  });

  it("take no names for icons", async () => {
    const document = await openFile("Dockerfile", "FROM alpine AS app\n");
    const compose = vscode.Uri.joinPath(document.uri, "../compose.yaml");
    const name = "$(alert)";
    await vscode.workspace.fs.writeFile(
      compose,
      new TextEncoder().encode(`services:\n  "${name}":\n    build:\n      context: .\n      target: app\n`),
    );
    await until("the lens", async () => (await lensTitles(document)).includes("1: built by compose.yaml: \\$(alert)"));
  });

  it("go at once with the setting, and come back with it", async () => {
    const document = await openFile("Dockerfile", text);
    await until("the lenses", async () => (await lensTitles(document)).length === 3);
    await set("codeLens", "off");
    await until("no lenses", async () => (await lensTitles(document)).length === 0);
    await set("codeLens", undefined);
    await until("the lenses again", async () => (await lensTitles(document)).length === 3);
  });
});

describe("inlay hints", () => {
  before(api);
  afterEach(closeEditors);
  after(() => set("inlayHints", undefined));

  const shown = text
    .replace("${VERSION}", "${VERSION}‹= 3.20›")
    .replace("FROM base", "FROM base‹← alpine:3.20›")
    .replace("--from=1", "--from=1‹= build›");

  it("say what an index, a stage and a variable come to", async () => {
    const document = await openFile("Dockerfile", text);
    await until("the hints", async () => (await withHints(document)) === shown).catch(async () =>
      equal(await withHints(document), shown),
    );
  });

  it("go at once with the setting, and come back with it", async () => {
    const document = await openFile("Dockerfile", text);
    await set("inlayHints", "off");
    await until("no hints", async () => (await withHints(document)) === text);
    await set("inlayHints", undefined);
    await until("the hints again", async () => (await withHints(document)) === shown);
  });
});

describe("colours", () => {
  before(api);
  afterEach(closeEditors);
  after(() => set("semanticTokens", undefined));

  const all = [
    "VERSION variable declaration",
    "VERSION variable",
    "base type declaration",
    "base type",
    "build type declaration",
    "1 type",
  ];

  it("tell stages and variables, and go and come with the setting", async () => {
    const document = await makeFile("Dockerfile", text);
    await vscode.window.showTextDocument(document);
    let last: string[] = [];
    const are = (expected: readonly string[]): Promise<unknown> =>
      until("the colours", async () => {
        last = await colours(document);
        return JSON.stringify(last) === JSON.stringify(expected);
      }).catch(() => equal(last, expected));
    await are(all);
    await set("semanticTokens", "off");
    await are([]);
    await set("semanticTokens", undefined);
    await are(all);
  });
});
