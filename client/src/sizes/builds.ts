import * as vscode from "vscode";
import type { BuildDefinition } from "../docker/definition.ts";
import type { Docker } from "../docker/docker.ts";
import type { Programs, TemporaryFolder } from "../docker/programs.ts";
import { buildArguments, definitionFor } from "../docker/tasks.ts";
import { fileName } from "../documents.ts";
import { type Builder, type Built, buildImage, hasEngine, removeImages } from "./build.ts";
import { measuringOptions } from "./options.ts";
import type { Shown } from "./terminal.ts";

/** How a Dockerfile is built: as the user's own builds of it are, with its context, arguments and platform. */
export interface BuildSettings {
  readonly uri: vscode.Uri;
  readonly definition: BuildDefinition;
  readonly folder: string;
  /** What a user should know: sentences. */
  readonly remarks: readonly string[];
}

/** May ask for the build context; `undefined` where the user does not want to answer. */
export async function settingsFor(docker: Docker, uri: vscode.Uri): Promise<BuildSettings | undefined> {
  const settings = await docker.settingsFor(uri);
  if (!settings) return undefined;
  const [platform = "", ...others] = settings.platform.split(",").map((each) => each.trim());
  const options = measuringOptions(settings.options);
  const definition = definitionFor(uri, "build", null, null, { ...settings, platform, options });
  const context = definition.context ?? vscode.Uri.joinPath(uri, "..").fsPath;
  return {
    uri,
    definition: { ...definition, context },
    folder: vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? "",
    remarks: others.length > 0 ? [`Of the platforms only the first is built: ${platform}.`] : [],
  };
}

export interface Builds {
  /** Makes a copy of a Dockerfile with that text; answers what builds a stage of it. */
  readonly ofText: (settings: BuildSettings, text: string) => Promise<(target: string) => Promise<Built>>;
}

/** `use` may build for as long as it goes on; then all that was made is removed. */
export async function withBuilds<T>(
  docker: Docker,
  programs: Programs,
  { write, signal }: Shown,
  use: (builds: Builds) => Promise<T>,
): Promise<T> {
  const program = docker.program();
  const engine = await hasEngine(programs, program, signal);
  const run = crypto.randomUUID().slice(0, 8);
  const folders: TemporaryFolder[] = [];
  const tags: string[] = [];
  const ofText: Builds["ofText"] = async ({ uri, definition, folder }, text) => {
    const temporary = await programs.makeFolder();
    folders.push(temporary);
    const copy = vscode.Uri.joinPath(vscode.Uri.file(temporary.path), fileName(uri));
    await vscode.workspace.fs.writeFile(copy, new TextEncoder().encode(text));
    await copyIgnoreFile(uri, copy);
    const builder: Builder = {
      programs,
      program,
      cwd: folder === "" ? undefined : folder,
      hasEngine: engine,
      argumentsFor: (target) =>
        buildArguments({ ...definition, dockerfile: copy.fsPath, target }, folder).filter((word) => word !== "--load"),
      write,
    };
    return (target) => {
      const tag = `dockerfile-stages-sizes:${run}-${tags.length}`;
      tags.push(tag);
      return buildImage(builder, target, tag, signal);
    };
  };
  try {
    return await use({ ofText });
  } finally {
    if (engine) await removeImages(programs, program, tags);
    for (const folder of folders) await folder.remove().catch(() => {});
  }
}

/** BuildKit looks beside a Dockerfile before it looks into the build context. */
async function copyIgnoreFile(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const beside = (uri: vscode.Uri): vscode.Uri => uri.with({ path: `${uri.path}.dockerignore` });
  try {
    await vscode.workspace.fs.copy(beside(from), beside(to));
  } catch {
    // There is none.
  }
}
