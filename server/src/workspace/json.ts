import { type Node, parse, parseTree } from "jsonc-parser";
import type { Span } from "../text/range.ts";
import { largestNeighbour } from "./neighbours.ts";
import { alignText, type TreeNode } from "./tree.ts";

/** JSON with comments and commas behind the last item, as `tsconfig.json` and dev containers may have them. */
const options = { allowTrailingComma: true, disallowComments: false };

/**
 * What a JSON file says, as far as it can be read; `undefined` where it says nothing or is larger than project files are.
 * Never throws.
 */
export function readJson(text: string): unknown {
  if (text.length > largestNeighbour || isTooDeep(text)) return undefined;
  return parse(text.replace(/^\uFEFF/, ""), [], options) as unknown;
}

/** The same with places; `null` where there is nothing. */
export function readJsonTree(text: string): TreeNode | null {
  if (isTooDeep(text)) return null;
  const clean = text.replace(/^\uFEFF/, " ");
  const tree = parseTree(clean, [], options);
  return tree ? toTree(tree, clean) : null;
}

/** The parser calls itself for what is nested. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 123) {
      if (++depth > 500) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}

function toTree(node: Node, source: string): TreeNode {
  const span: Span = { start: node.offset, end: node.offset + node.length };
  switch (node.type) {
    case "object":
      return {
        kind: "map",
        span,
        entries: (node.children ?? []).flatMap((property) => {
          const [key, value] = property.children ?? [];
          if (!key || !value) return [];
          const name = { text: String(key.value), span: inner(key) };
          return [
            { key: name, value: toTree(value, source), span: { start: key.offset, end: value.offset + value.length } },
          ];
        }),
      };
    case "array":
      return { kind: "list", span, items: (node.children ?? []).map((item) => toTree(item, source)) };
    case "string": {
      const text = String(node.value);
      const within = inner(node);
      const written = source.slice(within.start, within.end);
      if (written === text) return { kind: "text", span: within, text, lines: [within.start] };
      const pieces = alignText(text, written, within.start, '"');
      return { kind: "text", span: within, text, lines: null, ...(pieces && { pieces }) };
    }
    case "number":
    case "boolean":
      return { kind: "text", span, text: String(node.value), lines: [span.start] };
    default:
      return { kind: "other", span };
  }
}

/** Without the quotes. */
function inner({ offset, length }: Node): Span {
  return { start: offset + 1, end: Math.max(offset + 1, offset + length - 1) };
}
