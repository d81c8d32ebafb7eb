import { isPosixShell } from "../../dockerfile/shell.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Stage } from "../../stages/resolve.ts";
import { directoryOf, isInside } from "../../text/paths.ts";
import type { Choice, Crossing, Ecosystem } from "./ecosystems/ecosystem.ts";
import { ecosystems } from "./ecosystems/index.ts";
import { parseImage } from "../../images/image.ts";
import { usersOf } from "../../images/users.ts";
import { checkFit } from "./fit.ts";
import { type Facts, readFacts, type Step } from "./facts.ts";
import { classifyAll, ownRoles, type RoleOf } from "./roles.ts";
import { type OwnerCommand, ownerCommands } from "./owners.ts";
import { keeping, neededPackages, withCertificates } from "./tools.ts";
import { place, sourceOf, Unsure } from "./unsure.ts";
import { neededVariables, refuseBaseVariables } from "./variables.ts";
import { copiedCredentials, isMentioned, type View, type Views, viewSteps } from "./views.ts";

/**
 * The split's decisions. Everything that is recognised as the builder's stays where it is; what the container needs is
 * repeated or moved behind it; what is neither stops the split with a reason.
 */

/** Where an instruction goes. */
export type Side =
  /** It stays in the builder alone. */
  | { readonly kind: "builder" }
  /** It stays in the builder, and the runtime stage has `text` at this place of its set-up. */
  | { readonly kind: "both"; readonly text: string }
  /** It moves to the runtime stage, comment included. `late`: behind the copied files. */
  | { readonly kind: "moved"; readonly late: boolean; readonly text: string | null }
  /** It stands in front of the build and stays in place, in a stage that builder and runtime stage share. */
  | { readonly kind: "shared" }
  /** It stands behind the build and stays in place, as part of the runtime stage. `text` replaces it. */
  | { readonly kind: "tail"; readonly text: string | null }
  /** It has no use any more. */
  | { readonly kind: "dropped" };

/** A split that is sure of itself. */
export interface Split {
  readonly ecosystem: Ecosystem;
  readonly facts: Facts;
  /** What each command does. */
  readonly role: RoleOf;
  readonly choice: Choice;
  /** One per step. */
  readonly sides: readonly Side[];
  /** The last step of the builder. */
  readonly boundary: number;
  /** The last step of the stage that builder and runtime stage share, and its name; `null` where there is none. */
  readonly shared: { readonly until: number; readonly name: string } | null;
  readonly builderName: string;
  readonly runtimeName: string;
  /** For the stages that are made on request. */
  readonly names: { readonly test: string; readonly pruned: string };
  /** The steps that only test what was built. */
  readonly tests: readonly number[];
  /** Commands that make directories which are copied belong to whom they did. */
  readonly owners: readonly OwnerCommand[];
  /** The user without privileges that the base has; `null` where it has none, or the container has another already. */
  readonly user: string | null;
  readonly assumptions: readonly string[];
}

/** Ways to split, the default first, or why there is none. */
export type SplitPlan =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "split"; readonly splits: readonly [Split, ...Split[]] };

/** An editor asks at each move of the cursor, and a rule at each key: a version has its plans once. */
const planned = new WeakMap<Analysis, Map<Stage, { readonly project: Project; readonly plan: SplitPlan | null }>>();

type Project = ReadonlyMap<string, string>;

/**
 * Decides how a stage is split; `null` where it builds nothing that an ecosystem knows. Never throws.
 *
 * @param project the files of the build context that say how the project is built, by path; empty where they are not known
 */
export function planSplit(analysis: Analysis, stage: Stage, project: Project): SplitPlan | null {
  let plans = planned.get(analysis);
  if (!plans) planned.set(analysis, (plans = new Map()));
  const known = plans.get(stage);
  if (known?.project === project) return known.plan;
  const plan = planStage(analysis, stage, project);
  plans.set(stage, { project, plan });
  return plan;
}

