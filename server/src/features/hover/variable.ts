import type { Instruction } from "../../dockerfile/instruction.ts";
import type { ShellScript, ShellVariable } from "../../dockerfile/shell.ts";
import { expand } from "../../dockerfile/words.ts";
import { environmentOf } from "../../images/environment.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Stage } from "../../stages/resolve.ts";
import { type Definition, isAutomaticArg, proxyArgNames } from "../../stages/scope.ts";
import { type Span, touches } from "../../text/range.ts";
import { code, list } from "../markdown.ts";
import { globalDefinition, stageOf, takenOver, type VariableUse } from "../subject.ts";
import { bullets, capitalized, type HoverContext, lineOf, paragraphs, stageCode } from "./context.ts";
import { buildLabel, description } from "./stage.ts";

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

/** Variables that are there wherever a command runs. */
const runtimeNames: Readonly<Record<string, string>> = {
  HOME: "the home directory of the user that runs the command",
  HOSTNAME: "the name of the container that the command runs in",
  PATH: "the folders in which programs are looked for",
  PWD: "the directory the command runs in",
  OLDPWD: "the directory the shell was in before",
};

/** What a use of a variable is worth where it stands, and why. */
export function variableHover(context: HoverContext, use: VariableUse, definition: Definition | null): string | null {
  const { analysis } = context;
  const said = definition
    ? definitionHover(context, definition, use.stage?.index ?? null)
    : describeMissing(context, use);
  const result = expansionOf(analysis, use);
  if (result === null) return said;
  const written = code(analysis.text.slice(use.span.start, use.span.end));
  return paragraphs([said, `Here ${written} is ${shown(result)}.`]);
}

/** What a use with an operator, `${X:-y}`, comes down to; `null` where that cannot be told, and for plain uses. */
function expansionOf(analysis: Analysis, { span, stage, instruction, when }: VariableUse): string | null {
  const written = analysis.text.slice(span.start, span.end);
  if (when !== "build" || !/^\$\{\w+[^\w}]/.test(written) || written.includes("\n")) return null;
  const { scope } = analysis;
  const before = instruction.keyword === "FROM" ? Infinity : instruction.span.start;
  return expandWith(
    analysis,
    written,
    (name) => {
      const definition = stage ? scope.lookUp(stage.index, name, before) : globalDefinition(scope, name, before);
      if (definition) return isOpen(analysis, definition) ? "unset" : definition;
      return !stage || isUnset(analysis, stage, name) ? "unset" : null;
    },
    { left: 100 },
  );
}

/** Whether a definition is an ARG that has a value only if the build gives it one. */
function isOpen(analysis: Analysis, definition: Definition): boolean {
  const { pair, name } = definition;
  if (pair.value !== null || isAutomaticArg(name)) return false;
  const outer = takenOver(analysis, definition);
  return !outer || outer.pair.value === null;
}

/** Whether the base of a stage surely does not set a variable. */
function isUnset({ roots }: Analysis, stage: Stage, name: string): boolean {
  if (Object.hasOwn(runtimeNames, name) || isAutomaticArg(name) || proxyArgNames.has(name)) return false;
  const root = roots[stage.index];
  if (root?.kind === "scratch") return true;
  return root?.kind === "image" && environmentOf(root.image)?.has(name) === false;
}

/** Why a variable has no value of this file here. */
function describeMissing(context: HoverContext, use: VariableUse): string | null {
  const { analysis } = context;
  const { name, stage, instruction, when } = use;
  const { scope, stages } = analysis;
  const missing = `${code(name)} is not set`;
  const automatic = Object.hasOwn(automaticArgDocs, name) ? automaticArgDocs[name] : undefined;
  const place = ({ pair }: Definition): string => lineOf(context, pair.span.start);
  if (!stage) {
    if (automatic !== undefined) return `${code(name)}: ${automatic}. Set by BuildKit.`;
    const inside = scope.byName.get(name)?.find((other) => other.stage !== null);
    if (!inside) return `${missing} before the first ${code("FROM")}.`;
    return `${missing} here: ${code(`${inside.instruction.keyword} ${name}`)} on ${place(inside)} is inside a stage. FROM lines see only the ARGs above the first FROM.`;
  }
  const seen = scope.lookUp(stage.index, name, Infinity);
  if (when !== "build" && seen?.kind === "arg") {
    const time = when === "container" ? "when the container runs" : "when a later build runs this";
    return `${missing} ${time}: ${code(`ARG ${name}`)} on ${place(seen)} is there during the build only.`;
  }
  if (seen?.stage === stage.index && seen.instruction.span.start >= instruction.span.start) {
    const same = seen.instruction === instruction;
    const before = same ? givenByBase(context, use, "on this line it is still that of the base image") : null;
    if (before !== null) return before;
    return `${missing} ${same ? "yet: this line sets it" : `yet: it is set below, on ${place(seen)}`}.`;
  }
  const given = givenByBase(context, use, "this file does not set it");
  if (given !== null) return given;
  if (when !== "build") return null;
  const global = globalDefinition(scope, name, Infinity);
  const remedy = `Declare ${code(`ARG ${name}`)} in this stage to use it.`;
  if (global)
    return `${missing} in this stage: ${code(`ARG ${name}`)} on ${place(global)} is seen by FROM lines only. ${remedy}`;
  if (automatic !== undefined)
    return `${missing} in this stage. BuildKit sets it (${automatic}) where it is declared. ${remedy}`;
  if (proxyArgNames.has(name)) return `${code(name)}: a proxy build arg, set without ARG where the build gives it.`;
  const elsewhere = scope.byName.get(name)?.find((other) => other.stage !== null && other.stage !== stage.index);
  if (elsewhere) {
    const owner = stageCode(stages[elsewhere.stage!]!);
    return `${missing} in this stage by this file: ${code(`${elsewhere.instruction.keyword} ${name}`)} on ${place(elsewhere)} belongs to stage ${owner}, which this stage is not built on.`;
  }
  return notInFile(context, use);
}

