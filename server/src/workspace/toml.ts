import { parse } from "smol-toml";
import { largestNeighbour } from "./neighbours.ts";

/** What a TOML file says; `undefined` where it is none or larger than project files are. Never throws. */
export function readToml(text: string): unknown {
  if (text.length > largestNeighbour) return undefined;
  try {
    return parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
