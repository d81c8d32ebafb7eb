import type { GraphEdge, GraphNode, StageGraph } from "../../server/src/protocol.ts";

/** What the extension and the panel's page say to each other. Both sides read what arrives before they believe it. */

/** Extension → page. */
export type PanelMessage =
  | {
      readonly type: "graph";
      /** The Dockerfile's file name. */
      readonly name: string;
      readonly graph: StageGraph;
      /** Id of the node that the cursor is in. */
      readonly current: string | null;
    }
  | { readonly type: "current"; readonly id: string | null }
  /** There is nothing to draw; `text` says why. */
  | { readonly type: "empty"; readonly uri: string | null; readonly text: string };

/** Page → extension. */
export type PageMessage =
  /** The page can take messages now. */
  | { readonly type: "ready" }
  /** The user chose a node or an edge: show it in the editor. */
  | { readonly type: "reveal"; readonly what: "node" | "edge"; readonly id: string };

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
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === "string";
const areTexts = (value: Fields, ...names: string[]): boolean => names.every((name) => isText(value[name]));
const areFlags = (value: Fields, ...names: string[]): boolean =>
  names.every((name) => typeof value[name] === "boolean");
const isPosition = (value: unknown): boolean =>
  isObject(value) && Number.isInteger(value["line"]) && Number.isInteger(value["character"]);
const isRange = (value: unknown): boolean => isObject(value) && isPosition(value["start"]) && isPosition(value["end"]);

const isNode = (value: unknown): value is GraphNode =>
  isObject(value) &&
  areTexts(value, "id", "label", "detail") &&
  (value["kind"] === "stage" || value["kind"] === "image") &&
  (value["index"] === null || Number.isInteger(value["index"])) &&
  isRange(value["range"]) &&
  isRange(value["body"]) &&
  areFlags(value, "isTarget", "needed", "broken");

const isEdge = (value: unknown): value is GraphEdge =>
  isObject(value) &&
  areTexts(value, "id", "from", "to", "label") &&
  (value["kind"] === "from" || value["kind"] === "copy" || value["kind"] === "mount") &&
  isRange(value["range"]) &&
  areFlags(value, "broken");

export function isStageGraph(value: unknown): value is StageGraph {
  return (
    isObject(value) &&
    isText(value["uri"]) &&
    Number.isInteger(value["version"]) &&
    Array.isArray(value["nodes"]) &&
    value["nodes"].every(isNode) &&
    Array.isArray(value["edges"]) &&
    value["edges"].every(isEdge)
  );
}

export function isPanelMessage(value: unknown): value is PanelMessage {
  if (!isObject(value)) return false;
  if (value["type"] === "graph") {
    return isText(value["name"]) && isStageGraph(value["graph"]) && isTextOrNull(value["current"]);
  }
  if (value["type"] === "current") return isTextOrNull(value["id"]);
  return value["type"] === "empty" && isTextOrNull(value["uri"]) && isText(value["text"]);
}

export function isPageMessage(value: unknown): value is PageMessage {
  if (!isObject(value)) return false;
  if (value["type"] === "ready") return true;
  return value["type"] === "reveal" && (value["what"] === "node" || value["what"] === "edge") && isText(value["id"]);
}

export function isPageState(value: unknown): value is PageState {
  if (!isObject(value) || !isTextOrNull(value["uri"]) || !isObject(value["view"])) return false;
  const { x, y, scale, follows } = value["view"];
  return [x, y, scale].every(Number.isFinite) && Number(scale) > 0 && typeof follows === "boolean";
}
