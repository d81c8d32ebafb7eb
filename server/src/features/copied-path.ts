import type { Word } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import type { Reference } from "../stages/resolve.ts";
import { longestPath, resolvePath } from "../text/paths.ts";
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

/** The paths that a reference takes from a stage of the file; none where it takes nothing, or from no stage. */
export function pathsTaken(analysis: Analysis, reference: Reference): readonly CopiedPath[] {
  const stage = reference.kind === "from" ? null : referencedStage(reference);
  if (stage === null) return [];
  return sourcesOf(reference).map((word) => ({
    reference,
    stage,
    ...word,
    path: absolute(analysis, reference, word.text),
  }));
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

/** The place of a copied path in the document; a quote is no part of it. */
export function pathSpan({ text }: Analysis, { span }: CopiedPath): Span {
  const isQuoted = /^(["']).*\1$/s.test(text.slice(span.start, span.end)) && span.end - span.start > 1;
  return isQuoted ? { start: span.start + 1, end: span.end - 1 } : span;
}
