import {
  distributionOf,
  isDevelopmentPackage,
  type LibraryManager,
  runtimeLibrary,
} from "../../../../images/libraries.ts";
import { isAlpineTag, isOfficial } from "../../../../images/image.ts";
import { packageName } from "../../../../stages/packages.ts";
import { hasCompiler } from "../../../../images/roles.ts";
import type { Facts } from "../../facts.ts";
import type { RoleOf } from "../../roles.ts";

/** Packages of the system for building Python packages alone, beside those for development. */
const builders = new Set(
  (
    "build-base build-essential gcc g++ clang llvm make cmake ninja ninja-build meson autoconf automake libtool m4 nasm yasm patch bison flex gfortran swig " +
    "cargo rust rustc rustup binutils pkgconf pkg-config pkgconfig patchelf ccache dpkg-dev linux-headers libc-dev musl-dev git mercurial bzr subversion cython cython3 " +
    "python3-wheel python3-build pipenv py3-wheel upx upx-ucl gdb strace"
  ).split(" "),
);

/** Tools that a program may call, and that seem to be there to get packages from repositories. */
const fetchers = /^(?:git|mercurial|subversion|bzr)$/;

const pythonDevelopment = /^(?:lib)?python(?:[23](?:\.\d+)?)?-dev(?:el)?$/;
export const compilers = /^(?:build-base|build-essential|g\+\+|gcc|clang|gfortran)(?:-\d+)?$/;

/** Libraries that the official image has because its interpreter uses them. */
const interpreterLibraries =
  /^(?:lib)?(?:ffi|ssl|openssl|bz2|bzip2|lzma|xz|sqlite3?|readline6?|ncurses(?:5|w5)?|uuid|util-linux|gdbm|zlib1?g?|expat1?|db|tirpc|nsl)-dev$/;

export interface SystemPackages {
  /** What the runtime stage installs, as the file names it. */
  readonly kept: ReadonlySet<string>;
  readonly replacements: ReadonlyMap<string, readonly string[]>;
  /** What only the builder has, and the base does not have anyway. */
  readonly left: readonly string[];
  /** Of these, tools that a program may call. */
  readonly usable: readonly string[];
}

/**
 * Divides the packages that the file installs. What is for building alone stays in the builder, but what it brings along
 * and compiled code loads comes into the runtime stage: `libpq5` for `libpq-dev`, `libgomp1` for a compiler.
 *
 * @param isFull whether the runtime stage starts from the image that has compilers and headers by itself
 * @param end the last step of the builder: what stands behind it stays as it is
 * @param needed whether the container, its health check or a step of the runtime stage calls a program
 * @param loadsOpenMp whether compiled packages may use a compiler's library for threads
 */
export function dividePackages(
  facts: Facts,
  role: RoleOf,
  end: number,
  isFull: boolean,
  needed: (program: string) => boolean,
  loadsOpenMp: boolean,
): SystemPackages {
  const { image } = facts;
  const distribution = distributionOf(image);
  const isOfficialPython = isOfficial(image, "python") || image.name === "uv";
  const kept = new Set<string>();
  const replacements = new Map<string, readonly string[]>();
  const left: string[] = [];
  const usable: string[] = [];
  const lasting = lastingNames(facts, role, end);
  const isNodeUsed = facts.steps.some(
    ({ calls, index }) => index <= end && calls.some(({ name }) => /^(?:npm|npx|yarn|pnpm)$/.test(name)),
  );
  // What small systems trust comes along with tools that load from the network.
  const trusted = isOfficialPython || distribution?.manager !== "apt" ? [] : ["ca-certificates"];
  const leave = (text: string, ...libraries: readonly string[]): void => {
    const missing = libraries.filter((name) => !lasting.has(name));
    if (missing.length > 0) {
      kept.add(text);
      replacements.set(text, missing);
    }
    left.push(text);
  };
  for (const text of lasting) {
    const name = packageName(text);
    const manager = distribution?.manager ?? (isAlpineTag(image.tag) ? "apk" : "apt");
    if (isKeptTool(name, needed)) kept.add(text);
    else if (isFull && isIncluded(facts, name)) left.push(text);
    else if (name === "python3-pip" && manager === "apt" && !isOfficialPython)
      leave(text, "python3", "python3-setuptools", "ca-certificates", ...(loadsOpenMp ? ["libgomp1"] : []));
    else if (!isOfficialPython && /^(?:lib)?python3(?:\.\d+)?-dev$/.test(name))
      leave(text, name.replace(/^lib/, "").replace(/-dev$/, ""));
    else if (!isOfficialPython && /^(?:py3-pip|(?:python3-)?virtualenv|py3-virtualenv|python3-venv)$/.test(name))
      leave(text, "python3");
    else if (
      pythonDevelopment.test(name) &&
      (isOfficialPython || [...lasting].some((one) => /^python3?$|^python3?-pip$/.test(one)))
    )
      leave(text);
    else if (compilers.test(name)) leave(text, ...compilerLibraries(name, manager, isFull, loadsOpenMp));
    else if (fetchers.test(name)) {
      leave(text, ...trusted);
      if (!getsRepositories(facts)) usable.push(text);
    } else if (isNodeUsed && /^(?:nodejs(?:-\w+)?|npm|yarn|yarnpkg)$/.test(name)) {
      leave(text);
      if (name.startsWith("node")) usable.push("node");
    } else if ((name === "curl" || name === "wget") && !isInstalled(facts, role, text)) leave(text, ...trusted);
    else if (
      builders.has(name) ||
      /^(?:linux-headers|lib(?:c6|stdc\+\+(?:-\d+)?)-dev|(?:gcc|g\+\+|clang|llvm)-\d+)/.test(name)
    )
      leave(text);
    else if (isDevelopmentPackage(name, manager) && !/[=<>~:]/.test(text.slice(1))) {
      if (isOfficialPython && interpreterLibraries.test(name)) leave(text);
      else {
        const libraries = librariesOf(name, manager, distribution?.release ?? null, isOfficialPython);
        if (libraries === null) kept.add(text);
        else leave(text, ...libraries);
      }
    } else kept.add(text);
  }
  return { kept, replacements, left: left.filter((name) => !isIncluded(facts, name)), usable };
}

