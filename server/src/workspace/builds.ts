import { cleanPath, lastPart } from "../text/paths.ts";
import { LineIndex } from "../text/range.ts";
import { bakeMentions } from "./bake.ts";
import { composeMentions } from "./compose.ts";
import { devcontainerMentions } from "./devcontainer.ts";
import { readJsonTree } from "./json.ts";
import { type BuildMention, type FoundBuild, mentionedDockerfiles, type MentioningFile } from "./mentions.ts";
import { movedMentions } from "./moved.ts";
import { makeMentions, scriptMentions, shellMentions } from "./scripts.ts";
import { entriesOf, placedText, type TreeNode, valueAt } from "./tree.ts";
import { pipelineMentions, workflowMentions } from "./workflow.ts";
import { readYaml } from "./yaml.ts";

/** Reads HCL; made when the first such file is there, for it is large. `null` for what cannot be read. */
export type HclReader = (text: string) => HclFile | null;

export interface HclFile {
  readonly root: TreeNode;
  /** Whether the text has mistakes, which can hide any part of it. */
  readonly isBroken: boolean;
}

/** The builds that a file mentions. */
type Reading = (text: string, hcl: HclReader | null) => readonly BuildMention[];

/** A kind of file: what it is called, by its name or its path from the project's folder, and how it is read. */
interface Kind {
  readonly path: RegExp;
  /** What a file without it has nothing to say about builds: most need not be read at all. */
  readonly needs: RegExp;
  readonly read: Reading;
}

const anyBuilder = /docker|podman|buildah|nerdctl/i;

const kinds: readonly Kind[] = [
  {
    path: /(?:^|[/.])(?:docker-)?compose(?:[._-][^/]*)?\.ya?ml$/,
    needs: /\bbuild\b/,
    read: (text) => composeMentions(readYaml(text)),
  },
  {
    path: /^\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/,
    needs: anyBuilder,
    read: (text) => workflowMentions(readYaml(text)),
  },
  {
    path: /(?:^|[/.])(?:gitlab-ci|drone|azure-pipelines|bitbucket-pipelines|travis)(?:[.-][^/]*)?\.ya?ml$|^\.circleci\/[^/]+\.ya?ml$/,
    needs: anyBuilder,
    read: (text) => pipelineMentions(readYaml(text)),
  },
  {
    path: /(?:^|\/)(?:docker-bake(?:\.[^/]*)?|[^/]*\.bake)\.hcl$/,
    needs: /\btarget\b/,
    read: (text, hcl) => bakeOf(hcl?.(text)?.root ?? null),
  },
  {
    path: /(?:^|\/)(?:docker-bake(?:\.[^/]*)?|[^/]*\.bake)\.json$/,
    needs: /\btarget\b/,
    read: (text) => bakeOf(readJsonTree(text)),
  },
  {
    path: /(?:^|\/)\.?devcontainer\.json$/,
    needs: /docker[fF]ile/,
    read: (text) => treeMentions(readJsonTree(text), devcontainerMentions),
  },
  { path: /(?:^|\/)(?:GNUm|[mM])akefile$|\.mk$/, needs: anyBuilder, read: makeMentions },
  { path: /\.(?:sh|bash)$/, needs: anyBuilder, read: shellMentions },
  {
    path: /(?:^|\/)package\.json$/,
    needs: anyBuilder,
    read: (text) => treeMentions(readJsonTree(text), packageMentions),
  },
];

function bakeOf(root: TreeNode | null): readonly BuildMention[] {
  return root ? bakeMentions(root) : [];
}

function treeMentions(root: TreeNode | null, read: (root: TreeNode) => BuildMention[]): readonly BuildMention[] {
  return root ? read(root) : [];
}

/** The builds that the scripts of a `package.json` start. */
function packageMentions(root: TreeNode): BuildMention[] {
  return entriesOf(valueAt(root, "scripts")).flatMap(({ key, value }) => {
    const script = value.kind === "text" ? placedText(value) : null;
    return script ? scriptMentions(script, { kind: "package", name: key.text, start: "folder" }) : [];
  });
}

