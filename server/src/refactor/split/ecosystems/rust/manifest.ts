import { isInside } from "../../../../text/paths.ts";
import { readToml } from "../../../../workspace/toml.ts";
import type { Facts } from "../../facts.ts";

interface Manifest {
  /** Of `[package]`; `null` for a workspace alone. */
  readonly name: string | null;
  readonly defaultRun: string | null;
  /** Names of programs that `[[bin]]` lists. */
  readonly programs: readonly string[];
  /** Whether Cargo looks for programs in `src/main.rs` and `src/bin`. */
  readonly searches: boolean;
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function readManifest(text: string): Manifest | null {
  const found = readToml(text);
  if (!isTable(found)) return null;
  const about = isTable(found["package"]) ? found["package"] : {};
  const bins: readonly unknown[] = Array.isArray(found["bin"]) ? found["bin"] : [];
  return {
    name: textOf(about["name"]),
    defaultRun: textOf(about["default-run"]),
    programs: bins.flatMap((bin) => (isTable(bin) ? (textOf(bin["name"]) ?? []) : [])),
    searches: about["autobins"] !== false,
  };
}

/** What manifests say, by the files they were read from: many commands ask. */
const known = new WeakMap<Facts["project"], ReadonlyMap<string, Manifest>>();

function manifestsOf({ project }: Facts): ReadonlyMap<string, Manifest> {
  let manifests = known.get(project);
  if (!manifests) {
    const read = [...project].flatMap(([path, text]) => {
      const manifest = path.endsWith("/Cargo.toml") ? readManifest(text) : null;
      return manifest ? [[path, manifest] as const] : [];
    });
    manifests = new Map(read);
    known.set(project, manifests);
  }
  return manifests;
}

/** The manifests in a directory and below it, by path. */
function manifestsIn(facts: Facts, directory: string): readonly (readonly [path: string, manifest: Manifest])[] {
  return [...manifestsOf(facts)].filter(([path]) => isInside(directory, path));
}

/**
 * The programs that the project in a directory may make, as far as its manifests name them; empty where they are not known.
 *
 * @param only the package that is built; `null` for all
 */
export function programsOf(facts: Facts, directory: string, only: string | null): string[] {
  const names = manifestsIn(facts, directory).flatMap(([, { name, programs, searches }]) =>
    only !== null && name !== only ? [] : [...programs, ...(searches && name !== null ? [name] : [])],
  );
  return [...new Set(names)];
}

/** The program that `cargo run` starts in a directory; `null` where that is not certain. */
export function runProgram(facts: Facts, directory: string, only: string | null): string | null {
  const found = manifestsIn(facts, directory);
  const own = found.find(([path, { name }]) =>
    only === null ? path === `${directory === "/" ? "" : directory}/Cargo.toml` : name === only,
  )?.[1];
  if (!own) return null;
  if (own.defaultRun !== null) return own.defaultRun;
  if (own.programs.length === 1) return own.programs[0]!;
  return own.programs.length === 0 && own.searches ? own.name : null;
}
