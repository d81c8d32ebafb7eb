import { BuildIndex, type HclReader, isHcl, mayMentionBuilds } from "./builds.ts";
import { findFiles, type Search } from "./find.ts";

/**
 * Reads what the files of a project say about builds, all at once: for whoever looks at it only once.
 *
 * @param hcl is called when the first file in HCL is there
 */
export async function readProject(search: Search, hcl: () => Promise<HclReader | null>): Promise<BuildIndex> {
  const index = new BuildIndex();
  const read = (path: string): Promise<string | null> => {
    const at = path.lastIndexOf("/");
    return search.files.read(search.folder(path.slice(0, Math.max(0, at))), path.slice(at + 1));
  };
  for (const path of await findFiles(search)) {
    if (!mayMentionBuilds(path)) {
      index.setDockerfile(path, true);
      continue;
    }
    const text = await read(path);
    if (text !== null) index.set(path, path, text, isHcl(path) ? await hcl() : null);
  }
  // Dockerfiles with names of their own are known by those who mention them.
  for (const path of index.candidates()) if ((await read(path)) !== null) index.setDockerfile(path, true);
  return index;
}
