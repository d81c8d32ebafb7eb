import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

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
export function readSamples(): Sample[] {
  return readdirSync(apps).toSorted().map(readSample);
}

function readSample(name: string): Sample {
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
    project: readProject(context),
  };
}

const lockFile = /^(?:.*[.-]lock(?:\.\w+)?|.*\.lockb|npm-shrinkwrap\.json|go\.sum)$/;
const projectFile =
  /^(?:package\.json|.*config\.(?:json|[cm]?[jt]s)|go\.mod|pom\.xml|.*\.gradle(?:\.kts)?|Cargo\.toml|.*\.csproj|pyproject\.toml|setup\.(?:py|cfg)|requirements.*\.txt|composer\.json|Gemfile|.*\.gemspec|CMakeLists\.txt|Makefile|Makefile\.PL|cpanfile|configure)$/;
const largest = 256 * 1024;

function readProject(context: string): ReadonlyMap<string, string> {
  const project = new Map<string, string>();
  for (const name of readdirSync(context, { recursive: true, encoding: "utf8" })) {
    const file = path.join(context, name);
    const base = path.basename(name);
    if (name.includes("node_modules") || !statSync(file).isFile()) continue;
    if (lockFile.test(base)) project.set(name, "");
    else if (projectFile.test(base) && statSync(file).size <= largest) project.set(name, readFileSync(file, "utf8"));
  }
  return project;
}
