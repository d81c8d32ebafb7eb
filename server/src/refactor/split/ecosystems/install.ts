import { distributionOf, runtimeLibrary } from "../../../images/libraries.ts";
import { packageName } from "../../../stages/packages.ts";
import type { Call } from "../../../stages/calls.ts";
import type { Facts } from "../facts.ts";
import { installedPackages, type RoleOf } from "../roles.ts";

/** Lines that install packages in the runtime stage, whatever user the build leaves; none for no packages. */
export function installLines(
  { steps }: Facts,
  role: RoleOf,
  system: "alpine" | "debian",
  packages: readonly string[],
): string[] {
  if (packages.length === 0) return [];
  const names = packages.join(" ");
  const line =
    system === "alpine"
      ? `RUN apk add --no-cache ${names}`
      : `RUN apt-get update && apt-get install -y --no-install-recommends ${names} && rm -rf /var/lib/apt/lists/*`;
  const user = steps.findLast(({ calls }) => calls.some((call) => role(call).kind === "step"))?.user ?? null;
  return user === null || user === "root" || user === "0" ? [line] : ["USER root", line, `USER ${user}`];
}

/** Names in a sentence: `git, curl or wget`. */
export function either(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)!}`;
}

/** The libraries in place of packages with their headers, as far as their names are certain: all others stay as they are. */
export function libraryReplacements(facts: Facts, role: RoleOf): ReadonlyMap<string, readonly string[]> {
  const distribution = distributionOf(facts.image);
  const replacements = new Map<string, readonly string[]>();
  if (!distribution) return replacements;
  for (const name of installedPackages(facts, role)) {
    const libraries = runtimeLibrary(packageName(name), distribution.manager, distribution.release);
    if (libraries) replacements.set(name, libraries);
  }
  return replacements;
}

const nodeSources = /nodesource\.com|dl\.yarnpkg\.com/;

/** Whether a command tells the package manager where Node.js or Yarn come from, alone or as a part of a pipe. */
export function isNodeSource(call: Call, { steps }: Facts): boolean {
  const mentions = ({ args }: Call): boolean => args.some((arg) => nodeSources.test(arg));
  if (mentions(call)) return true;
  if (call.command.separator !== "|") return false;
  const calls = steps.find((step) => step.calls.includes(call))?.calls ?? [];
  let at = calls.indexOf(call);
  while (at > 0 && calls[at]!.command.separator === "|") at--;
  const first = calls[at];
  return first !== undefined && mentions(first);
}
