import type { ReferenceKind } from "../stages/resolve.ts";
import { transferLabel } from "../stages/transfer.ts";
import type { DependencyReport, GraphReport, StageReport } from "./json.ts";

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
  /** The name, and below it what a stage is for, where the name does not say that. */
  readonly lines: readonly string[];
  readonly look: "target" | "needed" | "unneeded";
}

/** Points the way the files go: from what is needed to the stage that needs it. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind: ReferenceKind;
  /** What crosses, a line for each instruction; none for FROM. */
  readonly lines: readonly string[];
}

/** The name of a stage for people. */
export function stageLabel({ index, name }: Pick<StageReport, "index" | "name">): string {
  return name ?? `stage ${index}`;
}

/** An arrow with more lines, or with longer ones, hides what it leads to. */
const mostLines = 3;
const longestLine = 60;

/**
 * Several references of one kind between the same two become one arrow.
 *
 * @param prefix goes in front of every id
 */
export function draw({ stages, target }: GraphReport, prefix: string): Drawing {
  const images = new Map<string, { id: string; label: string; needed: boolean }>();
  const arrows = new Map<string, { from: string; to: string; kind: ReferenceKind; lines: string[] }>();
  for (const stage of stages) {
    for (const dependency of stage.dependsOn) {
      const { kind, stage: source, image } = dependency;
      let from = `${prefix}s${source}`;
      if (image !== null) {
        let box = images.get(image);
        if (!box) images.set(image, (box = { id: `${prefix}i${images.size}`, label: image, needed: false }));
        box.needed ||= stage.needed;
        from = box.id;
      }
      const to = `${prefix}s${stage.index}`;
      const key = `${from} ${to} ${kind}`;
      const arrow = arrows.get(key) ?? { from, to, kind, lines: [] };
      if (kind !== "from") arrow.lines.push(crossing(dependency));
      arrows.set(key, arrow);
    }
  }
  return {
    stages: stages.map((stage) => ({
      id: `${prefix}s${stage.index}`,
      lines: stageLines(stage),
      look: stage.index === target ? "target" : stage.needed ? "needed" : "unneeded",
    })),
    images: [...images.values()].map(({ id, label, needed }) => ({
      id,
      lines: [label],
      look: needed ? "needed" : "unneeded",
    })),
    arrows: [...arrows.values()].map((arrow) => ({ ...arrow, lines: fewLines(arrow.lines) })),
  };
}

function stageLines(stage: StageReport): string[] {
  const label = stageLabel(stage);
  const { role } = stage;
  return role === null || label.includes(role) ? [label] : [label, `(${role})`];
}

function crossing({ kind, mount, sources, destination }: DependencyReport): string {
  const paths = transferLabel({ sources, destination });
  if (kind !== "mount") return paths;
  return `${mount === null || mount === "bind" ? "" : `${mount} `}mount ${paths}`.trim();
}

function fewLines(lines: readonly string[]): string[] {
  const different = [...new Set(lines.filter((line) => line.trim() !== ""))];
  const shown = different.length > mostLines ? different.slice(0, mostLines - 1) : different;
  const rest = different.length - shown.length;
  return [...shown.map(short), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

function short(line: string): string {
  const characters = [...line.slice(0, 2 * longestLine)];
  return line.length > 2 * longestLine || characters.length > longestLine
    ? `${characters.slice(0, longestLine - 1).join("")}…`
    : line;
}
