import * as vscode from "vscode";
import { hoverText, placeOf, until } from "./support.ts";

/** A Dockerfile about which each of the general features has something to say. */
export const text = "FROM alpine:3 AS tools\nRUN apk add git \\\n  curl\nFROM tools\nWORKDIR /srv\n\n";

/** Which of the general features answer, and whether a hover about a stage does. */
async function offered(document: vscode.TextDocument): Promise<Record<string, boolean>> {
  const run = async (command: string, ...rest: unknown[]): Promise<unknown[]> =>
    (await vscode.commands.executeCommand<unknown[] | undefined>(command, document.uri, ...rest)) ?? [];
  const last = document.lineAt(document.lineCount - 1).range.end;
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    document.uri,
    last,
  );
  const options = { tabSize: 4, insertSpaces: true };
  return {
    formatting: (await run("vscode.executeFormatDocumentProvider", options)).length > 0,
    keywords: items.some(({ kind }) => kind === vscode.CompletionItemKind.Keyword),
    instructions: (await hoverText(document, placeOf(document, "WORK<|>DIR"))) !== "",
    links: (await run("vscode.executeLinkProvider")).length > 0,
    stages: (await hoverText(document, placeOf(document, "AS to<|>ols"))).includes("**Stage** `tools`"),
  };
}

export const all = { formatting: true, keywords: true, instructions: true, links: true, stages: true };
export const stagesOnly = { formatting: false, keywords: false, instructions: false, links: false, stages: true };

/** Waits until just these features are offered for {@link text}. */
export async function offers(document: vscode.TextDocument, expected: typeof all): Promise<void> {
  let last = {};
  await until("the general features", async () => {
    last = await offered(document);
    return JSON.stringify(last) === JSON.stringify(expected);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
  });
}
