import type { Call } from "../../../stages/calls.ts";
import { type CopyTarget, copyTarget } from "../../../stages/copies.ts";
import { directoryOf, isInside, lastPart, resolvePath } from "../../../text/paths.ts";
import { operandsOf } from "../commands.ts";
import type { Facts, Step } from "../facts.ts";
import type { RoleOf } from "../roles.ts";

/** A file that a command puts elsewhere; `null` where a path cannot be told. */
export interface Placed {
  readonly call: Call;
  readonly from: string | null;
  readonly to: string | null;
  /** Whether the command may put several files there. */
  readonly several: boolean;
}

/** Where a COPY or ADD writes to; `null` for other instructions, and where that depends on what the file does not say. */
export function copiedTo(step: Step): CopyTarget | null {
  const { keyword } = step.instruction;
  return keyword === "COPY" || keyword === "ADD" ? copyTarget(step) : null;
}

/** What commands put elsewhere, in the file's order. */
export function readPlaced(facts: Facts, role: RoleOf): Placed[] {
  return facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call): Placed[] => {
      if (!["mv", "cp", "install", "ln"].includes(call.name) || role(call).kind !== "files") return [];
      const operands = operandsOf(call.name, call.args);
      const to = call.path(operands.at(-1) ?? "");
      const sources = operands.slice(0, -1);
      const isSeveral = (word: string): boolean => sources.length > 1 || /[*?[]/.test(word);
      return sources.map((word) => ({ call, from: call.path(word), to, several: isSeveral(word) }));
    }),
  );
}

/** Whether a file comes from the build context under its own name. */
export function arrives({ steps }: Facts, path: string): boolean {
  return steps.some((step) => {
    const target = copiedTo(step);
    if (!target) return false;
    if (target.path === path) return true;
    return step.instruction.args
      .slice(0, -1)
      .some(({ text }) => lastPart(text) === lastPart(path) && target.path === directoryOf(path));
  });
}

/** Whether a COPY brings a path: by its name, or as a part of the one folder that it copies. */
export function isBrought(step: Step, path: string): boolean {
  const target = copiedTo(step);
  if (!target) return false;
  const { args } = step.instruction;
  if (isInside(target.path, path) && args.length === 2 && !target.into) return true;
  return args.slice(0, -1).some(({ text }) => resolvePath(target.path, lastPart(text.replace(/\/+$/, ""))) === path);
}
