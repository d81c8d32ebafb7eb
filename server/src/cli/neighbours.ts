import { readFileSync } from "node:fs";
import path from "node:path";
import { alone, ignoreFileNames, type Neighbours } from "../service.ts";

/** What the files beside a Dockerfile say about it. A file that cannot be read says nothing. */
export function readNeighbours(file: string): Neighbours {
  if (file === "-") return alone;
  const folder = path.dirname(file);
  for (const name of ignoreFileNames(path.basename(file))) {
    try {
      return { ...alone, ignoreFile: { name, text: readFileSync(path.join(folder, name), "utf8") } };
    } catch {
      // There is none of this name.
    }
  }
  return alone;
}
