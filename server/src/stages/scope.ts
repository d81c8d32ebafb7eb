import type { Instruction, Pair } from "../dockerfile/instruction.ts";
import { automaticArgNames, type Stages } from "./resolve.ts";

/** A place that gives a variable a value: one `KEY=value` of an ARG or ENV. */
export interface Definition {
  readonly name: string;
  readonly kind: "arg" | "env";
  /** The stage it stands in; `null` in front of the first FROM. */
  readonly stage: number | null;
  readonly instruction: Instruction;
  readonly pair: Pair;
}

/**
 * ARG and ENV: who sees which value. By Docker's rules: an ARG in front of the first FROM is seen by FROM lines alone
 * until a stage declares it again; a stage sees what it declares above, and all that the stage in its FROM ends with. Of
 * several the last that brings a value counts, as in BuildKit's dispatchArg: an ARG without a default, and without one in
 * front of the first FROM, leaves a value that is there. In the finished image only ENV is left.
 */
export interface Scope {
  /** All definitions in file order. */
  readonly definitions: readonly Definition[];
  /** Definitions by name, in file order. */
  readonly byName: ReadonlyMap<string, readonly Definition[]>;
  /**
   * The definition whose value `name` has in a stage at a place: an instruction sees what stands above it.
   *
   * @param before offset of the instruction; Infinity for the end of the stage
   * @returns `null` where nothing in the file sets it there; the base image still may
   */
  lookUp(stage: number, name: string, before: number): Definition | null;
  /** The ENV that sets `name` in the image a stage ends with; `null` where none in the file does. */
  lookUpEnv(stage: number, name: string): Definition | null;
  /** The ARG in front of the first FROM, `null` where there is none. The last one counts. */
  global(name: string): Definition | null;
}

/** Build args that RUN sees without ARG: the proxies. */
export const proxyArgNames: ReadonlySet<string> = new Set(
  ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
);

/** Whether a stage gets a value for `name` from BuildKit once it declares it with ARG. */
export function isAutomaticArg(name: string): boolean {
  return automaticArgNames.has(name);
}

/** The definitions of one name in one stage, in file order. */
interface StageDefinitions {
  /** Those that bring a value. */
  readonly values: Definition[];
  /** ARGs that bring one only if the build gives it. */
  readonly bare: Definition[];
}

/** The last of the definitions that stand above an offset. */
function lastAbove(definitions: readonly Definition[], offset: number): Definition | null {
  let low = 0;
  let high = definitions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (definitions[middle]!.instruction.span.start < offset) low = middle + 1;
    else high = middle;
  }
  return definitions[low - 1] ?? null;
}

/** One name in all stages. */
class NameScope {
  readonly stages: Stages["stages"];
  readonly inStage = new Map<number, StageDefinitions>();
  /** The definition that counts at the end of a stage, for stages that were asked for. */
  #atEnd: Map<number, Definition | null> | undefined;
  #bare: Set<Definition> | undefined;

  constructor(stages: Stages["stages"]) {
    this.stages = stages;
  }

  add(stage: number, definition: Definition, bringsValue: boolean): void {
    let own = this.inStage.get(stage);
    if (!own) this.inStage.set(stage, (own = { values: [], bare: [] }));
    (bringsValue ? own.values : own.bare).push(definition);
    if (!bringsValue) (this.#bare ??= new Set()).add(definition);
  }

  at(stage: number, before: number): Definition | null {
    return this.#choose(this.inStage.get(stage), before, () => this.#inherited(stage));
  }

  #choose(own: StageDefinitions | undefined, before: number, inherited: () => Definition | null): Definition | null {
    const value = own && lastAbove(own.values, before);
    if (value) return value;
    const above = inherited();
    if (above && !this.#bare?.has(above)) return above;
    return (own && lastAbove(own.bare, before)) ?? above;
  }

  /** What the stage starts with. A chain of stages may be long, so it is walked without recursion and only once. */
  #inherited(stage: number): Definition | null {
    const chain: number[] = [];
    let found: Definition | null = null;
    for (let at = this.#base(stage); at !== null; at = this.#base(at)) {
      const known = this.#atEnd?.get(at);
      if (known !== undefined) {
        found = known;
        break;
      }
      if (chain.length === 0 || this.inStage.has(at)) chain.push(at);
    }
    for (let at = chain.pop(); at !== undefined; at = chain.pop()) {
      const above = found;
      found = this.#choose(this.inStage.get(at), Infinity, () => above);
      (this.#atEnd ??= new Map()).set(at, found);
    }
    return found;
  }

  #base(stage: number): number | null {
    const target = this.stages[stage]?.base?.target;
    return target?.kind === "stage" ? target.stage : null;
  }
}

export function buildScope({ globals, stages }: Stages): Scope {
  const definitions: Definition[] = [];
  const byName = new Map<string, Definition[]>();
  const inFront = new Map<string, Definition>();
  const globalValues = new Set<string>();
  const scopes = new Map<string, NameScope>();
  const environments = new Map<string, NameScope>();
  const addTo = (names: Map<string, NameScope>, stage: number, definition: Definition): void => {
    const { name, kind, pair } = definition;
    let scope = names.get(name);
    if (!scope) names.set(name, (scope = new NameScope(stages)));
    scope.add(
      stage,
      definition,
      kind === "env" || pair.value !== null || globalValues.has(name) || isAutomaticArg(name),
    );
  };
  const addInStage = (stage: number, definition: Definition): void => {
    addTo(scopes, stage, definition);
    if (definition.kind === "env") addTo(environments, stage, definition);
  };
  const add = (instruction: Instruction, stage: number | null): void => {
    for (const definition of definitionsOf(instruction, instruction, stage)) {
      const { name } = definition;
      definitions.push(definition);
      const others = byName.get(name);
      if (others) others.push(definition);
      else byName.set(name, [definition]);
      if (stage !== null) addInStage(stage, definition);
      else {
        inFront.set(name, definition);
        if (definition.pair.value !== null) globalValues.add(name);
      }
    }
  };
  for (const instruction of globals) add(instruction, null);
  const triggers = stages.map(({ index, instructions }) =>
    instructions.flatMap((instruction) =>
      instruction.trigger ? definitionsOf(instruction, instruction.trigger, index) : [],
    ),
  );
  let room = mostTriggered;
  for (const { index, base, instructions } of stages) {
    // ONBUILD of the stage that FROM names runs first.
    const triggered = base?.target.kind === "stage" ? triggers[base.target.stage]! : [];
    room -= triggered.length;
    if (room >= 0) for (const definition of triggered) addInStage(index, definition);
    for (const instruction of instructions) add(instruction, index);
  }

  return {
    definitions,
    byName,
    lookUp: (stage, name, before) => scopes.get(name)?.at(stage, before) ?? null,
    lookUpEnv: (stage, name) => environments.get(name)?.at(stage, Infinity) ?? null,
    global: (name) => inFront.get(name) ?? null,
  };
}

/** Many stages on one with many triggers make a number that nobody wrote by hand. */
const mostTriggered = 100_000;

/**
 * @param instruction the instruction of the file
 * @param inner itself, or what stands behind its ONBUILD
 */
function definitionsOf(instruction: Instruction, inner: Instruction, stage: number | null): Definition[] {
  if (inner.keyword !== "ARG" && inner.keyword !== "ENV") return [];
  const kind = inner.keyword === "ARG" ? "arg" : "env";
  return inner.pairs.map((pair) => ({ name: pair.key, kind, stage, instruction, pair }));
}
