import type { Instruction } from "../../dockerfile/instruction.ts";
import type { ShellCommand } from "../../dockerfile/shell.ts";
import { expand } from "../../dockerfile/words.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { baseChain } from "../../stages/graph.ts";
import { type Call, readCalls } from "../../stages/calls.ts";
import type { Stage } from "../../stages/resolve.ts";
import { readHealthcheck, readStart, type Started } from "../../stages/start.ts";
import { type Image, isOfficial, type OfficialImage, parseImage } from "../../images/image.ts";
import { copyTarget } from "../../stages/copies.ts";
import { matchesName, namesOf, readSource } from "../../text/name-pattern.ts";
import { type Place, resolvePath } from "../../text/paths.ts";

/** An instruction of the stage and what holds where it stands. */
export interface Step {
  readonly instruction: Instruction;
  readonly index: number;
  /** The working directory before it; `null` where it cannot be told. */
  readonly cwd: Place | null;
  /** The user before it; `null` for the image's own. */
  readonly user: string | null;
  /** Variables of ENV and ARG before it. */
  readonly env: (name: string) => string | undefined;
  /** Commands of RUN, in order. */
  readonly calls: readonly Call[];
  /** Whether a shell reads it that this project does not read. */
  readonly opaque: boolean;
}

/** A single-stage file, taken apart for the split. */
export interface Facts {
  readonly analysis: Analysis;
  readonly stage: Stage;
  /** The image that the stage is built on in the end, as FROM means it without build args from outside. */
  readonly image: Image;
  /** The base as written: the name of a stage where the stage is built on one. */
  readonly rawImage: Image;
  /** What is known about the base; `null` where it is none that an ecosystem knows. */
  readonly official: OfficialImage | null;
  readonly steps: readonly Step[];
  /** The working directory of the container; `null` where it cannot be told. */
  readonly cwd: Place | null;
  /** The user of the container; `null` for the image's own. */
  readonly user: string | null;
  readonly env: (name: string) => string | undefined;
  /** What ENTRYPOINT and CMD start together; `null` where the file has neither. */
  readonly start: Started | null;
  readonly entrypoint: Instruction | null;
  readonly cmd: Instruction | null;
  readonly healthcheck: Started | null;
  /**
   * The files of the build context that say how the project is built, text by the absolute path that the stage copies them
   * to: `/app/package.json`. Empty where the files beside the Dockerfile are not known. Lock files have the text `""`.
   */
  readonly project: ReadonlyMap<string, string>;
}

export function readFacts(
  analysis: Analysis,
  stage: Stage,
  images: readonly OfficialImage[],
  project: ReadonlyMap<string, string>,
): Facts {
  const { escape } = analysis.dockerfile;
  const root = analysis.roots[stage.index];
  const image = parseImage(root?.kind === "image" ? root.image : stage.baseName);
  const official =
    images.find(({ folder, name }) =>
      folder === undefined ? isOfficial(image, name) : image.folder === folder && image.name === name,
    ) ?? null;
  let cwd: Place | null = official && { value: official.workdir, text: official.workdir };
  let user: string | null = null;
  // Values by name, each with the index of the instruction behind which it holds.
  const values = new Map<string, { readonly after: number; readonly value: string }[]>();
  const fromEnv = new Set<string>();
  const set = (name: string, after: number, value: string): void => {
    const known = values.get(name);
    if (known) known.push({ after, value });
    else values.set(name, [{ after, value }]);
  };
  const seenAt =
    (index: number) =>
    (name: string): string | undefined =>
      values.get(name)?.findLast(({ after }) => after < index)?.value;
  for (const [name, value] of Object.entries(official?.environment ?? {})) set(name, -1, value);
  const steps: Step[] = [];
  let entrypoint: Instruction | null = null;
  let cmd: Instruction | null = null;
  let healthcheck: Instruction | null = null;

  /** What an instruction changes for those behind it. */
  const follow = (instruction: Instruction, index: number, env: Step["env"]): void => {
    const value = (text: string): string => expand(text, env, { escape }).value;
    switch (instruction.keyword) {
      case "ARG":
        for (const pair of instruction.pairs) {
          const global = analysis.model.globalValues.get(pair.key);
          const given = pair.value === null ? global : value(pair.value);
          if (given !== undefined && !fromEnv.has(pair.key)) set(pair.key, index, given);
        }
        break;
      case "ENV":
        for (const { key, value: text } of instruction.pairs) {
          set(key, index, text === null ? "" : value(text));
          fromEnv.add(key);
        }
        break;
      case "WORKDIR":
        cwd = changeDirectory(cwd, instruction.args[0]?.text ?? "", env, escape);
        break;
      case "USER":
        user = instruction.args[0]?.text ?? null;
        break;
      case "ENTRYPOINT":
        entrypoint = instruction;
        break;
      case "CMD":
        cmd = instruction;
        break;
      case "HEALTHCHECK":
        healthcheck = instruction;
        break;
      default:
    }
  };
  // What the stages below set holds when this one begins.
  const inherited: Step[] = [];
  for (const below of baseChain(analysis.stages, stage.index).slice(1).toReversed()) {
    for (const instruction of analysis.stages[below]!.instructions) {
      const env = seenAt(0);
      inherited.push({ instruction, index: -1, cwd, user, env, calls: [], opaque: false });
      follow(instruction, -1, env);
    }
  }
  stage.instructions.forEach((instruction, index) => {
    const env = seenAt(index);
    const isRun = instruction.keyword === "RUN";
    const calls = isRun ? readCalls(analysis, instruction, { cwd: cwd?.value ?? null, user, env }) : [];
    steps.push({ instruction, index, cwd, user, env, calls, opaque: isRun && isOpaque(analysis, instruction) });
    follow(instruction, index, env);
  });

  const env = seenAt(stage.instructions.length);
  return {
    analysis,
    stage,
    image,
    rawImage: parseImage(stage.base?.text ?? ""),
    official,
    steps,
    cwd,
    user,
    env,
    start: readStart(analysis, entrypoint, cmd),
    entrypoint,
    cmd,
    healthcheck: readHealthcheck(analysis, healthcheck),
    project: copiedProject([...inherited, ...steps], project),
  };
}

