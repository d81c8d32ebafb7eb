import type { Instruction } from "../dockerfile/instruction.ts";
import { expand } from "../dockerfile/words.ts";
import { resolvePath } from "../text/paths.ts";

/** Where a COPY or ADD writes to. */
export interface CopyTarget {
  /** Absolute: a directory where `into` holds, else a directory or a file. */
  readonly path: string;
  /** Whether the destination is written as a directory, so that files land in it under their own names. */
  readonly into: boolean;
}

/** A COPY or ADD and what holds where it stands. */
export interface CopyPlace {
  readonly instruction: Instruction;
  /** The working directory; `null` where it cannot be told. */
  readonly cwd: { readonly value: string } | null;
  /** Variables of ENV and ARG. */
  readonly env: (name: string) => string | undefined;
}

/** `null` where the destination depends on what the file does not say. */
export function copyTarget({ instruction, cwd, env }: CopyPlace): CopyTarget | null {
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
