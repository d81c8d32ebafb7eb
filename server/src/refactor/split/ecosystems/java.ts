import { isOfficial } from "../../../images/image.ts";
import { copyTarget } from "../../../stages/copies.ts";
import { isInside, lastPart, type Place, resolvePath } from "../../../text/paths.ts";
import type { Facts, Step } from "../facts.ts";
import { installedPackages, lastingPackages, type RoleOf } from "../roles.ts";
import { findProject } from "../roots.ts";
import { type Choice, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { copiedTo } from "./placed.ts";
import { type Build, classifyJava, isRunGoal, isToolFetch, readBuild, readWords } from "./java/commands.ts";
import { examples } from "./java/examples.ts";
import { type Crossed, findNeeds, type Needs } from "./java/needs.ts";
import { replaceTool, type Replacement } from "./java/project.ts";
import { distrolessOf, isJavaPackage, isJdkPackage, isServer, jreOf, type Runtime, runtimeOf } from "./java/runtime.ts";
import { isShellWord, readStarters, type Starter } from "./java/start.ts";
import { refusals } from "./refusals.ts";

function chooseJava(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const builds = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => (role(call).kind === "inert" ? [] : (readBuild(call) ?? []))),
  );
  const starters = readStarters(facts);
  if (!isOurs(facts, builds, starters)) return null;
  const tool = starters.find((starter) => starter.kind === "tool");
  const replacement = tool && replaceTool(facts, builds, tool.tool, readWords(tool.tool, tool.words.slice(1)));
  const refused = refuseStart(facts, starters, replacement ?? null);
  if (refused) return refused;
  const root = findRoot(facts, builds);
  if ("refused" in root) return root;
  const needs = findNeeds(facts, role, builds, root, starters, replacement ?? null);
  if ("refused" in needs) return needs;
  if (root.value === "/" && (needs.ways[0].whole || changesSystem(facts, role))) return refusals.atRoot;
  return chooseWays({ facts, role, root, needs, starters, replacement: replacement ?? null, tool: tool?.words ?? [] });
}

/** Whether something of Java is built, and what the container starts may be it. */
function isOurs({ start, image }: Facts, builds: readonly Build[], starters: readonly Starter[]): boolean {
  if (starters.some(({ kind }) => kind === "tool")) return true;
  if (builds.length === 0) return false;
  if (start === null || starters.some(({ kind }) => kind === "java")) return true;
  const others = new Set([
    "node",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "python",
    "python3",
    "ruby",
    "php",
    "nginx",
    "dotnet",
    "go",
  ]);
  return isServer(image) || !starters.some((starter) => starter.kind === "program" && others.has(starter.name));
}

/** Why what the container starts rules a split out. */
function refuseStart(
  { start, image, official }: Facts,
  starters: readonly Starter[],
  replacement: Replacement | null,
): Refusal | null {
  if (/windows|nanoserver/.test(image.tag)) return refusals.windows;
  if (start === null && !isServer(image)) {
    const what = official ? "" : " (and what its base starts is not known)";
    return {
      refused: `The file has neither CMD nor ENTRYPOINT${what}, so it does not say which program the runtime stage needs.`,
    };
  }
  for (const starter of starters) {
    if (starter.kind === "tool" && !replacement) {
      const words = starter.words.join(" ");
      const { goals } = readWords(starter.tool, starter.words.slice(1));
      return {
        refused: goals.some(isRunGoal)
          ? `The container starts \`${words}\`, which builds the program anew and needs the build tool and the sources: build a jar in a RUN and start it with \`java -jar\`, then it can be split.`
          : `The container starts \`${words}\`, which needs the build tool and the sources: nothing can be left out.`,
      };
    }
    if (starter.kind === "jdk") return { refused: `The container starts \`${starter.name}\`, which only a JDK has.` };
  }
  if (start !== null && !starters.some(({ kind }) => kind !== "shell") && !isServer(image)) {
    return {
      refused: "The container starts no program of the project, so it is not certain what the runtime stage needs.",
    };
  }
  return null;
}

