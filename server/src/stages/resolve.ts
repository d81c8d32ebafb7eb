import { type Dockerfile, type Instruction, type Mount, type Word } from "../dockerfile/instruction.ts";
import { expand } from "../dockerfile/words.ts";
import { quoted } from "../text/quote.ts";
import type { Span } from "../text/range.ts";
import { imageNameError } from "./image-name.ts";

/**
 * What a name means at each place, as BuildKit's dockerfile2llb resolves it. The one file that knows the rules:
 *
 * - Stage names are stored lower-cased. FROM compares the expanded text *as written* with the names of the stages above;
 *   the latest wins.
 * - `COPY --from` takes a number as an index, else any stage's name in any letter case; of duplicates the file's last.
 *   A later or own stage is an error. Variables are not expanded.
 * - `RUN --mount=from=` takes names only; a number is an image. Variables are not expanded either.
 * - What stands behind ONBUILD runs in the stages of the file whose FROM names the stage, and means there what it would
 *   mean if it were written there.
 */

export type ReferenceKind = "from" | "copy" | "mount";

/** Why a reference cannot work. */
export type ReferenceError =
  /** `COPY --from` or a mount names the stage it stands in. */
  | "own-stage"
  /** It names a stage that is defined below. */
  | "later-stage"
  /** `COPY --from=9` where there is no stage 9. */
  | "index-out-of-range"
  /** `COPY --from=$X` or `RUN --mount=from=$X`. */
  | "variable";

/** What a reference means. */
export type Resolution =
  | { readonly kind: "stage"; readonly stage: number; readonly by: "name" | "index" }
  /** An external image or a named context: which of the two is known only at build time. */
  | { readonly kind: "image"; readonly image: string }
  | { readonly kind: "scratch" }
  /** `stage` is what it names, where it names one. */
  | { readonly kind: "error"; readonly error: ReferenceError; readonly stage: number | null }
  /** A base that is blank without build args from outside. */
  | { readonly kind: "unknown" };

/** A place that names a stage or an image. */
export interface Reference {
  readonly kind: ReferenceKind;
  /** Index of the stage it stands in. */
  readonly stage: number;
  /** The instruction of the file; for ONBUILD the ONBUILD. */
  readonly instruction: Instruction;
  /** Whether it stands behind ONBUILD: it is followed only by images built on this stage. */
  readonly onbuild: boolean;
  readonly mount: Mount | null;
  /** As written, quotes removed; for FROM before variables are expanded. */
  readonly text: string;
  /** What is written, quotes left out. */
  readonly span: Span;
  readonly target: Resolution;
}

/** One build stage. */
export interface Stage {
  readonly index: number;
  /** Lower-cased, as BuildKit stores it; `null` for a stage without (valid) name. */
  readonly name: string | null;
  /** The name as written, also if it is not valid. */
  readonly nameWord: Word | null;
  readonly from: Instruction;
  /** What FROM names; `null` while there is nothing behind FROM. */
  readonly base: Reference | null;
  /** The base with variables expanded to their defaults; `""` if that is blank. */
  readonly baseName: string;
  /** Without the FROM. */
  readonly instructions: readonly Instruction[];
  /** From FROM to the end of its last instruction. */
  readonly span: Span;
}

/** Something wrong with a FROM line itself, with BuildKit's wording. */
export interface StageProblem {
  readonly kind: "arguments" | "name" | "expansion" | "blank";
  readonly message: string;
  readonly span: Span;
  readonly stage: number;
}

export interface Stages {
  readonly stages: readonly Stage[];
  /** All references of all stages in file order, `FROM` included. */
  readonly references: readonly Reference[];
  /**
   * What ONBUILD of a stage brings into the stages whose FROM names it: copies of its references, each with the stage it
   * runs in and what it means there. Of very many some are left out.
   */
  readonly triggered: readonly Reference[];
  /** ARGs in front of the first FROM. */
  readonly globals: readonly Instruction[];
  /** Instructions other than ARG in front of the first FROM; BuildKit refuses them. */
  readonly strays: readonly Instruction[];
  readonly problems: readonly StageProblem[];
  /** For each name the index of the first stage that has it. */
  readonly firstByName: ReadonlyMap<string, number>;
  /** The default or override of a global ARG as FROM sees it; `undefined` where it has none. */
  readonly globalValues: ReadonlyMap<string, string | undefined>;
}

const validName = /^[a-z][a-z0-9\-_.]*$/;

/** Whether BuildKit takes `name`, in any letter case, as a stage's name. */
export function isValidStageName(name: string): boolean {
  return stageNameError(name) === null;
}

/** Why BuildKit refuses `name` as a stage's name. It looks for a named context of each, so it must be one of an image, too. */
function stageNameError(name: string): string | null {
  const lower = name.toLowerCase();
  if (!validName.test(lower))
    return `invalid name for build stage: ${JSON.stringify(name)}, name can't start with a number or contain symbols`;
  const error = imageNameError(lower);
  return error === null ? null : `invalid context name ${lower}: ${error}`;
}

