import * as vscode from "vscode";
import { api, equal, makeFile } from "./support.ts";

const stages = "FROM golang:1.25 AS build\nRUN true\nFROM build AS test\nRUN true\nFROM alpine:3 AS assets\n";

/** The names of stages that are offered at the cursor, in the order of the list, and the text after choosing the first. */
async function offered(line: string): Promise<{ names: string[]; chosen: string }> {
  const [before, after] = line.split("<|>");
  const document = await makeFile("Dockerfile", `${stages}${before}${after}\n`);
  const cursor = document.positionAt(stages.length + before!.length);
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    document.uri,
    cursor,
  );
  const modules = items
    .filter(({ kind }) => kind === vscode.CompletionItemKind.Module)
    .toSorted((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
  const names = modules.map(({ label }) => (typeof label === "string" ? label : label.label));
  const first = modules[0];
  if (first?.range === undefined) return { names, chosen: "" };
  const range = first.range instanceof vscode.Range ? first.range : first.range.replacing;
  const text = typeof first.insertText === "string" ? first.insertText : names[0]!;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, text);
  await vscode.workspace.applyEdit(edit);
  return { names, chosen: document.lineAt(cursor.line).text };
}

describe("completion", () => {
  before(api);

  const places: readonly [line: string, chosen: string][] = [
    ["FROM <|>", "FROM assets"],
    ["FROM as<|>", "FROM assets"],
    ["FROM --platform=linux/amd64 <|>", "FROM --platform=linux/amd64 assets"],
  ];
  for (const [line, chosen] of places) {
    it(`offers stages behind ${line.replace("<|>", "").trim()}`, async () => {
      equal(await offered(line), { names: ["assets", "test", "build"], chosen });
    });
  }

  const copies: readonly [line: string, chosen: string][] = [
    ["COPY --from=<|>", "COPY --from=test"],
    ["COPY --from=te<|>", "COPY --from=test"],
    ["COPY --from=te<|> /a /b", "COPY --from=test /a /b"],
    ["ONBUILD COPY --from=<|>", "ONBUILD COPY --from=test"],
    ["RUN --mount=type=bind,from=<|>", "RUN --mount=type=bind,from=test"],
    ["RUN --mount=from=bu<|>,target=/x ls", "RUN --mount=from=test,target=/x ls"],
  ];
  for (const [line, chosen] of copies) {
    it(`offers the stages above behind ${line.replace("<|>", "…")}`, async () => {
      equal(await offered(line), { names: ["test", "build"], chosen });
    });
  }

  it("offers no stage where none can be named", async () => {
    equal((await offered("RUN --mount=type=cache,target=<|>")).names, []);
    equal((await offered("WORKDIR <|>")).names, []);
    equal((await offered("COPY <|>")).names, []);
  });
});