/** The project's directory: the one around all in which something of it is built. */
function findRoot(facts: Facts, builds: readonly Build[]): Place | Refusal {
  const directories = builds.map(({ directory }) => directory);
  if (directories.length === 0 || directories.includes(null)) return refusals.unknownDirectory;
  const place = findProject(facts, directories as readonly string[]);
  if (isServer(facts.image) && isInside(serverHome(facts), place.value))
    return {
      refused:
        "The program is built among the files of the server: set a WORKDIR of its own first, then it can be split.",
    };
  return place;
}

/** Whether a file that builds in / makes or changes files besides what it builds. */
function changesSystem({ steps }: Facts, role: RoleOf): boolean {
  return steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind === "users") return true;
      if (found.kind !== "files") return false;
      return (
        found.paths === null ||
        !found.paths.every(
          (path) =>
            /^\/(?:mvnw|gradlew|src|\.mvn|gradle|target|build)(?:\/|$)/.test(path) || /\.(?:jar|war)$/.test(path),
        )
      );
    }),
  );
}

function serverHome({ image }: Facts): string {
  return image.name === "tomcat" ? "/usr/local/tomcat" : "/var/lib/jetty";
}

/** What is known of a build before the image it runs on is chosen. */
interface JavaSplit {
  readonly facts: Facts;
  readonly role: RoleOf;
  readonly root: Place;
  readonly needs: Needs;
  readonly starters: readonly Starter[];
  readonly replacement: Replacement | null;
  /** The words of the build tool that the container starts. */
  readonly tool: readonly string[];
}

function chooseWays(split: JavaSplit): readonly [Choice, ...Choice[]] | Refusal {
  const { facts, role, needs } = split;
  if (isServer(facts.image) && needs.ways[0].made.length === 0) {
    return { refused: "The file builds a program, and what of it the server runs is not seen." };
  }
  const runtime = runtimeOf(facts, installedPackages(facts, role));
  const slim = runtime && fits(split, runtime) ? runtime : null;
  // All of / would be the old image again.
  const crossed = needs.ways.filter(({ whole }) => !whole || split.root.value !== "/");
  const least = crossed[0]!;
  const surest = crossed.find(({ assumptions }) => assumptions.length === 0) ?? least;
  const ways: Choice[] = [];
  const system = systemChoice(split, surest);
  if (system) ways.push(system);
  if (slim) {
    ways.push(...crossed.map((each) => slimChoice(split, slim, each)));
    const minimal = least.whole ? null : minimalChoice(split, slim, surest);
    if (minimal) ways.push(minimal);
  }
  ways.push(sameChoice(split, surest));
  return ways as [Choice, ...Choice[]];
}

/** Directories of build tools and their caches. */
const toolFolders =
  "/root/.m2 /root/.gradle /root/.sbt /root/.ivy2 /root/.cache /root/.sdkman /root/.kotlin /home/gradle/.gradle /usr/share/maven /usr/share/maven-repo /opt/maven /opt/gradle /opt/sbt /usr/share/gradle /usr/local/sbt /usr/share/sbt".split(
    " ",
  );

function startFrom({ facts, role, root, replacement, tool }: JavaSplit, base: string, crossed: Crossed): Choice {
  const home = /^[a-z_][\w-]*/.exec(facts.user ?? "")?.[0];
  const homes =
    home === undefined ? [] : [".m2", ".gradle", ".sbt", ".ivy2", ".cache"].map((name) => `/home/${home}/${name}`);
  const replaced = replacement
    ? [`\`${tool.join(" ")}\` starts the same program as \`${replacement.command.join(" ")}\`, which takes its place.`]
    : [];
  return {
    ...sameProgram,
    ...crossed,
    strategy: "same",
    base,
    detail: "",
    workshop: [root.value, ...toolFolders, ...homes, ...unpacked(facts, role, root.value)],
    keepsPackage: () => false,
    keepsProgram: () => false,
    command: replacement?.command ?? null,
    assumptions: [...crossed.assumptions, ...replaced],
  };
}

