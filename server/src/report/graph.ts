import type { ReferenceKind } from "../stages/resolve.ts";
import type { GraphReport, StageReport } from "./json.ts";

/** What the drawings (Mermaid, DOT) show of a file: boxes and arrows. */
export interface Drawing {
  readonly stages: readonly Box[];
  /** External images in order of first use. */
  readonly images: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box {
  /** Letters and digits; unique in the drawings of one call. */
  readonly id: string;
  readonly label: string;
  readonly look: "target" | "needed" | "unneeded";
}

/** Points the way the files go: from what is needed to the stage that needs it. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind: ReferenceKind;
}

/** The name of a stage for people. */
export function stageLabel({ index, name }: Pick<StageReport, "index" | "name">): string {
  return name ?? `stage ${index}`;
}

/**
 * Several references of one kind between the same two become one arrow.
 *
 * @param prefix goes in front of every id
 */
export function draw({ stages }: GraphReport, prefix: string): Drawing {
  const last = stages.length - 1;
  const images = new Map<string, { id: string; label: string; needed: boolean }>();
  const arrows = new Map<string, Arrow>();
  for (const stage of stages) {
    for (const { kind, stage: source, image } of stage.dependsOn) {
      let from = `${prefix}s${source}`;
      if (image !== null) {
        let box = images.get(image);
        if (!box) images.set(image, (box = { id: `${prefix}i${images.size}`, label: image, needed: false }));
        box.needed ||= stage.neededByDefault;
        from = box.id;
      }
      const to = `${prefix}s${stage.index}`;
      arrows.set(`${from} ${to} ${kind}`, { from, to, kind });
    }
  }
  return {
    stages: stages.map((stage) => ({
      id: `${prefix}s${stage.index}`,
      label: stageLabel(stage),
      look: stage.index === last ? "target" : stage.neededByDefault ? "needed" : "unneeded",
    })),
    images: [...images.values()].map(({ id, label, needed }) => ({ id, label, look: needed ? "needed" : "unneeded" })),
    arrows: [...arrows.values()],
  };
}
