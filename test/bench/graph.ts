// How long the stage graph takes in this process, and the questions about it: without drawing.
import { stageGraph } from "../../server/src/features/graph.ts";
import { rebuild } from "../../server/src/features/graph/rebuild.ts";
import { shipped } from "../../server/src/features/graph/ship.ts";
import { rules } from "../../server/src/rules/index.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { alone } from "../../server/src/workspace/neighbours.ts";
import { makeDockerfile, type Size } from "./documents.ts";
import { short, summarize, type Summary, table } from "./statistics.ts";

export interface GraphResult {
  readonly size: Size;
  /** Milliseconds by what is measured. */
  readonly times: Readonly<Record<string, Summary>>;
}

const draw = (analysis: Analysis): unknown => stageGraph(analysis, "file:///Dockerfile", 1, { contexts: true });
const fail = (rule: { id: string }, error: unknown): never => {
  throw new Error(`${rule.id} threw`, { cause: error });
};

/** A function that prepares, outside of the clock, the one that is timed. */
const candidates: Readonly<Record<string, (text: string) => () => unknown>> = {
  "graph, nothing known": (text) => () => draw(analyze(text)),
  "graph behind diagnostics": (text) => {
    const analysis = analyze(text);
    runRules(analysis, rules, fail);
    return () => draw(analysis);
  },
  "graph behind a keystroke": (text) => {
    const before = analyze(text);
    runRules(before, rules, fail);
    draw(before);
    const at = text.indexOf("\nRUN ", text.length >> 1) + "\nRUN ".length;
    const typed = Buffer.from(`${text.slice(0, at)} ${text.slice(at)}`).toString();
    const analysis = new Analysis(typed, before);
    runRules(analysis, rules, fail);
    return () => draw(analysis);
  },
  "what is rebuilt": (text) => {
    const analysis = analyze(text);
    draw(analysis);
    return () => rebuild(analysis, 1, { path: "src/part-1/package.json" }, alone);
  },
  "what ships": (text) => {
    const analysis = analyze(text);
    draw(analysis);
    return () => shipped(analysis, 1, {}, alone);
  },
};

export function measureGraph(quick: boolean, log: (text: string) => void): GraphResult[] {
  const sizes: readonly Size[] = [
    { lines: 120, stages: 12 },
    { lines: 1000, stages: 100 },
    { lines: 5000, stages: 500 },
    { lines: 20_000, stages: 500 },
  ];
  const measure = (size: Size, samples: number): Record<string, Summary> => {
    const { text } = makeDockerfile(size);
    const times: Record<string, number[]> = {};
    for (let round = 0; round < samples; round++) {
      for (const [name, prepare] of Object.entries(candidates)) {
        const run = prepare(Buffer.from(`${text}# ${round}\n`).toString());
        const started = performance.now();
        run();
        (times[name] ??= []).push(performance.now() - started);
      }
    }
    return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, summarize(all)]));
  };
  measure(sizes[0]!, 40);
  return sizes.map((size) => {
    const times = measure(size, quick ? 5 : 15);
    log(`stage graph: ${size.stages} stages, ${size.lines} lines`);
    return { size, times };
  });
}

export function showGraph(results: readonly GraphResult[]): string {
  const names = Object.keys(candidates);
  const rows = results.map(({ size, times }) => [
    `${size.stages} stages, ${size.lines} lines`,
    ...names.map((name) => short(times[name]!.median)),
  ]);
  return `Stage graph in this process, median ms\n${table(["", ...names], rows)}`;
}
