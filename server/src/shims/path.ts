// Stands in for Node's `path` where @balena/dockerignore asks for it: the browser has none, and patterns of an ignore file
// have `/` between names on every system, as it is BuildKit that reads them.
import { cleanPath } from "../text/paths.ts";

export const sep = "/";

export const normalize = cleanPath;

export const dirname = (path: string): string => cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
