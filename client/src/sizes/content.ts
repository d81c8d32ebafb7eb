import type { ShipAnswer, ShippedPart, StageGraph } from "../../../server/src/protocol.ts";
import { align, type HistoryEntry, totalOf } from "./history.ts";

/** Of what an image consists, in bytes: its history told apart by what its Dockerfile says. */

export interface Content {
  readonly size: number;
  /** The image that all is built on, as the Dockerfile names it; `""` for scratch. */
  readonly baseName: string;
  /** `null` where history and Dockerfile say something else. */
  readonly base: number | null;
  /** What instructions added, the oldest first. */
  readonly parts: readonly ContentPart[];
}

export const origins = ["stage", "image", "context", "text", "remote", "run", "other"] as const;
export type Origin = (typeof origins)[number];

export interface ContentPart {
  /** `COPY --from=build /app /app` */
  readonly text: string;
  /** The stage that it stands in. */
  readonly stage: string;
  readonly origin: Origin;
  readonly size: number;
}

/** `graph` has scratch; `ship` says where what is copied comes from. */
export function contentOf(history: readonly HistoryEntry[], graph: StageGraph, ship: ShipAnswer | null): Content {
  const slots = slotsOf(graph);
  const { sizes, base } = align(
    history,
    slots.map(({ keyword }) => keyword),
  );
  const parts = slots.flatMap(({ step, text, stage, keyword }, place): ContentPart[] => {
    const size = sizes.get(place);
    if (size === undefined) return [];
    return [{ text: `${keyword} ${text}`, stage, origin: originOf(step, keyword, ship), size }];
  });
  return { size: totalOf(history), baseName: baseNameOf(graph), base, parts };
}

/** An instruction that may have made something of the image. */
interface Slot {
  /** The id of the step that stands for it in the graph. */
  readonly step: string | null;
  readonly keyword: string;
  readonly text: string;
  readonly stage: string;
}

/** The stages that the target is built on, and the target, the oldest first. */
function chainOf({ nodes, edges, target }: StageGraph): StageGraph["nodes"] {
  const chain = [];
  for (let id: string | null | undefined = target; id?.startsWith("stage:") === true && chain.length < nodes.length;) {
    const node = nodes.find((each) => each.id === id);
    if (node) chain.push(node);
    id = edges.find(({ kind, from }) => kind === "from" && from === id)?.to;
  }
  return chain.toReversed();
}

/** What the target and the stages below it run, in that order: ONBUILD of one runs where the next begins. */
function slotsOf(graph: StageGraph): Slot[] {
  let triggers: Slot[] = [];
  return chainOf(graph).flatMap(({ label, steps }) => {
    const before = triggers.map((slot) => ({ ...slot, stage: label }));
    triggers = steps.flatMap(({ keyword, text }) => {
      const [, trigger = "", rest = ""] = keyword === "ONBUILD" ? (/^(\S+)\s*(.*)$/.exec(text) ?? []) : [];
      return trigger === "" ? [] : [{ step: null, keyword: trigger.toUpperCase(), text: rest, stage: label }];
    });
    return [...before, ...steps.map(({ id, keyword, text }) => ({ step: id, keyword, text, stage: label }))];
  });
}

function originOf(step: string | null, keyword: string, ship: ShipAnswer | null): Origin {
  if (keyword === "RUN") return "run";
  const found = new Set(ship?.parts.flatMap((part) => (part.step === step && step !== null ? [part.origin] : [])));
  const [origin] = found;
  return found.size === 1 && isOrigin(origin) ? origin : "other";
}

const isOrigin = (origin: ShippedPart["origin"] | undefined): origin is Exclude<Origin, "other"> =>
  origin !== undefined && origin !== "base";

function baseNameOf(graph: StageGraph): string {
  const root = chainOf(graph)[0]?.id;
  const to = graph.edges.find(({ kind, from }) => kind === "from" && from === root)?.to;
  const node = graph.nodes.find(({ id }) => id === to);
  return node && node.kind !== "scratch" ? node.label : "";
}