/** For each set of files what is asked with it. */
const asked = new WeakMap<Project, object>();

/**
 * Whether a stage can be split. Later versions of the document know it without a plan as long as nothing changes that
 * decides it.
 */
export function canSplit(analysis: Analysis, stage: Stage, project: Project): boolean {
  const { dockerfile, model, references } = analysis;
  let question = asked.get(project);
  if (!question) asked.set(project, (question = {}));
  const key = [
    analysis.filesKey(stage.index),
    references.some(({ target }) => target.kind === "stage" && target.stage === stage.index),
    references.some(({ target }) => target.kind === "error"),
    dockerfile.problems.length + model.problems.length + model.strays.length > 0,
  ].join(" ");
  return analysis.keep(question, key, () => planSplit(analysis, stage, project)?.kind === "split");
}

function planStage(analysis: Analysis, stage: Stage, project: Project): SplitPlan | null {
  const kind = stage.base?.target.kind;
  if ((kind !== "image" && kind !== "stage") || !mayBuild(analysis, stage)) return null;
  if (isTooLong(analysis, stage)) return { kind: "refused", reason: tooLong };
  const user = analysis.references.find(({ target }) => target.kind === "stage" && target.stage === stage.index);
  // What other stages take from it they would have to find in the builder or in the runtime stage.
  if (user) return null;
  const facts = readFacts(
    analysis,
    stage,
    ecosystems.flatMap(({ images }) => images),
    project,
  );
  const roles = classifyAll(facts, ecosystems);
  for (const ecosystem of ecosystems) {
    const role = ownRoles(facts, roles, ecosystem);
    const chosen = ecosystem.choose(facts, role);
    if (!chosen) continue;
    if ("refused" in chosen) return { kind: "refused", reason: chosen.refused };
    const splits: Split[] = [];
    let reason: string | null = null;
    for (const choice of chosen) {
      // What the stage below sets up would be missing on another image.
      if (kind === "stage" && choice.base !== stage.base?.text) {
        reason ??= `The stage stands on the stage \`${stage.base?.text ?? ""}\`, and what that one sets up is not certain to be there on \`${choice.base}\`.`;
        continue;
      }
      try {
        refuseOddities(facts);
        splits.push(divide(ecosystem, facts, role, choice));
      } catch (error) {
        if (!(error instanceof Unsure)) throw error;
        reason ??= error.message;
      }
    }
    const [first] = splits;
    if (!first) return { kind: "refused", reason: reason! };
    const best = splits.find(({ assumptions }) => assumptions.length === 0) ?? first;
    return { kind: "split", splits: [best, ...splits.filter((split) => split !== best)] };
  }
  return null;
}

const buildWords = new RegExp(`\\b(?:${ecosystems.flatMap(({ words }) => words).join("|")})\\b`);

/** A cheap look before the file is taken apart: whether a command or a start names a tool that builds. */
function mayBuild({ text }: Analysis, { instructions }: Stage): boolean {
  return instructions.some(
    ({ keyword, span }) =>
      (keyword === "RUN" || keyword === "CMD" || keyword === "ENTRYPOINT") &&
      buildWords.test(text.slice(span.start, span.end)),
  );
}

const most = 1000;
const tooLong = `The file has more than ${most} instructions, or commands in one RUN: so long files are not taken apart.`;

/** Files that nobody writes by hand are left alone, so that an answer never takes long. */
function isTooLong(analysis: Analysis, stage: Stage): boolean {
  if (stage.instructions.length > most) return true;
  return stage.instructions.some(
    (instruction) => instruction.keyword === "RUN" && analysis.script(instruction).commands.length > most,
  );
}

