// How long an editor waits for a language server, ours and others, in the same run and in turns.
import { type BenchDocument, makeDockerfile, makeFolder, type Size } from "./documents.ts";
import { type Contestant, Server } from "./server.ts";
import { short, summarize, type Summary, table } from "./statistics.ts";

/** One line of a table: what is measured, and for each contestant what came out. */
export interface Row {
  readonly what: string;
  readonly results: Readonly<Record<string, Summary>>;
}

export interface Effort {
  readonly sizes: readonly Size[];
  readonly starts: number;
  readonly keystrokes: number;
  readonly requests: number;
  readonly bursts: number;
  readonly memories: number;
  /** Milliseconds that one contestant may take for one row; at least three samples are taken. */
  readonly budget: number;
}

type Log = (text: string) => void;

/** Takes samples in turns, so that all contestants share the noise of the machine; the order turns, too. */
async function inTurns<T extends { readonly contestant: Contestant }>(
  what: string,
  entrants: readonly T[],
  rounds: number,
  budget: number,
  sample: (entrant: T) => Promise<number | null>,
): Promise<Row> {
  const samples = new Map<T, number[]>(entrants.map((entrant) => [entrant, []]));
  const spent = new Map<T, number>();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < entrants.length; i++) {
      const entrant = entrants[(i + round) % entrants.length]!;
      const known = samples.get(entrant)!;
      if (known.length >= 3 && (spent.get(entrant) ?? 0) > budget) continue;
      const started = performance.now();
      const value = await sample(entrant);
      if (value !== null) known.push(value);
      spent.set(entrant, (spent.get(entrant) ?? 0) + performance.now() - started);
    }
  }
  const results = entrants.map((entrant) => [entrant.contestant.name, summarize(samples.get(entrant)!)] as const);
  return { what, results: Object.fromEntries(results) };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** Lets a server finish what it still has to do, and collect its garbage. */
const rest = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function start(contestants: readonly Contestant[]): Promise<Server[]> {
  const servers = contestants.map((contestant) => new Server(contestant));
  for (const server of servers) await server.initialize();
  return servers;
}

async function stop(servers: readonly Server[]): Promise<void> {
  for (const server of servers) await server.stop();
}

/**
 * From the start of the process to its first answer, and to the first diagnostics of a small file: as at most starts, and as
 * at the very first, when a server has kept nothing.
 */
export async function measureStart(contestants: readonly Contestant[], effort: Effort, log: Log): Promise<Row[]> {
  const document = makeDockerfile({ lines: 60, stages: 3 });
  const initialized = new Map<Contestant, number[]>(contestants.map((contestant) => [contestant, []]));
  const entrants = contestants.map((contestant) => ({ contestant }));
  const diagnose = async (contestant: Contestant, isFirst: boolean, pause = 0): Promise<number> => {
    const server = new Server(contestant, isFirst);
    try {
      await server.initialize();
      if (!isFirst) initialized.get(contestant)!.push(performance.now() - server.spawned);
      await server.open(document);
      const took = performance.now() - server.spawned;
      await rest(pause);
      return took;
    } finally {
      await server.stop();
    }
  };
  for (const contestant of contestants) await diagnose(contestant, false, 2000);
  for (const known of initialized.values()) known.length = 0;
  const diagnosed = await inTurns("spawn → first diagnostics", entrants, effort.starts, Infinity, ({ contestant }) =>
    diagnose(contestant, false),
  );
  const what = "the same, the very first time";
  const first = await inTurns(what, entrants, Math.ceil(effort.starts / 3), Infinity, ({ contestant }) =>
    diagnose(contestant, true),
  );
  log("start");
  const results = contestants.map((contestant) => [contestant.name, summarize(initialized.get(contestant)!)] as const);
  return [{ what: "spawn → initialized", results: Object.fromEntries(results) }, diagnosed, first];
}

async function openEverywhere(servers: readonly Server[], document: BenchDocument) {
  const entrants = [];
  for (const server of servers)
    entrants.push({ contestant: server.contestant, server, opened: await server.open(document) });
  return entrants;
}

