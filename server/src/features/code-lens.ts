import type { CodeLens, Location } from "vscode-languageserver-types";
import { clientCommands } from "../protocol.ts";
import type { Analysis } from "../stages/analysis.ts";
import { referencedStage } from "../stages/graph.ts";
import { lastByName } from "../stages/names.ts";
import type { Reference, ReferenceKind, Stage } from "../stages/resolve.ts";
import { startOf } from "../stages/start.ts";
import { purposesOf } from "../stages/targets.ts";
import { lastPart } from "../text/paths.ts";
import { type FoundBuild, knownTargets } from "../workspace/mentions.ts";
import type { Neighbours } from "../workspace/neighbours.ts";
import { cut, list } from "./markdown.ts";
import { nameSpan, writtenName } from "./subject.ts";

export interface CodeLensRequest {
  readonly uri: string;
  /** What is known of the files beside the Dockerfile. */
  readonly neighbours: Pick<Neighbours, "targets" | "builds">;
  /** Whether the editor runs {@link clientCommands}; lenses are plain text otherwise. */
  readonly runsCommands: boolean;
  /** Whether it can build images now. */
  readonly buildsImages: boolean;
}

/** One sentence above a stage. */
interface Lens {
  readonly title: string;
  /** What a click shows; nothing happens where there is none. */
  readonly places: readonly Location[];
}

/** What the lenses of all stages need to know, worked out once. */
interface Facts {
  readonly analysis: Analysis;
  readonly uri: string;
  /** For each stage the references that make others use it, in file order. */
  readonly uses: readonly (readonly Reference[])[];
  /** For each stage whether a plain build may need it; `null` where the file is too unfinished to say. */
  readonly needed: readonly boolean[] | null;
  /** For each stage the builds that other files have of it. */
  readonly builds: readonly (readonly FoundBuild[])[];
}

/** A kind of lens: what it says about a stage, or `null` where it has nothing to say. They stand in this order. */
type LensKind = (facts: Facts, stage: Stage) => Lens | null;

const kinds: readonly LensKind[] = [usedBy, builtWhen, builtBy];

/** Lines above the stages of a file that say who uses a stage, and when it is built. */
export function codeLenses(
  analysis: Analysis,
  { uri, neighbours, runsCommands, buildsImages }: CodeLensRequest,
): CodeLens[] {
  const { stages, lines } = analysis;
  const facts: Facts = {
    analysis,
    uri,
    uses: usesOf(analysis),
    needed: purposesOf(analysis, knownTargets(neighbours))?.plain ?? null,
    builds: buildsOf(stages, neighbours.builds),
  };
  const names = lastByName(stages);
  return stages.flatMap((stage) => {
    const range = lines.range(stage.from.keywordSpan);
    const told = kinds.flatMap((kind): CodeLens[] => {
      const lens = kind(facts, stage);
      if (!lens) return [];
      const { title, places } = lens;
      if (places.length === 0 || !runsCommands) return [{ range, command: { title, command: "" } }];
      const position = lines.position(nameSpan(stage).start);
      return [
        { range, command: { title, command: clientCommands.showReferences, arguments: [uri, position, places] } },
      ];
    });
    return runsCommands && buildsImages ? [...told, ...buildLenses(facts, stage, names)] : told;
  });
}

/** Builds of a stage, which BuildKit takes for a target if it has a name or is the last. What runs starts a program. */
function buildLenses({ analysis, uri }: Facts, stage: Stage, names: ReadonlyMap<string, number>): CodeLens[] {
  const isLast = stage.index === analysis.stages.length - 1;
  const name = stage.name !== null && names.get(stage.name) === stage.index ? stage.name : null;
  if (!isLast && name === null) return [];
  const range = analysis.lines.range(stage.from.keywordSpan);
  const lens = (title: string, command: string): CodeLens => ({
    range,
    command: { title, command, arguments: [uri, name ?? ""] },
  });
  const { entrypoint, cmd } = startOf(analysis, stage.index);
  const build = lens("Build", clientCommands.buildStage);
  return entrypoint || cmd ? [build, lens("Build and run", clientCommands.runStage)] : [build];
}

// Who uses it

