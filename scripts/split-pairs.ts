// Compares our splits with those that people made of the same Dockerfiles.
//
//   npm run split:pairs -- FILE     newline-delimited JSON
//
// A record is {id, kind, language, before, after, runtimeBase, copies: [{src: […]}], note}: a single-stage file and what
// somebody made of it. People err, and know more than the file says: this is a comparison, not a test. Prints a line for
// each, then the shares. Exit code 1 where a result of ours is not a valid file.
import { readFileSync } from "node:fs";
import process from "node:process";
import { parseImage } from "../server/src/images/image.ts";
import { splitFile, type SplitResult, type SplitWay } from "../server/src/refactor/split-stage.ts";
import { analyze } from "../server/src/stages/analysis.ts";
import { lastPart } from "../server/src/text/paths.ts";
import { isMain } from "./root.ts";
import { faultsOf } from "./split-faults.ts";

interface Pair {
  readonly id: string;
  /** `split` for files that were taken apart; other kinds were rewritten along the way. */
  readonly kind: string;
  readonly language: string;
  readonly note?: string;
  readonly before: string;
  readonly after: string;
  readonly runtimeBase: string;
  readonly copies: readonly { readonly src: readonly string[] }[];
}

export interface PairResult {
  readonly pair: Pair;
  readonly split: SplitResult;
  /** What is wrong with our result, the default way: errors, and findings that the file before did not have. */
  readonly faults: readonly string[];
  /** Whether the default way starts from an image of the same family as the person's; `null` where nothing is offered. */
  readonly sameFamily: boolean | null;
  /** The same for any of the ways. */
  readonly familyAmongWays: boolean | null;
  /** How many of the paths that the person copies ours copies, too. */
  readonly covered: number;
  readonly paths: number;
}

const empty = { project: new Map<string, string>() };

export function comparePair(pair: Pair): PairResult {
  const before = analyze(pair.before);
  const split = splitFile(before, empty);
  const sources = [...new Set(pair.copies.flatMap(({ src }) => src))];
  const nothing = {
    pair,
    split,
    faults: [],
    sameFamily: null,
    familyAmongWays: null,
    covered: 0,
    paths: sources.length,
  };
  if (!split.offered) return nothing;
  const [way] = split.ways;
  const family = familyOf(pair.runtimeBase);
  const isSame = ({ base }: SplitWay): boolean => familyOf(base) === family;
  return {
    ...nothing,
    faults: split.ways.flatMap((each) => faultsOf(before, each)),
    sameFamily: isSame(way),
    familyAmongWays: split.ways.some(isSame),
    covered: sources.filter((source) => covers(way, source)).length,
  };
}

const families: readonly (readonly [RegExp, string])[] = [
  [/distroless/, "minimal"],
  [/(?:^|\/)scratch$/, "minimal"],
  [/jre|jdk|java|temurin|corretto|semeru/, "java"],
  [/dotnet|aspnet/, "dotnet"],
  [/nginx|httpd|caddy/, "web server"],
];

/** Images that do the same: what a program finds in them, whoever publishes them, in which release. */
export function familyOf(text: string): string {
  const { folder, name, tag } = parseImage(text);
  const found = families.find(([pattern]) => pattern.test(`${folder}${name}`))?.[1];
  if (found !== undefined) return found;
  return name === "maven" || name === "gradle"
    ? `java build (${tag})`
    : `${folder}${name}`.replace(/^docker\.io\//, "");
}

/** Whether a split copies what a path of the person's names: by its last part, or as a part of a folder. */
function covers(way: SplitWay, source: string): boolean {
  const name = lastPart(source.replace(/\/+$/, ""));
  return way.copied.some((path) => {
    const ours = lastPart(path);
    return (
      ours === name ||
      ours.includes("*") ||
      name.includes("*") ||
      source.startsWith(`${path}/`) ||
      path === source ||
      source === "." ||
      source === "/"
    );
  });
}

function report({ pair, split, faults, sameFamily, covered, paths }: PairResult): string {
  const { id, kind, language, runtimeBase } = pair;
  const head = `${id} ${kind} ${language}:`;
  if (!split.offered) return `${head} refused: ${split.reason}`;
  const [{ base, assumptions }] = split.ways;
  const sure = assumptions.length === 0 ? "certain" : `${assumptions.length} to check`;
  const verdict = sameFamily === true ? "same family" : `the person's is ${runtimeBase}`;
  const others =
    split.ways.length > 1
      ? `, or ${split.ways
          .slice(1)
          .map((way) => way.base)
          .join(", ")}`
      : "";
  const wrong = faults.map((fault) => `\n    NOT VALID ${fault}`).join("");
  return `${head} ${sure}, ${base} (${verdict})${others}; copies ${covered} of ${paths} paths${wrong}`;
}

function share(part: number, all: number): string {
  return `${part} of ${all}${all === 0 ? "" : ` (${Math.round((100 * part) / all)} %)`}`;
}

function main(paths: readonly string[]): void {
  if (paths.length === 0) {
    console.error("Give a file with pairs: npm run split:pairs -- FILE");
    process.exitCode = 2;
    return;
  }
  const pairs = paths.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as Pair),
  );
  const results = pairs.map(comparePair);
  for (const result of results) console.log(report(result));
  for (const kind of new Set(pairs.map((pair) => pair.kind))) {
    const all = results.filter(({ pair }) => pair.kind === kind);
    const offered = all.filter(({ split }) => split.offered);
    console.log(`\n${kind}:`);
    console.log(`  offered               ${share(offered.length, all.length)}`);
    console.log(
      `  without anything to check  ${share(offered.filter(({ split }) => split.offered && split.ways[0].assumptions.length === 0).length, offered.length)}`,
    );
    console.log(
      `  valid                 ${share(offered.filter(({ faults }) => faults.length === 0).length, offered.length)}`,
    );
    console.log(
      `  same family of base   ${share(offered.filter(({ sameFamily }) => sameFamily === true).length, offered.length)}`,
    );
    console.log(
      `  … among all ways      ${share(offered.filter(({ familyAmongWays }) => familyAmongWays === true).length, offered.length)}`,
    );
    const [covered, wanted] = offered.reduce(([a, b], result) => [a + result.covered, b + result.paths], [0, 0]);
    console.log(`  the person's paths    ${share(covered, wanted)}`);
  }
  if (results.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
}

if (isMain(import.meta)) main(process.argv.slice(2));
