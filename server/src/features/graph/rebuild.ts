import type { Instruction, Word } from "../../dockerfile/instruction.ts";
import type { RebuildAnswer, RebuildParams, RebuiltStep } from "../../protocol.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { quotedStage } from "../../stages/describe.ts";
import type { StageFiles } from "../../stages/files.ts";
import { referencedStage } from "../../stages/graph.ts";
import type { Step } from "../../stages/steps.ts";
import { transferOf } from "../../stages/transfer.ts";
import { namesOf, readPath, readSource } from "../../text/name-pattern.ts";
import { isInside } from "../../text/paths.ts";
import { touches } from "../../text/range.ts";
import type { Neighbours } from "../../workspace/neighbours.ts";
import { pathsTaken } from "../copied-path.ts";
import {
  type Certainty,
  type ContextPath,
  covers,
  greater,
  lesser,
  never,
  perhaps,
  readContextPath,
  sent,
  type SourcePattern,
  surely,
  takes,
  writtenPath,
} from "./context-paths.ts";
import { stageId, stepIds } from "./ids.ts";
import { changeOrderHints } from "./rebuild-hints.ts";
import { isBuildStep, rowOf } from "./rows.ts";
import { chooseTarget, stepsOfAll, type Target } from "./target.ts";
import { contextSources, type Use, usesOf } from "./uses.ts";

export type RebuildQuestion = Omit<RebuildParams, "textDocument">;

/** What changes: a place of the build context, what one instruction copies of it, or an instruction. */
type Change =
  | { readonly kind: "path"; readonly path: ContextPath; readonly certainty: Certainty }
  | { readonly kind: "sources"; readonly instruction: Instruction; readonly patterns: readonly SourcePattern[] }
  | { readonly kind: "instruction"; readonly instruction: Instruction };

/** An instruction that runs again in a stage. */
export interface Rerun {
  readonly stage: number;
  readonly step: Step;
  readonly cause: RebuiltStep["cause"];
  readonly certainty: Certainty;
  /** What of other stages and of the context comes in different, the surest first. */
  readonly through: readonly Use[];
}

/**
 * What has to be built again once something changes. A COPY from another stage, and a mount of one, goes by what crosses:
 * BuildKit compares its contents, so that is certain only where the very thing that changes crosses untouched.
 */
export function rebuild(
  analysis: Analysis,
  version: number,
  question: RebuildQuestion,
  neighbours: Neighbours,
): RebuildAnswer {
  const target = chooseTarget(analysis, question.target);
  const stepsOf = stepsOfAll(analysis);
  const total = stepsOf.reduce(
    (sum, steps, stage) =>
      sum + (target.needed[stage] ? steps.filter(({ instruction }) => isBuildStep(instruction)).length : 0),
    0,
  );
  const nothing = { version, steps: [], stages: [], edges: [], total, hints: [] };
  const asked = readQuestion(analysis, question, neighbours, target);
  if (!asked.change) return { ...nothing, subject: asked.subject, message: asked.message };
  const uses = usesOf(analysis, neighbours, { perUse: false });
  const reruns = rerunsOf(analysis, asked.change, target, stepsOf, uses);
  if (reruns.length === 0) {
    return { ...nothing, subject: asked.subject, message: unusedMessage(asked.subject, asked.change) };
  }
  const ids = stepIds(analysis);
  const steps = rowsOf(analysis, reruns, ids);
  const stages = [...new Set(reruns.map(({ stage }) => stageId(stage)))];
  const rerunStages = new Set(reruns.map(({ stage }) => stage));
  const passing = new Set(reruns.flatMap(({ through }) => through.map(({ id }) => id)));
  for (const { kind, id, reference, stage } of uses) {
    const base = reference && referencedStage(reference);
    if (kind === "from" && base !== null && rerunStages.has(base) && rerunStages.has(stage)) passing.add(id);
  }
  return {
    version,
    subject: asked.subject,
    message: summary(
      asked.subject,
      reruns.length,
      total,
      stages.length,
      reruns.every(({ certainty }) => certainty === surely),
    ),
    steps,
    stages,
    edges: uses.filter(({ id }) => passing.has(id)).map(({ id }) => id),
    total,
    hints: changeOrderHints(analysis, reruns, asked.change.kind === "path" ? asked.change.path : null, neighbours).map(
      ({ message, instruction, saves }) => ({
        message,
        range: analysis.lines.range(instruction.headSpan),
        saves: saves.map((saved) => ids.get(saved)!),
      }),
    ),
  };
}

