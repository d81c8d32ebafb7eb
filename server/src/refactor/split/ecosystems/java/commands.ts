import type { Call } from "../../../../stages/calls.ts";
import { directoryOf, lastPart } from "../../../../text/paths.ts";
import type { Role } from "../../commands.ts";

export type Tool = "maven" | "gradle" | "sbt" | "ant" | "compiler";

/** A command of a build tool, taken apart. */
export interface Build {
  readonly tool: Tool;
  /** Goals of Maven, tasks of Gradle and sbt, without options. */
  readonly goals: readonly string[];
  readonly options: readonly string[];
  /** The directory that it works in; `null` where it cannot be told. */
  readonly directory: string | null;
}

const tools: Readonly<Record<string, Tool>> = {
  mvn: "maven",
  mvnw: "maven",
  mvnd: "maven",
  gradle: "gradle",
  gradlew: "gradle",
  sbt: "sbt",
  ant: "ant",
  javac: "compiler",
  kotlinc: "compiler",
  "kotlinc-jvm": "compiler",
  scalac: "compiler",
};

/** The tool that a program's name stands for; `null` for any other program. */
export function toolOf(program: string): Tool | null {
  const name = lastPart(program);
  return Object.hasOwn(tools, name) ? tools[name]! : null;
}

const optionsWithValue: Readonly<Record<Tool, RegExp>> = {
  maven:
    /^(?:-f|--file|-s|--settings|-gs|--global-settings|-P|--activate-profiles|-pl|--projects|-D|--define|-T|--threads|-l|--log-file|-t|--toolchains|-gt|-b|--builder|-rf|--resume-from|--color)$/,
  gradle:
    /^(?:-p|--project-dir|-b|--build-file|-c|--settings-file|-I|--init-script|-g|--gradle-user-home|-x|--exclude-task|--console|--warning-mode|--max-workers|--priority|-D|-P|--project-cache-dir|--tests|--configuration|--include-build)$/,
  sbt: /^(?:-mem|-sbt-version|--sbt-version|-java-home|-ivy|-sbt-dir|-sbt-boot)$/,
  ant: /^(?:-f|-file|-buildfile|-lib|-logger|-logfile|-l|-propertyfile)$/,
  compiler:
    /^(?:-d|-cp|-classpath|--class-path|-p|--module-path|-source|-target|--source|--target|--release|-encoding|-s|-h|-processorpath|--processor-path|-processor|--add-modules|-jvm-target|-language-version)$/,
};

/** Takes words behind a tool's program apart. */
export function readWords(tool: Tool, words: readonly string[]): Pick<Build, "goals" | "options"> {
  const goals: string[] = [];
  const options: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith("-")) goals.push(...(tool === "sbt" ? sbtTasks(word) : [word]));
    else {
      options.push(word);
      if (optionsWithValue[tool].test(word) && at + 1 < words.length) options.push(words[++at]!);
    }
  }
  return { goals, options };
}

/** `;clean;assembly` and `clean compile` are several tasks, `set test in assembly := {}` is a setting. */
function sbtTasks(word: string): string[] {
  if (/^set\s/.test(word)) return [];
  return word
    .split(/[;\s]+/)
    .filter((task) => task !== "")
    .map((task) => task.slice(task.lastIndexOf("/") + 1));
}

/** The value of an option: `-f pom.xml`, `--file=pom.xml`. */
export function optionOf({ options }: Pick<Build, "options">, ...names: readonly string[]): string | null {
  for (const [at, option] of options.entries()) {
    if (names.includes(option)) return options[at + 1] ?? null;
    const name = names.find((each) => option.startsWith(`${each}=`));
    if (name !== undefined) return option.slice(name.length + 1);
  }
  return null;
}

/** A command of a build tool; `null` where it is none. A wrapper script may be started by a shell: `sh ./mvnw package`. */
export function readBuild(call: Call): Build | null {
  const at = /^(?:ba|da)?sh$/.test(call.name) ? 0 : call.name === "xargs" ? call.args.findIndex(toolOf) : -1;
  const inner = at >= 0 ? call.args[at] : undefined;
  const program = inner ?? call.program;
  const tool = toolOf(program);
  if (tool === null) return null;
  const read = readWords(tool, inner === undefined ? call.args : call.args.slice(at + 1));
  const file = tool === "maven" ? optionOf(read, "-f", "--file") : null;
  const folder = tool === "gradle" ? optionOf(read, "-p", "--project-dir") : null;
  const directory =
    file !== null ? pomDirectory(call, file) : folder !== null ? call.path(folder) : wrapperDirectory(call, program);
  return { tool, ...read, directory };
}

function pomDirectory(call: Call, file: string): string | null {
  const path = call.path(file);
  return path === null || !path.endsWith(".xml") ? path : directoryOf(path);
}

