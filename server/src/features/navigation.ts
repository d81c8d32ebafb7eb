import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type Location,
  type LocationLink,
} from "vscode-languageserver-types";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import type { Stage } from "../stages/resolve.ts";
import type { Definition } from "../stages/scope.ts";
import type { Position, Span } from "../text/range.ts";
import { definitionOf, nameSpan, stageOf, type Subject, subjectAt, takenOver, usesIn } from "./subject.ts";

/**
 * Where the stage or variable at a position is defined. A reference that cannot work still leads to the stage it names; an
 * `ARG NAME` in a stage leads to the ARG in front of the first FROM whose value it takes over.
 */
export function definition(analysis: Analysis, uri: string, position: Position): LocationLink[] {
  const { lines, stages } = analysis;
  const subject = subjectAt(analysis, lines.offset(position));
  if (!subject) return [];
  const link = (target: Span, selection: Span): LocationLink => ({
    originSelectionRange: lines.range(subject.span),
    targetUri: uri,
    targetRange: lines.range(target),
    targetSelectionRange: lines.range(selection),
  });
  const toStage = (stage: Stage) => link(stage.span, nameSpan(stage));
  const toVariable = ({ instruction, pair }: Definition) => link(instruction.span, pair.keySpan);
  const links: LocationLink[] = [];
  if (subject.kind === "variable" && subject.definition) links.push(toVariable(subject.definition));
  if (subject.kind === "definition") {
    links.push(toVariable(takenOver(analysis, subject.definition) ?? subject.definition));
  }
  if (subject.kind === "reference" || (subject.kind === "variable" && subject.reference)) {
    const stage = referencedStage(subject.reference!);
    if (stage !== null) links.push(toStage(stages[stage]!));
  }
  if (subject.kind === "stage") links.push(toStage(subject.stage));
  return links;
}

/** The places that name the stage, variable or image at a position, in file order. */
export function references(
  analysis: Analysis,
  uri: string,
  position: Position,
  includeDeclaration: boolean,
): Location[] {
  return occurrences(analysis, analysis.lines.offset(position))
    .filter(({ declares }) => includeDeclaration || !declares)
    .map(({ span }) => ({ uri, range: analysis.lines.range(span) }));
}

/** As {@link references}; the place that defines is a write, the others are reads. */
export function highlights(analysis: Analysis, position: Position): DocumentHighlight[] {
  return occurrences(analysis, analysis.lines.offset(position)).map(({ span, declares }) => ({
    range: analysis.lines.range(span),
    kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

interface Occurrence {
  readonly span: Span;
  readonly declares: boolean;
}

function occurrences(analysis: Analysis, offset: number): Occurrence[] {
  const found = findOccurrences(analysis, subjectAt(analysis, offset));
  return found.toSorted((a, b) => a.span.start - b.span.start);
}

function findOccurrences(analysis: Analysis, subject: Subject | null): Occurrence[] {
  switch (subject?.kind) {
    case "stage":
    case "from":
      return stageOccurrences(analysis, subject.stage);
    case "reference": {
      const { target } = subject.reference;
      const stage = referencedStage(subject.reference);
      if (stage !== null) return stageOccurrences(analysis, analysis.stages[stage]!);
      if (target.kind !== "image") return [];
      return analysis.references
        .filter((other) => other.target.kind === "image" && other.target.image === target.image)
        .map(({ span }) => ({ span, declares: false }));
    }
    case "variable":
      return subject.definition ? variableOccurrences(analysis, subject.definition) : [];
    case "definition":
      return variableOccurrences(analysis, subject.definition);
    case undefined:
      return [];
  }
}

function stageOccurrences(analysis: Analysis, stage: Stage): Occurrence[] {
  const uses = analysis.references.filter((reference) => referencedStage(reference) === stage.index);
  return [{ span: nameSpan(stage), declares: true }, ...uses.map(({ span }) => ({ span, declares: false }))];
}

/** A definition, the uses that have their value from it, and the `ARG NAME` lines in stages that take it over. */
function variableOccurrences(analysis: Analysis, origin: Definition): Occurrence[] {
  const { name } = origin;
  const found: Occurrence[] = [{ span: origin.pair.keySpan, declares: true }];
  for (const instruction of analysis.dockerfile.instructions) {
    for (const use of usesIn(analysis, stageOf(analysis, instruction), instruction, name)) {
      if (definitionOf(analysis, use) === origin) found.push({ span: use.nameSpan, declares: false });
    }
  }
  for (const other of analysis.scope.byName.get(name) ?? []) {
    if (takenOver(analysis, other) === origin) found.push({ span: other.pair.keySpan, declares: false });
  }
  return found;
}
