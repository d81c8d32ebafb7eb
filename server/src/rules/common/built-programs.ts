import { isOfficial } from "../../images/image.ts";
import type { Libc } from "../../images/libc.ts";
import { operandsOf } from "../../refactor/split/commands.ts";
import { isForeign, readGo, settingOf } from "../../refactor/split/ecosystems/go/commands.ts";
import { outputsOf } from "../../refactor/split/ecosystems/go/programs.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { type Call, readCalls } from "../../stages/calls.ts";
import { type Layer, layersOf, variableOf } from "../../stages/layers.ts";
import { readPackageCommand } from "../../stages/packages.ts";
import type { Edit } from "../../text/edit.ts";
import { directoryOf, isInside, lastPart, resolvePath } from "../../text/paths.ts";
import type { System } from "./systems.ts";

/**
 * Programs that stages build and that use the C library of the system they are built on: a program that is linked against
 * glibc does not start where only musl is, and the other way round, and neither starts in an empty image.
 */

/**
 * How sure it is that a program uses the C library: `surely`; `network` where it does if it uses the network, names of
 * users, or C code; `maybe` where that depends on the processor it is built for, or on an old version of Go.
 */
export type Linking = "surely" | "network" | "maybe";

export interface BuiltProgram {
  /** In a sentence: `Rust program`. */
  readonly what: string;
  readonly language: "c" | "dart" | "go" | "java" | "rust" | "other";
  readonly libc: Exclude<Libc, "none">;
  readonly linking: Linking;
  /** Absolute. */
  readonly directory: string;
  /** Its file in that directory; `null` where the file does not name it. */
  readonly name: string | null;
  /** Whether the directory is the program. */
  readonly whole: boolean;
  /** The command that builds it. */
  readonly call: Call;
}

/** What is known of the stage that a command runs in. */
interface Place {
  readonly system: System;
  readonly libc: Exclude<Libc, "none">;
  /** Whether `go env -w` writes settings that are not seen otherwise. */
  readonly goSettings: boolean;
  /** What the stage says of linking anywhere: `-static`, musl and the like make nothing sure. */
  readonly unsure: boolean;
  /** Whether there is a C compiler. */
  readonly compiler: boolean;
}

type Reader = (call: Call, place: Place) => readonly BuiltProgram[];

