import type { Instruction, Pair } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Stage } from "../stages/resolve.ts";
import type { Definition } from "../stages/scope.ts";
import { definitionOf, usesIn, type VariableUse } from "./subject.ts";

/**
 * All that is one variable: places that define it and places that have their value from one of these. An ARG is one for the
 * whole file, because a build gives it one value by its name; what a stage defines goes together with what it inherits, and
 * what it sets again.
 */
export interface VariableFamily {
  readonly name: string;
  /** In file order. */
  readonly definitions: readonly Definition[];
  /** Of the definitions. */
  readonly pairs: ReadonlySet<Pair>;
  /** In file order. */
  readonly uses: readonly VariableUse[];
}

/** The family that a definition belongs to; the same from each of its members. */
export function familyOf(analysis: Analysis, member: Definition): VariableFamily {
  const { name } = member;
  const bound = [...allUses(analysis, name)].flatMap((use) => {
    const definition = definitionOf(analysis, use);
    return definition ? [{ use, definition }] : [];
  });
  const definitions = definitionsOf(analysis, member, bound);
  const groups = new Groups();
  let arg: Definition | null = null;
  const ofStage = new Map<number, Definition>();
  for (const definition of definitions) {
    const { kind, stage, pair } = definition;
    if (kind === "arg") {
      if (arg) groups.join(arg.pair, pair);
      else arg = definition;
    }
    if (stage === null) continue;
    const before = ofStage.get(stage);
    if (before) groups.join(before.pair, pair);
    else {
      ofStage.set(stage, definition);
      const base = analysis.stages[stage]!.base?.target;
      const inherited = base?.kind === "stage" ? analysis.scope.lookUp(base.stage, name, Infinity) : null;
      if (inherited) groups.join(inherited.pair, pair);
    }
  }
  const own = definitions.filter(({ pair }) => groups.areJoined(pair, member.pair));
  const pairs = new Set(own.map(({ pair }) => pair));
  return {
    name,
    definitions: own,
    pairs,
    uses: bound.filter(({ definition }) => pairs.has(definition.pair)).map(({ use }) => use),
  };
}

/** Whether a build is given its value by name. */
export function isBuildArg({ definitions }: VariableFamily): boolean {
  return definitions.some(({ kind }) => kind === "arg");
}

/** Those of the file, and those behind ONBUILD that something has its value from. */
function definitionsOf(
  { scope }: Analysis,
  member: Definition,
  bound: readonly { readonly definition: Definition }[],
): Definition[] {
  const found = new Map<Pair, Definition>();
  for (const definition of scope.byName.get(member.name) ?? []) found.set(definition.pair, definition);
  for (const { definition } of bound) if (!found.has(definition.pair)) found.set(definition.pair, definition);
  if (!found.has(member.pair)) found.set(member.pair, member);
  return [...found.values()].toSorted((a, b) => a.pair.keySpan.start - b.pair.keySpan.start);
}

/** All uses of a name in the file, in file order. */
export function* allUses(analysis: Analysis, name: string): Generator<VariableUse> {
  for (const { instruction, stage } of placed(analysis)) yield* usesIn(analysis, stage, instruction, name);
}

/** The instructions with the stages that they stand in. */
export function* placed({ model }: Analysis): Generator<{ instruction: Instruction; stage: Stage | null }> {
  const above = [...model.globals, ...model.strays].toSorted((a, b) => a.span.start - b.span.start);
  for (const instruction of above) yield { instruction, stage: null };
  for (const stage of model.stages) {
    yield { instruction: stage.from, stage };
    for (const instruction of stage.instructions) yield { instruction, stage };
  }
}

/** Pairs in groups that grow together. */
class Groups {
  readonly #next = new Map<Pair, Pair>();

  join(a: Pair, b: Pair): void {
    const [first, second] = [this.#end(a), this.#end(b)];
    if (first !== second) this.#next.set(second, first);
  }

  areJoined(a: Pair, b: Pair): boolean {
    return this.#end(a) === this.#end(b);
  }

  #end(pair: Pair): Pair {
    let at = pair;
    for (let next = this.#next.get(at); next; next = this.#next.get(at)) {
      const after = this.#next.get(next);
      if (after) this.#next.set(at, after);
      at = next;
    }
    return at;
  }
}
