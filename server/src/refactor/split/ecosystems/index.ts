import type { Ecosystem } from "./ecosystem.ts";
import { go } from "./go.ts";
import { node } from "./node.ts";
import { staticSite } from "./static-site.ts";

/** In the order in which they are asked; the first that recognises a build decides. */
export const ecosystems: readonly Ecosystem[] = [go, staticSite, node];
