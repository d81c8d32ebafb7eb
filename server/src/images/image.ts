/** The parts of an image name that say what else exists beside it. */
export interface Image {
  /** What stands before the last part of the repository: `""`, `library/`, a registry's host and folders. */
  readonly folder: string;
  /** The repository's last part: `node`. */
  readonly name: string;
  /** Behind `:`; `""` where there is none. */
  readonly tag: string;
  /** Whether a digest pins it. */
  readonly pinned: boolean;
}

/** What an official image sets by itself. */
export interface OfficialImage {
  /** The registry and its folders where it is none of Docker Hub's library. */
  readonly folder?: string;
  /** The repository's last part: `golang`. */
  readonly name: string;
  readonly workdir: string;
  /** Variables that Dockerfiles use without setting them, `PATH` left out. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Takes an image name apart; variables may be in it. */
export function parseImage(text: string): Image {
  const at = text.indexOf("@");
  const plain = at < 0 ? text : text.slice(0, at);
  const slash = plain.lastIndexOf("/");
  const last = plain.slice(slash + 1);
  // A colon inside `${NAME:-value}` starts no tag.
  const colon = /:(?![-+?=])/.exec(last)?.index ?? -1;
  return {
    folder: plain.slice(0, slash + 1),
    name: colon < 0 ? last : last.slice(0, colon),
    tag: colon < 0 ? "" : last.slice(colon + 1),
    pinned: at >= 0,
  };
}

/**
 * Whether an image is the official one of that name, at Docker Hub or at a mirror that keeps Docker Hub's folders. Only
 * then its sibling images are known to exist.
 */
export function isOfficial({ folder, name }: Image, wanted: string): boolean {
  return name === wanted && (folder === "" || folder === "docker.io/" || folder.endsWith("library/"));
}

/** Debian releases that official images name in their tags, oldest first. */
export const debianReleases = [
  "wheezy",
  "jessie",
  "stretch",
  "buster",
  "bullseye",
  "bookworm",
  "trixie",
  "forky",
] as const;

/** The Debian release a tag names; `null` where it names none. */
export function debianRelease(tag: string): string | null {
  return debianReleases.find((release) => tag.split("-").includes(release)) ?? null;
}

/** Whether a tag names an Alpine variant: `alpine`, `20-alpine`, `20-alpine3.20`. */
export function isAlpineTag(tag: string): boolean {
  return tag.split("-").some((part) => part.startsWith("alpine"));
}
