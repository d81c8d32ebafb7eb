import * as vscode from "vscode";
import type { StageGraph } from "../../server/src/protocol.ts";
import {
  type Choices,
  type Current,
  isPageMessage,
  isPageState,
  type PageMessage,
  type PanelMessage,
  type PictureFormat,
  type Question,
  type Sizes,
  usualChoices,
} from "../webview/messages.ts";
import { activeDockerfile, editorOf, fileName, isDockerfile } from "./documents.ts";
import { exportGraph } from "./graph-export.ts";
import { answerQuestion, askForChange, type GraphQuestion } from "./graph-questions.ts";
import { findCurrent, type GraphWatch, reveal, watchGraph } from "./graph-watch.ts";
import type { LanguageServer } from "./language-server.ts";
import { sizesFor } from "./sizes/measured.ts";
import type { SizeStore } from "./sizes/store.ts";

/** The panels that draw the stages of a Dockerfile: of the one in the active editor, or of the one they are pinned to. */
export interface GraphPanel {
  /** Shows `document` beside the editor: in the panel that has it, in one that is not pinned, or in a new one. */
  readonly show: (document: vscode.TextDocument) => void;
  /** What the panel shows that was opened or changed last. */
  readonly shownGraph: () => StageGraph | null;
}

const viewType = "dockerfileStages.graph";
const measureCommand = "dockerfileStages.measureSizes";
/** Milliseconds that the cursor rests before what is rebuilt is asked again. */
const cursorPause = 150;

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly watch: GraphWatch;
  readonly isPinned: () => boolean;
  readonly showText: (text: string) => void;
  readonly cursorMoved: () => void;
  readonly measured: () => void;
}

export function registerGraphPanel(
  context: vscode.ExtensionContext,
  server: LanguageServer,
  sizes: SizeStore,
): GraphPanel {
  const dist = vscode.Uri.joinPath(context.extensionUri, "dist");
  /** The one that was opened or brought to the front last is the last. */
  let panels: readonly OpenPanel[] = [];

  const adopt = (panel: vscode.WebviewPanel, state: { choices: Choices; pinned: boolean }): OpenPanel => {
    const opened = openPanel(panel, dist, server, sizes, state);
    panels = [...panels, opened];
    panel.onDidDispose(() => {
      panels = panels.filter((each) => each !== opened);
    });
    return opened;
  };

  const followActive = (document: vscode.TextDocument | undefined): void => {
    if (!isDockerfile(document)) return;
    for (const { isPinned, watch } of panels) if (!isPinned()) watch.follow(document);
  };

  context.subscriptions.push(
    { dispose: () => panels.forEach(({ panel }) => panel.dispose()) },
    vscode.window.onDidChangeActiveTextEditor((editor) => followActive(editor?.document)),
    vscode.workspace.onDidOpenTextDocument((document) => {
      // Also when the language of the active document becomes Dockerfile.
      if (document === vscode.window.activeTextEditor?.document) followActive(document);
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      for (const { watch, cursorMoved } of panels) if (textEditor.document === watch.followed()) cursorMoved();
    }),
    sizes.onDidChange((uri) => {
      const key = uri.toString();
      for (const { watch, measured } of panels) if (watch.followed()?.uri.toString() === key) measured();
    }),
    vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (restored, state: unknown) => {
        const { uri, choices, pinned } = isPageState(state)
          ? state
          : { uri: null, choices: usualChoices, pinned: false };
        const { watch, showText } = adopt(restored, { choices, pinned });
        const active = activeDockerfile();
        if (active && !pinned) return watch.follow(active);
        if (uri === null) return showText("Open a Dockerfile to see its stages.");
        try {
          const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
          if (isDockerfile(document) && !watch.followed()) watch.follow(document);
        } catch {
          showText("The Dockerfile is not there any more. Open another to see its stages.");
        }
      },
    }),
  );

  return {
    shownGraph: () => panels.at(-1)?.watch.shown()?.graph ?? null,
    show: (document) => {
      const known =
        panels.find(({ watch }) => watch.followed() === document) ?? panels.find(({ isPinned }) => !isPinned());
      if (known) {
        panels = [...panels.filter((each) => each !== known), known];
        known.panel.reveal(undefined, true);
        return known.watch.follow(document);
      }
      const made = vscode.window.createWebviewPanel(
        viewType,
        titleFor(document.uri),
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        { enableScripts: true, localResourceRoots: [dist] },
      );
      adopt(made, { choices: usualChoices, pinned: false }).watch.follow(document);
    },
  };
}

