// Checks moving and renaming on real Dockerfiles: definitions lead where BuildKit's recorded graph says, a stage or variable
// with a fresh name leaves the graph as it is, the old name brings the old text back, and references are the same from each
// place. Called by `npm run corpus`; by itself:
//
//   node scripts/run.cjs scripts/corpus-navigation.ts PATH…
import process from "node:process";
import { definition, references } from "../server/src/features/navigation.ts";
import { rename } from "../server/src/features/rename.ts";
import { nameSpan } from "../server/src/features/subject.ts";
import { analyze, type Analysis } from "../server/src/stages/analysis.ts";
import { applyEdits } from "../server/src/text/edit.ts";
import type { Position } from "../server/src/text/range.ts";
import { readRecords, type RecordedStage } from "./records.ts";
import { isMain } from "./root.ts";

export interface NavigationResult {
  files: number;
  definitions: number;
  stages: number;
  variables: number;
  /** Renames that are refused, by reason with names left out. */
  readonly refused: Map<string, number>;
  readonly faults: string[];
}

const uri = "file:///Dockerfile";
/** Names that no file has. */
const freshStage = "zq-fresh-name";
const freshVariable = "ZQ_FRESH_NAME";

export function checkNavigation(paths: readonly string[]): NavigationResult {
  const result: NavigationResult = {
    files: 0,
    definitions: 0,
    stages: 0,
    variables: 0,
    refused: new Map(),
    faults: [],
  };
  for (const { id, text, buildkit } of readRecords(paths)) {
    result.files++;
    const analysis = analyze(text);
    const fail = (what: string): void => {
      result.faults.push(`${id}: ${what}`);
    };
    if (buildkit?.error === null) checkDefinitions(analysis, buildkit.stages, result, fail);
    checkStages(analysis, result, fail);
    checkVariables(analysis, result, fail);
  }
  return result;
}

/** The stages that definitions of a stage's references lead to, in order, against the recorded ones. */
function checkDefinitions(
  analysis: Analysis,
  recorded: readonly RecordedStage[],
  result: NavigationResult,
  fail: (what: string) => void,
): void {
  const { lines, stages } = analysis;
  for (const [index, { deps }] of recorded.entries()) {
    const ours = analysis.references
      .filter(({ stage, onbuild }) => stage === index && !onbuild)
      .map(({ kind, span, instruction }) => {
        result.definitions++;
        const links = definition(analysis, uri, lines.position(span.start));
        const starts = links.map(({ targetSelectionRange }) => lines.offset(targetSelectionRange.start));
        const stage = stages.find((each) => starts.includes(nameSpan(each).start));
        return `${kind} ${instruction.startLine + 1} ${stage?.index ?? "-"}`;
      });
    const theirs = deps.map(({ kind, line, stage }) => `${kind} ${line} ${stage ?? "-"}`);
    if (ours.join() !== theirs.join())
      fail(`definitions of stage ${index}\n  ours   ${ours.join()}\n  theirs ${theirs.join()}`);
  }
}

function checkStages(analysis: Analysis, result: NavigationResult, fail: (what: string) => void): void {
  const { lines } = analysis;
  for (const { name, nameWord } of analysis.stages) {
    if (name === null || !nameWord) continue;
    const position = lines.position(nameWord.span.start);
    checkReferences(analysis, position, fail);
    const after = renamed(analysis, position, freshStage, result);
    if (after === null) continue;
    result.stages++;
    const fresh = analyze(after);
    if (graphOf(analysis) !== graphOf(fresh)) fail(`stage ${name}: another graph with a fresh name`);
    const back = renamed(fresh, position, nameWord.text, result);
    if (back?.toLowerCase() !== analysis.text.toLowerCase()) fail(`stage ${name}: the old name gives another text`);
  }
}

function checkVariables(analysis: Analysis, result: NavigationResult, fail: (what: string) => void): void {
  const { lines, scope } = analysis;
  for (const [name, [first]] of scope.byName) {
    // ENV takes names that no shell can use.
    if (!/^\w+$/.test(name)) continue;
    const position = lines.position(first!.pair.keySpan.start);
    checkReferences(analysis, position, fail);
    const after = renamed(analysis, position, freshVariable, result);
    if (after === null) continue;
    result.variables++;
    const fresh = analyze(after);
    if (graphOf(analysis) !== graphOf(fresh)) fail(`variable ${name}: another graph with a fresh name`);
    if (renamed(fresh, position, name, result) !== analysis.text)
      fail(`variable ${name}: the old name gives another text`);
  }
}

/** From every place the same places. */
function checkReferences(analysis: Analysis, position: Position, fail: (what: string) => void): void {
  const all = references(analysis, uri, position, true);
  const expected = JSON.stringify(all);
  for (const { range } of all) {
    if (JSON.stringify(references(analysis, uri, range.start, true)) !== expected)
      fail(`other references from line ${range.start.line + 1} than from line ${position.line + 1}`);
  }
}

function renamed(analysis: Analysis, position: Position, name: string, result: NavigationResult): string | null {
  const found = rename(analysis, position, name);
  if ("error" in found) {
    const reason = found.error.replaceAll(/'[^']*'/g, "…").replaceAll(/\d+/g, "N");
    result.refused.set(reason, (result.refused.get(reason) ?? 0) + 1);
    return null;
  }
  const { lines, text } = analysis;
  return applyEdits(
    text,
    found.edits.map(({ range, newText }) => ({ span: lines.span(range), newText })),
  );
}

/** What depends on what, without names. */
function graphOf({ stages, references: all, graph }: Analysis): string {
  return JSON.stringify([
    stages.map(({ index }) => [index, graph.needed[index]]),
    all.map(({ kind, stage, target }) => [kind, stage, target]),
  ]);
}

export function navigationReport({
  files,
  definitions,
  stages,
  variables,
  refused,
  faults,
}: NavigationResult): string[] {
  return [
    ...faults,
    `${files} files: ${definitions} definitions, ${stages} stages and ${variables} variables renamed and back`,
    ...[...refused].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => `  ${count} refused: ${reason}`),
    `${faults.length} faults of moving and renaming`,
  ];
}

if (isMain(import.meta)) {
  const result = checkNavigation(process.argv.slice(2));
  for (const line of navigationReport(result)) console.log(line);
  process.exitCode = result.faults.length === 0 ? 0 : 1;
}
