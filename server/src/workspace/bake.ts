import { pairsOf, textsIn } from "./compose.ts";
import { type BuildMention, emptyMention, type MentionPair } from "./mentions.ts";
import { entriesOf, itemsOf, type TreeNode, valueAt, wordAt } from "./tree.ts";

/** What a target has, or has from those that it inherits. */
interface Known {
  readonly context: TreeNode | null;
  readonly dockerfile: TreeNode | null;
  readonly inline: TreeNode | null;
  readonly target: TreeNode | null;
  readonly contexts: readonly MentionPair[];
}

const nothing: Known = { context: null, dockerfile: null, inline: null, target: null, contexts: [] };

/** A target has fewer contexts; long chains of targets that each add one would be many. */
const mostContexts = 100;

/**
 * The targets of a Bake file as builds. What a target leaves out it has from those that it inherits, the last one first, as
 * Docker's reference of Bake files says. Without a Dockerfile it is `Dockerfile` in the context. Paths begin where Bake runs.
 */
export function bakeMentions(root: TreeNode): BuildMention[] {
  const targets = entriesOf(valueAt(root, "target"));
  const known = inheritedOf(new Map(targets.map(({ key, value }) => [key.text, value])));
  return targets.map(({ key, value, span }) => {
    const { context, dockerfile, inline, target, contexts } = known.get(key.text) ?? nothing;
    return {
      ...emptyMention,
      kind: "bake",
      name: key.text,
      span,
      start: "project-or-folder",
      // A context that is worked out may be any.
      within: isWorkedOut(context) || isWorkedOut(dockerfile) || isWorkedOut(inline) ? null : "",
      context: wordAt(context),
      dockerfile: wordAt(dockerfile),
      inline: inline?.kind === "text" && inline.lines ? { text: inline.text, lines: inline.lines } : null,
      target: wordAt(target),
      args: pairsOf(valueAt(value, "args")),
      contexts,
      platforms: textsIn(valueAt(value, "platforms")),
      secrets: textsIn(valueAt(value, "secret")),
      ssh: textsIn(valueAt(value, "ssh")),
    };
  });
}

function isWorkedOut(node: TreeNode | null): boolean {
  return node?.kind === "other" || (node?.kind === "text" && node.text.includes("${"));
}

/** For each target what it has. Each is worked out once; of those that inherit each other in a circle, one does without. */
function inheritedOf(targets: ReadonlyMap<string, TreeNode>): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  const begun = new Set<string>();
  for (const first of targets.keys()) {
    const waiting = [first];
    while (waiting.length > 0) {
      const name = waiting.at(-1)!;
      const node = targets.get(name)!;
      const parents = itemsOf(valueAt(node, "inherits")).flatMap((item) => wordAt(item)?.text ?? []);
      if (!begun.has(name)) {
        begun.add(name);
        waiting.push(...parents.filter((parent) => targets.has(parent) && !begun.has(parent)));
        continue;
      }
      waiting.pop();
      if (known.has(name)) continue;
      const inherited = parents.flatMap((parent) => known.get(parent) ?? []);
      known.set(name, [...inherited, ownOf(node)].reduce(merge, nothing));
    }
  }
  return known;
}

function ownOf(node: TreeNode): Known {
  return {
    context: valueAt(node, "context"),
    dockerfile: valueAt(node, "dockerfile"),
    inline: valueAt(node, "dockerfile-inline"),
    target: valueAt(node, "target"),
    contexts: pairsOf(valueAt(node, "contexts")),
  };
}

function merge(below: Known, above: Known): Known {
  const contexts = new Map([...below.contexts, ...above.contexts].map((pair) => [pair.name.text, pair]));
  return {
    context: above.context ?? below.context,
    dockerfile: above.dockerfile ?? below.dockerfile,
    inline: above.inline ?? below.inline,
    target: above.target ?? below.target,
    contexts: [...contexts.values()].slice(0, mostContexts),
  };
}
