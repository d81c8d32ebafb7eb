// Measures how fast the server is, side by side with dockerfile-language-server-nodejs.
//
//   npm run bench                       everything, about ten minutes
//   npm run bench -- --quick            few samples, within a minute
//   npm run bench -- --json FILE        writes all numbers
//   npm run bench -- --server FILE      a bundle of the server, instead of the one that is built now
//   npm run bench -- --only start,keystrokes
//
// The parts are in-process, graph, start, keystrokes, bursts, requests, memory, project and command-line. Times depend on the
// machine, so nothing fails here; what was aimed at and what came out stands at the end.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { buildTo } from "../../scripts/build.ts";
import { type CommandLineResult, measureCommandLine, showCommandLine } from "./command-line.ts";
import type { Size } from "./documents.ts";
import { type GraphResult, measureGraph, showGraph } from "./graph.ts";
import { type InProcessResult, measureInProcess, showInProcess } from "./in-process.ts";
import {
  type Effort,
  measureBursts,
  measureKeystrokes,
  measureMemory,
  measureRequests,
  measureStart,
  type Row,
  showRows,
} from "./over-lsp.ts";
import { loadPeers } from "./peers.ts";
import { measureProject, type ProjectResult, showProject } from "./project.ts";
import type { Contestant } from "./server.ts";
import { short, table } from "./statistics.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    server: { type: "string" },
    only: { type: "string" },
  },
});

const smallSizes: readonly Size[] = [
  { lines: 20, stages: 2 },
  { lines: 200, stages: 5 },
  { lines: 2000, stages: 50 },
];
const sizes: readonly Size[] = [...smallSizes, { lines: 20_000, stages: 500 }];
const effort: Effort = options.quick
  ? { sizes: smallSizes, starts: 5, keystrokes: 15, requests: 5, bursts: 1, memories: 1, budget: 2000 }
  : { sizes, starts: 21, keystrokes: 60, requests: 15, bursts: 5, memories: 3, budget: 20_000 };

const overLsp = {
  start: { title: "Start, ms: median (95th percentile)", measure: measureStart },
  keystrokes: { title: "Keystroke → diagnostics of that version, ms", measure: measureKeystrokes },
  bursts: { title: "Last keystroke of a burst → diagnostics of that version, ms", measure: measureBursts },
  requests: { title: "Requests, ms", measure: measureRequests },
  memory: { title: "Resident memory", measure: measureMemory },
};

const parts = options.only?.split(",") ?? ["in-process", "graph", ...Object.keys(overLsp), "project", "command-line"];
const started = performance.now();
const log = (text: string): void => {
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
};

const peers = await loadPeers();
const push = "ours";
const pull = "ours, pulled";
const peer = "peer";
let inProcess: InProcessResult[] = [];
const rows: Record<string, Row[]> = {};
console.log(`${os.cpus()[0]?.model ?? "unknown processor"}, ${os.cpus().length} cores, Node ${process.version}`);
console.log(`peer: ${peers.name}`);

if (parts.includes("in-process")) {
  inProcess = measureInProcess(sizes, peers, options.quick, log);
  console.log(`\n${showInProcess(inProcess)}`);
}
let graph: GraphResult[] = [];
if (parts.includes("graph")) {
  graph = measureGraph(options.quick, log);
  console.log(`\n${showGraph(graph)}`);
}
if (Object.keys(overLsp).some((part) => parts.includes(part))) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "dockerfile-stages-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const ours = path.resolve(options.server ?? path.join(folder, "server.js"));
  if (options.server === undefined) await buildTo(ours, "dist/server.js");
  // As our client starts it.
  const flags = ["--max-semi-space-size=4"];
  const contestants: Contestant[] = [
    { name: push, file: ours, flags, pulls: false },
    { name: pull, file: ours, flags, pulls: true },
    { name: peer, file: peers.server, flags: [], pulls: false },
  ];
  for (const [part, { title, measure }] of Object.entries(overLsp)) {
    if (!parts.includes(part)) continue;
    rows[part] = await measure(contestants, effort, log);
    console.log(`\n${showRows(title, rows[part])}`);
  }
}

