import { expand } from "../dockerfile/words.ts";
import { type Image, parseImage } from "../images/image.ts";
import { type Libc, libcOf } from "../images/libc.ts";
import type { Analysis } from "../stages/analysis.ts";

/** The image that a stage is built on in the end. */
export interface System {
  /** Its name for messages: `alpine:3.20`, `scratch`. */
  readonly name: string;
  /** `null` for `scratch`. */
  readonly image: Image | null;
  readonly libc: Libc | null;
}

const scratch: System = { name: "scratch", image: null, libc: "none" };

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
  return { name: name.replace(/[:-]+$/, ""), image, libc: libcOf(image, isWhole) };
}

/** How many stages may build on each other until the whole chain is not looked at. Nobody's file has more. */
const longestChain = 20;

/** Whether a stage stands on a long chain of others. */
export function isDeep({ stages }: Analysis, stage: number): boolean {
  let at = stages[stage];
  for (let depth = 0; depth < longestChain; depth++) {
    if (at?.base?.target.kind !== "stage") return false;
    at = stages[at.base.target.stage];
  }
  return true;
}
