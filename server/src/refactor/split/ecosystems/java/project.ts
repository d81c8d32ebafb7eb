import { directoryOf, isInside, lastPart, resolvePath } from "../../../../text/paths.ts";
import { childText, readXml, type XmlElement } from "../../../../workspace/xml.ts";
import type { Facts } from "../../facts.ts";
import { type Build, optionOf, type Tool } from "./commands.ts";

/** What pom.xml and build.gradle say, where they are known. */

const bundledName = /(?:-with-dependencies|-all|-fat|-uber|-shaded|-standalone|-assembly(?:-[\w.-]+)?)\.jar$/;
const bundlingGoals =
  /(?:^|:)(?:bootJar|bootWar|shadowJar|fatJar|uberJar|buildFatJar|assembly|repackage|shade|single|spring-boot)$/;
const librariesBeside = /addClasspath|classpathPrefix|Class-Path|quarkus|copy-dependencies|ZIP<\/layout>/;

/** Whether a jar that the file builds is known to hold the libraries it uses: its manifest names no other files. */
export function isBundled(facts: Facts, builds: readonly Build[], jar: string): boolean {
  if (bundledName.test(jar) || builds.some(({ goals }) => goals.some((goal) => bundlingGoals.test(goal)))) return true;
  if (isSpring(facts)) return true;
  const folder = directoryOf(jar);
  if (lastPart(folder) === "target") return isBundledByMaven(facts, directoryOf(folder));
  if (folder.endsWith("/build/libs")) return isBundledByGradle(facts, directoryOf(directoryOf(folder)));
  return false;
}

/** Whether the container's settings are Spring Boot's, whose jars hold all they need. */
function isSpring(facts: Facts): boolean {
  const words = facts.start?.calls.flatMap(({ args }) => args) ?? [];
  return (
    words.some((word) => /^-{1,2}(?:D?spring\.|server\.port=)/.test(word)) ||
    facts.steps.some(({ instruction: { keyword, pairs } }) =>
      keyword === "ENV" ? pairs.some(({ key }) => /^SPRING_(?!OPTS)/.test(key)) : false,
    )
  );
}

function isBundledByMaven({ project }: Facts, directory: string): boolean {
  const texts: string[] = [];
  for (let at = directory; ; at = directoryOf(at)) {
    const text = project.get(resolvePath(at, "pom.xml"));
    const pom = text === undefined ? null : readXml(text);
    if (text === undefined || pom === null) return false;
    texts.push(text);
    const parent = childText(pom, "parent", "groupId");
    if (parent === null || parent === "org.springframework.boot") break;
    if (at === "/") return false;
  }
  return texts.every((text) => !librariesBeside.test(text));
}

function isBundledByGradle({ project }: Facts, directory: string): boolean {
  const scripts = [...project].filter(([path]) => /\.gradle(?:\.kts)?$/.test(path));
  const own = scripts.some(([path]) => directoryOf(path) === directory && lastPart(path).startsWith("build."));
  return own && scripts.every(([, text]) => !librariesBeside.test(text));
}

/** A jar that does what a build tool does that the container starts. */
export interface Replacement {
  readonly jar: string;
  /** The words that replace CMD. */
  readonly command: readonly string[];
}

/** What to start in place of `mvn spring-boot:run` or `gradle bootRun`, where the project's files are certain of it. */
export function replaceTool(
  facts: Facts,
  builds: readonly Build[],
  tool: Tool,
  { goals, options }: Pick<Build, "goals" | "options">,
): Replacement | null {
  const [goal] = goals;
  if (goals.length !== 1 || goal === undefined || facts.entrypoint !== null || !facts.cmd?.json || !facts.cwd)
    return null;
  if (tool === "maven" && goal === "spring-boot:run") return replaceMaven(facts, builds, facts.cwd.value, options);
  if (tool === "gradle" && goal === "bootRun") return replaceGradle(facts, builds, facts.cwd.value, options);
  return null;
}

const plainMavenOption = /^(?:-q|--quiet|-B|--batch-mode|-o|--offline|-U|-e|-ntp|--no-transfer-progress)$/;

