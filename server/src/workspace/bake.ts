import { pairsOf } from "./compose.ts";
import { type BuildMention, emptyMention } from "./mentions.ts";
import { entriesOf, itemsOf, type TreeNode, valueAt, wordAt } from "./tree.ts";

/** What a target has, or has from those that it inherits. */
const keys = ["context", "dockerfile", "dockerfile-inline", "target", "contexts"] as const;
type Known = Readonly<Partial<Record<(typeof keys)[number], TreeNode>>>;

/**
 * The targets of a Bake file as builds. What a target leaves out it has from those that it inherits, the last one first, as
 * Docker's reference of Bake files says. Without a Dockerfile it is `Dockerfile` in the context. Paths begin where Bake runs.
 */
export function bakeMentions(root: TreeNode): BuildMention[] {
  const targets = entriesOf(valueAt(root, "target"));
  const known = inheritedOf(new Map(targets.map(({ key, value }) => [key.text, value])));
  return targets.map(({ key, value, span }) => {
    const at = known.get(key.text) ?? {};
    const inline = at["dockerfile-inline"];
    return {
      ...emptyMention,
      kind: "bake",
      name: key.text,
      span,
      start: "project-or-folder",
      context: wordAt(at.context ?? null),
      dockerfile: wordAt(at.dockerfile ?? null),
      inline: inline?.kind === "text" && inline.lines ? { text: inline.text, lines: inline.lines } : null,
      target: wordAt(at.target ?? null),
      args: pairsOf(valueAt(value, "args")),
      contexts: pairsOf(at.contexts ?? null),
    };
  });
}

/** For each target what it has; each is worked out once, those that inherit each other in a circle have nothing of it. */
function inheritedOf(targets: ReadonlyMap<string, TreeNode>): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  const begun = new Set<string>();
  for (const first of targets.keys()) {
    const waiting = [first];
    while (waiting.length > 0) {
      const name = waiting.at(-1)!;
      const node = targets.get(name)!;
      const parents = itemsOf(valueAt(node, "inherits")).flatMap((item) => wordAt(item)?.text ?? []);
      if (!known.has(name) && !begun.has(name)) {
        begun.add(name);
        const missing = parents.filter((parent) => targets.has(parent) && !begun.has(parent));
        if (missing.length > 0) {
          waiting.push(...missing);
          continue;
        }
      }
      waiting.pop();
      if (known.has(name)) continue;
      const found: Partial<Record<(typeof keys)[number], TreeNode>> = {};
      for (const parent of parents) Object.assign(found, known.get(parent));
      for (const key of keys) {
        const own = valueAt(node, key);
        if (own) found[key] = own;
      }
      known.set(name, found);
    }
  }
  return known;
}
