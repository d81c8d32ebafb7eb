import { pairsOf } from "./compose.ts";
import { type BuildMention, emptyMention } from "./mentions.ts";
import { entriesOf, type TreeNode, valueAt, wordAt } from "./tree.ts";

/**
 * The targets of a Bake file as builds. What a target leaves out it has from those that it inherits, the last one first, as
 * Docker's reference of Bake files says. Without a Dockerfile it is `Dockerfile` in the context.
 */
export function bakeMentions(root: TreeNode): BuildMention[] {
  const own = new Map<string, TreeNode>();
  const targets = entriesOf(valueAt(root, "target"));
  for (const { key, value } of targets) own.set(key.text, value);
  const inherited = (name: string, key: string, seen: ReadonlySet<string>): TreeNode | null => {
    const node = own.get(name);
    if (!node || seen.has(name)) return null;
    const found = valueAt(node, key);
    if (found) return found;
    const parents = valueAt(node, "inherits");
    const names = parents?.kind === "list" ? parents.items.flatMap((item) => wordAt(item)?.text ?? []) : [];
    for (const parent of names.toReversed()) {
      const from = inherited(parent, key, new Set([...seen, name]));
      if (from) return from;
    }
    return null;
  };
  return targets.map(({ key, value, span }) => {
    const at = (name: string): TreeNode | null => inherited(key.text, name, new Set());
    const inline = at("dockerfile-inline");
    return {
      ...emptyMention,
      kind: "bake",
      name: key.text,
      span,
      start: "project",
      context: wordAt(at("context")),
      dockerfile: wordAt(at("dockerfile")),
      inline: inline?.kind === "text" && inline.lines ? { text: inline.text, lines: inline.lines } : null,
      // What a target has from another is mentioned by that one.
      target: wordAt(value, "target") ?? wordAt(at("target")),
      args: pairsOf(valueAt(value, "args")),
      contexts: pairsOf(at("contexts")),
    };
  });
}