/** What the image that a stage is built on says of a variable. */
function givenByBase({ analysis }: HoverContext, { name, stage }: VariableUse, why: string): string | null {
  if (Object.hasOwn(runtimeNames, name)) return `${code(name)}: ${runtimeNames[name]}. ${capitalized(why)}.`;
  const root = stage && analysis.roots[stage.index];
  if (root?.kind !== "image" || !environmentOf(root.image)?.has(name)) return null;
  return `${code(name)}: environment variable of the base image ${code(root.image)}. ${capitalized(why)}.`;
}

function notInFile({ analysis }: HoverContext, { name, stage }: VariableUse): string | null {
  if (!/^[A-Za-z_]\w+$/.test(name)) return null;
  const root = stage && analysis.roots[stage.index];
  if (!root) return null;
  const missing = `${code(name)} is not set`;
  if (root.kind === "scratch" || environmentOf(root.image))
    return `${missing}: neither this file nor ${root.kind === "scratch" ? "`scratch`" : `the base image ${code(root.image)}`} sets it.`;
  return `${missing} by this file. The base image ${code(root.image)} may set it.`;
}

/**
 * Where a variable is set and what it is worth.
 *
 * @param seenFrom index of the stage it is looked at from; `null` in front of the stages
 */
export function definitionHover(context: HoverContext, definition: Definition, seenFrom: number | null): string {
  const { analysis } = context;
  const { name, kind, stage, pair, instruction } = definition;
  const owner = stage !== null && stage !== seenFrom ? ` in stage ${stageCode(analysis.stages[stage]!)}` : "";
  const line = lineOf(context, pair.span.start);
  const value = shownValue(analysis, definition);
  const args = argsBehind(analysis, definition);
  const changes = bullets([
    args.length === 0
      ? null
      : `Changed by ${list(
          args.map((arg) => code(`--build-arg ${arg}=…`)),
          3,
        )}`,
    ...givenByBuilds(context, args),
  ]);
  const about = kind === "arg" ? description(context, instruction, name) : "";
  if (kind === "env") {
    const set = `${code(name)}: environment variable, set${value === null ? "" : ` to ${value}`} on ${line}${owner}`;
    return paragraphs([set, changes]);
  }
  const declared = `${code(name)}: build arg declared on ${line}${owner}`;
  if (value !== null) return paragraphs([`${declared}, default ${value}`, about, changes]);
  const outer = takenOver(analysis, definition);
  const outerValue = outer && shownValue(analysis, outer);
  if (outer && outerValue !== null) {
    const from = lineOf(context, outer.pair.span.start);
    const text = about === "" ? description(context, outer.instruction, name) : about;
    return paragraphs([`${declared}, default ${outerValue} from ${from}`, text, changes]);
  }
  const automatic = isAutomaticArg(name) ? automaticArgDocs[name] : undefined;
  if (automatic !== undefined) return paragraphs([declared, `BuildKit sets it: ${automatic}.`]);
  return paragraphs([
    `${declared}, without a default: empty unless the build sets it with ${code(`--build-arg ${name}=…`)}`,
    about,
    bullets(givenByBuilds(context, [name])),
  ]);
}

/** The files beside the Dockerfile that give build args a value. */
function givenByBuilds({ neighbours, uri }: HoverContext, args: readonly string[]): string[] {
  const found: string[] = [];
  for (const build of neighbours.builds) {
    for (const { name, value } of build.mention.args) {
      if (!args.includes(name.text)) continue;
      const which = args.length > 1 ? `${code(name.text)} is ` : "";
      const given = value === null ? "given from outside" : shown(value.text);
      found.push(`${which}${given} in ${buildLabel(build, uri !== null)}`);
    }
  }
  return found.length > 3 ? [...found.slice(0, 2), `and ${found.length - 2} builds more that set it`] : found;
}

