import type { GraphEdge, GraphNode, GraphStep, StageGraph } from "../../server/src/protocol.ts";

/** What the extension and the panel's page say to each other. Both sides read what arrives before they believe it. */

/** Extension → page. */
export type PanelMessage =
  | {
      readonly type: "graph";
      /** The Dockerfile's file name. */
      readonly name: string;
      readonly graph: StageGraph;
      readonly current: Current;
      /** What the page had chosen when this was asked for. */
      readonly choices: Choices;
      readonly pinned: boolean;
    }
  | ({ readonly type: "current" } & Current)
  /** There is nothing to draw; `text` says why. */
  | { readonly type: "empty"; readonly uri: string | null; readonly text: string }
  /** What a question was answered; `null` when it is not asked any more. */
  | { readonly type: "marks"; readonly marks: Marks | null }
  /** What builds measured; `null` where nothing was. */
  | { readonly type: "sizes"; readonly sizes: Sizes | null }
  | { readonly type: "pinned"; readonly pinned: boolean }
  /** The picture is to be exported: the page answers with `picture`. */
  | { readonly type: "export"; readonly format: PictureFormat };

/** Where the cursor is: ids of a node and of a step in it. */
export interface Current {
  readonly id: string | null;
  readonly step: string | null;
}

export const pictureFormats = ["svg", "png"] as const;
export type PictureFormat = (typeof pictureFormats)[number];

/** An answer as the page shows it: beside the drawing as a list, in it as marks. */
export interface Marks {
  readonly kind: "rebuild" | "ship" | "sizes";
  readonly title: string;
  /** Sentences below the title. */
  readonly summary: readonly string[];
  readonly entries: readonly MarkEntry[];
  /** Ids of steps, nodes and edges that stand out. */
  readonly steps: readonly string[];
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
}

export interface MarkEntry {
  /** The line above a group of entries; empty for those below the same. */
  readonly heading: string;
  readonly text: string;
  readonly detail: string;
  /** A size that stands beside the text; empty where there is none. */
  readonly size: string;
  /** The id of the step, edge or node that a click shows; `null` where there is none. */
  readonly id: string | null;
}

/** What builds of the stages measured, in bytes. */
export interface Sizes {
  /** Whole images, by the ids of stages and of the images they are built on. */
  readonly nodes: Readonly<Record<string, number>>;
  /** What instructions added, by the ids of steps: for a COPY, the bytes that it copied. */
  readonly steps: Readonly<Record<string, number>>;
  /** Why there is no size, in words, by the ids of stages. */
  readonly problems: Readonly<Record<string, string>>;
  /** Whether the file was changed since. */
  readonly isOld: boolean;
}

/** What of the graph is drawn. */
export interface Choices {
  /** Keys of the stages whose instructions are shown: see `keysOf` in layout.ts. */
  readonly expanded: readonly string[];
  /** Whether those of all stages are shown. */
  readonly layers: boolean;
  /** The stage to build: its name, else its index; `null` for the one of a build without `--target`. */
  readonly target: string | null;
  /** Whether what is copied out of the build context is drawn. */
  readonly contexts: boolean;
  /** Whether an external image is drawn for each of its uses, not once. */
  readonly imagesPerUse: boolean;
  /** Whether stages that can be made at the same time are in one row. */
  readonly order: boolean;
}

export const usualChoices: Choices = {
  expanded: [],
  layers: false,
  target: null,
  contexts: false,
  imagesPerUse: false,
  order: false,
};

/** Page → extension. */
export type PageMessage =
  /** The page can take messages now. */
  | { readonly type: "ready"; readonly choices: Choices }
  /** The user chose a node, an edge or an instruction: show it in the editor. */
  | { readonly type: "reveal"; readonly what: Thing; readonly id: string }
  | { readonly type: "rename"; readonly id: string }
  | { readonly type: "choose"; readonly choices: Choices }
  | { readonly type: "pin"; readonly pinned: boolean }
  | { readonly type: "ask"; readonly question: Question }
  /** The user wants to export: ask for the format. */
  | { readonly type: "export" }
  /** The user wants the sizes of the stages measured. */
  | { readonly type: "measure" }
  | { readonly type: "picture"; readonly format: PictureFormat; readonly data: string };

export const things = ["node", "edge", "step"] as const;
export type Thing = (typeof things)[number];
export const questions = ["rebuild", "ship", "sizes", "none"] as const;
export type Question = (typeof questions)[number];

/** Which part of the drawing the page shows. */
export interface View {
  /** Where the drawing's origin is in the page. */
  x: number;
  y: number;
  scale: number;
  /** Whether the user never moved it, so that it may follow the drawing's size. */
  follows: boolean;
}

