import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/root.ts";
import type { BuildFile } from "../../server/src/features/other-files.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { BuildIndex, type HclReader, isHcl, mayMentionBuilds } from "../../server/src/workspace/builds.ts";
import { hclPrograms, makeHclReader } from "../../server/src/workspace/hcl.ts";

/** The files of a project in one text: each begins behind a line `--- path`; the first may do without and is `Dockerfile`. */
export interface ProjectText {
  readonly path: string;
  readonly text: string;
  /** Where it begins in the whole text. */
  readonly start: number;
}

export function splitFiles(text: string): readonly ProjectText[] {
  const files: ProjectText[] = [];
  let name = "Dockerfile";
  let start = 0;
  for (const match of text.matchAll(/^--- (\S+)\n/gm)) {
    if (match.index > 0) files.push({ path: name, text: text.slice(start, match.index), start });
    name = match[1]!;
    start = match.index + match[0].length;
  }
  files.push({ path: name, text: text.slice(start), start });
  return files;
}

export interface Project {
  readonly files: readonly ProjectText[];
  readonly index: BuildIndex;
  readonly dockerfile: (path: string) => { readonly uri: string; readonly analysis: Analysis } | null;
  readonly buildFile: (path: string) => BuildFile | null;
}

export const projectUri = (file: string): string => `file:///project/${file}`;

let hcl: Promise<HclReader> | undefined;

function hclReader(): Promise<HclReader> {
  const folders = ["web-tree-sitter", "@tree-sitter-grammars/tree-sitter-hcl"];
  const [core, grammar] = hclPrograms.map((name, i) =>
    readFileSync(path.join(root, "node_modules", folders[i]!, name)),
  );
  return (hcl ??= makeHclReader(core!, grammar!));
}

export async function readProject(text: string): Promise<Project> {
  const files = splitFiles(text);
  const index = new BuildIndex();
  for (const file of files) {
    if (!mayMentionBuilds(file.path)) index.setDockerfile(file.path, true);
    else index.set(file.path, projectUri(file.path), file.text, isHcl(file.path) ? await hclReader() : null);
  }
  const dockerfile: Project["dockerfile"] = (name) => {
    const found = files.find((file) => file.path === name);
    return found ? { uri: projectUri(name), analysis: analyze(found.text) } : null;
  };
  return {
    files,
    index,
    dockerfile,
    buildFile: (name) => {
      const file = index.file(name);
      return file && { file, builds: index.inFile(name), dockerfileOf: dockerfile };
    },
  };
}
