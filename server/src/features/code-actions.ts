import {
  type CodeAction,
  CodeActionKind,
  Command,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver-types";
import { refactorings } from "../refactor/index.ts";
import type { AvailablePlan, Refactoring } from "../refactor/refactoring.ts";
import { clientCommands } from "../protocol.ts";
import type { FixedText } from "../rules/fix-all.ts";
import type { Diagnosis } from "../rules/run.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Edit } from "../text/edit.ts";
import { overlaps, type Range, type Span } from "../text/range.ts";
import type { Neighbours } from "../workspace/neighbours.ts";
import { editsBetween } from "./changes.ts";
import { toDiagnostic } from "./diagnostics.ts";
import { ignoreEdit } from "./ignore.ts";

/** All safe fixes of a file at once, as editors run them when it is saved. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.dockerfileStages`;

/** What a code action that is worked out later carries: enough to plan it again, and the version it was offered for. */
export interface DeferredAction {
  readonly uri: string;
  readonly version: number;
  readonly refactoring: string;
  readonly selection: Range;
}

export interface CodeActionRequest {
  readonly uri: string;
  readonly version: number;
  readonly range: Range;
  /** The kinds the editor asks for; `undefined` for all. A kind includes the kinds below it. */
  readonly only: readonly string[] | undefined;
  /** Whether the user opened the menu; only then are entries shown that are not available. */
  readonly invoked: boolean;
  /** Whether the editor shows greyed-out entries with a reason. */
  readonly showsDisabled: boolean;
  /** Whether the editor asks for the edits of the chosen action; otherwise each action carries its own. */
  readonly resolves: boolean;
  /** Whether the editor runs {@link clientCommands}. */
  readonly runsCommands: boolean;
  /** What is known of the files beside the Dockerfile. */
  readonly neighbours: Neighbours;
}

export function toTextEdits({ lines }: Analysis, edits: readonly Edit[]): TextEdit[] {
  return edits.map(({ span, newText }) => ({ range: lines.range(span), newText }));
}

/**
 * Quick fixes of the diagnoses at a range, then the refactorings there. Refactorings come without edits, see
 * {@link resolveAction}.
 *
 * @param fixAll fixes the whole file
 */
export function codeActions(
  analysis: Analysis,
  diagnoses: readonly Diagnosis[],
  request: CodeActionRequest,
  fixAll: () => FixedText,
): CodeAction[] {
  const wants = (kind: string) =>
    !request.only || request.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const selection = analysis.lines.span(request.range);
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    const here = diagnoses.filter(({ span }) => overlaps(span, selection));
    actions.push(
      ...fixes(analysis, here, request),
      ...refactoringsAsFixes(analysis, here, request),
      ...ignoring(analysis, here, request),
    );
  }
  for (const refactoring of refactorings) {
    if (!wants(refactoring.kind)) continue;
    const plan = refactoring.plan(analysis, selection, request.neighbours);
    if (!plan) continue;
    if (!("unavailable" in plan)) {
      actions.push(offer(analysis, request, selection, refactoring, plan, refactoring.kind));
      if (plan.hasChoice && request.runsCommands) actions.push(choice(request, refactoring, plan));
    } else if (request.showsDisabled && request.invoked) {
      actions.push({ title: plan.title, kind: refactoring.kind, disabled: { reason: plan.unavailable } });
    }
  }
  // Nobody who asks for everything means the whole file.
  if (request.only && wants(fixAllKind)) {
    const edits = editsBetween(analysis.text, fixAll().text);
    if (edits.length > 0) {
      const edit = documentEdit(analysis, request.uri, request.version, edits);
      actions.push({ title: "Apply all safe fixes", kind: fixAllKind, edit });
    }
  }
  return actions;
}

function fixes(analysis: Analysis, here: readonly Diagnosis[], { uri, version }: CodeActionRequest): CodeAction[] {
  const actions: CodeAction[] = [];
  const titles = new Set<string>();
  for (const diagnosis of here) {
    diagnosis.fixes?.forEach((fix, i) => {
      if (titles.has(fix.title)) return;
      titles.add(fix.title);
      actions.push({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [toDiagnostic(analysis, uri, diagnosis)],
        isPreferred: i === 0 && fix.safety === "safe",
        edit: documentEdit(analysis, uri, version, fix.edits),
      });
    });
  }
  return actions;
}

