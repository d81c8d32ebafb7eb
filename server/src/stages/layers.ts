import type { Instruction } from "../dockerfile/instruction.ts";
import { resolvePath } from "../text/paths.ts";
import type { Analysis } from "./analysis.ts";
import type { RunPlace } from "./calls.ts";
import { baseChain } from "./graph.ts";
import type { Stage } from "./resolve.ts";

/** An instruction of an image, with what holds where it stands. */
export interface Layer extends RunPlace {
  readonly stage: Stage;
  readonly instruction: Instruction;
}

/** The instructions that make the image of a stage: those of the stages in its base chain, then its own. */
export function layersOf(analysis: Analysis, stage: number): Layer[] {
  const { stages, steps, values, dockerfile } = analysis;
  const layers: Layer[] = [];
  let cwd: string | null = null;
  let user: string | null = null;
  for (const index of baseChain(stages, stage).toReversed()) {
    if (stages[index]!.base?.target.kind === "scratch") cwd = "/";
    for (const { instruction } of steps[index]!) {
      const { keyword, args, span } = instruction;
      const env = (name: string): string | undefined => values.expand(index, `\${${name}}`, span.start) ?? undefined;
      layers.push({ stage: stages[index]!, instruction, cwd, user, env });
      if (keyword === "USER") user = args[0]?.text ?? user;
      if (keyword !== "WORKDIR") continue;
      const written = values.expand(index, args[0]?.text ?? "", span.start);
      if (written === null || written === "" || dockerfile.escape === "`" || /^[A-Za-z]:/.test(written)) cwd = null;
      else if (written.startsWith("/")) cwd = resolvePath("/", written);
      else if (cwd !== null) cwd = resolvePath(cwd, written);
    }
  }
  return layers;
}

/** A text of a stage with its variables replaced, as {@link Analysis.values} does it. */
export function valueOf({ values }: Analysis, stage: number, text: string, before: number): string | null {
  return values.expand(stage, text, before);
}

/** The value that a variable has in a stage in front of an offset; `null` where the file does not say it. */
export function variableOf({ values }: Analysis, stage: number, name: string, before: number): string | null {
  return values.expand(stage, `\${${name}}`, before);
}