/** Words of which a stage has one that builds a program which is known here. */
const builders =
  /(?:^|[\s/;&|(])(?:go|cargo|gcc|g\+\+|cc|c\+\+|clang|clang\+\+|swift|dart|jlink|mix|dotnet|crystal|shards|bun|deno|pyinstaller)\s/m;

const staticWords = /static|\bzig|uclibc|crt-|\bnix\b/i;

/** How many programs of one stage are followed. Nobody's file builds more. */
const mostPrograms = 200;

/** The programs that a stage's image holds and that it or a stage below it in its chain builds. */
export function builtPrograms(analysis: Analysis, stage: number, system: System): BuiltProgram[] {
  const { libc } = system;
  if (libc === null || libc === "none") return [];
  const layers = layersOf(analysis, stage);
  const textOf = ({ instruction: { span } }: Layer): string => analysis.text.slice(span.start, span.end);
  if (!layers.some((layer) => layer.instruction.keyword === "RUN" && builders.test(textOf(layer)))) return [];
  const settings = layers.filter(({ instruction: { keyword } }) => /^(?:RUN|ENV|ARG)$/.test(keyword));
  const unsure = settings.some((layer) => {
    const text = textOf(layer);
    return staticWords.test(text) || (libc === "glibc" && text.includes("musl"));
  });
  const goSettings = settings.some((layer) => {
    const text = textOf(layer);
    return /\bgo\s+env\s+-w\b/.test(text) && /CGO_ENABLED|GOFLAGS/.test(text);
  });
  let compiler = libc === "glibc";
  const programs: BuiltProgram[] = [];
  for (const layer of layers) {
    const { instruction, cwd, user } = layer;
    if (instruction.keyword !== "RUN") continue;
    const text = textOf(layer);
    const installs = !compiler && /\b(?:gcc|g\+\+|clang|build-base|alpine-sdk)\b/.test(text);
    if (!installs && !builders.test(text) && programs.length === 0) continue;
    if (!instruction.json && analysis.script(instruction).opaque) continue;
    const { index } = layer.stage;
    const env = (name: string): string | undefined => {
      if (!analysis.scope.lookUp(index, name, instruction.span.start)) return undefined;
      // A build arg without a value here is given one from outside.
      return variableOf(analysis, index, name, instruction.span.start) ?? `$${name}`;
    };
    // The official Go image starts there.
    const start = cwd ?? (system.image && isOfficial(system.image, "golang") ? "/go" : null);
    for (const call of readCalls(analysis, instruction, { cwd: start, user, env })) {
      if (installs && installsCompiler(call)) compiler = true;
      if (programs.length > mostPrograms) return [];
      const reader = Object.hasOwn(readers, call.name) ? readers[call.name]! : null;
      if (reader) programs.push(...reader(call, { system, libc, goSettings, unsure, compiler }));
      else if (programs.length > 0) programs.push(...moved(call, programs));
    }
  }
  return programs;
}

function installsCompiler({ command }: Call): boolean {
  const read = readPackageCommand(command.words);
  return (
    read?.action === "install" &&
    read.packages.some(({ value }) => /^(?:gcc|g\+\+|clang\d*|build-base|alpine-sdk)(?:$|[=<>~])/.test(value))
  );
}

/** Programs that a command brings to another place. */
function moved(call: Call, programs: readonly BuiltProgram[]): BuiltProgram[] {
  if (call.name !== "cp" && call.name !== "mv" && call.name !== "install") return [];
  const operands = operandsOf(call.name, call.args);
  const written = operands.at(-1);
  const to = written === undefined ? null : call.path(written);
  if (to === null || operands.length < 2) return [];
  return operands.slice(0, -1).flatMap((operand): BuiltProgram[] => {
    const from = call.path(operand);
    const original = from === null ? undefined : programs.find((one) => isProgramAt(one, from));
    if (!original || from === null) return [];
    const name = lastPart(from);
    if (original.whole) return [{ ...original, directory: to }];
    const inside = { ...original, directory: to, name };
    const renamed = { ...original, directory: directoryOf(to), name: lastPart(to) };
    return written!.endsWith("/") || operands.length > 2 ? [inside] : [inside, renamed];
  });
}

/** Whether a path is a program's file or its directory, as far as the file says. */
export function isProgramAt({ directory, name, whole }: BuiltProgram, path: string): boolean {
  if (whole) return isInside(directory, path);
  if (name !== null) return path === resolvePath(directory, name);
  return (
    directoryOf(path) === directory &&
    /^[\w-]+$/.test(lastPart(path)) &&
    !/^(?:build|deps|examples|incremental)$/.test(lastPart(path))
  );
}

function option(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [i, arg] of args.entries()) {
    for (const name of names) {
      if (arg === name) return args[i + 1] ?? "";
      if (name.startsWith("--") && arg.startsWith(`${name}=`)) return arg.slice(name.length + 1);
    }
  }
  return undefined;
}