let project: ProjectResult | null = null;
if (parts.includes("project")) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "dockerfile-stages-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const server = path.join(folder, "server.js");
  await buildTo(server, "dist/server.js");
  project = await measureProject(server, path.join(folder, "project"), options.quick ? 2 : 7, log);
  console.log(`\n${showProject(project)}`);
}

let commandLine: CommandLineResult | null = null;
if (parts.includes("command-line")) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "dockerfile-stages-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const cli = path.join(folder, "cli.js");
  await buildTo(cli, "dist/cli.js");
  commandLine = await measureCommandLine(cli, path.join(folder, "files"), options.quick ? 2 : 7, log);
  if (commandLine) console.log(`\n${showCommandLine(commandLine)}`);
}

interface Aim {
  readonly what: string;
  readonly most: number;
  readonly found: number | undefined;
}

const median = (part: string, what: string, name: string): number | undefined =>
  rows[part]?.find((row) => row.what === what)?.results[name]?.median;
const ratio = (part: string, what: string): number | undefined => {
  const [mine, theirs] = [median(part, what, push), median(part, what, peer)];
  return mine === undefined || theirs === undefined ? undefined : mine / theirs;
};
const alone = (lines: number, what: string): number | undefined =>
  inProcess.find(({ size }) => size.lines === lines)?.times[what]?.median;
const drawn = (stages: number): number | undefined =>
  graph.find(({ size }) => size.stages === stages)?.times["graph behind diagnostics"]?.median;
const checkRatio = (): number | undefined => {
  const [mine, theirs] = [commandLine?.times["ours"]?.median, commandLine?.times["tally"]?.median];
  return mine === undefined || theirs === undefined ? undefined : mine / theirs;
};

const aims: readonly Aim[] = [
  { what: "first analysis of 2,000 lines in process, ms", most: 25, found: alone(2000, "first") },
  { what: "a keystroke in 2,000 lines in process, ms", most: 8, found: alone(2000, "keystroke") },
  { what: "first analysis of 20,000 lines in process, ms", most: 250, found: alone(20_000, "first") },
  { what: "stage graph of 12 stages in process, ms", most: 5, found: drawn(12) },
  { what: "stage graph of 500 stages in process, ms", most: 150, found: drawn(500) },
  { what: "check of 1,000 files, share of tally's", most: 0.4, found: checkRatio() },
  { what: "first diagnostics, share of the peer's", most: 1, found: ratio("start", "spawn → first diagnostics") },
  {
    what: "keystroke at 2,000 lines, share of the peer's",
    most: 0.25,
    found: ratio("keystrokes", "keystroke, 2000 lines"),
  },
  { what: "5,000 files with 300 Dockerfiles known, ms", most: 3000, found: project?.indexed.median },
  {
    what: "a keystroke while they are read, share of one without them",
    most: 1.5,
    found: project ? project.typingMeanwhile.median / project.typingAlone.median : undefined,
  },
  { what: "memory with 100 documents, MB", most: 80, found: median("memory", "MB, 100 open documents", push) },
];
const reached = aims.flatMap(({ what, most, found }) =>
  found === undefined || Number.isNaN(found)
    ? []
    : [[what, `≤ ${most}`, short(found), found <= most ? "met" : "missed"]],
);
if (reached.length > 0) console.log(`\nAims\n${table(["", "aim", "found", ""], reached)}`);

if (options.json !== undefined) {
  const { quick } = options;
  const machine = { processor: os.cpus()[0]?.model, cores: os.cpus().length, node: process.version };
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine, peer: peers.name, quick, inProcess, graph, overLsp: rows, project, commandLine }, null, 1)}\n`,
  );
}
log("done");
process.exit(0);