/** Stops at what no ecosystem has to look at. */
function refuseOddities(facts: Facts): void {
  const { analysis } = facts;
  const { dockerfile, model } = analysis;
  const problem = dockerfile.problems[0] ?? model.problems[0];
  if (problem)
    throw new Unsure(
      `The file has an error in line ${analysis.lines.lineAt(problem.span.start) + 1}: ${problem.message}`,
    );
  if (model.strays.length > 0) throw new Unsure("The file has instructions in front of FROM, which cannot be built.");
  const broken = analysis.references.find(({ target }) => target.kind === "error");
  if (broken) throw new Unsure(`\`${broken.text}\` in ${place(broken.instruction)} names a stage that does not exist.`);
  for (const { instruction } of facts.steps) {
    const { keyword } = instruction;
    if (keyword === "ONBUILD")
      throw new Unsure(
        `ONBUILD in ${place(instruction)} is meant for images built on this one: which stage it belongs to is not certain.`,
      );
    if (keyword === "SHELL" && !isPosixShell(instruction.args))
      throw new Unsure(`SHELL in ${place(instruction)} sets a shell that is not read here.`);
    const source = sourceOf(facts, instruction).trimEnd();
    if (source.endsWith(dockerfile.escape))
      throw new Unsure(`The last line of ${keyword} in ${place(instruction)} goes on, but nothing follows.`);
    if (!known.has(keyword)) throw new Unsure(`${keyword} in ${place(instruction)} is not an instruction.`);
  }
}

const known = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL MAINTAINER RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);

const metadata = new Set(["LABEL", "MAINTAINER", "EXPOSE", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "CMD", "ENTRYPOINT"]);

const lateMetadata = new Set(["EXPOSE", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "CMD", "ENTRYPOINT"]);

/** Names that people give to a stage that builds: they stay with the builder. */
const buildNames = /^(?:build|compil|base$)/;

