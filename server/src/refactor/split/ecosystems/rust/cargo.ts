import type { Call } from "../../../../stages/calls.ts";
import { lastPart, resolvePath } from "../../../../text/paths.ts";
import type { Role } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import type { Output } from "../native/language.ts";
import { isRunner } from "../native/programs.ts";
import { isMuslImage, isRustImage } from "./images.ts";
import { programsOf } from "./manifest.ts";

/** A command of Cargo, taken apart. */
export interface CargoCommand {
  readonly verb: string;
  /** Options by their long name; of those given several times the last. */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

const withValue = new Set(
  "bin bins example test bench package exclude features target target-dir profile manifest-path path git branch tag rev registry index root version vers jobs color config message-format artifact-dir out-dir recipe-path name edition vcs lockfile-path directory".split(
    " ",
  ),
);
const short: Readonly<Record<string, string>> = {
  p: "package",
  F: "features",
  j: "jobs",
  C: "directory",
  r: "release",
  v: "verbose",
  q: "quiet",
  f: "force",
};

export function readCargo({ args }: Pick<Call, "args">): CargoCommand {
  const options = new Map<string, string>();
  const operands: string[] = [];
  let verb = "";
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") break;
    if (arg.startsWith("+") && verb === "") continue;
    if (arg.startsWith("-")) {
      const long = arg.startsWith("--");
      const equals = arg.indexOf("=");
      const letter = long ? "" : arg.slice(1, 2);
      const name = long ? arg.slice(2, equals < 0 ? undefined : equals) : (short[letter] ?? letter);
      if (equals >= 0) options.set(name, arg.slice(equals + 1));
      else if (!long && arg.length > 2 && withValue.has(name)) options.set(name, arg.slice(2));
      else if (withValue.has(name) && name !== "bins") options.set(name, args[++at] ?? "");
      else options.set(name, "");
    } else if (verb === "") verb = arg;
    else operands.push(arg);
  }
  return { verb: aliases[verb] ?? verb, options, operands };
}

const aliases: Readonly<Record<string, string>> = { b: "build", r: "run", t: "test", c: "check", zigbuild: "build" };

/** Tools in the image that change, make or shrink programs. */
const tools = new Set([
  "rustc",
  "strip",
  "upx",
  "wasm-pack",
  "wasm-bindgen",
  "trunk",
  "sqlx",
  "diesel",
  "cross",
  "sccache",
  "bindgen",
]);

export function classifyRust(call: Call): Role | null {
  const { name, args, command } = call;
  if (name === "cargo") return classifyCargo(call);
  if (name === "rustup" || name === "rustup-init" || name === "rustup-init.sh") return { kind: "step", step: "tool" };
  if (name === "curl" || name === "wget")
    return args.some((arg) => /(?:sh\.rustup\.rs|static\.rust-lang\.org)/.test(arg))
      ? { kind: "step", step: "tool" }
      : null;
  // What Rust's installer writes for shells sets nothing but PATH.
  if ((name === "." || name === "source") && args.every((arg) => /\/\.?cargo\/env$/.test(arg)))
    return { kind: "state" };
  // `curl … | sh -s -- -y`
  if (name === "sh" || name === "bash") {
    const isInstaller =
      (command.separator === "|" && args.includes("-s") && args.some((arg) => rustupOption.test(arg))) ||
      args.some((arg) => /(?:^|\/)rustup(?:-init)?(?:\.sh)?$/.test(arg));
    return isInstaller ? { kind: "step", step: "tool" } : null;
  }
  if (name === "sqlx" || name === "diesel") return classifyDatabase(call);
  return tools.has(name) && !args.includes("--version") ? { kind: "step", step: "build" } : null;
}

/** Tools that make a database: one of SQLite is a file. */
function classifyDatabase({ args, env, path }: Call): Role {
  const writes = /^(?:database|db|migrate|mig|setup|migration)$/.test(args[0] ?? "") && args[1] !== "add";
  if (!writes) return { kind: "step", step: "build" };
  const at = args.findIndex((arg) => arg === "--database-url" || arg === "-D");
  const address = at < 0 ? env("DATABASE_URL") : args[at + 1];
  if (address === undefined) return { kind: "unknown" };
  if (/^(?:postgres|postgresql|mysql|mariadb):/.test(address)) return { kind: "step", step: "build" };
  const file = path(address.replace(/^(?:sqlite|file):(?:\/\/)?/, "").replace(/\?.*$/, ""));
  return { kind: "files", paths: file === null ? null : [file], repeatable: false };
}

