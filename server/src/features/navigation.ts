import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type Location,
  type LocationLink,
} from "vscode-languageserver-types";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import { originOf } from "../stages/origin.ts";
import type { Stage } from "../stages/resolve.ts";
import type { Definition } from "../stages/scope.ts";
import type { Position, Span } from "../text/range.ts";
import type { FoundBuild } from "../workspace/mentions.ts";
import { argsElsewhere, contextsElsewhere, type PlaceElsewhere, stageElsewhere } from "./elsewhere.ts";
import { copiedPathAt, pathSpan } from "./copied-path.ts";
import { nameSpan, subjectAt, takenOver } from "./subject.ts";
import { familyOf, isBuildArg, type VariableFamily } from "./variable-family.ts";

/**
 * Where the stage or variable at a position is defined, or what makes the path that is copied from a stage. A reference that
 * cannot work still leads to the stage it names; an `ARG NAME` in a stage leads to the ARG in front of the first FROM whose
 * value it takes over; a name that stands for a context leads to where other files give it.
 */
export function definition(
  analysis: Analysis,
  uri: string,
  position: Position,
  builds: readonly FoundBuild[] = [],
): LocationLink[] {
  const { lines, scope, stages } = analysis;
  const offset = lines.offset(position);
  const subject = subjectAt(analysis, offset);
  if (!subject) return copiedPathLinks(analysis, uri, offset);
  const link = (target: Span, selection: Span): LocationLink => ({
    originSelectionRange: lines.range(subject.span),
    targetUri: uri,
    targetRange: lines.range(target),
    targetSelectionRange: lines.range(selection),
  });
  const toStage = (stage: Stage) => link(stage.span, nameSpan(stage));
  const toVariable = ({ instruction, pair }: Definition) => link(instruction.span, pair.keySpan);
  const links: LocationLink[] = [];
  if (subject.kind === "variable") {
    // An ARG in front of the first FROM has no value in a stage that does not declare it, but is what was meant.
    const found = subject.definition ?? scope.global(subject.use.name);
    if (found) links.push(toVariable(found));
  }
  if (subject.kind === "definition") {
    links.push(toVariable(takenOver(analysis, subject.definition) ?? subject.definition));
  }
  if (subject.kind === "reference" || (subject.kind === "variable" && subject.reference)) {
    const { target } = subject.reference!;
    const stage = referencedStage(subject.reference!);
    if (stage !== null) links.push(toStage(stages[stage]!));
    else if (target.kind === "image") {
      for (const { file, span } of contextsElsewhere(builds, target.image)) {
        const range = file.lines.range(span);
        const originSelectionRange = lines.range(subject.span);
        links.push({ originSelectionRange, targetUri: file.uri, targetRange: range, targetSelectionRange: range });
      }
    }
  }
  if (subject.kind === "stage") links.push(toStage(subject.stage));
  return links;
}

/** Leads from a path that is copied from a stage to what makes it; where nothing there does, to what the stage is built on. */
function copiedPathLinks(analysis: Analysis, uri: string, offset: number): LocationLink[] {
  const { lines, stages } = analysis;
  const copied = copiedPathAt(analysis, offset);
  if (!copied || copied.path === null) return [];
  const files = analysis.files(copied.stage);
  const origins = originOf(analysis, files, copied.path).changes.map(({ instruction, span }) => ({
    whole: instruction.span,
    span,
  }));
  const { from, base } = stages[files.chain.at(-1)!.stage.index]!;
  const targets = origins.length > 0 ? origins : [{ whole: from.span, span: base?.span ?? from.keywordSpan }];
  return targets.map(({ whole, span }) => ({
    originSelectionRange: lines.range(pathSpan(analysis, copied)),
    targetUri: uri,
    targetRange: lines.range(whole),
    targetSelectionRange: lines.range(span),
  }));
}

/** The places that name the stage, variable or image at a position, in file order; then those in other files. */
export function references(
  analysis: Analysis,
  uri: string,
  position: Position,
  includeDeclaration: boolean,
  builds: readonly FoundBuild[] = [],
): Location[] {
  const { lines } = analysis;
  const named = namedAt(analysis, lines.offset(position));
  if (!named) return [];
  const here = occurrencesOf(analysis, named)
    .filter(({ declares }) => includeDeclaration || !declares)
    .map(({ span }) => ({ uri, range: lines.range(span) }));
  const elsewhere = namedElsewhere(named, builds);
  return [...here, ...elsewhere.map(({ file, span }) => ({ uri: file.uri, range: file.lines.range(span) }))];
}

/** As {@link references} in this file; the places that define are writes, the others are reads. */
export function highlights(analysis: Analysis, position: Position): DocumentHighlight[] {
  const named = namedAt(analysis, analysis.lines.offset(position));
  if (!named) return [];
  return occurrencesOf(analysis, named).map(({ span, declares }) => ({
    range: analysis.lines.range(span),
    kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

interface Occurrence {
  readonly span: Span;
  readonly declares: boolean;
}

/** What several places name. */
type Named =
  | { readonly kind: "stage"; readonly stage: Stage }
  | { readonly kind: "image"; readonly image: string }
  | { readonly kind: "variable"; readonly family: VariableFamily };

function namedAt(analysis: Analysis, offset: number): Named | null {
  const subject = subjectAt(analysis, offset);
  switch (subject?.kind) {
    case "stage":
    case "from":
      return { kind: "stage", stage: subject.stage };
    case "reference": {
      const { target } = subject.reference;
      const stage = referencedStage(subject.reference);
      if (stage !== null) return { kind: "stage", stage: analysis.stages[stage]! };
      return target.kind === "image" ? target : null;
    }
    case "variable":
    case "definition": {
      const { definition: member } = subject;
      return member && { kind: "variable", family: familyOf(analysis, member) };
    }
    case undefined:
      return null;
  }
}

function occurrencesOf(analysis: Analysis, named: Named): Occurrence[] {
  return findOccurrences(analysis, named).toSorted((a, b) => a.span.start - b.span.start);
}

function findOccurrences(analysis: Analysis, named: Named): Occurrence[] {
  switch (named.kind) {
    case "stage": {
      const { stage } = named;
      const uses = analysis.references.filter((reference) => referencedStage(reference) === stage.index);
      return [{ span: nameSpan(stage), declares: true }, ...uses.map(({ span }) => ({ span, declares: false }))];
    }
    case "image":
      return analysis.references
        .filter(({ target }) => target.kind === "image" && target.image === named.image)
        .map(({ span }) => ({ span, declares: false }));
    case "variable": {
      const { definitions, uses } = named.family;
      return [
        ...definitions.map(({ pair }) => ({ span: pair.keySpan, declares: true })),
        ...uses.map((use) => ({ span: use.nameSpan, declares: false })),
      ];
    }
  }
}

function namedElsewhere(named: Named, builds: readonly FoundBuild[]): PlaceElsewhere[] {
  switch (named.kind) {
    case "stage":
      return named.stage.name === null ? [] : stageElsewhere(builds, named.stage.name);
    case "image":
      return contextsElsewhere(builds, named.image);
    case "variable":
      return isBuildArg(named.family) ? argsElsewhere(builds, named.family.name) : [];
  }
}
