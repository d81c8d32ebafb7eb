import type { BuildsAnswer, ProjectBuild } from "../../../server/src/protocol.ts";
import type { Remembered } from "./remembered.ts";

/** What other files of the project say about builds of a Dockerfile, and what follows from it for our own. */

export const noBuilds: BuildsAnswer = { builds: [], args: [] };

export function isBuildsAnswer(value: unknown): value is BuildsAnswer {
  if (typeof value !== "object" || value === null || !("builds" in value) || !("args" in value)) return false;
  return Array.isArray(value.builds) && Array.isArray(value.args);
}

/** A build context that files of the project name, with what they take beside it. */
export interface Source {
  readonly context: string;
  readonly contexts: Readonly<Record<string, string>>;
  /** The builds that have it. */
  readonly builds: readonly ProjectBuild[];
}

/** The different build contexts that are named, in the order of the files. */
export function sourcesOf({ builds }: BuildsAnswer): readonly Source[] {
  const groups = new Map<string, ProjectBuild[]>();
  for (const build of builds) {
    if (build.context === null) continue;
    const group = groups.get(build.context);
    if (group) group.push(build);
    else groups.set(build.context, [build]);
  }
  return [...groups].map(([context, group]) => ({ context, contexts: agreed(group), builds: group }));
}

/** The named contexts that no two builds have in different ways. */
function agreed(builds: readonly ProjectBuild[]): Record<string, string> {
  const values = new Map<string, Set<string>>();
  for (const { contexts } of builds) {
    for (const [name, value] of Object.entries(contexts)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return Object.fromEntries([...values].flatMap(([name, found]) => (found.size === 1 ? [[name, [...found][0]!]] : [])));
}

/** `compose.yaml (web)` */
export function placeOf({ file, name }: ProjectBuild): string {
  return name === "" ? file : `${file} (${name})`;
}

/** The files of builds in one line: `compose.yaml, build.sh and 3 more` */
export function filesOf(builds: readonly ProjectBuild[]): string {
  const files = [...new Set(builds.map(({ file }) => file))];
  const shown = files.slice(0, files.length > 3 ? 2 : 3);
  const rest = files.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

/** What is remembered, with the context that the project names where it names one; `null` where it names several. */
export function withSource(remembered: Remembered, answer: BuildsAnswer): Remembered | null {
  if (remembered.context !== "") return remembered;
  const sources = sourcesOf(answer);
  if (sources.length > 1) return null;
  const source = sources[0];
  return source ? takeSource(remembered, source) : remembered;
}

export function takeSource(remembered: Remembered, { context, contexts }: Source): Remembered {
  return { ...remembered, context, contexts: { ...contexts, ...remembered.contexts } };
}

/** All that a build of the project is given, in place of what is remembered; options stay. */
export function takeBuild(remembered: Remembered, build: ProjectBuild): Remembered {
  const { context, args, contexts, platforms, secrets, ssh } = build;
  const isSsh = (word: string): boolean => /^--ssh(?:=|$)/.test(word);
  const options = remembered.options.some(isSsh)
    ? remembered.options
    : [...remembered.options, ...ssh.map((each) => `--ssh=${each}`)];
  return {
    context: context ?? remembered.context,
    args: { ...args },
    contexts: { ...contexts },
    platform: platforms.join(","),
    secrets: [...secrets],
    options,
  };
}
