import { atMost, joined } from "../../text/list.ts";
import { toolchainOf } from "../../images/roles.ts";
import { copyTarget } from "../../stages/copies.ts";
import { isInside } from "../../text/paths.ts";
import { stageName } from "./ecosystems/c/stage.ts";
import { installedPackages } from "./roles.ts";
import type { Split } from "./plan.ts";
import { commandSource, shorten } from "./unsure.ts";

/** What a split did, in plain sentences: what moved, what is copied, what no longer ships. */
export function summarize(split: Split): string[] {
  const { choice, shared, builderName, runtimeName } = split;
  const commands = buildCommands(split);
  const copied = [...new Set(choice.crossings.map(({ value, to }) => (to === null ? value : `${value} (to ${to})`)))];
  const gone = leftOut(split);
  const sentences: string[] = [];
  if (shared) sentences.push(`Stage '${shared.name}' sets up what both other stages need.`);
  if (commands.length > 0) sentences.push(`Stage '${builderName}' runs ${listed(commands, 4, "commands")}.`);
  if (choice.crossings.some(({ value }) => value === stageName))
    sentences.push(`It installs once more, into ${stageName}: what the install brings is known there.`);
  sentences.push(`Stage '${runtimeName}' starts from ${shared ? `'${shared.name}'` : choice.base}: ${choice.detail}.`);
  if (copied.length > 0) sentences.push(`It copies ${listed(copied, 6, "paths")} from the builder.`);
  if (gone.length > 0) sentences.push(`The image no longer ships ${listed(gone, 8, "things")}.`);
  return sentences;
}

/** The commands of the build, as far as they are known. */
function buildCommands({ facts, role, sides }: Split): string[] {
  const commands = facts.steps.flatMap(({ calls, index }) => {
    const { kind } = sides[index]!;
    if (kind !== "builder" && kind !== "both") return [];
    return calls.flatMap((call) => (role(call).kind === "step" ? [`\`${shorten(commandSource(facts, call))}\``] : []));
  });
  return [...new Set(commands)];
}

/** What only the builder has: a toolchain, packages, sources. */
function leftOut({ facts, role, choice, sides, boundary }: Split): string[] {
  const gone: string[] = [];
  const toolchain = choice.strategy === "same" ? null : toolchainOf(facts.image);
  if (toolchain) gone.push(toolchain.what);
  const isGone = (name: string): boolean =>
    !choice.keepsPackage(name) || choice.replacements?.get(name)?.includes(name) === false;
  const packages = [...installedPackages(facts, role)].filter(isGone);
  gone.push(...packages.map((name) => `the package ${name}`));
  const isCopied = (path: string): boolean => choice.crossings.some(({ value }) => isInside(value, path));
  const hasSources = facts.steps.some((step) => {
    const { keyword, flags } = step.instruction;
    if ((keyword !== "COPY" && keyword !== "ADD") || step.index > boundary || sides[step.index]!.kind !== "builder")
      return false;
    const target = copyTarget(step);
    return !flags.some(({ name }) => name === "from") && target !== null && !isCopied(target.path);
  });
  if (hasSources) gone.push("the sources");
  return gone;
}

function listed(items: readonly string[], most: number, what: string): string {
  return joined(
    atMost(most, items, (count) => `${count} more ${what}`),
    "and",
  );
}
