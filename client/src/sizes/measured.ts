import type { StageGraph } from "../../../server/src/protocol.ts";
import type { Sizes } from "../../webview/messages.ts";

/**
 * What builds of a Dockerfile's stages measured, and which of it is still true of a later text of the file. Sizes are in
 * bytes, uncompressed, as `docker history` counts them.
 */

/** What the builds of one text measured. Kept as JSON. */
export interface Measured {
  /** The text that was built. */
  readonly text: string;
  /** When, in milliseconds since 1970. */
  readonly time: number;
  readonly stages: readonly MeasuredStage[];
}

export interface MeasuredStage {
  /** The id of the stage in the graph of that text. */
  readonly id: string;
  readonly label: string;
  /** `null` where it was not built. */
  readonly size: number | null;
  /** The part of it that comes from what the stage is built on. */
  readonly base: number | null;
  /** What each instruction added, by its place in the stage (0 is the FROM), where that is known. */
  readonly steps: Readonly<Record<number, number>>;
  /** Why there is no size, in words; `""` where there is one. */
  readonly problem: string;
}

/** What of it can be shown beside the graph of a document whose text is now `text`. */
export function sizesFor(measured: Measured, graph: StageGraph, text: string): Sizes {
  const isOld = measured.text !== text;
  const nodes: Record<string, number> = {};
  const steps: Record<string, number> = {};
  const problems: Record<string, string> = {};
  const stages = graph.nodes.filter(({ kind }) => kind === "stage");
  const areSame = stages.map(({ label }) => label).join() === measured.stages.map(({ label }) => label).join();
  for (const stage of measured.stages) {
    const node = stages.find(({ id, label }) => (isOld ? label === stage.label : id === stage.id));
    // A stage without a name may be another one since.
    if (!node || (isOld && node.name === null && !areSame)) continue;
    if (stage.size === null) {
      problems[node.id] = stage.problem;
      continue;
    }
    nodes[node.id] = stage.size;
    if (isOld) continue;
    for (const [place, size] of Object.entries(stage.steps)) steps[`step:${node.index}:${place}`] = size;
    const base = graph.edges.find(({ kind, from }) => kind === "from" && from === node.id)?.to;
    if (stage.base !== null && base !== undefined && !base.startsWith("stage:")) nodes[base] = stage.base;
  }
  return { nodes, steps, problems, isOld };
}
