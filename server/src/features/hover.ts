import { type Hover, MarkupKind } from "vscode-languageserver-types";
import type { Instruction } from "../dockerfile/instruction.ts";
import { expand } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import { stageLabel } from "../stages/describe.ts";
import { baseChain, referencedStage } from "../stages/graph.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { type Definition, isAutomaticArg, proxyArgNames } from "../stages/scope.ts";
import type { Position } from "../text/range.ts";
import { code, commentLines, cut, escapeMarkdown, list } from "./markdown.ts";
import { globalDefinition, type Subject, subjectAt, takenOver, type VariableUse } from "./subject.ts";
import { transferOf } from "./transfer.ts";

/** What is known about the stage, image or variable at a position. */
export function hover(analysis: Analysis, position: Position): Hover | null {
  const subject = subjectAt(analysis, analysis.lines.offset(position));
  if (!subject) return null;
  const value = describe(analysis, subject);
  if (value === null || value === "") return null;
  return { contents: { kind: MarkupKind.Markdown, value }, range: analysis.lines.range(subject.span) };
}

function describe(analysis: Analysis, subject: Subject): string | null {
  switch (subject.kind) {
    case "stage":
    case "from":
      return describeStage(analysis, subject.stage);
    case "reference":
      return describeReference(analysis, subject.reference);
    case "definition":
      return describeDefinition(analysis, subject.definition, subject.definition.stage);
    case "variable": {
      const variable = describeVariable(analysis, subject.use, subject.definition);
      const known = subject.definition ?? (isAutomaticArg(subject.use.name) || null);
      const meaning = known && subject.reference && describeMeaning(analysis, subject.reference);
      return meaning ? paragraphs([variable, meaning]) : variable;
    }
  }
}

function paragraphs(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join("\n\n");
}

function lineNumber({ lines }: Analysis, offset: number): number {
  return lines.lineAt(offset) + 1;
}

// Stages

function describeStage(analysis: Analysis, stage: Stage): string {
  const { index, name, from } = stage;
  const line = lineNumber(analysis, from.span.start);
  const title =
    name === null
      ? `**Stage ${index}** (no name), line ${line}`
      : `**Stage** ${code(name)}, index ${index}, line ${line}`;
  const comment = from.comment ? commentLines(analysis.text.slice(from.comment.start, from.comment.end)) : [];
  const points = [
    builtWhen(analysis, stage),
    usedBy(analysis, stage),
    copiedOut(analysis, stage),
    copiedIn(analysis, stage),
    settings(analysis, stage),
  ];
  return paragraphs([
    title,
    comment
      .slice(0, 3)
      .map((text) => escapeMarkdown(cut(text, 200)))
      .join("  \n") + (comment.length > 3 ? " …" : ""),
    chain(analysis, stage),
    points
      .filter((point) => point !== null)
      .map((point) => `- ${point}`)
      .join("\n"),
  ]);
}

/** `` `app` ← `build` ← `node:20` `` */
function chain(analysis: Analysis, stage: Stage): string {
  const names = baseChain(analysis.stages, stage.index).map((at) => analysis.stages[at]!);
  const root = names.at(-1)!;
  const parts = names.map((at) => code(stageLabel(at)));
  if (root.base?.target.kind === "unknown") parts.push(code(root.base.text));
  else if (root.baseName !== "") parts.push(code(root.baseName));
  // A long chain is cut in the middle: its ends tell most.
  if (parts.length > 6) parts.splice(3, parts.length - 5, "…");
  return parts.join(" ← ");
}

function builtWhen({ graph }: Analysis, { index, name }: Stage): string {
  if (index === graph.target) return "Built by default: it is the last stage.";
  if (graph.needed[index]!) return "Needed by the default build.";
  const others = graph.dependents[index]!.some(({ stage, onbuild }) => stage !== index && !onbuild);
  // BuildKit finds a target by name alone.
  if (name === null)
    return others
      ? "Built only for a target that needs it."
      : "Never built: nothing needs it, and it has no name for a target.";
  const only = `Built only with ${code(`--target ${name}`)}`;
  return others ? `${only}, or for a target that needs it.` : `${only}.`;
}

