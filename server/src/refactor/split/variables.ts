import type { Instruction } from "../../dockerfile/instruction.ts";
import { expand } from "../../dockerfile/words.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Facts } from "./facts.ts";
import { parseImage } from "../../images/image.ts";
import type { Side, Split } from "./plan.ts";
import { place, sourceOf, Unsure } from "./unsure.ts";

const use = /\$\{?([A-Za-z_]\w*)/g;

/** The steps of ARGs and ENVs that stay with the builder and whose variables the runtime stage uses. */
export function neededVariables(facts: Facts, sides: readonly Side[], choice: Choice, boundary: number): Set<number> {
  const texts: string[] = choice.crossings.map(({ from }) => from);
  const runs: string[] = [];
  facts.steps.forEach(({ instruction }, index) => {
    const side = sides[index]!;
    if (side.kind === "builder" || side.kind === "dropped" || side.kind === "shared") return;
    if (side.kind !== "both" && side.text !== null) return;
    const text = side.kind === "both" ? side.text : sourceOf(facts, instruction);
    texts.push(text);
    if (instruction.keyword === "RUN") runs.push(text);
  });
  const names = new Set(texts.flatMap((text) => [...text.matchAll(use)].map(([, name]) => name!)));
  // apt asks questions without it.
  if (runs.length > 0) names.add("DEBIAN_FRONTEND");
  const found = new Set<number>();
  for (let index = boundary; index >= 0; index--) {
    const { instruction } = facts.steps[index]!;
    if (sides[index]!.kind !== "builder" || (instruction.keyword !== "ARG" && instruction.keyword !== "ENV")) continue;
    if (!instruction.pairs.some(({ key }) => names.has(key))) continue;
    found.add(index);
    for (const { value } of instruction.pairs) for (const [, name] of (value ?? "").matchAll(use)) names.add(name!);
  }
  return found;
}

/** Variables that any image sets. */
const everywhere = new Set(["PATH", "HOME"]);

/** ENV lines for what the old base sets by itself and these texts use. */
export function baseSettings({ facts, choice }: Pick<Split, "facts" | "choice">, texts: readonly string[]): string[] {
  if (isSameImage(facts, choice)) return [];
  return Object.entries(facts.official?.environment ?? {}).flatMap(([name, value]) => {
    const uses = new RegExp(`\\$\\{?${name}\\b`);
    const sets = new RegExp(`^\\s*(?:ENV|ARG)\\s+${name}\\b`, "i");
    const first = texts.findIndex((text) => uses.test(text) || sets.test(text));
    return first >= 0 && uses.test(texts[first]!) ? [`ENV ${name}=${value}`] : [];
  });
}

/** The working directory that the old base sets by itself, where the runtime stage would start in another. */
export function baseDirectory(
  { facts, choice }: Pick<Split, "facts" | "choice">,
  instructions: readonly Instruction[],
): string[] {
  const { official } = facts;
  if (!official || official.workdir === "/" || !choice.repeatsSettings || isSameImage(facts, choice)) return [];
  const first = instructions.find(({ keyword }) => dependsOnDirectory.has(keyword));
  if (first?.keyword === "WORKDIR" && /^["']?[/$]/.test(first.args[0]?.text ?? "")) return [];
  return [`WORKDIR ${official.workdir}`];
}

// A RUN that is left by now names its files from the root, or it would be the builder's.
const dependsOnDirectory = new Set(["WORKDIR", "COPY", "ADD"]);

export function isSameImage({ image }: Facts, { base }: Choice): boolean {
  return parseImage(base).name === image.name;
}

/** Stops where the runtime stage would use a variable that only the old base sets. */
export function refuseBaseVariables(facts: Facts, sides: readonly Side[], choice: Choice): void {
  if (!choice.repeatsSettings || isSameImage(facts, choice)) return;
  const set = new Set<string>();
  facts.steps.forEach(({ instruction }, index) => {
    const side = sides[index]!;
    const stays = side.kind === "builder" || side.kind === "dropped";
    const { keyword } = instruction;
    if (!stays && keyword !== "RUN" && keyword !== "CMD" && keyword !== "ENTRYPOINT" && keyword !== "HEALTHCHECK") {
      const values =
        instruction.pairs.length > 0
          ? instruction.pairs.map(({ value }) => value ?? "")
          : instruction.args.map(({ text }) => text);
      for (const value of values) {
        for (const { name, modifier } of expand(value).uses) {
          if (set.has(name) || everywhere.has(name) || modifier !== "") continue;
          if (facts.official?.environment[name] !== undefined) continue;
          throw new Unsure(`${keyword} in ${place(instruction)} uses ${name}, which the file does not set.`);
        }
      }
    }
    if (keyword === "ARG" || keyword === "ENV") for (const { key } of instruction.pairs) set.add(key);
  });
}
