// What the tests with an engine share. They ask the engine through its own program, never through the extension.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { type Ended, run } from "../../docker/engine/commands.ts";
import { type Answer, answerPrefix } from "../suite/prefix.ts";
import { ok, until } from "../suite/support.ts";
import { label } from "./base.ts";

export const docker = (...args: string[]): Promise<Ended> => run(process.env["TEST_DOCKER"] ?? "docker", args);

export async function mustDocker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await docker(...args);
  ok(code === 0, `docker ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout.trim();
}

/** Beside images of other runs and of other people. */
export const mark = `${label}=${randomUUID()}`;

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** The ids of all images that bear the mark, with a name or without. */
export async function markedImages(): Promise<string[]> {
  const ids = await mustDocker("images", "--all", "--quiet", "--no-trunc", "--filter", `label=${mark}`);
  return [...new Set(lines(ids))].toSorted();
}

export const containers = async (): Promise<string[]> =>
  lines(await mustDocker("ps", "--all", "--quiet", "--filter", `label=${mark}`));

/** Removes what tests have made. */
export async function removeImages(): Promise<void> {
  for (const id of await containers()) await docker("rm", "--force", id);
  for (const id of await markedImages()) await docker("rmi", "--force", id);
}

export interface Image {
  readonly Id: string;
  readonly Size: number;
  readonly Architecture: string;
  readonly Os: string;
  readonly Config: {
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
}

/** What the engine knows of an image; `undefined` where it has none of that name. */
export async function imageOf(name: string): Promise<Image | undefined> {
  const { code, stdout } = await docker("image", "inspect", name);
  return code === 0 ? (JSON.parse(stdout) as Image[])[0] : undefined;
}

export async function mustHave(name: string): Promise<Image> {
  const image = await imageOf(name);
  ok(image, `the engine has no ${name}; it has ${await mustDocker("images")}`);
  return image;
}

/** A file of an image. */
export async function fileIn(image: string, path: string): Promise<string> {
  const id = await mustDocker("create", image, "nothing");
  try {
    // A file comes as an archive with a header of 512 bytes.
    const archive = await mustDocker("cp", `${id}:${path}`, "-");
    return archive.slice(512).replaceAll("\0", "");
  } finally {
    await docker("rm", id);
  }
}

function opened(): vscode.Uri {
  const found = vscode.workspace.workspaceFolders?.[0];
  ok(found, "no folder is open");
  return found.uri;
}

/** Writes files into the open folder, and opens the first. */
export async function makeProject(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<vscode.TextDocument> {
  const uris: vscode.Uri[] = [];
  for (const [name, content] of Object.entries(files)) {
    const uri = vscode.Uri.joinPath(opened(), folder, name);
    await vscode.workspace.fs.writeFile(uri, typeof content === "string" ? new TextEncoder().encode(content) : content);
    uris.push(uri);
  }
  const document = await vscode.workspace.openTextDocument(uris[0]!);
  await vscode.window.showTextDocument(document);
  return document;
}

/** How a task ended. */
export interface EndedTask {
  readonly code: number | undefined;
  /** The name of the image that it was to make. */
  readonly tag: string;
}

/** How the next task ends that is as `accept` wants it, begun by `begin`. */
export async function endOfTask(
  begin: () => Thenable<unknown>,
  accept: (task: vscode.Task) => boolean = ({ definition }) => definition["action"] !== "run",
): Promise<EndedTask> {
  let ended: EndedTask | undefined;
  const listening = vscode.tasks.onDidEndTaskProcess(({ execution: { task }, exitCode }) => {
    if (task.definition.type !== "dockerfile-stages" || !accept(task)) return;
    ended ??= { code: exitCode, tag: String(task.definition["tag"] ?? "") };
  });
  try {
    await begin();
    return await until("the task's end", () => ended, 25_000);
  } finally {
    listening.dispose();
  }
}

/** Builds a stage with the extension's command; `""` stands for the last one. */
export const build = (document: vscode.TextDocument, target: string): Promise<EndedTask> =>
  endOfTask(() => vscode.commands.executeCommand("dockerfileStages.buildStage", document.uri.toString(), target));

/** The name of the image of a build that succeeds. */
export async function mustBuild(document: vscode.TextDocument, target: string): Promise<string> {
  const { code, tag } = await build(document, target);
  ok(code === 0, `the build ended with ${code}`);
  return tag;
}

/** Whether there is somebody to answer what the workbench asks. */
export const hasUser = process.env["TEST_ANSWERS"] !== undefined;

/** Has the next questions answered. */
export function answer(...answers: Answer[]): void {
  console.log(answerPrefix + JSON.stringify(answers));
}
