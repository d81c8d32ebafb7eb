import type { FoundBuild } from "./mentions.ts";
import { targetsIn } from "./targets.ts";

/** What files beside a Dockerfile say about its build. Plain data: whoever has a file system reads the files. */
export interface Neighbours {
  /** Whether they were looked for. Where they were not, nothing follows from what is missing. */
  readonly isKnown: boolean;
  /** The file that says what the build context leaves out; `null` where there is none or it could not be read. */
  readonly ignoreFile: IgnoreFile | null;
  /** Stages that files beside the Dockerfile name as a target, lower-cased. */
  readonly targets: ReadonlySet<string>;
  /**
   * The files that say how a project is built and started, text by path from the Dockerfile's folder, which is taken to be
   * the build context: `package.json`, `web/package.json`. Of lock files only that they are there is known: `""`. They are
   * read later than the rest, and empty until then.
   */
  readonly project: ReadonlyMap<string, string>;
  /**
   * The builds of this Dockerfile that other files of the project mention; the same array until one of them changes. To know
   * them can take a look at all files of a project: rules ask where it matters.
   */
  readonly builds: readonly FoundBuild[];
}

export interface IgnoreFile {
  /** Without its folder: `.dockerignore`. */
  readonly name: string;
  readonly text: string;
}

/** A Dockerfile of which nothing else is known. */
export const alone: Neighbours = {
  isKnown: false,
  ignoreFile: null,
  targets: new Set(),
  project: new Map(),
  builds: [],
};

/**
 * The names under which BuildKit looks for the ignore file, the first that exists counts: `Dockerfile.dockerignore` beside
 * the Dockerfile, then `.dockerignore` in the build context, which is taken to be the Dockerfile's folder.
 *
 * @param dockerfile the Dockerfile's name without its folder
 */
export function ignoreFileNames(dockerfile: string): readonly string[] {
  return [`${dockerfile}.dockerignore`, ".dockerignore"];
}

const ignoreFiles = "*.dockerignore";

/** The files that may say which stage to build: `*` stands for any characters. */
const targetFiles: readonly string[] = [
  // Compose, Bake, dev containers, and the workflows of all that build in the cloud.
  ...["*.yml", "*.yaml", "*.hcl", "docker-bake*.json", "devcontainer.json", ".devcontainer.json", "fly.toml"],
  ...["Makefile", "makefile", "GNUmakefile", "*.mk", "Justfile", "justfile", ".justfile", "package.json", "Tiltfile"],
  ...["*.sh", "*.ps1", "*.cmd", "*.bat", "Jenkinsfile*", "README*", "CONTRIBUTING*"],
];

/** The files that say how a project is built and started. */
const projectFiles: readonly string[] = [
  ...[
    "package.json",
    "pnpm-workspace.yaml",
    ".yarnrc.yml",
    ".npmrc",
    "tsconfig*.json",
    "angular.json",
    "nest-cli.json",
  ],
  ...["next.config.*", "vite.config.*", "vue.config.*", "nuxt.config.*", "svelte.config.*", "astro.config.*"],
  ...["deno.json", "deno.jsonc", "bunfig.toml"],
  ...["go.mod", "go.work", "Cargo.toml"],
  ...["pom.xml", "*.gradle", "*.gradle.kts", "gradle.properties"],
  "build.sbt",
  ...["*.csproj", "*.fsproj", "*.vbproj", "*.sln", "*.slnx", "global.json", "Directory.Build.props"],
  ...["pyproject.toml", "requirements*.txt", "setup.py", "setup.cfg", "Pipfile"],
  ...["composer.json", "Gemfile", "mix.exs", "Package.swift", "build.zig", "stack.yaml", "package.yaml", "*.cabal"],
  ...["pubspec.yaml", "shard.yml", "*.nimble", "dub.json", "dub.sdl"],
  ...["CMakeLists.txt", "Makefile", "makefile", "GNUmakefile", "meson.build"],
];

/** Those of which it only counts that they are there: they are long, or say nothing that is asked. */
const presentFiles: readonly string[] = [
  ...["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock"],
  ...["go.sum", "Cargo.lock", "gradle.lockfile", "packages.lock.json"],
  ...["poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock"],
  ...["composer.lock", "Gemfile.lock", "mix.lock", "Package.resolved", "stack.yaml.lock"],
  ...["pubspec.lock", "shard.lock"],
  ...["configure", "configure.ac", "Makefile.am"],
];

