import type { Instruction } from "../dockerfile/instruction.ts";
import type { LineIndex, Span } from "../text/range.ts";
import type { Finding } from "./rule.ts";

/**
 * Where a finding of one of BuildKit's checks goes: BuildKit reports it on the first line of an instruction. What stands
 * on another line is named beside it.
 *
 * @param place the instruction that BuildKit names
 * @param span what is wrong
 * @param message says of `span` what it is
 */
export function onFirstLine(
  lines: LineIndex,
  place: Instruction,
  span: Span,
  message: string,
): Pick<Finding, "span" | "related"> {
  if (lines.lineAt(span.start) === place.startLine) return { span };
  return { span: place.keywordSpan, related: [{ span, message }] };
}
