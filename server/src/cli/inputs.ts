import { lstatSync, readdir as readdirWithCallback, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { getSystemErrorMap } from "node:util";

/** Says what is wrong with one of the files named on the command line; the others go on. */
export type Trouble = (file: string, reason: string) => void;

/** `Dockerfile`, `Dockerfile.dev`, `api.dockerfile` and the same with Containerfile. */
const dockerfileName =
  /^(?:(?:dockerfile|containerfile)|(?:Dockerfile|Containerfile)(?:\..+)?|.*\.(?:[Dd]ockerfile|[Cc]ontainerfile))$/;
/** `Dockerfile.dockerignore` belongs to a Dockerfile, but is none. */
const ignoreFile = /\.(?:docker|container)ignore$/;
const skippedFolders: ReadonlySet<string> = new Set(["node_modules", ".git"]);

/** Characters without which a name cannot be a glob. */
const globCharacters = /[*?[\]{}()!]/;

/**
 * The files that FILES name, each once, written as they were given; `-` stands for standard input. Folders are searched,
 * globs expanded, both in alphabetical order.
 */
export async function findInputs(names: readonly string[], trouble: Trouble): Promise<string[]> {
  const files = new Map<string, string>();
  const add = (file: string): void => {
    const key = file === "-" ? file : path.resolve(file);
    if (!files.has(key)) files.set(key, file);
  };
  for (const name of new Set(names)) {
    if (name === "-") {
      add(name);
      continue;
    }
    try {
      if (statSync(name).isDirectory()) {
        const found = searchFolder(name, trouble);
        if (found.length === 0) trouble(name, "no Dockerfiles in this folder");
        found.forEach(add);
      } else add(name);
    } catch (error) {
      // A file may be called `[id].dockerfile`; what does not exist may be a glob.
      const found = globCharacters.test(name) ? await expandGlob(name, trouble) : null;
      if (found === null) trouble(name, systemReason(error));
      else if (found.length === 0) trouble(name, "no file matches");
      else found.forEach(add);
    }
  }
  return [...files.values()];
}

/** The Dockerfiles in a folder and below; symbolic links to folders are not followed. */
function searchFolder(folder: string, trouble: Trouble): string[] {
  const found: string[] = [];
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const inside = at === "." ? "" : at.endsWith("/") || at.endsWith(path.sep) ? at : `${at}/`;
    let entries;
    try {
      entries = readdirSync(at, { withFileTypes: true });
    } catch (error) {
      trouble(at, systemReason(error));
      continue;
    }
    for (const entry of entries) {
      const file = inside + entry.name;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) pending.push(file);
      } else if (dockerfileName.test(entry.name) && !ignoreFile.test(entry.name)) {
        if (!entry.isSymbolicLink() || !leadsToFolder(file)) found.push(file);
      }
    }
  }
  return found.toSorted(byName);
}

function leadsToFolder(link: string): boolean {
  try {
    return statSync(link).isDirectory();
  } catch {
    // A broken link named Dockerfile is worth a word; reading it says so.
    return !lstatSync(link).isSymbolicLink();
  }
}

/** `null` for a name that is no glob. */
async function expandGlob(name: string, trouble: Trouble): Promise<string[] | null> {
  const { glob, isDynamicPattern } = await import("tinyglobby");
  const pattern = path.sep === "\\" ? name.replaceAll("\\", "/") : name;
  if (!isDynamicPattern(pattern)) return null;
  const readdirAndTell = (
    folder: string,
    options: object,
    done: (error: Error | null, found: unknown) => void,
  ): void => {
    readdirWithCallback(folder, options, (error, found) => {
      if (error && error.code !== "ENOENT" && error.code !== "ENOTDIR") trouble(folder, systemReason(error));
      done(error, found);
    });
  };
  const found = await glob(pattern, {
    absolute: path.isAbsolute(pattern),
    dot: true,
    expandDirectories: false,
    ignore: [...skippedFolders].filter((folder) => !pattern.includes(folder)).map((folder) => `**/${folder}/**`),
    fs: { readdir: readdirAndTell as typeof readdirWithCallback },
  });
  const lead = pattern.startsWith("./") ? "./" : "";
  return found.map((file) => lead + file).toSorted(byName);
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The system's words for an error of `node:fs`: `no such file or directory`. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno } = error as NodeJS.ErrnoException;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return known ?? error.message;
}
