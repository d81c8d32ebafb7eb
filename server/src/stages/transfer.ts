import type { Instruction, Mount } from "../dockerfile/instruction.ts";
import type { Reference } from "./resolve.ts";

/** What crosses from one stage to another. */
export interface Transfer {
  readonly sources: readonly string[];
  /** `null` while it is not written yet. */
  readonly destination: string | null;
}

/** The paths of a COPY or ADD as written; files that stand in the Dockerfile itself (heredocs) are left out. */
export function copiedPaths(instruction: Instruction): Transfer {
  const words = (instruction.trigger ?? instruction).args.map(({ text }) => text);
  const destination = words.length > 1 ? words.at(-1)! : null;
  const sources = (destination === null ? words : words.slice(0, -1)).filter((text) => !/^\d*<</.test(text));
  return { sources, destination };
}

/** What a reference brings into its stage; nothing for FROM. */
export function transferOf({ kind, instruction, mount }: Reference): Transfer {
  if (kind === "copy") return copiedPaths(instruction);
  if (!mount) return { sources: [], destination: null };
  return {
    sources: [mountField(mount, "source", "src") ?? "/"],
    destination: mountField(mount, "target", "dst", "destination"),
  };
}

/** The value of a field of a mount that has several names. */
export function mountField({ fields }: Mount, ...keys: readonly string[]): string | null {
  return fields.findLast(({ key }) => keys.includes(key))?.value ?? null;
}

/** `/app/dist → /srv`; sources alone where there is no destination. */
export function transferLabel({ sources, destination }: Transfer): string {
  const from = sources.join(" ");
  return destination === null ? from : from === "" ? destination : `${from} → ${destination}`;
}
