import type { ShellWord } from "../dockerfile/shell.ts";
import { unwrapCommand } from "../dockerfile/wrappers.ts";
import { directoryOf, lastPart, resolvePath } from "../text/paths.ts";
import type { Call } from "./calls.ts";
import { readPackageCommand } from "./packages.ts";

/** What a command does to files. Paths are absolute. */
export type Effect =
  /** Makes a directory with nothing in it, and those around it. */
  | { readonly kind: "directory"; readonly path: string }
  /** Puts something there: a file, or a directory with contents that the text does not tell. */
  | { readonly kind: "content"; readonly path: string }
  /** Removes what is there; a file alone, all below it, or all below it but not itself. */
  | { readonly kind: "removal"; readonly path: string; readonly extent: "file" | "tree" | "contents" }
  /**
   * May write to any place in these directories, to any at all for `null`. What `strays` heeds variables that say where to
   * write.
   */
  | { readonly kind: "work"; readonly places: readonly string[] | null; readonly strays: boolean };

const nothing: readonly Effect[] = [];
const anything: readonly Effect[] = [{ kind: "work", places: null, strays: true }];

/** Directories where packages and programs for the whole image go, and where programs keep what they remember. */
const system = ["/bin", "/boot", "/etc", "/go", "/lib", "/lib64", "/opt", "/run", "/sbin", "/srv", "/usr", "/var"];
const homes = ["/home", "/root", "/tmp"];

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Programs that write nothing but their output. */
const readers = words(
  "echo printf ls cat pwd true false : printenv uname date id whoami which command type test [ [[ sleep file du df grep egrep fgrep head tail wc nproc hostname " +
    "stat sort uniq cut tr tree readlink realpath dirname basename sha1sum sha256sum sha512sum md5sum cksum ssh-keyscan set cd export unset umask shopt alias " +
    "ulimit exit read local readonly declare trap wait return shift getent seq expr jq diff cmp chmod chown chgrp setcap strip sync awk ldd nm objdump sed",
);

const version = /^(?:--version|-version|-v|-V|version)$/;

/** Programs that set the system up. */
const systemTools = words(
  "update-ca-certificates ldconfig locale-gen update-locale dpkg-reconfigure update-alternatives apt-key apt-mark apt-cache add-apt-repository apt-add-repository",
);

const users = words("useradd adduser groupadd addgroup usermod groupmod deluser delgroup passwd gpasswd chpasswd");

/** Build tools that stay in the directory they run in. */
const builders = words(
  "cargo mvn mvnw gradle gradlew dotnet pip pip3 pipenv poetry uv bundle bundler composer javac jar gcc g++ cc c++ clang clang++ rustc mix rebar3 stack cabal dart flutter swift",
);

/** Build tools whose settings often name a directory beside their own: `../static`. */
const configuredBuilders = words(
  "npm npx yarn pnpm pnpx bun bunx ng vite webpack tsc rollup esbuild gulp grunt turbo nx hugo jekyll mkdocs cmake meson ninja",
);

/** What a command does to files, as far as its words tell. */
export function effectsOf(call: Call): readonly Effect[] {
  const written = redirections(call);
  if (written === null) return anything;
  const effects = commandEffects(call);
  return written.length === 0 ? effects : [...effects, ...written];
}

/** The files that output goes to; `null` where they cannot be told. */
function redirections(call: Call): Effect[] | null {
  const effects: Effect[] = [];
  for (const { operator, target } of call.command.redirects) {
    if (!operator.includes(">") || !target || /^(?:\/dev\/|&|\d+$|-$)/.test(target.value)) continue;
    const path = pathOf(call, target.text);
    if (path === null) return null;
    effects.push({ kind: "content", path });
  }
  return effects;
}

