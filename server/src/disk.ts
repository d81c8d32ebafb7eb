import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type Files, largestNeighbour, type Listing } from "./service.ts";

/**
 * The files on the disk.
 *
 * @param pathOf the path of a folder as the caller names it; what it throws means that there is no such folder
 */
export function disk(pathOf: (folder: string) => string): Files {
  return {
    list: async (folder) => {
      try {
        return listing(await readdir(pathOf(folder), { withFileTypes: true }));
      } catch {
        return null;
      }
    },
    read: async (folder, name) => {
      try {
        const file = path.join(pathOf(folder), name);
        const about = await stat(file);
        return about.isFile() && about.size <= largestNeighbour ? await readFile(file, "utf8") : null;
      } catch {
        return null;
      }
    },
  };
}

/** What lies in a folder; a link counts as a file. */
export function listing(entries: readonly Dirent[]): Listing {
  const namesOf = (kept: readonly Dirent[]): string[] => kept.map(({ name }) => name);
  return {
    files: namesOf(entries.filter((entry) => entry.isFile() || entry.isSymbolicLink())),
    folders: namesOf(entries.filter((entry) => entry.isDirectory())),
  };
}
