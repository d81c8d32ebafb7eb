import { expand } from "../dockerfile/words.ts";
import type { RootBase } from "./graph.ts";
import type { Stages } from "./resolve.ts";
import { type Definition, isAutomaticArg, type Scope } from "./scope.ts";

/** What variables hold where BuildKit expands them, as far as the file says it. */
export interface Values {
  /**
   * A text as BuildKit expands it in a stage, with the defaults of build args.
   *
   * @param before offset of the instruction: it sees what stands above it
   * @returns `null` where a base image or a build arg from outside decides, and where BuildKit cannot expand it
   */
  expand(stage: number, text: string, before: number): string | null;
}

/** Values that contain each other this often are nobody's; the rest of the chain counts as not known. */
const deepest = 50;

const hasSyntax = /[$"'\\`]/;

/** Whether a text means itself wherever it stands: nothing in it is expanded, no quotes are removed. */
export function isLiteral(text: string): boolean {
  return !hasSyntax.test(text);
}

export function buildValues(
  { globalValues }: Stages,
  scope: Scope,
  roots: readonly RootBase[],
  escape: string,
): Values {
  const known = new Map<Definition, string | null>();

  const expandAt = (stage: number, text: string, before: number, depth: number): string | null => {
    if (!hasSyntax.test(text)) return text;
    let isKnown = depth < deepest;
    const { value, error } = expand(
      text,
      (name) => {
        const found = isKnown ? valueOf(stage, name, before, depth) : null;
        if (found === null) isKnown = false;
        return found ?? undefined;
      },
      { escape },
    );
    return isKnown && error === null ? value : null;
  };

  /** `undefined` for a variable that surely has no value. */
  const valueOf = (stage: number, name: string, before: number, depth: number): string | null | undefined => {
    const definition = scope.lookUp(stage, name, before);
    if (!definition) return roots[stage]?.kind === "scratch" && name !== "PATH" ? undefined : null;
    let value = known.get(definition);
    if (value === undefined) known.set(definition, (value = define(definition, depth + 1)));
    return value;
  };

  const define = ({ name, stage, kind, instruction, pair }: Definition, depth: number): string | null => {
    if (pair.value === null) return isAutomaticArg(name) ? null : (globalValues.get(name) ?? null);
    if (stage === null) return null;
    // What a value behind ONBUILD means depends on the stage it runs in; one of several of an ARG sees those before it.
    const dependsOnPlace = instruction.trigger !== null || (kind === "arg" && instruction.pairs.length > 1);
    if (dependsOnPlace && pair.value.includes("$")) return null;
    return expandAt(stage, pair.value, instruction.span.start, depth);
  };

  return { expand: (stage, text, before) => expandAt(stage, text, before, 0) };
}
