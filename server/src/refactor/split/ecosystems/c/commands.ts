import { unwrapCommand } from "../../../../dockerfile/wrappers.ts";
import type { Call } from "../../../../stages/calls.ts";
import { readPackageCommand } from "../../../../stages/packages.ts";
import { directoryOf, isInside } from "../../../../text/paths.ts";
import { classifyCommand, operandsOf, type Role } from "../../commands.ts";
import type { Facts } from "../../facts.ts";

const compilers = /^(?:[\w-]+-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-\d+(?:\.\d+)?)?$/;

/** Whether a command is a compiler of C or C++. */
export function isCompiler({ name }: Call): boolean {
  return compilers.test(name);
}

const makers = new Set(["make", "gmake", "ninja", "samu", "cmake", "meson", "scons", "waf", "b2", "bjam"]);

/** Whether a command runs a build that its own files describe. */
export function isMaker({ name }: Call): boolean {
  return makers.has(name);
}

/** Scripts that sources bring along to prepare their build. */
export const isConfigure = ({ name, program }: Call): boolean =>
  /^(?:configure|Configure|config|autogen(?:\.sh)?|bootstrap(?:\.sh)?|buildconf(?:\.sh)?|auto\/configure|prebuild\.sh)$/.test(
    name,
  ) && program.includes("/");

/** Other tools of a build in C. */
const tools = new Set(
  (
    "ar as ld ranlib nasm yasm strip objcopy patchelf upx autoconf automake autoreconf autoheader aclocal autopoint libtoolize intltoolize glib-gettextize gettextize " +
    "qmake qmake-qt5 qmake6 ctest cpack premake5 xmake swig bison flex yacc protoc rpcgen checkinstall ldconfig scanelf paxctl patch quilt msgfmt xz gunzip bunzip2 unxz"
  ).split(" "),
);

/** Whether a command compiles, or asks for it: what makes a file one of C or C++. */
export function isBuild(call: Call): boolean {
  const asks =
    call.args.length > 0 && call.args.every((arg) => /^-{1,2}(?:v|V|version|dumpversion|dumpmachine)$/.test(arg));
  return !asks && (isCompiler(call) || isMaker(call));
}

/** What a command does in a file that this ecosystem splits. */
export function classifyC(call: Call, facts: Facts): Role | null {
  const { name, args, cwd } = call;
  if (isCompiler(call)) {
    const output = compiledTo(call);
    return output === null ? { kind: "step", step: "build" } : { kind: "files", paths: [output], repeatable: false };
  }
  if (isMaker(call) || isConfigure(call) || tools.has(name)) return { kind: "step", step: "build" };
  // Keys that sources are checked with.
  if (
    name === "gpgconf" ||
    (name === "gpg" && args.some((arg) => /^--(?:verify|recv-keys|keyserver|import)$/.test(arg)))
  )
    return { kind: "step", step: "tool" };
  if (plainTools.has(name)) return { kind: "step", step: "tool" };
  if (
    (readers.has(name) || /^\d+$/.test(name)) &&
    call.command.redirects.every(({ operator }) => !operator.includes(">"))
  )
    return { kind: "inert" };
  if (name === "rm" || name === "rmdir") return classifyRemoval(call);
  if (name === "ln") return classifyLink(call);
  const unpacked = unpackedTo(call);
  if (unpacked !== null && !fetchesSources(call, facts)) return { kind: "files", paths: [unpacked], repeatable: false };
  if (name === "find") return classifyFind(call);
  const packages = readPackageCommand(unwrapCommand(call.command.words));
  if (packages?.manager === "dnf") return { kind: "packages", ...packages };
  if (fetches.has(name) && fetchesSources(call, facts)) return { kind: "step", step: "tool" };
  // A directory that cannot be told is one that the build has entered: `cd app-*`.
  const paths = name === "mv" || name === "cp" ? operandsOf(name, args) : [];
  const isRelative = paths.length > 0 && paths.every((word) => !/^[/~$]/.test(word));
  if (cwd === null && (isRelative || (inPlace.has(name) && !isPlaced(call)))) return { kind: "step", step: "tool" };
  return null;
}

/** Whether a command names its files from the root, so that it does the same in any directory. */
function isPlaced(call: Call): boolean {
  const role = classifyCommand(call);
  return role.kind === "packages" || (role.kind === "files" && role.paths !== null && role.paths.length > 0);
}

/** Programs that work on the files of the directory they run in. */
const inPlace = new Set(["patch", "sed", "tar", "unzip", "curl", "wget", "git", "mkdir", "touch"]);

const fetches = new Set(["tar", "unzip", "curl", "wget", "git", "svn", "hg"]);

/** Options that say where a tool works. */
const placeOptions: Readonly<Record<string, RegExp>> = {
  cmake: /^(?:-S|-B|--build|--install)$/,
  make: /^(?:-C|--directory)$/,
  gmake: /^(?:-C|--directory)$/,
  ninja: /^-C$/,
  meson: /^-C$/,
};

/** The directories that a step of a build works in: its own, and those that its words name. */
export function workPlaces(call: Call): string[] {
  const { name, args, words, path, cwd } = call;
  const options = placeOptions[name];
  const found: (string | null)[] = [cwd];
  words.forEach(({ text }, i) => {
    if (options?.test(args[i]!) === true) found.push(path(words[i + 1]?.text ?? ""));
    else if (options && /^-[SBC][./\w$]/.test(text)) found.push(path(text.slice(2)));
    else if (name === "cmake" && /^(?:\.{1,2}|\/|\.{1,2}\/.*|\/.*)$/.test(args[i]!)) found.push(path(text));
  });
  return found.filter((place) => place !== null);
}

