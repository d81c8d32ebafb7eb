import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { disk } from "../../server/src/disk.ts";
import { neighbourReader } from "../../server/src/workspace/neighbours.ts";

/** A single-stage program with its Dockerfiles, one per style. */
export interface Sample {
  readonly name: string;
  readonly about: string;
  /** The build context. */
  readonly context: string;
  readonly dockerfiles: readonly { readonly style: string; readonly text: string }[];
  readonly runs: readonly ProgramRun[];
  readonly server: Server | null;
  readonly differs: readonly AllowedDifference[];
  /** The files of the context that say how it is built, by path in it, as an editor hands them over. */
  readonly project: ReadonlyMap<string, string>;
}

/** A container that ends by itself. */
export interface ProgramRun {
  readonly args?: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A container that answers over HTTP. */
export interface Server {
  readonly port: number;
  /** Paths that are asked for, in order. */
  readonly requests: readonly string[];
}

/** A difference that is no failure where the split said so. */
export interface AllowedDifference {
  /** What differs, as the comparison calls it; `*` stands for any characters. */
  readonly what: string;
  readonly style?: string;
  /** The runtime base of the way; `*` stands for any characters. */
  readonly base?: string;
  /** A part of an assumption or of the summary that says so. */
  readonly said?: string;
  /** Why nothing has to say so. */
  readonly why?: string;
}

type Expectations = Pick<Sample, "about"> & Partial<Pick<Sample, "runs" | "differs">> & { readonly server?: Server };

const apps = path.join(import.meta.dirname, "apps");

/** All samples, in the order of their names. */
export function readSamples(): Promise<Sample[]> {
  return Promise.all(readdirSync(apps).toSorted().map(readSample));
}

async function readSample(name: string): Promise<Sample> {
  const folder = path.join(apps, name);
  const expectations = JSON.parse(readFileSync(path.join(folder, "expect.json"), "utf8")) as Expectations;
  const context = path.join(folder, "context");
  const dockerfiles = readdirSync(folder)
    .filter((file) => file.endsWith(".Dockerfile"))
    .toSorted()
    .map((file) => ({
      style: file.replace(/\.Dockerfile$/, ""),
      text: readFileSync(path.join(folder, file), "utf8"),
    }));
  return {
    name,
    about: expectations.about,
    context,
    dockerfiles,
    runs: expectations.runs ?? [],
    server: expectations.server ?? null,
    differs: expectations.differs ?? [],
    project: await neighbourReader(disk((place) => place)).project(context),
  };
}
