import type { Instruction } from "../../dockerfile/instruction.ts";
import type { Call } from "../../stages/calls.ts";
import type { Facts } from "./facts.ts";

export class Unsure extends Error {}

export function place(instruction: Instruction): string {
  return `line ${instruction.startLine + 1}`;
}

export function sourceOf({ analysis }: Facts, { span }: Instruction): string {
  return analysis.text.slice(span.start, span.end);
}

export function commandSource({ analysis }: Facts, { command }: Call): string {
  return analysis.text.slice(command.span.start, command.span.end);
}

export function shorten(text: string): string {
  const plain = text.replace(/\s*\\\r?\n\s*/g, " ").replace(/\s+/g, " ");
  return plain.length > 60 ? `${plain.slice(0, 57)}…` : plain;
}

export function lineOf({ analysis }: Facts, { command }: Call): string {
  return `line ${analysis.lines.lineAt(command.span.start) + 1}`;
}