/** Where a RUN unpacks the build tool that it downloads, or the sources, if nothing else of the file is there. */
function unpacked(facts: Facts, role: RoleOf, root: string): string[] {
  return facts.steps.flatMap((step) => {
    const fetches = step.calls.some((call) => isToolFetch(call));
    const folders = step.calls.flatMap((call) => {
      const found = role(call);
      if (found.kind !== "files" || !unpackers.has(call.name)) return [];
      return (found.paths ?? []).filter((path) => path !== "/" && (fetches || isInside(path, root)));
    });
    return folders.filter(
      (path) =>
        !facts.steps.some((other) => other !== step && writesTo(other, role, path, root)) &&
        !(facts.start?.calls.some(({ program }) => isInside(path, program) && !isInside(root, program)) === true),
    );
  });
}

const unpackers = new Set(["tar", "unzip", "bsdtar", "curl", "wget"]);

/** Whether a step writes into a directory, the project in it left out. */
function writesTo(step: Step, role: RoleOf, directory: string, root: string): boolean {
  const isThere = (path: string): boolean => isInside(directory, path) && !isInside(root, path);
  const target = copiedTo(step);
  if (target && isThere(target.path)) return true;
  return step.calls.some((call) => {
    const found = role(call);
    return found.kind === "files" && (found.paths === null || found.paths.some(isThere));
  });
}

/** Packages that build, or bring what builds; `fetch`: only for downloads in a RUN. */
const buildPackage = /^(?:maven|mvn|gradle|ant|sbt|kotlin|scala|ivy|.*-jdk(?:-.*)?|.*-devel)$/;
const fetchPackage =
  /^(?:curl|wget|unzip|zip|tar|gzip|xz-utils|bzip2|gnupg\d?|dirmngr|apt-transport-https|software-properties-common|dos2unix)$/;

/** Packages that the program may need, Java itself left out. */
function runtimePackages({ facts, role, starters, needs }: JavaSplit): Set<string> {
  const calls = facts.steps.flatMap((step) => step.calls);
  const onlyJava = needs.scripts.length === 0 && starters.every(({ kind }) => kind === "java" || kind === "shell");
  const kept = new Set<string>();
  for (const name of lastingPackages(facts, role)) {
    if (buildPackage.test(name) || isJavaPackage(name)) continue;
    const used = calls.some(
      (call) => call.name === name || (call.args.includes(name) && role(call).kind !== "packages"),
    );
    const fetches = fetchPackage.test(name) && onlyJava && (used || !/^(?:curl|wget)$/.test(name));
    if (!fetches || isCalled(facts, name)) kept.add(name);
  }
  return kept;
}

/** Whether what starts or checks the container names a program. */
function isCalled(facts: Facts, name: string): boolean {
  return [facts.start, facts.healthcheck].some((started) =>
    started?.calls.some(
      ({ program, args }) => lastPart(program) === name || args.some((arg) => arg.split(/[\s;|&]+/).includes(name)),
    ),
  );
}

const openjdkPath = /^\/usr\/local\/openjdk-(\d+)\/bin\/java$/;