/** The build args that decide about a value: its own, and those that it is made of. */
function argsBehind(analysis: Analysis, definition: Definition): string[] {
  const args = new Set<string>();
  const pending = [definition];
  for (let i = 0; i < pending.length && i < 100; i++) {
    const { name, kind, stage, pair, instruction } = pending[i]!;
    if (kind === "arg" && !isAutomaticArg(name)) args.add(name);
    if (pair.value === null) {
      const outer = takenOver(analysis, pending[i]!);
      if (outer) pending.push(outer);
      continue;
    }
    if (!pair.value.includes("$")) continue;
    for (const use of expand(pair.value, undefined, { escape: analysis.dockerfile.escape }).uses) {
      const source =
        stage === null
          ? globalDefinition(analysis.scope, use.name, instruction.span.start)
          : analysis.scope.lookUp(stage, use.name, instruction.span.start);
      if (source && !pending.includes(source)) pending.push(source);
    }
  }
  return [...args];
}

/** The value as written, and what it comes down to where it holds variables that this file sets. */
function shownValue(analysis: Analysis, definition: Definition): string | null {
  const { value } = definition.pair;
  if (value === null) return null;
  const evaluated = evaluate(analysis, definition, { left: 100 });
  const plain = expand(value, undefined, { escape: analysis.dockerfile.escape });
  if (plain.uses.length === 0) return plain.error === null ? shown(plain.value) : code(value);
  return evaluated === null || evaluated === value ? code(value) : `${code(value)} (${shown(evaluated)})`;
}

function shown(value: string): string {
  return value === "" ? "empty" : code(value);
}

interface Budget {
  /** How many definitions may be looked at: values can double at each step, and what is long is not worth showing. */
  left: number;
}

/** The value of a definition without build args from outside; `null` where it cannot be told. */
function evaluate(analysis: Analysis, definition: Definition, budget: Budget): string | null {
  const { pair, stage, instruction } = definition;
  if (budget.left-- <= 0) return null;
  if (pair.value === null) {
    const outer = takenOver(analysis, definition);
    return outer && evaluate(analysis, outer, budget);
  }
  const before = instruction.span.start;
  const { scope } = analysis;
  return expandWith(
    analysis,
    pair.value,
    (name) => (stage === null ? globalDefinition(scope, name, before) : scope.lookUp(stage, name, before)),
    budget,
  );
}

function expandWith(
  analysis: Analysis,
  text: string,
  find: (name: string) => Definition | "unset" | null,
  budget: Budget,
): string | null {
  const { escape } = analysis.dockerfile;
  let unknown = 0;
  const { value, error } = expand(
    text,
    (name) => {
      if (unknown > 0) return undefined;
      const source = find(name);
      if (source === "unset") return undefined;
      const found = source && evaluate(analysis, source, budget);
      if (found === null || found.length > 200) unknown++;
      return found ?? undefined;
    },
    { escape },
  );
  return unknown === 0 && error === null ? value : null;
}

/** A variable that the shell of an instruction sets by itself, at an offset. */
export function shellVariableHover(
  context: HoverContext,
  instruction: Instruction,
  offset: number,
): { readonly value: string; readonly span: Span } | null {
  const { analysis } = context;
  if (!analysis.text.slice(instruction.span.start, instruction.span.end).includes("$")) return null;
  const script = analysis.script(instruction);
  const use = script.variables.find(({ span, name }) => touches(span, offset) && script.assigned.has(name));
  if (!use) return null;
  const set = assignmentOf(script, use);
  const keyword = (instruction.trigger ?? instruction).keyword;
  const where = set ? `, set${set.value === null ? "" : ` to ${code(set.value)}`} on ${lineOf(context, set.at)}` : "";
  const stage = stageOf(analysis, instruction);
  const hidden = stage && analysis.scope.lookUp(stage.index, use.name, instruction.span.start);
  const hides = hidden
    ? `It takes the place of ${code(`${hidden.instruction.keyword} ${use.name}`)} on ${lineOf(context, hidden.pair.span.start)}, inside this ${keyword} only.`
    : "It is gone when the instruction is done.";
  return {
    value: paragraphs([`${code(use.name)}: variable of this ${keyword}'s shell${where}`, hides]),
    span: use.span,
  };
}

/** The nearest place in front of a use that sets it. */
function assignmentOf(
  { commands }: ShellScript,
  { name, span }: ShellVariable,
): { readonly at: number; readonly value: string | null } | null {
  let found: { at: number; value: string | null } | null = null;
  for (const { assignments, words } of commands) {
    for (const each of assignments)
      if (each.name === name && each.span.end <= span.start) found = { at: each.span.start, value: each.value };
    if (!/^(?:export|local|readonly|declare|read)$/.test(words[0]?.value ?? "")) continue;
    for (const word of words.slice(1)) {
      if (word.span.end > span.start) break;
      if (word.value === name || word.value.startsWith(`${name}=`))
        found = { at: word.span.start, value: word.value === name ? null : word.value.slice(name.length + 1) };
    }
  }
  return found;
}
