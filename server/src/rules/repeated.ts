import type { Rule } from "./rule.ts";

/** Rules whose findings the engine of Container Tools always reports, too, at the same place. */
const shownByContainerTools: ReadonlySet<string> = new Set([
  "UnknownInstruction",
  "NoBuildStage",
  "NoEmptyContinuation",
  "DuplicateStageName",
  "MaintainerDeprecated",
  "WorkdirRelativePath",
]);

/** Which rules a tool beside us makes superfluous, by the tool's name in the protocol. */
const repeats: ReadonlyMap<string, (rule: Rule) => boolean> = new Map([
  ["containers", ({ id }) => shownByContainerTools.has(id)],
  // It shows what `docker build --check` says. Of errors it shows the first of a file alone, and none without an engine.
  ["docker-dx", ({ buildkit }) => buildkit !== undefined],
]);

/** The names of the rules whose findings at least one of the tools shows already. */
export function repeatedRules(rules: readonly Rule[], tools: readonly string[]): ReadonlySet<string> {
  return new Set(rules.filter((rule) => tools.some((tool) => repeats.get(tool)?.(rule) === true)).map(({ id }) => id));
}