/** Whether everything that the file says the container needs is in an image with a JRE. */
function fits(split: JavaSplit, runtime: Runtime): boolean {
  const { facts, role, starters, needs } = split;
  const packages = runtimePackages(split);
  if (!runtime.sibling && !areInstallable(facts, role, packages, runtime.image)) return false;
  // What the image brings along for the build's user is not in the runtime's.
  const made = facts.steps.flatMap(({ calls }) => calls.filter((call) => role(call).kind === "users"));
  if (!runtime.sibling && made.some((call) => !isPlainUser(call))) return false;
  const isKnownUser = (name: string): boolean =>
    /^(?:root|\d+|\$\{?\w+\}?)$/.test(name) || made.some(({ args }) => args.includes(name));
  const users = [facts.user ?? "root", ...ownersOf(facts, split.root.value)].flatMap((text) => text.split(":"));
  if (!users.every(isKnownUser)) return false;
  if (setsPath(facts) || (javaHome(facts, runtime.image) && !starters.every(isPlainJava))) return false;
  for (const starter of starters) {
    if (starter.kind !== "java" || starter.program === "java") continue;
    const version = openjdkPath.exec(starter.program)?.[1];
    const isThere =
      /^\$\{?JAVA_HOME\}?\/bin\/java$/.test(starter.program) ||
      (starter.program === "/opt/java/openjdk/bin/java" && /eclipse-temurin:/.test(runtime.image)) ||
      (version !== undefined && version === runtime.major && /(?:^|\/)openjdk:/.test(runtime.image));
    if (!isThere) return false;
  }
  const alpine = runtime.image.includes("-alpine");
  const has = (program: string): boolean => {
    const name = lastPart(program);
    if (name === "bash" && alpine) return packages.has("bash");
    return (
      isShellWord(name) ||
      name === "java" ||
      name.includes("$") ||
      runtime.programs.includes(name) ||
      packages.has(name) ||
      // Words behind a script are its own: `catalina.sh run`.
      (!program.includes("/") && behindScript(facts)) ||
      needs.scripts.some((script) => lastPart(script) === name) ||
      isCrossed(split, program)
    );
  };
  const started = [facts.start, facts.healthcheck].flatMap((found) => [
    ...(found?.wrappers ?? []),
    ...(found?.calls.map(({ program }) => program) ?? []),
  ]);
  return split.replacement !== null || started.every(has);
}

function behindScript({ start }: Facts): boolean {
  return /\.(?:sh|bash)$/.test(start?.calls[0]?.program ?? "");
}

/** Whether a package manager of the new image installs what is kept. */
function areInstallable(facts: Facts, role: RoleOf, packages: ReadonlySet<string>, image: string): boolean {
  const wanted = image.includes("-alpine") ? "apk" : "apt";
  return facts.steps.every(({ calls }) =>
    calls.every((call) => {
      const found = role(call);
      return (
        found.kind !== "packages" ||
        found.manager === wanted ||
        !found.packages.some(({ value }) => packages.has(value))
      );
    }),
  );
}

function isPlainUser({ name, args }: { readonly name: string; readonly args: readonly string[] }): boolean {
  if (name === "adduser" || name === "addgroup") return false;
  return !args.some((arg) => /(?:^|=)1000$/.test(arg));
}

/** Owners that COPY names for what the runtime stage copies again. */
function ownersOf(facts: Facts, root: string): string[] {
  return facts.steps.flatMap((step) => {
    const { keyword, flags } = step.instruction;
    if (keyword !== "COPY" && keyword !== "ADD") return [];
    const target = copyTarget(step);
    if (target && isInside(root, target.path)) return [];
    return flags.flatMap(({ name, value }) => (name === "chown" ? [value ?? ""] : []));
  });
}

/** Whether the file says where Java is in a way that another image does not share. */
function javaHome(facts: Facts, image: string): boolean {
  return facts.steps.some(
    ({ instruction: { keyword, pairs } }) =>
      keyword === "ENV" &&
      pairs.some(
        ({ key, value }) =>
          /^(?:JAVA_HOME|JRE_HOME|JDK_HOME)$/.test(key) &&
          !(value?.replaceAll('"', "") === "/opt/java/openjdk" && image.includes("eclipse-temurin:")),
      ),
  );
}