/** Names that mean something else wherever a stage may be named; BuildKit's ReservedStageName. */
export const reservedNames: ReadonlySet<string> = new Set(["scratch", "context"]);

/**
 * Build args that exist without ARG for FROM, with the values of a plain `docker build` on Linux, amd64.
 * TARGETSTAGE is filled in by {@link resolveStages}.
 */
const automaticArgs: readonly (readonly [string, string])[] = [
  ["BUILDPLATFORM", "linux/amd64"],
  ["BUILDOS", "linux"],
  ["BUILDOSVERSION", ""],
  ["BUILDARCH", "amd64"],
  ["BUILDVARIANT", ""],
  ["TARGETPLATFORM", "linux/amd64"],
  ["TARGETOS", "linux"],
  ["TARGETOSVERSION", ""],
  ["TARGETARCH", "amd64"],
  ["TARGETVARIANT", ""],
];

/** Names of the build args BuildKit sets by itself; a stage sees them once it declares them. */
export const automaticArgNames: ReadonlySet<string> = new Set([...automaticArgs.map(([name]) => name), "TARGETSTAGE"]);

/** Finds stages and says what each reference means. Never throws. */
export function resolveStages(dockerfile: Dockerfile): Stages {
  const globals: Instruction[] = [];
  const strays: Instruction[] = [];
  const problems: StageProblem[] = [];
  const groups: { from: Instruction; instructions: Instruction[] }[] = [];
  for (const instruction of dockerfile.instructions) {
    const group = groups.at(-1);
    if (instruction.keyword === "FROM") groups.push({ from: instruction, instructions: [] });
    else if (group) group.instructions.push(instruction);
    else if (instruction.keyword === "ARG") globals.push(instruction);
    else strays.push(instruction);
  }

  const names = groups.map(({ from }) => stageName(from));
  const lastName = names.at(-1)?.name ?? null;
  const globalValues = evaluateGlobals(globals, lastName, dockerfile.escape);
  const env = (name: string) => globalValues.get(name);

  // Names to stages: of the file so far while FROM lines are read in order, of the whole file afterwards.
  const byName = new Map<string, number>();
  const firstByName = new Map<string, number>();
  const stages: Stage[] = [];
  const bases: (Reference | null)[] = [];
  groups.forEach(({ from, instructions }, index) => {
    const { name, word, problem } = names[index]!;
    if (problem) problems.push({ ...problem, stage: index });
    const baseWord = from.args[0];
    let base: Reference | null = null;
    let baseName = "";
    if (baseWord) {
      const expansion = expand(baseWord.text, env, { escape: dockerfile.escape });
      baseName = expansion.value;
      if (expansion.error !== null) {
        const message = `failed to process ${quoted(baseWord.text)}: ${expansion.error}`;
        problems.push({ kind: "expansion", message, span: baseWord.span, stage: index });
      } else if (baseName === "") {
        const message = `base name (${baseWord.text}) should not be blank`;
        problems.push({ kind: "blank", message, span: baseWord.span, stage: index });
      }
      const earlier = byName.get(baseName);
      const target: Resolution =
        baseName === ""
          ? { kind: "unknown" }
          : earlier !== undefined
            ? { kind: "stage", stage: earlier, by: "name" }
            : baseName === "scratch"
              ? { kind: "scratch" }
              : { kind: "image", image: baseName };
      base = {
        kind: "from",
        stage: index,
        instruction: from,
        onbuild: false,
        mount: null,
        text: baseWord.text,
        span: baseWord.span,
        target,
      };
    }
    if (name !== null) {
      if (!byName.has(name)) firstByName.set(name, index);
      byName.set(name, index);
    }
    bases.push(base);
    const end = (instructions.at(-1) ?? from).span.end;
    const span = { start: from.span.start, end };
    stages.push({ index, name, nameWord: word, from, base, baseName, instructions, span });
  });

  const references: Reference[] = [];
  // BuildKit appends images that COPY and mounts name to its list of stages, so that a later index may hit one.
  const states: (number | string)[] = stages.map(({ index }) => index);
  const lookUp = (text: string, stage: number): Resolution => {
    const found = byName.get(text.toLowerCase());
    if (found !== undefined) return inOrder(found, stage, "name");
    return text === "scratch" ? { kind: "scratch" } : { kind: "image", image: text };
  };
  for (const stage of stages) {
    const base = bases[stage.index];
    if (base) references.push(base);
    for (const instruction of stage.instructions) {
      const inner = instruction.trigger ?? instruction;
      const onbuild = instruction.trigger !== null;
      if (inner.keyword === "COPY") {
        for (const flag of inner.flags) {
          if (flag.name !== "from" || flag.value === null || flag.valueSpan === null || flag.value === "") continue;
          const target = resolveCopyFrom(flag.value, stage.index, states, lookUp);
          if (!onbuild && target.kind === "image") states.push(target.image);
          const span = withoutQuotes(dockerfile.text, flag.valueSpan, flag.value);
          references.push({
            kind: "copy",
            stage: stage.index,
            instruction,
            onbuild,
            mount: null,
            text: flag.value,
            span,
            target,
          });
        }
      } else if (inner.keyword === "RUN") {
        for (const mount of inner.mounts) {
          // BuildKit does not look at the type here, which may hold a variable.
          if (!mount.from || mount.from.text === "") continue;
          const target = resolveMountFrom(mount.from.text, stage.index, lookUp);
          if (!onbuild && target.kind === "image") states.push(target.image);
          const { text, span } = mount.from;
          references.push({ kind: "mount", stage: stage.index, instruction, onbuild, mount, text, span, target });
        }
      }
    }
  }
  const triggered = runTriggers(stages, references, (reference, stage) =>
    reference.kind === "mount"
      ? resolveMountFrom(reference.text, stage, lookUp)
      : resolveCopyFrom(reference.text, stage, states, lookUp),
  );
  return { stages, references, triggered, globals, strays, problems, firstByName, globalValues };
}

