import type { TextEdit } from "vscode-languageserver-types";
import { Analysis } from "../stages/analysis.ts";
import { mayBecome, partsAroundVariables } from "../stages/choice.ts";
import { quotedStage } from "../stages/describe.ts";
import { referencedStage } from "../stages/graph.ts";
import { isValidStageName, type Reference, reservedNames, type Resolution, type Stage } from "../stages/resolve.ts";
import type { Definition } from "../stages/scope.ts";
import { applyEdits, type Edit } from "../text/edit.ts";
import type { Position, Range, Span } from "../text/range.ts";
import type { FoundBuild, MentioningFile } from "../workspace/mentions.ts";
import { contextsElsewhere, type PlaceElsewhere, stageElsewhere } from "./elsewhere.ts";
import { renameVariable, variableToRename } from "./rename-variable.ts";
import { subjectAt } from "./subject.ts";

/** Why something cannot be renamed, in a sentence for the user. */
export interface Refusal {
  readonly error: string;
}

/** The edits of a file. */
export interface FileEdits {
  readonly file: MentioningFile;
  readonly edits: readonly TextEdit[];
}

/** Whether the stage or variable at a position can be renamed, and what its name is now. */
export function prepareRename(analysis: Analysis, position: Position): { range: Range; placeholder: string } | Refusal {
  const found = renamable(analysis, analysis.lines.offset(position));
  if ("error" in found) return found;
  const { span } = found;
  return { range: analysis.lines.range(span), placeholder: analysis.text.slice(span.start, span.end) };
}

/**
 * Renames a stage: its name behind AS and all references by name, in FROM, `COPY --from`, `RUN --mount=from` and ONBUILD.
 * Quotes stay, references by index need no change. The name is declared as typed; FROM lines name it in lower case, because
 * BuildKit stores names in lower case and FROM alone compares exactly. Refused where any name of the file would mean
 * something else afterwards, and where a build arg chooses the stage. Or a variable, where all that uses it is known, see
 * {@link renameVariable}. In other files the places change that name the stage, or hand over the build arg.
 */
export function rename(
  analysis: Analysis,
  position: Position,
  newName: string,
  builds: readonly FoundBuild[] = [],
): { edits: TextEdit[]; elsewhere: FileEdits[] } | Refusal {
  const found = renamable(analysis, analysis.lines.offset(position));
  if ("error" in found) return found;
  const { lines } = analysis;
  const changed =
    "stage" in found
      ? renameStage(analysis, found.stage, newName, builds)
      : renameVariable(analysis, found.member, newName, builds);
  if ("error" in changed) return changed;
  const elsewhere = editsElsewhere(changed.elsewhere, newName);
  if ("error" in elsewhere) return elsewhere;
  const changes = changed.edits
    .filter(({ span, newText }) => analysis.text.slice(span.start, span.end) !== newText)
    .toSorted((a, b) => a.span.start - b.span.start);
  return { edits: changes.map(({ span, newText }) => ({ range: lines.range(span), newText })), elsewhere };
}

function editsElsewhere(places: readonly PlaceElsewhere[], newName: string): FileEdits[] | Refusal {
  const byFile = new Map<MentioningFile, TextEdit[]>();
  for (const { file, span, text } of places) {
    if (text === newName) continue;
    const written = file.lines.text.slice(span.start, span.end);
    if (written !== text) {
      const line = file.lines.lineAt(span.start) + 1;
      return { error: `${file.path} (line ${line}) writes '${text}' in another way. Change that first.` };
    }
    const edit = { range: file.lines.range(span), newText: newName };
    const others = byFile.get(file);
    if (others) others.push(edit);
    else byFile.set(file, [edit]);
  }
  return [...byFile].map(([file, edits]) => ({ file, edits }));
}

function renameStage(
  analysis: Analysis,
  stage: NamedStage,
  newName: string,
  builds: readonly FoundBuild[],
): { edits: readonly Edit[]; elsewhere: readonly PlaceElsewhere[] } | Refusal {
  const { lines } = analysis;
  const error = nameError(analysis, stage, newName);
  if (error !== null) return { error };

  const edits: Edit[] = [{ span: stage.nameWord.span, newText: newName }];
  for (const reference of namedReferences(analysis, stage)) {
    const span = writtenSpan(analysis, reference, stage);
    if (!span) {
      const line = lines.lineAt(reference.span.start) + 1;
      return { error: `Line ${line} names the stage through the build arg in '${reference.text}'. Change that first.` };
    }
    edits.push({ span, newText: reference.kind === "from" ? newName.toLowerCase() : newName });
  }
  const chosen = choosing(analysis, stage, [stage.name, newName.toLowerCase()]);
  if (chosen) {
    const line = lines.lineAt(chosen.span.start) + 1;
    return { error: `Line ${line} chooses a stage by name with a build arg: '${chosen.text}'. Change that first.` };
  }
  const after = new Analysis(applyEdits(analysis.text, edits), analysis);
  const changed = firstChange(analysis, after, stage, newName.toLowerCase());
  if (changed) return { error: changed };
  const [context] = contextsElsewhere(builds, newName);
  if (context && stage.name !== newName.toLowerCase()) {
    const line = context.file.lines.lineAt(context.span.start) + 1;
    return {
      error: `${context.file.path} (line ${line}) gives a context with this name, which would take the stage's place.`,
    };
  }
  // Of stages with one name a build takes the last.
  const isTarget =
    stage.name !== null && analysis.stages.findLast(({ name }) => name === stage.name)?.index === stage.index;
  return { edits, elsewhere: isTarget ? stageElsewhere(builds, stage.name) : [] };
}

