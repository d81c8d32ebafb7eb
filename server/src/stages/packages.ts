import type { ShellCommand, ShellScript, ShellWord } from "../dockerfile/shell.ts";
import { unwrapCommand } from "../dockerfile/wrappers.ts";
import { lastPart } from "../text/paths.ts";

/**
 * Packages of the system's package manager: what a command asks for, and what one RUN leaves in its layer. What a later
 * RUN removes is still in the layer below.
 */

export type PackageManager = "apk" | "apt" | "dnf" | "zypper" | "pacman";

/** A command of a package manager, taken apart. */
export interface PackageCommand {
  readonly manager: PackageManager;
  readonly action: "install" | "remove" | "other";
  /** Names as written, without options. */
  readonly packages: readonly ShellWord[];
  /** The name of `apk add --virtual`. */
  readonly virtual: string | null;
}

const managers: Readonly<Record<string, PackageManager>> = {
  apk: "apk",
  apt: "apt",
  "apt-get": "apt",
  aptitude: "apt",
  dnf: "dnf",
  dnf5: "dnf",
  microdnf: "dnf",
  yum: "dnf",
  zypper: "zypper",
  pacman: "pacman",
};

/** Options that take the next word as their value. */
const optionsWithValue: Readonly<Record<PackageManager, ReadonlySet<string>>> = {
  apk: new Set(["-t", "--virtual", "--repository", "-X", "--root", "-p", "--keys-dir"]),
  apt: new Set(["-t", "--target-release", "-o", "-c"]),
  dnf: new Set(["-c", "-x", "--exclude", "--repo", "--enablerepo", "--disablerepo", "--setopt", "--releasever"]),
  zypper: new Set(["-r", "--repo", "-t", "--type", "--root", "-R"]),
  pacman: new Set(["-r", "--root", "-b", "--dbpath", "--config", "--ignore"]),
};

const installVerbs = new Set(["install", "add", "in", "groupinstall", "localinstall", "reinstall"]);
const removeVerbs = new Set(["remove", "purge", "del", "erase", "rm", "autoremove", "autopurge", "groupremove"]);

/** Takes a command of a package manager apart, wrappers such as `sudo` left out; `null` for any other command. */
export function readPackageCommand(words: readonly ShellWord[]): PackageCommand | null {
  const program = lastPart(words[0]?.value ?? "");
  const manager = Object.hasOwn(managers, program) ? managers[program]! : null;
  if (manager === null) return null;
  let virtual: string | null = null;
  let verb: string | null = null;
  const packages: ShellWord[] = [];
  for (let i = 1; i < words.length; i++) {
    const { value } = words[i]!;
    if (manager === "apk" && (value === "-t" || value === "--virtual")) virtual = words[i + 1]?.value ?? null;
    if (manager === "apk" && value.startsWith("--virtual=")) virtual = value.slice(10);
    if (manager === "pacman" && /^-[SRU]|^--(?:sync|remove|upgrade)$/.test(value)) {
      verb = /^-R|^--remove/.test(value) ? "remove" : "install";
    } else if (optionsWithValue[manager].has(value)) i++;
    else if (value.startsWith("-")) continue;
    else if (verb === null && manager !== "pacman") verb = value;
    else if (verb === "group" && packages.length === 0 && /^(?:install|remove)$/.test(value)) verb = value;
    else packages.push(words[i]!);
  }
  const action = installVerbs.has(verb ?? "") ? "install" : removeVerbs.has(verb ?? "") ? "remove" : "other";
  return { manager, action, packages: action === "other" ? [] : packages, virtual };
}

/** A package that a RUN installs. */
export interface InstalledPackage {
  readonly manager: PackageManager;
  /** Without a version that may be attached. */
  readonly name: string;
  readonly word: ShellWord;
}

/** `make=4.4` and `zlib1g-dev:arm64` without what is attached. */
export function packageName(text: string): string {
  return text.replace(/[=<>~:].*$/s, "");
}

/** More packages than anybody names in one RUN. */
const most = 2000;

/** Text that only the shell can tell. */
const isOpen = (text: string): boolean => /[$`*?[{]/.test(text);

/**
 * The packages that one RUN surely leaves in its layer: it installs them in any case and removes none of them. A removal
 * that cannot be read in full may remove all.
 */
export function packagesLeft(script: ShellScript): InstalledPackage[] {
  if (script.opaque || script.errors.length > 0) return [];
  let left: (InstalledPackage & { readonly virtual: string | null })[] = [];
  let marked = false;
  for (const command of script.commands) {
    const words = unwrapCommand(command.words);
    const read = readPackageCommand(words);
    if (!read) {
      if (command.name === "apt-mark") marked = true;
      else if (removesUnseen(command)) left = [];
      continue;
    }
    const { manager, action, packages, virtual } = read;
    if (action === "install") {
      if (command.depth > 0 || command.separator === "||" || installsElsewhere(words)) continue;
      for (const word of packages) {
        if (!isOpen(word.text) && left.length < most)
          left.push({ manager, name: packageName(word.value), word, virtual });
      }
    } else if (action === "remove") {
      if (packages.some(({ text }) => isOpen(text)) || (packages.length === 0 && marked)) left = [];
      else {
        const names = new Set(packages.map(({ value }) => packageName(value)));
        left = left.filter(({ name, virtual: group }) => !names.has(name) && (group === null || !names.has(group)));
      }
    }
  }
  return left;
}

/** Whether packages go to another root directory than that of the image. */
function installsElsewhere(words: readonly ShellWord[]): boolean {
  return words.some(({ value }) => /^(?:-p$|-R$|--root\b|--installroot\b|--sysroot\b|-oRootDir)/.test(value));
}

/** Whether a command removes packages in a way that is not followed here. */
function removesUnseen({ name, words }: ShellCommand): boolean {
  const has = (pattern: RegExp): boolean => words.some(({ value }) => pattern.test(value));
  if (name === "rpm") return has(/^(?:-e|--erase)/);
  if (name === "dpkg") return has(/^(?:-r|-P|--remove|--purge)$/);
  return name === "xargs" && has(/^(?:remove|purge|del|erase|autoremove|-e|-r|-P)$/);
}

/** Packages that only a build needs: compilers, their headers, version control. All others may be the program's. */
const buildPackages = new Set(
  (
    "build-base build-essential gcc g++ clang llvm make cmake ninja ninja-build meson autoconf automake libtool m4 nasm yasm patch bison flex " +
    "python3 python python2 python3-dev python-dev python3-distutils python3-setuptools py3-setuptools git mercurial bzr subversion " +
    "musl-dev libc-dev libc6-dev linux-headers libstdc++-dev pkgconf pkg-config binutils binutils-gold gcompat-dev " +
    "protobuf-compiler protobuf-dev protoc upx go golang"
  ).split(" "),
);

/** Whether a package is for building alone, as far as a program goes whose language is none of them. */
export function isBuildPackage(text: string): boolean {
  return buildPackages.has(packageName(text));
}
