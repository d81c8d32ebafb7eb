import * as vscode from "vscode";
import type { GraphEdge, GraphNode, GraphStep, StageGraph, StageRole } from "../../server/src/protocol.ts";
import type { Sizes } from "../webview/messages.ts";
import { describeSize, edgeSize, nodeSize, outdated, stepSize } from "../webview/sizes.ts";
import { activeDockerfile, editorOf, isDockerfile } from "./documents.ts";
import { findCurrent, type Watched, watchGraph } from "./graph-watch.ts";
import type { LanguageServer } from "./language-server.ts";
import { sizesFor } from "./sizes/measured.ts";
import type { SizeStore } from "./sizes/store.ts";
import type { StagePlace } from "./stage-actions.ts";

/** The stages of the active Dockerfile as a tree in the side bar, for those who do not want a picture. */

/** Rows are {@link StagePlace}s, which the commands of their menus take. */
interface Row extends StagePlace {
  /** Unique in the tree. */
  readonly id: string;
  readonly parent: Row | null;
  readonly item: vscode.TreeItem;
}

const roleIcons: Readonly<Record<StageRole, string>> = {
  dependencies: "package",
  build: "tools",
  test: "beaker",
  tools: "wrench",
  base: "layers",
  files: "files",
  runtime: "play",
};

export function registerStageTree(server: LanguageServer, sizes: SizeStore): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let watched: Watched | null = null;
  let rows = new Map<string, Row>();
  let children = new Map<string | null, Row[]>();

  const sizesOf = ({ document, graph }: Watched): Sizes | null => {
    const known = sizes.of(document.uri);
    return known && sizesFor(known, graph, document.getText());
  };

  const update = (next: Watched | null): void => {
    watched = next;
    rows = new Map();
    children = new Map();
    for (const row of next ? rowsOf(next, sizesOf(next)) : []) {
      rows.set(row.id, row);
      const parent = row.parent?.id ?? null;
      children.set(parent, [...(children.get(parent) ?? []), row]);
    }
    changed.fire();
    showCurrent();
  };

  const view = vscode.window.createTreeView<Row>("dockerfileStages.stages", {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: ({ item }) => item,
      getParent: ({ parent }) => parent,
      getChildren: (row) => children.get(row?.id ?? null) ?? [],
    },
  });

  let selected: string | null = null;
  const showCurrent = (): void => {
    if (!watched || !view.visible) return;
    const { id } = findCurrent(watched, editorOf(watched.document));
    const row = id === null ? undefined : rows.get(id);
    if (!row || selected === id) return;
    selected = id;
    // The tree may be on its way to another state.
    view.reveal(row, { select: true, focus: false }).then(undefined, () => {});
  };

  const watch = watchGraph(server, {
    isWanted: () => view.visible,
    show: (next) => {
      view.message = next.graph.nodes.length === 0 ? "This file has no stages yet." : "";
      update(next);
    },
    showText: (text) => {
      view.message = text;
      update(null);
    },
  });

  const follow = (document: vscode.TextDocument | undefined): void => {
    if (!isDockerfile(document)) return;
    void vscode.commands.executeCommand("setContext", "dockerfileStages.active", true);
    selected = null;
    watch.follow(document);
  };
  follow(activeDockerfile());
  return vscode.Disposable.from(
    view,
    watch,
    changed,
    vscode.window.onDidChangeActiveTextEditor((editor) => follow(editor?.document)),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (document === vscode.window.activeTextEditor?.document) follow(document);
    }),
    sizes.onDidChange((uri) => {
      if (watched?.document.uri.toString() === uri.toString()) update(watched);
    }),
    view.onDidChangeVisibility(() => watch.refresh()),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor.document === watched?.document) showCurrent();
    }),
  );
}

function rowsOf({ document, graph }: Watched, sizes: Sizes | null): Row[] {
  const uri = document.uri.toString();
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const rows: Row[] = [];
  const add = (id: string, parent: Row | null, place: Omit<StagePlace, "uri">, item: vscode.TreeItem): Row => {
    const row: Row = { uri, ...place, id, parent, item };
    item.id = id;
    item.command ??= {
      command: "dockerfileStages.stage.reveal",
      title: "Go to",
      arguments: [{ uri, ...place } satisfies StagePlace],
    };
    rows.push(row);
    return row;
  };
  for (const node of graph.nodes) {
    if (node.kind !== "stage") continue;
    const stage = add(node.id, null, { node: node.id }, stageItem(node, graph, sizes));
    for (const edge of graph.edges) {
      if (edge.from !== node.id) continue;
      const step = edge.fromStep ?? undefined;
      add(
        `${node.id} ${edge.id}`,
        stage,
        { node: node.id, ...(step === undefined ? {} : { step }) },
        edgeItem(edge, nodes, edgeSize(edge, sizes)),
      );
    }
    const count = node.steps.length;
    const all = new vscode.TreeItem(count === 1 ? "1 instruction" : `${count} instructions`, collapsed);
    const list = add(`${node.id} steps`, stage, { node: node.id }, all);
    for (const step of node.steps) {
      add(step.id, list, { node: node.id, step: step.id }, stepItem(step, stepSize(step.id, sizes)));
    }
  }
  return rows;
}

const collapsed = vscode.TreeItemCollapsibleState.Collapsed;
const wrong = (): vscode.ThemeIcon => new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));

function stageItem(node: GraphNode, graph: StageGraph, sizes: Sizes | null): vscode.TreeItem {
  const { label, detail, isTarget, needed, broken, message, role } = node;
  const item = new vscode.TreeItem(label, collapsed);
  const state = isTarget ? "final image" : needed ? "" : "not built";
  item.description = [detail, nodeSize(node, sizes), state].filter((part) => part !== "").join(" · ");
  const outdatedSize = sizes?.isOld === true && sizes.nodes[node.id] !== undefined ? outdated : "";
  item.tooltip = [label, detail, describeSize(node, graph, sizes), outdatedSize, message]
    .filter((part) => part !== "")
    .join("\n");
  item.contextValue = needed ? "stage" : "unneededStage";
  item.iconPath = broken ? wrong() : new vscode.ThemeIcon(role === null ? "circle-outline" : roleIcons[role]);
  return item;
}

const verbs = { from: "FROM", copy: "COPY from", mount: "mount from", context: "files from" } as const;

function edgeItem(
  { kind, to, label, broken, message }: GraphEdge,
  nodes: ReadonlyMap<string, GraphNode>,
  size: string,
): vscode.TreeItem {
  const item = new vscode.TreeItem(`${verbs[kind]} ${nodes.get(to)?.label ?? to}`);
  item.description = [label, size].filter((part) => part !== "").join(" · ");
  item.tooltip = message === "" ? label : message;
  item.contextValue = "edge";
  item.iconPath = broken ? wrong() : new vscode.ThemeIcon("arrow-small-right");
  return item;
}

function stepItem({ keyword, text, message }: GraphStep, size: string): vscode.TreeItem {
  const item = new vscode.TreeItem(keyword);
  item.description = [text, size].filter((part) => part !== "").join(" · ");
  item.tooltip = message === "" ? `${keyword} ${text}` : message;
  item.contextValue = "step";
  if (message !== "") item.iconPath = wrong();
  return item;
}
