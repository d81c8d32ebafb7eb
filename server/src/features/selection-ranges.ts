import type { SelectionRange } from "vscode-languageserver-types";
import { type Instruction, toDocumentSpan } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { encloses, type Position, type Span, touches } from "../text/range.ts";

/**
 * What a growing selection takes in at each position, the smallest first: the word, the command, argument or flag, the
 * instruction, the same with the comment above it, the stage, the file.
 */
export function selectionRanges(analysis: Analysis, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => {
    const { lines, text } = analysis;
    const offset = lines.offset(position);
    let range: SelectionRange | undefined;
    for (const span of nested(spansAround(analysis, offset), { start: 0, end: text.length }).toReversed())
      range = { range: lines.range(span), ...(range && { parent: range }) };
    return range ?? { range: { start: position, end: position } };
  });
}

/** The spans that hold each other, each once, from the smallest to the largest. */
function nested(spans: readonly Span[], whole: Span): Span[] {
  const bySize = spans.toSorted((a, b) => a.end - a.start - (b.end - b.start));
  const found: Span[] = [];
  for (const span of [...bySize, whole]) {
    const last = found.at(-1);
    const isSame = last?.start === span.start && last.end === span.end;
    if (span.end > span.start && !isSame && (!last || encloses(span, last))) found.push(span);
  }
  return found;
}

function spansAround(analysis: Analysis, offset: number): Span[] {
  const { dockerfile, text } = analysis;
  const found: Span[] = [];
  const add = (span: Span | null | undefined): void => {
    if (span && touches(span, offset)) found.push(span);
  };
  add(wordAround(text, offset));
  const stage = analysis.stageAt(offset);
  const instruction = analysis.instructionAt(offset) ?? commentedBy(analysis, offset);
  if (instruction) addInstruction(analysis, instruction, add);
  for (const { span, valueSpan } of dockerfile.directives) [valueSpan, span].forEach(add);
  if (!instruction) add(dockerfile.comments.find((span) => touches(span, offset)));
  // The comment above a FROM belongs to its stage.
  const own = instruction?.keyword === "FROM" ? analysis.stages.find(({ from }) => from === instruction) : stage;
  if (own) {
    add(own.span);
    if (own.from.comment) add({ start: own.from.comment.start, end: own.span.end });
  }
  return found;
}

/** The instruction whose comment an offset is in. */
function commentedBy({ dockerfile }: Analysis, offset: number): Instruction | null {
  const next = dockerfile.instructions.find(({ span }) => span.start >= offset);
  return next?.comment && touches(next.comment, offset) ? next : null;
}

function addInstruction(analysis: Analysis, instruction: Instruction, add: (span: Span | null) => void): void {
  const inner = instruction.trigger ?? instruction;
  const { flags, mounts, args, pairs, line, argsStart, headSpan } = inner;
  add(instruction.keywordSpan);
  add(inner.keywordSpan);
  for (const { span, nameSpan, valueSpan } of flags) [nameSpan, valueSpan, span].forEach(add);
  for (const { fields } of mounts) for (const { span, valueSpan } of fields) [valueSpan, span].forEach(add);
  const addQuoted = (span: Span): void => {
    if (/^(["']).+\1$/s.test(analysis.text.slice(span.start, span.end)))
      add({ start: span.start + 1, end: span.end - 1 });
    add(span);
  };
  for (const { span } of args) addQuoted(span);
  for (const { span, keySpan, valueSpan } of pairs) {
    add(keySpan);
    if (valueSpan) addQuoted(valueSpan);
    add(span);
  }
  for (const { words, span } of analysis.script(instruction).commands) {
    for (const word of words) add(word.span);
    add(span);
  }
  for (const { body } of instruction.heredocs) add(body);
  // All the arguments without keyword and flags.
  add(toDocumentSpan(line, Math.min(argsStart, line.text.length), line.text.length));
  add(headSpan);
  add(instruction.span);
  const { comment, span } = instruction;
  if (comment) {
    add(comment);
    add({ start: comment.start, end: span.end });
  }
}

/** Letters, digits and `_` around an offset. */
function wordAround(text: string, offset: number): Span {
  let start = offset;
  let end = offset;
  while (start > 0 && /\w/.test(text[start - 1]!)) start--;
  while (end < text.length && /\w/.test(text[end]!)) end++;
  return { start, end };
}