/** The text that decides about a stage: what stands in front of the first FROM, what it is built on, and its own. */
export function textOf({ analysis, stage }: Facts): string {
  const { stages, text } = analysis;
  const chain = baseChain(stages, stage.index).toReversed();
  const parts = chain.map((index) => text.slice(stages[index]!.span.start, stages[index]!.span.end));
  return [text.slice(0, stages[0]!.span.start), ...parts].join("\n");
}

/** Where the stage copies files of the build context to. */
function copiedProject(steps: readonly Step[], files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const copied = new Map<string, string>();
  if (files.size === 0) return copied;
  for (const step of steps) {
    const { keyword, args, flags } = step.instruction;
    if ((keyword !== "COPY" && keyword !== "ADD") || flags.some(({ name }) => name === "from")) continue;
    const target = copyTarget(step);
    if (!target) continue;
    for (const { text } of args.slice(0, -1)) {
      const source = readSource(expand(text, step.env).value);
      for (const [name, content] of files) {
        const names = namesOf(name);
        if (source.length > names.length || !source.every((pattern, i) => matchesName(pattern, names[i]!))) continue;
        // Of a folder the contents are copied.
        const inside = names.slice(source.length);
        const landed = inside.length > 0 ? inside.join("/") : target.into ? names.at(-1)! : ".";
        copied.set(resolvePath(target.path, landed), content);
      }
    }
  }
  return copied;
}

function changeDirectory(
  cwd: Place | null,
  text: string,
  env: (name: string) => string | undefined,
  escape: string,
): Place | null {
  const expansion = expand(text, env, { escape });
  const { value } = expansion;
  if (expansion.error !== null || value === "" || expansion.uses.some(({ set, modifier }) => !set && modifier === ""))
    return null;
  const plain = /^[\w$.{}/-]+$/.test(text) && text.includes("$");
  if (value.startsWith("/")) {
    const clean = resolvePath("/", value);
    return { value: clean, text: plain ? text : clean };
  }
  if (!cwd) return null;
  const clean = resolvePath(cwd.value, value);
  if (!plain && cwd.text === cwd.value) return { value: clean, text: clean };
  return { value: clean, text: `${cwd.text === "/" ? "" : cwd.text}/${text.replace(/^\.\//, "")}` };
}

function isOpaque(analysis: Analysis, instruction: Instruction): boolean {
  if (instruction.json) return false;
  const script = analysis.script(instruction);
  return script.errors.length > 0 || (script.opaque && !script.commands.every(isReadable));
}

/** Whether a command runs no text that is not read here; what Rust's installer writes for shells sets PATH alone. */
function isReadable({ name, words }: ShellCommand): boolean {
  if (name === "." || name === "source") return /\/\.?cargo\/env$/.test(words[1]?.value ?? "");
  return (
    name !== "eval" &&
    !(
      ["export", "local", "declare", "typeset", "readonly"].includes(name) &&
      words.slice(1).some(({ text }) => /^["']?[$`]/.test(text))
    )
  );
}
