import type { CodeAction, Diagnostic } from "vscode-languageserver-types";
import { codeActions as findCodeActions, type CodeActionRequest, toTextEdits } from "./features/code-actions.ts";
import { toDiagnostic } from "./features/diagnostics.ts";
import { chooseTarget } from "./features/graph/target.ts";
import type { GraphTextParams, SplitAnswer, SplitOptions } from "./protocol.ts";
import { refactorings } from "./refactor/index.ts";
import { split as splitOneStage, splitFile, type SplitResult } from "./refactor/split-stage.ts";
import { dotGraph } from "./report/dot.ts";
import { jsonEntry, reportGraph } from "./report/json.ts";
import { mermaidGraph } from "./report/mermaid.ts";
import { rules } from "./rules/index.ts";
import { fixAll, type FixedText } from "./rules/fix-all.ts";
import { defaultOptions, type Diagnosis, type RuleErrorHandler, type RunOptions, runRules } from "./rules/run.ts";
import { type Analysis, analyze } from "./stages/analysis.ts";
import { applyEdits } from "./text/edit.ts";
import type { Position } from "./text/range.ts";
import type { Neighbours } from "./workspace/neighbours.ts";

/**
 * The façade of all rooms: what an editor or the command line may ask about one document version. Pure functions.
 */
export { Analysis, analyze } from "./stages/analysis.ts";
export {
  type CodeActionRequest,
  deferredUri,
  fixAllKind,
  resolveAction as resolveCodeAction,
} from "./features/code-actions.ts";
export { projectBuilds } from "./features/builds.ts";
export { incomingCalls, outgoingCalls, prepareCallHierarchy } from "./features/call-hierarchy.ts";
export { codeLenses } from "./features/code-lens.ts";
export { completions } from "./features/completion.ts";
export {
  documentLinks,
  formatDocument,
  formatRange,
  instructionHover,
  keywordCompletions,
} from "./features/dockerfile-service.ts";
export { foldingRanges } from "./features/folding.ts";
export { type GraphOptions, stageGraph } from "./features/graph.ts";
export { rebuild, type RebuildQuestion } from "./features/graph/rebuild.ts";
export { shipped, type ShipQuestion } from "./features/graph/ship.ts";
export { mentionProblems, type MentionProblem } from "./features/mention-problems.ts";
export { type DockerfileOutline, dockerfileOutline } from "./features/outline.ts";
export { hover, type HoverOptions, joinHovers } from "./features/hover.ts";
export { inlayHints } from "./features/inlay-hints.ts";
export { definition, highlights, references } from "./features/navigation.ts";
export {
  type BuildFile,
  type Counterpart,
  counterpart,
  definitionsElsewhere,
  isShared,
  type KnownDockerfile,
  targetCompletions,
} from "./features/other-files.ts";
export { type FileEdits, prepareRename, type Refusal, rename } from "./features/rename.ts";
export { selectionRanges } from "./features/selection-ranges.ts";
export { type SemanticToken, semanticTokens, tokenModifiers, tokenTypes } from "./features/semantic-tokens.ts";
export { documentSymbols } from "./features/symbols.ts";
export { workspaceSymbols } from "./features/workspace-symbols.ts";
export { defaultOptions, type Diagnosis, type RuleErrorHandler, type RunOptions } from "./rules/run.ts";
export type { FixedText } from "./rules/fix-all.ts";
export {
  buildFileGlobs,
  BuildIndex,
  dockerfileGlobs,
  type HclReader,
  isDockerfilePath,
  isHcl,
  type Located,
  mayMentionBuilds,
} from "./workspace/builds.ts";
export {
  findFiles,
  foreignFolders,
  isForeign,
  isOfInterest,
  keepFiles,
  mostFiles,
  type Search,
} from "./workspace/find.ts";
export { hclPrograms, makeHclReader } from "./workspace/hcl.ts";
export { readProject } from "./workspace/project.ts";
export type { FoundBuild, MentioningFile, MentionKind } from "./workspace/mentions.ts";
export {
  alone,
  type Files,
  foldersToSearch,
  ignoreFileNames,
  type IgnoreFile,
  isInProject,
  isNeighbour,
  largestNeighbour,
  type Listing,
  neighbourNames,
  neighbourReader,
  type Neighbours,
  sameNeighbours,
} from "./workspace/neighbours.ts";
export { repeatedRules } from "./rules/repeated.ts";
export type { Severity } from "./rules/rule.ts";
export type { SplitResult, SplitWay } from "./refactor/split-stage.ts";