function summary(subject: string, count: number, total: number, stages: number, isSure: boolean): string {
  const steps = `${count} of ${total} build step${total === 1 ? "" : "s"}`;
  const where = stages === 1 ? "in one stage" : `in ${stages} stages`;
  return `A change of ${subject} runs ${isSure ? "" : "up to "}${steps} again, ${where}.`;
}

/** Why nothing follows from a change: an instruction that changes runs again, unless it stands behind ONBUILD. */
function unusedMessage(subject: string, change: Change): string {
  if (change.kind !== "path")
    return "It runs in builds that start from this stage, and nothing that is built here does.";
  const what = change.path.parts.length === 0 ? "anything" : subject;
  return `Nothing that is built takes ${what} from the build context.`;
}

interface Asked {
  readonly subject: string;
  /** `null` where nothing can follow from it; the message says why. */
  readonly change: Change | null;
  readonly message: string;
}

function readQuestion(
  analysis: Analysis,
  { path, position }: RebuildQuestion,
  { ignoreFile }: Neighbours,
  { needed, index }: Target,
): Asked {
  if (path !== undefined) {
    const place = readContextPath(path);
    const subject = place.parts.length === 0 ? "the build context" : writtenPath(place);
    const { certainty, keptBackBy } = sent(place, ignoreFile);
    return keptBackBy === null
      ? { subject, change: { kind: "path", path: place, certainty }, message: "" }
      : { subject, change: null, message: `${keptBackBy} leaves ${subject} out of the build context.` };
  }
  const offset = position ? analysis.lines.offset(position) : 0;
  const instruction = analysis.instructionAt(offset);
  const stage = instruction && analysis.stageAt(instruction.span.start);
  if (!instruction || !stage) return { subject: "", change: null, message: "There is no instruction of a stage here." };
  const inner = instruction.trigger ?? instruction;
  const subject = `${instruction.keyword} ${rowOf(analysis, instruction)}`.trim();
  if (!needed[stage.index] && instruction.trigger === null) {
    const name = quotedStage(analysis.stages[index]!);
    return { subject, change: null, message: `A build of ${name} does not make ${quotedStage(stage)}.` };
  }
  const words = contextSources(analysis, stage.index, inner);
  if (words.length === 0) {
    return isBuildStep(inner)
      ? { subject, change: { kind: "instruction", instruction }, message: "" }
      : { subject, change: null, message: `${instruction.keyword} is no step of the build that runs again.` };
  }
  const word = words.find(({ span }) => touches(span, offset));
  const chosen = word ? [word] : words;
  const patterns = patternsOf(analysis, stage.index, inner, chosen).flatMap((pattern) => pattern ?? []);
  return {
    subject: chosen.map(({ text }) => (namesOf(text).length === 0 ? "the build context" : text)).join(" "),
    // Of a source that is not known nobody can tell who else takes it.
    change: { kind: "sources", instruction, patterns: patterns.length < chosen.length ? [] : patterns },
    message: "",
  };
}

/** @returns `null` for a source that depends on what the file does not say */
function patternsOf(
  { values, dockerfile }: Analysis,
  stage: number,
  { flags, span }: Instruction,
  sources: readonly Word[],
): (SourcePattern | null)[] {
  const isDeep = flags.some(({ name, value }) => name === "parents" && value !== "false");
  return sources.map(({ text }) => {
    const value = values.expand(stage, text, span.start);
    // Where a backslash is no escape it parts the names of Windows' paths.
    const isKnown = value !== null && (dockerfile.escape === "\\" || !value.includes("\\"));
    return isKnown ? { parts: readSource(value), isDeep } : null;
  });
}