const rustupOption = /^(?:-y|--default-toolchain(?:=.*)?|--profile(?:=.*)?|--no-modify-path)$/;

function classifyCargo(call: Call): Role {
  const { verb, options } = readCargo(call);
  switch (verb) {
    case "":
      return options.has("version") || options.has("V") || options.has("list")
        ? { kind: "inert" }
        : { kind: "unknown" };
    case "fetch":
    case "update":
    case "vendor":
    case "generate-lockfile":
    case "add":
      return { kind: "step", step: "dependencies" };
    case "new":
    case "init":
    case "login":
    case "clean":
    case "fix":
      return { kind: "step", step: "tool" };
    case "test":
    case "nextest":
    case "bench":
    case "clippy":
    case "fmt":
    case "check":
    case "audit":
    case "deny":
    case "tarpaulin":
      return { kind: "step", step: "test" };
    case "version":
    case "tree":
    case "metadata":
    case "help":
      return { kind: "inert" };
    default:
      return { kind: "step", step: "build" };
  }
}

/** The directory that the profile's programs are written to, from the target directory. */
export function profileDirectory(options: ReadonlyMap<string, string>): string {
  const profile = options.get("profile");
  if (profile !== undefined)
    return profile === "dev" || profile === "test" ? "debug" : profile === "bench" ? "release" : profile;
  return options.has("release") ? "release" : "debug";
}

