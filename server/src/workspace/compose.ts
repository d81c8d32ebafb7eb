import { type BuildMention, emptyMention, type InlineDockerfile, type MentionPair } from "./mentions.ts";
import { entriesOf, itemsOf, type TreeNode, valueAt, wordAt } from "./tree.ts";

/** The builds of a Compose file: the services with `build`, as Docker's reference of Compose files has it. */
export function composeMentions(documents: readonly TreeNode[]): BuildMention[] {
  return documents.flatMap((document) => {
    const secrets = valueAt(document, "secrets");
    return entriesOf(valueAt(document, "services")).flatMap(({ key, value, span }) => {
      const build = valueAt(value, "build");
      if (!build) return [];
      const service: BuildMention = { ...emptyMention, kind: "compose", name: key.text, span };
      // `build: ./web` names the context alone.
      if (build.kind === "text") return [{ ...service, context: wordAt(build) }];
      if (build.kind !== "map") return [];
      return [
        {
          ...service,
          context: wordAt(build, "context"),
          dockerfile: wordAt(build, "dockerfile"),
          inline: inlineDockerfile(valueAt(build, "dockerfile_inline")),
          target: wordAt(build, "target"),
          args: pairsOf(valueAt(build, "args")),
          contexts: pairsOf(valueAt(build, "additional_contexts")),
          platforms: textsIn(valueAt(build, "platforms")),
          secrets: itemsOf(valueAt(build, "secrets")).flatMap((item) => secretOf(item, secrets)),
          ssh: textsIn(valueAt(build, "ssh")),
        },
      ];
    });
  });
}

/** The texts of a list. */
export function textsIn(node: TreeNode | null): string[] {
  return itemsOf(node).flatMap((item) => wordAt(item)?.text ?? []);
}

/** A secret of a build, `name` or `{ source: name, target: id }`, as the file defines it for all. */
function secretOf(item: TreeNode, secrets: TreeNode | null): string[] {
  const name = (wordAt(item) ?? wordAt(item, "source"))?.text;
  if (name === undefined) return [];
  const id = wordAt(item, "target")?.text ?? name;
  const [file, variable] = [wordAt(secrets, name, "file"), wordAt(secrets, name, "environment")];
  if (file) return [`id=${id},src=${file.text}`];
  return variable ? [`id=${id},env=${variable.text}`] : [];
}

function inlineDockerfile(node: TreeNode | null): InlineDockerfile | null {
  return node?.kind === "text" && node.lines ? { text: node.text, lines: node.lines } : null;
}

/** A build has fewer; by their anchors, many builds can share as many as a file holds. */
const mostPairs = 500;

/** `NAME: value`, or a list of `NAME=value`. */
export function pairsOf(node: TreeNode | null): MentionPair[] {
  const entries = entriesOf(node).slice(0, mostPairs);
  if (node?.kind === "map") return entries.map(({ key, value }) => ({ name: key, value: wordAt(value) }));
  const items = itemsOf(node).slice(0, mostPairs);
  return items.flatMap((item) => {
    const word = wordAt(item);
    return word ? [pairIn(word.text, word.span.start)] : [];
  });
}

/** `NAME=value` as it stands at an offset; `NAME` alone takes its value from elsewhere. */
export function pairIn(text: string, start: number): MentionPair {
  const at = text.indexOf("=");
  const end = at < 0 ? text.length : at;
  const word = (from: number, to: number): MentionPair["name"] => ({
    text: text.slice(from, to),
    span: { start: start + from, end: start + to },
  });
  return { name: word(0, end), value: at < 0 ? null : word(at + 1, text.length) };
}
