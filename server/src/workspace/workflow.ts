import { type BuildMention, emptyMention, type MentionPair } from "./mentions.ts";
import { pairIn } from "./compose.ts";
import { scriptMentions } from "./scripts.ts";
import { entriesOf, itemsOf, linesOf, placedText, type TreeNode, valueAt, wordAt } from "./tree.ts";

/** The builds of a workflow of GitHub: steps that use Docker's action, and the commands of all others. */
export function workflowMentions(documents: readonly TreeNode[]): BuildMention[] {
  return documents.flatMap((document) => {
    const folderOfAll = valueAt(document, ...defaultFolder);
    return [
      ...entriesOf(valueAt(document, "jobs")).flatMap(({ value: job }) => {
        const folder = valueAt(job, ...defaultFolder) ?? folderOfAll;
        return itemsOf(valueAt(job, "steps")).flatMap((step) => stepMentions(step, folder));
      }),
      // A composite action.
      ...itemsOf(valueAt(document, "runs", "steps")).flatMap((step) => stepMentions(step, null)),
    ];
  });
}

const defaultFolder = ["defaults", "run", "working-directory"];

const action = /^docker\/build-push-action(?:@|$)/;

function stepMentions(step: TreeNode, defaults: TreeNode | null): BuildMention[] {
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
        platforms: (wordAt(settings, "platforms")?.text ?? "").split(/[\s,]+/).filter((each) => each !== ""),
      },
    ];
  }
  const run = valueAt(step, "run");
  const script = run?.kind === "text" ? placedText(run) : null;
  if (!script) return [];
  // The folder of a step is that of its job, and of all jobs, where it names none.
  const folder = valueAt(step, "working-directory") ?? defaults;
  return scriptMentions(script, { kind: "workflow", name, start: "project" }).map((mention) =>
    inFolder(mention, folder),
  );
}

/** A mention whose script starts in another folder. */
function inFolder(mention: BuildMention, folder: TreeNode | null): BuildMention {
  if (folder === null || mention.within === null) return mention;
  return { ...mention, within: folder.kind === "text" ? `${folder.text}/${mention.within}` : null };
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
  // What an anchor names can stand in many places.
  const visited = new Set<TreeNode>();
  const visit = (node: TreeNode, name: string): void => {
    if (visited.has(node)) return;
    visited.add(node);
    if (node.kind === "list") for (const item of node.items) visit(item, name);
    if (node.kind !== "map") return;
    for (const { key, value } of node.entries) {
      if (scriptKeys.has(key.text) && (value.kind === "text" || value.kind === "list")) {
        const texts = value.kind === "text" ? [value] : value.items.filter((item) => item.kind === "text");
        for (const text of texts) {
          const script = placedText(text);
          if (script) found.push(...scriptMentions(script, { kind: "workflow", name, start: "project" }));
        }
      } else visit(value, key.text);
    }
  };
  for (const document of documents) visit(document, "");
  return found;
}