/** Folders that hold what is installed, made or kept, not what a project is; those with a dot in front are left out, too. */
const foreignFolders = new Set(
  (
    "node_modules bower_components vendor dist build out target bin obj coverage tmp temp venv env __pycache__ deps _build " +
    "Pods Carthage testdata fixtures __tests__ __mocks__ docs"
  ).split(" "),
);

/** Folders with a name that every kind of address writes as it is. */
const plainFolder = /^[\w-][\w.-]*$/;

/** Folders in the Dockerfile's folder, and in the project's, in which there may be such files, too. */
const targetFolders: readonly string[] = [".devcontainer", ".github/workflows", ".circleci", "scripts"];

/** The names of all files that are read, for whoever watches them: `*` stands for any characters. */
export const neighbourNames: readonly string[] = [
  ...new Set([ignoreFiles, ...targetFiles, ...projectFiles, ...presentFiles]),
];

const targetFile = asPattern(targetFiles);
const projectFile = asPattern(projectFiles);
const presentFile = asPattern(presentFiles);
const neighbour = asPattern(neighbourNames);

/** Whether a file of this name is among those that are read. */
export function isNeighbour(name: string): boolean {
  return neighbour.test(name);
}

function asPattern(names: readonly string[]): RegExp {
  const escaped = names.map((name) => name.replaceAll(".", "\\.").replaceAll("*", ".*"));
  return new RegExp(`^(?:${escaped.join("|")})$`);
}

/** Files with more characters (or bytes) are not looked at. */
export const largestNeighbour = 256 * 1024;
/** Of a folder, and of the folders above the Dockerfile's, only so many are looked at. */
const mostFiles = 40;
const mostFolders = 8;
/** Of a project only so many files and folders are looked at, and folders only so far below the Dockerfile's. */
const mostProjectFiles = 60;
const mostProjectFolders = 40;
const deepest = 2;

/** The names of what lies in a folder. */
export interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** A file system as far as neighbours need it; folders are named as the caller names them, with `/` between names. */
export interface Files {
  /** `null` where it cannot be read. */
  list(folder: string): Promise<Listing | null>;
  /** `null` where there is no such file, or it cannot be read, or is larger than {@link largestNeighbour}. */
  read(folder: string, name: string): Promise<string | null>;
}

/** Reads what is beside Dockerfiles, each folder once. */
export interface NeighbourReader {
  /**
   * @param dockerfile the Dockerfile's name without its folder
   * @param folders the Dockerfile's folder, then the one above it and so on up to the project's
   */
  readonly read: (dockerfile: string, folders: readonly string[]) => Promise<Neighbours>;
  /** The {@link Neighbours.project} of a Dockerfile's folder, which takes longer and only the split asks for. */
  readonly project: (folder: string) => Promise<ReadonlyMap<string, string>>;
  /** Forgets what is known of the folders that a test picks: they are read again when needed. */
  readonly forget: (test: (folder: string) => boolean) => void;
}

