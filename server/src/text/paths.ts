/** A place in an image's file system. */
export interface Place {
  /** Absolute, without `.`, `..` and doubled slashes. */
  readonly value: string;
  /** How the Dockerfile may write it: as `value`, or with the variables the author used. */
  readonly text: string;
}

/** No path of Linux is longer. */
export const longestPath = 4096;

/** Joins and cleans: `/app` and `../x/./y` give `/x/y`. An absolute `path` stands alone. */
export function resolvePath(base: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Whether `path` is `directory` or lies in it. */
export function isInside(directory: string, path: string): boolean {
  return directory === "/" || path === directory || path.startsWith(`${directory}/`);
}

/** `path` seen from `directory`, which holds it: `.` or `dist/main.js`. */
export function relativePath(directory: string, path: string): string {
  if (path === directory) return ".";
  return directory === "/" ? path.slice(1) : path.slice(directory.length + 1);
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Without `.`, doubled slashes and what `..` takes back: `a//b/./c/..` → `a/b`, `../a/` → `../a`, nothing → `.`. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  return (isAbsolute ? "/" : "") + parts.join("/") || ".";
}
