import { type Counts, none } from "../../scripts/counts.ts";
import { basesOf } from "./engine/bases.ts";
import { type Engine, NoEngine, openEngine } from "./engine/daemon.ts";
import { describeProof } from "./page.ts";
import { hasFailed, proveSample } from "./prove.ts";
import { readSamples } from "./samples.ts";

/** What is quick to build: of a few programs a style or two. */
export const fastPart: readonly { readonly name: string; readonly styles: readonly string[] }[] = [
  { name: "c-make", styles: ["clean", "messy"] },
  { name: "go-cgo", styles: ["clean"] },
  { name: "node-server", styles: ["legacy"] },
];

/** After so many milliseconds no other sample is begun. */
const patience = 120_000;

/** The fast part, for `npm test`. Where this machine cannot run a Docker engine, it says so and counts as skipped. */
export async function runFastPart(): Promise<Counts> {
  const log = (line: string): void => console.log(`  ${line}`);
  const samples = await readSamples();
  let engine: Engine | null = null;
  let counts = none;
  try {
    engine = await openEngine(log);
    const tools = {
      engine,
      bases: basesOf(engine, log),
      log: (proof: Parameters<typeof describeProof>[0]) => log(describeProof(proof)),
    };
    const started = performance.now();
    for (const { name, styles } of fastPart) {
      if (performance.now() - started > patience) {
        log(`not run: ${name}: this machine took too long for the others`);
        counts = { ...counts, skipped: counts.skipped + 1 };
        continue;
      }
      const sample = samples.find((each) => each.name === name);
      if (!sample) throw new Error(`there is no sample ${name}`);
      for (const proof of await proveSample(tools, sample, styles)) {
        const { kind } = proof.outcome;
        // What does not even build before the split says something of the machine: of its mirrors, or what it lets run.
        if (kind === "broken sample") counts = { ...counts, skipped: counts.skipped + 1 };
        else if (hasFailed(proof)) counts = { ...counts, failed: counts.failed + 1 };
        else if (kind === "no base") counts = { ...counts, skipped: counts.skipped + 1 };
        else counts = { ...counts, passed: counts.passed + 1 };
      }
    }
  } catch (error) {
    // Before anything was compared it is the engine, or the images that stand in for others, that cannot be had here.
    if (!(error instanceof NoEngine) && counts.passed + counts.failed > 0) throw error;
    log(`not run: no Docker engine: ${error instanceof Error ? error.message : String(error)}`);
    return { ...counts, skipped: counts.skipped + 1 };
  } finally {
    await engine?.stop();
  }
  return counts;
}
