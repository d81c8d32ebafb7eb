import type { Call } from "../../stages/calls.ts";
import type { Facts, Step } from "./facts.ts";
import { isInside, lastPart } from "../../text/paths.ts";
import { commandSource, lineOf, shorten, Unsure } from "./unsure.ts";
import { neutral, type Viewing, type Part } from "./viewing.ts";

/** A command with those in front of it whose output it takes. */
export function pipedSource({ analysis }: Facts, { calls }: Step, call: Call): string {
  let at = calls.indexOf(call);
  while (at > 0 && calls[at]!.command.separator === "|") at--;
  return analysis.text.slice(calls[at]!.command.span.start, call.command.span.end);
}

/** What is made somewhere may be the program's, and it may be only on its way to what is copied. */
export function leave({ facts, doubts, left }: Viewing, step: Step, call: Call, paths: readonly string[]): Part {
  for (const path of paths) left.add(path);
  doubts.working.push(`\`${shorten(pipedSource(facts, step, call))}\` (${lineOf(facts, call)})`);
  return { ...neutral, builder: true };
}

/** Programs that small images leave out. */
const downloaders = /\b(?:curl|wget|git|unzip|gpg|python3?|gcc|make)\b/;

interface UnknownCommand {
  readonly cwd: string | null;
  readonly source: string;
  readonly line: string;
  /** As sentences show it. */
  readonly shown: string;
  /** The places that its words may name. */
  readonly paths: readonly string[];
}

/** A place for a file in a directory that cannot be told: names alone say that it is the same one. */
export function somewhere(text: string): string {
  return `?/${lastPart(text)}`;
}

export function unknownCall(facts: Facts, step: Step, call: Call): UnknownCommand {
  return {
    cwd: call.cwd,
    source: commandSource(facts, call),
    line: lineOf(facts, call),
    shown: pipedSource(facts, step, call),
    paths: call.words.flatMap(({ text }) =>
      /^[\w./$]/.test(text) ? (call.path(text) ?? (call.cwd === null ? somewhere(text) : [])) : [],
    ),
  };
}

/**
 * A command that nobody knows. In front of the build it belongs to the image; among the sources to the build; anywhere
 * else both sides may need it.
 */
export function viewUnknown(
  { choice, work, lastWork, doubts, left }: Viewing,
  step: Step,
  { cwd, source, line, shown, paths }: UnknownCommand,
): Part {
  const named = `\`${shorten(shown)}\` (${line})`;
  // What it works on is not there when the runtime stage is set up.
  if (paths.some((path) => [...left].some((one) => isInside(one, path)))) {
    doubts.working.push(named);
    return { ...neutral, builder: true };
  }
  const again: Part = { ...neutral, runtime: source, moves: false };
  if (work < 0 || step.index < work) {
    if (choice.strategy !== "same") {
      const tool = downloaders.exec(shown)?.[0];
      if (tool !== undefined) throw new Unsure(`${named} needs ${tool}, which \`${choice.base}\` may not have.`);
      doubts.moved.push(named);
    }
    return again;
  }
  if (cwd !== null && choice.workshop.some((directory) => isInside(directory, cwd))) {
    doubts.working.push(named);
    return { ...neutral, builder: true };
  }
  doubts.repeated.push(named);
  return { ...again, builder: step.index < lastWork };
}
