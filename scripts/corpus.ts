// Compares our stage model and our versions of BuildKit's checks with BuildKit's own answers, recorded for real Dockerfiles.
//
//   npm run corpus -- PATH…     files in newline-delimited JSON, or folders of such
//
// A record is {id, text, buildkit: {error: {message, start} | null, warnings: [{rule, detail, start}],
// stages: [{index, name, base, start, deps, inTarget}]}}; lines are one-based. Prints agreement, disagreements, and by kind
// what is not compared; then what moving and renaming in these files gives. Exit code 1 where we disagree.
import process from "node:process";
import { stageGraph } from "../server/src/features/graph.ts";
import { splitFile } from "../server/src/refactor/split-stage.ts";
import { rules } from "../server/src/rules/index.ts";
import { type Diagnosis, runRules } from "../server/src/rules/run.ts";
import { analyze, type Analysis } from "../server/src/stages/analysis.ts";
import { checkNavigation, navigationReport } from "./corpus-navigation.ts";
import { readRecords, type Recorded, type RecordedStage, type RecordedWarning } from "./records.ts";
import { isMain } from "./root.ts";
import { faultsOf } from "./split-faults.ts";

/** How one of BuildKit's checks compares with our rule of that name. */
interface CheckComparison {
  /** Findings of both on the same line; where the text decides alone, with the same message. */
  same: number;
  onlyOurs: number;
  onlyTheirs: number;
  /** Findings of one of both that the records cannot decide. */
  undecided: number;
}

export interface Comparison {
  /** Files with an answer of BuildKit's. */
  files: number;
  /** Files whose stage graph is the same, in the model and as it is drawn. */
  sameGraph: number;
  /** Files that BuildKit refuses and that we refuse with the same message at the same line. */
  sameError: number;
  /** Files that the split is offered for. */
  splits: number;
  /** Files whose base is blank or unfinished because a build arg has no default; not compared. */
  unknownBases: number;
  /** BuildKit's checks by name, in files that it takes. */
  checks: Map<string, CheckComparison>;
  /** One for each file on which we disagree. */
  disagreements: string[];
}

/** Checks that go by more than the text, and what was recorded. */
const beyondTheText: Readonly<Record<string, string>> = {
  UndefinedVar: "goes by the base image's variables too; recorded with images that set PATH alone",
  JSONArgsRecommended: "goes by the base image's shell too; recorded with images without one",
  CopyIgnoredFile: "goes by the ignore file; recorded without one",
  InvalidBaseImagePlatform: "goes by the registry's answer; we have no such rule",
};

/** Findings that are right only for what was recorded. */
const recordedOnly: readonly { readonly rule: string; readonly message: RegExp; readonly why: string }[] = [
  {
    rule: "WorkdirRelativePath",
    message: /^Relative workdir "[A-Za-z]:/,
    why: "a path of Windows, where it is absolute; recorded with images for Linux",
  },
];

export function compare(paths: readonly string[]): Comparison {
  const result: Comparison = {
    files: 0,
    sameGraph: 0,
    sameError: 0,
    splits: 0,
    unknownBases: 0,
    checks: new Map(),
    disagreements: [],
  };
  for (const { id, text, buildkit } of readRecords(paths)) {
    if (!buildkit) continue;
    const found = compareRecord(text, buildkit, result);
    if (found.length > 0) result.disagreements.push(`${id}: ${found.join("\n  ")}`);
  }
  return result;
}

/** Counts how a file compares, and returns where we disagree. */
function compareRecord(
  text: string,
  { error, warnings, stages }: NonNullable<Recorded["buildkit"]>,
  result: Comparison,
): string[] {
  result.files++;
  const analysis = analyze(text);
  const found = diagnose(analysis);
  const errors = errorsOf(analysis, found);
  const disagreements = checkSplit(analysis, result);
  if (error) {
    const disagreement = compareError(analysis, errors, error, result);
    if (disagreement !== null) disagreements.push(disagreement);
    return disagreements;
  }
  const ours = JSON.stringify(ownStages(analysis));
  const drawn = JSON.stringify(drawnStages(analysis));
  const theirs = JSON.stringify(stages.map(recordedStage));
  if (ours !== theirs) disagreements.push(`graph\n  ours   ${ours}\n  theirs ${theirs}`);
  else if (drawn !== theirs) disagreements.push(`drawn graph\n  ours   ${drawn}\n  theirs ${theirs}`);
  else if (errors.length > 0) disagreements.push(`we refuse what BuildKit takes: ${errors[0]!.message}`);
  else result.sameGraph++;
  return [...disagreements, ...compareChecks(analysis, found, warnings, result)];
}