/** The place that a word names; `null` where it may name several, or none that is known. */
function pathOf(call: Call, text: string): string | null {
  const path = call.path(text);
  return path === null || /[$`*?[\]{}()"'\\]/.test(path) ? null : path;
}

function commandEffects(call: Call): readonly Effect[] {
  const { name, args, cwd } = call;
  if (name === "" || readers.has(name) || (args.length === 1 && version.test(args[0]!))) return nothing;
  if (readPackageCommand(unwrapCommand(call.command.words))) {
    const elsewhere = args.some((arg) => /[/$]|\.(?:deb|rpm|apk)$|^-(?:p|R|r)$|^--(?:root|installroot)/.test(arg));
    return elsewhere ? anything : workIn(system, homes);
  }
  if (systemTools.has(name)) return workIn(system);
  if (users.has(name)) return workIn(system, homes, namedPaths(call) ?? ["/"]);
  const files = fileEffects(call);
  if (files) return files;
  if (installsGlobally(call)) return strayFrom(system, homes);
  const writesBeside = configuredBuilders.has(name);
  if (!writesBeside && !builders.has(name) && !isGoBuild(call)) return anything;
  // These run the project's own programs.
  if (/^(?:run|xtask|exec|generate|script)$/.test(args[0] ?? "") && !writesBeside) return anything;
  const named = namedPaths(call);
  if (cwd === null || named === null) return anything;
  return strayFrom(system, homes, [writesBeside ? directoryOf(cwd) : cwd], named);
}

function workIn(...places: readonly (readonly string[])[]): readonly Effect[] {
  return [{ kind: "work", places: places.flat(), strays: false }];
}

function strayFrom(...places: readonly (readonly string[])[]): readonly Effect[] {
  return [{ kind: "work", places: places.flat(), strays: true }];
}

/** The places that the words of a command name, also behind `=`; `null` where one may be anywhere. */
function namedPaths(call: Call): string[] | null {
  const found: string[] = [];
  for (const [i, { text }] of call.words.entries()) {
    // What the linker is told is no place.
    if (/^--?(?:ld|gc|asm)flags\b/.test(text) || /^--?(?:ld|gc|asm)flags$/.test(call.words[i - 1]?.text ?? ""))
      continue;
    const value = text.replace(/^-[^=]*=/, "");
    if (value.startsWith("-") || !/[/$`]/.test(value) || value.includes("://")) continue;
    const path = call.path(value);
    if (path === null) return null;
    found.push(path.replace(/\/[^/]*[*?[{].*$/, "") || "/");
  }
  for (const { value } of call.command.assignments) if (value.startsWith("/")) found.push(resolvePath("/", value));
  return found;
}

/** `go build` and its kin; what `go run` and `go generate` start may write anywhere. */
function isGoBuild({ name, args }: Call): boolean {
  return name === "go" && ["build", "vet", "list", "test", "version", "clean"].includes(args[0] ?? "");
}

/** Whether a command installs a program for the whole image, or fills a cache in the user's home. */
function installsGlobally({ name, args }: Call): boolean {
  const [verb = ""] = args;
  switch (name) {
    case "npm":
    case "pnpm":
      return args.includes("-g") || args.includes("--global") || verb === "config" || verb === "cache";
    case "yarn":
      return verb === "global" || verb === "config" || verb === "cache";
    case "corepack":
    case "rustup":
    case "gem":
      return true;
    case "go":
      return ["install", "mod", "env", "get", "telemetry"].includes(verb);
    case "cargo":
      if (verb === "fetch") return true;
      return verb === "install" && !args.some((arg) => arg.startsWith("--root") || arg.startsWith("--path"));
    case "pip":
    case "pip3":
      return (
        verb === "install" && !args.some((arg) => /^(?:\.|-e$|--editable|-t$|--target|--prefix|--root|--src)/.test(arg))
      );
    case "git":
      return verb === "config";
    default:
      return false;
  }
}

/** The words behind a program that are neither options nor the values of those that take one. */
function operandsOf(call: Call, takesValue: RegExp | null = null): ShellWord[] {
  const found: ShellWord[] = [];
  let optionsDone = false;
  call.words.forEach((word, i) => {
    if (!optionsDone && word.value === "--") optionsDone = true;
    else if (!optionsDone && word.value.startsWith("-") && word.value !== "-") return;
    else if (takesValue?.test(call.words[i - 1]?.value ?? "") !== true) found.push(word);
  });
  return found;
}

/** The value of an option, `-o x`, `-ox` or `--output=x`; `null` where it is not given. */
function optionText(call: Call, short: string, long: string): string | null {
  for (const [i, { text }] of call.words.entries()) {
    if (text.startsWith(`--${long}=`)) return text.slice(long.length + 3);
    if (text === `--${long}`) return call.words[i + 1]?.text ?? "";
    const at = /^-[A-Za-z]/.test(text) ? text.indexOf(short) : -1;
    if (at > 0) return at + 1 < text.length ? text.slice(at + 1) : (call.words[i + 1]?.text ?? "");
  }
  return null;
}

