import type { Word } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { FileChange, StageFiles } from "../stages/files.ts";
import { referencedStage } from "../stages/graph.ts";
import type { Reference } from "../stages/resolve.ts";
import { isInside, longestPath, resolvePath } from "../text/paths.ts";
import { type Span, touches } from "../text/range.ts";

/** A path that `COPY --from` or a mount takes from a stage of the file. */
export interface CopiedPath {
  readonly reference: Reference;
  /** The stage that it is taken from. */
  readonly stage: number;
  /** As written. */
  readonly text: string;
  readonly span: Span;
  /** Absolute, with variables replaced, up to the first wildcard; `null` where the file does not say it. */
  readonly path: string | null;
}

/** The path at an offset; `null` where none stands there that is taken from a stage. */
export function copiedPathAt(analysis: Analysis, offset: number): CopiedPath | null {
  const instruction = analysis.instructionAt(offset);
  if (!instruction) return null;
  for (const reference of analysis.references) {
    if (reference.instruction !== instruction || reference.kind === "from") continue;
    const stage = referencedStage(reference);
    if (stage === null) continue;
    const word = sourcesOf(reference).find(({ span }) => touches(span, offset));
    if (!word) continue;
    return { reference, stage, ...word, path: absolute(analysis, reference, word.text) };
  }
  return null;
}

/** The words that name what a reference takes. */
function sourcesOf({ kind, instruction, mount }: Reference): readonly Word[] {
  if (kind === "copy") {
    const { args } = instruction.trigger ?? instruction;
    return args.slice(0, -1).filter(({ text }) => !/^\d*<</.test(text));
  }
  const field = mount?.fields.findLast(({ key }) => key === "source" || key === "src");
  return field?.value && field.valueSpan ? [{ text: field.value, span: field.valueSpan }] : [];
}

function absolute({ values }: Analysis, { stage, instruction }: Reference, text: string): string | null {
  const value = values.expand(stage, text, instruction.span.start);
  if (value === null || value === "" || value.includes("\\") || value.length > longestPath) return null;
  const parts = value.split("/");
  const pattern = parts.findIndex((part) => /[*?[]/.test(part));
  return resolvePath("/", (pattern < 0 ? parts : parts.slice(0, pattern)).join("/"));
}

/** An instruction, or a command of one, that puts something where a path is. */
export interface Origin {
  readonly change: FileChange;
  /** Whether its words name the place; else it works where the path is, or nobody can tell where. */
  readonly isSure: boolean;
}

/** So many places that may make a path help nobody. */
const mostOrigins = 8;

/**
 * What makes a path of a stage, the surest first and of these the last of the file: what names the path, or puts something in
 * it; else the commands that work around it, down to what brings the directory that it is in. Empty where the stage, and
 * those that it is built on, do nothing about it.
 */
export function originsOf(files: StageFiles, path: string): readonly Origin[] {
  const sure: Origin[] = [];
  const near: Origin[] = [];
  const anywhere: Origin[] = [];
  reading: for (const change of files.history(path)) {
    switch (change.kind) {
      case "content":
        if (change.path === path) {
          sure.push({ change, isSure: true });
          break reading;
        }
        if (isInside(path, change.path)) sure.push({ change, isSure: true });
        else {
          near.push({ change, isSure: false });
          break reading;
        }
        break;
      case "directory":
        if (change.path === path && sure.length === 0) sure.push({ change, isSure: true });
        break;
      case "removal":
        if (isInside(change.path, path)) break reading;
        break;
      case "work":
        (change.places === null ? anywhere : near).push({ change, isSure: false });
        break;
      case "mount":
        break;
    }
  }
  // A directory that WORKDIR makes is empty: others fill it.
  const isEmpty = sure.length > 0 && sure.every(({ change }) => change.kind === "directory");
  if (sure.length > 0 && !isEmpty) return sure.slice(0, mostOrigins);
  const found = [...near, ...sure];
  return (found.length > 0 ? found : anywhere).slice(0, mostOrigins);
}

/** The place of a copied path in the document; a quote is no part of it. */
export function pathSpan({ text }: Analysis, { span }: CopiedPath): Span {
  const isQuoted = /^(["']).*\1$/s.test(text.slice(span.start, span.end)) && span.end - span.start > 1;
  return isQuoted ? { start: span.start + 1, end: span.end - 1 } : span;
}