/** How surely a change of the context reaches what an instruction takes of it. */
function reach(analysis: Analysis, { stage, instruction, written, mount, transfer }: Use, change: Change): Certainty {
  if (change.kind === "instruction") return change.instruction === written ? surely : never;
  if (change.kind === "sources" && change.instruction === written && mount === null) return surely;
  const patterns = mount
    ? [mountPattern(analysis, stage, instruction, transfer.sources[0]!)]
    : patternsOf(analysis, stage, instruction, contextSources(analysis, stage, instruction));
  let found: Certainty = never;
  for (const pattern of patterns) {
    found = greater(
      found,
      change.kind === "path" ? takesPath(pattern, change.path) : takesSources(pattern, change.patterns),
    );
  }
  if (change.kind === "path" && change.certainty < found) found = change.certainty;
  // What is left out of a copy is told from its source, by names that are compared as the ignore file's are.
  const leavesOut = mount === null && instruction.flags.some(({ name }) => name === "exclude");
  return leavesOut && found === surely ? perhaps : found;
}

function takesPath(pattern: SourcePattern | null, path: ContextPath): Certainty {
  return pattern ? takes(pattern, path) : perhaps;
}

/** Of what another instruction copies, only who takes all of it is sure to take what changes. */
function takesSources(pattern: SourcePattern | null, patterns: readonly SourcePattern[]): Certainty {
  return pattern && patterns.length > 0 && patterns.every((inner) => covers(pattern, inner)) ? surely : never;
}

function mountPattern(
  { values }: Analysis,
  stage: number,
  { span }: Instruction,
  source: string,
): SourcePattern | null {
  const value = values.expand(stage, source, span.start);
  return value === null ? null : { parts: readPath(value), isDeep: false };
}

/** Whether a copy makes a layer that does not depend on what stands above it, where the builder can join such layers. */
function isLinked({ keyword, flags }: Instruction): boolean {
  if (keyword !== "COPY" && keyword !== "ADD") return false;
  const link = flags.findLast(({ name }) => name === "link");
  return link !== undefined && link.value !== "false";
}

function rerunsOf(
  analysis: Analysis,
  change: Change,
  { needed }: Target,
  stepsOf: readonly (readonly Step[])[],
  uses: readonly Use[],
): readonly Rerun[] {
  const reruns: Rerun[] = [];
  /** For each stage how surely something of it runs again. */
  const ends: Certainty[] = [];
  /** What instructions bring: how surely it comes out different. */
  const different = new Map<Instruction, Certainty>();
  const usesBy = new Map<string, Use[]>();
  for (const use of uses) {
    const key = `${use.stage}:${use.written.span.start}`;
    const others = usesBy.get(key);
    if (others) others.push(use);
    else usesBy.set(key, [use]);
  }
  for (const stage of analysis.stages) {
    const { index, base } = stage;
    const below = base && referencedStage(base);
    const inherited = below === null ? never : (ends[below] ?? never);
    let behind: Certainty = inherited;
    ends[index] = never;
    if (!needed[index]) continue;
    for (const step of stepsOf[index]!) {
      const { instruction, written } = step;
      if (!isBuildStep(instruction)) continue;
      let own: Certainty = change.kind === "instruction" && change.instruction === written ? surely : never;
      const through: { readonly use: Use; readonly certainty: Certainty }[] = [];
      for (const use of usesBy.get(`${index}:${written.span.start}`) ?? []) {
        if (use.kind === "from") continue;
        const certainty =
          use.kind === "context" ? reach(analysis, use, change) : crossing(analysis, use, ends, different);
        if (certainty !== never) through.push({ use, certainty });
        own = greater(own, certainty);
      }
      if (own !== never && instruction.keyword !== "RUN") different.set(written, own);
      const certainty = greater(own, isLinked(instruction) ? lesser(behind, perhaps) : behind);
      if (certainty === never) continue;
      // What a command makes may come out the same.
      if (instruction.keyword === "RUN") different.set(written, perhaps);
      const isOwn = own !== never && own >= behind;
      const cause = isOwn ? "changed" : inherited !== never && behind === inherited ? "base" : "behind";
      const surest = through.toSorted((a, b) => b.certainty - a.certainty).map(({ use }) => use);
      reruns.push({ stage: index, step, cause, certainty, through: surest });
      behind = greater(behind, certainty);
    }
    ends[index] = behind;
  }
  return reruns;
}

