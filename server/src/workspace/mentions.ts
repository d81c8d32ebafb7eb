import { cleanPath, directoryOf } from "../text/paths.ts";
import type { LineIndex, Span } from "../text/range.ts";

/**
 * What files beside Dockerfiles say about their builds: Compose files, Bake files, workflows, dev containers, scripts. Plain
 * data with places in the text of the file that says it.
 */

/** A text and where it stands, quotes left out. */
export interface MentionWord {
  readonly text: string;
  readonly span: Span;
}

/** A name with a value: a build arg, or a named context. */
export interface MentionPair {
  readonly name: MentionWord;
  /** `null` where the value comes from elsewhere: `--build-arg VERSION`. */
  readonly value: MentionWord | null;
}

export type MentionKind = "compose" | "bake" | "workflow" | "devcontainer" | "script" | "make" | "package";

/** One build of a Dockerfile, as another file describes it. */
export interface BuildMention {
  readonly kind: MentionKind;
  /** What the file calls it: a service, a target of Bake, a step, a rule of a Makefile, a script. `""` where it has no name. */
  readonly name: string;
  /** All of it: for whoever wants to show it. */
  readonly span: Span;
  /** The build context as written; `null` for the default. */
  readonly context: MentionWord | null;
  /** The Dockerfile as written; `null` for the default, `Dockerfile` in the context. */
  readonly dockerfile: MentionWord | null;
  /** Where a relative Dockerfile begins: in the build context (Compose, Bake) or where the context begins (`docker build -f`). */
  readonly dockerfileFrom: "context" | "start";
  /** Where a relative context begins: in the file's folder, in the project's, or in either, the likelier first. */
  readonly start: "folder" | "project" | "folder-or-project" | "project-or-folder";
  /** The folder that commands went to before the build, seen from where they start; `null` where that is not known. */
  readonly within: string | null;
  /** A Dockerfile that stands in the file itself, with how many characters each of its lines is indented there. */
  readonly inline: InlineDockerfile | null;
  /** The stage; `null` where none is named. */
  readonly target: MentionWord | null;
  readonly args: readonly MentionPair[];
  /** Named contexts; of Bake's `target:x` and Compose's `service:x` the value says so. */
  readonly contexts: readonly MentionPair[];
  readonly platforms: readonly string[];
  /** As `--secret` has them: `id=npm,src=.npmrc`. Paths begin where the context does. */
  readonly secrets: readonly string[];
  /** As `--ssh` has them: `default`. */
  readonly ssh: readonly string[];
}

export interface InlineDockerfile {
  /** The Dockerfile's text. */
  readonly text: string;
  /** Of each line of it the offset in the file where it begins. */
  readonly lines: readonly number[];
}

/** A file that mentions builds. */
export interface MentioningFile {
  readonly uri: string;
  /** From the project's folder, with `/` between names. */
  readonly path: string;
  /** For places in it. */
  readonly lines: LineIndex;
}

/** A build of one Dockerfile that another file mentions. */
export interface FoundBuild {
  readonly file: MentioningFile;
  readonly mention: BuildMention;
}

/** A mention that says nothing yet. */
export const emptyMention: BuildMention = {
  kind: "compose",
  name: "",
  span: { start: 0, end: 0 },
  context: null,
  dockerfile: null,
  dockerfileFrom: "context",
  start: "folder",
  within: "",
  inline: null,
  target: null,
  args: [],
  contexts: [],
  platforms: [],
  secrets: [],
  ssh: [],
};

/** Whether a context is not a folder: an address, a repository, standard input, or not known. */
export function isElsewhere(context: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/|^git@|^github\.com\/|^-$|[$`{]|^(?:target|service|docker-image|oci-layout):/i.test(
    context,
  );
}

/**
 * The files, as paths from the project's folder, that the Dockerfile of a mention may be, the likeliest first: the first that
 * is there is it. None where it is not a file of the project, or not told.
 *
 * @param file the path of the file that mentions it, from the project's folder
 */
export function mentionedDockerfiles(mention: BuildMention, file: string): readonly string[] {
  return [...new Set(mentionedPlaces(mention, file).map(({ dockerfile }) => dockerfile))];
}

/** A file that the Dockerfile of a mention may be, and the folder in which the paths of the mention begin then. */
interface MentionedPlace {
  readonly dockerfile: string;
  readonly base: string;
}

/** The same as {@link mentionedDockerfiles}, each with the folder that it follows from. */
export function mentionedPlaces(mention: BuildMention, file: string): readonly MentionedPlace[] {
  const { inline, within, dockerfileFrom } = mention;
  if (inline || within === null || /[$`{]/.test(within)) return [];
  const context = mention.context?.text ?? ".";
  const written = mention.dockerfile?.text ?? null;
  if (isElsewhere(context) && (written === null || dockerfileFrom === "context")) return [];
  if (written !== null && (written.startsWith("/") || /[$`{]/.test(written))) return [];
  const isInContext = written === null || dockerfileFrom === "context";
  if (isInContext && context.startsWith("/")) return [];
  const places = startsOf(mention, file).flatMap((start) =>
    (written === null ? defaultNames : [written]).map((name) => ({
      dockerfile: cleanPath(`${start}/${within}/${isInContext ? context : "."}/${name}`),
      base: cleanPath(`${start}/${within}`),
    })),
  );
  // What lies outside of the project is not known.
  return places.filter(({ dockerfile }) => !dockerfile.startsWith("..") && dockerfile !== ".");
}

/** What builders look for where no Dockerfile is named; the last is that of Podman and Buildah. */
const defaultNames: readonly string[] = ["Dockerfile", "dockerfile", "Containerfile"];

function startsOf({ start }: BuildMention, file: string): readonly string[] {
  const folder = file.includes("/") ? directoryOf(file) : ".";
  switch (start) {
    case "folder":
      return [folder];
    case "project":
      return ["."];
    case "folder-or-project":
      return [folder, "."];
    case "project-or-folder":
      return [".", folder];
  }
}

/** Stages that are named as a target, in lower case: those that a search of texts found, and those of known builds. */
export function knownTargets({
  targets,
  builds,
}: {
  readonly targets: ReadonlySet<string>;
  readonly builds: readonly FoundBuild[];
}): ReadonlySet<string> {
  if (builds.length === 0) return targets;
  return new Set([...targets, ...builds.flatMap(({ mention }) => mention.target?.text.toLowerCase() ?? [])]);
}

/** The names of contexts that builds are given, in lower case. */
export function knownContexts(builds: readonly FoundBuild[]): ReadonlySet<string> {
  return new Set(builds.flatMap(({ mention }) => mention.contexts.map(({ name }) => name.text.toLowerCase())));
}
