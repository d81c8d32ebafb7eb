import { dockerfileVariables } from "../dockerfile/variables.ts";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import { overlaps, type Range, type Span } from "../text/range.ts";
import { definitionOf, usesIn } from "./subject.ts";

/** The kinds of tokens, by LSP's names, which editors and their themes know; a token's `type` is an index. */
export const tokenTypes = ["type", "variable"] as const;
export const tokenModifiers = ["declaration"] as const;

/** A coloured word: it lies within a line. */
export interface SemanticToken {
  readonly line: number;
  readonly character: number;
  readonly length: number;
  /** An index in {@link tokenTypes}. */
  readonly type: number;
  /** Bits by the order of {@link tokenModifiers}. */
  readonly modifiers: number;
}

interface Found {
  readonly span: Span;
  readonly type: (typeof tokenTypes)[number];
  readonly declares: boolean;
}

/**
 * The names of stages where they are given and used, and those of variables, in the order of the text. A grammar cannot tell
 * a stage from an image, nor what a shell gets from ARG and ENV from its own variables.
 *
 * @param range only what lies in it; `null` for all
 */
export function semanticTokens(analysis: Analysis, range: Range | null = null): SemanticToken[] {
  const { lines, text } = analysis;
  const found = findTokens(analysis, range && lines.span(range)).toSorted((a, b) => a.span.start - b.span.start);
  const tokens: SemanticToken[] = [];
  let end = 0;
  for (const { span, type, declares } of found) {
    // Tokens must neither overlap nor go on in the next line.
    if (span.start < end || span.end <= span.start || text.slice(span.start, span.end).includes("\n")) continue;
    ({ end } = span);
    tokens.push({
      ...lines.position(span.start),
      length: span.end - span.start,
      type: tokenTypes.indexOf(type),
      modifiers: declares ? 1 : 0,
    });
  }
  return tokens;
}

function findTokens(analysis: Analysis, wanted: Span | null): Found[] {
  const { stages, model, references, dockerfile } = analysis;
  const isWanted = (span: Span): boolean => wanted === null || overlaps(span, wanted);
  const found: Found[] = [];
  const add = (span: Span, type: Found["type"], declares: boolean): void => {
    if (isWanted(span)) found.push({ span, type, declares });
  };
  for (const reference of references) {
    // The variables in a name are tokens themselves.
    if (referencedStage(reference) !== null && !reference.text.includes("$")) add(reference.span, "type", false);
  }
  for (const instruction of model.globals) {
    if (!isWanted(instruction.span)) continue;
    for (const { keySpan } of instruction.pairs) add(keySpan, "variable", true);
    for (const { nameSpan } of dockerfileVariables(dockerfile, instruction)) add(nameSpan, "variable", false);
  }
  for (const stage of stages) {
    const { nameWord, name, from, instructions } = stage;
    if (!isWanted(stage.span)) continue;
    if (nameWord && name !== null) add(nameWord.span, "type", true);
    if (isWanted(from.span))
      for (const { nameSpan } of dockerfileVariables(dockerfile, from)) add(nameSpan, "variable", false);
    for (const instruction of instructions) {
      if (!isWanted(instruction.span)) continue;
      const { keyword, pairs } = instruction.trigger ?? instruction;
      if (keyword === "ARG" || keyword === "ENV") for (const { keySpan } of pairs) add(keySpan, "variable", true);
      const shell = shellKeywords.has(keyword);
      for (const use of usesIn(analysis, stage, instruction)) {
        // The shell has variables of its own.
        if (!shell || definitionOf(analysis, use)) add(use.nameSpan, "variable", false);
      }
    }
  }
  return found;
}

const shellKeywords = new Set(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"]);
