import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "./analysis.ts";
import { baseChain } from "./graph.ts";
import type { Reference, Stage } from "./resolve.ts";
import { type Definition, isAutomaticArg } from "./scope.ts";

/** What makes BuildKit work out an instruction anew, besides its own text, that of those above it, and the base image. */
export interface Causes {
  /** COPY and ADD above it, and mounts of it, that bring files of the build context. */
  readonly context: readonly { readonly instruction: Instruction; readonly paths: readonly string[] }[];
  /** The stages whose files come in above it, or are mounted. */
  readonly stages: readonly Reference[];
  /** ARGs above it, whose values are part of a RUN's environment. */
  readonly args: readonly Definition[];
}

/** What an instruction of a stage depends on: it is run again when that changes. */
export function causesOf(analysis: Analysis, stage: Stage, instruction: Instruction): Causes {
  const { stages, references, scope } = analysis;
  const context: { instruction: Instruction; paths: readonly string[] }[] = [];
  const own = new Set(baseChain(stages, stage.index));
  const isAbove = ({ span }: Instruction): boolean => span.start <= instruction.span.start;
  for (const index of [...own].toReversed()) {
    for (const each of stages[index]!.instructions) {
      if (!isAbove(each)) break;
      const paths = each.keyword === "RUN" ? mountedPaths(each) : contextPaths(each);
      if (paths.length > 0) context.push({ instruction: each, paths });
    }
  }
  const taken = references.filter(
    (reference) =>
      own.has(reference.stage) && reference.kind !== "from" && !reference.onbuild && isAbove(reference.instruction),
  );
  const args = new Map<string, Definition>();
  for (const definition of scope.definitions) {
    const { kind, name, stage: at } = definition;
    if (at === null || kind !== "arg" || !own.has(at) || !isAbove(definition.instruction)) continue;
    // What ENV sets hides the ARG; of the platforms a build has one.
    if (!isAutomaticArg(name) && scope.lookUp(stage.index, name, instruction.span.start)?.kind !== "env")
      args.set(name, definition);
  }
  return { context, stages: taken, args: [...args.values()] };
}

/** The sources of a COPY or ADD that come out of the build context. */
export function contextPaths({ keyword, flags, args }: Instruction): readonly string[] {
  if (keyword !== "COPY" && keyword !== "ADD") return [];
  if (flags.some(({ name, value }) => name === "from" && value !== "")) return [];
  return (
    args
      .slice(0, -1)
      .map(({ text }) => text)
      // What ADD gets from a variable is mostly an address.
      .filter((text) => !isElsewhere(text) && !(keyword === "ADD" && text.startsWith("$")))
  );
}

/** Whether a source is an address, a repository, or text that stands in the Dockerfile. */
export function isElsewhere(source: string): boolean {
  return /^(?:\d*<<|["']?(?:[a-z+.-]+:\/\/|git@|[\w.-]+@[\w.-]+:))/i.test(source);
}

function mountedPaths({ mounts }: Instruction): readonly string[] {
  return mounts.flatMap(({ type, from, fields }) =>
    type !== "bind" || from ? [] : [fields.findLast(({ key }) => key === "source" || key === "src")?.value ?? "."],
  );
}