function usedBy(analysis: Analysis, stage: Stage): string | null {
  const byStage = new Map<number, string[]>();
  for (const reference of analysis.graph.dependents[stage.index]!) {
    const uses = byStage.get(reference.stage) ?? [];
    byStage.set(reference.stage, uses);
    uses.push(`${useLabel(reference)} on line ${lineNumber(analysis, reference.span.start)}`);
  }
  if (byStage.size === 0) return stage.index === analysis.graph.target ? null : "No other stage uses it.";
  const users = [...byStage].map(([index, uses]) => `${code(stageLabel(analysis.stages[index]!))} (${list(uses, 3)})`);
  return `Used by ${list(users)}`;
}

function useLabel({ kind, onbuild }: Reference): string {
  const word = kind === "from" ? "FROM" : kind === "copy" ? "COPY" : "mount";
  return onbuild ? `ONBUILD ${word}` : word;
}

function copiedOut({ graph }: Analysis, { index }: Stage): string | null {
  const paths = new Set<string>();
  for (const reference of graph.dependents[index]!) for (const path of transferOf(reference).sources) paths.add(path);
  return paths.size === 0
    ? null
    : `Copied out: ${list(
        [...paths].map((path) => code(path)),
        5,
      )}`;
}

function copiedIn(analysis: Analysis, stage: Stage): string | null {
  const parts: string[] = [];
  for (const reference of analysis.references) {
    if (reference.stage !== stage.index || reference.kind === "from" || reference.onbuild) continue;
    const index = referencedStage(reference);
    const source = index === null ? reference.text : stageLabel(analysis.stages[index]!);
    const paths = transferOf(reference).sources.map((path) => code(path));
    if (paths.length > 0) parts.push(`${list(paths, 3)} from ${code(source)}`);
  }
  return parts.length === 0 ? null : `Copied in: ${list(parts, 4, "; ")}`;
}

/** What a container of the stage starts with, as far as this file says so. */
function settings(analysis: Analysis, stage: Stage): string | null {
  let user: string | null = null;
  let folder: string | null = null;
  let entrypoint: string | null = null;
  let command: string | null = null;
  const ports: string[] = [];
  const rest = ({ line, argsStart }: Instruction) => line.text.slice(argsStart).trim();
  for (const index of baseChain(analysis.stages, stage.index).toReversed()) {
    let commandHere = false;
    for (const instruction of analysis.stages[index]!.instructions) {
      switch (instruction.keyword) {
        case "USER":
          user = rest(instruction);
          break;
        case "WORKDIR":
          folder = join(folder, rest(instruction));
          break;
        case "EXPOSE":
          for (const { text } of instruction.args) if (!ports.includes(text)) ports.push(text);
          break;
        case "ENTRYPOINT":
          entrypoint = rest(instruction);
          // As BuildKit does: an ENTRYPOINT drops a CMD that comes from the base.
          if (!commandHere) command = null;
          break;
        case "CMD":
          command = rest(instruction);
          commandHere = true;
          break;
        default:
      }
    }
  }
  const parts: string[] = [];
  const add = (keyword: string, value: string | null): void => {
    if (value !== null && value !== "") parts.push(code(`${keyword} ${value}`));
  };
  add("USER", user);
  add("WORKDIR", folder);
  add("EXPOSE", ports.length > 0 ? ports.join(" ") : null);
  add("ENTRYPOINT", entrypoint);
  add("CMD", command);
  return parts.length === 0 ? null : parts.join(" · ");
}