/** Whether a file of this path may mention builds. */
export function mayMentionBuilds(path: string): boolean {
  return kinds.some((kind) => kind.path.test(path));
}

/** Whether reading a file takes {@link HclReader}. */
export function isHcl(path: string): boolean {
  return path.endsWith(".hcl");
}

/** Globs of the files for which {@link mayMentionBuilds} may hold, for whoever searches or watches a project; braces are not nested. */
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

/** Globs of Dockerfiles, by the names under which editors know them. */
export const dockerfileGlobs: readonly string[] = [
  "**/{Dockerfile,dockerfile,Containerfile,containerfile}",
  "**/{Dockerfile,dockerfile,Containerfile,containerfile}.*",
  "**/*.{dockerfile,Dockerfile,containerfile,Containerfile}",
];

const dockerfileName = /^(?:(?:docker|container)file(?:\..+)?|.+\.(?:docker|container)file)$/i;

/** Whether an editor takes a file of this path for a Dockerfile. */
export function isDockerfilePath(path: string): boolean {
  const name = lastPart(path);
  return dockerfileName.test(name) && !name.endsWith(".dockerignore");
}

/** Larger files are not read. */
const largest = 1_000_000;

/** The builds that a file mentions; none where it is of no kind that does. Never throws. */
export function mentionsIn(path: string, text: string, hcl: HclReader | null): readonly BuildMention[] {
  if (text.length > largest) return [];
  const kind = kinds.find((each) => each.path.test(path));
  return kind?.needs.test(text) ? kind.read(text, hcl) : [];
}

/**
 * The builds that the files of one project mention. A file with another text is given again; what does not change keeps its
 * identity. All paths are from the project's folder.
 */
export class BuildIndex {
  readonly #files = new Map<string, IndexedFile>();
  readonly #dockerfiles = new Set<string>();
  #groups: ReadonlyMap<string, readonly FoundBuild[]> = new Map();
  #located = new Map<string, readonly Located[]>();
  #candidates: ReadonlySet<string> | null = null;
  #isCurrent = true;

  /** @returns whether something changed */
  set(path: string, uri: string, text: string, hcl: HclReader | null): boolean {
    const before = this.#files.get(path);
    if (before?.file.lines.text === text && before.file.uri === uri) return false;
    const mentions = this.#read(path, text, hcl, before);
    if (mentions.length === 0) return this.delete(path);
    const candidates = mentions.map((mention) => mentionedDockerfiles(mention, path));
    this.#files.set(path, { file: { uri, path, lines: new LineIndex(text) }, mentions, candidates });
    this.#isCurrent = false;
    return true;
  }

