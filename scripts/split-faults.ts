import { splitFile, type SplitWay } from "../server/src/refactor/split-stage.ts";
import { rules } from "../server/src/rules/index.ts";
import { runRules } from "../server/src/rules/run.ts";
import { type Analysis, analyze } from "../server/src/stages/analysis.ts";

const rethrow = (_: unknown, error: unknown): never => {
  throw error;
};

/** Findings without their places; a rule that found something before may say it of another stage. */
function findings(analysis: Analysis): { readonly rule: string; readonly text: string }[] {
  return runRules(analysis, rules, rethrow).map(({ rule, message, severity }) => ({
    rule: rule.id,
    text: `${rule.id} (${severity}): ${message}`,
  }));
}

/** What a split has against it: findings of rules that found nothing in the file before, or that it can be split again. */
export function faultsOf(before: Analysis, way: SplitWay): string[] {
  const after = analyze(way.after());
  // Who the container runs as stays the same; of the new base it is only known better.
  const had = new Set(["RootUserInFinalStage", ...findings(before).map(({ rule }) => rule)]);
  const faults = findings(after).flatMap(({ rule, text }) => (had.has(rule) ? [] : [text]));
  if (after.dockerfile.problems.length > before.dockerfile.problems.length)
    faults.push(after.dockerfile.problems[0]!.message);
  if (splitFile(after, { project: new Map() }).offered) faults.push("it can be split again");
  return faults;
}
