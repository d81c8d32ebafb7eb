import { ownerTools } from "./view-files.ts";
import type { Call } from "../../stages/calls.ts";
import { operandsOf } from "./commands.ts";
import type { Facts, Step } from "./facts.ts";
import type { RoleOf } from "./roles.ts";
import { commandSource, lineOf, place, shorten, Unsure } from "./unsure.ts";
import type { Part } from "./viewing.ts";

/** The commands of a RUN that the runtime stage needs, as a RUN of their own. */
export function extract(facts: Facts, step: Step, parts: readonly CallPart[], role: RoleOf): string {
  const { instruction } = step;
  if (instruction.json || instruction.mounts.some(({ type }) => type !== "cache")) {
    throw new Unsure(
      `RUN in ${place(instruction)} mixes what the build and what the program needs in a way that is not taken apart here.`,
    );
  }
  const hasPackages = parts.some(({ call, part }) => part.runtime !== null && role(call).kind === "packages");
  const texts: string[] = [];
  const pipelines = pipelinesOf(parts);
  const cd = pipelines.findIndex(([{ call }]) => call.name === "cd");
  pipelines.forEach((pipeline, i) => {
    const [{ call, part }] = pipeline;
    const found = role(call);
    const moved = cd >= 0 && cd < i;
    const update =
      found.kind === "packages" &&
      found.action === "other" &&
      call.args.some((arg) => /^(?:update|upgrade|dist-upgrade|full-upgrade|clean|autoclean)$/.test(arg));
    const cleans = found.kind === "cleanup" && call.args.some((arg) => /\/var\/(?:lib\/apt|cache)/.test(arg));
    const needed = pipeline.filter((each) => each.part.runtime !== null);
    if (needed.length === 0 && call.name !== "set" && !(hasPackages && (update || cleans))) return;
    const joined = [call.command, pipelines[i + 1]?.[0].call.command].some(
      (command) => command?.separator === "||" || command?.separator === "&",
    );
    const mixed = pipeline.length > 1 && pipeline.some((each) => each.part.builder && each.part.runtime === null);
    // The text for an owner names the workshop from the root.
    const isOwner = ownerTools.has(call.name) && part.runtime !== commandSource(facts, call);
    const strays = moved && found.kind === "files" && !isOwner && !isAnywhere(call);
    if (call.command.depth > 0 || joined || mixed || strays) {
      if (needed.length === 0) return;
      throw new Unsure(
        `\`${shorten(pipelineSource(facts, pipeline))}\` in ${lineOf(facts, call)} cannot be taken out of its RUN with certainty.`,
      );
    }
    const source = part.runtime ?? (cleans ? cachesRemoved(call) : commandSource(facts, call));
    texts.push(pipeline.length > 1 ? pipelineSource(facts, pipeline) : source);
  });
  const { escape } = facts.analysis.dockerfile;
  const breaks = (text: string): boolean =>
    text
      .split("\n")
      .slice(0, -1)
      .some((line) => !line.trimEnd().endsWith(escape));
  if (texts.some(breaks) || (instruction.heredocs.length > 0 && cd >= 0))
    throw new Unsure(`The commands of RUN in ${place(instruction)} cannot be taken apart with certainty.`);
  const flags = instruction.mounts
    .map(({ flag }) => `${facts.analysis.text.slice(flag.span.start, flag.span.end)} `)
    .join("");
  const line = `RUN ${flags}${texts.join(" && ")}`;
  if (line.length <= 100 && !line.includes("\n")) return line;
  return `RUN ${flags}${texts.join(` ${facts.analysis.dockerfile.escape}\n    && `)}`;
}

/** Whether a command names its files from the root, so that it does the same in any directory. */
function isAnywhere({ name, args, command, env }: Call): boolean {
  const written = command.redirects.every(
    ({ operator, target }) => !operator.includes(">") || isAbsolute(target?.value),
  );
  if (name === "echo" || name === "printf") return written;
  const operands = operandsOf(name, args);
  const named = (word: string): string =>
    word.replace(/^\$\{?(\w+)\}?/, (all, variable: string) => env(variable) ?? all);
  return written && (ownerTools.has(name) ? operands.slice(1) : operands).map(named).every(isAbsolute);
}

function isAbsolute(word: string | undefined): boolean {
  return word?.startsWith("/") === true;
}

/** A command that empties caches of package managers without what else it removes, which is the build's. */
function cachesRemoved({ program, words }: Call): string {
  const kept = words.filter(({ value }) => value.startsWith("-") || /^\/var\/(?:lib\/apt|cache)(?:\/|$)/.test(value));
  return [program, ...kept.map(({ text }) => text)].join(" ");
}

export interface CallPart {
  readonly call: Call;
  readonly part: Part;
}

type Pipeline = readonly [CallPart, ...CallPart[]];

/** Commands that hand their output on, together. */
function pipelinesOf(parts: readonly CallPart[]): Pipeline[] {
  const pipelines: [CallPart, ...CallPart[]][] = [];
  for (const each of parts) {
    if (each.call.command.separator === "|" && pipelines.length > 0) pipelines.at(-1)!.push(each);
    else pipelines.push([each]);
  }
  return pipelines;
}

function pipelineSource({ analysis }: Facts, pipeline: Pipeline): string {
  return analysis.text.slice(pipeline[0].call.command.span.start, pipeline.at(-1)!.call.command.span.end);
}
