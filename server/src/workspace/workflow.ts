import { type BuildMention, emptyMention, type MentionPair } from "./mentions.ts";
import { pairIn } from "./compose.ts";
import { scriptMentions } from "./scripts.ts";
import { entriesOf, itemsOf, linesOf, type TreeNode, type TreeText, valueAt, wordAt } from "./tree.ts";

/** The builds of a workflow of GitHub: steps that use Docker's action, and the commands of all others. */
export function workflowMentions(documents: readonly TreeNode[]): BuildMention[] {
  return documents
    .flatMap((document) => [
      ...entriesOf(valueAt(document, "jobs")).flatMap(({ value }) => itemsOf(valueAt(value, "steps"))),
      // A composite action.
      ...itemsOf(valueAt(document, "runs", "steps")),
    ])
    .flatMap(stepMentions);
}

const action = /^docker\/build-push-action(?:@|$)/;

function stepMentions(step: TreeNode): BuildMention[] {
  const name = wordAt(step, "name")?.text ?? wordAt(step, "id")?.text ?? "";
  if (action.test(wordAt(step, "uses")?.text ?? "")) {
    const settings = valueAt(step, "with");
    return [
      {
        ...emptyMention,
        kind: "workflow",
        name,
        span: step.span,
        context: wordAt(settings, "context"),
        dockerfile: wordAt(settings, "file"),
        dockerfileFrom: "start",
        start: "project",
        target: wordAt(settings, "target"),
        args: listedPairs(valueAt(settings, "build-args")),
        contexts: listedPairs(valueAt(settings, "build-contexts")),
      },
    ];
  }
  const run = valueAt(step, "run");
  return run?.kind === "text" ? scriptMentions(scriptLines(run), { kind: "workflow", name, start: "project" }) : [];
}

function scriptLines(text: TreeText): { readonly text: string; readonly start: number }[] {
  return linesOf(text);
}

/** `NAME=value` on each line. */
function listedPairs(node: TreeNode | null): MentionPair[] {
  if (node?.kind !== "text") return [];
  return linesOf(node).flatMap(({ text, start }) => {
    const from = /^\s*/.exec(text)![0].length;
    const trimmed = text.trim();
    return trimmed === "" || trimmed.startsWith("#") ? [] : [pairIn(trimmed, start + from)];
  });
}

/** Keys behind which other systems for pipelines keep their commands. */
const scriptKeys = new Set(["script", "before_script", "after_script", "run", "command", "commands", "bash"]);

/** The builds that the commands of any pipeline start: GitLab, CircleCI, Azure, Tekton and others. */
export function pipelineMentions(documents: readonly TreeNode[]): BuildMention[] {
  const found: BuildMention[] = [];
  const visit = (node: TreeNode, name: string): void => {
    if (node.kind === "list") for (const item of node.items) visit(item, name);
    if (node.kind !== "map") return;
    for (const { key, value } of node.entries) {
      if (scriptKeys.has(key.text) && (value.kind === "text" || value.kind === "list")) {
        const texts = value.kind === "text" ? [value] : value.items.filter((item) => item.kind === "text");
        for (const text of texts)
          found.push(...scriptMentions(linesOf(text), { kind: "workflow", name, start: "project" }));
      } else visit(value, key.text);
    }
  };
  for (const document of documents) visit(document, "");
  return found;
}