/** The refactorings that mend findings. */
function refactoringsAsFixes(analysis: Analysis, here: readonly Diagnosis[], request: CodeActionRequest): CodeAction[] {
  const actions: CodeAction[] = [];
  for (const diagnosis of here) {
    const refactoring = refactorings.find(({ id }) => id === diagnosis.refactoring);
    const plan = refactoring?.plan(analysis, diagnosis.span, request.neighbours);
    if (!refactoring || !plan || "unavailable" in plan) continue;
    const diagnostic = toDiagnostic(analysis, request.uri, diagnosis);
    actions.push({
      ...offer(analysis, request, diagnosis.span, refactoring, plan, CodeActionKind.QuickFix),
      diagnostics: [diagnostic],
    });
  }
  return actions;
}

/** Directives that silence rules in this file. What stops the build would stop it all the same. */
function ignoring(analysis: Analysis, here: readonly Diagnosis[], { uri, version }: CodeActionRequest): CodeAction[] {
  const byRule = new Map<string, Diagnosis[]>();
  for (const diagnosis of here) {
    const { id, severity } = diagnosis.rule;
    if (severity !== "error") byRule.set(id, [...(byRule.get(id) ?? []), diagnosis]);
  }
  return [...byRule].flatMap(([id, diagnoses]) => {
    const edit = ignoreEdit(analysis, id);
    if (!edit) return [];
    return [
      {
        title: `Ignore ${id} in this file`,
        kind: CodeActionKind.QuickFix,
        diagnostics: diagnoses.map((diagnosis) => toDiagnostic(analysis, uri, diagnosis)),
        edit: documentEdit(analysis, uri, version, [edit]),
      },
    ];
  });
}

/** An entry for a refactoring: with what is needed to plan it again, or with its edits where the editor will not ask. */
function offer(
  analysis: Analysis,
  { uri, version, resolves, runsCommands }: CodeActionRequest,
  selection: Span,
  refactoring: Refactoring,
  plan: AvailablePlan,
  kind: string,
): CodeAction {
  const data: DeferredAction = {
    uri,
    version,
    refactoring: refactoring.id,
    selection: analysis.lines.range(selection),
  };
  const action: CodeAction = { title: plan.title, kind, data };
  return resolves ? action : carryOut(analysis, data, action, plan, runsCommands);
}

/** The action with its edits and, where something is to be checked and the editor can show it, the command that does. */
function carryOut(
  analysis: Analysis,
  { uri, version }: DeferredAction,
  action: CodeAction,
  plan: AvailablePlan,
  runsCommands: boolean,
): CodeAction {
  const edit = documentEdit(analysis, uri, version, plan.edits());
  if (plan.assumptions.length === 0 || !runsCommands) return { ...action, edit };
  const command = Command.create("Show what to check", clientCommands.showChecks, plan.assumptions);
  return { ...action, edit, command };
}

/** An entry that lets the user choose among the ways; only the split has several. */
function choice({ uri, range }: CodeActionRequest, { kind }: Refactoring, plan: AvailablePlan): CodeAction {
  const title = `${plan.title}…`;
  return { title, kind, command: Command.create(title, clientCommands.splitStage, uri, range.start) };
}

function documentEdit(analysis: Analysis, uri: string, version: number, edits: readonly Edit[]): WorkspaceEdit {
  return { documentChanges: [{ textDocument: { uri, version }, edits: toTextEdits(analysis, edits) }] };
}

/** The document a deferred action is about; `""` for an action that is not ours. */
export function deferredUri(action: CodeAction): string {
  return (action.data as DeferredAction | undefined)?.uri ?? "";
}

/**
 * Plans a deferred action again and adds its edits.
 *
 * @param runsCommands whether the editor runs {@link clientCommands}
 * @returns `null` where the document has moved on or the plan is gone; the editor then does nothing
 */
export function resolveAction(
  analysis: Analysis,
  version: number,
  action: CodeAction,
  runsCommands: boolean,
  neighbours: Neighbours,
): CodeAction | null {
  const data = action.data as DeferredAction;
  if (data.version !== version) return null;
  const refactoring = refactorings.find(({ id }) => id === data.refactoring);
  const plan = refactoring?.plan(analysis, analysis.lines.span(data.selection), neighbours);
  if (!plan || "unavailable" in plan) return null;
  return carryOut(analysis, data, action, plan, runsCommands);
}
