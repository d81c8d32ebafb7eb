// How long one document version takes without any editor: scan, model, rules.
import { rules } from "../../server/src/rules/index.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { type BenchDocument, makeDockerfile, type Size } from "./documents.ts";
import type { Peers } from "./peers.ts";
import { short, summarize, type Summary, table } from "./statistics.ts";

export interface InProcessResult {
  readonly size: Size;
  /** Milliseconds for one version, by what is measured. */
  readonly times: Readonly<Record<string, Summary>>;
}

const fail = (rule: { id: string }, error: unknown): never => {
  throw new Error(`${rule.id} threw`, { cause: error });
};

const model = (analysis: Analysis): Analysis => {
  void analysis.model;
  void analysis.graph;
  void analysis.scope;
  return analysis;
};

/** What is measured: a function that prepares, outside of the clock, the one that is timed. */
type Candidate = (text: string) => () => unknown;

/** Measured in two groups: what a peer leaves on the heap must not be collected on our time. */
function candidates(peers: Peers): readonly Record<string, Candidate>[] {
  const ours: Record<string, Candidate> = {
    scan: (text) => () => analyze(text),
    model: (text) => {
      const analysis = analyze(text);
      return () => model(analysis);
    },
    rules: (text) => {
      const analysis = model(analyze(text));
      return () => runRules(analysis, rules, fail);
    },
    first: (text) => () => runRules(model(analyze(text)), rules, fail),
    keystroke: (text) => {
      const before = analyze(text);
      runRules(before, rules, fail);
      // A blank in the middle of the file.
      const at = text.indexOf("\nRUN ", text.length >> 1) + "\nRUN ".length;
      const typed = Buffer.from(`${text.slice(0, at)} ${text.slice(at)}`).toString();
      return () => runRules(model(new Analysis(typed, before)), rules, fail);
    },
    "first, CRLF": (text) => {
      const crlf = fresh(text.replaceAll("\n", "\r\n"), 0);
      return () => runRules(model(analyze(crlf)), rules, fail);
    },
  };
  const theirs: Record<string, Candidate> = {
    "dockerfile-ast parse": (text) => () => peers.parse(text),
    "dockerfile-utils validate": (text) => () => peers.validate(text),
  };
  return [ours, theirs];
}

/** The text as the engine has not seen it before, and in one piece. */
const fresh = (text: string, i: number): string => Buffer.from(`${text}# ${i}\n`).toString();

/** Milliseconds that a candidate may take at one size, and after which the next size is not tried. */
interface Budget {
  readonly total: number;
  readonly samples: number;
}

function measure(
  document: BenchDocument,
  measured: Record<string, Candidate>,
  budget: Budget,
): Record<string, Summary> {
  const times: Record<string, number[]> = {};
  const spent: Record<string, number> = {};
  // Taken in turns, so that all share the noise of the machine.
  for (let round = 0; round < budget.samples; round++) {
    for (const [name, candidate] of Object.entries(measured)) {
      const known = (times[name] ??= []);
      if (known.length >= 3 && (spent[name] ?? 0) > budget.total) continue;
      const run = candidate(fresh(document.text, round));
      const started = performance.now();
      run();
      const took = performance.now() - started;
      known.push(took);
      spent[name] = (spent[name] ?? 0) + took;
    }
  }
  // The first tenth warms up.
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => [
      name,
      summarize(all.slice(Math.min(Math.floor(all.length / 10), all.length - 1))),
    ]),
  );
}

export function measureInProcess(
  sizes: readonly Size[],
  peers: Peers,
  quick: boolean,
  log: (text: string) => void,
): InProcessResult[] {
  const warmUp = makeDockerfile({ lines: 200, stages: 5 });
  const results = sizes.map((size) => ({ size, times: {} as Record<string, Summary> }));
  for (const group of candidates(peers)) {
    // Each function is compiled by the engine before anything is kept.
    measure(warmUp, group, { total: 400, samples: quick ? 100 : 400 });
    for (const { size, times } of results) {
      const budget = { total: quick ? 500 : 4000, samples: quick ? 40 : 200 };
      Object.assign(times, measure(makeDockerfile(size), group, budget));
      log(`in process: ${Object.keys(group).length} functions, ${size.lines} lines`);
    }
  }
  return results;
}

export function showInProcess(results: readonly InProcessResult[]): string {
  const names = Object.keys(results[0]!.times);
  const rows = results.map(({ size, times }) => [
    `${size.lines} lines, ${size.stages} stages`,
    ...names.map((name) => short(times[name]!.median)),
  ]);
  const growth = results
    .slice(1)
    .map(({ size, times }, i) => [
      `growth ${results[i]!.size.lines} → ${size.lines}`,
      ...names.map((name) => `× ${short(times[name]!.median / results[i]!.times[name]!.median)}`),
    ]);
  return `One version in this process, median ms\n${table(["", ...names], [...rows, ...growth])}`;
}
