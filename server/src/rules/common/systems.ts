import { expand } from "../../dockerfile/words.ts";
import { type Image, parseImage } from "../../images/image.ts";
import { type Libc, libcOf } from "../../images/libc.ts";
import type { Analysis } from "../../stages/analysis.ts";

/** The image that a stage is built on in the end. */
export interface System {
  /** Its name for messages: `alpine:3.20`, `scratch`. */
  readonly name: string;
  /** `null` for `scratch`. */
  readonly image: Image | null;
  readonly libc: Libc | null;
  /** Whether the file says all of its name. */
  readonly isWhole: boolean;
}

const scratch: System = { name: "scratch", image: null, libc: "none", isWhole: true };

/** For each stage the system it is built on; `null` where the file does not tell. */
export function systemsOf({ stages, model, dockerfile }: Analysis): readonly (System | null)[] {
  const known = new Map<string, System>();
  const systems: (System | null)[] = [];
  // FROM names stages above only, so what they are built on is known.
  for (const { base } of stages) {
    const target = base?.target;
    if (!base || !target) systems.push(null);
    else if (target.kind === "stage") systems.push(systems[target.stage]!);
    else if (target.kind === "scratch") systems.push(scratch);
    else if (target.kind !== "image") systems.push(null);
    else {
      let system = known.get(base.text);
      if (!system) {
        const { uses } = expand(base.text, (name) => model.globalValues.get(name), { escape: dockerfile.escape });
        const isWhole = uses.every(({ set, modifier }) => set || modifier !== "");
        known.set(base.text, (system = imageSystem(target.image, isWhole)));
      }
      systems.push(system);
    }
  }
  return systems;
}

/** @param isWhole whether all variables in the name have a value */
export function imageSystem(name: string, isWhole = true): System {
  const image = parseImage(name);
  return { name: name.replace(/(?<![:-])[:-]+$/, ""), image, libc: libcOf(image, isWhole), isWhole };
}

/** How many stages may build on each other, with how many instructions, until the whole chain is not looked at. */
const longestChain = 20;
const mostInstructions = 500;

/** Whether a stage stands on a chain of others that is longer than anybody's. */
export function isDeep({ stages }: Analysis, stage: number): boolean {
  let at = stages[stage];
  let count = 0;
  for (let depth = 0; depth < longestChain; depth++) {
    if (at?.base?.target.kind !== "stage") return false;
    at = stages[at.base.target.stage]!;
    count += at.instructions.length;
    if (count > mostInstructions) return true;
  }
  return true;
}
