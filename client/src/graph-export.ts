import * as vscode from "vscode";
import type { PictureFormat } from "../webview/messages.ts";
import type { LanguageServer } from "./language-server.ts";
import { copyText, graphText } from "./stage-actions.ts";

type TextFormat = "mermaid" | "dot" | "json";

interface Way extends vscode.QuickPickItem {
  readonly format: TextFormat | PictureFormat;
  readonly copy: boolean;
}

const formats: readonly (readonly [Way["format"], string, string])[] = [
  ["svg", "SVG", "svg"],
  ["png", "PNG", "png"],
  ["mermaid", "Mermaid", "mmd"],
  ["dot", "DOT", "dot"],
  ["json", "JSON", "json"],
];

const ways: readonly Way[] = [
  ...formats.map(([format, label]): Way => ({ label: `Save as ${label}…`, format, copy: false })),
  // Pictures of points do not fit through the clipboard for texts.
  ...formats
    .filter(([format]) => format !== "png")
    .map(([format, label]): Way => ({ label: `Copy as ${label}`, format, copy: true })),
];

/**
 * Asks how, and saves or copies the graph.
 *
 * @param draw what the page draws: the text of an SVG file, or the bytes of a PNG file in base64
 */
export async function exportGraph(
  server: LanguageServer,
  document: vscode.TextDocument,
  target: string | null,
  draw: (format: PictureFormat) => Promise<string>,
): Promise<void> {
  const way = await vscode.window.showQuickPick(ways, { title: "Export the stage graph" });
  if (!way) return;
  const { format, copy } = way;
  const text =
    format === "svg" || format === "png"
      ? await draw(format)
      : await graphText(server, { textDocument: { uri: document.uri.toString() }, format, target });
  if (text === null || text === "") return;
  const [, name, ending] = formats.find(([each]) => each === format)!;
  if (copy) return copyText(text, `The graph is copied as ${name}.`);
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(document.uri, "..", `stages.${ending}`),
    filters: { [name]: [ending] },
    title: "Save the stage graph",
  });
  if (!uri) return;
  const bytes =
    format === "png"
      ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
      : new TextEncoder().encode(text);
  await vscode.workspace.fs.writeFile(uri, bytes);
  vscode.window.setStatusBarMessage(`Saved ${uri.path.slice(uri.path.lastIndexOf("/") + 1)}.`, 4000);
}
