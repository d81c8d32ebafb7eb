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
  /** Where a relative context begins: in the file's folder, or in the project's. */
  readonly start: "folder" | "project";
  /** A Dockerfile that stands in the file itself, with how many characters each of its lines is indented there. */
  readonly inline: InlineDockerfile | null;
  /** The stage; `null` where none is named. */
  readonly target: MentionWord | null;
  readonly args: readonly MentionPair[];
  /** Named contexts; of Bake's `target:x` and Compose's `service:x` the value says so. */
  readonly contexts: readonly MentionPair[];
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
  inline: null,
  target: null,
  args: [],
  contexts: [],
};

/** Whether a context is not a folder: an address, a repository, standard input, or not known. */
function isElsewhere(context: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/|^git@|^github\.com\/|^-$|[$`{]|^(?:target|service|docker-image|oci-layout):/i.test(
    context,
  );
}

/**
 * The Dockerfile that a mention is about, as a path from the project's folder; `null` where it is not a file of the project,
 * or not told.
 *
 * @param file the path of the file that mentions it, from the project's folder
 */
export function mentionedDockerfile(mention: BuildMention, file: string): string | null {
  if (mention.inline) return null;
  const folder = file.includes("/") ? directoryOf(file) : ".";
  const start = mention.start === "project" ? "." : folder;
  const context = mention.context?.text ?? ".";
  const written = mention.dockerfile?.text ?? null;
  if (isElsewhere(context) && (written === null || mention.dockerfileFrom === "context")) return null;
  const contextFolder = context.startsWith("/") ? null : `${start}/${context}`;
  if (written === null) return contextFolder === null ? null : inProject(`${contextFolder}/Dockerfile`);
  if (written.startsWith("/") || /[$`{]/.test(written)) return null;
  const from = mention.dockerfileFrom === "context" ? contextFolder : start;
  return from === null ? null : inProject(`${from}/${written}`);
}

/** `null` for what lies outside of the project. */
function inProject(path: string): string | null {
  const clean = cleanPath(path);
  return clean.startsWith("..") || clean === "." ? null : clean;
}
