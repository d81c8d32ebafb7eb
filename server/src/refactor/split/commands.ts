import type { ShellWord } from "../../dockerfile/shell.ts";
import type { Call } from "../../stages/calls.ts";
import { unwrapCommand } from "../../dockerfile/wrappers.ts";
import { effectsOf } from "../../stages/effects.ts";
import { readPackageCommand } from "../../stages/packages.ts";
import { lastPart } from "../../text/paths.ts";

/** What a command does, as far as the split cares. */
export type Role =
  /** Prints or asks; leaves nothing behind. */
  | { readonly kind: "inert" }
  /** Changes the shell for the commands behind it: `set`, `cd`, `export`. */
  | { readonly kind: "state" }
  /** Empties caches of package managers and the like. */
  | { readonly kind: "cleanup" }
  /** The system's package manager. */
  | {
      readonly kind: "packages";
      readonly manager: string;
      /** `sources`: changes where packages come from. */
      readonly action: "install" | "remove" | "sources" | "other";
      /** Names as written, without options. */
      readonly packages: readonly ShellWord[];
      /** The name of `apk add --virtual`. */
      readonly virtual: string | null;
    }
  /** Makes or changes users and groups. */
  | { readonly kind: "users" }
  /**
   * Makes, changes or removes these absolute paths; `null` where they cannot be told. `repeatable`: does the same in any
   * image, whatever the build made.
   */
  | { readonly kind: "files"; readonly paths: readonly string[] | null; readonly repeatable: boolean }
  /** Prepares access to private sources: for the build alone. */
  | { readonly kind: "credentials"; readonly paths: readonly string[] }
  /** A step of an ecosystem's build, which acts on the project. */
  | {
      readonly kind: "step";
      readonly step: "dependencies" | "build" | "test" | "tool";
      /** The ecosystem that knows it. */
      readonly ecosystem?: string;
    }
  /** Installs programs for the whole image. */
  | { readonly kind: "programs"; readonly names: readonly string[] }
  | { readonly kind: "unknown" };

const inert = new Set(
  "echo printf ls cat pwd true : env printenv uname date id whoami which command type test [ sleep file du df grep head tail wc nproc hostname stat find sort hash tree readlink dirname basename sha256sum md5sum ssh-keyscan".split(
    " ",
  ),
);
const state = new Set(["set", "cd", "export", "unset", "umask", "shopt", "alias", "ulimit", "exit"]);
const users = new Set(["useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod", "gpasswd"]);
const version = /^(?:--version|-version|-v|-V|version)$/;

/** What a command does that belongs to no ecosystem. */
export function classifyCommand(call: Call): Role {
  const role = classifyPlainly(call);
  if (role.kind !== "files" || role.paths === null || role.paths.length === 0) return role;
  if (role.paths.every(isCredential)) return { kind: "credentials", paths: role.paths };
  if (role.paths.every((path) => packageSources.test(path))) return packagesFrom;
  return role;
}

/** Files that say where packages come from, and the keys that those are signed with. */
const packageSources =
  /^\/(?:etc\/(?:apk\/(?:repositories$|keys(?:\/|$))|apt\/(?:(?:sources\.list|apt\.conf|preferences|trusted\.gpg)(?:\.d(?:\/|$)|$)|keyrings(?:\/|$))|yum\.repos\.d(?:\/|$))|usr\/share\/keyrings(?:\/|$))/;

/** Commands that say where packages come from. */
const sourceCommands = new Set(["apt-key", "add-apt-repository", "apt-add-repository", "yum-config-manager"]);

const credentials =
  /^\/(?:root|home\/[\w.-]+)\/\.(?:ssh|netrc|npmrc|yarnrc(?:\.yml)?|gitconfig|git-credentials|config\/(?:git|npm|pnpm|yarn))(?:\/|$)/;

/** Whether a path holds what a build needs to reach private sources: nobody wants it in an image that ships. */
export function isCredential(path: string): boolean {
  return credentials.test(path);
}

function classifyPlainly(call: Call): Role {
  const { name, args, command } = call;
  const written = redirectedFiles(call);
  if (name === "")
    return written.length > 0 ? { kind: "files", paths: known(written), repeatable: false } : { kind: "state" };
  if (state.has(name)) return { kind: "state" };
  const packages = classifyPackages(call);
  if (packages) return packages;
  if (users.has(name)) return { kind: "users" };
  if (inert.has(name)) {
    if (name === "find" && args.some((arg) => /^-(?:delete|exec|execdir|ok|fprint)/.test(arg))) {
      const root = args[0] === undefined || args[0].startsWith("-") ? call.path(".") : call.path(args[0]);
      return { kind: "files", paths: known([root]), repeatable: false };
    }
    if (written.length === 0) return { kind: "inert" };
    const text = name === "echo" || name === "printf" || name === "ssh-keyscan";
    return { kind: "files", paths: known(written), repeatable: text && command.separator !== "|" };
  }
  if (args.length === 1 && version.test(args[0]!) && written.length === 0) return { kind: "inert" };
  if (sourceCommands.has(name)) return packagesFrom;
  if (name === "gpg" && args.includes("--dearmor")) return classifyKey(call, written);
  if (name === "update-ca-certificates")
    return { kind: "files", paths: ["/etc/ssl/certs/ca-certificates.crt"], repeatable: false };
  return classifyFiles(call) ?? classifyEffects(call);
}

const packagesFrom: Role = { kind: "packages", manager: "", action: "sources", packages: [], virtual: null };

