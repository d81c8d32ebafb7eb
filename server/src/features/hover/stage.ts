import type { Instruction } from "../../dockerfile/instruction.ts";
import { describeImage } from "../../images/describe.ts";
import { contextPaths } from "../../stages/causes.ts";
import { stageLabel } from "../../stages/describe.ts";
import { baseChain, referencedStage } from "../../stages/graph.ts";
import { mainTask, type RoleOfStage, roleOf, type StageRole } from "../../stages/role.ts";
import type { Task } from "../../stages/tasks.ts";
import type { Reference, Stage } from "../../stages/resolve.ts";
import type { FoundBuild } from "../../workspace/mentions.ts";
import { code, commentLines, cut, escapeMarkdown, list } from "../markdown.ts";
import { transferOf } from "../../stages/transfer.ts";
import { bullets, type HoverContext, lineOf, linked, paragraphs, stageCode, useLabel } from "./context.ts";
import { imageHover } from "./image.ts";

/** What a stage is, and what it has to do with the others. */
export function stageHover(context: HoverContext, stage: Stage): string {
  const { index, name, from } = stage;
  const line = lineOf(context, from.span.start);
  const title =
    name === null ? `**Stage ${index}** (no name), ${line}` : `**Stage** ${code(name)}, index ${index}, ${line}`;
  return paragraphs([
    title,
    description(context, from, name),
    chain(context, stage),
    bullets([
      role(context, stage),
      platform(context, stage),
      builtWhen(context, stage),
      builtBy(context, stage),
      usedBy(context, stage),
      copiedOut(context, stage),
      copiedIn(context, stage),
      settings(context, stage),
    ]),
  ]);
}

/**
 * The comment above an instruction. BuildKit takes the line that begins with the name for the description; without one it is
 * all of the comment that describes.
 */
export function description({ analysis }: HoverContext, instruction: Instruction, name: string | null): string {
  const { comment } = instruction;
  if (!comment) return "";
  const lines = commentLines(analysis.text.slice(comment.start, comment.end));
  const own = name === null ? undefined : lines.find((text) => text.startsWith(`${name} `));
  // What stands above an ARG is often about all that follows.
  if (own === undefined && instruction.keyword === "ARG") return "";
  if (own !== undefined) return escapeMarkdown(cut(own.slice(name!.length).trim(), 200));
  const shown = lines.slice(0, 3).map((text) => escapeMarkdown(cut(text, 200)));
  return shown.join("  \n") + (lines.length > 3 ? " …" : "");
}

/** `` `app` ← `build` ← `node:20` `` */
function chain({ analysis }: HoverContext, stage: Stage): string {
  const names = baseChain(analysis.stages, stage.index).map((at) => analysis.stages[at]!);
  const root = names.at(-1)!;
  const parts = names.map((at) => stageCode(at));
  if (root.base?.target.kind === "unknown") parts.push(code(root.base.text));
  else if (root.baseName !== "") parts.push(code(root.baseName));
  // A long chain is cut in the middle: its ends tell most.
  if (parts.length > 6) parts.splice(3, parts.length - 5, "…");
  return parts.join(" ← ");
}

const roles: Readonly<Record<StageRole, string>> = {
  dependencies: "dependencies",
  build: "build",
  test: "test",
  tools: "tools",
  base: "base of other stages",
  files: "passes files on",
  runtime: "runtime",
};

/** What a command does, with the first of what it does it to. */
export function taskText({ what, names }: Task, most: number): string {
  const unique = [...new Set(names)];
  if (unique.length === 0) return what.replace(/:$/, "");
  return `${what} ${list(
    unique.map((name) => code(name, 50)),
    most,
  )}`;
}

/** What the stage is for, and how that shows. */
function role(context: HoverContext, stage: Stage): string | null {
  const found = roleOf(context.analysis, stage);
  if (!found) return null;
  const { reason } = found;
  const task = reason.kind === "command" ? reason : mainTask(context.analysis, stage, found.role);
  const done = task && `${lineOf(context, task.instruction.span.start)} ${taskText(task.task, 2)}`;
  const shows = [reason.kind === "command" ? null : because(context, found), done].filter((part) => part !== null);
  return `Role: ${roles[found.role]} (${shows.join("; ")})`;
}

function because(context: HoverContext, { role: what, reason }: RoleOfStage): string | null {
  switch (reason.kind) {
    case "name":
      return "by its name";
    case "command":
      return null;
    case "last":
      return what === "files" ? "the last stage, with nothing but files" : "the last stage";
    case "start":
      return `starts a program on ${lineOf(context, reason.instruction.span.start)}`;
    case "uses":
      return what === "base" ? "others begin with FROM it" : "others copy from it";
  }
}

