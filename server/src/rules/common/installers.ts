import type { ShellCommand } from "../../dockerfile/shell.ts";
import { unwrapCommand } from "../../dockerfile/wrappers.ts";
import { readPackageManager } from "../../refactor/split/ecosystems/node/package-managers.ts";
import { lastPart } from "../../text/paths.ts";

/** Commands that install what a project's manifest lists, and need nothing but the manifest for it. */
export interface Install {
  /** As people say it: `npm ci`. */
  readonly label: string;
  /** Whether a file with this name, as COPY writes it, is a manifest of the tool. */
  readonly isManifest: (name: string) => boolean;
  /** The files to copy in front, as COPY names them; a wildcard needs no match. `null` where the file does not tell. */
  readonly manifests: readonly string[] | null;
}

type Reader = (args: readonly string[]) => Install | null;

/** Options of package managers that say that another project than the one at hand is meant, or more than one. */
const elsewhere =
  /^(?:-g|--global|--prefix|-C|--dir|--cwd|-w|--workspace|--workspaces|-ws|--filter|-F|-r|--recursive|-W|--offline|--local)(?:=|$)/;

/** The words of a command that are no options. Options with a value of their own word are few and are named here. */
function operands(args: readonly string[]): string[] {
  const withValue =
    /^(?:--registry|--cache-dir|--omit|--only|--without|--with|--extras|-E|--jobs|-j|--retry|--path|--gemfile)$/;
  return args.filter((arg, i) => !arg.startsWith("-") && !withValue.test(args[i - 1] ?? ""));
}

const packageJson = /^package[\w*.-]*$|^\*\.json$|^npm-shrinkwrap|\.lock\*?$|^pnpm-|^bun\.lock/;

const matching = (pattern: RegExp) => (name: string) => pattern.test(name);

/** npm, yarn and pnpm: an install without names of packages, of one project. */
function node(manager: string, manifests: readonly string[]): Reader {
  return (args) => {
    const read = readPackageManager({ name: manager, args, cwd: "/" });
    if (read?.verb !== "install" || read.workspaces || read.cwd !== "/") return null;
    if (/^(?:fetch|import)$/.test(read.name) || args.some((arg) => elsewhere.test(arg))) return null;
    return { label: `${manager} ${read.name}`, isManifest: matching(packageJson), manifests };
  };
}

/** `verb` alone is an install of what the manifest lists. */
function plain(
  tool: string,
  verbs: RegExp,
  isManifest: RegExp,
  manifests: readonly string[] | null,
  needed?: RegExp,
): Reader {
  return (args) => {
    const [first, second] = operands(args);
    if (first === undefined || !verbs.test(first) || second !== undefined) return null;
    if (args.some((arg) => elsewhere.test(arg))) return null;
    if (needed && !args.some((arg) => needed.test(arg))) return null;
    return { label: `${tool} ${first}`, isManifest: matching(isManifest), manifests };
  };
}

const readPip: Reader = (args) => {
  if (args[0] !== "install") return null;
  const files: string[] = [];
  for (let i = 1; i < args.length; i++) {
    const arg = args[i]!;
    const joined = /^(?:-r|--requirement=)(.+)$/.exec(arg)?.[1];
    if (arg === "-r" || arg === "--requirement") files.push(args[++i] ?? "");
    else if (joined !== undefined) files.push(joined);
    else if (/^(?:-e|--editable|-f|--find-links|-t|--target|--prefix|--root)(?:=|$)/.test(arg)) return null;
    else if (
      /^(?:-i|--index-url|--extra-index-url|--trusted-host|--timeout|--retries|--cache-dir|--proxy|--python)$/.test(arg)
    )
      i++;
    else if (/^[./]|[/\\]|\$/.test(arg) && !arg.startsWith("-")) return null;
  }
  const [file] = files;
  if (file === undefined || files.some((one) => one === "" || /:\/\/|\$/.test(one))) return null;
  return {
    label: `pip install -r ${file}`,
    isManifest: (name) => /requirements|constraints|\.txt\*?$|^\*$/.test(name) || name === lastPart(file),
    manifests: files.some((one) => one.includes("/")) ? null : files,
  };
};

const readPython: Reader = (args) =>
  args[0] === "-m" && /^pip3?$/.test(args[1] ?? "") ? readPip(args.slice(2)) : null;

const readGo: Reader = (args) =>
  args[0] === "mod" && args[1] === "download" && args.slice(2).every((arg) => arg.startsWith("-"))
    ? { label: "go mod download", isManifest: matching(/^go\.(?:mod|sum|work|\*)/), manifests: ["go.mod", "go.sum*"] }
    : null;

const readUv: Reader = (args) => (args[0] === "pip" ? readPip(args.slice(1)) : null);

const readMaven: Reader = (args) => {
  const goals = args.filter((arg) => !arg.startsWith("-"));
  const isOnly =
    goals.length > 0 &&
    goals.every((goal) => /dependency(?:-plugin)?(?::[\d.]+)?:(?:go-offline|resolve(?:-plugins)?)$/.test(goal));
  return isOnly && !args.some((arg) => /^(?:-f|--file|-pl|--projects)/.test(arg))
    ? { label: `mvn ${goals[0]!}`, isManifest: matching(/pom|\.xml/), manifests: ["pom.xml"] }
    : null;
};

/** Which of a solution's projects it reads is theirs to know. */
const readDotnet: Reader = (args) =>
  args[0] === "restore"
    ? { label: "dotnet restore", isManifest: matching(/\.(?:\w+proj|slnx?)\*?$|^\*\.?\*?proj/), manifests: null }
    : null;

const bundle = plain("bundle", /^install$/, /^Gemfile|\.gemspec/, ["Gemfile*"]);

const readers: Readonly<Record<string, Reader>> = {
  npm: node("npm", ["package*.json"]),
  yarn: node("yarn", ["package.json", "yarn.lock*"]),
  pnpm: node("pnpm", ["package.json", "pnpm-lock.yaml*"]),
  bun: plain("bun", /^(?:install|i)$/, packageJson, ["package.json", "bun.lock*"]),
  pip: readPip,
  pip3: readPip,
  python: readPython,
  python3: readPython,
  uv: readUv,
  pipenv: plain("pipenv", /^(?:install|sync)$/, /^Pipfile/, ["Pipfile*"]),
  poetry: plain("poetry", /^install$/, /^pyproject|^poetry/, ["pyproject.toml", "poetry.lock*"], /^--no-root$/),
  go: readGo,
  cargo: plain("cargo", /^fetch$/, /^Cargo/, null),
  bundle,
  bundler: bundle,
  composer: plain(
    "composer",
    /^install$/,
    /^composer/,
    ["composer.json", "composer.lock*"],
    /^--no-(?:scripts|autoloader)$/,
  ),
  mix: plain("mix", /^deps\.get$/, /^mix\./, ["mix.exs", "mix.lock*"]),
  mvn: readMaven,
  dotnet: readDotnet,
};

/** What a command installs; `null` where it does something else, or more than a manifest is needed for it. */
export function readInstall({ words }: ShellCommand): Install | null {
  const [program, ...rest] = unwrapCommand(words);
  const name = lastPart(program?.value ?? "");
  if (!Object.hasOwn(readers, name)) return null;
  return readers[name]!(rest.map(({ value }) => value));
}

/** Words of which each such command has one. */
export const installerWords =
  /\b(?:npm|yarn|pnpm|bun|pip3?|python3?|uv|pipenv|poetry|go|cargo|bundler?|composer|mix|mvn|dotnet)\b/;
