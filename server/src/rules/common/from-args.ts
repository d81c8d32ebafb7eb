import { expand } from "../../dockerfile/words.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { imageNameError } from "../../stages/image-name.ts";
import type { Reference } from "../../stages/resolve.ts";

/** Whether the base has a build arg without a default in it: what it becomes is decided when the build starts. */
export function dependsOnCaller({ model, dockerfile }: Analysis, { text }: Reference): boolean {
  if (!text.includes("$")) return false;
  const { uses } = expand(text, undefined, { escape: dockerfile.escape });
  return uses.some(({ name }) => model.globalValues.has(name) && !model.globalValues.get(name));
}

/** Whether a base is blank or no image's name with the defaults of its build args. */
export function isUnfinished({ target }: Reference): boolean {
  return target.kind === "unknown" || (target.kind === "image" && imageNameError(target.image) !== null);
}
