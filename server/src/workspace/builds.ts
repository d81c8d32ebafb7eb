import { cleanPath } from "../text/paths.ts";
import { LineIndex } from "../text/range.ts";
import { bakeMentions } from "./bake.ts";
import { composeMentions } from "./compose.ts";
import { devcontainerMentions } from "./devcontainer.ts";
import { readJsonTree } from "./json.ts";
import { type BuildMention, type FoundBuild, mentionedDockerfile, type MentioningFile } from "./mentions.ts";
import { makeMentions, scriptMentions, shellMentions } from "./scripts.ts";
import { entriesOf, linesOf, type TreeNode, valueAt } from "./tree.ts";
import { pipelineMentions, workflowMentions } from "./workflow.ts";
import { readYaml } from "./yaml.ts";

/** Reads HCL; made when the first such file is there, for it is large. `null` for what cannot be read. */
export type HclReader = (text: string) => TreeNode | null;

/** The builds that a file mentions. */
type Reading = (text: string, hcl: HclReader | null) => readonly BuildMention[];

/** What a kind of file is called, by its name or its path from the project's folder, and how it is read. */
const kinds: readonly (readonly [path: RegExp, read: Reading])[] = [
  [/(?:^|[/.])(?:docker-)?compose(?:[._-][^/]*)?\.ya?ml$/, (text) => composeMentions(readYaml(text))],
  [/^\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/, (text) => workflowMentions(readYaml(text))],
  [
    /(?:^|[/.])(?:gitlab-ci|drone|azure-pipelines|bitbucket-pipelines|\.travis)(?:[.-][^/]*)?\.ya?ml$|^\.circleci\/[^/]+\.ya?ml$/,
    (text) => pipelineMentions(readYaml(text)),
  ],
  [/(?:^|\/)(?:docker-bake(?:\.[^/]*)?|[^/]*\.bake)\.hcl$/, (text, hcl) => bakeOf(hcl?.(text) ?? null)],
  [/(?:^|\/)(?:docker-bake(?:\.[^/]*)?|[^/]*\.bake)\.json$/, (text) => bakeOf(readJsonTree(text))],
  [/(?:^|\/)\.?devcontainer\.json$/, (text) => treeMentions(readJsonTree(text), devcontainerMentions)],
  [/(?:^|\/)(?:GNUm|[mM])akefile$|\.mk$/, makeMentions],
  [/\.(?:sh|bash)$/, shellMentions],
  [/(?:^|\/)package\.json$/, (text) => treeMentions(readJsonTree(text), packageMentions)],
];

function bakeOf(root: TreeNode | null): readonly BuildMention[] {
  return root ? bakeMentions(root) : [];
}

function treeMentions(root: TreeNode | null, read: (root: TreeNode) => BuildMention[]): readonly BuildMention[] {
  return root ? read(root) : [];
}

/** The builds that the scripts of a `package.json` start. */
function packageMentions(root: TreeNode): BuildMention[] {
  return entriesOf(valueAt(root, "scripts")).flatMap(({ key, value }) =>
    value.kind === "text" ? scriptMentions(linesOf(value), { kind: "package", name: key.text, start: "folder" }) : [],
  );
}

/** Whether a file of this path may mention builds. */
export function mayMentionBuilds(path: string): boolean {
  return kinds.some(([pattern]) => pattern.test(path));
}

/** Whether reading a file takes {@link HclReader}. */
export function isHcl(path: string): boolean {
  return path.endsWith(".hcl");
}

/** Globs of the files for which {@link mayMentionBuilds} may hold, for whoever searches or watches a project. */
export const buildFileGlobs: readonly string[] = [
  "**/*compose*.{yml,yaml}",
  ".github/workflows/*.{yml,yaml}",
  "**/action.{yml,yaml}",
  "**/*{gitlab-ci,drone,azure-pipelines,bitbucket-pipelines,.travis}*.{yml,yaml}",
  ".circleci/*.{yml,yaml}",
  "**/{docker-bake*,*.bake}.{hcl,json}",
  "**/{devcontainer,.devcontainer}.json",
  "**/{Makefile,makefile,GNUmakefile,*.mk}",
  "**/*.{sh,bash}",
  "**/package.json",
];

/** Larger files are not read. */
const largest = 1_000_000;

/** The builds that a file mentions; none where it is of no kind that does. Never throws. */
export function mentionsIn(path: string, text: string, hcl: HclReader | null): readonly BuildMention[] {
  if (text.length > largest) return [];
  const kind = kinds.find(([pattern]) => pattern.test(path));
  return kind ? kind[1](text, hcl) : [];
}

/** The builds that the files of one project mention. */
export class BuildIndex {
  readonly #files = new Map<string, { readonly file: MentioningFile; readonly found: readonly Located[] }>();
  #byDockerfile: Map<string, FoundBuild[]> | null = null;

  /** @param path from the project's folder */
  set(path: string, uri: string, text: string, hcl: HclReader | null): void {
    const mentions = mentionsIn(path, text, hcl);
    if (mentions.length === 0) {
      this.delete(path);
      return;
    }
    const found = mentions.map((mention) => ({ mention, dockerfile: mentionedDockerfile(mention, path) }));
    this.#files.set(path, { file: { uri, path, lines: new LineIndex(text) }, found });
    this.#byDockerfile = null;
  }

  delete(path: string): void {
    if (this.#files.delete(path)) this.#byDockerfile = null;
  }

  /** The builds of a Dockerfile; the same array until a file changes. */
  of(dockerfile: string): readonly FoundBuild[] {
    this.#byDockerfile ??= this.#group();
    return this.#byDockerfile.get(cleanPath(dockerfile)) ?? none;
  }

  /** What one file mentions, and the Dockerfiles that it is about, as paths from the project's folder. */
  inFile(path: string): readonly Located[] {
    return this.#files.get(path)?.found ?? [];
  }

  #group(): Map<string, FoundBuild[]> {
    const groups = new Map<string, FoundBuild[]>();
    for (const { file, found } of this.#files.values()) {
      for (const { mention, dockerfile } of found) {
        if (dockerfile === null) continue;
        const group = groups.get(dockerfile);
        if (group) group.push({ file, mention });
        else groups.set(dockerfile, [{ file, mention }]);
      }
    }
    return groups;
  }
}

/** A mention and the Dockerfile it is about; `null` where that is no file of the project. */
export interface Located {
  readonly mention: BuildMention;
  readonly dockerfile: string | null;
}

const none: readonly FoundBuild[] = [];
