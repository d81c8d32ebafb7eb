import * as vscode from "vscode";
import { type GraphParams, graphMethod, type StageGraph } from "../../server/src/protocol.ts";
import { isStageGraph } from "../webview/messages.ts";
import { fileName } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** The graph of a document, and that document. */
export interface Watched {
  readonly document: vscode.TextDocument;
  readonly graph: StageGraph;
}

/** What is asked for beside the stages. */
export type Wishes = Omit<GraphParams, "textDocument">;

/** The graph of one document after the other, asked for again as the document changes. */
export interface GraphWatch {
  readonly follow: (document: vscode.TextDocument) => void;
  readonly followed: () => vscode.TextDocument | undefined;
  /** For a moment not yet the graph of the document that is followed. */
  readonly shown: () => Watched | null;
  /** Asks again; other wishes replace those before. */
  readonly refresh: (wishes?: Wishes) => void;
  readonly dispose: () => void;
}

export interface GraphListener {
  /** Whether anybody looks: else nothing is asked. */
  readonly isWanted: () => boolean;
  readonly show: (watched: Watched) => void;
  /** There is no graph; `text` says why. */
  readonly showText: (text: string) => void;
}

/** Milliseconds without a change before the graph is asked for again: more for long files, whose graphs are large. */
const typingPause = ({ lineCount }: vscode.TextDocument): number => 80 + Math.min(1000, lineCount / 20);

export function watchGraph(server: LanguageServer, listener: GraphListener): GraphWatch {
  let followed: vscode.TextDocument | undefined;
  let shown: Watched | null = null;
  let wishes: Wishes = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastRequest = 0;

  const showText = (text: string): void => {
    shown = null;
    listener.showText(text);
  };

  const refresh = async (): Promise<void> => {
    clearTimeout(timer);
    const document = followed;
    if (!document || !listener.isWanted()) return;
    const request = ++lastRequest;
    if (server.state() === "starting") return;
    const { uri, version } = document;
    let answer: unknown;
    try {
      const params: GraphParams = { textDocument: { uri: uri.toString() }, ...wishes };
      answer = await server.request(graphMethod, params);
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
    shown = { document, graph: answer };
    listener.show(shown);
  };

  const events = vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document !== followed) return;
      clearTimeout(timer);
      timer = setTimeout(() => void refresh(), typingPause(document));
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      if (document !== followed) return;
      lastRequest++;
      clearTimeout(timer);
      showText(`${fileName(document.uri)} was closed. Open a Dockerfile to see its stages.`);
      followed = undefined;
    }),
    server.onDidChangeState(() => void refresh()),
  );
  return {
    follow: (document) => {
      if (followed === document) return;
      followed = document;
      void refresh();
    },
    followed: () => followed,
    shown: () => shown,
    refresh: (next) => {
      wishes = next ?? wishes;
      void refresh();
    },
    dispose: () => {
      lastRequest++;
      clearTimeout(timer);
      followed = undefined;
      shown = null;
      events.dispose();
    },
  };
}

/** Where the cursor is: the last stage that begins at its line or above, and the instruction there. */
export function findCurrent(
  { graph }: Watched,
  editor: vscode.TextEditor | undefined,
): { readonly id: string | null; readonly step: string | null } {
  if (!editor) return { id: null, step: null };
  const { line } = editor.selection.active;
  const stage = graph.nodes.findLast(({ kind, body }) => kind === "stage" && body.start.line <= line);
  const step = stage?.steps.findLast(({ range }) => range.start.line <= line && line <= range.end.line);
  return { id: stage?.id ?? null, step: step?.id ?? null };
}

/** Puts the cursor at the start of a range, in the editor that shows the document or in a new one. */
export async function reveal(
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
