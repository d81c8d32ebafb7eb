import { isDockerfilePath, mayMentionBuilds } from "./builds.ts";
import { GitIgnore } from "./gitignore.ts";
import type { Files } from "./neighbours.ts";

/** Folders that hold nothing that people of the project wrote. */
export const foreignFolders: readonly string[] = ["node_modules", "bower_components", ".git", ".hg", ".svn", ".venv"];

/** So many files of a project, and folders in search of them, are looked at. */
export const mostFiles = 10_000;
const mostFolders = 20_000;
const deepest = 30;
/** So many folders are read at a time. */
const atOnce = 16;

/** Whether a file of this path says something about builds, or is a Dockerfile. */
export function isOfInterest(path: string): boolean {
  return isDockerfilePath(path) || mayMentionBuilds(path);
}

/** Whether a path leads through a folder that is never looked into. */
export function isForeign(path: string): boolean {
  return path.split("/").some((name, i, names) => i < names.length - 1 && foreignFolders.includes(name));
}

/** What a search found: the files of interest, as paths from the project's folder. */
export interface Search {
  readonly files: Files;
  /** The name of a folder for {@link Files}; `""` is the project's. */
  readonly folder: (path: string) => string;
  readonly isCancelled: () => boolean;
}

/** The files of a project that are of interest and not left out by its `.gitignore` files, found folder by folder. */
export async function findFiles({ files, folder, isCancelled }: Search): Promise<readonly string[]> {
  const found: string[] = [];
  const ignored = new GitIgnore();
  let level: readonly string[] = [""];
  for (let depth = 0, seen = 0; depth < deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (let i = 0; i < level.length && seen < mostFolders && found.length < mostFiles; i += atOnce) {
      if (isCancelled()) return [];
      const batch = level.slice(i, i + atOnce);
      seen += batch.length;
      const listings = await Promise.all(
        batch.map(async (path) => {
          const listing = await files.list(folder(path));
          const text = listing?.files.includes(".gitignore") ? await files.read(folder(path), ".gitignore") : null;
          return { path, listing, text };
        }),
      );
      for (const { path, listing, text } of listings) {
        if (text !== null) ignored.add(path, text);
        if (!listing) continue;
        const start = path === "" ? "" : `${path}/`;
        for (const name of listing.files) {
          const file = start + name;
          if (isOfInterest(file) && !ignored.leavesOut(file)) found.push(file);
        }
        for (const name of listing.folders) {
          if (!foreignFolders.includes(name) && !ignored.leavesOutFolder(start + name)) next.push(start + name);
        }
      }
    }
    level = next;
  }
  return found.slice(0, mostFiles);
}

/** Of files that somebody else found, those that are of interest and not left out by the `.gitignore` files among them. */
export async function keepFiles({ files, folder }: Search, paths: readonly string[]): Promise<readonly string[]> {
  const known = paths.filter((path) => !isForeign(path));
  const ignored = new GitIgnore();
  const rules = known.filter((path) => /(?:^|\/)\.gitignore$/.test(path)).slice(0, mostFolders);
  for (let i = 0; i < rules.length; i += atOnce) {
    const batch = rules.slice(i, i + atOnce).map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    const texts = await Promise.all(batch.map((path) => files.read(folder(path), ".gitignore")));
    texts.forEach((text, at) => text !== null && ignored.add(batch[at]!, text));
  }
  return known.filter((path) => isOfInterest(path) && !ignored.leavesOut(path)).slice(0, mostFiles);
}
