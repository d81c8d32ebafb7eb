import { pairsOf } from "./compose.ts";
import { type BuildMention, emptyMention } from "./mentions.ts";
import { type TreeNode, valueAt, wordAt } from "./tree.ts";

/** The build of a dev container; its paths begin in the folder of `devcontainer.json`. */
export function devcontainerMentions(root: TreeNode): BuildMention[] {
  const build = valueAt(root, "build");
  const dockerfile = wordAt(build, "dockerfile") ?? wordAt(root, "dockerFile");
  if (!dockerfile) return [];
  return [
    {
      ...emptyMention,
      kind: "devcontainer",
      name: wordAt(root, "name")?.text ?? "",
      span: build?.span ?? dockerfile.span,
      context: wordAt(build, "context") ?? wordAt(root, "context"),
      dockerfile,
      dockerfileFrom: "start",
      target: wordAt(build, "target"),
      args: pairsOf(valueAt(build, "args")),
    },
  ];
}
