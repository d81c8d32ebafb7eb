import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type SplitWay, splitFile } from "../../server/src/refactor/split-stage.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { compare, type Difference, type Side } from "./compare.ts";
import type { Engine } from "./engine/daemon.ts";
import { client } from "./engine/bases.ts";
import { inspectImage, observe } from "./observe.ts";
import type { Sample } from "./samples.ts";

/** What became of one way to split one Dockerfile. */
export interface Proof {
  readonly sample: string;
  readonly style: string;
  readonly outcome: Outcome;
}

export type Outcome =
  /** The split said no. */
  | { readonly kind: "refused"; readonly reason: string }
  /** An image of it is not to be had here. */
  | { readonly kind: "no base"; readonly base: string; readonly missing: readonly string[] }
  /** The file itself does not build or cannot be looked at: the sample is wrong. */
  | { readonly kind: "broken sample"; readonly message: string }
  | {
      readonly kind: "unbuildable";
      readonly base: string;
      readonly assumptions: readonly string[];
      readonly message: string;
      readonly text: string;
    }
  | {
      readonly kind: "compared";
      readonly base: string;
      readonly strategy: string;
      readonly assumptions: readonly string[];
      readonly differences: readonly Difference[];
      readonly observations: number;
      readonly sizes: readonly [before: number, after: number];
      readonly text: string;
    };

/** Whether a proof is a failure of the split. */
export function hasFailed({ outcome }: Proof): boolean {
  return (
    outcome.kind === "unbuildable" ||
    outcome.kind === "broken sample" ||
    (outcome.kind === "compared" && outcome.differences.some(({ excuse }) => excuse === null))
  );
}

interface Tools {
  readonly engine: Engine;
  /** Makes images available, and answers those that cannot be had. */
  readonly bases: (names: Iterable<string>) => Promise<ReadonlySet<string>>;
  readonly log: (proof: Proof) => void;
}

/** Builds and runs a sample before the split and after each way to split it. */
export async function proveSample(
  { engine, bases, log }: Tools,
  sample: Sample,
  styles: readonly string[],
): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const { style, text } of sample.dockerfiles) {
    if (styles.length > 0 && !styles.includes(style)) continue;
    for await (const outcome of proveDockerfile(engine, bases, sample, style, text)) {
      const proof = { sample: sample.name, style, outcome };
      proofs.push(proof);
      log(proof);
    }
  }
  return proofs;
}

async function* proveDockerfile(
  engine: Engine,
  bases: Tools["bases"],
  sample: Sample,
  style: string,
  text: string,
): AsyncGenerator<Outcome> {
  const analysis = analyze(text);
  const missing = await bases([client, ...imagesOf(analysis)]);
  if (missing.size > 0) {
    yield { kind: "no base", base: "", missing: [...missing] };
    return;
  }
  const before = await makeSide(engine, sample, text);
  if (typeof before === "string") {
    yield { kind: "broken sample", message: before };
    return;
  }
  try {
    const result = splitFile(analysis, { project: sample.project });
    if (!result.offered) {
      yield { kind: "refused", reason: result.reason };
      return;
    }
    for (const way of result.ways) yield await proveWay(engine, bases, sample, style, before, way);
  } finally {
    await forget(engine, before);
  }
}

async function proveWay(
  engine: Engine,
  bases: Tools["bases"],
  sample: Sample,
  style: string,
  before: Side,
  way: SplitWay,
): Promise<Outcome> {
  const { base, strategy, assumptions, summary } = way;
  const text = way.after();
  const missing = await bases(imagesOf(analyze(text)));
  if (missing.size > 0) return { kind: "no base", base, missing: [...missing] };
  const after = await makeSide(engine, sample, text);
  if (typeof after === "string") return { kind: "unbuildable", base, assumptions, message: after, text };
  const said = { style, base, sentences: [...assumptions, ...summary] };
  const differences = compare(before, after, said, sample.differs);
  await forget(engine, after);
  const sizes = [before.image.size, after.image.size] as const;
  return {
    kind: "compared",
    base,
    strategy,
    assumptions,
    differences,
    observations: after.seen.size,
    sizes,
    text,
  };
}

/** The images that a file starts from or copies from. */
function imagesOf({ stages, references }: Analysis): string[] {
  const named = references.flatMap(({ target }) => (target.kind === "image" ? [target.image] : []));
  return [
    ...new Set([
      ...named,
      ...stages.flatMap(({ base, baseName }) => (base?.target.kind === "image" ? [baseName] : [])),
    ]),
  ];
}

/** The image that the last stage goes back to. */
function lastBase({ stages }: Analysis): string {
  let stage = stages.at(-1);
  while (stage?.base?.target.kind === "stage") stage = stages[stage.base.target.stage];
  return stage?.baseName ?? "scratch";
}

/** Builds a Dockerfile and looks at the image; a text where that is not possible. */
async function makeSide(engine: Engine, sample: Sample, text: string): Promise<Side | string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "split-"));
  try {
    const file = path.join(folder, "Dockerfile");
    const idFile = path.join(folder, "id");
    // A frontend that `# syntax=` names would have to be fetched; the engine has its own.
    writeFileSync(file, text.replace(/^#\s*syntax\s*=.*$/im, "#"));
    const { code, stderr } = await engine.docker(
      [
        "build",
        "--load",
        "--progress",
        "plain",
        "--network",
        "host",
        "--iidfile",
        idFile,
        "--file",
        file,
        sample.context,
      ],
      { timeout: 600_000 },
    );
    if (code !== 0) return errorOf(stderr);
    const image = await inspectImage(engine, readFileSync(idFile, "utf8").trim());
    const base = lastBase(analyze(text));
    const { config } = base === "scratch" ? { config: {} } : await inspectImage(engine, base);
    return { image, base: config, seen: await observe(engine, image, sample) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The part of a build's output that says what went wrong. */
function errorOf(output: string): string {
  const parts = output.split(/^------$/m);
  const said = parts.length > 2 ? `${parts[1]!.trim()}\n${parts.at(-1)!.trim()}` : output.trim();
  return said.split("\n").slice(-30).join("\n");
}

async function forget(engine: Engine, { image }: Side): Promise<void> {
  await engine.docker(["image", "rm", "--force", image.id]);
}
