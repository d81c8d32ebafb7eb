import { directoryOf, isInside, lastPart, type Place, relativePath, resolvePath } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import type { RoleOf } from "../../roles.ts";
import type { Crossing, Refusal } from "../ecosystem.ts";
import { emptyDirectories } from "../empty-directories.ts";
import { type Placed, readPlaced } from "../placed.ts";
import { refusals, unknownProgram } from "../refusals.ts";
import type { Build } from "./commands.ts";
import { compiledTo, isBundled, libraryFolders, type Replacement } from "./project.ts";
import { arrives, isBrought, readSources, javaSources } from "./sources.ts";
import { type JavaStart, serverPrograms, type Starter } from "./start.ts";

/** What the program needs of what the file builds. */
export interface Needs {
  /** What may cross, the least first; the last is enough in any case. */
  readonly ways: readonly [Crossed, ...Crossed[]];
  /** Scripts that the container starts. */
  readonly scripts: readonly string[];
}

export interface Crossed {
  /** Whether it is all of the project. */
  readonly whole: boolean;
  readonly crossings: readonly Crossing[];
  readonly made: readonly string[];
  readonly madeAgain: readonly string[];
  readonly repeatedCopies: ReadonlySet<number>;
  readonly assumptions: readonly string[];
}

interface Search {
  readonly facts: Facts;
  readonly role: RoleOf;
  readonly builds: readonly Build[];
  readonly root: Place;
  readonly placed: readonly Placed[];
  /** What crosses, by path. */
  readonly found: Map<string, Crossing>;
  readonly made: Set<string>;
  readonly scripts: string[];
  /** Jars that may need others beside them. */
  readonly jars: string[];
  /** Why the whole project crosses. */
  readonly reasons: string[];
}

export function findNeeds(
  facts: Facts,
  role: RoleOf,
  builds: readonly Build[],
  root: Place,
  starters: readonly Starter[],
  replacement: Replacement | null,
): Needs | Refusal {
  const search: Search = {
    facts,
    role,
    builds,
    root,
    placed: readPlaced(facts, role),
    found: new Map(),
    made: new Set(),
    scripts: [],
    jars: [],
    reasons: [],
  };
  const refused = takePlaced(search) ?? takeStarted(search, starters, replacement);
  if (refused) return refused;
  takeAgents(search, starters);
  return decide(search, starters);
}

function cross(search: Search, value: string, directory: boolean, to: string | null = null): void {
  const { root } = search;
  const text =
    root.text !== root.value && isInside(root.value, value)
      ? `${root.text}/${relativePath(root.value, value)}`.replace(/\/\.$/, "")
      : value;
  search.found.set(value, { from: text, value, to, directory, comment: null });
}

/** Files by a pattern, which stay in their directory. */
function crossPattern(search: Search, value: string): void {
  cross(search, value, false);
  const { from } = search.found.get(value)!;
  const folder = directoryOf(from);
  search.found.set(value, { from, value, to: folder === "/" ? "/" : `${folder}/`, directory: false, comment: null });
}

/** Directories that images have: files are put into them, they are not made. */
const systemFolder =
  /^\/(?:bin|boot|etc|home|lib|media|mnt|opt|root|run|sbin|srv|tmp|usr|usr\/(?:bin|lib|local|sbin|share|src|local\/(?:bin|lib|share)|local\/tomcat(?:\/\w+)?)|var|var\/\w+|deployments|var\/lib\/jetty(?:\/\w+)?|usr\/share\/\w+)?$/;

