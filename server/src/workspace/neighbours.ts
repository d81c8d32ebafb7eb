/** What files beside a Dockerfile say about its build. Plain data: whoever has a file system reads the files. */
export interface Neighbours {
  /** The file that says what the build context leaves out; `null` where there is none or it could not be read. */
  readonly ignoreFile: IgnoreFile | null;
  /** Stages that files beside the Dockerfile name as a target, lower-cased. */
  readonly targets: ReadonlySet<string>;
}

export interface IgnoreFile {
  /** Without its folder: `.dockerignore`. */
  readonly name: string;
  readonly text: string;
}

/** A Dockerfile of which nothing else is known. */
export const alone: Neighbours = { ignoreFile: null, targets: new Set() };

/**
 * The names under which BuildKit looks for the ignore file, the first that exists counts: `Dockerfile.dockerignore` beside
 * the Dockerfile, then `.dockerignore` in the build context, which is taken to be the Dockerfile's folder.
 *
 * @param dockerfile the Dockerfile's name without its folder
 */
export function ignoreFileNames(dockerfile: string): readonly string[] {
  return [`${dockerfile}.dockerignore`, ".dockerignore"];
}