const directories = new WeakMap<Facts, readonly string[]>();

/** Where builds work. */
export function buildDirectories(facts: Facts): readonly string[] {
  const known = directories.get(facts);
  if (known) return known;
  const found = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => (isBuild(call) || isConfigure(call) ? workPlaces(call) : [])),
  );
  const unique = [...new Set(found)];
  directories.set(facts, unique);
  return unique;
}

/** Whether a command brings the sources of a build that goes on in a folder beside them: `tar xf app.tgz && cd app && make`. */
function fetchesSources(call: Call, facts: Facts): boolean {
  const { cwd } = call;
  if (cwd === null) return false;
  const found = classifyCommand(call);
  const archives = archivesOf(call);
  const paths = found.kind === "files" ? found.paths?.filter((path) => !archives.includes(path)) : undefined;
  if (!paths) return false;
  const goesOn = buildDirectories(facts).some((directory) => directory !== cwd && isInside(cwd, directory));
  return paths.every((path) => path === cwd || directoryOf(path) === cwd) && goesOn;
}

const plainTools = new Set(["apt-mark", "pushd", "popd", "xargs", "scanelf", "git-lfs"]);

const readers = new Set([
  "getconf",
  "dpkg",
  "dpkg-architecture",
  "awk",
  "cut",
  "tr",
  "uniq",
  "ldd",
  "mktemp",
  "arch",
  "cmp",
  "diff",
]);

/** Directories of the image that programs may find different when something in them is gone. */
const systems = /^\/(?:etc|bin|sbin|lib|lib64|usr\/(?:bin|sbin|lib|lib64|share)|var\/(?:www|spool|log|run|lib))\//;
const clutter =
  /^\/(?:var\/(?:lib\/apt|cache|lib\/yum|lib\/dnf|log)|usr\/share\/(?:doc|man|info|locale|gtk-doc)|usr\/(?:local\/)?src)(?:\/|$)/;

/** What goes before the image is done was the build's, unless the system brings it. */
export function classifyRemoval(call: Call): Role | null {
  const paths = operandsOf(call.name, call.args).map((word) => call.path(word));
  if (paths.some((path) => path !== null && systems.test(path) && !clutter.test(path))) return null;
  return paths.some((path) => path !== null && /^\/var\/(?:lib\/apt|cache)(?:\/|$)/.test(path))
    ? { kind: "cleanup" }
    : { kind: "step", step: "tool" };
}

/** Where `tar` unpacks to; `null` for all else. */
export function unpackedTo({ name, args, words, path, cwd }: Call): string | null {
  if (name !== "tar" || !args.some((arg, i) => (i === 0 ? /^-?[a-zA-Z]*x/ : /^-[a-zA-Z]*x|^--extract/).test(arg)))
    return null;
  const at = args.findIndex((arg) => /^(?:-[a-zA-Z]*C|--directory)$/.test(arg));
  const joined = args.findIndex((arg) => arg.startsWith("--directory="));
  if (joined >= 0) return path(words[joined]!.text.slice("--directory=".length));
  return at < 0 ? cwd : path(words[at + 1]?.text ?? "");
}

/** The archives that a command unpacks, absolute. */
export function archivesOf({ name, args, path }: Call): string[] {
  if (!["tar", "unzip", "bsdtar", "gunzip", "7z"].includes(name)) return [];
  return args.flatMap((arg) => (/\.(?:tar|tgz|zip|gz|bz2|xz|7z)(?:\.\w+)?$/.test(arg) ? (path(arg) ?? []) : []));
}

/** A symbolic link is made anew: COPY would take what it points at. */
export function classifyLink(call: Call): Role | null {
  const operands = operandsOf("ln", call.args);
  const [target, link] = operands.length === 2 ? operands : [];
  const path = link === undefined ? null : call.path(link);
  if (!call.args.some((arg) => /^-\w*s/.test(arg)) || target?.startsWith("/") !== true || path === null) return null;
  return { kind: "files", paths: [path], repeatable: true };
}

function classifyFind(call: Call): Role | null {
  const roots = call.args
    .slice(
      0,
      call.args.findIndex((arg) => /^[-(!]/.test(arg)),
    )
    .map((word) => call.path(word));
  return roots.some((path) => path !== null && systems.test(`${path}/`) && !clutter.test(path))
    ? null
    : { kind: "step", step: "tool" };
}

/** Where a compiler writes its program; `null` where it does not say. */
export function compiledTo(call: Call): string | null {
  const { args, words, path } = call;
  if (args.includes("-c") || args.includes("-E") || args.includes("-S")) return null;
  const at = args.indexOf("-o");
  const joined = args.findIndex((arg) => /^-o[/.\w]/.test(arg) && !/^-o[a-z]+-/.test(arg));
  if (at >= 0) return words[at + 1] === undefined ? null : path(words[at + 1]!.text);
  if (joined >= 0) return path(words[joined]!.text.slice(2));
  return args.some((arg) => !arg.startsWith("-")) ? path("a.out") : null;
}