/** All rules, in the order of the documentation. */
export { rules } from "./rules/index.ts";

/** An editor asks for code actions at each move of the cursor; a version has its findings once. */
const diagnosed = new WeakMap<Analysis, { readonly options: RunOptions; readonly found: readonly Diagnosis[] }>();

/** All findings, sorted by place. A rule that throws is handed to `onRuleError`; the others still run. */
export function diagnose(
  analysis: Analysis,
  onRuleError: RuleErrorHandler,
  options: RunOptions = defaultOptions,
): readonly Diagnosis[] {
  const known = diagnosed.get(analysis);
  if (known?.options === options) return known.found;
  const found = runRules(analysis, rules, onRuleError, options);
  diagnosed.set(analysis, { options, found });
  return found;
}

export function diagnostics(
  analysis: Analysis,
  uri: string,
  onRuleError: RuleErrorHandler,
  options?: RunOptions,
): Diagnostic[] {
  return diagnose(analysis, onRuleError, options).map((diagnosis) => toDiagnostic(analysis, uri, diagnosis));
}

/** The text after all safe fixes. */
export function fixed(analysis: Analysis, onRuleError: RuleErrorHandler, options?: RunOptions): FixedText {
  return fixAll(analysis, analyze, (round) => diagnose(round, onRuleError, options));
}

export function codeActions(
  analysis: Analysis,
  request: CodeActionRequest,
  onRuleError: RuleErrorHandler,
  options?: RunOptions,
): CodeAction[] {
  return findCodeActions(analysis, diagnose(analysis, onRuleError, options), request, () =>
    fixed(analysis, onRuleError, options),
  );
}

/** The stage that `--target` means: its index; the last one for `null`, and `null` where there is none of that name. */
export function findTarget(analysis: Analysis, name: string | null): number | null {
  const { index, message } = chooseTarget(analysis, name);
  return message === "" && index >= 0 ? index : null;
}

/** The stage graph as text, as the command line prints it for one file. */
export function graphAsText(
  analysis: Analysis,
  file: string,
  format: GraphTextParams["format"],
  target: string | null,
): string {
  const report = reportGraph(file, analysis, findTarget(analysis, target));
  switch (format) {
    case "mermaid":
      return mermaidGraph([report]);
    case "dot":
      return dotGraph([report]);
    case "json":
      return `[\n${jsonEntry(report)}\n]\n`;
  }
}

/** The kinds of all refactorings, for an editor that wants to know them beforehand. */
export const refactoringKinds: readonly string[] = refactorings.map(({ kind }) => kind);

/** What the split would do to the stage that a file builds by default. */
export function split(analysis: Analysis, neighbours: Pick<Neighbours, "project">): SplitResult {
  return splitFile(analysis, neighbours);
}

/** What the split would do to the stage at a position, or why it does nothing. */
export function splitAt(
  analysis: Analysis,
  version: number,
  position: Position,
  neighbours: Neighbours,
  options: SplitOptions = {},
): SplitAnswer {
  const stage = analysis.stageAt(analysis.lines.offset(position)) ?? analysis.stages[0];
  const result = stage ? splitOneStage(analysis, stage, neighbours) : splitFile(analysis, neighbours);
  const { title } = result;
  if (!result.offered) return { version, title, reason: result.reason, ways: [] };
  const ways = result.ways.map(({ base, strategy, detail, assumptions, summary, tests, user, ...way }) => {
    const edits = way.edits(options);
    return {
      base,
      strategy,
      detail,
      assumptions,
      summary,
      tests,
      user,
      after: applyEdits(analysis.text, edits),
      edits: toTextEdits(analysis, edits),
    };
  });
  return { version, title, reason: "", ways };
}
