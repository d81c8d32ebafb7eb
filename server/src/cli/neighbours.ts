import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { listing } from "../disk.ts";
import {
  alone,
  type BuildIndex,
  type Files,
  hclPrograms,
  type HclReader,
  largestNeighbour,
  makeHclReader,
  neighbourReader,
  type Neighbours,
  readProject,
} from "../service.ts";

/** What the files beside Dockerfiles say about them. */
export interface ReadNeighbours {
  /** Without the builds. */
  readonly neighbours: (file: string) => Promise<Neighbours>;
  readonly builds: (file: string) => Promise<Neighbours["builds"]>;
  readonly project: (file: string) => Promise<Neighbours["project"]>;
}

/** Reads each folder once; standard input has no files beside it. */
export function readNeighbours(): ReadNeighbours {
  const reader = neighbourReader(files);
  const foldersOf = folderFinder();
  const folderOf = (file: string): string => path.resolve(path.dirname(file));
  const indexes = new Map<string, Promise<BuildIndex>>();
  const buildsOf = async (file: string): Promise<Neighbours["builds"]> => {
    const project = foldersOf(folderOf(file)).at(-1)!;
    let index = indexes.get(project);
    if (!index) {
      index = readProject(
        { files, folder: (inside) => path.join(project, inside), isCancelled: () => false },
        hclReader,
      );
      indexes.set(project, index);
    }
    return (await index).of(path.relative(project, path.resolve(file)).replaceAll(path.sep, "/"));
  };
  return {
    neighbours: async (file) => (file === "-" ? alone : reader.read(path.basename(file), foldersOf(folderOf(file)))),
    builds: async (file) => (file === "-" ? alone.builds : buildsOf(file)),
    project: async (file) => (file === "-" ? alone.project : reader.project(folderOf(file))),
  };
}

let madeReader: Promise<HclReader | null> | null = null;

/** What reads HCL, `null` where it is not there: files in HCL are then not read. */
function hclReader(): Promise<HclReader | null> {
  madeReader ??= (async () => {
    try {
      const [core, grammar] = hclPrograms.map((name) => readFileSync(path.join(__dirname, name)));
      return await makeHclReader(core!, grammar!);
    } catch {
      return null;
    }
  })();
  return madeReader;
}

/** Small files are read sooner at once than by turns, and nobody else waits here. */
const files: Files = {
  list: async (folder) => {
    try {
      return listing(readdirSync(folder, { withFileTypes: true }));
    } catch {
      return null;
    }
  },
  read: async (folder, name) => {
    try {
      const file = path.join(folder, name);
      const about = statSync(file);
      return about.isFile() && about.size <= largestNeighbour ? readFileSync(file, "utf8") : null;
    } catch {
      return null;
    }
  },
};

/** Finds a folder and those above it: up to the root of its repository, else up to the current folder, else it alone. */
function folderFinder(): (folder: string) => readonly string[] {
  const known = new Map<string, readonly string[] | null>();
  const here = process.cwd();
  /** `null` where there is no repository around the folder. */
  const upToRepository = (folder: string): readonly string[] | null => {
    let found = known.get(folder);
    if (found === undefined) {
      const above = path.dirname(folder);
      const isEnd = existsSync(path.join(folder, ".git"));
      const rest = isEnd ? [] : above === folder ? null : upToRepository(above);
      found = rest && [folder, ...rest];
      known.set(folder, found);
    }
    return found;
  };
  return (folder) => upToRepository(folder) ?? upToHere(folder, here);
}

/** A folder and those above it up to another one; it alone where it does not lie in that one. */
function upToHere(folder: string, end: string): readonly string[] {
  const inside = path.relative(end, folder);
  if (inside.startsWith("..") || path.isAbsolute(inside)) return [folder];
  const found = [folder];
  for (let at = folder; at !== end; found.push(at)) at = path.dirname(at);
  return found;
}
