import { packageName } from "../../../../stages/packages.ts";
import type { Call } from "../../../../stages/calls.ts";
import {
  type Distribution,
  distributionOf,
  isDevelopmentPackage,
  type LibraryManager,
  runtimeLibrary,
} from "../../../../images/libraries.ts";
import { lastPart } from "../../../../text/paths.ts";
import type { Facts, Step } from "../../facts.ts";
import { installedPackages, type RoleOf } from "../../roles.ts";
import { isConfigure } from "./commands.ts";

/** What becomes of the system's packages that a file installs. */
export interface Packages {
  /** What the runtime stage installs in place of a package, as the file names it; the package itself where it stays. */
  readonly kept: ReadonlyMap<string, readonly string[]>;
  /** Development packages that stay because their libraries are not known. */
  readonly unknown: readonly string[];
  /** Compilers that the file does not remove again. */
  readonly compilers: readonly string[];
  /** A development package whose libraries stay when it goes, on a system that is not known; `null` for none. */
  readonly untold: string | null;
  /** Tools of the build that the file does not remove again, and that the program or a script may call. */
  readonly callable: readonly string[];
}

const compilers = new Set("build-base build-essential gcc g++ clang make cmake gcc-c++".split(" "));

/** Packages that only a build in C needs. */
const tools = new Set(
  (
    "alpine-sdk autoconf autoconf-archive automake autopoint autotools-dev binutils bison build-base build-essential byacc bzr ccache checkinstall clang cmake cvs " +
    "debhelper devscripts dh-autoreconf doxygen dpkg-dev fakeroot file flex g++ gcc gcc-c++ gettext-dev git git-core gperf gnulib help2man intltool itstool libtool " +
    "libtool-bin linux-headers linux-libc-dev lld llvm m4 make makedepend mercurial meson musl-dev libc-dev libc6-dev glibc-devel libstdc++-dev nasm ninja ninja-build ninja-is-really-ninja " +
    "patch pax-utils pkg-config pkgconf pkgconfig premake4 quilt ragel re2c scons subversion svn swig texinfo valgrind xmlto xsltproc yasm asciidoc gcc-multilib g++-multilib libtool-ltdl gettext autogen " +
    "protobuf-compiler protobuf-compiler-grpc apt-utils software-properties-common redhat-rpm-config rpm-build rpmdevtools which fortify-headers"
  ).split(" "),
);

/** Tools that programs start as well: those that a build calls itself are its own, unless a script may call anything. */
const versionControl: Readonly<Record<string, string>> = {
  git: "git",
  "git-core": "git",
  mercurial: "hg",
  subversion: "svn",
  svn: "svn",
};

/** Tools that scripts call. */
const scriptTools = new Set(["file", "gettext", "m4", "patch", "which", "xsltproc"]);

/** Programs that fetch sources and unpack them: not the program's, if a step of the build calls them and nothing else may. */
const fetchers: Readonly<Record<string, string>> = {
  aria2: "aria2c",
  bzip2: "bzip2",
  curl: "curl",
  gnupg: "gpg",
  gnupg2: "gpg",
  dirmngr: "gpg",
  lzip: "lzip",
  rsync: "rsync",
  tar: "tar",
  unzip: "unzip",
  wget: "wget",
  xz: "xz",
  "xz-utils": "xz",
};

/** The program that fetches or unpacks which a package brings; `null` for all other packages. */
export function fetcherOf(name: string): string | null {
  return Object.hasOwn(fetchers, name) ? fetchers[name]! : null;
}

/** Whether a package is for compiling. */
export function isTool(name: string): boolean {
  return tools.has(name) || /^(?:gcc|g\+\+|clang|llvm|automake|autoconf)-?\d[\d.]*$/.test(name);
}

/**
 * @param startsShell whether the container starts a shell or nothing that is known, so that any program may be called
 * @param system what the image stands on, where more is known of it than its name says
 */
