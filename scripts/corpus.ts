// Compares our stage model with BuildKit's own answers, recorded for real Dockerfiles.
//
//   npm run corpus -- PATH…     files in newline-delimited JSON, or folders of such
//
// A record is {id, text, buildkit: {error: {message, start} | null, stages: [{index, name, base, start, deps, inTarget}]}};
// lines are one-based. Prints agreement, disagreements, and by kind what is not compared. Exit code 1 where we disagree.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { splitFile } from "../server/src/refactor/split-stage.ts";
import { rules } from "../server/src/rules/index.ts";
import { runRules } from "../server/src/rules/run.ts";
import { analyze, type Analysis } from "../server/src/stages/analysis.ts";
import { isMain } from "./root.ts";

interface RecordedStage {
  readonly index: number;
  readonly name?: string;
  readonly base: string;
  readonly start: number;
  readonly deps: readonly {
    readonly kind: string;
    readonly stage?: number;
    readonly image?: string;
    readonly line: number;
  }[];
  readonly inTarget: boolean;
}

interface Recorded {
  readonly id: string;
  readonly text: string;
  readonly buildkit?: {
    readonly error: { readonly message: string; readonly start: number } | null;
    readonly stages: readonly RecordedStage[];
  };
}

export interface Comparison {
  /** Files with an answer of BuildKit's. */
  files: number;
  /** Files whose stage graph is the same. */
  sameGraph: number;
  /** Files that BuildKit refuses because of a stage or a reference, and that we refuse with the same message at the same line. */
  sameError: number;
  /** Files BuildKit refuses for something else, by its message; not compared. */
  otherErrors: Map<string, number>;
  /** Files that the split is offered for. */
  splits: number;
  /** Files whose base is blank or unfinished because a build arg has no default; not compared. */
  unknownBases: number;
  disagreements: string[];
}

/** BuildKit's errors about stages and references, as opposed to those about other instructions. */
const stageErrors = [
  /^failed to parse stage name/,
  /^base name \(.*\) should not be blank/,
  /FROM requires either one or three arguments/,
  /^no build stage in current context/,
  /contains no stages to build/,
  /invalid name for build stage/,
  /circular dependency detected/,
  /invalid stage index/,
  /needs to be defined before current stage/,
  /variable expansion is not supported for --from/,
  /missing a value on flag/,
  /unknown flag/,
  /^failed to process/,
  /unterminated heredoc/,
  /must have two arguments/,
];

export function compare(paths: readonly string[]): Comparison {
  const result: Comparison = {
    files: 0,
    sameGraph: 0,
    sameError: 0,
    otherErrors: new Map(),
    splits: 0,
    unknownBases: 0,
    disagreements: [],
  };
  for (const file of paths.flatMap(recordFiles)) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line.trim() === "") continue;
      const record = JSON.parse(line) as Recorded;
      if (record.buildkit) compareRecord(record, record.buildkit, result);
    }
  }
  return result;
}

function recordFiles(given: string): string[] {
  if (!statSync(given).isDirectory()) return [given];
  return readdirSync(given)
    .filter((name) => /^dockerfiles.*\.ndjson$/.test(name))
    .map((name) => path.join(given, name));
}

function compareRecord(
  record: Recorded,
  { error, stages }: NonNullable<Recorded["buildkit"]>,
  result: Comparison,
): void {
  result.files++;
  const analysis = analyze(record.text);
  const errors = stageFindings(analysis);
  checkSplit(record.id, analysis, errors.length, result);
  if (!error) {
    const ours = JSON.stringify(ownStages(analysis));
    const theirs = JSON.stringify(stages.map(recordedStage));
    if (ours !== theirs) result.disagreements.push(`${record.id}: graph\n  ours   ${ours}\n  theirs ${theirs}`);
    else if (errors.length > 0)
      result.disagreements.push(`${record.id}: we refuse what BuildKit takes: ${errors[0]!.message}`);
    else result.sameGraph++;
    return;
  }
  // BuildKit puts `dockerfile parse error on line N:` in front of some messages; we show the line anyway.
  const message = error.message.replace(/^dockerfile parse error on line \d+: /, "");
  if (!stageErrors.some((pattern) => pattern.test(message))) {
    const kind = message.replace(/"(?:[^"\\]|\\.)*"/g, '"…"');
    result.otherErrors.set(kind, (result.otherErrors.get(kind) ?? 0) + 1);
  } else if (errors.some((own) => own.message.startsWith(message) && own.line === error.start)) {
    result.sameError++;
  } else if (errors.length === 0 && dependsOnCaller(analysis, message, error.start)) {
    result.unknownBases++;
  } else {
    const own = errors.map((item) => `${item.message} (line ${item.line})`).join("; ") || "nothing";
    result.disagreements.push(`${record.id}: error\n  ours   ${own}\n  theirs ${message} (line ${error.start})`);
  }
}