/** The nearest `--platform` in the chain. */
function platform({ analysis }: HoverContext, stage: Stage): string | null {
  for (const index of baseChain(analysis.stages, stage.index)) {
    const flag = analysis.stages[index]!.from.flags.find(({ name }) => name === "platform");
    const value = flag?.value ?? "";
    if (value === "") continue;
    const owner = index === stage.index ? "" : ` (by stage ${stageCode(analysis.stages[index]!)})`;
    if (/^\$\{?BUILDPLATFORM\}?$/.test(value)) return `Runs on the platform of the machine that builds${owner}`;
    if (/^\$\{?TARGETPLATFORM\}?$/.test(value)) return null;
    return `Platform ${code(value)}${owner}`;
  }
  return null;
}

function builtWhen({ analysis }: HoverContext, { index, name }: Stage): string {
  const { graph } = analysis;
  if (index === graph.target) return "Built by default: it is the last stage.";
  if (graph.needed[index]!) return "Needed by the default build.";
  const others = graph.dependents[index]!.some(({ stage, onbuild }) => stage !== index && !onbuild);
  // BuildKit finds a target by name alone.
  if (name === null)
    return others
      ? "Built only for a target that needs it."
      : "Never built: nothing needs it, and it has no name for a target.";
  const only = `Built only with ${code(`--target ${name}`)}`;
  return others ? `${only}, or for a target that needs it.` : `${only}.`;
}

/** The files beside the Dockerfile that build this very stage. */
function builtBy({ analysis, neighbours, uri }: HoverContext, { index, name }: Stage): string | null {
  const found = neighbours.builds.filter(({ mention }) =>
    mention.target ? name !== null && mention.target.text.toLowerCase() === name : index === analysis.graph.target,
  );
  return found.length === 0 ? null : `Built by ${list(found.map((build) => buildLabel(build, uri !== null)))}`;
}

const mentionWords: Readonly<Record<FoundBuild["mention"]["kind"], string>> = {
  compose: "service",
  bake: "target",
  workflow: "step",
  devcontainer: "",
  script: "",
  make: "rule",
  package: "script",
};

/** `docker-bake.hcl: target app` */
export function buildLabel({ file, mention }: FoundBuild, links: boolean): string {
  const { kind, name } = mention;
  const what = name === "" ? "" : `: ${mentionWords[kind] === "" ? "" : `${mentionWords[kind]} `}${cut(name, 60)}`;
  const at = mention.target ?? mention;
  return linked(escapeMarkdown(file.path + what), links ? file.uri : null, file.lines, at.span.start);
}

