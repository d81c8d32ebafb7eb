import { copyTarget } from "../../../../stages/copies.ts";
import { isInside, lastPart, relativePath, resolvePath } from "../../../../text/paths.ts";
import type { Call } from "../../../../stages/calls.ts";
import type { Facts } from "../../facts.ts";
import type { RoleOf } from "../../roles.ts";
import { commandSource, shorten, sourceOf } from "../../unsure.ts";
import { copiedTo } from "../placed.ts";

/** Names in a project that only its build reads. */
export const javaSources =
  /^(?:pom[\w.*-]*\.xml|src|source|sources|java|main|kotlin|scala|test|tests|docs?|project|buildSrc|build-logic|gradle|\.gradle|\.mvn|\.m2|mvnw(?:\.cmd)?\*?|gradlew(?:\.bat)?\*?|gradle\.properties|lombok\.config|settings[\w.-]*\.xml|build\.xml|ivy[\w.-]*\.xml|checkstyle[\w.-]*\.xml|[\w.*-]+\.(?:gradle|kts|gradle\*|java|kt|scala|sbt|lockfile|proto|class|md)|proto|protobuf|\.git|\.github|\.gitignore|\.editorconfig|\.scalafmt\.conf|\.sdkmanrc|\.java-version|Makefile|README\*?|LICENSE\*?|package(?:-lock)?\.json|package\*\.json|yarn\.lock|tsconfig[\w.-]*\.json|node_modules|frontend|webpack[\w.-]*\.js|vite\.config\.[jt]s|angular\.json|lib\.versions\.toml)$/;

/** Names that a program reads when it runs. */
const javaData =
  /^(?:config|conf|configs|configuration|etc|templates?|static|public|assets?|views?|www|web|data|resources?|certs?|keys?|keystores?|db|sql|migrations?|locales?|i18n|lang|fonts?|images?|schemas?|policies|scripts|plugins|agents?|\.env[\w.]*|[\w.*-]+\.(?:ya?ml|json|properties|conf|cfg|ini|toml|env|jks|p12|pfx|pem|crt|cer|key|keystore|truststore|policy|html|txt|csv|xml|sh|sql|jar|so|ser|bin|dat))$/;

export interface Sources {
  /** COPY into the project that the runtime stage repeats, because the program may read it. */
  readonly data: ReadonlySet<number>;
  /** Files that the program may read and that arrive together with sources, by absolute path. */
  readonly files: readonly string[];
  /** What may hold files that the program reads, as written. */
  readonly unsure: readonly string[];
}

/** What COPY and ADD bring into the project. */
export function readSources(facts: Facts, role: RoleOf, root: string): Sources {
  const data = new Set<number>();
  const files: string[] = [];
  const unsure = new Set<string>();
  for (const step of facts.steps) {
    const { instruction } = step;
    const target = copiedTo(step);
    if (!target || (!isInside(root, target.path) && !isInside(target.path, root))) continue;
    const inside = isInside(root, target.path) && target.path !== root;
    if (inside && isSourceFolder(relativePath(root, target.path))) continue;
    const names = instruction.args.slice(0, -1).map(({ text }) => lastPart(text.replace(/\/+$/, "")));
    // The contents of a folder land in the project under names that the file does not tell.
    const isSource = (name: string): boolean => javaSources.test(name) && (inside || isFile.test(name));
    const isData = (name: string): boolean => !isSource(name) && javaData.test(name) && (inside || /\.\w+$/.test(name));
    const wanted = names.filter(isData);
    if (names.some((name) => !isSource(name) && !isData(name))) unsure.add(sourceOf(facts, instruction));
    else if (wanted.length === names.length) data.add(step.index);
    else if (wanted.some((name) => name.includes("*"))) unsure.add(sourceOf(facts, instruction));
    else files.push(...wanted.map((name) => resolvePath(target.path, name)));
  }
  for (const step of facts.steps) {
    for (const call of step.calls) {
      if (fetchesInto(call, role, root)) unsure.add(shorten(commandSource(facts, call)));
    }
  }
  return { data, files, unsure: [...unsure] };
}

const isFile = /[^.]\.[\w*]+$|^(?:mvnw|gradlew|Makefile|README|LICENSE|Dockerfile)\*?$|\*/;

/** Whether a command brings files from elsewhere into the project. */
function fetchesInto(call: Call, role: RoleOf, root: string): boolean {
  const found = role(call);
  if (found.kind !== "files" || root === "/") return false;
  const fetches = call.name === "git" ? call.args.includes("clone") : /^(?:tar|unzip|bsdtar|svn|hg)$/.test(call.name);
  return fetches && found.paths?.some((path) => isInside(path, root) || isInside(root, path)) !== false;
}

/** `src/main/proto`, `core/src`: folders that only the build reads, at the project's root or in a module. */
function isSourceFolder(path: string): boolean {
  return path.split("/").some((part) => /^(?:src|project|gradle|\.mvn|buildSrc)$/.test(part));
}

/** Whether a COPY that is repeated brings a path. */
export function isBrought(facts: Facts, indexes: ReadonlySet<number>, path: string): boolean {
  return [...indexes].some((index) => {
    const step = facts.steps[index]!;
    const target = copyTarget(step);
    if (!target) return false;
    if (target.path === path) return true;
    const { args } = step.instruction;
    const [source] = args;
    const isFolder = args.length === 2 && !/\.\w+$/.test(lastPart(source!.text));
    if (!target.into && isFolder) return isInside(target.path, path);
    return args.slice(0, -1).some(({ text }) => {
      const name = lastPart(text.replace(/\/+$/, ""));
      return path === `${target.path}/${name}` || (!/\.\w+$/.test(name) && isInside(target.path, path));
    });
  });
}

/** Whether a file comes from the build context under its own name. */
export function arrives(facts: Facts, path: string): boolean {
  const all = new Set(
    facts.steps.flatMap(({ index, instruction: { keyword, flags } }) =>
      (keyword === "COPY" || keyword === "ADD") && !flags.some(({ name }) => name === "from") ? [index] : [],
    ),
  );
  return isBrought(facts, all, path);
}
