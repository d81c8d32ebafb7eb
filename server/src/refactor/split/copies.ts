import { expand } from "../../dockerfile/words.ts";
import type { Step } from "./facts.ts";
import { resolvePath } from "./paths.ts";

/** Where a COPY or ADD writes to. */
export interface CopyTarget {
  /** Absolute: a directory where `into` holds, else a directory or a file. */
  readonly path: string;
  /** Whether the destination is written as a directory, so that files land in it under their own names. */
  readonly into: boolean;
}

/** `null` where the destination depends on what the file does not say. */
export function copyTarget({ instruction, cwd, env }: Step): CopyTarget | null {
  const last = instruction.args.at(-1);
  if (!last || instruction.args.length < 2) return null;
  const { value, error, uses } = expand(last.text, env);
  if (error !== null || value === "" || uses.some(({ set, modifier }) => !set && modifier === "")) return null;
  if (!value.startsWith("/") && cwd === null) return null;
  return {
    path: resolvePath(cwd?.value ?? "/", value),
    into: /(?:^|\/)\.?$/.test(value) || instruction.args.length > 2,
  };
}