function compareError(
  analysis: Analysis,
  errors: readonly LineMessage[],
  error: { readonly message: string; readonly start: number },
  result: Comparison,
): string | null {
  // BuildKit puts `dockerfile parse error on line N:` in front of some messages; we show the line anyway.
  const message = error.message.replace(/^dockerfile parse error on line \d+: /, "");
  if (errors.some((own) => own.message.startsWith(message) && own.line === error.start)) {
    result.sameError++;
  } else if (errors.length === 0 && dependsOnCaller(analysis, message, error.start)) {
    result.unknownBases++;
  } else {
    const own = errors.map((item) => `${item.message} (line ${item.line})`).join("; ") || "nothing";
    return `error\n  ours   ${own}\n  theirs ${message} (line ${error.start})`;
  }
  return null;
}

/** BuildKit's warnings against the findings of our rules of the same names. */
function compareChecks(
  analysis: Analysis,
  found: readonly Diagnosis[],
  warnings: readonly RecordedWarning[],
  result: Comparison,
): string[] {
  const disagreements: string[] = [];
  const countsOf = (rule: string): CheckComparison => {
    let counts = result.checks.get(rule);
    if (!counts) result.checks.set(rule, (counts = { same: 0, onlyOurs: 0, onlyTheirs: 0, undecided: 0 }));
    return counts;
  };
  const single = (side: "onlyOurs" | "onlyTheirs", rule: string, { line, message }: LineMessage): void => {
    const counts = countsOf(rule);
    counts[side]++;
    if (isUndecided(rule, message)) counts.undecided++;
    else disagreements.push(`${rule} ${side === "onlyOurs" ? "of ours" : "of BuildKit's"}: ${message} (line ${line})`);
  };
  const open = new Map<string, RecordedWarning[]>();
  for (const warning of warnings) {
    const key = checkKey(warning.rule, { line: warning.start, message: warning.detail });
    const others = open.get(key);
    if (others) others.push(warning);
    else open.set(key, [warning]);
  }
  for (const diagnosis of found) {
    if (!diagnosis.rule.buildkit) continue;
    const own = lineMessage(analysis, diagnosis);
    if (open.get(checkKey(diagnosis.rule.id, own))?.pop()) countsOf(diagnosis.rule.id).same++;
    else single("onlyOurs", diagnosis.rule.id, own);
  }
  for (const { rule, detail, start } of [...open.values()].flat()) {
    single("onlyTheirs", rule, { line: start, message: detail });
  }
  return disagreements;
}

/** What must be the same for two findings to be one. A message may hold what goes by more than the text. */
function checkKey(rule: string, { line, message }: LineMessage): string {
  return Object.hasOwn(beyondTheText, rule) ? `${rule} ${line}` : `${rule} ${line} ${message}`;
}

function isUndecided(rule: string, message: string): boolean {
  return (
    Object.hasOwn(beyondTheText, rule) ||
    recordedOnly.some((exception) => exception.rule === rule && exception.message.test(message))
  );
}

/** Each way to split must give a file without findings that were not there before, and nothing more to split. */
function checkSplit(analysis: Analysis, result: Comparison): string[] {
  const split = splitFile(analysis, { project: new Map() });
  if (!split.offered) return [];
  result.splits++;
  return split.ways.flatMap((way) => faultsOf(analysis, way).map((fault) => `the split to ${way.base}: ${fault}`));
}

/** Whether the error is about a base that a build arg without default leaves open; we wait for the arg instead. */
function dependsOnCaller(analysis: Analysis, message: string, line: number): boolean {
  if (!/should not be blank|failed to parse stage name/.test(message)) return false;
  return analysis.stages.some(
    ({ from, base }) => from.startLine + 1 === line && base !== null && base.text.includes("$"),
  );
}

