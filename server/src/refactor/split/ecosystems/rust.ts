import type { Call } from "../../../stages/calls.ts";
import { lastPart, resolvePath } from "../../../text/paths.ts";
import type { Facts } from "../facts.ts";
import type { Ecosystem, Refusal } from "./ecosystem.ts";
import { chooseNative, commandFor } from "./native/choose.ts";
import { type Language, plainLanguage, type Replacement } from "./native/language.ts";
import { isRunner } from "./native/programs.ts";
import {
  cargoHome,
  cargoOutputs,
  classifyRust,
  directoryOfProject,
  profileDirectory,
  readCargo,
  tripleOf,
} from "./rust/cargo.ts";
import { examples } from "./rust/examples.ts";
import { isRustImage, rustSystem } from "./rust/images.ts";
import { runProgram } from "./rust/manifest.ts";

/** What Cargo and its usual extensions do writes programs and nothing else. */
const known = new Set(
  "build rustc install run fetch update vendor generate-lockfile add new init login clean fix test nextest bench clippy fmt check audit deny tarpaulin version tree metadata help chef auditable sqlx binstall search".split(
    " ",
  ),
);
const outside = new Set(["new", "init", "login", "version", "help", "", "search"]);

/** Whether a command of Cargo says where the project is. */
function isProjectCommand(call: Call): boolean {
  if (call.name === "rustc") return call.args.some((arg) => arg.endsWith(".rs"));
  if (call.name !== "cargo") return false;
  const { verb, options, operands } = readCargo(call);
  if (outside.has(verb) || options.has("version")) return false;
  return verb !== "install" || options.has("path") || (operands.length === 0 && !options.has("git"));
}

const hasRust = ({ steps }: Facts): boolean =>
  steps.some(({ calls }) => calls.some(({ name }) => name === "cargo" || name === "rustc"));

function outputs(call: Call, facts: Facts): ReturnType<Language["outputs"]> {
  // `make` in another image than Rust's builds something else.
  return isRunner(call) && !isRustImage(facts) && !hasRust(facts) ? [] : cargoOutputs(call, facts);
}

/** Whether all programs are built for a C library that they hold themselves. */
function isStatic(facts: Facts): boolean {
  const flags = facts.env("RUSTFLAGS") ?? "";
  const builds = facts.steps.flatMap(({ calls }) =>
    calls.filter(
      (call) => call.name === "cargo" && ["build", "rustc", "install"].includes(readCargo(call).verb) && !isTool(call),
    ),
  );
  const isAlpine = rustSystem(facts)?.family === "alpine";
  return (
    builds.length > 0 &&
    builds.every((call) => {
      const own = `${flags} ${call.env("RUSTFLAGS") ?? ""}`;
      if (/-crt-static/.test(own)) return false;
      const triple = tripleOf(call, readCargo(call).options, facts);
      return triple === null ? isAlpine : triple.includes("-musl");
    })
  );
}

/** `cargo install cargo-chef` and the like install tools of the build. */
function isTool(call: Call): boolean {
  const { verb, operands } = readCargo(call);
  return verb === "install" && operands.some((name) => name.startsWith("cargo-"));
}

const wayOut =
  'build it with `RUN cargo build --release` and start it by its path, such as `CMD ["./target/release/NAME"]`';

/** Whether CMD is a command whose words say all, so that other words can take its place. */
function isPlain({ analysis, cmd }: Facts): boolean {
  if (cmd?.json === true) return true;
  const command = cmd ? analysis.script(cmd).commands[0] : undefined;
  return (
    command?.name === "cargo" &&
    command.redirects.length === 0 &&
    command.assignments.length === 0 &&
    command.words.every(({ text }) => /^[\w./:=@+-]+$/.test(text))
  );
}

/** What `cargo run` starts. */
function replaceStart(facts: Facts): Replacement | Refusal | null {
  const { start, cwd, entrypoint, cmd } = facts;
  const call = start?.calls.find(({ program }) => lastPart(program) === "cargo");
  if (!call) return null;
  const words = [call.program, ...call.args].join(" ");
  const plain = { args: call.args };
  const { verb, options } = readCargo(plain);
  if (verb !== "run")
    return { refused: `The container starts \`${words}\`, which needs the sources and the Rust toolchain.` };
  const compiles = `The container starts \`${words}\`, which compiles the program anew and needs the Rust toolchain`;
  if (entrypoint || !cmd || !isPlain(facts) || start!.calls.length > 1 || cwd === null || options.has("example"))
    return { refused: `${compiles}: ${wayOut}, then it can be split.` };
  const project = options.get("manifest-path");
  const directory = project === undefined ? cwd.value : resolvePath(cwd.value, `${project}/..`);
  const name = options.get("bin") ?? runProgram(facts, directory, options.get("package") ?? null);
  if (name === null) return { refused: `${compiles}: ${wayOut}, then it can be split.` };
  const builds = facts.steps.flatMap((step) => step.calls.filter((one) => one.name === "cargo"));
  const same = builds.find((one) => {
    const read = readCargo(one);
    return (
      read.verb === "build" &&
      directoryOfProject(one, read.options) === directory &&
      profileDirectory(read.options) === profileDirectory(options) &&
      read.options.get("target") === options.get("target") &&
      read.options.get("features") === options.get("features")
    );
  });
  const target =
    options.get("target-dir") ?? facts.env("CARGO_TARGET_DIR") ?? facts.env("CARGO_BUILD_TARGET_DIR") ?? "target";
  const triple = options.get("target") ?? facts.env("CARGO_BUILD_TARGET");
  const program = resolvePath(
    resolvePath(directory, target),
    `${triple === undefined ? "" : `${triple}/`}${profileDirectory(options)}/${name}`,
  );
  const rest = call.args.slice(call.args.indexOf("run") + 1);
  const dashes = rest.indexOf("--");
  const flags = (dashes < 0 ? rest : rest.slice(0, dashes)).filter((word) => word !== "-q" && word !== "--quiet");
  const { args: given } = call;
  const operands = dashes < 0 ? readCargo({ args: given }).operands : given.slice(given.indexOf("--") + 1);
  return {
    program,
    directory,
    command: [commandFor(facts, program), ...operands],
    build: same ? null : ["cargo build", ...flags.filter((word) => !operands.includes(word))].join(" "),
    assumptions: [
      `The program is \`${name}\`, and does not read the variables that \`cargo run\` sets, such as CARGO_MANIFEST_DIR.`,
    ],
  };
}