function openPanel(
  panel: vscode.WebviewPanel,
  dist: vscode.Uri,
  server: LanguageServer,
  sizes: SizeStore,
  state: { readonly choices: Choices; readonly pinned: boolean },
): OpenPanel {
  let { choices, pinned } = state;
  let isPageReady = false;
  /** What the page should show; sent again when the page is made again. */
  let message: PanelMessage = { type: "empty", uri: null, text: "" };
  let current: Current = { id: null, step: null };
  let question: GraphQuestion | null = null;
  let lastQuestion = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawn: ((data: string) => void) | undefined;

  const send = (next: PanelMessage): void => {
    if (isPageReady) void panel.webview.postMessage(next);
  };
  const log = (error: unknown): void => server.log.error(String(error));

  /** What is known of the sizes of the stages that are shown. */
  const measured = (): Sizes | null => {
    const shown = watch.shown();
    const known = shown && sizes.of(shown.document.uri);
    return known && sizesFor(known, shown.graph, shown.document.getText());
  };
  const sendSizes = (): void => send({ type: "sizes", sizes: measured() });

  const showText = (text: string): void => {
    current = { id: null, step: null };
    message = { type: "empty", uri: watch.followed()?.uri.toString() ?? null, text };
    send(message);
  };

  const watch = watchGraph(server, {
    isWanted: () => true,
    show: (watched) => {
      const { document, graph } = watched;
      panel.title = titleFor(document.uri);
      current = findCurrent(watched, editorOf(document));
      message = { type: "graph", name: fileName(document.uri), graph, current, choices, pinned };
      send(message);
      sendSizes();
      answer().catch(log);
    },
    showText,
  });

  const askGraph = (): void =>
    watch.refresh({
      target: choices.target,
      contexts: choices.contexts,
      images: choices.imagesPerUse ? "per-use" : "once",
    });

  /** Answers the question that is open anew. */
  const answer = async (): Promise<void> => {
    const shown = watch.shown();
    if (!question || !shown) return;
    const asked = ++lastQuestion;
    const { document, graph } = shown;
    const marks = await answerQuestion(server, question, document, graph, choices.target, measured());
    if (asked === lastQuestion) send({ type: "marks", marks });
  };

  const ask = async (kind: Question): Promise<void> => {
    const document = watch.followed();
    lastQuestion++;
    question = null;
    if (kind === "ship" || kind === "sizes") question = { kind };
    else if (kind === "rebuild" && document) question = (await askForChange(document)) ?? null;
    if (!question) return send({ type: "marks", marks: null });
    await answer();
  };

  const draw = (format: PictureFormat): Promise<string> =>
    new Promise((resolve) => {
      drawn?.("");
      drawn = resolve;
      send({ type: "export", format });
    });

  const receive = async (received: PageMessage): Promise<void> => {
    const shown = watch.shown();
    switch (received.type) {
      case "ready":
        isPageReady = true;
        // The page may have been hidden and made again: it has kept what was chosen.
        choices = received.choices;
        if (message.type === "graph") message = { ...message, choices, pinned };
        send(message);
        if (message.type === "graph") sendSizes();
        return answer();
      case "choose": {
        const before = choices;
        choices = received.choices;
        if (message.type === "graph") message = { ...message, choices };
        const needsGraph =
          before.target !== choices.target ||
          before.contexts !== choices.contexts ||
          before.imagesPerUse !== choices.imagesPerUse;
        if (needsGraph) askGraph();
        return;
      }
      case "pin":
        pinned = received.pinned;
        if (message.type === "graph") message = { ...message, pinned };
        return;
      case "ask":
        return ask(received.question);
      case "export":
        if (shown) await exportGraph(server, shown.document, choices.target, draw);
        return;
      case "measure":
        if (shown) await vscode.commands.executeCommand(measureCommand, shown.document.uri.toString());
        return;
      case "picture":
        drawn?.(received.data);
        drawn = undefined;
        return;
      case "rename": {
        const node = shown?.graph.nodes.find(({ id }) => id === received.id);
        if (!shown || node?.kind !== "stage") return;
        await reveal(shown.document, node.range);
        const { uri } = shown.document;
        await vscode.commands.executeCommand("dockerfileStages.renameStage", uri.toString(), node.range.start);
        return;
      }
      case "reveal": {
        if (!shown) return;
        const { nodes, edges } = shown.graph;
        const things =
          received.what === "node" ? nodes : received.what === "edge" ? edges : nodes.flatMap(({ steps }) => steps);
        const range = things.find(({ id }) => id === received.id)?.range;
        if (range) await reveal(shown.document, range);
      }
    }
  };

  panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
  panel.webview.onDidReceiveMessage((received: unknown) => {
    if (isPageMessage(received)) receive(received).catch(log);
  });
  panel.onDidChangeViewState(() => {
    // The page of a hidden panel is thrown away; it says "ready" again when it is back.
    if (!panel.visible) isPageReady = false;
  });
  panel.onDidDispose(() => {
    clearTimeout(timer);
    drawn?.("");
    watch.dispose();
  });
  panel.webview.html = page(panel.webview, dist);
  askGraph();

  return {
    panel,
    watch: {
      ...watch,
      follow: (document) => {
        if (watch.followed() === document) return;
        panel.title = titleFor(document.uri);
        if (watch.followed()) {
          // What was asked and chosen is about the file before.
          question = null;
          lastQuestion++;
          send({ type: "marks", marks: null });
          if (choices.target !== null) {
            choices = { ...choices, target: null };
            askGraph();
          }
        }
        watch.follow(document);
      },
    },
    isPinned: () => pinned,
    showText,
    measured: () => {
      if (!watch.shown()) return;
      sendSizes();
      if (question?.kind === "sizes" || question?.kind === "ship") answer().catch(log);
    },
    cursorMoved: () => {
      const shown = watch.shown();
      if (!shown || shown.document !== watch.followed()) return;
      const next = findCurrent(shown, editorOf(shown.document));
      if (next.id === null || (next.id === current.id && next.step === current.step)) return;
      current = next;
      if (message.type === "graph") message = { ...message, current };
      send({ type: "current", ...current });
      if (question?.kind !== "rebuild" || question.path !== null) return;
      clearTimeout(timer);
      timer = setTimeout(() => answer().catch(log), cursorPause);
    },
  };
}

const titleFor = (uri: vscode.Uri): string => `Stages: ${fileName(uri)}`;

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