/** Whether the file sets PATH anew, without that of the image. */
function setsPath(facts: Facts): boolean {
  return facts.steps.some(
    ({ instruction: { keyword, pairs } }) =>
      keyword === "ENV" && pairs.some(({ key, value }) => key === "PATH" && !/\$\{?PATH\b/.test(value ?? "")),
  );
}

/** Whether a program is found by its name alone, wherever Java is. */
function isPlainJava(starter: Starter): boolean {
  return starter.kind === "shell" || (starter.kind === "java" && starter.program === "java");
}

function isCrossed({ facts, needs }: JavaSplit, program: string): boolean {
  const path = resolvePath(facts.cwd?.value ?? "/", program);
  return needs.ways[0].crossings.some(({ value }) => isInside(value, path));
}

/** Programs that people call from others. */
const callable = /^(?:git|python|curl|wget|unzip)/;

function callSentences(split: JavaSplit, kept: ReadonlySet<string>): string[] {
  const { facts, role } = split;
  const left = [...installedPackages(facts, role)].filter((name) => callable.test(name) && !kept.has(name));
  return left.length > 0 ? [`The program does not call ${left.join(" or ")}.`] : [];
}

/** Whether a runtime is made by others, on another system: the tags of build tools that name no Java mean the same one. */
function isOtherImage({ image: { name, tag } }: Facts, runtime: Runtime): boolean {
  return !runtime.sibling && !((name === "maven" || name === "gradle") && /^(?:[\d.]+|latest|)$/.test(tag));
}

function slimChoice(split: JavaSplit, runtime: Runtime, crossed: Crossed): Choice {
  const { facts, needs } = split;
  const packages = runtimePackages(split);
  const scripts = needs.scripts.filter((script) => script !== "");
  const moved = !runtime.sibling && packages.size > 0 ? [...packages] : [];
  const own = runtime.programs.filter((name) => packages.has(name));
  const listed = moved.filter(
    (name) => !own.includes(name) && !/^(?:tini|dumb-init|ca-certificates|tzdata|fontconfig|bash)$/.test(name),
  );
  return {
    ...startFrom(split, runtime.image, crossed),
    strategy: "slim",
    detail: isServer(facts.image)
      ? "the same server with a Java runtime alone, without compiler, sources and build tools"
      : "Java without its compiler and without build tools",
    keepsPackage: (name) => packages.has(name),
    // What the image has needs no check.
    keepsProgram: (name) => runtime.programs.includes(name),
    assumptions: [
      ...startFrom(split, runtime.image, crossed).assumptions,
      ...runtime.assumptions,
      ...(isOtherImage(facts, runtime)
        ? [
            `The program runs the same in \`${runtime.image}\`, which is another system than \`${facts.stage.base?.text ?? ""}\`: another locale, other users and programs.`,
          ]
        : []),
      ...(listed.length > 0
        ? [`\`${runtime.image}\` has the packages ${listed.join(" and ")} under these names.`]
        : []),
      ...(javaHome(facts, runtime.image)
        ? [`The program does not use JAVA_HOME: the Java of \`${runtime.image}\` is elsewhere.`]
        : []),
      ...(scripts.length > 0 ? [`${scripts.join(" and ")} calls only programs that \`${runtime.image}\` has.`] : []),
      ...callSentences(split, packages),
    ],
  };
}

function sameChoice(split: JavaSplit, crossed: Crossed): Choice {
  const { facts, role } = split;
  const packages = runtimePackages(split);
  const installed = installedPackages(facts, role);
  const java = [...installed].filter(isJavaPackage);
  const hasJava = java.length > 0;
  const kept = new Set([...packages, ...java]);
  // Build tools bring Java along where the file names no other.
  if (!hasJava && isPlainSystem(facts)) for (const name of installed) if (buildPackage.test(name)) kept.add(name);
  return {
    ...startFrom(split, facts.stage.base!.text, crossed),
    detail: "the same image, without sources, caches and packages that only the build needs",
    keepsPackage: (name) => kept.has(name),
    assumptions: [...startFrom(split, "", crossed).assumptions, ...callSentences(split, kept)],
  };
}

/** The same system with the JRE of its packages in place of the JDK; `null` where it has none to install. */
function systemChoice(split: JavaSplit, crossed: Crossed): Choice | null {
  const { facts, role } = split;
  const java = [...installedPackages(facts, role)].filter(isJavaPackage);
  const replacements = new Map(java.flatMap((name) => jreOf(name).map((jre): [string, string[]] => [name, [jre]])));
  if (!isPlainSystem(facts) || replacements.size === 0 || replacements.size < java.filter(isJdkPackage).length)
    return null;
  const same = sameChoice(split, crossed);
  return {
    ...same,
    strategy: "slim",
    detail: "the same system with a Java runtime alone, without compiler and build tools",
    replacements,
  };
}

function isPlainSystem({ image }: Facts): boolean {
  return ["alpine", "debian", "ubuntu"].some((name) => isOfficial(image, name));
}

/** An image with Java and without a shell, where Java is all that the container starts and nothing has to be set up. */
function minimalChoice(split: JavaSplit, runtime: Runtime, crossed: Crossed): Choice | null {
  const { facts, role, root, starters, replacement } = split;
  const base = distrolessOf(runtime.major);
  const [starter] = starters;
  if (base === null || starters.length !== 1 || isServer(facts.image)) return null;
  if (!replacement && (starter?.kind !== "java" || starter.program !== "java")) return null;
  const { start, user, healthcheck } = facts;
  if (start?.shell === true || (start?.wrappers.length ?? 0) > 0 || healthcheck) return null;
  if (user !== null && !/^\d+(?::\d+)?$/.test(user)) return null;
  const ours = [root.value, ...crossed.made, ...toolFolders];
  const packages = runtimePackages(split);
  const isSetUp = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind === "packages") return found.packages.some(({ value }) => packages.has(value));
      if (found.kind !== "files") return !["step", "inert", "state", "cleanup", "credentials"].includes(found.kind);
      return found.paths === null || !found.paths.every((path) => ours.some((one) => isInside(one, path)));
    }),
  );
  if (isSetUp || crossed.madeAgain.length > 0 || runtime.assumptions.length > 0) return null;
  if (
    facts.steps.some(({ calls }) =>
      calls.some(({ name, args, path }) => name === "chown" && args.slice(1).some((arg) => path(arg) === root.value)),
    )
  )
    return null;
  return {
    ...startFrom(split, base, crossed),
    strategy: "minimal",
    detail: "Java and what it needs, without a shell and without packages",
    // The image's own ENTRYPOINT is `java -jar`.
    closing: facts.entrypoint === null ? ["ENTRYPOINT []"] : [],
    assumptions: [
      ...startFrom(split, base, crossed).assumptions,
      `The program starts no other program, and nobody opens a shell in the container: \`${base}\` has none.`,
    ],
  };
}