/** What the page keeps while it is hidden, and over a reload of the window. */
export interface PageState {
  readonly uri: string | null;
  readonly view: View;
  readonly choices: Choices;
  readonly pinned: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === "string";
const isListOf = (value: unknown, test: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(test);
const areTexts = (value: Fields, ...names: string[]): boolean => names.every((name) => isText(value[name]));
const areTextsOrNull = (value: Fields, ...names: string[]): boolean => names.every((name) => isTextOrNull(value[name]));
const areLists = (value: Fields, ...names: string[]): boolean => names.every((name) => isListOf(value[name], isText));
const areFlags = (value: Fields, ...names: string[]): boolean =>
  names.every((name) => typeof value[name] === "boolean");
const isOneOf = (value: unknown, ...all: readonly string[]): boolean => isText(value) && all.includes(value);
const isPosition = (value: unknown): boolean =>
  isObject(value) && Number.isInteger(value["line"]) && Number.isInteger(value["character"]);
const isRange = (value: unknown): boolean => isObject(value) && isPosition(value["start"]) && isPosition(value["end"]);

const isStep = (value: unknown): value is GraphStep =>
  isObject(value) && areTexts(value, "id", "keyword", "text", "message") && isRange(value["range"]);

const roles = ["dependencies", "build", "test", "tools", "base", "files", "runtime"];

const isNode = (value: unknown): value is GraphNode =>
  isObject(value) &&
  areTexts(value, "id", "label", "detail", "message") &&
  isTextOrNull(value["name"]) &&
  isOneOf(value["kind"], "stage", "image", "context", "scratch") &&
  (value["index"] === null || Number.isInteger(value["index"])) &&
  isRange(value["range"]) &&
  isRange(value["body"]) &&
  areFlags(value, "isTarget", "needed", "broken") &&
  (value["role"] === null || isOneOf(value["role"], ...roles)) &&
  Number.isInteger(value["level"]) &&
  isListOf(value["steps"], isStep);

const isEdge = (value: unknown): value is GraphEdge =>
  isObject(value) &&
  areTexts(value, "id", "from", "to", "label", "message") &&
  areTextsOrNull(value, "fromStep", "toStep", "mount", "destination") &&
  areLists(value, "sources") &&
  isOneOf(value["kind"], "from", "copy", "mount", "context") &&
  isRange(value["range"]) &&
  areFlags(value, "broken");

export function isStageGraph(value: unknown): value is StageGraph {
  return (
    isObject(value) &&
    isText(value["uri"]) &&
    Number.isInteger(value["version"]) &&
    isListOf(value["nodes"], isNode) &&
    isListOf(value["edges"], isEdge) &&
    areLists(value, "longest", "builds", "skips") &&
    isTextOrNull(value["target"]) &&
    isText(value["targetMessage"])
  );
}

export function isChoices(value: unknown): value is Choices {
  return (
    isObject(value) &&
    areLists(value, "expanded") &&
    isTextOrNull(value["target"]) &&
    areFlags(value, "layers", "contexts", "imagesPerUse", "order")
  );
}

const isEntry = (value: unknown): value is MarkEntry =>
  isObject(value) && areTexts(value, "heading", "text", "detail", "size") && isTextOrNull(value["id"]);

const isMarks = (value: unknown): value is Marks =>
  isObject(value) &&
  isOneOf(value["kind"], "rebuild", "ship", "sizes") &&
  areTexts(value, "title") &&
  areLists(value, "summary", "steps", "nodes", "edges") &&
  isListOf(value["entries"], isEntry);

const isSize = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0;
const isRecordOf = (value: unknown, test: (each: unknown) => boolean): boolean =>
  isObject(value) && Object.values(value).every(test);
const isSizes = (value: unknown): value is Sizes =>
  isObject(value) &&
  isRecordOf(value["nodes"], isSize) &&
  isRecordOf(value["steps"], isSize) &&
  isRecordOf(value["problems"], isText) &&
  areFlags(value, "isOld");

const isCurrent = (value: unknown): value is Current => isObject(value) && areTextsOrNull(value, "id", "step");

export function isPanelMessage(value: unknown): value is PanelMessage {
  if (!isObject(value)) return false;
  switch (value["type"]) {
    case "graph":
      return (
        isText(value["name"]) &&
        isStageGraph(value["graph"]) &&
        isCurrent(value["current"]) &&
        isChoices(value["choices"]) &&
        areFlags(value, "pinned")
      );
    case "current":
      return isCurrent(value);
    case "empty":
      return isTextOrNull(value["uri"]) && isText(value["text"]);
    case "marks":
      return value["marks"] === null || isMarks(value["marks"]);
    case "sizes":
      return value["sizes"] === null || isSizes(value["sizes"]);
    case "pinned":
      return areFlags(value, "pinned");
    case "export":
      return isOneOf(value["format"], ...pictureFormats);
    default:
      return false;
  }
}

export function isPageMessage(value: unknown): value is PageMessage {
  if (!isObject(value)) return false;
  switch (value["type"]) {
    case "ready":
    case "choose":
      return isChoices(value["choices"]);
    case "reveal":
      return isOneOf(value["what"], ...things) && isText(value["id"]);
    case "rename":
      return isText(value["id"]);
    case "pin":
      return areFlags(value, "pinned");
    case "ask":
      return isOneOf(value["question"], ...questions);
    case "export":
    case "measure":
      return true;
    case "picture":
      return isOneOf(value["format"], ...pictureFormats) && isText(value["data"]);
    default:
      return false;
  }
}

export function isPageState(value: unknown): value is PageState {
  if (!isObject(value) || !isTextOrNull(value["uri"]) || !isObject(value["view"])) return false;
  if (!isChoices(value["choices"]) || !areFlags(value, "pinned")) return false;
  const { x, y, scale, follows } = value["view"];
  return [x, y, scale].every(Number.isFinite) && Number(scale) > 0 && typeof follows === "boolean";
}
