import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { type Definition, isAutomaticArg } from "../stages/scope.ts";
import { lineEnding } from "../text/edit.ts";
import type { Fix } from "./rule.ts";

/** The build arg a use most likely means: in front of the first FROM, set by BuildKit, or in another stage. */
export type MeantArg = Definition | "automatic" | null;

/** Finds the build arg that a name most likely means; looks for each name once. */
export function argFinder({ scope }: Analysis): (name: string) => MeantArg {
  const known = new Map<string, MeantArg>();
  return (name) => {
    let meant = known.get(name);
    if (meant === undefined) {
      const elsewhere = () => scope.byName.get(name)?.findLast(({ kind, stage }) => kind === "arg" && stage !== null);
      meant = scope.global(name) ?? (isAutomaticArg(name) ? "automatic" : (elsewhere() ?? null));
      known.set(name, meant);
    }
    return meant;
  };
}

/** Whether an instruction's commands run in the container, where build args are gone. */
export function runsInContainer(instruction: Instruction): boolean {
  const { keyword } = instruction.trigger ?? instruction;
  return keyword === "CMD" || keyword === "ENTRYPOINT" || keyword === "HEALTHCHECK";
}

/**
 * Declares a build arg above the instruction that needs it first, so that earlier layers stay cached.
 *
 * @param meant where its value comes from; `null` where only the build can give one
 * @param instruction the instruction of the file; an ONBUILD needs an ONBUILD ARG
 */
export function declareArg({ lines, text }: Analysis, name: string, meant: MeantArg, instruction: Instruction): Fix {
  const line = lines.lineAt(instruction.comment?.start ?? instruction.span.start);
  const at = lines.startOf(line);
  const indent = /^[ \t]*/.exec(text.slice(at, lines.endOf(line)))![0];
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const isLower = keyword === keyword.toLowerCase();
  const arg = isLower ? "arg" : "ARG";
  const env = isLower ? "env" : "ENV";
  const onbuild = instruction.trigger ? `${keyword} ` : "";
  // An arg in front of the first FROM and one of BuildKit's own bring their value along; another stage's does not, and
  // neither does any for a later build.
  const bringsValue = meant === null || meant === "automatic" || (meant.stage === null && onbuild === "");
  const pair = bringsValue ? name : text.slice(meant.pair.span.start, meant.pair.span.end);
  const eol = lineEnding(text);
  const declaration = `${indent}${onbuild}${arg} ${pair}${eol}`;
  const where = onbuild === "" ? "in this stage" : `with ${onbuild.trim()}`;
  if (!runsInContainer(instruction)) {
    return {
      title: `Declare ${arg} ${name} ${where}`,
      safety: onbuild === "" && meant !== null ? "safe" : "unsafe",
      edits: [{ span: { start: at, end: at }, newText: declaration }],
    };
  }
  return {
    title: `Declare ${arg} ${name} ${where} and keep it with ${env}`,
    safety: "unsafe",
    edits: [
      { span: { start: at, end: at }, newText: `${declaration}${indent}${onbuild}${env} ${name}=$${name}${eol}` },
    ],
  };
}
