import { buildkitStageName, stageLabel } from "../../stages/describe.ts";
import type { Reference, Stage } from "../../stages/resolve.ts";

/** What is wrong with a reference, in the words of the rules that find it: whoever draws stages says the same. */

type Named = Pick<Stage, "name" | "index">;

/** {@link Reference.target} is a stage that is defined below. */
export function laterStageMessage({ kind, text, stage }: Reference, stages: readonly Named[]): string {
  const verb = kind === "mount" ? "mount" : "copy";
  return `cannot ${verb} from stage "${text}", it needs to be defined before current stage "${buildkitStageName(stages[stage]!)}"`;
}

/** The references of a cycle of stages, of which there is at least one. */
export function cycleMessage(cycle: readonly Reference[], stages: readonly Named[]): string {
  const first = cycle[0]!;
  const ring = [...cycle, first].map(({ stage }) => stageLabel(stages[stage]!)).join(" ← ");
  const verb = first.kind === "mount" ? "mounts" : "copies";
  const how = cycle.length === 1 ? `it ${verb} from itself` : ring;
  return `circular dependency detected on stage: ${buildkitStageName(stages[first.stage]!)} (${how})`;
}

export function indexMessage({ text }: Reference, stages: readonly Named[]): string {
  const known = stages.length === 1 ? "only stage 0" : `the stages 0 to ${stages.length - 1}`;
  return `invalid stage index ${Number(text)}: this file has ${known}.`;
}

export function variableMessage({ kind }: Reference): string {
  return kind === "mount"
    ? "'from' doesn't support variable expansion, define alias stage instead"
    : "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround";
}

/** @param meant the stage that the name was most likely meant for */
export function misspeltMessage({ text }: Reference, meant: Named): string {
  return `There is no stage '${text}', so this is taken for an image. Did you mean the stage '${meant.name}'?`;
}

/** @param lower the name of a stage, which FROM would find */
export function casingMessage(lower: string): string {
  return `FROM finds a stage only by its lower-case name: '${lower}'.`;
}
