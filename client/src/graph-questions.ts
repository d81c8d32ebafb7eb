import * as vscode from "vscode";
import {
  rebuildMethod,
  type RebuildAnswer,
  type RebuildParams,
  shipMethod,
  type ShipAnswer,
  type ShipParams,
  type ShippedPart,
  type StageGraph,
} from "../../server/src/protocol.ts";
import type { MarkEntry, Marks } from "../webview/messages.ts";
import { editorOf } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** What the stage graph is asked: what is rebuilt when a path changes, or what the cursor is on; and what ships. */
export type GraphQuestion =
  | { readonly kind: "rebuild"; readonly path: string }
  | { readonly kind: "rebuild"; readonly path: null }
  | { readonly kind: "ship" };

/** The answer as the page shows it; `null` where there is none. */
export async function answerQuestion(
  server: LanguageServer,
  question: GraphQuestion,
  document: vscode.TextDocument,
  graph: StageGraph,
  target: string | null,
): Promise<Marks | null> {
  const base = { textDocument: { uri: document.uri.toString() }, target };
  if (question.kind === "ship") {
    const answer = (await server.request(shipMethod, base satisfies ShipParams)) as ShipAnswer | null;
    return answer && showShipped(answer, graph);
  }
  const position = editorOf(document)?.selection.active ?? new vscode.Position(0, 0);
  const what =
    question.path === null
      ? { position: { line: position.line, character: position.character } }
      : { path: question.path };
  const params: RebuildParams = { ...base, ...what };
  const answer = (await server.request(rebuildMethod, params)) as RebuildAnswer | null;
  return answer && showRebuilt(answer, graph, question.path === null);
}

function showRebuilt(answer: RebuildAnswer, graph: StageGraph, isCursor: boolean): Marks {
  const { subject, message, steps, stages, edges, hints } = answer;
  const rows = new Map(graph.nodes.flatMap((node) => node.steps.map((step) => [step.id, { step, node }])));
  let last = "";
  const entries = steps.flatMap(({ step, stage, certain, message: why }): MarkEntry[] => {
    const row = rows.get(step);
    if (!row) return [];
    const heading = stage === last ? "" : row.node.label;
    last = stage;
    const text = `${row.step.keyword} ${row.step.text}`;
    return [{ heading, text, detail: certain ? why : `Perhaps: ${why}`, id: step }];
  });
  const advice = hints.map((hint): MarkEntry => {
    const step = [...rows.values()].find(({ step: { range } }) => range.start.line === hint.range.start.line)?.step;
    return { heading: "", text: hint.message, detail: "", id: step?.id ?? null };
  });
  return {
    kind: "rebuild",
    title: subject === "" ? "What is rebuilt?" : `When ${subject} changes`,
    summary: [message, ...(isCursor ? ["This follows the cursor."] : [])],
    entries: [...advice.map((entry, i) => (i === 0 ? { ...entry, heading: "To save time" } : entry)), ...entries],
    steps: steps.map(({ step }) => step),
    nodes: stages,
    edges,
  };
}

const origins: Readonly<Record<ShippedPart["origin"], string>> = {
  base: "The base",
  stage: "Copied from other stages",
  image: "Copied from other images",
  context: "From the build context",
  text: "Written in the Dockerfile",
  remote: "Downloaded",
  run: "Made by commands",
};

function showShipped({ target, parts, left }: ShipAnswer, graph: StageGraph): Marks {
  const name = (id: string | null): string => graph.nodes.find((node) => node.id === id)?.label ?? "";
  const groups = (Object.keys(origins) as ShippedPart["origin"][]).flatMap((origin) =>
    parts
      .filter((part) => part.origin === origin)
      .map((part, i): MarkEntry => {
        const from = origin === "stage" || origin === "image" ? name(part.from) : "";
        const where = [from === "" ? "" : `from ${from}`, part.destination === null ? "" : `to ${part.destination}`];
        return {
          heading: i === 0 ? origins[origin] : "",
          text: part.label,
          detail: where.filter((each) => each !== "").join(" "),
          id: part.step ?? part.from,
        };
      }),
  );
  const behind = left.map(({ stage, label, message }, i): MarkEntry => {
    return { heading: i === 0 ? "Stays behind" : "", text: label, detail: message, id: stage };
  });
  const steps = parts.flatMap(({ step, madeBy }) => [...(step === null ? [] : [step]), ...madeBy]);
  const nodes = [...(target === null ? [] : [target]), ...parts.flatMap(({ from }) => from ?? [])];
  return {
    kind: "ship",
    title: target === null ? "What ships?" : `What ships in ${name(target)}`,
    summary: parts.length === 0 ? ["Nothing that the file tells of."] : [],
    entries: [...groups, ...behind],
    steps: [...new Set(steps)],
    nodes: [...new Set(nodes)],
    edges: graph.edges.filter(({ fromStep }) => fromStep !== null && steps.includes(fromStep)).map(({ id }) => id),
  };
}

/** More files of a build context are not offered; their paths can be typed. */
const mostFiles = 3000;
const excluded = "**/{.git,node_modules,.venv,target,dist}/**";

/** Asks what changes: the instruction at the cursor, or a file or folder; `undefined` when the question is closed. */
export async function askForChange(document: vscode.TextDocument): Promise<GraphQuestion | undefined> {
  const folder = vscode.Uri.joinPath(document.uri, "..");
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly path: string | null }>();
  pick.title = "What is rebuilt?";
  pick.placeholder = "A file or folder of the build context that changes";
  const cursor = {
    label: "What the cursor is on",
    description: "follows the cursor from instruction to instruction",
    path: null,
    alwaysShow: true,
  };
  let paths: readonly string[] = [];
  const offer = (): void => {
    const typed = pick.value.trim();
    const own = typed === "" || paths.includes(typed) ? [] : [{ label: typed, description: "as typed", path: typed }];
    pick.items = [cursor, ...paths.map((path) => ({ label: path, path })), ...own];
  };
  offer();
  pick.busy = true;
  const searched = vscode.workspace.findFiles(new vscode.RelativePattern(folder, "**/*"), excluded, mostFiles);
  searched.then(
    (files) => {
      paths = pathsIn(folder, files);
      pick.busy = false;
      offer();
    },
    () => {
      pick.busy = false;
    },
  );
  pick.onDidChangeValue(offer);
  try {
    return await new Promise((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        resolve(item && { kind: "rebuild", path: item.path });
      });
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

/** The files and the folders that hold them, from the folder on: folders end with a slash. */
function pathsIn(folder: vscode.Uri, files: readonly vscode.Uri[]): string[] {
  const found = new Set<string>();
  for (const { path } of files) {
    const inside = path.slice(folder.path.length).replace(/^\//, "");
    for (let slash = inside.indexOf("/"); slash >= 0; slash = inside.indexOf("/", slash + 1)) {
      found.add(inside.slice(0, slash + 1));
    }
    found.add(inside);
  }
  return [...found].toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

const depth = (path: string): number => path.replace(/\/$/, "").split("/").length;