function replaceMaven(
  facts: Facts,
  builds: readonly Build[],
  directory: string,
  options: readonly string[],
): Replacement | null {
  const packs = /^(?:package|verify|install|deploy)$/;
  if (!builds.some((build) => isAt(build, "maven", directory) && build.goals.some((goal) => packs.test(goal))))
    return null;
  const before: string[] = [];
  const behind: string[] = [];
  for (const option of options) {
    const [, name, value] = /^-D(?:spring-boot\.)?run\.(\w+)=(.*)$/.exec(option) ?? [];
    if (name === "jvmArguments") before.push(...value!.split(/\s+/).filter((word) => word !== ""));
    else if (name === "arguments") behind.push(...value!.split(/[\s,]+/).filter((word) => word !== ""));
    else if (name === "profiles") behind.push(`--spring.profiles.active=${value!}`);
    else if (!plainMavenOption.test(option)) return null;
  }
  const text = facts.project.get(resolvePath(directory, "pom.xml"));
  const pom = text === undefined ? null : readXml(text);
  if (!text || !pom || builds.some(({ options: given }) => given.some((option) => /^-(?:P|D.*[nN]ame)/.test(option))))
    return null;
  const isBoot =
    text.includes("spring-boot-maven-plugin") &&
    (childText(pom, "parent", "artifactId") === "spring-boot-starter-parent" || /<goal>\s*repackage\s*</.test(text));
  const name = mavenName(pom);
  if (!isBoot || name === null || /<(?:classifier|outputDirectory|profiles)>/.test(text)) return null;
  return { jar: resolvePath(directory, `target/${name}.jar`), command: command(`target/${name}.jar`, before, behind) };
}

function command(jar: string, before: readonly string[], behind: readonly string[]): readonly string[] {
  return ["java", ...before, "-jar", jar, ...behind];
}

/** The name of what Maven packs, without its ending; `null` where the file does not say. */
function mavenName(pom: XmlElement): string | null {
  const packaging = childText(pom, "packaging") ?? "jar";
  if (packaging !== "jar" && packaging !== "war") return null;
  const artifact = childText(pom, "artifactId");
  const version = childText(pom, "version") ?? childText(pom, "parent", "version");
  const pattern = childText(pom, "build", "finalName") ?? "${project.artifactId}-${project.version}";
  const value = pattern.replace(/\$\{([\w.-]+)\}/g, (whole, key: string) => {
    switch (key.replace(/^pom\./, "project.")) {
      case "project.artifactId":
      case "artifactId":
        return artifact ?? whole;
      case "project.version":
      case "version":
        return (version?.startsWith("${") ? childText(pom, "properties", version.slice(2, -1)) : version) ?? whole;
      case "project.name":
        return childText(pom, "name") ?? artifact ?? whole;
      default:
        return childText(pom, "properties", key) ?? whole;
    }
  });
  return value.includes("$") || value === "" ? null : value;
}

function replaceGradle(
  { project }: Facts,
  builds: readonly Build[],
  directory: string,
  options: readonly string[],
): Replacement | null {
  const packs = /^:?(?:build|assemble|bootJar)$/;
  if (!builds.some((build) => isAt(build, "gradle", directory) && build.goals.some((goal) => packs.test(goal))))
    return null;
  if (options.some((option) => !/^(?:--no-daemon|--offline|-q|--quiet|--info|--stacktrace)$/.test(option))) return null;
  const read = (name: string): string =>
    project.get(resolvePath(directory, name)) ?? project.get(resolvePath(directory, `${name}.kts`)) ?? "";
  const script = read("build.gradle");
  if (
    !script.includes("org.springframework.boot") ||
    /archive\w*Name|bootJar\b|bootRun\b|libsDir|buildDir/.test(script)
  )
    return null;
  const name = /rootProject\.name\s*=\s*["']([\w.-]+)["']/.exec(read("settings.gradle"))?.[1];
  const version = /^version\s*=?\s*["']([\w.-]+)["']/m.exec(script)?.[1];
  if (
    name === undefined ||
    (version === undefined && /\bversion\s*=/.test(script.replace(/^plugins\s*\{[^}]*\}/m, "")))
  )
    return null;
  const jar = `build/libs/${version === undefined ? name : `${name}-${version}`}.jar`;
  return { jar: resolvePath(directory, jar), command: command(jar, [], []) };
}

function isAt(build: Build, tool: Tool, directory: string): boolean {
  return build.tool === tool && build.directory !== null && isInside(directory, build.directory);
}

/** The folder that Maven copies libraries to, for each command that says so. */
export function libraryFolders(builds: readonly Build[]): string[] {
  return builds.flatMap((build) => {
    if (build.tool !== "maven" || build.directory === null) return [];
    if (!build.goals.some((goal) => /(?:^|:)copy-dependencies$/.test(goal))) return [];
    const written = build.options
      .map((option) => /^-D(?:mdep\.)?outputDirectory=(.*)$/.exec(option)?.[1])
      .find((value) => value !== undefined);
    return [resolvePath(build.directory, (written ?? "target/dependency").replace(/^\$\{[\w.]*basedir\}\//, ""))];
  });
}

/** Where compilers write what they make: the directories of `-d`, and jars. */
export function compiledTo(build: Build): string | null {
  return build.tool === "compiler" && build.directory !== null ? optionOf(build, "-d") : null;
}