/** Many stages on one with many triggers make a number that nobody wrote by hand. */
const mostTriggered = 100_000;

function runTriggers(
  stages: readonly Stage[],
  references: readonly Reference[],
  resolve: (reference: Reference, stage: number) => Resolution,
): Reference[] {
  const triggers = new Map<number, Reference[]>();
  for (const reference of references) {
    if (!reference.onbuild) continue;
    const others = triggers.get(reference.stage);
    if (others) others.push(reference);
    else triggers.set(reference.stage, [reference]);
  }
  const triggered: Reference[] = [];
  if (triggers.size === 0) return triggered;
  for (const { index, base } of stages) {
    const found = base?.target.kind === "stage" ? triggers.get(base.target.stage) : undefined;
    for (const reference of found ?? []) {
      if (triggered.length === mostTriggered) return triggered;
      triggered.push({ ...reference, stage: index, onbuild: false, target: resolve(reference, index) });
    }
  }
  return triggered;
}

/** The parser refuses a `$` with a character behind it, before anything is known about types of mounts. */
function resolveMountFrom(
  text: string,
  stage: number,
  lookUp: (text: string, stage: number) => Resolution,
): Resolution {
  return /\$./.test(text) ? { kind: "error", error: "variable", stage: null } : lookUp(text, stage);
}

function resolveCopyFrom(
  text: string,
  stage: number,
  states: readonly (number | string)[],
  lookUp: (text: string, stage: number) => Resolution,
): Resolution {
  const expansion = expand(text);
  if (expansion.error !== null || expansion.value !== text) return { kind: "error", error: "variable", stage: null };
  // More digits than Go's int holds are no number.
  if (!/^[+-]?0*\d{1,18}$/.test(text)) return lookUp(text, stage);
  const found = states[Number(text)];
  if (found === undefined || Number(text) < 0) return { kind: "error", error: "index-out-of-range", stage: null };
  return typeof found === "string" ? { kind: "image", image: found } : inOrder(found, stage, "index");
}

function inOrder(found: number, stage: number, by: "name" | "index"): Resolution {
  if (found === stage) return { kind: "error", error: "own-stage", stage: found };
  if (found > stage) return { kind: "error", error: "later-stage", stage: found };
  return { kind: "stage", stage: found, by };
}

interface StageName {
  readonly name: string | null;
  readonly word: Word | null;
  readonly problem: Omit<StageProblem, "stage"> | null;
}

function stageName(from: Instruction): StageName {
  const { args } = from;
  if (args.length === 1) return { name: null, word: null, problem: null };
  const word = args.length >= 3 && args[1]!.text.toLowerCase() === "as" ? args[2]! : null;
  if (args.length !== 3 || !word) {
    const span = args.length > 0 ? from.headSpan : from.keywordSpan;
    return {
      name: null,
      word,
      problem: { kind: "arguments", message: "FROM requires either one or three arguments", span },
    };
  }
  const message = stageNameError(word.text);
  const name = word.text.toLowerCase();
  return {
    name: validName.test(name) ? name : null,
    word,
    problem: message === null ? null : { kind: "name", message, span: word.span },
  };
}

function evaluateGlobals(
  globals: readonly Instruction[],
  target: string | null,
  escape: string,
): Map<string, string | undefined> {
  const values = new Map<string, string | undefined>(automaticArgs);
  // BuildKit calls the target `default` where the last stage has no name.
  values.set("TARGETSTAGE", target ?? "default");
  for (const { pairs } of globals) {
    for (const { key, value } of pairs) {
      if (value === null) {
        if (!values.has(key)) values.set(key, undefined);
      } else values.set(key, expand(value, (name) => values.get(name), { escape }).value);
    }
  }
  return values;
}

/** The part of a flag's value between its quotes, so that an edit keeps them. */
function withoutQuotes(text: string, span: Span, value: string): Span {
  const at = text.slice(span.start, span.end).indexOf(value);
  const start = span.start + at;
  return at >= 0 ? { start, end: start + value.length } : span;
}
