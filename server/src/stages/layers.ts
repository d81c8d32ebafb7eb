import type { Instruction } from "../dockerfile/instruction.ts";
import { longestPath, resolvePath } from "../text/paths.ts";
import type { Analysis } from "./analysis.ts";
import type { RunPlace } from "./calls.ts";
import { baseChain } from "./graph.ts";
import type { Stage } from "./resolve.ts";

/** An instruction of an image, with what holds where it stands. */
export interface Layer extends RunPlace {
  readonly stage: Stage;
  readonly instruction: Instruction;
}

/** What holds at the end of a stage. */
export interface StageEnd {
  readonly cwd: string | null;
  readonly user: string | null;
}

/** What holds at the start of an image that the file knows nothing of. */
export const unknownStart: StageEnd = { cwd: null, user: null };

/**
 * The instructions of one stage, what ONBUILD of its base brings along included.
 *
 * @param start what the stage that FROM names ends with
 */
export function layersIn(
  { stages, steps, values, dockerfile }: Analysis,
  index: number,
  start: StageEnd,
): { readonly layers: readonly Layer[]; readonly end: StageEnd } {
  const layers: Layer[] = [];
  const stage = stages[index]!;
  let { cwd, user } = start;
  if (stage.base?.target.kind === "scratch") cwd = "/";
  for (const { instruction } of steps[index]!) {
    const { keyword, args, span } = instruction;
    const env = (name: string): string | undefined => values.expand(index, `\${${name}}`, span.start) ?? undefined;
    layers.push({ stage, instruction, cwd, user, env });
    if (keyword === "USER") user = args[0]?.text ?? user;
    if (keyword !== "WORKDIR") continue;
    const written = values.expand(index, args[0]?.text ?? "", span.start);
    if (written === null || written === "" || dockerfile.escape === "`" || /^[A-Za-z]:/.test(written)) cwd = null;
    else if (written.startsWith("/")) cwd = resolvePath("/", written);
    else if (cwd !== null) cwd = cwd.length > longestPath ? null : resolvePath(cwd, written);
  }
  return { layers, end: { cwd, user } };
}

/** The instructions that make the image of a stage: those of the stages in its base chain, then its own. */
export function layersOf(analysis: Analysis, stage: number): Layer[] {
  const all: Layer[] = [];
  let start = unknownStart;
  for (const index of baseChain(analysis.stages, stage).toReversed()) {
    const { layers, end } = layersIn(analysis, index, start);
    for (const layer of layers) all.push(layer);
    start = end;
  }
  return all;
}

/** A text of a stage with its variables replaced, as {@link Analysis.values} does it. */
export function valueOf({ values }: Analysis, stage: number, text: string, before: number): string | null {
  return values.expand(stage, text, before);
}

/** The value that a variable has in a stage in front of an offset; `null` where the file does not say it. */
export function variableOf({ values }: Analysis, stage: number, name: string, before: number): string | null {
  return values.expand(stage, `\${${name}}`, before);
}
