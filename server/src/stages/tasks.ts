import type { ShellCommand } from "../dockerfile/shell.ts";
import { unwrapCommand } from "../dockerfile/wrappers.ts";
import { lastPart } from "../text/paths.ts";
import type { Call } from "./calls.ts";
import { isCheck } from "./checks.ts";
import { readPackageCommand } from "./packages.ts";

/** What a command of a RUN is for. */
export type TaskKind =
  /** Packages of the system, tools for the whole image, users. */
  | "system"
  /** What the project needs of others. */
  | "dependencies"
  /** Makes something of the sources. */
  | "build"
  | "test"
  | "download"
  /** Takes away what is not needed any more. */
  | "clean"
  /** Copies, folders, permissions. */
  | "files"
  /** Anything else that is known. */
  | "other";

/** What a command does, in plain words. */
export interface Task {
  readonly kind: TaskKind;
  /** A sentence without its subject: `installs 3 packages`. */
  readonly what: string;
  /** Words of the file that belong behind it: the packages. */
  readonly names: readonly string[];
}

/** A command's words: what it is told, options left out, and all of it in one text. */
interface Words {
  readonly args: readonly string[];
  readonly operands: readonly string[];
  readonly text: string;
}

type Names = (words: Words) => readonly string[];

/** What a program does when its words fit; the first that fits counts. `#` in a text is the number of names. */
type Line = readonly [pattern: RegExp, kind: TaskKind, what: string, names?: Names];

/** The operands behind the first ones. */
const from =
  (count: number): Names =>
  ({ operands }) =>
    operands.slice(count);

/** The words behind the first ones that are no options: of programs whose options take no word of their own. */
const plain =
  (count: number): Names =>
  ({ args }) =>
    args.filter((arg) => !arg.startsWith("-")).slice(count);

const last: Names = ({ args }) => args.slice(-1);

/** The value of an option, `-o x` or `--output=x`. */
const option =
  (...names: readonly string[]): Names =>
  ({ args }) => {
    for (const [i, arg] of args.entries()) {
      if (names.includes(arg)) return args[i + 1] === undefined ? [] : [args[i + 1]!];
      const long = names.find((name) => name.startsWith("--") && arg.startsWith(`${name}=`));
      if (long !== undefined) return [arg.slice(long.length + 1)];
    }
    return [];
  };

/** Addresses, without what follows a `?`. */
const addresses: Names = ({ args }) =>
  args
    .filter((arg) => arg.includes("://") || /^\$\{?\w+\}?$/.test(arg))
    .map((arg) => arg.replace(/^([^?]*)\?.*$/s, "$1"));

/** Files of requirements: `-r x`, `-rx`, `--requirement=x`. */
const requirements: Names = ({ args }) =>
  args.flatMap((arg, i) =>
    arg === "-r" || arg === "--requirement"
      ? args.slice(i + 1, i + 2)
      : /^(?:-r.|--requirement=)/.test(arg)
        ? [arg.replace(/^(?:-r|--requirement=)/, "")]
        : [],
  );

const buildName =
  /^(?:.*[-_:.])?(?:build|compile|bundle|dist|generate|assets|prod|release|export|codegen|prisma)(?:[-_:.].*)?$/;

const apart = "of package.json";

