import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { alone, neighbourReader, type Neighbours } from "../service.ts";
import { disk } from "./disk.ts";

/** Reads what the files beside Dockerfiles say about them, each folder once; standard input has none beside it. */
export function readNeighbours(): (file: string) => Promise<Neighbours> {
  const reader = neighbourReader(disk((folder) => folder));
  const known = new Map<string, readonly string[]>();
  return async (file) => {
    if (file === "-") return alone;
    const folder = path.resolve(path.dirname(file));
    let folders = known.get(folder);
    if (!folders) known.set(folder, (folders = foldersUpToProject(folder)));
    return reader.read(path.basename(file), folders);
  };
}

/** A folder and those above it: up to the root of its repository, else up to the current folder, else it alone. */
function foldersUpToProject(folder: string): readonly string[] {
  const above = [folder];
  for (let at = folder; path.dirname(at) !== at; above.push(at)) at = path.dirname(at);
  const project = above.findIndex((each) => existsSync(path.join(each, ".git")));
  return above.slice(0, Math.max(0, project < 0 ? above.indexOf(process.cwd()) : project) + 1);
}