export function neighbourReader(files: Files): NeighbourReader {
  const listings = new Map<string, Promise<Listing | null>>();
  const targets = new Map<string, Promise<ReadonlySet<string>>>();
  const manifests = new Map<string, Promise<readonly (readonly [name: string, text: string])[]>>();

  const list = (folder: string): Promise<Listing | null> => once(listings, folder, () => files.list(folder));

  const targetsOf = (folder: string): Promise<ReadonlySet<string>> =>
    once(targets, folder, async () => {
      const names = (await list(folder))?.files ?? [];
      const found = names.filter((name) => targetFile.test(name)).slice(0, mostFiles);
      const texts = await Promise.all(found.map((name) => files.read(folder, name)));
      return union(texts.map((text, i) => (text === null ? new Set<string>() : targetsIn(found[i]!, text))));
    });

  const targetsBelow = async (folder: string): Promise<ReadonlySet<string>> => {
    const folders = (await list(folder))?.folders ?? [];
    const there = targetFolders.filter((name) => folders.includes(name.split("/", 1)[0]!));
    return union(await Promise.all(there.map((name) => targetsOf(`${folder}/${name}`))));
  };

  const projectFilesOf = (folder: string): Promise<readonly (readonly [name: string, text: string])[]> =>
    once(manifests, folder, async () => {
      const names = ((await list(folder))?.files ?? []).filter(
        (name) => projectFile.test(name) || presentFile.test(name),
      );
      const found = names.toSorted().slice(0, mostProjectFiles);
      const read = await Promise.all(
        found.map(async (name) => (presentFile.test(name) ? "" : files.read(folder, name))),
      );
      return found.flatMap((name, i) => (read[i] === null ? [] : [[name, read[i]!] as const]));
    });

  const foldersIn = async (folder: string): Promise<readonly string[]> => {
    const names = ((await list(folder))?.folders ?? []).filter((name) => mayHoldProject(name));
    return names.toSorted().map((name) => `${folder}/${name}`);
  };

  const ignoreFileOf = async (dockerfile: string, folder: string): Promise<IgnoreFile | null> => {
    const names = (await list(folder))?.files ?? [];
    const name = ignoreFileNames(dockerfile).find((each) => names.includes(each));
    const text = name === undefined ? null : await files.read(folder, name);
    return name === undefined || text === null ? null : { name, text };
  };

  return {
    read: async (dockerfile, folders) => {
      const [own] = folders;
      if (own === undefined || !(await list(own))) return alone;
      const [ignoreFile, ...found] = await Promise.all([
        ignoreFileOf(dockerfile, own),
        ...nearest(folders).map(targetsOf),
        ...ends(folders).map(targetsBelow),
      ]);
      return { isKnown: true, ignoreFile, targets: union(found), project: new Map(), builds: [] };
    },
    project: async (own) => {
      const folders = [own];
      for (let level = folders, depth = 0; depth < deepest && folders.length < mostProjectFolders; depth++) {
        const inside = (await Promise.all(level.map(foldersIn))).flat();
        level = inside.slice(0, mostProjectFolders - folders.length);
        folders.push(...level);
      }
      const found = await Promise.all(folders.map(projectFilesOf));
      const named = found.flatMap((inFolder, i) =>
        inFolder.map(([name, text]) => [`${folders[i]!}/${name}`.slice(own.length + 1), text] as const),
      );
      return new Map(named.slice(0, mostProjectFiles));
    },
    forget: (test) => {
      for (const known of [listings, targets, manifests]) {
        for (const folder of known.keys()) if (test(folder)) known.delete(folder);
      }
    },
  };
}

/** The folders whose files may say which stage of a Dockerfile to build, whether they are there or not. */
export function foldersToSearch(folders: readonly string[]): readonly string[] {
  return [...nearest(folders), ...ends(folders).flatMap((folder) => targetFolders.map((name) => `${folder}/${name}`))];
}

/** Whether a folder is a Dockerfile's, or below it where files of its project are looked for, there or not. */
export function isInProject(folder: string, own: string): boolean {
  if (folder === own) return true;
  if (!folder.startsWith(`${own}/`)) return false;
  const names = folder.slice(own.length + 1).split("/");
  return names.length <= deepest && names.every(mayHoldProject);
}

function mayHoldProject(name: string): boolean {
  return plainFolder.test(name) && !foreignFolders.has(name);
}

/** Not too many of a Dockerfile's folders; the project's is among them. */
function nearest(folders: readonly string[]): readonly string[] {
  return folders.length > mostFolders ? [...folders.slice(0, mostFolders - 1), folders.at(-1)!] : folders;
}

/** The Dockerfile's folder and the project's. */
function ends(folders: readonly string[]): readonly string[] {
  return [...new Set([...folders.slice(0, 1), ...folders.slice(-1)])];
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let made = known.get(key);
  if (made === undefined) {
    made = make();
    known.set(key, made);
  }
  return made;
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

/** Whether two say the same. */
export function sameNeighbours(a: Neighbours, b: Neighbours): boolean {
  return (
    a.isKnown === b.isKnown &&
    a.ignoreFile?.name === b.ignoreFile?.name &&
    a.ignoreFile?.text === b.ignoreFile?.text &&
    a.targets.size === b.targets.size &&
    [...a.targets].every((target) => b.targets.has(target)) &&
    a.builds.length === b.builds.length &&
    a.builds.every(({ mention }, i) => mention === b.builds[i]!.mention) &&
    a.project.size === b.project.size &&
    [...a.project].every(([path, text]) => b.project.get(path) === text)
  );
}