const nodeLines = (name: string, lock: string): readonly Line[] => [
  [
    /^(?:ci|clean-install)\b.*(?:--omit[= ]dev|--production|--only[= ]prod)/,
    "dependencies",
    `installs what ${lock} pins, without what only development needs`,
  ],
  [/^(?:ci|clean-install)\b/, "dependencies", `installs exactly what ${lock} pins`],
  [
    /^(?:i|install|add)\b.*(?: -g\b| --global\b)|^(?:-g|--global) (?:i|install|add)\b/,
    "system",
    "installs # packages for the whole image:",
    from(1),
  ],
  [/^global add\b/, "system", "installs # packages for the whole image:", from(2)],
  [/^add \S/, "dependencies", "adds # packages:", from(1)],
  [/^(?:i|install)\b(?: -\S+)* [^-\s]/, "dependencies", "installs # packages:", from(1)],
  [
    /^(?:i|install)\b.*(?:--omit[= ]dev|--production|--prod\b|--only[= ]prod)/,
    "dependencies",
    `installs the dependencies ${apart}, without what only development needs`,
  ],
  [/^(?:i|install)\b.*(?:--frozen-lockfile|--immutable)/, "dependencies", `installs exactly what ${lock} pins`],
  [/^(?:i|install)\b/, "dependencies", `installs the dependencies ${apart}`],
  [/^fetch\b/, "dependencies", `downloads what ${lock} pins`],
  [/^deploy\b/, "dependencies", "gathers a package with all that it needs to run"],
  [/^workspaces focus\b/, "dependencies", "installs what some workspaces need"],
  [/^prune\b/, "clean", "removes what is not needed to run"],
  [/^rebuild\b/, "build", "compiles parts of dependencies anew"],
  [/^cache (?:clean|clear|rm)\b|^store prune\b/, "clean", `empties ${name}'s cache`],
  [/^(?:config|set) /, "other", `changes ${name}'s settings`],
  [/^pack\b/, "build", "packs the project into an archive"],
];