export function planPackages(
  facts: Facts,
  role: RoleOf,
  startsShell: boolean,
  system: Distribution | null = distributionOf(facts.image),
): Packages {
  const installed = installedPackages(facts, role);
  const calls = facts.steps.flatMap((step) => step.calls);
  const marked = marksAll(facts);
  const purges = calls.some((call) => removesUnneeded(call));
  // Libraries that are found in programs are installed by a name that the file does not say.
  const computes = facts.steps.some((step) =>
    step.calls.some((call) => {
      const found = role(call);
      return (
        found.kind === "packages" &&
        found.action === "install" &&
        found.packages.some(({ text }) => isComputed(step, call, text))
      );
    }),
  );
  const detects = calls.some((call) => call.name === "cmake" || isConfigure(call)) && !isWithoutOpenmp(facts);
  const kept = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  const left: string[] = [];
  const callable: string[] = [];
  let untold: string | null = null;
  const started = new Set(
    [facts.start, facts.healthcheck].flatMap((one) =>
      one ? [...one.wrappers, ...one.calls.map(({ program }) => program)].map(lastPart) : [],
    ),
  );
  const isFetcher = (name: string): boolean => {
    const program = fetcherOf(name);
    if (program === null || startsShell || started.has(program)) return false;
    return (
      program === "xz" ||
      program === "gpg" ||
      program === "bzip2" ||
      program === "tar" ||
      calls.some((call) => call.name === program)
    );
  };
  const isCallable = (name: string): boolean => {
    const program = Object.hasOwn(versionControl, name) ? versionControl[name] : undefined;
    if (program === undefined) return startsShell && scriptTools.has(name);
    return startsShell || !calls.some((call) => call.name === program);
  };
  /** What the program needs of a package whose name is written out. */
  const needs = (name: string, isInstalled: boolean, isFreed: boolean): readonly string[] => {
    const plain = packageName(name);
    if (isTool(plain)) {
      if (isInstalled && compilers.has(plain)) left.push(plain);
      if (isInstalled && isCallable(plain)) callable.push(plain);
      return (isInstalled || isFreed) && system !== null ? compilerLibraries(plain, system.manager, detects) : [];
    }
    if (!system && isFreed && /-dev(?:el)?$/.test(plain)) untold ??= plain;
    if (!system || !isDevelopmentPackage(plain, system.manager)) return isInstalled && !isFetcher(plain) ? [name] : [];
    // With its development package the library went that only that one needed.
    if (!isInstalled && !isFreed) return [];
    const libraries = runtimeLibrary(plain, system.manager, system.release);
    if (libraries) return libraries;
    unknown.push(name);
    return [name];
  };
  for (const step of facts.steps) {
    for (const call of step.calls) {
      const found = role(call);
      if (found.kind !== "packages" || found.action !== "install") continue;
      // What is installed when the names are written down stays.
      const isMarked = marked.has(step) && call.command.span.start > (marked.get(step) ?? -1);
      for (const { value, text } of found.packages) {
        const isInstalled = installed.has(value) && !isMarked;
        // Without autoremove, libraries outlive the development packages that brought them.
        const isFreed = !isInstalled && ((found.manager === "apt" && !purges) || isMarked || computes);
        const names = listed(step, call, text);
        if (names === null) {
          kept.set(value, isInstalled && !isComputed(step, call, text) ? [value] : []);
          continue;
        }
        kept.set(value, [...new Set(names.flatMap((name) => needs(name, isInstalled, isFreed)))]);
      }
    }
  }
  return {
    kept,
    unknown: [...new Set(unknown)],
    compilers: [...new Set(left)],
    untold,
    callable: [...new Set(callable)],
  };
}

const described = /(?:^|\/)(?:CMakeLists\.txt|configure(?:\.ac|\.in)?|meson\.build|[Mm]akefile(?:\.am)?)$/;

/** Whether the files that describe the build are known, and ask for no OpenMP. */
function isWithoutOpenmp({ project }: Facts): boolean {
  const texts = [...project].flatMap(([path, text]) => (described.test(path) ? [text] : []));
  return texts.length > 0 && texts.every((text) => !/openmp|gomp/i.test(text));
}

/**
 * The libraries that a compiler's package brings along and its programs may need.
 *
 * @param detects whether the build looks for what there is, and so may use OpenMP
 */
function compilerLibraries(name: string, manager: LibraryManager, detects: boolean): readonly string[] {
  const isCpp = /^(?:build-base|alpine-sdk|build-essential|g\+\+(?:-\d+)?|clang(?:-?\d+)?)$/.test(name);
  if (!isCpp && !/^gcc(?:-\d+)?$/.test(name)) return [];
  if (manager === "apk") return [isCpp ? "libstdc++" : "libgcc", ...(detects ? ["libgomp"] : [])];
  return manager === "apt" && detects ? ["libgomp1"] : [];
}

/** The names that a word of an install command stands for: of a variable those in it; `null` where they cannot be told. */
function listed(step: Step, call: Call, text: string): readonly string[] | null {
  const variable = /^"?\$\{?(\w+)\}?"?$/.exec(text)?.[1];
  if (variable === undefined) return /[$`]/.test(text) && !/=/.test(text) ? null : [text.replace(/^["']|["']$/g, "")];
  const value = shellValue(step, call, variable);
  if (value === undefined || /[$`]/.test(value)) return null;
  return value.split(/\s+/).filter((name) => name !== "");
}

/** Whether a word is a variable that a command of the RUN computes: names of libraries that were found in programs. */
function isComputed(step: Step, call: Call, text: string): boolean {
  const variable = /^"?\$\{?(\w+)\}?"?$/.exec(text)?.[1];
  return variable !== undefined && /\$\(|`/.test(shellValue(step, call, variable) ?? "");
}

/** A variable's value; assignments in front of `set` stay, as POSIX has it. */
function shellValue(step: Step, call: Call, name: string): string | undefined {
  const value = call.env(name);
  if (value !== undefined) return value;
  const setters = step.calls.filter((one) => one.name === "set" || one.name === "export" || one.name === ":");
  return setters.flatMap(({ command }) => command.assignments).findLast((one) => one.name === name)?.value;
}

/**
 * The steps that give up all their packages but those that programs need, `apt-mark auto '.*'`, each with the place where they
 * write down which there are by then: `saved="$(apt-mark showmanual)"`; `null` where they do not.
 */
function marksAll({ steps }: Facts): ReadonlyMap<Step, number | null> {
  return new Map(
    steps.flatMap((step) =>
      step.calls.some(({ name, args }) => name === "apt-mark" && args[0] === "auto" && args.includes(".*"))
        ? [[step, savedAt(step)] as const]
        : [],
    ),
  );
}

function savedAt({ calls }: Step): number | null {
  const saving = calls.find(
    ({ args, command }) =>
      args.includes("showmanual") || command.assignments.some(({ value }) => value.includes("showmanual")),
  );
  return saving?.command.span.start ?? null;
}

/** Whether a command removes what packages brought along that are gone. */
function removesUnneeded({ name, args }: Call): boolean {
  return (
    /^(?:apt|apt-get|aptitude)$/.test(name) &&
    args.some((arg) => /^(?:autoremove|autopurge|--auto-remove|--autoremove)$/.test(arg))
  );
}