interface NamedStage extends Stage {
  readonly nameWord: NonNullable<Stage["nameWord"]>;
}

/** The stage or variable whose name stands at an offset. */
function renamable(
  analysis: Analysis,
  offset: number,
):
  { readonly stage: NamedStage; readonly span: Span } | { readonly member: Definition; readonly span: Span } | Refusal {
  const nothing = { error: "Only the names of stages and variables can be renamed." };
  const subject = subjectAt(analysis, offset);
  if (subject?.kind === "stage") {
    const { stage, span } = subject;
    if (stage.nameWord) return { stage: { ...stage, nameWord: stage.nameWord }, span };
    return nothing;
  }
  if (subject?.kind === "variable" || subject?.kind === "definition") {
    const [name, span] =
      subject.kind === "variable"
        ? [subject.use.name, subject.use.nameSpan]
        : [subject.definition.name, subject.definition.pair.keySpan];
    const member = variableToRename(name, subject.definition);
    return "error" in member ? member : { member, span };
  }
  if (subject?.kind !== "reference") return nothing;
  const { reference } = subject;
  const index = referencedStage(reference);
  if (index === null) return { error: notAStage(reference) };
  const stage = analysis.stages[index]!;
  if (!stage.nameWord || stage.name === null) {
    return { error: `Stage ${index} has no name. Give it one with AS on line ${lineNumber(analysis, stage)}.` };
  }
  if (isIndex(reference)) {
    return { error: `'${reference.text}' is the index of ${quotedStage(stage)}. Rename the stage where it is named.` };
  }
  const span = writtenSpan(analysis, reference, stage) ?? reference.span;
  return { stage: { ...stage, nameWord: stage.nameWord }, span };
}

function notAStage({ text, target }: Reference): string {
  switch (target.kind) {
    case "image":
      return `'${text}' is an image, not a stage of this file.`;
    case "scratch":
      return "'scratch' is the empty image, not a stage of this file.";
    case "error":
      return `'${text}' does not name a stage of this file.`;
    case "stage":
    case "unknown":
      return "Only the names of stages and variables can be renamed.";
  }
}

function lineNumber({ lines }: Analysis, stage: Stage): number {
  return lines.lineAt(stage.span.start) + 1;
}

function isIndex({ kind, text }: Reference): boolean {
  return kind === "copy" && /^[+-]?\d+$/.test(text);
}

function nameError(analysis: Analysis, stage: Stage, newName: string): string | null {
  const name = newName.toLowerCase();
  if (/^\d+$/.test(newName)) return `'${newName}' would mean the stage with that index. A name starts with a letter.`;
  if (!isValidStageName(newName)) {
    return `'${newName}' is not a name for a stage. It starts with a letter; letters, digits, '-', '_' and '.' may follow.`;
  }
  if (reservedNames.has(name)) return `'${newName}' is reserved: it means something else wherever a stage is named.`;
  const taken = analysis.stages.find((other) => other.name === name && other.index !== stage.index);
  return taken ? `Line ${lineNumber(analysis, taken)} already has a stage named '${name}'.` : null;
}

/** The references that name the stage, those that cannot work included. */
function namedReferences({ references }: Analysis, stage: Stage): Reference[] {
  return references.filter((reference) => referencedStage(reference) === stage.index && !isIndex(reference));
}

/**
 * A FROM line below a stage that names one of `names` for some value of its build args: `FROM tool-$TARGETOS` chooses
 * among `tool-linux` and `tool-windows`. A variable alone says nothing about names.
 */
function choosing({ references }: Analysis, { index }: Stage, names: readonly (string | null)[]): Reference | null {
  const found = references.find(({ kind, stage, text }) => {
    if (kind !== "from" || stage <= index || !text.includes("$")) return false;
    const parts = partsAroundVariables(text);
    if (parts.every((part) => part === "")) return false;
    return names.some((name) => name !== null && mayBecome(parts, name));
  });
  return found ?? null;
}

/**
 * Where in the document a reference spells the stage's name, without quotes; `null` where it does not: a variable of a FROM
 * line holds it.
 */
function writtenSpan({ text }: Analysis, { kind, span, text: value }: Reference, stage: Stage): Span | null {
  const written = text.slice(span.start, span.end);
  const at = written.toLowerCase().indexOf(stage.name!);
  if (at >= 0 && /^["']?$/.test(written.slice(0, at)) && /^["']?$/.test(written.slice(at + stage.name!.length))) {
    return { start: span.start + at, end: span.start + at + stage.name!.length };
  }
  // Escapes or a line break inside the name: the new name stands for all of it.
  return kind === "from" && value.includes("$") ? null : span;
}

/** What the first name says that does not mean the same after a rename; `null` where all do. */
function firstChange(before: Analysis, after: Analysis, stage: Stage, name: string): string | null {
  const elsewhere = "Some names of this file would mean something else with this name.";
  if (before.references.length !== after.references.length || before.stages.length !== after.stages.length) {
    return elsewhere;
  }
  for (const [i, reference] of before.references.entries()) {
    const other = after.references[i]!;
    if (sameResolution(reference.target, other.target)) continue;
    const at = before.lines.lineAt(reference.span.start) + 1;
    return referencedStage(other) === stage.index && reference.target.kind === "image"
      ? `Line ${at} uses the image '${reference.text}', which would then mean this stage.`
      : `'${reference.text}' on line ${at} would mean something else with this name.`;
  }
  for (const [i, { name: old }] of before.stages.entries()) {
    if (after.stages[i]!.name !== (i === stage.index ? name : old)) return elsewhere;
  }
  return null;
}

function sameResolution(a: Resolution, b: Resolution): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
