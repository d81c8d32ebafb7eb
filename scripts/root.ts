import path from "node:path";

/** The top folder of the repository. */
export const root = path.resolve(import.meta.dirname, "..");

/** Whether this module was named on the command line, and not imported by another script. */
export const isMain = (meta: ImportMeta): boolean => process.argv[1] === meta.filename;
