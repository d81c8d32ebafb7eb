import type { Instruction } from "../dockerfile/instruction.ts";
import type { LineIndex, Span } from "../text/range.ts";

/** Where something is said, and what else belongs to it. */
export interface Place {
  readonly span: Span;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
}

/**
 * Where a finding of one of BuildKit's checks goes: BuildKit reports it on the first line of an instruction. What stands
 * on another line is named beside it.
 *
 * @param place the instruction that BuildKit names
 * @param span what is wrong
 * @param message says of `span` what it is
 */
export function onFirstLine(lines: LineIndex, place: Instruction, span: Span, message: string): Place {
  if (lines.lineAt(span.start) === place.startLine) return { span };
  return { span: place.keywordSpan, related: [{ span, message }] };
}
