import type { Instruction, Pair } from "../../dockerfile/instruction.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Stage } from "../../stages/resolve.ts";
import { type Definition, isAutomaticArg, type Scope } from "../../stages/scope.ts";
import { lineEnding } from "../../text/edit.ts";
import type { Fix } from "../rule.ts";
import { saysSecret } from "./secrets.ts";

/** The build arg a use most likely means: before the first FROM, set by BuildKit, or in another stage. */
export type MeantArg = Definition | "automatic" | null;

/** Finds the build arg that a name most likely means; looks for each name once. */
export function argFinder({ scope }: Analysis): (name: string) => MeantArg {
  const known = new Map<string, MeantArg>();
  return (name) => {
    let meant = known.get(name);
    if (meant === undefined) {
      meant = scope.global(name) ?? (isAutomaticArg(name) ? "automatic" : argOfStage(scope, name));
      known.set(name, meant);
    }
    return meant;
  };
}

/** The last build arg of a stage with the name; one whose value can be copied, if there is one. */
function argOfStage({ byName }: Scope, name: string): Definition | null {
  let found: Definition | null = null;
  for (const definition of byName.get(name) ?? []) {
    const { kind, stage, pair } = definition;
    if (kind === "arg" && stage !== null && (hasPlainValue(pair) || !found || !hasPlainValue(found.pair)))
      found = definition;
  }
  return found;
}

/** Whether a value means the same wherever it stands. */
function hasPlainValue({ value }: Pair): boolean {
  return value?.includes("$") === false;
}

/** Whether an instruction's commands run in the container, where build args are gone. */
export function runsInContainer(instruction: Instruction): boolean {
  const { keyword } = instruction.trigger ?? instruction;
  return keyword === "CMD" || keyword === "ENTRYPOINT" || keyword === "HEALTHCHECK";
}

const known = new WeakMap<Analysis, ReadonlySet<string>>();

/** The names that some use asks for with words for the case that there is no value, or that there is one: `${A:-b}`. */
function conditionalNames(analysis: Analysis): ReadonlySet<string> {
  let names = known.get(analysis);
  if (!names) {
    names = new Set(Array.from(analysis.text.matchAll(/\$\{(\w+):?[-+?=]/g), ([, name]) => name!));
    known.set(analysis, names);
  }
  return names;
}

/** A use further away than this many characters has a declaration of its own. */
const farthest = 50_000;

/**
 * The first instruction of a stage that writes the name behind a `$`, so that one declaration serves all uses, whichever
 * rule found them.
 */
function firstUse(analysis: Analysis, stage: Stage, name: string, found: Instruction): Instruction {
  if (found.trigger || runsInContainer(found) || found.span.start - stage.span.start > farthest) return found;
  const text = analysis.text.slice(0, found.span.start);
  for (let at = stage.from.span.end; ;) {
    at = text.indexOf(name, at + 1);
    if (at < 0) return found;
    const before = text[at - 1] === "{" ? at - 2 : at - 1;
    if (text[before] !== "$" || /\w/.test(text.charAt(at + name.length))) continue;
    const instruction = analysis.instructionAt(at);
    if (instruction && !instruction.trigger) return instruction;
  }
}

/**
 * Mends an ARG whose default is its own name, `ARG A=$A`: it does not see itself, and takes over the value without a default.
 */
function mendOwnDefault(
  analysis: Analysis,
  { key, keySpan, span }: Pair,
  meant: MeantArg,
  found: Instruction,
): Fix | null {
  const { text } = analysis;
  if (meant === null || found.trigger || !/^=(["']?)\$(?:\w+|\{\w+\})\1$/.test(text.slice(keySpan.end, span.end)))
    return null;
  const isTakenOver = meant === "automatic" || meant.stage === null;
  const isCopied = !isTakenOver && hasPlainValue(meant.pair);
  const newText = isCopied ? text.slice(meant.pair.keySpan.end, meant.pair.span.end) : "";
  return {
    title: `Change to '${text.slice(found.keywordSpan.start, found.keywordSpan.end)} ${key}${newText}'`,
    // Where no other ARG has the name, it is not set any more instead of empty.
    safety: (isTakenOver || isCopied) && !conditionalNames(analysis).has(key) ? "safe" : "unsafe",
    edits: [{ span: { start: keySpan.end, end: span.end }, newText }],
  };
}

/**
 * Declares a build arg above the first instruction of the stage that needs it, so that earlier layers stay cached.
 *
 * @param meant where its value comes from; `null` where only the build can give one
 * @param found the instruction of the file that needs it; an ONBUILD needs an ONBUILD ARG
 * @returns `null` where an ARG needs itself and it is not certain what was meant
 */
export function declareArg(
  analysis: Analysis,
  stage: Stage,
  name: string,
  meant: MeantArg,
  found: Instruction,
): Fix | null {
  const { lines, text } = analysis;
  const { keyword: kind, pairs } = found.trigger ?? found;
  const own = kind === "ARG" ? pairs.find(({ key }) => key === name) : undefined;
  if (own) return mendOwnDefault(analysis, own, meant, found);
  const instruction = firstUse(analysis, stage, name, found);
  const line = lines.lineAt(instruction.comment?.start ?? instruction.span.start);
  const at = lines.startOf(line);
  const indent = /^[ \t]*/.exec(text.slice(at, lines.endOf(line)))![0];
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const isLower = keyword === keyword.toLowerCase();
  const arg = isLower ? "arg" : "ARG";
  const env = isLower ? "env" : "ENV";
  const onbuild = instruction.trigger ? `${keyword} ` : "";
  // An arg before the first FROM and one of BuildKit's own bring their value along; another stage's does not, and
  // neither does any for a later build. What a value with variables means here is not known.
  const other = meant === null || meant === "automatic" || (meant.stage === null && onbuild === "") ? null : meant;
  const isCopied = other !== null && hasPlainValue(other.pair);
  const pair = isCopied ? text.slice(other.pair.span.start, other.pair.span.end) : name;
  const bringsValue = meant !== null && (other === null || isCopied);
  const eol = lineEnding(text);
  const declaration = `${indent}${onbuild}${arg} ${pair}${eol}`;
  const where = onbuild === "" ? "in this stage" : `with ${onbuild.trim()}`;
  if (!runsInContainer(found)) {
    // The history of the image shows what an arg was given. A default may be what is meant.
    const isSafe = onbuild === "" && bringsValue && !saysSecret(name) && !conditionalNames(analysis).has(name);
    return {
      title: `Declare ${arg} ${name} ${where}`,
      safety: isSafe ? "safe" : "unsafe",
      edits: [{ span: { start: at, end: at }, newText: declaration }],
    };
  }
  const kept = `${indent}${onbuild}${env} ${name}=$${name}${eol}`;
  const isDeclared = analysis.scope.lookUp(stage.index, name, found.span.start) !== null;
  return {
    title: isDeclared ? `Keep ${name} with ${env}` : `Declare ${arg} ${name} ${where} and keep it with ${env}`,
    safety: "unsafe",
    edits: [{ span: { start: at, end: at }, newText: isDeclared ? kept : declaration + kept }],
  };
}
