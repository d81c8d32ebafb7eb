import * as vscode from "vscode";
import {
  api,
  closeEditors,
  diagnostics,
  equal,
  hoverText,
  ok,
  openFile,
  placeOf,
  ruleOf,
  shown,
  type,
} from "./support.ts";

const stages = 2000;

/** 20,000 lines: each stage is built on the one before and copies from the first. */
function largeText(): string {
  const parts = ["FROM alpine:3 AS stage-a0\n"];
  for (let i = 1; i < stages; i++) {
    parts.push(`FROM stage-a${i - 1} AS stage-a${i}\nCOPY --from=stage-a0 /a /b${i}\n`);
    for (let line = 2; line < 10; line++) parts.push(`RUN echo ${i} ${line} \${HOME} && touch /tmp/${line}\n`);
  }
  for (let line = 1; line < 10; line++) parts.push(`RUN echo ${line}\n`);
  return parts.join("");
}

describe("a file of 20,000 lines", () => {
  before(api);
  after(closeEditors);

  it("is answered while one types", async () => {
    const document = await openFile("Dockerfile", largeText());
    ok(document.lineCount > 20_000, `it has ${document.lineCount} lines`);
    const editor = await vscode.window.showTextDocument(document);
    const end = document.lineAt(document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(end, end);
    const started = Date.now();
    await type("COPY --from=stage-a1999 /x /y");
    const isOwn = (found: vscode.Diagnostic): boolean => ruleOf(found) === "CircularStageDependency";
    const own = (await diagnostics(document, (found) => found.some(isOwn))).find(isOwn);
    equal(shown(document, own!.range), "COPY --from=[[stage-a1999]] /x /y");
    const chain = await hoverText(document, placeOf(document, "AS stage-a1<|>999"));
    ok(chain.includes("index 1999"), chain);
    const milliseconds = Date.now() - started;
    // Some 30 keys, one hover; by far most of it is the editor's own. Machines that run tests are slow.
    ok(milliseconds < 20_000, `it took ${milliseconds} ms`);
  });
});