/** Java, and what else runs on its virtual machine: built with Maven, Gradle, sbt or a compiler. */
export const java: Ecosystem = {
  id: "java",
  name: "Java",
  docs: `Maven, Gradle, sbt, Ant and plain compilers stay in the builder with the sources and what they downloaded. What CMD and
ENTRYPOINT start crosses: the jar, a start script with the libraries beside it, the entries of a class path, agents, and
wars that the file puts into Tomcat or Jetty; with them files such as \`config.yml\` that the file copies or names. The runtime
stage starts from the JRE of the same version and system. Whether a jar holds its libraries, and whether the program
reads other files of the project, must be checked where neither pom.xml nor the file says it. Containers that start with
\`mvn\` or \`gradle\` are refused, unless the project's files are certain of the jar that does the same.`,
  examples,
  images: [
    { name: "maven", workdir: "/", environment: {} },
    { name: "gradle", workdir: "/home/gradle", environment: {} },
    { name: "openjdk", workdir: "/", environment: {} },
    { name: "java", workdir: "/", environment: {} },
    { name: "eclipse-temurin", workdir: "/", environment: {} },
    { name: "amazoncorretto", workdir: "/", environment: {} },
    { name: "ibm-semeru-runtimes", workdir: "/", environment: {} },
    { name: "sapmachine", workdir: "/", environment: {} },
    { name: "adoptopenjdk", workdir: "/", environment: {} },
    { name: "tomcat", workdir: "/usr/local/tomcat", environment: {} },
    { name: "jetty", workdir: "/var/lib/jetty", environment: {} },
    { name: "alpine", workdir: "/", environment: {} },
    { name: "debian", workdir: "/", environment: {} },
    { name: "ubuntu", workdir: "/", environment: {} },
  ],
  words: ["mvn", "mvnw", "mvnd", "gradle", "gradlew", "sbt", "ant", "javac", "kotlinc", "scalac"],
  classify: classifyJava,
  choose: chooseJava,
};
