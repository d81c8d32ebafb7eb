import type { Remembered } from "./remembered.ts";

/** A build as data: what `tasks.json` writes, and what Docker is told. */

export const taskType = "dockerfile-stages";

/** A task as `tasks.json` writes it. Relative paths begin in the folder of the workspace. */
export interface BuildDefinition {
  readonly type: string;
  /** `check` only asks for BuildKit's findings. */
  readonly action: "build" | "check";
  readonly dockerfile: string;
  /** A folder or an address; the Dockerfile's folder where it is left out. */
  readonly context?: string;
  /** The last stage where it is left out. */
  readonly target?: string;
  readonly tag?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly platform?: string;
  /** Named contexts: folders or addresses. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** As `--secret` takes them: `id=npm,src=.npmrc`. */
  readonly secrets?: readonly string[];
  /** More options of `docker buildx build`, each word for itself. */
  readonly options?: readonly string[];
}

const isTexts = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((each) => typeof each === "string"));

const isRecord = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === "string"));

export function isDefinition(value: Readonly<Record<string, unknown>>): value is BuildDefinition & typeof value {
  return (
    value["type"] === taskType &&
    (value["action"] === "build" || value["action"] === "check") &&
    typeof value["dockerfile"] === "string" &&
    ["context", "target", "tag", "platform"].every((name) => ["undefined", "string"].includes(typeof value[name])) &&
    ["args", "contexts"].every((name) => isRecord(value[name])) &&
    ["secrets", "options"].every((name) => isTexts(value[name]))
  );
}

/** @param dockerfile from the folder of the workspace, or absolute */
export function defineBuild(
  dockerfile: string,
  action: BuildDefinition["action"],
  target: string | null,
  tag: string | null,
  { args, platform, context, contexts, secrets, options }: Remembered,
): BuildDefinition {
  return {
    type: taskType,
    action,
    dockerfile,
    ...(context !== "" && { context }),
    ...(target !== null && { target }),
    ...(tag !== null && { tag }),
    ...(Object.keys(args).length > 0 && { args }),
    ...(platform !== "" && { platform }),
    ...(Object.keys(contexts).length > 0 && { contexts }),
    ...(secrets.length > 0 && { secrets }),
    ...(options.length > 0 && { options }),
  };
}

/** Whether a text is an address of something that is no folder: a repository, an archive, an image. */
const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/|^git@/i.test(text);

const isAbsolute = (path: string): boolean => /^(?:\/|\\\\|[A-Za-z]:[\\/])/.test(path);

/** A path of this machine, from the folder of the workspace where it is relative. */
export function absolutePath(path: string, folder: string): string {
  if (isAbsolute(path) || folder === "") return path;
  const rest = path.replace(/^(?:\.[\\/]+)+/, "");
  return rest === "." || rest === "" ? folder : `${folder.replace(/[\\/]$/, "")}/${rest}`;
}

/** The folder that a file lies in. */
export function folderOf(file: string): string {
  const folder = file.replace(/[\\/][^\\/]*$/, "");
  // The root, and that of a drive.
  return folder === "" || /^[A-Za-z]:$/.test(folder) ? `${folder}/` : folder;
}

/** Options that say where the image goes: it is not to be loaded, too. */
const isDestination = (word: string): boolean => /^(?:--(?:load|push|output)(?:=|$)|-o)/.test(word);

export const goesElsewhere = ({ options = [] }: BuildDefinition): boolean => options.some(isDestination);

/**
 * What Docker is told: the words of its command line; the build context is the last. Values that could be taken for options
 * are joined with theirs.
 *
 * @param folder where relative paths begin
 */
export function buildArguments(definition: BuildDefinition, folder: string): string[] {
  const { action, dockerfile, context, target, tag, args, platform, contexts, secrets, options = [] } = definition;
  const source = (text: string): string => (isAddress(text) || text === "-" ? text : absolutePath(text, folder));
  const file = absolutePath(dockerfile, folder);
  const isCheck = action === "check";
  return [
    "buildx",
    "build",
    ...(isCheck ? ["--call=check"] : goesElsewhere(definition) ? [] : ["--load"]),
    `--file=${file}`,
    ...(target === undefined ? [] : [`--target=${target}`]),
    ...(tag === undefined || isCheck ? [] : [`--tag=${tag}`]),
    ...(platform === undefined ? [] : [`--platform=${platform}`]),
    ...Object.entries(args ?? {}).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...Object.entries(contexts ?? {}).map(([name, value]) => `--build-context=${name}=${source(value)}`),
    ...(secrets ?? []).map((secret) => `--secret=${secretWith(secret, source)}`),
    ...options,
    context === undefined ? folderOf(file) : source(context),
  ];
}

/** A secret whose file is found wherever Docker is started. */
function secretWith(secret: string, source: (text: string) => string): string {
  return secret.replace(
    /(^|,)(src|source)=([^,"]+)/,
    (_, comma: string, key: string, path: string) => `${comma}${key}=${source(path)}`,
  );
}

/**
 * A name for the image of a stage: `dockerfile-stages/web:builder`, `dockerfile-stages/web-dev:latest` of
 * `web/Dockerfile.dev`. Names of images have small letters, digits, and few other characters. Without the first part, the
 * image of a folder called `nginx` would stand in for the one that others are built on.
 *
 * @param path the Dockerfile's, with `/` between names
 */
export function tagOf(path: string, stage: string | null): string {
  const [file = "", folder = ""] = path.split("/").toReversed();
  const clean = (text: string, other: RegExp): string =>
    text
      .toLowerCase()
      .replaceAll(other, "-")
      .replaceAll(/^[-_.]+|[-_.]+$/g, "")
      .slice(0, longestName)
      .replace(/[-_.]+$/, "");
  const own = file.replace(/^(?:docker|container)file(?:\.|$)|\.(?:docker|container)file$/i, "");
  const name = [folder, own].map((part) => clean(part, /[^a-z0-9]+/g)).filter((part) => part !== "");
  const tag = stage === null ? "latest" : clean(stage, /[^a-z0-9_.-]+/g);
  return `${taskType}/${name.join("-") || "image"}:${tag || "stage"}`;
}

const longestName = 100;