/** The homes of Cargo of all users that the file has. */
function homesOf(facts: Facts): string[] {
  const users = new Set([...facts.steps.map(({ user }) => user), facts.user]);
  return [...new Set([...users].flatMap((user) => cargoHome(facts, facts.env, user) ?? []))];
}

function refuse({ stage, steps }: Facts): Refusal | null {
  const crosses = steps.some(({ calls }) =>
    calls.some((call) => call.name === "cross" || (call.name === "cargo" && readCargo(call).options.has("target"))),
  );
  return crosses && stage.from.flags.length > 0
    ? {
        refused:
          "The program may be built for another platform than its base (`--target`), so the runtime stage's platform is not certain.",
      }
    : null;
}

const language: Language = {
  ...plainLanguage,
  name: "Rust",
  tools: new Set(["cargo", "rustc", "rustup", "cargo-watch", "bacon"]),
  isOwn: (call) => classifyRust(call) !== null && !["trunk", "wasm-pack", "wasm-bindgen"].includes(call.name),
  runsScript: (call) => call.name === "cargo" && !known.has(readCargo(call).verb),
  outputs,
  isProjectCommand,
  sources:
    /^(?:[\w.*-]+\.rs|Cargo\.(?:toml|lock|\*)|Cargo\*|\*\.(?:toml|lock)|src|crates|build\.rs|rust-toolchain(?:\.toml)?|\.?rustfmt\.toml|\.?clippy\.toml|deny\.toml|diesel\.toml|askama\.toml|sqlx-data\.json|\.sqlx|\.cargo|vendor|xtask|target|recipe\.json)$/,
  variables: /^(?:CARGO|RUST|SQLX_OFFLINE|CC|CXX|AR|OPENSSL|PKG_CONFIG|LIBCLANG)/,
  homes: (facts) => [
    "/usr/local/cargo",
    "/usr/local/rustup",
    "/root/.cargo",
    "/root/.rustup",
    "/rustup-init",
    ...homesOf(facts),
    ...[facts.env("RUSTUP_HOME"), facts.env("CARGO_TARGET_DIR"), facts.env("CARGO_BUILD_TARGET_DIR")].flatMap((path) =>
      path?.startsWith("/") === true ? [resolvePath("/", path)] : [],
    ),
  ],
  programDirectories: (facts) =>
    [...new Set(["/usr/local/cargo", "/root/.cargo", ...homesOf(facts)])].map((home) => `${home}/bin`),
  packages:
    /^(?:rustc|cargo|rustup|rust-all|libclang-(?:[\d.]+-)?dev|clang(?:-[\d.]+)?(?:-dev)?|llvm(?:-[\d.]+)?(?:-dev)?|lld(?:-[\d.]+)?|mold|musl-tools|musl-dev|libc-dev|libc6-dev|linux-libc-dev|gcc-[\w-]+|g\+\+-[\w-]+|crossbuild-[\w-]+|libssl-doc|openssl-libs-static|[\w-]+-static)$/,
  refuse,
  isStatic,
  isToolImage: isRustImage,
  system: rustSystem,
  // All of these images install them, so that Cargo can reach its registry.
  hasCertificates: isRustImage,
  plainSystems: true,
  replaceStart,
};

/** Programs written in Rust. */
export const rust: Ecosystem = {
  id: "rust",
  name: "Rust",
  docs: `Cargo leaves one program in \`target/release\` or in its own \`bin\`; only that crosses, at the path that the container
starts. What \`COPY . .\` brings besides sources, and what may be read at run time, must be checked; folders such as
\`migrations\` that the file copies by name come along. A program built on Debian stays on Debian, in the release that the
tag names or that its version of the image stands on, never on an older one. The full Rust image holds libraries such as
OpenSSL that small images lack: \`buildpack-deps\` has all of them without the toolchain. Programs for musl need no system.
Where the file installs Rust itself, the runtime stage starts from the same system. \`cargo run\` becomes the program.`,
  examples,
  images: [
    {
      name: "rust",
      workdir: "/",
      environment: { CARGO_HOME: "/usr/local/cargo", RUSTUP_HOME: "/usr/local/rustup" },
    },
  ],
  words: ["cargo", "rustc"],
  classify: classifyRust,
  choose: (facts, role) => chooseNative(language, facts, role),
};