/** The triple that a build makes programs for; `null` for the image's own. */
export function tripleOf(call: Call, options: ReadonlyMap<string, string>, facts: Facts): string | null {
  const written = options.get("target") ?? call.env("CARGO_BUILD_TARGET");
  const triple = written === undefined ? null : lastPart(written.replace(/\.json$/, ""));
  if (triple !== null && /[$`]/.test(triple)) return expandTriple(call, triple);
  return triple ?? imageTriple(facts);
}

function expandTriple(call: Call, text: string): string {
  return text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => call.env(name) ?? whole);
}

/** Images that build for another C library than their own unless told otherwise. */
function imageTriple(facts: Facts): string | null {
  return isMuslImage(facts) ? "x86_64-unknown-linux-musl" : null;
}

/** Where Cargo keeps itself and what it installs; `null` where the image decides in a way that is not known. */
export function cargoHome(facts: Facts, env: Call["env"], user: string | null): string | null {
  const given = env("CARGO_HOME");
  if (given !== undefined) return given.startsWith("/") ? resolvePath("/", given) : null;
  if (isMuslImage(facts)) return null;
  if (isRustImage(facts)) return "/usr/local/cargo";
  const name = user?.replace(/:.*$/, "") ?? "root";
  if (name === "root" || name === "0") return "/root/.cargo";
  return /^[a-z_][\w-]*$/.test(name) ? `/home/${name}/.cargo` : null;
}

function installDirectory(call: Call, facts: Facts, root: string | undefined): string | null {
  const given = root ?? call.env("CARGO_INSTALL_ROOT");
  if (given !== undefined) {
    const path = call.path(given);
    return path === null ? null : resolvePath(path, "bin");
  }
  const user = facts.steps.find(({ calls }) => calls.includes(call))?.user ?? null;
  const home = cargoHome(facts, call.env, user);
  return home === null ? null : resolvePath(home, "bin");
}

/** Programs of crates that are called otherwise. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  diesel_cli: ["diesel"],
  "sqlx-cli": ["sqlx", "cargo-sqlx"],
  "wasm-bindgen-cli": ["wasm-bindgen"],
  "sea-orm-cli": ["sea-orm-cli", "sea"],
  ripgrep: ["rg"],
  "fd-find": ["fd"],
};

export function cargoOutputs(call: Call, facts: Facts): Output[] {
  if (isRunner(call)) return runnerOutputs(call);
  if (call.name === "rustc") return rustcOutputs(call);
  if (call.name !== "cargo" && call.name !== "cross") return [];
  const { verb, options, operands } = readCargo(call);
  if (verb === "install") return installOutputs(call, options, operands, facts);
  // Subcommands such as `cargo auditable build` and `cargo leptos build` write to the same place.
  const builds = verb === "build" || verb === "rustc" || operands[0] === "build";
  const cwd = directoryOfProject(call, options);
  if (!builds || cwd === null) return [];
  const target = options.get("target-dir") ?? call.env("CARGO_TARGET_DIR") ?? call.env("CARGO_BUILD_TARGET_DIR");
  const targetDirectory = target === undefined ? resolvePath(workspaceOf(facts, cwd), "target") : call.path(target);
  if (targetDirectory === null) return [];
  const triple = tripleOf(call, options, facts);
  const directory = resolvePath(targetDirectory, `${triple === null ? "" : `${triple}/`}${profileDirectory(options)}`);
  const named = options.get("bin");
  const names = named === undefined ? programsOf(facts, cwd, options.get("package") ?? null) : [named];
  const unnamed: Output = { path: null, directory, folders: false, tool: false };
  return names.length === 0
    ? [unnamed]
    : names.map((name) => ({
        path: resolvePath(directory, name),
        directory,
        folders: false,
        tool: false,
        // Programs of `src/bin` are in no manifest.
        more: named === undefined,
      }));
}

/** Cargo writes beside the workspace's Cargo.toml, which may stand above the directory of a build. */
function workspaceOf({ project }: Facts, cwd: string): string {
  for (let directory = cwd; directory !== "/"; directory = resolvePath(directory, "..")) {
    const text = project.get(`${directory === "/" ? "" : directory}/Cargo.toml`);
    if (text !== undefined && /^\s*\[workspace[\].]/m.test(text)) return directory;
  }
  return cwd;
}

/** The directory of the Cargo.toml that a command builds; `null` where it cannot be told. */
export function directoryOfProject(call: Call, options: ReadonlyMap<string, string>): string | null {
  const manifest = options.get("manifest-path");
  const changed = options.get("directory");
  if (manifest !== undefined) {
    const path = call.path(manifest);
    return path === null ? null : resolvePath(path, "..");
  }
  return changed === undefined ? call.cwd : call.path(changed);
}

function installOutputs(
  call: Call,
  options: ReadonlyMap<string, string>,
  operands: readonly string[],
  facts: Facts,
): Output[] {
  const directory = installDirectory(call, facts, options.get("root"));
  if (directory === null) return [];
  const outputOf = (name: string | null, tool: boolean): Output => ({
    path: name === null ? null : resolvePath(directory, name),
    directory,
    folders: false,
    tool,
  });
  const named = options.get("bin");
  const isLocal = options.has("path") || (operands.length === 0 && !options.has("git"));
  if (named !== undefined) return [outputOf(named, !isLocal)];
  if (isLocal) {
    const written = options.get("path");
    const cwd = written === undefined ? call.cwd : call.path(written);
    const names = cwd === null ? [] : programsOf(facts, cwd, null);
    return names.length === 0
      ? [outputOf(null, false)]
      : names.map((name) => ({ ...outputOf(name, false), more: true }));
  }
  // What a crate's programs are called only the crate says.
  return [
    ...operands
      .flatMap((name) => otherNames[name.replace(/@.*$/, "")] ?? [name.replace(/@.*$/, "")])
      .map((name) => outputOf(name, true)),
    outputOf(null, true),
  ];
}

function runnerOutputs({ cwd }: Call): Output[] {
  if (cwd === null) return [];
  return ["release", "debug"].map((profile) => ({
    path: null,
    directory: resolvePath(cwd, `target/${profile}`),
    folders: false,
    tool: false,
  }));
}

function rustcOutputs({ args, path, cwd }: Call): Output[] {
  const at = args.indexOf("-o");
  const written = at < 0 ? null : path(args[at + 1] ?? "");
  const source = args.find((arg) => arg.endsWith(".rs"));
  if (cwd === null || source === undefined) return [];
  const program = written ?? resolvePath(cwd, lastPart(source).replace(/\.rs$/, ""));
  return [{ path: program, directory: resolvePath(program, ".."), folders: false, tool: false }];
}
