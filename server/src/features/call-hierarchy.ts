import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  SymbolKind,
} from "vscode-languageserver-types";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { encloses, type Position, type Range } from "../text/range.ts";
import type { FoundBuild } from "../workspace/mentions.ts";
import { type PlaceElsewhere, stageElsewhere } from "./elsewhere.ts";
import { nameSpan, subjectAt, writtenName } from "./subject.ts";

/** What an item stands for; it comes back with the questions about it. */
type ItemData =
  | { readonly kind: "stage"; readonly name: string }
  | { readonly kind: "image"; readonly image: string }
  | { readonly kind: "build" };

/** The stage or image that is named at a position. */
export function prepareCallHierarchy(analysis: Analysis, uri: string, position: Position): CallHierarchyItem[] {
  const subject = subjectAt(analysis, analysis.lines.offset(position));
  switch (subject?.kind) {
    case "stage":
    case "from":
      return [stageItem(analysis, uri, subject.stage)];
    case "reference":
      return itemOf(analysis, uri, subject.reference);
    case "variable":
      return subject.reference ? itemOf(analysis, uri, subject.reference) : [];
    default:
      return [];
  }
}

/** Who uses a stage or an image: stages, and builds of other files whose target it is. */
export function incomingCalls(
  analysis: Analysis,
  uri: string,
  item: CallHierarchyItem,
  builds: readonly FoundBuild[] = [],
): CallHierarchyIncomingCall[] {
  const data = dataOf(item);
  if (data?.kind === "image") {
    const uses = analysis.references.filter(({ target }) => target.kind === "image" && target.image === data.image);
    return fromStages(analysis, uri, uses);
  }
  const stage = data?.kind === "stage" ? stageOf(analysis, item, data.name) : null;
  if (!stage) return [];
  const uses = analysis.references.filter((reference) => referencedStage(reference) === stage.index);
  const targets = stage.name === null ? [] : stageElsewhere(builds, stage.name);
  return [
    ...fromStages(analysis, uri, uses),
    ...targets.filter(({ kind }) => kind === "target").map((place) => fromBuild(place)),
  ];
}

/** What a stage needs: other stages, and images. */
export function outgoingCalls(analysis: Analysis, uri: string, item: CallHierarchyItem): CallHierarchyOutgoingCall[] {
  const data = dataOf(item);
  const stage = data?.kind === "stage" ? stageOf(analysis, item, data.name) : null;
  if (!stage) return [];
  const calls = new Map<string, CallHierarchyOutgoingCall>();
  for (const reference of analysis.references) {
    if (reference.stage !== stage.index) continue;
    const [to] = itemOf(analysis, uri, reference);
    if (!to) continue;
    const key = JSON.stringify([to.data, to.range]);
    const image = reference.target.kind === "image" ? reference.target.image : key;
    const call = calls.get(image) ?? { to, fromRanges: [] };
    call.fromRanges.push(analysis.lines.range(reference.span));
    calls.set(image, call);
  }
  return [...calls.values()];
}

function fromStages(analysis: Analysis, uri: string, uses: readonly Reference[]): CallHierarchyIncomingCall[] {
  const byStage = new Map<number, Range[]>();
  for (const { stage, span } of uses) {
    const ranges = byStage.get(stage);
    if (ranges) ranges.push(analysis.lines.range(span));
    else byStage.set(stage, [analysis.lines.range(span)]);
  }
  return [...byStage].map(([stage, fromRanges]) => ({
    from: stageItem(analysis, uri, analysis.stages[stage]!),
    fromRanges,
  }));
}

function fromBuild({ file, span, build }: PlaceElsewhere): CallHierarchyIncomingCall {
  const { mention } = build;
  const selection = file.lines.range(span);
  const from: CallHierarchyItem = {
    name: mention.name === "" ? file.path : mention.name,
    kind: SymbolKind.File,
    ...(mention.name !== "" && { detail: file.path }),
    uri: file.uri,
    range: encloses(mention.span, span) ? file.lines.range(mention.span) : selection,
    selectionRange: selection,
    data: { kind: "build" } satisfies ItemData,
  };
  return { from, fromRanges: [selection] };
}

/** The item for what a reference leads to; none where that is not known. */
function itemOf(analysis: Analysis, uri: string, reference: Reference): CallHierarchyItem[] {
  const stage = referencedStage(reference);
  if (stage !== null) return [stageItem(analysis, uri, analysis.stages[stage]!)];
  const { target, span } = reference;
  if (target.kind !== "image") return [];
  const range = analysis.lines.range(span);
  const data: ItemData = { kind: "image", image: target.image };
  return [{ name: target.image, kind: SymbolKind.Package, detail: "image", uri, range, selectionRange: range, data }];
}

function stageItem({ lines }: Analysis, uri: string, stage: Stage): CallHierarchyItem {
  const { span, base } = stage;
  const data: ItemData = { kind: "stage", name: writtenName(stage) };
  return {
    name: writtenName(stage),
    kind: SymbolKind.Module,
    detail: `FROM ${base?.text ?? ""}`.trim(),
    uri,
    range: lines.range(span),
    selectionRange: lines.range(nameSpan(stage)),
    data,
  };
}

function dataOf({ data }: CallHierarchyItem): ItemData | null {
  return typeof data === "object" && data !== null && "kind" in data ? (data as ItemData) : null;
}

/** The stage of an item, found by its name where the file has changed; of stages with one name the one at the item's place. */
function stageOf({ stages, lines }: Analysis, { selectionRange }: CallHierarchyItem, name: string): Stage | null {
  const offset = lines.offset(selectionRange.start);
  const named = stages.filter((stage) => writtenName(stage) === name);
  return named.find((stage) => nameSpan(stage).start === offset) ?? named[0] ?? null;
}
