import type { Instruction, Pair } from "../dockerfile/instruction.ts";
import { readShellArgument } from "../dockerfile/shell.ts";
import { dockerfileVariables } from "../dockerfile/variables.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import type { Definition, Scope } from "../stages/scope.ts";
import { type Span, touches } from "../text/range.ts";

/** What stands at a place of a Dockerfile, as far as these features know it. `span` is what the editor shows for it. */
export type Subject =
  /** The name behind AS. */
  | { readonly kind: "stage"; readonly span: Span; readonly stage: Stage }
  /** The keyword of a FROM line. */
  | { readonly kind: "from"; readonly span: Span; readonly stage: Stage }
  | { readonly kind: "reference"; readonly span: Span; readonly reference: Reference }
  /** A `$NAME`; `reference` is the name of a stage or image that it is a part of. */
  | {
      readonly kind: "variable";
      readonly span: Span;
      readonly use: VariableUse;
      readonly definition: Definition | null;
      readonly reference: Reference | null;
    }
  /** The name in front of `=` in ARG or ENV. */
  | { readonly kind: "definition"; readonly span: Span; readonly definition: Definition };

/** A `$NAME` or `${NAME…}` that BuildKit or a shell expands. */
export interface VariableUse {
  readonly name: string;
  readonly span: Span;
  readonly nameSpan: Span;
  /** The stage whose variables it sees; `null` for FROM lines and what stands above them. */
  readonly stage: Stage | null;
  /** The instruction of the file; for ONBUILD the ONBUILD. */
  readonly instruction: Instruction;
  /** When it gets its value: while building, when the container runs, or in a later build (ONBUILD). */
  readonly when: "build" | "container" | "later build";
}

const runKeywords = new Set(["CMD", "ENTRYPOINT", "HEALTHCHECK"]);

/**
 * The uses of variables in an instruction. Names that the instruction's own shell script sets are left out.
 *
 * @param name only the uses of this name
 */
export function usesIn(
  analysis: Analysis,
  stage: Stage | null,
  instruction: Instruction,
  name: string | null = null,
): VariableUse[] {
  const { dockerfile } = analysis;
  const inner = instruction.trigger ?? instruction;
  const text = dockerfile.text.slice(instruction.span.start, instruction.span.end);
  if (!text.includes("$") || (name !== null && !inner.line.text.includes(name) && !text.includes(name))) return [];
  const scopeStage = instruction.keyword === "FROM" ? null : stage;
  const when = instruction.trigger ? "later build" : runKeywords.has(inner.keyword) ? "container" : "build";
  const uses: VariableUse[] = [];
  const add = (found: { name: string; span: Span; nameSpan: Span }): void => {
    if (name !== null && found.name !== name) return;
    uses.push({ name: found.name, span: found.span, nameSpan: found.nameSpan, stage: scopeStage, instruction, when });
  };
  // Flags of HEALTHCHECK are not expanded.
  if (!runKeywords.has(inner.keyword)) dockerfileVariables(dockerfile, instruction).forEach(add);
  if (stage && (inner.keyword === "RUN" || runKeywords.has(inner.keyword))) {
    const script = inner.json ? readShellArgument(dockerfile, inner) : analysis.script(instruction);
    for (const variable of script?.variables ?? []) if (!script!.assigned.has(variable.name)) add(variable);
  }
  return uses;
}

/** The ARG in front of the first FROM that gives `name` its value below `before`: the last one with a value. */
export function globalDefinition({ byName }: Scope, name: string, before: number): Definition | null {
  let found: Definition | null = null;
  for (const definition of byName.get(name) ?? []) {
    // Those in front of the first FROM are the first.
    if (definition.stage !== null || definition.instruction.span.start >= before) break;
    if (!found || definition.pair.value !== null || found.pair.value === null) found = definition;
  }
  return found;
}

/**
 * Where a use has its value from; `null` where nothing in the file gives it one. ARG is not there when a container runs,
 * nor in the later build that follows an ONBUILD.
 */
export function definitionOf({ scope }: Analysis, use: VariableUse): Definition | null {
  const { name, stage, instruction, when } = use;
  if (!stage) return globalDefinition(scope, name, instruction.keyword === "FROM" ? Infinity : instruction.span.start);
  return when === "build"
    ? scope.lookUp(stage.index, name, instruction.span.start)
    : scope.lookUpEnv(stage.index, name);
}

/** The ARG in front of the first FROM whose value an `ARG NAME` of a stage takes over; `null` for all others. */
export function takenOver(analysis: Analysis, definition: Definition): Definition | null {
  if (definition.kind !== "arg" || definition.stage === null || definition.pair.value !== null) return null;
  return globalDefinition(analysis.scope, definition.name, Infinity);
}

/** The stage an instruction stands in; `null` above the first FROM. */
export function stageOf({ stages }: Analysis, instruction: Instruction): Stage | null {
  return stages.findLast(({ span }) => span.start <= instruction.span.start) ?? null;
}

export function subjectAt(analysis: Analysis, offset: number): Subject | null {
  const instruction = analysis.instructionAt(offset);
  if (!instruction) return null;
  const stage = stageOf(analysis, instruction);
  const reference = analysis.referenceAt(offset);
  const use = narrowest(usesIn(analysis, stage, instruction), offset);
  if (use) return { kind: "variable", span: use.span, use, definition: definitionOf(analysis, use), reference };
  if (reference) return { kind: "reference", span: reference.span, reference };
  if (stage?.from === instruction) {
    if (stage.nameWord && touches(stage.nameWord.span, offset)) {
      return { kind: "stage", span: stage.nameWord.span, stage };
    }
    if (touches(instruction.keywordSpan, offset)) return { kind: "from", span: instruction.keywordSpan, stage };
  }
  const pair = (instruction.trigger ?? instruction).pairs.find(({ keySpan }) => touches(keySpan, offset));
  const definition = pair && definitionAt(analysis, stage, instruction, pair);
  return definition ? { kind: "definition", span: pair.keySpan, definition } : null;
}

/** What a pair of an ARG or ENV defines; behind ONBUILD for the stages that are built on this one. */
function definitionAt(
  { scope }: Analysis,
  stage: Stage | null,
  instruction: Instruction,
  pair: Pair,
): Definition | null {
  const { trigger } = instruction;
  if (!trigger) return scope.byName.get(pair.key)?.find((candidate) => candidate.pair === pair) ?? null;
  if (!stage || (trigger.keyword !== "ARG" && trigger.keyword !== "ENV")) return null;
  return { name: pair.key, kind: trigger.keyword === "ARG" ? "arg" : "env", stage: stage.index, instruction, pair };
}

/** The innermost use an offset touches; between two neighbours the one that begins there. */
function narrowest(uses: readonly VariableUse[], offset: number): VariableUse | null {
  let best: VariableUse | null = null;
  for (const use of uses) {
    if (!touches(use.span, offset)) continue;
    if (!best) best = use;
    else if (best.span.end === offset && use.span.end > offset) best = use;
    else if (use.span.end - use.span.start < best.span.end - best.span.start && use.span.end > offset) best = use;
  }
  return best;
}

/** A stage's name as its author wrote it, or its place where it has none. */
export function writtenName({ name, nameWord, index }: Stage): string {
  return name === null || !nameWord ? `stage ${index}` : nameWord.text;
}

/** What stands for a stage where one place must: its name, else the keyword of its FROM. */
export function nameSpan({ nameWord, name, from }: Stage): Span {
  return nameWord && name !== null ? nameWord.span : from.keywordSpan;
}