/** `gpg --dearmor`, which writes a key in another form. */
function classifyKey({ args, words, path }: Call, written: readonly (string | null)[]): Role {
  const at = args.findIndex((arg) => arg === "-o" || arg === "--output" || /^-[a-z]+o$/.test(arg));
  const output = at < 0 ? [] : [path(words[at + 1]?.text ?? "")];
  const paths = known([...output, ...written]);
  return paths?.length === 0 ? { kind: "inert" } : { kind: "files", paths, repeatable: false };
}

/** What a command that has no role of its own writes: `curl -o`, `tar -C`, `unzip -d`. */
function classifyEffects(call: Call): Role {
  const paths: string[] = [];
  for (const effect of effectsOf(call)) {
    if (effect.kind !== "work") paths.push(effect.path);
    else if (effect.places === null || effect.strays || effect.places.length > 2) return { kind: "unknown" };
    else paths.push(...effect.places);
  }
  return paths.length === 0 ? { kind: "inert" } : { kind: "files", paths, repeatable: false };
}

function known(paths: readonly (string | null)[]): readonly string[] | null {
  return paths.every((path) => path !== null) ? paths : null;
}

/** The files a command's output goes to; `/dev/null` and other descriptors are none. */
function redirectedFiles({ command, path }: Call): (string | null)[] {
  return command.redirects
    .filter(({ operator, target }) => operator.includes(">") && target && !/^(?:\/dev\/|&|\d+$|-$)/.test(target.value))
    .map(({ target }) => path(target!.text));
}

const caches =
  /^(?:\/var\/(?:lib\/apt|cache|tmp|log)|\/tmp|\/root\/\.(?:npm|cache|yarn|pnpm-store|local\/share\/pnpm)|\/usr\/local\/share\/\.cache|\/usr\/share\/(?:doc|man|locale)|\/etc\/apk\/cache)(?:\/|$)/;

const optionsWithValue: Readonly<Record<string, RegExp>> = {
  mkdir: /^(?:-m|--mode)$/,
  install: /^(?:-m|-o|-g|--mode|--owner|--group)$/,
  touch: /^(?:-t|-d|-r)$/,
};

/** The words behind a program that are neither options nor their values. */
export function operandsOf(name: string, args: readonly string[]): string[] {
  const takesValue = optionsWithValue[name];
  return args.filter((arg, i) => !arg.startsWith("-") && takesValue?.test(args[i - 1] ?? "") !== true);
}

function classifyFiles(call: Call): Role | null {
  const { name, args } = call;
  const operands = operandsOf(name, args);
  const paths = (list: readonly string[]): readonly string[] | null => known(list.map(call.path));
  const files = (list: readonly string[], repeatable: boolean): Role => ({
    kind: "files",
    paths: paths(list),
    repeatable,
  });
  switch (name) {
    case "rm":
    case "rmdir": {
      const targets = operands.map((word) =>
        /^(?:~|\$HOME|\$\{HOME\})\//.test(word) ? word.replace(/^[^/]*/, "/root") : call.path(word),
      );
      // `$(npm config get cache)` and the like.
      if (targets.every((path, i) => (path === null ? /cache/i.test(operands[i]!) : caches.test(path))))
        return { kind: "cleanup" };
      return { kind: "files", paths: known(targets), repeatable: true };
    }
    case "mkdir":
    case "touch":
      return files(operands, true);
    case "chmod":
    case "chown":
    case "chgrp":
      return files(operands.slice(1), true);
    // Time zones and devices are the system's, so that these work in any image that has them.
    case "ln":
      return files(operands.slice(-1), /^\/(?:usr\/share\/zoneinfo|dev|proc)\//.test(operands[0] ?? ""));
    // What a file may do stands beside its contents, and is copied with them.
    case "setcap":
      return files(operands.slice(-1), false);
    case "cp":
    case "install":
      return files(
        args.includes("-d") ? operands : operands.slice(-1),
        operands[0]?.startsWith("/usr/share/zoneinfo/") === true,
      );
    case "mv":
    case "tee":
      return files(operands, false);
    case "sed":
    case "perl":
      return args.some((arg) => /^-[a-z]*i/.test(arg) || arg.startsWith("--in-place"))
        ? files(operands.slice(1), false)
        : null;
    case "git":
      return classifyGit(call, operands);
    default:
      return null;
  }
}

function classifyGit(call: Call, operands: readonly string[]): Role | null {
  switch (operands[0]) {
    case "config":
      return { kind: "step", step: "tool" };
    case "clone": {
      // Options with values stand before the address, so the address is the first word that looks like one.
      const at = operands.findIndex((word) => /:\/\/|^git@|\.git$/.test(word));
      if (at < 0) return null;
      const target = operands[at + 1] ?? lastPart(operands[at]!).replace(/\.git$/, "");
      return { kind: "files", paths: known([call.path(target)]), repeatable: false };
    }
    case "checkout":
    case "submodule":
    case "fetch":
    case "pull":
    case "init":
    case "rev-parse":
    case "log":
    case "describe":
      return { kind: "files", paths: known([call.path(".")]), repeatable: false };
    default:
      return null;
  }
}

/** Other systems' package managers are no step of a build that the split knows. */
function classifyPackages({ command }: Call): Role | null {
  const read = readPackageCommand(unwrapCommand(command.words));
  return read && ["apk", "apt", "dnf"].includes(read.manager) ? { kind: "packages", ...read } : null;
}

/** Programs that any shell of the image's system has. */
export const commonPrograms: ReadonlySet<string> = new Set(
  "sh cd exec export set unset trap wait eval source . if then else fi while do done for echo printf true false test [ [[ sleep cat ls mkdir rm rmdir cp mv ln chown chmod chgrp env id whoami date pwd head tail grep sed awk cut tr sort uniq wc find xargs touch tee dirname basename readlink nohup stat uname hostname kill expr seq timeout mktemp".split(
    " ",
  ),
);
