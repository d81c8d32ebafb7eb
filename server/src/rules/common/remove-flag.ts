import type { Flag, Instruction } from "../../dockerfile/instruction.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Fix } from "../rule.ts";

/** Removes a flag and the blanks behind it; no fix where its instruction goes on in another line there. */
export function removeFlag({ text }: Analysis, { headSpan }: Instruction, flag: Flag, safety: Fix["safety"]): Fix[] {
  let { end } = flag.span;
  while (end < headSpan.end && (text[end] === " " || text[end] === "\t")) end++;
  if (end === flag.span.end || end === headSpan.end || text.slice(flag.span.start, end).includes("\n")) return [];
  return [{ title: `Remove --${flag.name}`, safety, edits: [{ span: { start: flag.span.start, end }, newText: "" }] }];
}
