import * as vscode from "vscode";
import { type GraphParams, graphMethod, type StageGraph } from "../../server/src/protocol.ts";
import { isPageMessage, isPageState, isStageGraph, type PanelMessage } from "../webview/messages.ts";
import { activeDockerfile, editorOf, fileName, isDockerfile } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** The panel that draws the stages of the Dockerfile in the active editor, and draws them anew as it changes. */
export interface GraphPanel {
  /** Opens the panel beside the editor, or brings it to the front, and shows `document`. */
  readonly show: (document: vscode.TextDocument) => void;
  readonly shownGraph: () => StageGraph | null;
}

const viewType = "dockerfileStages.graph";
/** Milliseconds without a change before the graph is asked for again. */
const typingPause = 80;

export function registerGraphPanel(context: vscode.ExtensionContext, server: LanguageServer): GraphPanel {
  const dist = vscode.Uri.joinPath(context.extensionUri, "dist");
  let panel: vscode.WebviewPanel | undefined;
  let isPageReady = false;
  /** The document that the panel follows. */
  let followed: vscode.TextDocument | undefined;
  /** The graph on the page, and the document it came from: for a moment not yet the one that is followed. */
  let drawn: { readonly document: vscode.TextDocument; readonly graph: StageGraph } | null = null;
  /** What the page should show; sent again when the page is made again. */
  let message: PanelMessage = { type: "empty", uri: null, text: "" };
  let current: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastRequest = 0;

  const send = (next: PanelMessage): void => {
    if (isPageReady) void panel?.webview.postMessage(next);
  };

  const showText = (text: string): void => {
    drawn = null;
    current = null;
    message = { type: "empty", uri: followed?.uri.toString() ?? null, text };
    send(message);
  };

  /** The stage with the cursor: the last one that begins at the cursor's line or above. */
  const findCurrent = (): string | null => {
    const editor = editorOf(followed);
    if (!editor) return null;
    const { line } = editor.selection.active;
    return drawn?.graph.nodes.findLast(({ kind, body }) => kind === "stage" && body.start.line <= line)?.id ?? null;
  };

  const refresh = async (): Promise<void> => {
    clearTimeout(timer);
    const document = followed;
    if (!panel || !document) return;
    const request = ++lastRequest;
    if (server.state() === "starting") return;
    const { uri, version } = document;
    let answer: unknown;
    try {
      answer = await server.request(graphMethod, { textDocument: { uri: uri.toString() } } satisfies GraphParams);
    } catch (error) {
      if (request !== lastRequest) return;
      server.log.warn(`The stage graph: ${String(error)}`);
      if (server.state() !== "starting") showText("There is no graph, because the stage language server does not run.");
      return;
    }
    // A newer question is on its way, or will be after the pause in typing.
    if (request !== lastRequest || document.version !== version) return;
    if (answer === null) return showText("The stages of this file cannot be shown.");
    if (!isStageGraph(answer)) return server.log.error("The stage graph: the answer has an unknown form.");
    drawn = { document, graph: answer };
    current = findCurrent();
    message = { type: "graph", name: fileName(uri), graph: answer, current };
    send(message);
  };

  const refreshSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), typingPause);
  };

  const follow = (document: vscode.TextDocument): void => {
    if (followed === document) return;
    followed = document;
    if (panel) panel.title = titleFor(document.uri);
    void refresh();
  };

  const updateCurrent = (): void => {
    const next = findCurrent();
    if (next === current || next === null) return;
    current = next;
    if (message.type === "graph") message = { ...message, current };
    send({ type: "current", id: current });
  };

  const adopt = (adopted: vscode.WebviewPanel): void => {
    panel = adopted;
    isPageReady = false;
    message = { type: "empty", uri: null, text: "" };
    adopted.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    adopted.webview.onDidReceiveMessage((received: unknown) => {
      if (!isPageMessage(received)) return;
      if (received.type === "ready") {
        isPageReady = true;
        send(message);
      } else {
        if (!drawn) return;
        const { document, graph } = drawn;
        const things = received.what === "node" ? graph.nodes : graph.edges;
        const range = things.find(({ id }) => id === received.id)?.range;
        if (range) reveal(document, range).catch((error: unknown) => server.log.error(String(error)));
      }
    });
    adopted.onDidChangeViewState(() => {
      // The page of a hidden panel is thrown away; it says "ready" again when it is back.
      if (!adopted.visible) isPageReady = false;
    });
    adopted.onDidDispose(() => {
      if (panel !== adopted) return;
      clearTimeout(timer);
      panel = undefined;
      isPageReady = false;
      followed = undefined;
      drawn = null;
      current = null;
    });
    adopted.webview.html = page(adopted.webview, dist);
  };

  context.subscriptions.push(
    { dispose: () => panel?.dispose() },
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (panel && isDockerfile(editor?.document)) follow(editor.document);
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      // Also when the language of the active document becomes Dockerfile.
      if (panel && isDockerfile(document) && document === vscode.window.activeTextEditor?.document) follow(document);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === followed) refreshSoon();
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      if (document !== followed) return;
      lastRequest++;
      clearTimeout(timer);
      showText(`${fileName(document.uri)} was closed. Open a Dockerfile to see its stages.`);
      followed = undefined;
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor.document === followed) updateCurrent();
    }),
    server.onDidChangeState(() => void refresh()),
    vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (restored, state: unknown) => {
        panel?.dispose();
        adopt(restored);
        const active = activeDockerfile();
        if (active) return follow(active);
        const uri = isPageState(state) ? state.uri : null;
        if (uri === null) return showText("Open a Dockerfile to see its stages.");
        try {
          const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
          if (isDockerfile(document) && !followed) follow(document);
        } catch {
          showText("The Dockerfile is not there any more. Open another to see its stages.");
        }
      },
    }),
  );

  return {
    shownGraph: () => drawn?.graph ?? null,
    show: (document) => {
      if (panel) panel.reveal(undefined, true);
      else {
        adopt(
          vscode.window.createWebviewPanel(
            viewType,
            titleFor(document.uri),
            { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
            { enableScripts: true, localResourceRoots: [dist] },
          ),
        );
      }
      follow(document);
    },
  };
}

const titleFor = (uri: vscode.Uri): string => `Stages: ${fileName(uri)}`;

/** Puts the cursor at the start of a range, in the editor that shows the document or in a new one. */
async function reveal(
  document: vscode.TextDocument,
  { start, end }: StageGraph["nodes"][number]["range"],
): Promise<void> {
  const range = document.validateRange(new vscode.Range(start.line, start.character, end.line, end.character));
  const key = document.uri.toString();
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === key),
  );
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: visible?.viewColumn ?? group?.viewColumn ?? vscode.ViewColumn.One,
    preview: false,
  });
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function page(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stage graph</title>
<link rel="stylesheet" href="${file("webview.css")}">
</head>
<body>
<script nonce="${nonce}" src="${file("webview.js")}"></script>
</body>
</html>`;
}