  delete(path: string): boolean {
    if (!this.#files.delete(path)) return false;
    this.#isCurrent = false;
    return true;
  }

  /** Says whether there is a Dockerfile, for mentions that may mean one of several. */
  setDockerfile(path: string, isThere: boolean): void {
    if (this.#dockerfiles.has(path) === isThere) return;
    if (isThere) this.#dockerfiles.add(path);
    else this.#dockerfiles.delete(path);
    this.#isCurrent = false;
  }

  /** The builds of a Dockerfile; the same array until one of them changes. */
  of(dockerfile: string): readonly FoundBuild[] {
    this.#update();
    return this.#groups.get(cleanPath(dockerfile)) ?? none;
  }

  /** What one file mentions. */
  inFile(path: string): readonly Located[] {
    this.#update();
    return this.#located.get(path) ?? [];
  }

  /** The file itself, as it was read last; `null` where it mentions no build. */
  file(path: string): MentioningFile | null {
    return this.#files.get(path)?.file ?? null;
  }

  /** The files that mention builds. */
  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** All files that mentions may mean as their Dockerfile, there or not. */
  candidates(): ReadonlySet<string> {
    this.#update();
    if (!this.#candidates) {
      const found = new Set<string>();
      for (const located of this.#located.values())
        for (const { candidates } of located) for (const candidate of candidates) found.add(candidate);
      this.#candidates = found;
    }
    return this.#candidates;
  }

  /** Where a mistake hides builds that the text had before, these are kept. */
  #read(path: string, text: string, hcl: HclReader | null, before: IndexedFile | undefined): readonly BuildMention[] {
    const read: (HclFile | null)[] = [];
    const mentions = mentionsIn(path, text, (source) => {
      read.push(hcl?.(source) ?? null);
      return read[0]!;
    });
    if (!before || read.every((file) => file?.isBroken === false)) return mentions;
    const names = new Set(mentions.map(({ name }) => name));
    const hidden = before.mentions.filter(({ name }) => !names.has(name));
    return [...mentions, ...movedMentions(hidden, before.file.lines.text, text)];
  }

  #update(): void {
    if (this.#isCurrent) return;
    this.#isCurrent = true;
    this.#candidates = null;
    const placed = this.#placed();
    const groups = new Map<string, FoundBuild[]>();
    this.#located = new Map();
    for (const [path, { file, mentions, candidates: own }] of this.#files) {
      const located = mentions.map((mention, i) => {
        const merged = isMerged(mention) && !isPlaced(mention) ? placed.get(mergeKey(mention, path)) : undefined;
        const candidates = merged ? mentionedDockerfiles(merged, path) : own[i]!;
        const there = candidates.filter((candidate) => this.#dockerfiles.has(candidate));
        const dockerfile = there[0] ?? candidates[0] ?? null;
        if (dockerfile !== null) {
          const group = groups.get(dockerfile);
          if (group) group.push({ file, mention });
          else groups.set(dockerfile, [{ file, mention }]);
        }
        return { mention, candidates, dockerfile, isSure: there.length === 1 };
      });
      this.#located.set(path, located);
    }
    for (const [dockerfile, group] of groups) {
      const before = this.#groups.get(dockerfile);
      if (before?.length === group.length && before.every((build, i) => isSame(build, group[i]!)))
        groups.set(dockerfile, before as FoundBuild[]);
    }
    this.#groups = groups;
  }

  /** What files of a folder say about where a build is, for others that are merged with them and say less about it. */
  #placed(): Map<string, BuildMention> {
    const placed = new Map<string, BuildMention>();
    for (const [path, { mentions }] of this.#files) {
      for (const mention of mentions) {
        if (!isMerged(mention) || !isPlaced(mention)) continue;
        const key = mergeKey(mention, path);
        if (!placed.has(key)) placed.set(key, mention);
      }
    }
    return placed;
  }
}

interface IndexedFile {
  readonly file: MentioningFile;
  readonly mentions: readonly BuildMention[];
  /** Of each of them, what {@link mentionedDockerfiles} says. */
  readonly candidates: readonly (readonly string[])[];
}

/** A mention and the Dockerfile it is about. */
export interface Located {
  readonly mention: BuildMention;
  /** The files that may be meant, the likeliest first. */
  readonly candidates: readonly string[];
  /** The one that is; `null` where that is no file of the project. */
  readonly dockerfile: string | null;
  /** Whether it is there, and no other that may be meant. */
  readonly isSure: boolean;
}

const none: readonly FoundBuild[] = [];

function isSame(a: FoundBuild, b: FoundBuild): boolean {
  return a.file === b.file && a.mention === b.mention;
}

/** Whether it says where a build is. */
export function isPlaced({ context, dockerfile, inline }: BuildMention): boolean {
  return context !== null || dockerfile !== null || inline !== null;
}

/** Compose and Bake merge what several files say: `compose.override.yaml` may name a target and nothing else. */
export function isMerged({ kind }: BuildMention): boolean {
  return kind === "compose" || kind === "bake";
}

/** The same for mentions that are merged. */
export function mergeKey({ kind, name }: BuildMention, path: string): string {
  return `${kind}\n${path.slice(0, path.lastIndexOf("/") + 1)}\n${name}`;
}