/** What the build puts outside the project crosses from there: `cp target/*.jar /app.jar`. */
function takePlaced({ root, placed, facts, ...search }: Search): Refusal | null {
  const wanted = facts.start?.calls.flatMap(({ program, args }) => [program, ...args]) ?? [];
  for (const { from, to, several, call } of placed) {
    if (to === null || isInside(root.value, to) || from === null || !isInside(root.value, from)) continue;
    const isFolder =
      several && /\.\w+$/.test(to) && !call.words.at(-1)!.value.endsWith("/")
        ? false
        : several || systemFolder.test(to);
    const ends = call.words.at(-1)?.value.endsWith("/") === true;
    const inside = wanted.some((word) => word.startsWith(`${to}/`));
    if (isFolder && systemFolder.test(to) && several) {
      if (/[*?[]/.test(lastPart(from)) && lastPart(from) !== "*") {
        const pattern = `${to}/${lastPart(from)}`;
        search.found.set(pattern, { from: pattern, value: pattern, to: `${to}/`, directory: false, comment: null });
        search.made.add(to);
        continue;
      }
      return { refused: `Which files the build puts into ${to} is not certain: name them, then it can be split.` };
    }
    const value = !isFolder && !ends && !inside ? to : systemFolder.test(to) ? resolvePath(to, lastPart(from)) : to;
    search.found.set(value, { from: value, value, to: null, directory: !/\.\w+$/.test(value), comment: null });
    search.made.add(value);
  }
  return null;
}

function takeStarted(search: Search, starters: readonly Starter[], replacement: Replacement | null): Refusal | null {
  const { facts } = search;
  if (replacement) {
    cross(search, replacement.jar, false);
    return null;
  }
  for (const starter of starters) {
    if (!facts.cwd && dependsOnDirectory(starter)) return refusals.unknownWorkdir;
    const refused =
      starter.kind === "java"
        ? takeJava(search, starter)
        : starter.kind === "file"
          ? takeFile(search, starter.path)
          : null;
    if (refused) return refused;
    if (starter.kind === "program" && /\.(?:sh|bash)$/.test(starter.name) && !serverPrograms.has(starter.name))
      search.scripts.push(starter.name);
  }
  return null;
}

function dependsOnDirectory(starter: Starter): boolean {
  if (starter.kind === "file") return !starter.path.startsWith("/");
  if (starter.kind !== "java") return false;
  return [...(starter.jar === null ? starter.classpath : [starter.jar])].some((path) => !/^["']?\//.test(path));
}

const resolved = ({ facts }: Search, word: string): string =>
  resolvePath(facts.cwd?.value ?? "/", word.replace(/^["']|["']$/g, ""));

/** Whether something is already known to cross or to be copied again. */
function isTaken({ found }: Search, path: string): boolean {
  return [...found.values()].some(({ value }) => isInside(value, path));
}

function takeJava(search: Search, start: JavaStart): Refusal | null {
  if (start.jar !== null) return takeJar(search, start.jar);
  if (start.main === null) {
    if (start.options.some((option) => option.includes("$"))) {
      return {
        refused: "What `java` starts stands in a variable whose value the file does not tell: name the jar in CMD.",
      };
    }
    return { refused: "The container starts `java`, and the file does not say with which program." };
  }
  if (start.main.endsWith(".java")) {
    return {
      refused: `The container starts \`java ${start.main}\`, which compiles the source anew and needs the JDK.`,
    };
  }
  for (const entry of start.classpath) {
    const refused = takeEntry(search, entry);
    if (refused) return refused;
  }
  return null;
}

function takeJar(search: Search, word: string): Refusal | null {
  if (/[$`]/.test(word))
    return { refused: `The container starts \`${word}\`, whose value the file does not tell: name the jar in CMD.` };
  const { facts, root } = search;
  const path = resolved(search, word);
  if (/[*?[]/.test(path)) {
    if (facts.start?.shell !== true || /[*?[]/.test(directoryOf(path)))
      return { refused: `The container starts \`${word}\`, and which file that means is not certain.` };
    if (!isInside(root.value, path)) return isTaken(search, path) ? null : notBuilt(path);
    crossPattern(search, path);
    search.jars.push(path);
    return null;
  }
  if (isTaken(search, path)) {
    search.jars.push(path);
    return null;
  }
  if (!isInside(root.value, path)) {
    // A jar that the file copies or downloads to another place is no part of the build.
    return arrives(facts, path) ? null : notBuilt(path);
  }
  // Quarkus keeps a jar's libraries beside it.
  if (lastPart(path) === "quarkus-run.jar") cross(search, directoryOf(path), true);
  else {
    cross(search, path, false);
    search.jars.push(path);
  }
  return null;
}

function notBuilt(path: string): Refusal {
  return { refused: `The container starts ${path}, and no build in this file is seen to make it.` };
}

function takeEntry(search: Search, entry: string): Refusal | null {
  if (/[$`]/.test(entry))
    return { refused: `The class path has \`${entry}\` in it, whose value the file does not tell.` };
  const { root, facts } = search;
  const path = resolved(search, entry.replace(/\/?\*$/, ""));
  if (path === root.value) {
    if (entry.endsWith("*")) search.reasons.push("its jars are on the class path");
    else takeClasses(search, path);
    return null;
  }
  if (isTaken(search, path)) return null;
  if (!isInside(root.value, path)) {
    // The root of the image is on the class path where nobody says another.
    if (isInside(path, root.value)) search.reasons.push(`${path} is on the class path`);
    else if (!arrives(facts, path) && !/^\/usr\/(?:share|lib)\//.test(path)) return notBuilt(path);
    return null;
  }
  if (compilesIn(search, path)) takeClasses(search, path);
  else cross(search, path, !/\.(?:jar|zip)$/.test(path));
  return null;
}

/** Whether a compiler writes classes beside the sources of a directory. */
function compilesIn(search: Search, directory: string): boolean {
  return search.builds.some(
    (build) =>
      build.tool === "compiler" && compiledTo(build) === null && sourceFolders(build)?.includes(directory) === true,
  );
}

function sourceFolders({ directory, goals }: Build): string[] | null {
  if (directory === null) return null;
  const files = goals.filter((goal) => goal.endsWith(".java"));
  return files.length > 0 ? files.map((file) => directoryOf(resolvePath(directory, file))) : null;
}

/** Classes that lie beside their sources: those of the directory itself, where there are no packages below. */
function takeClasses(search: Search, directory: string): void {
  const compilers = search.builds.filter(({ tool }) => tool === "compiler");
  const beside = compilers.filter((build) => compiledTo(build) === null);
  const plain =
    beside.length > 0 &&
    beside.every((build) => sourceFolders(build)?.every((folder) => folder === directory) === true) &&
    search.builds.every(({ tool }) => tool === "compiler");
  if (!plain) {
    search.reasons.push(`${directory} is on the class path`);
    return;
  }
  crossPattern(search, resolvePath(directory, "*.class"));
}

/** A program by its path: a start script with its libraries beside, a native program, or a script of the project. */
function takeFile(search: Search, word: string): Refusal | null {
  if (/[$`]/.test(word)) return unknownProgram(word);
  const { root, facts } = search;
  const path = resolved(search, word);
  if (isTaken(search, path)) return null;
  const isScript = /\.(?:sh|bash|py|pl)$/.test(path);
  const calls = facts.steps.flatMap((step) => step.calls);
  if (!isInside(root.value, path)) {
    if (isScript || arrives(facts, path)) search.scripts.push(path);
    else if (!/^\/(?:usr\/)?(?:local\/)?s?bin\//.test(path)) return notBuilt(path);
    return null;
  }
  const folder = directoryOf(path);
  if (!isScript && lastPart(folder) === "bin" && isInside(root.value, directoryOf(folder))) {
    const home = directoryOf(folder);
    cross(search, home, true);
    return null;
  }
  const isNative = calls.some((call) => call.name === "native-image");
  if (!isScript && (isNative || /(?:^|\/)(?:target|build)\//.test(relativePath(root.value, path))))
    cross(search, path, false);
  else search.scripts.push(path);
  return null;
}

const agentOption = /-javaagent:([^\s=",]+)|-agentpath:([^\s=",]+)/g;

/** Agents are named by options and by variables that Java reads. */
function takeAgents(search: Search, starters: readonly Starter[]): void {
  const { facts, root } = search;
  const words = starters.flatMap((starter) => (starter.kind === "java" ? starter.options : []));
  const values = facts.steps.flatMap(({ instruction: { keyword, pairs } }) =>
    keyword === "ENV" ? pairs.map(({ key }) => facts.env(key) ?? "") : [],
  );
  for (const text of [...words, ...values]) {
    for (const [, java, native] of text.matchAll(agentOption)) {
      const path = resolved(search, java ?? native ?? "");
      if (isTaken(search, path) || (!isInside(root.value, path) && arrives(facts, path))) continue;
      if (/[$`]/.test(path)) continue;
      cross(search, path, false);
      if (!isInside(root.value, path)) search.made.add(path);
    }
  }
}

const settingFile = /^[\w./-]+\.(?:ya?ml|json|properties|conf|cfg|ini|toml|xml|jks|p12|pem|key|crt|policy|keystore)$/;

/** Paths in the project that arguments and variables name. */
function namedPaths(search: Search, starters: readonly Starter[]): { readonly path: string; readonly file: boolean }[] {
  const { facts, root } = search;
  const words = [
    ...starters.flatMap((starter) => (starter.kind === "java" ? [...starter.options, ...starter.args] : [])),
    ...(starters.some(({ kind }) => kind === "file") ? (facts.start?.calls.flatMap(({ args }) => args) ?? []) : []),
  ];
  const values = facts.steps.flatMap(({ instruction: { keyword, pairs } }) =>
    keyword === "ENV" ? pairs.flatMap(({ key }) => (/PATH$|HOME$/.test(key) ? [] : [facts.env(key) ?? ""])) : [],
  );
  const split = [...words, ...values.flatMap((value) => (/\s/.test(value) ? value.split(/\s+/) : [value]))];
  return split.flatMap((word) => {
    if (/^-(?:javaagent|agentpath|agentlib)/.test(word) || word.includes("classpath:")) return [];
    if (word.startsWith("-X")) return optionPaths(search, word);
    const plain = word
      .replace(/^["']|["']$/g, "")
      .replace(/^-{0,2}[\w.-]+=/, "")
      .replace(/^(?:optional:)?file:(?:\/\/)?/, "");
    const isFile = settingFile.test(plain);
    if (!isFile && !/^\.{0,2}\/[\w./-]+$/.test(plain)) return [];
    const path = resolved(search, plain);
    if (root.value === "/" && /^\/(?:dev|etc|proc|run|sys|tmp|usr|var)\//.test(path)) return [];
    if (!isInside(root.value, path) || path === root.value || /(?:^|[/._-])logs?(?:[/._-]|$)/.test(path)) return [];
    return [{ path, file: isFile }];
  });
}

/** Options of the virtual machine that name files to read: `-Xshareclasses:cacheDir=/app/cache`. */
function optionPaths({ root }: Search, word: string): { readonly path: string; readonly file: boolean }[] {
  if (
    /^-X(?:log|loggc|X:(?:HeapDumpPath|ErrorFile|LogFile|OnOutOfMemory|OnError|StartFlight|FlightRecorder))/.test(word)
  )
    return [];
  return [...word.matchAll(/[=:](\/[\w./-]+)/g)].flatMap(([, path]) =>
    isInside(root.value, path!) && path !== root.value ? [{ path: resolvePath("/", path!), file: false }] : [],
  );
}

function decide(search: Search, starters: readonly Starter[]): Needs | Refusal {
  const { facts, builds, root, made, scripts, jars, reasons } = search;
  const sources = readSources(facts, search.role, root.value);
  const own = [...search.found.values()];
  const madeAgain = ownDirectories(search).filter((path) => !isTaken(search, path));
  const covered = (path: string): boolean =>
    isTaken(search, path) ||
    isBrought(facts, sources.data, path) ||
    sources.files.includes(path) ||
    madeAgain.some((directory) => isInside(directory, path));
  for (const { path, file } of namedPaths(search, starters)) {
    if (covered(path)) continue;
    if (file && arrives(facts, path)) cross(search, path, false);
    else if (!isVolume(facts, path)) reasons.push(`the file names ${path}`);
  }
  for (const folder of libraryFolders(builds)) {
    if (jars.length > 0 && isInside(root.value, folder) && !isTaken(search, folder)) cross(search, folder, true);
  }
  for (const path of sources.files) if (!isTaken(search, path)) cross(search, path, false);
  const [script] = scripts;
  if (script !== undefined) reasons.unshift(`${scripts.join(" and ")} may use it`);
  const changed = changedFiles(search).find((path) => !covered(path) && !isBuilt(search, path));
  if (changed !== undefined) reasons.push(`a command makes or changes ${changed}`);
  if (search.found.size === 0 && reasons.length === 0)
    return { refused: "What the container starts is not seen to be built in this file." };

  const outside = [...search.found.values()].filter(({ value }) => !isInside(root.value, value));
  const loose = jars.filter((jar) => libraryFolders(builds).length === 0 && !isAlone(search, jar));
  const why = reasons[0] ?? lessSentence(sources.unsure, loose);
  const whole: Crossed = {
    whole: true,
    crossings: [{ from: root.text, value: root.value, to: null, directory: true, comment: null }, ...outside],
    made: [...made],
    madeAgain: [],
    repeatedCopies: new Set(),
    assumptions: [`All of ${root.value} is copied, sources included, because ${why}: narrow it if you know.`],
  };
  if (reasons.length > 0 || own.length === 0) return { ways: [whole], scripts };
  if (search.found.has(root.value)) {
    const assumptions = sources.unsure.length > 0 ? whole.assumptions : [];
    return { ways: [{ ...whole, assumptions }], scripts };
  }
  const others =
    sources.unsure.length === 0
      ? []
      : [
          root.value === "/"
            ? `At run time the program reads nothing of what \`${sources.unsure.join("` and `")}\` brings, which stays in the builder.`
            : `At run time the program reads no other files of ${root.value}: what \`${sources.unsure.join("` and `")}\` brings stays in the builder.`,
        ];
  const lean: Crossed = {
    whole: false,
    crossings: [...search.found.values()],
    made: [...made],
    madeAgain,
    repeatedCopies: sources.data,
    assumptions: others,
  };
  if (loose.length === 0) return { ways: others.length === 0 ? [lean] : [lean, whole], scripts };
  // Where libraries may lie beside a jar, its folder has them.
  for (const jar of loose) {
    search.found.delete(jar);
    cross(search, directoryOf(jar), true);
  }
  const folder: Crossed = { ...lean, crossings: [...search.found.values()] };
  if (loose.every((jar) => isInside(root.value, jar) && directoryOf(jar).endsWith("/build/libs")))
    return { ways: others.length === 0 ? [folder] : [folder, whole], scripts };
  const sentence = `${loose.join(" and ")} holds the libraries it uses: none lie beside it.`;
  const bare: Crossed = { ...lean, assumptions: [...others, sentence] };
  if (loose.some((jar) => !/\/(?:target|build|out|dist)(?:\/|$)/.test(directoryOf(jar))))
    return { ways: [bare, whole], scripts };
  return { ways: others.length === 0 ? [bare, folder] : [bare, folder, whole], scripts };
}

/** Whether a jar needs no others beside it: it holds all, or it was put alone to where it is. */
function isAlone({ facts, builds, placed }: Search, jar: string): boolean {
  if (isBundled(facts, builds, jar)) return true;
  const folder = directoryOf(jar);
  if (/(?:^|\/)(?:target|libs|build)(?:\/|$)/.test(folder)) return false;
  const puts = placed.filter(({ to }) => to !== null && isInside(folder, to));
  return puts.some(({ to }) => to === jar || to === folder) && puts.every(({ to }) => to === jar || to === folder);
}

function lessSentence(unsure: readonly string[], loose: readonly string[]): string {
  if (unsure.length === 0 && loose.length > 0) return `libraries may lie beside ${loose.join(" and ")}`;
  return unsure.length > 0
    ? `\`${unsure[0]!}\` does not tell which files the program reads`
    : "the file does not tell which of its files the program reads";
}

function isVolume({ steps }: Facts, path: string): boolean {
  return steps.some(
    ({ instruction: { keyword, args } }) => keyword === "VOLUME" && args.some(({ text }) => isInside(text, path)),
  );
}

/** Whether a path is among what build tools write, or what only they read. */
function isBuilt({ root, builds }: Search, path: string): boolean {
  const relative = relativePath(root.value, path);
  const parts = relative.split("/");
  if (parts.some((part) => /^(?:target|build|out|bin|classes)$/.test(part))) return true;
  if (javaSources.test(lastPart(path)) || parts.some((part) => /^(?:src|project|\.mvn|\.gradle|gradle)$/.test(part)))
    return true;
  return builds.some((build) => {
    const written = compiledTo(build);
    return written !== null && build.directory !== null && isInside(resolvePath(build.directory, written), path);
  });
}

/** Files of the project that commands make or change by name. */
function changedFiles({ facts, role, root }: Search): string[] {
  return facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const found = role(call);
      if (found.kind !== "files") return [];
      if (["rm", "rmdir", "git", "chmod", "chown", "chgrp", "mkdir", "dos2unix"].includes(call.name)) return [];
      const paths = (found.paths ?? []).filter((path) => path !== root.value && isInside(root.value, path));
      // What is moved away is changed where it goes.
      return call.name === "mv" ? paths.filter((path) => path === (found.paths ?? []).at(-1)) : paths;
    }),
  );
}

/** Directories of the project that the file makes for data, logs, uploads. */
function ownDirectories({ facts, role, root, builds }: Search): string[] {
  return emptyDirectories(facts, role).filter(
    (path) => path !== root.value && isInside(root.value, path) && !builds.some((build) => isWrittenTo(build, path)),
  );
}

function isWrittenTo(build: Build, path: string): boolean {
  const written = compiledTo(build);
  return written !== null && build.directory !== null && resolvePath(build.directory, written) === path;
}
