/** Where a document lies. */
export interface Place {
  /** The folder's URI, without a slash at its end. */
  readonly folder: string;
  /** The file's name, decoded. */
  readonly name: string;
}

/** `null` for what lies in no folder, such as a document that was never saved. */
export function placeOf(uri: string): Place | null {
  const match = /^([^:/?#]+:\/\/[^?#]*)\/([^/?#]+)$/.exec(uri);
  if (!match) return null;
  try {
    return { folder: match[1]!, name: decodeURIComponent(match[2]!) };
  } catch {
    return null;
  }
}

/** The path of what lies in a folder, decoded, with `/` between names; `null` for what does not. */
export function pathIn(folder: string, uri: string): string | null {
  if (!uri.startsWith(`${folder}/`)) return null;
  try {
    return decodeURIComponent(uri.slice(folder.length + 1));
  } catch {
    return null;
  }
}

/** Whether a file or folder is the folder, or lies in it. */
export function isWithin(uri: string, folder: string): boolean {
  return uri === folder || uri.startsWith(`${folder}/`);
}

export const withoutSlash = (uri: string): string => uri.replace(/\/$/, "");

/** Of folders around a file, the one that is nearest to it. */
export function innermost<T extends { readonly uri: string }>(folders: readonly T[], uri: string): T | undefined {
  return folders
    .filter((folder) => isWithin(uri, folder.uri))
    .reduce<T | undefined>((best, folder) => (best && best.uri.length >= folder.uri.length ? best : folder), undefined);
}

/** A folder and those above it, up to the project's; it alone where it lies in none. */
export function foldersUpTo(folder: string, project: string | undefined): readonly string[] {
  const folders = [folder];
  if (project === undefined || !isWithin(folder, project)) return folders;
  for (let at = folder; at !== project; folders.push(at)) at = at.slice(0, at.lastIndexOf("/"));
  return folders;
}