const hasVariable = (text: string): boolean => /[$`]/.test(text);

interface Output {
  readonly directory: string;
  readonly name: string | null;
  readonly whole?: boolean;
}

function program(
  { libc }: Pick<Place, "libc">,
  call: Call,
  kind: Pick<BuiltProgram, "what" | "language">,
  output: Output,
): BuiltProgram {
  return { ...kind, libc, linking: "surely", whole: false, ...output, call };
}

/** A file named by an option or a default; `null` where the file does not tell. */
function fileOutput(call: Call, written: string): Output | null {
  const path = call.path(written);
  return path === null ? null : { directory: directoryOf(path), name: lastPart(path) };
}

const rust: Pick<BuiltProgram, "what" | "language"> = { what: "Rust program", language: "rust" };

const readCargo: Reader = (call, place) => {
  // Rust links statically on Alpine.
  if (place.unsure || place.libc === "musl") return [];
  const args = call.args.filter((arg) => !arg.startsWith("+") && arg !== "auditable");
  const verb = args.find((arg) => !arg.startsWith("-"));
  const target = option(args, "--target") ?? call.env("CARGO_BUILD_TARGET");
  if (target !== undefined && !/^[\w]+-unknown-linux-gnu$/.test(target)) return [];
  if (verb === "install") {
    const root =
      option(args, "--root") ?? call.env("CARGO_INSTALL_ROOT") ?? call.env("CARGO_HOME") ?? "/usr/local/cargo";
    const directory = call.path(root);
    return directory === null
      ? []
      : [program(place, call, rust, { directory: resolvePath(directory, "bin"), name: null })];
  }
  if (verb !== "build" && verb !== "b" && verb !== "rustc") return [];
  const manifest = option(args, "--manifest-path");
  const project =
    manifest === undefined ? call.cwd : call.path(directoryOf(manifest.includes("/") ? manifest : `./${manifest}`));
  const written = option(args, "--target-dir") ?? call.env("CARGO_TARGET_DIR");
  const output = written === undefined ? project && resolvePath(project, "target") : call.path(written);
  if (output === null) return [];
  const isRelease = args.some((arg) => arg === "--release" || /^-\w*r\w*$/.test(arg));
  const profile = option(args, "--profile") ?? (isRelease ? "release" : "debug");
  const directory = resolvePath(output, `./${target ?? ""}/${profile === "dev" ? "debug" : profile}`);
  return [program(place, call, rust, { directory, name: null })];
};

const compilerOptions =
  /^-(?:c|S|E|M|MM|shared|static|static-pie|nostdlib|nodefaultlibs|ffreestanding|fsyntax-only|r|v|dump\w+|print.*)$/;

const readCompiler: Reader = (call, place) => {
  const text = call.words.map((word) => word.text).join(" ");
  if (place.unsure || call.args.some((arg) => compilerOptions.test(arg) || arg.startsWith("--"))) return [];
  // What is in CFLAGS may say anything.
  if (/\$\{?\w/.test(text) || !call.args.some((arg) => /\.(?:c|cc|cpp|cxx|C|o|a|s|S)$/.test(arg))) return [];
  const output = fileOutput(call, option(call.args, "-o") ?? "a.out");
  return output ? [program(place, call, { what: "program", language: "c" }, output)] : [];
};

const goStatic = /static|netgo|osusergo|musl|zig|uclibc|purego/i;

/** The values of what a command's words and the settings of Go name; `null` where one that matters is not known. */
function goTexts(call: Call): string | null {
  const words = call.words.map((word) => word.text);
  const texts = [...words, ...call.command.assignments.map(({ value }) => value)];
  for (const name of ["GOFLAGS", "CC", "CGO_LDFLAGS", "GO_LDFLAGS"]) texts.push(call.env(name) ?? "");
  for (const [, name = ""] of words.join(" ").matchAll(/\$\{?(\w+)/g)) {
    const value = call.env(name);
    if (value === undefined && /FLAG|OPT|ARG|TAG|LD|PARAM/i.test(name)) return null;
    texts.push(value ?? "");
  }
  return texts.join(" ");
}

const readGoCall: Reader = (call, { system, libc, goSettings, compiler }) => {
  const outputs = outputsOf(call);
  if (goSettings || outputs.length === 0 || outputs[0]!.tool) return [];
  const linking = goLinking(call, system, compiler);
  if (linking === null) return [];
  return outputs.map(({ path, directory, several }): BuiltProgram => ({
    what: "Go program",
    language: "go",
    libc,
    linking,
    directory: path === null || several ? (path ?? directory) : directoryOf(path),
    name: path === null || several ? null : lastPart(path),
    whole: false,
    call,
  }));
};

function goLinking(call: Call, { image }: System, compiler: boolean): Linking | null {
  if (isForeign(call)) return null;
  const texts = goTexts(call);
  if (texts === null || goStatic.test(texts)) return null;
  const cgo = settingOf(call, "CGO_ENABLED");
  if (cgo === "1") return "surely";
  if (cgo !== undefined) return null;
  // On other images than Go's own it is not certain that cgo is on.
  if (!image || !isOfficial(image, "golang")) return null;
  // Before Go 1.20 it is without a compiler, too, as far as Go's own packages use it.
  const [, minor] = /^1\.(\d+)(?:\D|$)/.exec(image.tag) ?? [];
  if (!compiler) return minor !== undefined && Number(minor) < 20 ? "maybe" : null;
  if (readGo(call).flags.has("race")) return "surely";
  return settingOf(call, "GOARCH") === undefined ? "network" : "maybe";
}

const readSwift: Reader = (call, place) => {
  if (place.unsure || call.args[0] !== "build" || call.args.some((arg) => /sdk|triple|destination/.test(arg)))
    return [];
  const written = option(call.args, "--scratch-path", "--build-path") ?? ".build";
  const output = call.path(written);
  const configuration = option(call.args, "-c", "--configuration") ?? "debug";
  if (output === null || hasVariable(configuration)) return [];
  return [
    program(
      place,
      call,
      { what: "Swift program", language: "other" },
      { directory: resolvePath(output, configuration), name: null },
    ),
  ];
};

const readDart: Reader = (call, place) => {
  if (place.libc === "musl" || call.args[0] !== "compile" || call.args[1] !== "exe") return [];
  const source = call.args.find((arg) => arg.endsWith(".dart"));
  const written = option(call.args, "-o", "--output") ?? source?.replace(/\.dart$/, ".exe");
  const output = written === undefined ? null : fileOutput(call, written);
  return output ? [program(place, call, { what: "Dart program", language: "dart" }, output)] : [];
};

const readJlink: Reader = (call, place) => {
  const written = option(call.args, "--output");
  const directory = written === undefined ? null : call.path(written);
  // A JDK for another system may be linked from its modules.
  const modules = option(call.args, "--module-path", "-p") ?? "";
  if (
    directory === null ||
    (modules.includes("jmods") && !/^(?:\$\{?JAVA_HOME\}?|\/opt\/java\/openjdk|\/usr\/lib\/jvm)\b/.test(modules))
  )
    return [];
  return [program(place, call, { what: "Java runtime", language: "java" }, { directory, name: null, whole: true })];
};

const readMix: Reader = (call, place) => {
  if (call.args[0] !== "release") return [];
  const written = option(call.args, "--path");
  const environment = call.env("MIX_ENV") ?? "dev";
  const directory = call.path(written ?? `_build/${environment}/rel`);
  if (directory === null || hasVariable(environment)) return [];
  const what = "release with its Erlang runtime";
  return [program(place, call, { what, language: "other" }, { directory, name: null, whole: true })];
};

const readDotnet: Reader = (call) => {
  if (call.args[0] !== "publish") return [];
  const contained = option(call.args, "--self-contained", "--sc");
  const property = call.args.some((arg) => /^[-/]{1,2}p(?:roperty)?:SelfContained=true$/i.test(arg));
  if (!property && (contained === undefined || /^false$/i.test(contained))) return [];
  const identifier = option(call.args, "-r", "--runtime");
  const match = /^(linux-musl|alpine|linux|debian|ubuntu)[\w.-]*$/.exec(identifier ?? "");
  const written = option(call.args, "-o", "--output");
  const directory = written === undefined ? null : call.path(written);
  if (!match || directory === null) return [];
  const libc = match[1] === "linux-musl" || match[1] === "alpine" ? "musl" : "glibc";
  const what = "self-contained .NET program";
  return [program({ libc }, call, { what, language: "other" }, { directory, name: null, whole: true })];
};

const readCrystal: Reader = (call, place) => {
  if (place.unsure || call.args[0] !== "build") return [];
  const crystal: Pick<BuiltProgram, "what" | "language"> = { what: "Crystal program", language: "other" };
  if (call.name === "shards") {
    const directory = call.path("bin");
    return directory === null ? [] : [program(place, call, crystal, { directory, name: null })];
  }
  const source = call.args.find((arg) => arg.endsWith(".cr"));
  const written = option(call.args, "-o") ?? (source === undefined ? undefined : lastPart(source).replace(/\.cr$/, ""));
  const output = written === undefined ? null : fileOutput(call, written);
  return output ? [program(place, call, crystal, output)] : [];
};

/** Programs that carry the runtime that compiled them. */
const readBundler: Reader = (call, place) => {
  const { name, args } = call;
  const compiles = name === "bun" ? args[0] === "build" && args.includes("--compile") : args[0] === "compile";
  if (!compiles || option(args, "--target") !== undefined) return [];
  const written = option(args, "--outfile", "--output", "-o");
  const output = written === undefined ? null : fileOutput(call, written);
  const what = `program with the runtime of ${name === "bun" ? "Bun" : "Deno"}`;
  return output && place.libc === "glibc" ? [program(place, call, { what, language: "other" }, output)] : [];
};

const readPyInstaller: Reader = (call, place) => {
  const directory = call.path(option(call.args, "--distpath") ?? "dist");
  if (place.unsure || directory === null) return [];
  const what = "program with its Python";
  return [program(place, call, { what, language: "other" }, { directory, name: null, whole: true })];
};

const readers: Readonly<Record<string, Reader>> = {
  go: readGoCall,
  cargo: readCargo,
  gcc: readCompiler,
  "g++": readCompiler,
  cc: readCompiler,
  "c++": readCompiler,
  clang: readCompiler,
  "clang++": readCompiler,
  swift: readSwift,
  dart: readDart,
  jlink: readJlink,
  mix: readMix,
  dotnet: readDotnet,
  crystal: readCrystal,
  shards: readCrystal,
  bun: readBundler,
  deno: readBundler,
  pyinstaller: readPyInstaller,
};

/** The edit that builds a Go program without C code; `null` where the file asks for it or the place is not certain. */
export function withoutCgo({ call }: BuiltProgram): Edit | null {
  const { command } = call;
  if (command.name !== "go" || call.env("CGO_ENABLED") !== undefined || command.span.end === command.span.start)
    return null;
  return { span: { start: command.span.start, end: command.span.start }, newText: "CGO_ENABLED=0 " };
}