function diagnose(analysis: Analysis): Diagnosis[] {
  return runRules(analysis, rules, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  });
}

interface LineMessage {
  readonly line: number;
  readonly message: string;
}

function lineMessage(analysis: Analysis, { message, span }: Diagnosis): LineMessage {
  return { line: analysis.lines.lineAt(span.start) + 1, message };
}

/** What stops a build in our eyes. A check that stops one because `# check=error=true` says so is none of it. */
function errorsOf(analysis: Analysis, found: readonly Diagnosis[]): LineMessage[] {
  return found
    .filter(({ severity, rule }) => severity === "error" && !rule.buildkit)
    .map((diagnosis) => lineMessage(analysis, diagnosis));
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

/** The same as {@link ownStages}, read from the graph that editors draw: its nodes, its edges and the rows that they join. */
function drawnStages(analysis: Analysis): unknown[] {
  const { nodes, edges } = stageGraph(analysis, "", 0, { scratch: true });
  const lines = new Map(nodes.flatMap(({ steps }) => steps.map(({ id, range }) => [id, range.start.line + 1])));
  return nodes
    .filter(({ kind }) => kind === "stage")
    .map(({ id, index, name, needed, body }) => ({
      index,
      name,
      base: analysis.stages[index!]!.baseName,
      start: body.start.line + 1,
      deps: edges
        // What ONBUILD of another stage brings along is not recorded, and stands at the FROM.
        .filter(({ from, kind, fromStep }) => from === id && (kind === "from" || fromStep !== `step:${index}:0`))
        .map(({ kind, to, fromStep }) => ({
          kind,
          stage: to.startsWith("stage:") ? Number(to.slice(6)) : null,
          image: to.startsWith("image:") ? to.slice(6) : to === "scratch" ? to : null,
          line: lines.get(fromStep ?? ""),
        })),
      inTarget: needed,
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

/** A line for each check; notes say why some findings of one side are no disagreement. */
function checkTable(checks: Comparison["checks"]): string[] {
  const own = rules.filter(({ buildkit }) => buildkit !== undefined).map(({ id }) => id);
  const names = [...new Set([...own, ...checks.keys()])];
  const width = Math.max(...names.map(({ length }) => length));
  const row = (name: string, ...columns: readonly (number | string)[]): string =>
    `${name.padEnd(width)}${columns.map((column) => String(column).padStart(12)).join("")}`;
  const notes = names.flatMap((name) => {
    if (!checks.get(name)?.undecided) return [];
    const why = recordedOnly.filter(({ rule }) => rule === name).map((exception) => exception.why);
    return [beyondTheText[name] ?? "", ...why].filter((note) => note !== "").map((note) => `${name}: ${note}`);
  });
  return [
    row("", "same", "only ours", "only theirs", "undecided"),
    ...names.map((name) => {
      const { same, onlyOurs, onlyTheirs, undecided } = checks.get(name) ?? noFindings;
      return row(name, same, onlyOurs, onlyTheirs, undecided);
    }),
    ...notes,
  ];
}

const noFindings: CheckComparison = { same: 0, onlyOurs: 0, onlyTheirs: 0, undecided: 0 };

function main(paths: readonly string[]): number {
  if (paths.length === 0) {
    console.error("usage: npm run corpus -- PATH…   (recorded answers of BuildKit, newline-delimited JSON)");
    return 2;
  }
  const result = compare(paths);
  for (const disagreement of result.disagreements) console.log(disagreement);
  console.log(`${result.files} files`);
  console.log(`  ${result.sameGraph} with the same stage graph, drawn and not, and no error from us`);
  console.log(`  ${result.sameError} refused with the same message at the same line`);
  console.log(`  ${result.unknownBases} not compared: the base depends on a build arg without default`);
  console.log(`${result.splits} files with a split on offer`);
  console.log("BuildKit's checks, in files that it takes:");
  for (const line of checkTable(result.checks)) console.log(`  ${line}`);
  console.log(`${result.disagreements.length} files with disagreements`);
  const moved = checkNavigation(paths);
  for (const line of navigationReport(moved)) console.log(line);
  return result.disagreements.length + moved.faults.length === 0 ? 0 : 1;
}

if (isMain(import.meta)) process.exitCode = main(process.argv.slice(2));
