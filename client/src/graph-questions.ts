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
import type { MarkEntry, Marks, Sizes } from "../webview/messages.ts";
import { addedBytes, baseOf, outdated, showMeasured, sizeParts, sizeProblem } from "../webview/sizes.ts";
import { editorOf } from "./documents.ts";
import type { LanguageServer } from "./language-server.ts";

/** What the stage graph is asked: what is rebuilt when a path changes, or what the cursor is on; what ships, and what is how large. */
export type GraphQuestion =
  | { readonly kind: "rebuild"; readonly path: string }
  | { readonly kind: "rebuild"; readonly path: null }
  | { readonly kind: "ship" }
  | { readonly kind: "sizes" };

/** The answer as the page shows it; `null` where there is none. */
export async function answerQuestion(
  server: LanguageServer,
  question: GraphQuestion,
  document: vscode.TextDocument,
  graph: StageGraph,
  target: string | null,
  sizes: Sizes | null,
): Promise<Marks | null> {
  if (question.kind === "sizes") return showSizes(graph, sizes);
  const base = { textDocument: { uri: document.uri.toString() }, target };
  if (question.kind === "ship") {
    const answer = (await server.request(shipMethod, base satisfies ShipParams)) as ShipAnswer | null;
    return answer && showShipped(answer, graph, sizes);
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
  const entries = steps.flatMap(({ step, stage, message: why }): MarkEntry[] => {
    const row = rows.get(step);
    if (!row) return [];
    const heading = stage === last ? "" : row.node.label;
    last = stage;
    const text = `${row.step.keyword} ${row.step.text}`;
    return [{ heading, text, detail: why, size: "", id: step }];
  });
  const advice = hints.map((hint): MarkEntry => {
    const step = [...rows.values()].find(({ step: { range } }) => range.start.line === hint.range.start.line)?.step;
    return { heading: "", text: hint.message, detail: "", size: "", id: step?.id ?? null };
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

function showShipped({ target, parts, left }: ShipAnswer, graph: StageGraph, sizes: Sizes | null): Marks {
  const name = (id: string | null): string => graph.nodes.find((node) => node.id === id)?.label ?? "";
  /** What the first part of each instruction says: it is of the whole instruction. */
  const seen = new Set<string>();
  const bytesOf = ({ origin, from, step }: ShippedPart): number | undefined => {
    const id = origin === "base" ? from : step;
    if (id === null || seen.has(id)) return undefined;
    seen.add(id);
    return origin === "base" ? sizes?.nodes[id] : sizes?.steps[id];
  };
  const addedTo = (stage: string): number | undefined => {
    const node = graph.nodes.find(({ id }) => id === stage);
    return node && sizes && !sizes.isOld ? addedBytes(node, graph, sizes) : undefined;
  };
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
          size: showMeasured(bytesOf(part), sizes),
          id: part.step ?? part.from,
        };
      }),
  );
  const behind = left.map(({ stage, label, message }, i): MarkEntry => {
    const size = showMeasured(addedTo(stage), sizes);
    return { heading: i === 0 ? "Stays behind" : "", text: label, detail: message, size, id: stage };
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

/** How many of the instructions that add most are listed. */
const largestShown = 5;

function showSizes(graph: StageGraph, sizes: Sizes | null): Marks {
  const base: Omit<Marks, "summary" | "entries" | "steps"> = { kind: "sizes", title: "Sizes", nodes: [], edges: [] };
  const isKnown = sizes && Object.keys({ ...sizes.nodes, ...sizes.problems }).length > 0;
  if (!isKnown) {
    const text = "Builds every stage with your Docker; this may take as long as a build without cache.";
    return { ...base, summary: [text], entries: [], steps: [] };
  }
  const stages = graph.nodes.filter(({ kind }) => kind === "stage");
  const entry = (text: string, detail: string, bytes: number | undefined, id: string | null): MarkEntry => {
    return { heading: "", text, detail, size: showMeasured(bytes, sizes), id };
  };
  const rows = stages.map((node) => {
    const detail = sizeProblem(node, sizes) || sizeParts(node, graph, sizes);
    return entry(node.label, detail, sizes.nodes[node.id], node.id);
  });
  const needed = stages.filter((node) => node.needed);
  const largest = needed
    .flatMap((node) => node.steps.map((step) => ({ node, step, bytes: sizes.steps[step.id] ?? 0 })))
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, largestShown);
  const steps = largest.map(({ node, step, bytes }) =>
    entry(`${step.keyword} ${step.text}`, `in ${node.label}`, bytes, step.id),
  );
  return {
    ...base,
    summary: sizes.isOld ? [`${outdated}.`] : [],
    entries: [
      ...headed("Stages", rows),
      ...headed("What adds most", steps),
      ...headed("What ships, and what stays behind", sizes.isOld ? [] : shippedBytes(graph, sizes, entry)),
    ],
    steps: largest.map(({ step }) => step.id),
  };
}

const headed = (heading: string, entries: readonly MarkEntry[]): MarkEntry[] =>
  entries.map((entry, i) => (i === 0 ? { ...entry, heading } : entry));

/** The image that is built, and the parts of what its build makes that are not part of it. */
function shippedBytes(
  graph: StageGraph,
  sizes: Sizes,
  entry: (text: string, detail: string, bytes: number | undefined, id: string | null) => MarkEntry,
): MarkEntry[] {
  const target = graph.nodes.find(({ isTarget }) => isTarget);
  const shipped = target && sizes.nodes[target.id];
  if (!target || shipped === undefined) return [];
  const chain = new Set<string>();
  for (let id: string | undefined = target.id; id !== undefined && !chain.has(id); id = baseOf(id, graph))
    chain.add(id);
  const behind = graph.nodes.flatMap((node) => {
    const bytes = node.needed && !chain.has(node.id) ? addedBytes(node, graph, sizes) : 0;
    return bytes === undefined || bytes === 0 ? [] : [{ node, bytes }];
  });
  const sum = behind.reduce((all, { bytes }) => all + bytes, 0);
  return [
    entry("Ships", `the image of ${target.label}`, shipped, target.id),
    ...(sum > 0 ? [entry("Stays behind", "made on the way, and not part of the image", sum, null)] : []),
    ...behind
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(({ node, bytes }) => entry(node.label, "stays behind", bytes, node.id)),
  ];
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