/** How surely what crosses from another stage comes out different. */
function crossing(
  analysis: Analysis,
  { reference }: Use,
  ends: readonly Certainty[],
  different: ReadonlyMap<Instruction, Certainty>,
): Certainty {
  if (reference?.target.kind !== "stage") return never;
  const { stage } = reference.target;
  if ((ends[stage] ?? never) === never) return never;
  const files = analysis.files(stage);
  if (!files.isSure) return perhaps;
  const taken = pathsTaken(analysis, reference);
  // A mount that names no source shows all of the stage.
  const paths = taken.length > 0 ? taken.map(({ path }) => path) : transferOf(reference).sources.map(() => "/");
  let found: Certainty = never;
  for (const path of paths) found = greater(found, path === null ? perhaps : changeOf(files, path, different));
  return found;
}

/** How surely a path of a stage comes out different. */
function changeOf(files: StageFiles, path: string, different: ReadonlyMap<Instruction, Certainty>): Certainty {
  let isTouched = false;
  for (const change of files.history(path)) {
    const { instruction, kind } = change;
    if (instruction.keyword === "FROM") return perhaps;
    const certainty = different.get(instruction) ?? never;
    if (certainty !== never && kind !== "mount") {
      const isCopied = kind === "content" && instruction.keyword !== "RUN";
      const isWhole = isCopied && isInside(path, change.path) && !isTouched;
      return isWhole ? certainty : perhaps;
    }
    // What works there later may have made something else of it, or nothing.
    if (kind !== "mount" && kind !== "directory") isTouched = true;
    if (kind === "removal" && change.extent === "tree" && isInside(change.path, path)) return never;
  }
  return never;
}

/** One row for each instruction; what ONBUILD of another stage brings along is shown at the FROM. */
function rowsOf(
  analysis: Analysis,
  reruns: readonly Rerun[],
  ids: ReadonlyMap<Instruction, string>,
): readonly RebuiltStep[] {
  const rows = new Map<string, RebuiltStep>();
  for (const rerun of reruns) {
    const { stage, step, cause, certainty } = rerun;
    const id = ids.get(step.place)!;
    const known = rows.get(id);
    if (known && (known.certain || certainty !== surely)) continue;
    rows.set(id, {
      step: id,
      stage: stageId(stage),
      range: analysis.lines.range(step.place.span),
      cause,
      certain: certainty === surely,
      message: reasonOf(analysis, rerun),
    });
  }
  return [...rows.values()];
}

function reasonOf({ stages }: Analysis, { stage, step, cause, certainty, through }: Rerun): string {
  if (through.length === 0 && isLinked(step.instruction)) {
    return "It stands behind an instruction that runs again, but it is linked: builders that can join layers keep it.";
  }
  const isSure = certainty === surely;
  const reference = through[0]?.reference;
  const named = (index: number | null): string => (index === null ? "another" : quotedStage(stages[index]!));
  switch (cause) {
    case "changed": {
      if (!reference) return isSure ? "It takes what changes." : "It may take what changes.";
      const taken = `${transferOf(reference).sources.join(" ")} from ${named(referencedStage(reference))}`;
      return isSure ? `It takes ${taken}.` : `It takes ${taken}, which may come out the same.`;
    }
    case "behind":
      return `It stands behind an instruction that ${isSure ? "runs" : "may run"} again.`;
    case "base": {
      const { base } = stages[stage]!;
      const below = named(base && referencedStage(base));
      return `Its stage is built on ${below}, where something ${isSure ? "runs" : "may run"} again.`;
    }
  }
}