/** What the usual programs for files do; `null` for all other programs. */
function fileEffects(call: Call): readonly Effect[] | null {
  const { name, args, cwd } = call;
  switch (name) {
    case "rm":
    case "rmdir":
    case "unlink":
      return operandsOf(call).flatMap(({ text }) => removal(call, text, args.some(isRecursive)));
    case "mkdir":
      return made("directory", call, operandsOf(call, /^(?:-m|--mode)$/));
    case "touch":
      return made("content", call, operandsOf(call, /^(?:-t|-d|-r)$/));
    case "tee":
      return made("content", call, operandsOf(call));
    case "cp":
    case "ln":
    case "install":
    case "mv":
      return transfer(call);
    case "curl": {
      if (args.some((arg) => /^-[a-zA-Z]*[OJ]|^--remote-name/.test(arg)))
        return cwd === null ? anything : workIn([cwd]);
      return output(call, optionText(call, "o", "output"));
    }
    case "wget": {
      const file = optionText(call, "O", "output-document");
      if (file !== null) return output(call, file);
      return into(call, optionText(call, "P", "directory-prefix"));
    }
    case "tar":
    case "bsdtar":
      return archive(call);
    case "unzip":
      return into(call, optionText(call, "d", "exdir"));
    case "git": {
      if (args[0] !== "clone") return args[0] === "config" ? null : into(call, optionText(call, "C", "work-tree"));
      const operands = operandsOf(call, /^(?:-b|--branch|--depth|-c|--config|-o|--origin|--filter|-j|--jobs)$/);
      const target = operands[2];
      return target ? made("content", call, [target]) : into(call, null);
    }
    case "find":
      return findEffects(args);
    default:
      return null;
  }
}

function isRecursive(arg: string): boolean {
  return /^-[a-zA-Z]*[rR]|^--recursive$/.test(arg);
}

function made(kind: "directory" | "content", call: Call, targets: readonly ShellWord[]): readonly Effect[] {
  const effects: Effect[] = [];
  for (const { text } of targets) {
    const path = pathOf(call, text);
    if (path === null) return anything;
    effects.push({ kind, path });
  }
  return effects;
}

/** What removing a word takes away for sure; of patterns only `directory/*` is read. */
function removal(call: Call, text: string, recursive: boolean): Effect[] {
  const contents = recursive && /(?:^|\/)\*$/.test(text);
  const path = pathOf(call, contents ? `${text.slice(0, -1)}.` : text);
  if (path === null) return [];
  return [{ kind: "removal", path, extent: contents ? "contents" : recursive ? "tree" : "file" }];
}

/** `cp`, `mv`, `ln` and `install`. */
function transfer(call: Call): readonly Effect[] {
  const { name, args, cwd } = call;
  const operands = operandsOf(call, /^(?:-m|-o|-g|-S|-t|--mode|--owner|--group|--suffix|--target-directory)$/);
  if (name === "install" && args.some((arg) => /^-[a-zA-Z]*d|^--directory$/.test(arg)))
    return made("directory", call, operands);
  const directory = optionText(call, "t", "target-directory");
  const target = directory ?? operands.at(-1)?.text ?? "";
  const path = pathOf(call, target);
  if (path === null) return anything;
  const sources = directory === null ? operands.slice(0, -1) : operands;
  // `ln -s x` makes its link right where it stands.
  if (sources.length === 0) return cwd === null ? anything : workIn([cwd]);
  const effects: Effect[] = name === "mv" ? sources.flatMap(({ text }) => removal(call, text, true)) : [];
  return [...effects, { kind: "content", path }];
}

function output(call: Call, file: string | null): readonly Effect[] {
  if (file === null || file === "-" || file === "/dev/null") return nothing;
  const path = pathOf(call, file);
  return path === null ? anything : [{ kind: "content", path }];
}

/** Writes into a directory: the one that an option names, or its own. */
function into(call: Call, directory: string | null): readonly Effect[] {
  const path = directory === null ? call.cwd : pathOf(call, directory);
  return path === null ? anything : workIn([path]);
}

function archive(call: Call): readonly Effect[] {
  const mode = call.args.find((arg) => !arg.startsWith("--")) ?? "";
  if (mode.includes("t")) return nothing;
  const named = namedPaths(call);
  const directory = optionText(call, "C", "directory");
  const places = into(call, directory);
  return named === null || places === anything ? anything : [...places, ...workIn(named)];
}

function findEffects(args: readonly string[]): readonly Effect[] {
  const runs = args.flatMap((arg, i) => (/^-(?:exec|execdir|ok|okdir)$/.test(arg) ? [args[i + 1] ?? ""] : []));
  if (args.some((arg) => arg.startsWith("-fprint"))) return anything;
  return runs.every((program) => readers.has(lastPart(program)) || program === "rm") ? nothing : anything;
}
