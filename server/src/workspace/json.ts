import { largestNeighbour } from "./neighbours.ts";

/**
 * What a JSON file says, also one with comments and commas behind the last item, as `tsconfig.json` may be; `undefined`
 * where it is none or larger than project files are. Never throws.
 */
export function readJson(text: string): unknown {
  if (text.length > largestNeighbour) return undefined;
  const bare = text.replace(/^\uFEFF/, "");
  return parse(bare) ?? parse(withoutCommas(withoutComments(bare)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A string, or what is taken out. What has no end reaches to that of the text, so that nothing is read twice. */
const comments = /"(?:[^"\\]|\\[^])*(?:"|$)|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
const lastCommas = /"(?:[^"\\]|\\[^])*(?:"|$)|,(?=\s*[}\]])/g;

function withoutComments(text: string): string {
  return text.replace(comments, (found) => (found.startsWith('"') ? found : " "));
}

function withoutCommas(text: string): string {
  return text.replace(lastCommas, (found) => (found.startsWith('"') ? found : ""));
}
