import type { GraphNode, StageGraph } from "../../../server/src/protocol.ts";

/** What is built to measure the stages of a Dockerfile: a copy of it in which each stage has a name, for `--target`. */

export interface Plan {
  readonly text: string;
  /** In an order in which each comes after those that it needs. */
  readonly stages: readonly PlannedStage[];
}

export interface PlannedStage {
  readonly id: string;
  readonly label: string;
  /** What the copy calls it; `null` where a later stage has the same name, so that builds cannot name this one. */
  readonly target: string | null;
  /** The ids of the stages that it takes something from. */
  readonly needs: readonly string[];
  /** The keywords of its instructions, the FROM first. */
  readonly keywords: readonly string[];
}

/** `graph` is that of `text`, with scratch. */
export function planOf(text: string, graph: StageGraph): Plan {
  const stages = graph.nodes.filter(({ kind }) => kind === "stage");
  const prefix = freePrefix(text);
  const insertions: { readonly at: number; readonly name: string }[] = [];
  const offsetOf = offsets(text);
  const planned = stages.map((node, place): PlannedStage => {
    const name = node.name ?? `${prefix}${place}`;
    if (node.name === null) insertions.push({ at: offsetOf(endOfBase(node, graph)), name });
    const isHidden = stages.slice(place + 1).some((other) => other.name === name);
    return {
      id: node.id,
      label: node.label,
      target: isHidden ? null : name,
      needs: [
        ...new Set(
          graph.edges.filter(({ from, to }) => from === node.id && to.startsWith("stage:")).map(({ to }) => to),
        ),
      ],
      keywords: node.steps.map(({ keyword }) => keyword),
    };
  });
  let copy = text;
  for (const { at, name } of insertions.toReversed()) copy = `${copy.slice(0, at)} AS ${name}${copy.slice(at)}`;
  return { text: copy, stages: planned };
}

/** What no name in the text begins with. */
function freePrefix(text: string): string {
  const lower = text.toLowerCase();
  let prefix = "stage-";
  while (lower.includes(prefix)) prefix = `unnamed-${prefix}`;
  return prefix;
}

interface Place {
  readonly line: number;
  readonly character: number;
}

/** Behind the image or stage that a stage is built on, where its name belongs. */
function endOfBase({ id, steps, range }: GraphNode, { edges }: StageGraph): Place {
  const from = edges.find((edge) => edge.kind === "from" && edge.from === id);
  return (from?.range ?? steps[0]?.range ?? range).end;
}

function offsets(text: string): (place: Place) => number {
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ 0: end, index }) => index + end.length)];
  return ({ line, character }) => (starts[line] ?? text.length) + character;
}