/** Wrappers lie in their project, whose directory Maven's looks for by itself: `/app/mvnw` in `/` builds /app. */
function wrapperDirectory(call: Call, program: string): string | null {
  if (!program.includes("/") || lastPart(program) !== "mvnw") return call.cwd;
  const path = call.path(program);
  return path === null ? null : directoryOf(path);
}

const inertGoals = /^(?:help|help:.*|tasks|projects|properties|about|version|wrapper|(?:dependency:)?tree|plugins)$/;
const testGoals = /^(?:test|check|integrationTest|surefire:.*|failsafe:.*|checkstyle.*|spotless.*|jacoco.*|.*[tT]est)$/;
const dependencyGoals =
  /^(?:dependency:(?:go-offline|resolve.*|copy.*|unpack.*|get|build-classpath|list.*|tree|purge.*)|.*:resolve-.*|.*:go-offline|.*dependencies|update|resolve|downloadDependencies|resolveDependencies|validate)$/;
/** Goals that start the program or a server, whose effect on files is not told. */
const runGoals =
  /^(?:spring-boot:run|spring-boot:start|exec:.*|jetty:run.*|tomcat7:run.*|quarkus:dev|quarkusDev|mn:run|run|runMain|bootRun|bootTestRun|appRun|.*:run|~.*)$/;

/** Whether a task starts the program: what it needs then is the tool and the sources. */
export function isRunGoal(goal: string): boolean {
  return runGoals.test(goal);
}

/** Commands that put a build tool to its place. */
const fetchers = new Set("curl wget tar unzip ln mv mkdir rm chmod dpkg update-alternatives".split(" "));
const toolPath =
  /apache-maven|apache-ant|(?:^|\/)(?:gradle|sbt)-(?:[\d$v]|all|bin)|^\/(?:opt|usr\/share|usr\/lib|usr\/local)\/(?:maven|gradle|sbt|ant)(?:[/-]|$)|^\/.*\/(?:mvn|gradle|sbt|ant)$|(?:^|\/)(?:maven|gradle|sbt|scala|kotlin-compiler)[\w.$-]*\.(?:deb|zip|tgz|tar\.gz)$/;

/** Whether a command downloads, unpacks or links a build tool. */
export function isToolFetch({ name, args }: Call): boolean {
  return fetchers.has(name) && args.some((arg) => toolPath.test(arg) && !arg.endsWith(".jar"));
}

export function classifyJava(call: Call): Role | null {
  const { name, args } = call;
  const build = readBuild(call);
  if (build) return classifyBuild(build, args);
  if (isToolFetch(call)) return { kind: "step", step: "tool" };
  switch (name) {
    case "jar":
    case "jlink": {
      // A Java of the program's own.
      const output = args[args.indexOf("--output") + 1] ?? "";
      return args.includes("--output")
        ? { kind: "files", paths: knownPaths(call, [output]), repeatable: false }
        : { kind: "step", step: "build" };
    }
    case "native-image":
    case "jaotc":
      return { kind: "step", step: "build" };
    case "java":
      // Spring Boot's layers, and the version.
      if (args.some((arg) => arg.startsWith("-Djarmode="))) return { kind: "step", step: "build" };
      return args.every((arg) => /^-{1,2}(?:version|showversion|help)$/.test(arg)) ? { kind: "inert" } : null;
    case "mv": {
      // `mv target/$(…).jar target/app.jar`: what is moved is the build's own.
      const [from, to] = args;
      const target = to === undefined || args.length !== 2 ? null : call.path(to);
      return target !== null && /^(?:\.\/)?(?:target|build)\/.*\$\(/.test(from!)
        ? { kind: "files", paths: [target], repeatable: false }
        : null;
    }
    case "dos2unix":
      return { kind: "files", paths: knownPaths(call, args), repeatable: false };
    default:
      return null;
  }
}

function knownPaths(call: Call, args: readonly string[]): readonly string[] | null {
  const paths = args.filter((arg) => !arg.startsWith("-")).map(call.path);
  return paths.every((path) => path !== null) ? paths : null;
}

function classifyBuild({ tool, goals, options }: Build, args: readonly string[]): Role {
  if (tool === "compiler")
    return args.length > 0 && args.every((arg) => /^-{1,2}version$/.test(arg))
      ? { kind: "inert" }
      : { kind: "step", step: "build" };
  if (goals.length === 0) {
    if (options.length === 0 || !options.every((option) => /^-{1,2}(?:v|version|V|help|h|status|stop)$/.test(option)))
      return { kind: "step", step: "build" };
    return { kind: "inert" };
  }
  if (goals.every((goal) => inertGoals.test(goal))) return { kind: "inert" };
  if (goals.some((goal) => runGoals.test(goal))) return { kind: "unknown" };
  if (goals.every((goal) => dependencyGoals.test(goal))) return { kind: "step", step: "dependencies" };
  if (goals.every((goal) => testGoals.test(goal) || goal === "clean")) return { kind: "step", step: "test" };
  return { kind: "step", step: "build" };
}