function usedBy(context: HoverContext, stage: Stage): string | null {
  const { analysis } = context;
  const byStage = new Map<number, Map<string, string[]>>();
  for (const reference of analysis.graph.dependents[stage.index]!) {
    const uses = entry(byStage, reference.stage, () => new Map<string, string[]>());
    entry(uses, useLabel(reference), () => []).push(lineOf(context, reference.span.start));
  }
  if (byStage.size === 0) return stage.index === analysis.graph.target ? null : "No other stage uses it.";
  const users = [...byStage].map(([index, uses]) => {
    const ways = [...uses].map(([label, lines]) => `${label} on ${list(lines, 3)}`);
    return `${stageCode(analysis.stages[index]!)} (${ways.join("; ")})`;
  });
  return `Used by ${list(users)}`;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function copiedOut({ analysis }: HoverContext, { index }: Stage): string | null {
  const paths = new Set<string>();
  for (const reference of analysis.graph.dependents[index]!)
    for (const path of transferOf(reference).sources) paths.add(path);
  return paths.size === 0
    ? null
    : `Copied out: ${list(
        [...paths].map((path) => code(path)),
        5,
      )}`;
}

function copiedIn({ analysis }: HoverContext, stage: Stage): string | null {
  const bySource = new Map<string, string[]>();
  for (const instruction of stage.instructions) {
    const paths = contextPaths(instruction);
    if (paths.length > 0) entry(bySource, "the build context", () => []).push(...paths);
  }
  for (const reference of analysis.references) {
    if (reference.stage !== stage.index || reference.kind === "from" || reference.onbuild) continue;
    const index = referencedStage(reference);
    const source = index === null ? reference.text : stageLabel(analysis.stages[index]!);
    const { sources } = transferOf(reference);
    if (sources.length > 0) entry(bySource, code(source), () => []).push(...sources);
  }
  const parts = [...bySource].map(([source, paths]) => {
    const shown = [...new Set(paths)].map((path) => code(path));
    return `${list(shown, 3)} from ${source}`;
  });
  return parts.length === 0 ? null : `Copied in: ${list(parts, 4, "; ")}`;
}

/** What a container of the stage starts with, as far as this file and the image's name say so. */
function settings({ analysis }: HoverContext, stage: Stage): string | null {
  const { values, stages } = analysis;
  let user: string | null = null;
  let shell: string | null = null;
  let folder: string | null = null;
  let entrypoint: string | null = null;
  let command: string | null = null;
  const ports: string[] = [];
  const rest = ({ line, argsStart }: Instruction) => line.text.slice(argsStart).trim();
  const ownUsers = (): string | null => {
    const root = analysis.roots[stage.index];
    const known = root?.kind === "image" ? describeImage(root.image).user : null;
    return known === null ? null : `${known} (the image's)`;
  };
  for (const index of baseChain(stages, stage.index).toReversed()) {
    let commandHere = false;
    for (const instruction of stages[index]!.instructions) {
      const expanded = (): string =>
        values.expand(index, rest(instruction), instruction.span.start) ?? rest(instruction);
      switch (instruction.keyword) {
        case "USER":
          user = expanded();
          break;
        case "SHELL":
          shell = rest(instruction);
          break;
        case "WORKDIR":
          folder = join(folder, expanded());
          break;
        case "EXPOSE":
          for (const { text } of instruction.args) if (!ports.includes(text)) ports.push(text);
          break;
        case "ENTRYPOINT":
          entrypoint = rest(instruction);
          // As BuildKit does: an ENTRYPOINT drops a CMD that comes from the base.
          if (!commandHere) command = null;
          break;
        case "CMD":
          command = rest(instruction);
          commandHere = true;
          break;
        default:
      }
    }
  }
  const parts: string[] = [];
  const add = (keyword: string, value: string | null): void => {
    if (value !== null && value !== "") parts.push(code(`${keyword} ${value}`));
  };
  add("USER", user ?? ownUsers());
  add("WORKDIR", folder);
  add("SHELL", shell);
  add("EXPOSE", ports.length > 0 ? ports.join(" ") : null);
  add("ENTRYPOINT", entrypoint);
  add("CMD", command);
  return parts.length === 0 ? null : `At its end: ${parts.join(" · ")}`;
}

/** A WORKDIR is relative to the one before. */
function join(folder: string | null, next: string): string {
  if (folder === null || /^(?:["']?[/$\\]|[A-Za-z]:)/.test(next)) return next;
  return `${folder.replace(/\/+$/, "")}/${next.replace(/^\.\//, "")}`;
}

/** The stage or image that a reference names, or why it names none. */
export function referenceHover(context: HoverContext, reference: Reference): string {
  const { analysis } = context;
  const { target, kind, text } = reference;
  switch (target.kind) {
    case "stage":
      return stageHover(context, analysis.stages[target.stage]!);
    case "image":
      return imageHover(context, reference, target.image);
    case "scratch":
      return "`scratch` is an empty image: no files, no shell.";
    case "unknown":
      return `${code(text)} is empty unless a build arg sets it.`;
    case "error": {
      const written = code(kind === "copy" ? `--from=${text}` : `from=${text}`);
      const stage = target.stage === null ? null : analysis.stages[target.stage]!;
      if (reference.onbuild && target.error !== "variable")
        return `${written} is looked up in the build that runs this ${code("ONBUILD")}, among the stages of its file.`;
      switch (target.error) {
        case "own-stage":
          return `${written} names the stage it stands in. Only stages above it can be used.`;
        case "later-stage":
          return `${written} names ${stageCode(stage!)}, which is defined below, on ${lineOf(context, stage!.span.start)}. Only stages above can be used.`;
        case "index-out-of-range": {
          const last = analysis.stages.length - 1;
          return `${written}: this file has no stage with that index. Its stages are 0 to ${last}.`;
        }
        case "variable":
          return `${written}: variables are not expanded here. ${code(`FROM ${text} AS name`)} above gives the image a name that can be used.`;
      }
    }
  }
}

/** What a reference with a variable in it comes down to. */
export function meaningOf({ analysis }: HoverContext, { target }: Reference): string | null {
  if (target.kind === "stage") return `Here: stage ${stageCode(analysis.stages[target.stage]!)}`;
  return target.kind === "image" ? `Here: the image ${code(target.image)}` : null;
}
