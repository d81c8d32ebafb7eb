// Builds and runs sample programs with a real Docker engine, before the split and after every way to split them.
//
//   npm run test:docker                      everything; writes docs/split-results.md
//   npm run test:docker -- go-server c-make  only these samples
//   npm run test:docker -- --fast            the part that belongs to `npm test`
//   npm run test:docker -- --show …          with the Dockerfiles that were made
import { writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { root } from "../../scripts/root.ts";
import { basesOf } from "./engine/bases.ts";
import { type Engine, NoEngine, openEngine } from "./engine/daemon.ts";
import { describeProof, resultsPage } from "./page.ts";
import { hasFailed, type Proof, proveSample } from "./prove.ts";
import { readSamples } from "./samples.ts";
import { fastPart } from "./suite.ts";

const args = process.argv.slice(2);
const shows = args.includes("--show");
const isFast = args.includes("--fast");
const names = args.filter((arg) => !arg.startsWith("--"));
const samples = await readSamples();
const unknown = names.filter((name) => !samples.some((sample) => sample.name === name));
if (unknown.length > 0) {
  console.error(`No such sample: ${unknown.join(", ")}. There are: ${samples.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}

const log = (line: string): void => console.log(`  ${line}`);
let engine: Engine;
try {
  engine = await openEngine(log);
} catch (error) {
  if (!(error instanceof NoEngine)) throw error;
  console.log(`Not run: ${error.message}.`);
  process.exit(0);
}
console.log(
  `Docker ${engine.version}, ${engine.isOwn ? "set up here, with stand-ins for base images" : "of this machine"}`,
);
const proofs: Proof[] = [];
try {
  const bases = basesOf(engine, log);
  const show = (proof: Proof): void => {
    log(describeProof(proof));
    if (shows && "text" in proof.outcome) console.log(proof.outcome.text.replaceAll(/^/gm, "      | "));
  };
  for (const sample of samples) {
    const part = fastPart.find(({ name }) => name === sample.name);
    if (isFast ? !part : names.length > 0 && !names.includes(sample.name)) continue;
    console.log(`${sample.name}: ${sample.about}`);
    proofs.push(...(await proveSample({ engine, bases, log: show }, sample, isFast ? part!.styles : [])));
  }
} finally {
  await engine.stop();
}
if (!isFast && names.length === 0) {
  const page = resultsPage(samples, proofs, engine);
  writeFileSync(path.join(root, "docs/split-results.md"), await format(page, { parser: "markdown", printWidth: 120 }));
}
const failed = proofs.filter(hasFailed);
console.log(`${proofs.length} results, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);