/** The references that work, ONBUILD where it runs; those of one stage to itself are errors. */
function usesOf({ stages, graph }: Analysis): Reference[][] {
  const uses: Reference[][] = stages.map(() => []);
  for (const references of graph.dependencies) {
    for (const reference of references) uses[referencedStage(reference)!]!.push(reference);
  }
  return uses;
}

const useWords: readonly (readonly [ReferenceKind, string])[] = [
  ["from", "base of"],
  ["copy", "copies to"],
  ["mount", "mounted in"],
];

const mostNames = 3;

/** `used by 3 · base of deps · copies to runtime, test` */
function usedBy({ analysis, uri, uses }: Facts, { index }: Stage): Lens | null {
  const { stages, lines } = analysis;
  const own = uses[index]!;
  if (own.length === 0) return null;
  const parts = [`used by ${new Set(own.map(({ stage }) => stage)).size}`];
  for (const [kind, words] of useWords) {
    const users = new Set(own.filter((use) => use.kind === kind).map(({ stage }) => stage));
    // Of very many names only a few are shown.
    const names = [...users].map((user, i) => (i < mostNames ? nameOf(stages, user) : ""));
    if (names.length > 0) parts.push(`${words} ${list(names, mostNames)}`);
  }
  // What ONBUILD brings to several stages is written once.
  const spans = new Map(own.map(({ span }) => [span.start, span]));
  const places = [...spans.values()].toSorted((a, b) => a.start - b.start);
  return { title: parts.join(" · "), places: places.map((span) => ({ uri, range: lines.range(span) })) };
}

function nameOf(stages: readonly Stage[], index: number): string {
  const stage = stages[index]!;
  // Its number says little to whoever does not count.
  if (stage.name === null && index === stages.length - 1) return "the last stage";
  return shortened(writtenName(stage));
}

// When it is built

function builtWhen({ analysis: { stages, graph }, needed }: Facts, { index }: Stage): Lens | null {
  // Of an only stage everybody knows.
  if (stages.length === 1) return null;
  if (index === graph.target) return { title: "built by default", places: [] };
  return needed?.[index] === false ? { title: "not needed by the default build", places: [] } : null;
}

// Which other files build it

/** By BuildKit's rules: without a target it is the last stage, else the last that has the name, in any letter case. */
function buildsOf(stages: readonly Stage[], all: readonly FoundBuild[]): FoundBuild[][] {
  const builds: FoundBuild[][] = stages.map(() => []);
  if (all.length === 0) return builds;
  const byName = lastByName(stages);
  for (const build of all) {
    const { target } = build.mention;
    const stage = target && target.text !== "" ? byName.get(target.text.toLowerCase()) : stages.length - 1;
    if (stage !== undefined) builds[stage]?.push(build);
  }
  return builds;
}

const mostFiles = 2;

/** `built by docker-bake.hcl: app · compose.yaml: web, worker` */
function builtBy({ builds }: Facts, { index }: Stage): Lens | null {
  const own = builds[index]!;
  if (own.length === 0) return null;
  const files = new Map<string, Set<string>>();
  for (const { file, mention } of own) {
    const names = files.get(file.path) ?? new Set();
    files.set(file.path, names);
    const name = shortened(mention.name);
    if (name !== "") names.add(name);
  }
  const paths = [...files.keys()];
  const said = [...files].map(([path, names], i) => {
    if (i >= mostFiles) return "";
    const file = shortened(isOnlyOfItsName(path, paths) ? lastPart(path) : path);
    return names.size === 0 ? file : `${file}: ${list([...names], mostNames)}`;
  });
  return {
    title: `built by ${list(said, mostFiles, " · ")}`,
    places: own.map(({ file, mention }) => ({
      uri: file.uri,
      range: file.lines.range(mention.target?.span ?? mention.dockerfile?.span ?? mention.span),
    })),
  };
}

function isOnlyOfItsName(path: string, paths: readonly string[]): boolean {
  const name = lastPart(path);
  return paths.every((other) => other === path || lastPart(other) !== name);
}

/** A name of another file, which may hold anything, in one line. */
function shortened(name: string): string {
  return cut(name.replace(/[\p{C}\s]+/gu, " ").trim(), 40);
}