/** Whether what the base brings is removed by the build, so that the program never had it: `/usr/local/go/lib*`. */
function isRemovedFromBase({ analysis, stage, steps }: Facts, { value }: Crossing, boundary: number): boolean {
  const at = value.search(/[*?[]/);
  if (at < 0) return false;
  const end = steps[boundary]!.instruction.span.end;
  const [last] = analysis.files(stage.index).history(directoryOf(value.slice(0, at)));
  return last?.kind === "removal" && last.instruction.span.end <= end && last.instruction.span.start > stage.span.start;
}

/** Stops where what is to be copied is not there when the build is done. */
function refuseLost({ analysis, stage, steps }: Facts, path: string, boundary: number): void {
  if (/[*?[]/.test(path)) return;
  const end = steps[boundary]!.instruction.span.end;
  for (const change of analysis.files(stage.index).history(path)) {
    const { kind, instruction } = change;
    if (instruction.span.end > end && instruction.span.start > stage.span.start) continue;
    if (kind === "removal") throw new Unsure(`The program needs ${path}, which ${place(instruction)} removes.`);
    if (kind === "mount")
      throw new Unsure(
        `The program needs ${path}, which lies in a mount of ${place(instruction)} that is gone afterwards.`,
      );
    // What sets up the system, as `useradd` does, makes nothing of the project's.
    const isBroad =
      kind === "work" && change.places?.some((one) => one.lastIndexOf("/") > 0 && isInside(one, path)) === false;
    if (!isBroad) return;
  }
}

function isCopied({ crossings }: Choice, path: string): boolean {
  return crossings.some(({ value, to }) => to === null && isInside(value, path));
}

/** What lies in another directory that crosses comes with it. */
function withoutInner(crossings: readonly Crossing[]): Crossing[] {
  return crossings.filter(
    ({ value }) => !crossings.some((other) => other.value !== value && isInside(other.value, value)),
  );
}

/** What each step is to each side, with all packages in the runtime stage that its own steps call. */
function lookAt(
  { id }: Ecosystem,
  facts: Facts,
  role: RoleOf,
  given: Choice,
): Views & { readonly chosen: Choice; readonly boundary: number } {
  let chosen = given.repeatsSetup ? withCertificates(facts, role, given) : given;
  for (;;) {
    const found = viewSteps(facts, role, chosen, id);
    const boundary = chosen.end ?? found.views.findLastIndex(({ builder }) => builder);
    if (!chosen.repeatsSetup) return { ...found, chosen, boundary };
    const repeated = facts.steps.flatMap((step) => {
      if (step.instruction.keyword !== "RUN") return [];
      const text = step.index > boundary ? sourceOf(facts, step.instruction) : found.views[step.index]!.runtime;
      return text === null ? [] : [{ step, text }];
    });
    const needed = neededPackages(facts, role, chosen, repeated);
    if (needed.size === 0) return { ...found, chosen, boundary };
    chosen = keeping(chosen, needed);
  }
}

function divide(ecosystem: Ecosystem, facts: Facts, role: RoleOf, given: Choice): Split {
  const { views, crossings, checks, chosen, boundary } = lookAt(ecosystem, facts, role, given);
  const added = crossings.filter(({ value }) => !isCopied(chosen, value));
  if (boundary < 0) throw new Unsure("The file has no step that is certain to belong to the build.");
  const taken = chosen.crossings.filter((crossing) => !isRemovedFromBase(facts, crossing, boundary));
  const choice: Choice = { ...chosen, crossings: [...taken, ...withoutInner(added)] };
  for (const { value } of choice.crossings) refuseLost(facts, value, boundary);
  const assumptions = [...choice.assumptions, ...checks];

  const sides = facts.steps.map((step, index): Side => {
    const { instruction } = step;
    const view = views[index]!;
    const { keyword } = instruction;
    if (view.dropped) return { kind: "dropped" };
    const replaced = choice.command !== null && instruction === facts.cmd ? commandText(choice.command) : null;
    if (index > boundary) return { kind: "tail", text: replaced };
    if (metadata.has(keyword)) return { kind: "moved", late: lateMetadata.has(keyword), text: replaced };
    if (view.builder && view.runtime === null) return { kind: "builder" };
    if (keyword === "ARG") return { kind: "builder" };
    if (view.runtime === null) return { kind: "builder" };
    if (!view.builder && view.moves && !isMentioned(facts, views, index, boundary, view.tokens))
      return { kind: "moved", late: false, text: null };
    return { kind: "both", text: view.runtime };
  });
  const until = sharedUntil(facts, views, sides, choice, boundary);
  for (let index = 0; index <= until; index++) sides[index] = { kind: "shared" };
  const needed = neededVariables(facts, sides, choice, boundary);
  facts.steps.forEach(({ instruction }, index) => {
    if (index > until && index <= boundary && needed.has(index))
      sides[index] = { kind: "both", text: sourceOf(facts, instruction) };
  });
  refuseBaseVariables(facts, sides, choice);
  if (choice.repeatsSetup) assumptions.push(...checkFit(facts, role, choice, sides));

  const { builderName, runtimeName, sharedName, names, renamed } = chooseNames(facts);
  const shared = until < 0 ? null : { until, name: sharedName };
  const credentials = credentialFiles(facts, role, choice);
  if (credentials.length > 0)
    assumptions.push(`The program does not use ${credentials.join(" or ")}, which the builder keeps to itself.`);
  if (renamed !== null) assumptions.push(renamed);
  const tests = facts.steps.flatMap((step) =>
    step.index <= boundary && sides[step.index]!.kind === "builder" && isTest(step, role) ? [step.index] : [],
  );
  const user = ownUser(facts, choice);
  return {
    ecosystem,
    facts,
    role,
    choice,
    sides,
    boundary,
    shared,
    builderName,
    runtimeName,
    names,
    tests: sides.some(({ kind }, index) => kind === "builder" && !tests.includes(index)) ? tests : [],
    owners: ownerCommands(facts, role, choice, sides, boundary),
    user,
    assumptions,
  };
}

/** Whether a step tests, and does nothing else. */
function isTest({ calls }: Step, role: RoleOf): boolean {
  const roles = calls.map(role);
  return (
    roles.some((found) => found.kind === "step" && found.step === "test") &&
    roles.every(({ kind, ...rest }) => kind === "inert" || kind === "state" || ("step" in rest && rest.step === "test"))
  );
}

/** The user of the runtime stage's base that the container could run as. */
function ownUser(facts: Facts, choice: Choice): string | null {
  const image = choice.strategy === "same" ? facts.image : parseImage(choice.base);
  const users = choice.base === "scratch" ? null : usersOf(image);
  const isRoot = facts.user === null ? users?.set === null : /^(?:root|0)(?::|$)/.test(facts.user);
  return isRoot && users?.drops === false ? users.own : null;
}

/**
 * The last of the steps in front of the build that both sides need and that can stay in a stage of their own, which spares
 * doing them twice; -1 where there is nothing to spare.
 */
function sharedUntil(
  { stage }: Facts,
  views: readonly View[],
  sides: readonly Side[],
  { base, strategy, repeatsSetup, repeatsSettings }: Choice,
  boundary: number,
): number {
  if (strategy !== "same" || base !== stage.base?.text || !repeatsSetup || !repeatsSettings) return -1;
  const end = views.findIndex(({ builder, dropped }, index) => builder || dropped || index > boundary);
  const isSpared = stage.instructions
    .slice(0, end)
    .some(({ keyword }, index) => sides[index]!.kind === "both" && ["RUN", "COPY", "ADD"].includes(keyword));
  return isSpared ? end - 1 : -1;
}

/** Files for access to private sources that stay in the builder. */
function credentialFiles(facts: Facts, role: RoleOf, choice: Choice): string[] {
  if (!choice.repeatsSetup) return [];
  const paths = facts.steps.flatMap((step) => [
    ...(["COPY", "ADD"].includes(step.instruction.keyword) ? copiedCredentials(step) : []),
    ...step.calls.flatMap((call) => {
      const found = role(call);
      return found.kind === "credentials" && call.name !== "rm" ? found.paths : [];
    }),
  ]);
  return [...new Set(paths)];
}

function commandText(words: readonly string[]): string {
  return `CMD [${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

interface Names {
  readonly builderName: string;
  readonly runtimeName: string;
  readonly sharedName: string;
  readonly names: Split["names"];
  readonly renamed: string | null;
}

function chooseNames({ stage, analysis }: Facts): Names {
  const taken = new Set([
    ...analysis.references.map(({ text }) => text.toLowerCase()),
    ...analysis.stages.flatMap(({ name }) => name ?? []),
  ]);
  const free = (...wanted: readonly string[]): string => {
    const found = wanted.find((name) => !taken.has(name)) ?? wanted[0]!;
    let name = found;
    for (let i = 2; taken.has(name); i++) name = `${found}-${i}`;
    taken.add(name);
    return name;
  };
  const others = (): Omit<Names, "builderName" | "runtimeName" | "renamed"> => ({
    sharedName: free("base", "common"),
    names: { test: free("test", "tests"), pruned: free("pruned") },
  });
  if (stage.name === null || stage.nameWord === null) {
    return {
      builderName: free("builder", "build"),
      runtimeName: free("runtime", "final"),
      ...others(),
      renamed: null,
    };
  }
  const written = stage.nameWord.text;
  // Others may build a stage among several by its name.
  if (!buildNames.test(stage.name) || analysis.stages.length > 1) {
    const builderName = free("builder", "build", `${stage.name}-builder`);
    return { builderName, runtimeName: written, ...others(), renamed: null };
  }
  return {
    builderName: written,
    runtimeName: free("runtime", "final"),
    ...others(),
    renamed: `No build asks for \`--target ${written}\` to get the finished image: it is the last stage now, \`runtime\`.`,
  };
}
