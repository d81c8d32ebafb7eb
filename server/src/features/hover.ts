import { type Hover, MarkupContent, MarkupKind } from "vscode-languageserver-types";
import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { isAutomaticArg } from "../stages/scope.ts";
import type { Position, Span } from "../text/range.ts";
import { alone, type Neighbours } from "../workspace/neighbours.ts";
import { type HoverContext, paragraphs } from "./hover/context.ts";
import { flagHover } from "./hover/flag.ts";
import { pathHover } from "./hover/path.ts";
import { runHover } from "./hover/run.ts";
import { meaningOf, referenceHover, stageHover } from "./hover/stage.ts";
import { definitionHover, shellVariableHover, variableHover } from "./hover/variable.ts";
import { type Subject, subjectAt } from "./subject.ts";

/** What a hover is told besides the document. */
export interface HoverOptions {
  readonly neighbours: Neighbours;
  /** The document's address, if links to its lines are wanted: for an editor that shows them as links. */
  readonly uri: string | null;
}

/** What is known about the stage, image, variable, path, flag or command at a position. */
export function hover(
  analysis: Analysis,
  position: Position,
  { neighbours, uri }: HoverOptions = { neighbours: alone, uri: null },
): Hover | null {
  const context: HoverContext = { analysis, neighbours, uri };
  const offset = analysis.lines.offset(position);
  const found = subjectHover(context, offset) ?? instructionPartHover(context, offset);
  if (!found || found.value === "") return null;
  return {
    contents: { kind: MarkupKind.Markdown, value: found.value },
    range: analysis.lines.range(found.span),
  };
}

/**
 * Our hover and the general one of the same word, in one: of the general one what says most, for it stands below.
 */
export function joinHovers(own: Hover | null, general: Hover | null): Hover | null {
  if (!own || !general) return own ?? general;
  const isSame = JSON.stringify(own.range) === JSON.stringify(general.range);
  if (!isSame || !MarkupContent.is(own.contents) || !MarkupContent.is(general.contents)) return own;
  const parts = general.contents.value.split(/\n\n+/).filter((part) => part !== "" && !part.startsWith("```"));
  const said = [...new Set([parts[0], parts.at(-1)])].join(" ");
  return { ...own, contents: { ...own.contents, value: `${own.contents.value}\n\n---\n\n${said}` } };
}

interface Found {
  readonly value: string;
  readonly span: Span;
}

/** A name: of a stage, an image or a variable. */
function subjectHover(context: HoverContext, offset: number): Found | null {
  const subject = subjectAt(context.analysis, offset);
  const value = subject && describe(context, subject);
  return value === null || value === "" ? null : { value, span: subject!.span };
}

function describe(context: HoverContext, subject: Subject): string | null {
  switch (subject.kind) {
    case "stage":
    case "from":
      return stageHover(context, subject.stage);
    case "reference":
      return referenceHover(context, subject.reference);
    case "definition":
      return definitionHover(context, subject.definition, subject.definition.stage);
    case "variable": {
      const variable = variableHover(context, subject.use, subject.definition);
      const known = subject.definition ?? (isAutomaticArg(subject.use.name) || null);
      const meaning = known && subject.reference && meaningOf(context, subject.reference);
      return meaning ? paragraphs([variable, meaning]) : variable;
    }
  }
}

/** A part of an instruction that is no name. */
function instructionPartHover(context: HoverContext, offset: number): Found | null {
  const { analysis } = context;
  const instruction = analysis.instructionAt(offset);
  if (!instruction) return null;
  const inner: Instruction = instruction.trigger ?? instruction;
  const shell = shellVariableHover(context, instruction, offset);
  if (shell) return shell;
  const flag = flagHover(inner, offset, analysis.text);
  // What waits behind ONBUILD sees the files of another build.
  if (flag || instruction.trigger) return flag;
  const path = pathHover(context, instruction, offset);
  if (path || instruction.keyword !== "RUN") return path;
  return runHover(context, instruction, offset);
}
