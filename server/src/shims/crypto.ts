// Stands in for Node's `crypto` in the server's bundle. A dependency asks for it at start although it only needs random
// names later, if ever; loading it right away would cost every server nine megabytes and some milliseconds.
import type * as crypto from "node:crypto";
import { createRequire } from "node:module";

const load = (): typeof crypto => createRequire(import.meta.url)("node:crypto") as typeof crypto;

export const randomBytes = (size: number): Buffer => load().randomBytes(size);

export const randomUUID = (): string => load().randomUUID();