/** Releases of Debian that tags without a name may mean. */
const debianReleases = ["bullseye", "bookworm", "trixie"];

/** The libraries that a package of headers stands for; `null` where they are not certain. */
export function librariesOf(
  name: string,
  manager: LibraryManager,
  release: string | null,
  isDebian: boolean,
): readonly string[] | null {
  if (release !== null || manager !== "apt" || !isDebian) return runtimeLibrary(name, manager, release);
  const [first = null, ...others] = debianReleases.map((one) => runtimeLibrary(name, manager, one));
  return others.every((one) => one?.join(" ") === first?.join(" ")) ? first : null;
}

/** Whether a package is there at the end. */
function isInstalled({ steps }: Facts, role: RoleOf, text: string): boolean {
  let found = false;
  for (const { calls } of steps) {
    for (const call of calls) {
      const read = role(call);
      if (read.kind === "packages" && read.packages.some(({ value }) => value === text))
        found = read.action === "install";
    }
  }
  return found;
}

/** Packages that the builder's steps leave installed, and of those that apt removes alone, what came with them. */
function lastingNames(facts: Facts, role: RoleOf, end: number): ReadonlySet<string> {
  const installed = new Map<string, string | null>();
  const names = new Set<string>();
  for (const { calls, index } of facts.steps) {
    for (const call of calls) {
      const found = role(call);
      if (found.kind !== "packages") continue;
      for (const { value } of found.packages) {
        if (found.action === "install") {
          if (index <= end) installed.set(value, found.virtual);
        } else {
          installed.delete(value);
          for (const [name, virtual] of installed) if (virtual === value) installed.delete(name);
        }
      }
    }
  }
  for (const name of installed.keys()) names.add(name);
  for (const { calls } of facts.steps) {
    const clears = calls.some(
      ({ name, args }) =>
        name.startsWith("apt") && args.some((arg) => /^(?:autoremove|autopurge|--auto-remove|--autoremove)$/.test(arg)),
    );
    if (clears) continue;
    for (const call of calls) {
      const found = role(call);
      if (found.kind !== "packages" || found.manager !== "apt" || found.action !== "remove") continue;
      for (const { value } of found.packages) {
        const name = packageName(value);
        if (isDevelopmentPackage(name, "apt") || compilers.test(name) || /^(?:python3-pip|curl|wget|git)$/.test(name))
          names.add(value);
      }
    }
  }
  return names;
}

/** Whether a package is a tool that the container calls. */
function isKeptTool(name: string, needed: (program: string) => boolean): boolean {
  if (name === "build-essential" || name === "build-base") return needed("gcc") || needed("make") || needed("g++");
  return needed(name);
}

/** What comes with a compiler and compiled code loads. */
function compilerLibraries(name: string, manager: string, isFull: boolean, loadsOpenMp: boolean): string[] {
  if (isFull) return [];
  const plain = name.replace(/-\d+$/, "");
  if (manager === "apk") {
    const libraries = plain === "gcc" ? ["libgcc"] : plain === "gfortran" ? ["libgfortran"] : ["libstdc++"];
    return loadsOpenMp && plain !== "gfortran" ? [...libraries, "libgomp"] : libraries;
  }
  if (plain === "gfortran") return ["libgfortran5"];
  return loadsOpenMp ? ["libgomp1"] : [];
}

/** Whether the file shows that pip needs a tool for repositories. */
function getsRepositories({ steps, project }: Facts): boolean {
  return (
    [...project].some(
      ([path, text]) => /requirements|pyproject|Pipfile|setup/.test(path) && /git\+|\bgit\s*=/.test(text),
    ) || steps.some(({ calls }) => calls.some(({ args }) => args.some((arg) => arg.includes("git+"))))
  );
}

/** What the image that is for building anything has by itself. */
const buildpack = new Set(
  (
    "build-essential gcc g++ make git mercurial subversion autoconf automake bzip2 patch libtool dpkg-dev libc6-dev pkg-config curl wget default-libmysqlclient-dev " +
    "libbz2-dev libcurl4-openssl-dev libdb-dev libevent-dev libffi-dev libgdbm-dev libglib2.0-dev libgmp-dev libjpeg-dev libkrb5-dev liblzma-dev libncurses5-dev " +
    "libncursesw5-dev libpng-dev libpq-dev libreadline-dev libsqlite3-dev libssl-dev libwebp-dev libxml2-dev libxslt-dev libxslt1-dev libyaml-dev zlib1g-dev"
  ).split(" "),
);

function isIncluded({ image }: Facts, name: string): boolean {
  return hasCompiler(image) && buildpack.has(packageName(name));
}