/** A WORKDIR is relative to the one before. */
function join(folder: string | null, next: string): string {
  if (folder === null || /^(?:["']?[/$\\]|[A-Za-z]:)/.test(next)) return next;
  return `${folder.replace(/\/+$/, "")}/${next.replace(/^\.\//, "")}`;
}

// References

function describeReference(analysis: Analysis, reference: Reference): string | null {
  const { target, kind, text } = reference;
  switch (target.kind) {
    case "stage":
      return describeStage(analysis, analysis.stages[target.stage]!);
    case "image":
      return describeImage(analysis, reference, target.image);
    case "scratch":
      return "`scratch` is an empty image: no files, no shell.";
    case "unknown":
      return `${code(text)} is empty unless a build arg sets it.`;
    case "error": {
      const written = code(kind === "copy" ? `--from=${text}` : `from=${text}`);
      const stage = target.stage === null ? null : analysis.stages[target.stage]!;
      if (reference.onbuild && target.error !== "variable")
        return `${written} is looked up in the build that runs this ${code("ONBUILD")}, among the stages of its file.`;
      switch (target.error) {
        case "own-stage":
          return `${written} names the stage it stands in. Only stages above it can be used.`;
        case "later-stage": {
          const line = lineNumber(analysis, stage!.span.start);
          return `${written} names ${code(stageLabel(stage!))}, which is defined below, on line ${line}. Only stages above can be used.`;
        }
        case "index-out-of-range": {
          const last = analysis.stages.length - 1;
          return `${written}: this file has no stage with that index. Its stages are 0 to ${last}.`;
        }
        case "variable":
          return `${written}: variables are not expanded here. ${code(`FROM ${text} AS name`)} above gives the image a name that can be used.`;
      }
    }
  }
}

/** What a reference with a variable in it comes down to. */
function describeMeaning(analysis: Analysis, { target }: Reference): string | null {
  if (target.kind === "stage") return `Here: stage ${code(stageLabel(analysis.stages[target.stage]!))}`;
  return target.kind === "image" ? `Here: the image ${code(target.image)}` : null;
}

function describeImage(analysis: Analysis, { kind, text }: Reference, image: string): string {
  const users = analysis.references
    .filter(({ target }) => target.kind === "image" && target.image === image)
    .map((reference) => {
      const line = lineNumber(analysis, reference.span.start);
      return `${code(stageLabel(analysis.stages[reference.stage]!))} (${useLabel(reference)} on line ${line})`;
    });
  const index =
    kind === "mount" && /^\d+$/.test(text) ? "A mount takes no index, so this number is an image's name." : null;
  return paragraphs([`**Image** ${code(image)}, from outside this file`, index, `- Used by ${list(users)}`]);
}

// Variables

const automaticArgDocs: Readonly<Record<string, string>> = {
  BUILDPLATFORM: "the platform the build runs on, such as `linux/amd64`",
  BUILDOS: "the operating system the build runs on, such as `linux`",
  BUILDOSVERSION: "the version of the operating system the build runs on",
  BUILDARCH: "the architecture the build runs on, such as `amd64`",
  BUILDVARIANT: "the variant of the architecture the build runs on, such as `v7`",
  TARGETPLATFORM: "the platform the image is built for, such as `linux/arm64`",
  TARGETOS: "the operating system the image is built for, such as `linux`",
  TARGETOSVERSION: "the version of the operating system the image is built for",
  TARGETARCH: "the architecture the image is built for, such as `arm64`",
  TARGETVARIANT: "the variant of the architecture the image is built for, such as `v7`",
  TARGETSTAGE: "the name of the stage that is built, `default` if the last stage has no name",
};

function describeVariable(analysis: Analysis, use: VariableUse, definition: Definition | null): string | null {
  if (definition) return describeDefinition(analysis, definition, use.stage?.index ?? null);
  const { name, stage, instruction, when } = use;
  const { scope, stages } = analysis;
  const missing = `${code(name)} is not set`;
  const automatic = automaticArgDocs[name];
  if (!stage) {
    if (automatic !== undefined) return `${code(name)}: ${automatic}. Set by BuildKit.`;
    const inside = scope.byName.get(name)?.find((other) => other.stage !== null);
    if (!inside) return `${missing} before the first ${code("FROM")}.`;
    return `${missing} here: ${code(`${inside.instruction.keyword} ${name}`)} on line ${lineNumber(analysis, inside.pair.span.start)} is inside a stage. FROM lines see only the ARGs above the first FROM.`;
  }
  const seen = scope.lookUp(stage.index, name, Infinity);
  if (when !== "build" && seen?.kind === "arg") {
    const line = lineNumber(analysis, seen.pair.span.start);
    const time = when === "container" ? "when the container runs" : "when a later build runs this";
    return `${missing} ${time}: ${code(`ARG ${name}`)} on line ${line} is there during the build only.`;
  }
  if (seen?.stage === stage.index && seen.instruction.span.start >= instruction.span.start) {
    const line = lineNumber(analysis, seen.pair.span.start);
    const same = seen.instruction === instruction;
    return `${missing} ${same ? "yet: this line sets it" : `yet: it is set below, on line ${line}`}.`;
  }
  if (when !== "build") return null;
  const global = globalDefinition(scope, name, Infinity);
  const remedy = `Declare ${code(`ARG ${name}`)} in this stage to use it.`;
  if (global) {
    const line = lineNumber(analysis, global.pair.span.start);
    return `${missing} in this stage: ${code(`ARG ${name}`)} on line ${line} is seen by FROM lines only. ${remedy}`;
  }
  if (automatic !== undefined)
    return `${missing} in this stage. BuildKit sets it (${automatic}) where it is declared. ${remedy}`;
  if (proxyArgNames.has(name)) return `${code(name)}: a proxy build arg, set without ARG where the build gives it.`;
  const elsewhere = scope.byName.get(name)?.find((other) => other.stage !== null && other.stage !== stage.index);
  if (elsewhere) {
    const owner = code(stageLabel(stages[elsewhere.stage!]!));
    const line = lineNumber(analysis, elsewhere.pair.span.start);
    return `${missing} in this stage by this file: ${code(`${elsewhere.instruction.keyword} ${name}`)} on line ${line} belongs to stage ${owner}, which this stage is not built on.`;
  }
  return null;
}

/**
 * @param seenFrom index of the stage it is looked at from; `null` in front of the stages
 */
function describeDefinition(analysis: Analysis, definition: Definition, seenFrom: number | null): string {
  const { name, kind, stage, pair } = definition;
  const line = lineNumber(analysis, pair.span.start);
  const owner = stage !== null && stage !== seenFrom ? ` in stage ${code(stageLabel(analysis.stages[stage]!))}` : "";
  const value = shownValue(analysis, definition);
  if (kind === "env")
    return `${code(name)}: environment variable, set${value === null ? "" : ` to ${value}`} on line ${line}${owner}`;
  const declared = `${code(name)}: build arg declared on line ${line}${owner}`;
  if (value !== null) return `${declared}, default ${value}`;
  const outer = takenOver(analysis, definition);
  const outerValue = outer && shownValue(analysis, outer);
  if (outer && outerValue !== null) {
    return `${declared}, default ${outerValue} from line ${lineNumber(analysis, outer.pair.span.start)}`;
  }
  const automatic = isAutomaticArg(name) ? automaticArgDocs[name] : undefined;
  if (automatic !== undefined) return paragraphs([declared, `BuildKit sets it: ${automatic}.`]);
  return `${declared}, without a default: empty unless the build sets it with ${code(`--build-arg ${name}=…`)}`;
}

/** The value as written, and what it comes down to where it holds variables that this file sets. */
function shownValue(analysis: Analysis, definition: Definition): string | null {
  const { value } = definition.pair;
  if (value === null) return null;
  const evaluated = evaluate(analysis, definition);
  const plain = expand(value, undefined, { escape: analysis.dockerfile.escape });
  if (plain.uses.length === 0) return plain.error === null ? shown(plain.value) : code(value);
  return evaluated === null || evaluated === value ? code(value) : `${code(value)} (${shown(evaluated)})`;
}

function shown(value: string): string {
  return value === "" ? "empty" : code(value);
}

/**
 * The value of a definition without build args from outside; `null` where it cannot be told.
 *
 * @param budget how many definitions may be looked at: values can double at each step, and what is long is not worth
 * showing
 */
function evaluate(analysis: Analysis, definition: Definition, budget = { left: 100 }): string | null {
  const { pair, stage, instruction } = definition;
  const { escape } = analysis.dockerfile;
  if (budget.left-- <= 0) return null;
  if (pair.value === null) {
    const outer = takenOver(analysis, definition);
    return outer && evaluate(analysis, outer, budget);
  }
  const before = instruction.span.start;
  let unknown = 0;
  const { value, error } = expand(
    pair.value,
    (name) => {
      if (unknown > 0) return undefined;
      const source =
        stage === null ? globalDefinition(analysis.scope, name, before) : analysis.scope.lookUp(stage, name, before);
      const found = source && evaluate(analysis, source, budget);
      if (found === null || found.length > 200) unknown++;
      return found ?? undefined;
    },
    { escape },
  );
  return unknown === 0 && error === null ? value : null;
}