/** A split must give a file without errors that were not there before, and nothing more to split. */
function checkSplit(id: string, analysis: Analysis, errorsBefore: number, result: Comparison): void {
  const { after } = splitFile(analysis);
  if (after === null) return;
  result.splits++;
  const split = analyze(after);
  const errors = stageFindings(split);
  if (errors.length > errorsBefore) result.disagreements.push(`${id}: the split adds an error: ${errors[0]!.message}`);
  if (splitFile(split).offered) result.disagreements.push(`${id}: the split can be split again`);
}

/** Whether the error is about a base that a build arg without default leaves open; we wait for the arg instead. */
function dependsOnCaller(analysis: Analysis, message: string, line: number): boolean {
  if (!/should not be blank|failed to parse stage name/.test(message)) return false;
  return analysis.stages.some(
    ({ from, base }) => from.startLine + 1 === line && base !== null && base.text.includes("$"),
  );
}

function stageFindings(analysis: Analysis): { message: string; line: number }[] {
  const found = runRules(analysis, rules, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  });
  return found
    .filter(({ severity }) => severity === "error")
    .map(({ message, span }) => ({ message, line: analysis.lines.lineAt(span.start) + 1 }));
}

function ownStages({ stages, references, graph }: Analysis): unknown[] {
  return stages.map(({ index, name, baseName, from }) => ({
    index,
    name,
    base: baseName,
    start: from.startLine + 1,
    deps: references
      .filter(({ stage, onbuild }) => stage === index && !onbuild)
      .map(({ kind, target, instruction }) => ({
        kind,
        stage: target.kind === "stage" ? target.stage : null,
        image: target.kind === "image" ? target.image : target.kind === "scratch" ? "scratch" : null,
        line: instruction.startLine + 1,
      })),
    inTarget: graph.needed[index],
  }));
}

function recordedStage({ index, name, base, start, deps, inTarget }: RecordedStage): unknown {
  return {
    index,
    name: name ?? null,
    base,
    start,
    deps: deps.map(({ kind, stage, image, line }) => ({
      kind,
      stage: stage ?? null,
      image: stage === undefined ? (image ?? null) : null,
      line,
    })),
    inTarget,
  };
}

function main(paths: readonly string[]): number {
  if (paths.length === 0) {
    console.error("usage: npm run corpus -- PATH…   (recorded answers of BuildKit, newline-delimited JSON)");
    return 2;
  }
  const result = compare(paths);
  for (const disagreement of result.disagreements) console.log(disagreement);
  const other = [...result.otherErrors].toSorted((a, b) => b[1] - a[1]);
  console.log(`${result.files} files`);
  console.log(`  ${result.sameGraph} with the same stage graph, and no error from us`);
  console.log(`  ${result.sameError} refused with the same message at the same line`);
  console.log(`  ${result.unknownBases} not compared: the base depends on a build arg without default`);
  console.log(
    `  ${other.reduce((sum, [, count]) => sum + count, 0)} not compared: refused for something other than stages`,
  );
  for (const [message, count] of other) console.log(`      ${count} × ${message}`);
  console.log(`${result.splits} files with a split on offer`);
  console.log(`${result.disagreements.length} disagreements`);
  return result.disagreements.length === 0 ? 0 : 1;
}

if (isMain(import.meta)) process.exitCode = main(process.argv.slice(2));