const pythonLines: readonly Line[] = [
  [/^install\b.*(?: -r|--requirement)/, "dependencies", "installs the Python packages in", requirements],
  [/^install\b.* (?:-e |--editable |\.{1,2}(?:\/|\[|$))/, "dependencies", "installs the project and what it needs"],
  [/^install\b.* \S*\.whl$/, "dependencies", "installs wheels"],
  [/^install\b/, "dependencies", "installs # Python packages:", from(1)],
  [/^wheel\b/, "build", "builds wheels"],
  [/^download\b/, "dependencies", "downloads Python packages"],
  [/^cache purge\b/, "clean", "empties pip's cache"],
  [/^uninstall\b/, "clean", "removes # packages:", from(1)],
];

const makeLines: readonly Line[] = [
  [/(?:^| )(?:install|install-\S+)$/, "build", "installs what was built"],
  [/(?:^| )(?:clean|distclean)$/, "clean", "removes what the build left"],
  [/^/, "build", "builds with make", ({ operands }) => operands.filter((word) => !word.includes("="))],
];

const mavenLines: readonly Line[] = [
  [
    /(?:^| )(?:package|install|verify|deploy|compile)(?: |$).*(?:-DskipTests|-Dmaven\.test\.skip)|(?:-DskipTests|-Dmaven\.test\.skip).*(?:package|install|verify|deploy)/,
    "build",
    "builds the project with Maven, without its tests",
  ],
  [/(?:^| )(?:package|install|verify|deploy)(?: |$)/, "build", "builds and tests the project with Maven"],
  [/(?:^| )compile(?: |$)/, "build", "compiles the project with Maven"],
  [/dependency:(?:go-offline|resolve)/, "dependencies", "downloads the project's Java dependencies"],
];

const gradleLines: readonly Line[] = [
  [
    /(?:^| )(?:\S*:)?(?:dependencies|resolveDependencies|downloadDependencies)(?: |$)/,
    "dependencies",
    "downloads the project's Java dependencies",
  ],
  [/(?:^| )(?:\S*:)?build(?: |$)(?!.*-x test)/, "build", "builds and tests the project with Gradle"],
  [
    /(?:^| )(?:\S*:)?(?:build|assemble|\w*[jJ]ar|installDist|nativeCompile|bootWar|war|publish\w*)(?: |$)/,
    "build",
    "builds the project with Gradle",
  ],
];

const javascriptBuild: readonly Line[] = [[/^(?!-v|--version|--help)/, "build", "builds the JavaScript project"]];
const compiler: readonly Line[] = [[/\S/, "build", "compiles", option("-o")]];

/** By the program's name without its folder. */
const table: Readonly<Record<string, readonly Line[]>> = {
  npm: nodeLines("npm", "package-lock.json"),
  pnpm: nodeLines("pnpm", "pnpm-lock.yaml"),
  yarn: [[/^(?:-|$)/, "dependencies", `installs the dependencies ${apart}`], ...nodeLines("Yarn", "yarn.lock")],
  bun: [...nodeLines("Bun", "bun.lock"), [/^build\b/, "build", "bundles the JavaScript project"]],
  corepack: [[/^(?:enable|prepare|install|use)\b/, "system", "makes Yarn or pnpm available"]],
  pip: pythonLines,
  poetry: [
    [/^install\b.*(?:--without|--only|--no-dev)/, "dependencies", "installs some groups of what poetry.lock pins"],
    [/^install\b/, "dependencies", "installs what poetry.lock pins"],
    [/^config\b/, "other", "changes Poetry's settings"],
    [/^export\b/, "dependencies", "writes the dependencies down as requirements"],
    [/^build\b/, "build", "builds the Python package"],
  ],
  uv: [
    [/^sync\b/, "dependencies", "installs what uv.lock pins"],
    [/^venv\b/, "other", "makes a virtual environment"],
    [/^build\b/, "build", "builds the Python package"],
    [/^python install\b/, "system", "installs Python"],
    [/^tool install\b/, "system", "installs", from(2)],
  ],
  pipenv: [[/^(?:install|sync)\b/, "dependencies", "installs the Python packages of the Pipfile"]],
  pdm: [[/^(?:install|sync)\b/, "dependencies", "installs what pdm.lock pins"]],
  conda: [
    [/^(?:install|create|env (?:create|update))\b/, "dependencies", "installs packages with Conda"],
    [/^clean\b/, "clean", "empties Conda's caches"],
  ],
  go: [
    [/^mod (?:download|verify)\b/, "dependencies", "downloads the modules that go.mod names"],
    [/^mod (?:tidy|vendor)\b/, "dependencies", "brings the Go modules up to date"],
    [/^get\b/, "dependencies", "downloads Go modules"],
    [/^build\b.* -o[= ]/, "build", "compiles the Go program to", option("-o")],
    [/^build\b/, "build", "compiles the Go program"],
    [/^install\b.*@/, "system", "compiles and installs", from(1)],
    [/^install\b/, "build", "compiles and installs the Go program"],
    [/^generate\b/, "build", "generates Go sources"],
    [/^run\b/, "other", "runs a Go program"],
    [/^clean\b/, "clean", "empties Go's caches"],
    [/^env\b/, "other", "shows or changes Go's settings"],
  ],
  cargo: [
    [/^chef prepare\b/, "dependencies", "writes down what the project depends on"],
    [/^chef cook\b/, "dependencies", "compiles the project's dependencies"],
    [/^(?:fetch|vendor)\b/, "dependencies", "downloads the project's crates"],
    [/^install\b.*--path/, "build", "compiles and installs the Rust program"],
    [/^install\b/, "system", "compiles and installs", from(1)],
    [
      /^(?:build|b|rustc|zigbuild|auditable build)\b.*(?:--release|--profile[= ]release| -r\b)/,
      "build",
      "compiles the Rust project for release",
    ],
    [/^(?:build|b|rustc|zigbuild)\b/, "build", "compiles the Rust project"],
  ],
  rustup: [[/^(?:target|component|toolchain|default|update|install)\b/, "system", "adds to the Rust toolchain"]],
  mvn: mavenLines,
  mvnw: mavenLines,
  gradle: gradleLines,
  gradlew: gradleLines,
  sbt: [
    [/assembly|stage|package|dist|compile|publish/, "build", "builds the Scala project"],
    [/^update$/, "dependencies", "downloads the project's dependencies"],
  ],
  ant: [[/^/, "build", "builds with Ant"]],
  javac: [[/\S/, "build", "compiles Java sources"]],
  dotnet: [
    [/^restore\b/, "dependencies", "downloads the project's NuGet packages"],
    [/^publish\b/, "build", "builds the .NET project, ready to run, to", option("-o", "--output")],
    [/^(?:build|msbuild|pack)\b/, "build", "builds the .NET project"],
    [/^tool install\b/, "system", "installs", from(2)],
    [/^nuget\b/, "other", "changes NuGet's settings"],
    [/^workload\b/, "system", "installs a workload of .NET"],
    [/^dev-certs\b/, "other", "makes certificates for development"],
  ],
  composer: [
    [
      /^(?:install|update)\b.*--no-dev/,
      "dependencies",
      "installs the PHP packages of composer.json, without what only development needs",
    ],
    [/^(?:install|update)\b/, "dependencies", "installs the PHP packages of composer.json"],
    [/^(?:require|global require)\b/, "dependencies", "adds PHP packages"],
    [/^dump-?autoload\b/, "build", "writes down where PHP classes are"],
  ],
  bundle: [
    [/^install\b|^$/, "dependencies", "installs the gems of the Gemfile"],
    [/^config\b/, "other", "changes Bundler's settings"],
    [/^clean\b/, "clean", "removes gems that are not used"],
  ],
  gem: [
    [/^install\b/, "system", "installs # gems:", from(1)],
    [/^update\b/, "system", "updates gems"],
  ],
  rails: [[/^assets:precompile\b/, "build", "builds the pages' scripts and styles"]],
  rake: [[/^assets:precompile\b/, "build", "builds the pages' scripts and styles"]],
  mix: [
    [/^deps\.get\b/, "dependencies", "downloads the project's Elixir dependencies"],
    [/^deps\.compile\b/, "dependencies", "compiles the project's Elixir dependencies"],
    [/^(?:do )?local\./, "system", "installs Elixir's build tools"],
    [/^compile\b/, "build", "compiles the Elixir project"],
    [/^(?:release|distillery)\b/, "build", "builds a release of the Elixir project"],
    [/^(?:assets\.deploy|phx\.digest)\b/, "build", "builds the pages' scripts and styles"],
  ],
  swift: [
    [/^build\b/, "build", "compiles the Swift package"],
    [/^package resolve\b/, "dependencies", "downloads the Swift package's dependencies"],
  ],
  stack: [
    [/^(?:build|install)\b(?!.*--(?:only-)?dep)/, "build", "compiles the Haskell project"],
    [/^(?:build|setup|update)\b/, "dependencies", "installs what the Haskell project needs"],
  ],
  cabal: [
    [/--(?:only-dep|dependencies-only)|^(?:v2-)?update\b/, "dependencies", "installs what the Haskell project needs"],
    [/^(?:v2-)?(?:build|install)\b/, "build", "compiles the Haskell project"],
  ],
  dart: [
    [/^pub get\b/, "dependencies", "downloads the project's Dart packages"],
    [/^compile\b/, "build", "compiles the Dart program"],
  ],
  flutter: [
    [/^pub get\b/, "dependencies", "downloads the project's Dart packages"],
    [/^build\b/, "build", "builds the Flutter app"],
  ],
  dub: [[/^(?:build|-b\b|--build)|^$/, "build", "compiles the D project"]],
  zig: [[/^build\b/, "build", "compiles the Zig project"]],
  nimble: [[/^(?:build|c)\b/, "build", "compiles the Nim project"]],
  shards: [
    [/^install\b/, "dependencies", "installs the project's shards"],
    [/^build\b/, "build", "compiles the Crystal project"],
  ],
  crystal: [[/^build\b/, "build", "compiles the Crystal program"]],
  deno: [
    [/^cache\b|^install\b/, "dependencies", "downloads what the program needs"],
    [/^compile\b/, "build", "compiles the program"],
  ],
  make: makeLines,
  gmake: makeLines,
  cmake: [
    [/(?:^| )--build\b/, "build", "builds with CMake"],
    [/(?:^| )--install\b/, "build", "installs what was built"],
    [/\S/, "build", "prepares the build with CMake"],
  ],
  configure: [[/^/, "build", "prepares the build"]],
  "autogen.sh": [[/^/, "build", "prepares the build"]],
  autoreconf: [[/^/, "build", "prepares the build"]],
  meson: [
    [/^(?:setup|build|builddir)\b/, "build", "prepares the build with Meson"],
    [/^(?:compile|install)\b/, "build", "builds with Meson"],
  ],
  ninja: [
    [/(?:^| )install$/, "build", "installs what was built"],
    [/^/, "build", "builds with Ninja"],
  ],
  gcc: compiler,
  "g++": compiler,
  clang: compiler,
  "clang++": compiler,
  cc: compiler,
  rustc: compiler,
  tsc: [[/^(?!-v|--version|--init)/, "build", "compiles TypeScript"]],
  vite: [[/^build\b/, "build", "builds the JavaScript project"]],
  next: [[/^build\b/, "build", "builds the Next.js project"]],
  nuxt: [[/^(?:build|generate)\b/, "build", "builds the Nuxt project"]],
  ng: [[/^build\b/, "build", "builds the Angular project"]],
  webpack: javascriptBuild,
  esbuild: javascriptBuild,
  rollup: javascriptBuild,
  gulp: javascriptBuild,
  grunt: javascriptBuild,
  turbo: [
    [/^prune\b/, "dependencies", "takes the part of the repository that one package needs"],
    [/^run\b|^build\b/, "build", "runs tasks of the repository", from(1)],
  ],
  prisma: [[/^generate\b/, "build", "generates the database client"]],
  hugo: [[/^(?:-|$)/, "build", "builds the pages"]],
  mkdocs: [[/^build\b/, "build", "builds the pages"]],
  protoc: [[/\S/, "build", "generates sources from protocol buffers"]],
  buf: [[/^generate\b/, "build", "generates sources from protocol buffers"]],
  nx: [[/^(?:build|run|run-many|affected)\b/, "build", "runs tasks of the repository"]],
  "docker-php-ext-install": [[/\S/, "system", "compiles and installs PHP extensions:", from(0)]],
  "docker-php-ext-configure": [
    [/\S/, "system", "sets up how a PHP extension is compiled:", ({ operands }) => operands.slice(0, 1)],
  ],
  "docker-php-ext-enable": [[/\S/, "system", "switches PHP extensions on:", from(0)]],
  "install-php-extensions": [[/\S/, "system", "installs PHP extensions:", from(0)]],
  pecl: [[/^install\b/, "system", "compiles and installs PHP extensions:", from(1)]],
  a2enmod: [[/\S/, "system", "switches modules of Apache on:", from(0)]],
  dpkg: [
    [/^(?:-i|--install)\b/, "system", "installs a package file"],
    [/--add-architecture/, "system", "adds packages for another architecture"],
  ],
  rpm: [[/^(?:-[iU]|--import|--install)/, "system", "installs a package file or a key"]],
  "apt-key": [[/\S/, "system", "trusts a key of a package source"]],
  "add-apt-repository": [[/\S/, "system", "adds a package source"]],
  "update-ca-certificates": [[/^/, "system", "makes the certificates known to programs"]],
  "locale-gen": [[/^/, "system", "makes languages available"]],
  ldconfig: [[/^/, "system", "makes shared libraries known to programs"]],
  xbuild: [[/^/, "build", "builds the .NET project"]],
  useradd: [[/\S/, "system", "creates the user", last]],
  groupadd: [[/\S/, "system", "creates the group", last]],
  adduser: [[/\S/, "system", "creates a user or adds one to a group"]],
  addgroup: [[/\S/, "system", "creates a group or adds a user to one"]],
  usermod: [[/\S/, "system", "changes the user", last]],
  chpasswd: [[/^/, "system", "sets passwords"]],
  tee: [[/\S/, "files", "writes", plain(0)]],
  rsync: [[/\S/, "files", "copies to", last]],
  jar: [
    [/^-?\w*c/, "build", "packs Java classes"],
    [/^-?\w*x/, "files", "unpacks an archive"],
  ],
  "xx-verify": [[/\S/, "test", "checks the platform of", last]],
  setcap: [[/\S/, "files", "gives a program a privilege of root"]],
  strip: [[/\S/, "clean", "removes what only debuggers need from", plain(0)]],
  upx: [[/\S/, "files", "packs programs"]],
  curl: [[/:\/\/|(?:^| )\$/, "download", "downloads", addresses]],
  wget: [[/:\/\/|(?:^| )\$/, "download", "downloads", addresses]],
  git: [
    [/^clone\b/, "download", "clones", addresses],
    [/^(?:checkout|switch|fetch|pull|submodule)\b/, "download", "picks a version of the sources"],
    [/^config\b/, "other", "changes Git's settings"],
  ],
  unzip: [[/\S/, "files", "unpacks an archive"]],
  mkdir: [[/\S/, "files", "makes folders:", plain(0)]],
  chmod: [
    [/^(?:-R )?(?:a|u|ug|ugo)?\+x\b/, "files", "makes executable:", plain(1)],
    [/\S/, "files", "changes permissions of", plain(1)],
  ],
  chown: [[/\S/, "files", "changes the owner of", plain(1)]],
  chgrp: [[/\S/, "files", "changes the group of", plain(1)]],
  cp: [[/\S/, "files", "copies to", last]],
  mv: [[/\S/, "files", "moves to", last]],
  ln: [[/\S/, "files", "links", last]],
  touch: [[/\S/, "files", "makes empty files:", plain(0)]],
  install: [[/\S/, "files", "copies with permissions to", last]],
  rm: [
    [
      /\/var\/lib\/apt\/lists|\/var\/cache\/(?:apk|apt|yum|dnf)/,
      "clean",
      "throws away what the package manager downloaded",
    ],
    [/\S/, "clean", "removes", plain(0)],
  ],
  sed: [[/^-\w*i|--in-place/, "files", "edits", last]],
};

/** Programs that are told by another one's lines. */
const aliases: Readonly<Record<string, string>> = {
  "xx-go": "go",
  "xx-cargo": "cargo",
  pip2: "pip",
  pip3: "pip",
  "pip3.11": "pip",
  "pip3.12": "pip",
  mamba: "conda",
  micromamba: "conda",
  "install-php-extensions.sh": "install-php-extensions",
};

/** Options in front of a verb that take the next word. */
const valued = /^(?:-C|--cwd|--prefix|--dir|--filter|-F|-f|--file|--manifest-path|--directory)$/;

function wordsOf(all: readonly string[]): Words {
  const args: string[] = [];
  // `npm --prefix web ci`, `make -C src`: the verb comes first.
  let at = 0;
  for (; at < all.length && all[at]!.startsWith("-"); at++) if (valued.test(all[at]!)) at++;
  const start = at < all.length ? at : 0;
  for (const arg of all.slice(start)) args.push(arg);
  const operands: string[] = [];
  let isDone = false;
  args.forEach((arg, i) => {
    if (!isDone && arg === "--") isDone = true;
    else if (isDone || (!arg.startsWith("-") && !takesNext(args[i - 1]))) operands.push(arg);
  });
  return { args, operands, text: args.join(" ").slice(0, 500) };
}

/** Options of programs in the table whose value is the next word. */
const takesNext = (arg: string | undefined): boolean =>
  arg !== undefined &&
  /^(?:-r|-c|-o|-i|-g|-G|-u|-s|-d|-m|-k|-j|-t|-e|-D|-b|--[\w-]*(?:url|path|dir|version|uid|gid|home|shell|constraint|target|output|root|mode|branch|depth|group|groups|index|config|configuration|runtime|features|package|bin|owner|registry|source))$/.test(
    arg,
  );

/** Programs that start the one behind them, and how many words stand before it. */
const starters: Readonly<Record<string, RegExp>> = {
  npx: /^/,
  bunx: /^/,
  pnpx: /^/,
  poetry: /^run$/,
  pipenv: /^run$/,
  uv: /^(?:run|pip)$/,
  bundle: /^exec$/,
  pnpm: /^(?:exec|dlx)$/,
  yarn: /^(?:exec|dlx)$/,
  npm: /^(?:exec|x)$/,
  nice: /^/,
  eatmydata: /^/,
  "xvfb-run": /^/,
  tini: /^/,
};

/** `npx --yes tsc`, `python -m pip install`, `poetry run pytest`: the command that is started; as given if it is none. */
function started(program: string, args: readonly string[]): readonly [program: string, args: readonly string[]] {
  let [name, rest] = [program, args];
  for (let depth = 0; depth < 4; depth++) {
    const first = rest.findIndex((arg) => !arg.startsWith("-"));
    if (/^python[\d.]*$/.test(name) && rest[0] === "-m" && rest.length > 1) [name, rest] = [rest[1]!, rest.slice(2)];
    else if (Object.hasOwn(starters, name) && first >= 0 && starters[name]!.test(rest[first]!)) {
      const isPip = name === "uv" && rest[first] === "pip";
      const skip = first + (isPip || starters[name]!.source === "^" ? 0 : 1);
      const next = rest.slice(skip).findIndex((arg) => !arg.startsWith("-") && arg !== "--");
      if (next < 0) break;
      [name, rest] = [lastPart(rest[skip + next]!), rest.slice(skip + next + 1)];
    } else break;
  }
  return [name, rest];
}

/** Programs of which the options say what they do. */
const optionsTell = new Set(["sed", "dpkg", "rpm"]);

function allWords(args: readonly string[]): Words {
  return { args, operands: args.filter((arg) => !arg.startsWith("-")), text: args.join(" ").slice(0, 500) };
}

/** What a command does, for the programs that are known; `null` for all others, and for what is not worth a word. */
export function taskOf(call: Pick<Call, "name" | "program" | "args" | "command">): Task | null {
  const system = systemTask(call.command);
  if (system) return system;
  if (call.name === "") return writes(call.command);
  if (asksOnly(call.args)) return null;
  const [name, args] = started(call.name, call.args);
  const words = optionsTell.has(name) ? allWords(args) : wordsOf(args);
  if (isCheck([call.program, ...call.args]))
    return { kind: "test", what: "runs checks", names: checkNames(name, words) };
  if (name === "tar" || name === "bsdtar") return archiveTask(args);
  const lines = Object.hasOwn(aliases, name) ? table[aliases[name]!] : Object.hasOwn(table, name) ? table[name] : null;
  const line = lines?.find(([pattern]) => pattern.test(words.text));
  if (line) return toTask(line, words);
  return scriptTask(call.program, name, words) ?? writes(call.command);
}

/** Whether a program is only asked for its version, or how it is used. */
export function asksOnly(args: readonly string[]): boolean {
  return args.length === 1 && /^(?:--version|-version|-v|-V|version|--help)$/.test(args[0]!);
}

function toTask([, kind, what, names]: Line, words: Words): Task {
  const found = names?.(words) ?? [];
  if (what.includes("#")) return { kind, what: counted(what, found.length), names: found };
  // `compiles to` without a place says no more than `compiles`.
  return {
    kind,
    what: found.length === 0 ? what.replace(/(?:, ready to run, to| to| in| of|:)$/, "") : what,
    names: found,
  };
}

/** `installs # Python packages` for some, or for none that are told. */
function counted(what: string, count: number): string {
  if (count === 0) return what.replace("# ", "").replace(/:$/, "");
  const text = what.replace("#", String(count));
  return count === 1 ? text.replace("packages", "package") : text;
}

function checkNames(name: string, { operands }: Words): readonly string[] {
  return [[name, ...operands.slice(0, 2)].join(" ")];
}

/** `npm run build`, `yarn build`, `./scripts/build.sh`, `python manage.py collectstatic`. */
function scriptTask(program: string, name: string, words: Words): Task | null {
  const [verb = "", script = ""] = words.operands;
  const named = (text: string): Task => ({
    kind: buildName.test(text) ? "build" : "other",
    what: "runs the script",
    names: [text],
  });
  if (/^(?:npm|yarn|pnpm|bun|composer)$/.test(name)) {
    if (/^(?:run|run-script)$/.test(verb)) return script === "" ? null : named(script);
    return name === "yarn" && /^[\w:.-]+$/.test(verb) ? named(verb) : null;
  }
  if (/^python[\d.]*$/.test(name) && verb.endsWith("manage.py")) {
    return script === "collectstatic"
      ? { kind: "build", what: "collects the pages' scripts and styles", names: [] }
      : { kind: "other", what: "runs Django's command", names: [script] };
  }
  if (/^python[\d.]*$/.test(name) && verb === "setup.py") {
    return script === "install" || script === "develop"
      ? { kind: "dependencies", what: "installs the project and what it needs", names: [] }
      : { kind: "build", what: "builds the Python package", names: [] };
  }
  const file = /^(?:ba|da|a|z)?sh$/.test(name) || /^(?:python[\d.]*|node|ruby|perl|php)$/.test(name) ? verb : program;
  if (!/\.(?:sh|bash|py|js|mjs|cjs|ts|rb|pl|php)$/.test(file) && !/^\.{1,2}\//.test(file)) return null;
  const stem = lastPart(file).replace(/\.\w+$/, "");
  return { kind: buildName.test(stem) ? "build" : "other", what: "runs the script", names: [file] };
}

/** `tar -Jxf x`, `tar xf x`: one of the letters of its options says what is done. */
function archiveTask(args: readonly string[]): Task | null {
  const letters = args.filter((arg, i) => /^-[a-zA-Z]+$/.test(arg) || (i === 0 && /^[a-zA-Z]+$/.test(arg))).join("");
  if (letters.includes("x") || args.includes("--extract"))
    return { kind: "files", what: "unpacks an archive", names: [] };
  return letters.includes("c") || args.includes("--create")
    ? { kind: "files", what: "packs an archive", names: [] }
    : null;
}

const managers: Readonly<Record<string, string>> = {
  apk: "Alpine",
  apt: "system",
  dnf: "system",
  zypper: "system",
  pacman: "system",
};

/** What a command of a package manager does. */
function systemTask(command: ShellCommand): Task | null {
  const words = unwrapCommand(command.words);
  const read = readPackageCommand(words);
  if (!read) return null;
  const names = read.packages.map(({ value }) => value);
  const count = `${names.length} ${managers[read.manager] ?? "system"} package${names.length === 1 ? "" : "s"}`;
  if (read.action === "install") {
    if (names.length === 0) return { kind: "system", what: "installs packages", names };
    const group = read.virtual === null ? "" : ", to be removed together";
    return { kind: "system", what: `installs ${count}${group}:`, names };
  }
  if (read.action === "remove") {
    return names.length === 0
      ? { kind: "clean", what: "removes packages that nothing needs any more", names }
      : { kind: "clean", what: `removes ${names.length} package${names.length === 1 ? "" : "s"}:`, names };
  }
  const verb = words.slice(1).find(({ value }) => !value.startsWith("-"))?.value ?? "";
  if (/^(?:update|makecache|refresh|check-update)$/.test(verb)) {
    const updates = read.manager === "dnf" && verb === "update";
    return { kind: "system", what: updates ? "updates all packages" : "refreshes the list of packages", names };
  }
  if (/^(?:upgrade|dist-upgrade|full-upgrade|dup|distro-sync)$/.test(verb))
    return { kind: "system", what: "updates all packages", names };
  if (/^(?:clean|autoclean|cache)$/.test(verb))
    return { kind: "clean", what: "throws away what the package manager downloaded", names };
  return { kind: "system", what: "works with the system's packages", names };
}

/** `echo x > file`: a file that output goes to. */
function writes({ redirects }: ShellCommand): Task | null {
  const files = redirects
    .filter(({ operator, target }) => operator.includes(">") && target && !/^(?:\/dev\/|&|\d+$|-$)/.test(target.value))
    .map(({ target }) => target!.value);
  return files.length === 0 ? null : { kind: "files", what: "writes", names: files };
}