/** From a keystroke to the diagnostics of exactly that version. */
export async function measureKeystrokes(contestants: readonly Contestant[], effort: Effort, log: Log): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of effort.sizes) {
    const servers = await start(contestants);
    try {
      const entrants = await openEverywhere(servers, makeDockerfile(size));
      await inTurns("warm up", entrants, 10, effort.budget / 4, ({ server, opened }) =>
        timed(() => server.type(opened)),
      );
      rows.push(
        await inTurns(`keystroke, ${size.lines} lines`, entrants, effort.keystrokes, effort.budget, async (entrant) => {
          await rest(5);
          return timed(() => entrant.server.type(entrant.opened));
        }),
      );
    } finally {
      await stop(servers);
    }
    log(`keystrokes: ${size.lines} lines`);
  }
  return rows;
}

/** Many keystrokes without waiting: from the last one to its diagnostics. */
export async function measureBursts(contestants: readonly Contestant[], effort: Effort, log: Log): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of effort.sizes.filter(({ lines }) => lines >= 200 && lines <= 2000)) {
    const document = makeDockerfile(size);
    const servers = await start(contestants);
    try {
      const entrants = servers.map((server) => ({ contestant: server.contestant, server }));
      const what = `burst of 200, ${size.lines} lines`;
      rows.push(
        await inTurns(what, entrants, effort.bursts, effort.budget, async ({ server }) => {
          const opened = await server.open(document);
          const last = await server.burst(opened, 200);
          const took = performance.now() - last;
          server.close(opened);
          await rest(50);
          return took;
        }),
      );
    } finally {
      await stop(servers);
    }
    log(`burst: ${size.lines} lines`);
  }
  return rows;
}

const requests = [
  { name: "hover", method: "textDocument/hover", at: "keyword" },
  { name: "definition", method: "textDocument/definition", at: "copyFrom" },
  { name: "completion", method: "textDocument/completion", at: "copyFrom" },
  { name: "document symbols", method: "textDocument/documentSymbol", at: "keyword" },
] as const;

/** Requests about a document that has not changed, and right behind a keystroke. */
export async function measureRequests(contestants: readonly Contestant[], effort: Effort, log: Log): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of effort.sizes.filter(({ lines }) => lines >= 200)) {
    const document = makeDockerfile(size);
    const servers = await start(contestants);
    try {
      const entrants = await openEverywhere(servers, document);
      for (const { name, method, at } of requests) {
        for (const typing of [false, true]) {
          const sample = ({ server, opened }: (typeof entrants)[number]): Promise<number> =>
            typing
              ? server.typeAndAsk(opened, method, document[at])
              : timed(() => server.ask(opened, method, document[at]));
          await inTurns("warm up", entrants, 3, effort.budget / 4, sample);
          const what = `${name}${typing ? " behind a keystroke" : ""}, ${size.lines} lines`;
          rows.push(await inTurns(what, entrants, effort.requests, effort.budget / 4, sample));
        }
      }
    } finally {
      await stop(servers);
    }
    log(`requests: ${size.lines} lines`);
  }
  return rows;
}

/** Resident memory once many documents are open and diagnosed. */
export async function measureMemory(contestants: readonly Contestant[], effort: Effort, log: Log): Promise<Row[]> {
  const documents = makeFolder(100);
  const entrants = contestants.map((contestant) => ({ contestant }));
  const row = await inTurns("MB, 100 open documents", entrants, effort.memories, Infinity, async ({ contestant }) => {
    const server = new Server(contestant);
    try {
      await server.initialize();
      for (const document of documents) await server.open(document);
      await rest(500);
      return server.memory();
    } finally {
      await server.stop();
    }
  });
  log("memory");
  return [row];
}

/** Medians, with the 95th percentile in brackets. */
export function showRows(title: string, rows: readonly Row[]): string {
  const names = Object.keys(rows[0]!.results);
  const cell = (summary: Summary | undefined): string =>
    summary === undefined || summary.samples === 0 ? "–" : `${short(summary.median)} (${short(summary.p95)})`;
  return `${title}\n${table(
    ["", ...names],
    rows.map(({ what, results }) => [what, ...names.map((name) => cell(results[name]))]),
  )}`;
}
