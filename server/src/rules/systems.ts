import { type Libc, libcOf } from "../images/libc.ts";
import { type Image, parseImage } from "../images/image.ts";
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

/** Finds what stages are built on; `null` where the file does not tell. Looks at each image once. */
export function systemFinder({ roots }: Analysis): (stage: number) => System | null {
  const known = new Map<string, System>();
  return (stage) => {
    const root = roots[stage];
    if (!root) return null;
    if (root.kind === "scratch") return scratch;
    let system = known.get(root.image);
    if (!system) known.set(root.image, (system = imageSystem(root.image)));
    return system;
  };
}

export function imageSystem(name: string): System {
  const image = parseImage(name);
  return { name, image, libc: libcOf(image) };
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
