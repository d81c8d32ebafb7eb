import type { Edit } from "../text/edit.ts";
import { lastPart } from "../text/paths.ts";
import type { Analysis } from "./analysis.ts";
import { mayBecome, partsAroundVariables } from "./choice.ts";
import { isValidStageName, type Reference, reservedNames, type Stage, type Stages } from "./resolve.ts";

/** For each name the stage that COPY and mounts mean by it: of duplicates the last. */
export function lastByName(stages: readonly Stage[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { name, index } of stages) if (name !== null) found.set(name, index);
  return found;
}

/** More names of one kind than this, and more bases with variables, are nobody's. */
const mostNumbered = 10_000;
const mostPatterns = 100;

/**
 * Names for stages that have none, by what they do and what they are built on. No two are the same, and none means
 * anything in the file today: not as a stage, not as an image or a context.
 *
 * @param unnamed the stages in file order
 * @returns names by the stages' indexes
 */
export function proposeNames(
  { stages, references }: Pick<Stages, "stages" | "references">,
  unnamed: readonly Stage[],
): ReadonlyMap<number, string> {
  const taken = new Set<string>(reservedNames);
  for (const { name } of stages) if (name !== null) taken.add(name);
  const patterns = new Map<string, readonly string[]>();
  for (const { text, target } of references) {
    taken.add(text.toLowerCase());
    if (target.kind === "image") taken.add(target.image.toLowerCase());
    if (!text.includes("$") || text.length > 1024) continue;
    const parts = partsAroundVariables(text);
    // A base that is nothing but variables may become any name; who gives it one of an own stage means that stage.
    if (parts.some((part) => part !== "")) patterns.set(text, parts);
  }
  if (patterns.size > mostPatterns) return new Map();
  const shapes = [...patterns.values()];
  const isFree = (name: string): boolean =>
    isValidStageName(name) && !taken.has(name) && !shapes.some((parts) => mayBecome(parts, name));
  const names = new Map<number, string>();
  const numbers = new Map<string, number>();
  for (const stage of unnamed) {
    const wanted = candidates(stage, unnamed.length > 1);
    let name = wanted.find(isFree);
    if (name === undefined) {
      const last = wanted.at(-1)!;
      let number = numbers.get(last) ?? 2;
      while (!isFree((name = `${last}-${number}`)) && number < mostNumbered) number++;
      numbers.set(last, number + 1);
      if (!isFree(name)) continue;
    }
    taken.add(name);
    names.set(stage.index, name);
  }
  return names;
}

/** Names that suit a stage, the best first. */
function candidates({ base, baseName, instructions }: Stage, several: boolean): string[] {
  const image = base?.target.kind === "image" ? lastPart(baseName.split("@", 1)[0]!).split(":", 1)[0]! : "";
  const builds = instructions.some(({ keyword }) => keyword === "RUN");
  if (!builds) return image === "" ? ["files"] : [image, `${image}-files`, "files"];
  const plain = ["builder", "build"];
  return several && image !== "" ? [`${image}-builder`, ...plain] : plain;
}

/** The edit that gives a stage a name, `AS` written as its FROM is; `null` where its FROM is not complete. */
export function nameStage({ text }: Analysis, { from }: Stage, name: string): Edit | null {
  const [base] = from.args;
  if (!base || from.args.length !== 1) return null;
  const keyword = text.slice(from.keywordSpan.start, from.keywordSpan.end);
  const as = keyword === keyword.toLowerCase() ? "as" : "AS";
  return { span: { start: base.span.end, end: base.span.end }, newText: ` ${as} ${name}` };
}

/** What replaces a reference by number: the name of its stage, and what gives it one where it has none. */
export interface NamedReference {
  readonly name: string;
  /** Whether the stage has it already. */
  readonly known: boolean;
  readonly edits: readonly Edit[];
}

/**
 * Finds out how references by number are written by name instead; `null` where that is not possible. The references of a
 * stage that gets a name are all changed at once.
 *
 * @param counted references that name a stage by a number, with that stage
 */
export function nameReferences(
  analysis: Analysis,
  counted: readonly { readonly reference: Reference; readonly stage: Stage }[],
): (reference: Reference, stage: Stage) => NamedReference | null {
  const spans = new Map<Stage, Reference["span"][]>();
  for (const { reference, stage } of counted) {
    const others = spans.get(stage);
    if (others) others.push(reference.span);
    else spans.set(stage, [reference.span]);
  }
  const last = lastByName(analysis.stages);
  const unnamed = [...spans.keys()].filter(({ nameWord }) => !nameWord);
  const names = proposeNames(
    analysis.model,
    unnamed.toSorted((a, b) => a.index - b.index),
  );
  const made = new Map<Stage, NamedReference | null>();
  return (reference, stage) => {
    if (stage.name !== null) {
      if (last.get(stage.name) !== stage.index) return null;
      return { name: stage.name, known: true, edits: [{ span: reference.span, newText: stage.name }] };
    }
    let found = made.get(stage);
    if (found === undefined) {
      const name = names.get(stage.index);
      const edit = name === undefined ? null : nameStage(analysis, stage, name);
      const edits = spans.get(stage)?.map((span) => ({ span, newText: name! })) ?? [];
      found = edit && { name: name!, known: false, edits: [edit, ...edits] };
      made.set(stage, found);
    }
    return found;
  };
}
