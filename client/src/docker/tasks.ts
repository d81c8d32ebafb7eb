import * as vscode from "vscode";
import {
  absolutePath,
  type BuildDefinition,
  buildArguments,
  defineBuild,
  folderOf,
  goesElsewhere,
  isDefinition,
  tagOf,
  taskType,
} from "./definition.ts";
import { readOutput } from "./output.ts";
import type { Programs } from "./programs.ts";
import type { Remembered } from "./remembered.ts";
import { programTerminal, sayingTerminal } from "./terminal.ts";

/** Builds as tasks of the editor: programs with arguments, never a line for a shell. */

export { type BuildDefinition, buildArguments, isDefinition, taskType };

/** What the editor writes before the names of tasks. */
const source = "Dockerfile";

/** What the image of a stage is called. */
export const tagFor = (uri: vscode.Uri, stage: string | null): string => tagOf(uri.path, stage);

export const definitionFor = (
  uri: vscode.Uri,
  action: BuildDefinition["action"],
  target: string | null,
  tag: string | null,
  remembered: Remembered,
): BuildDefinition => defineBuild(vscode.workspace.asRelativePath(uri, false), action, target, tag, remembered);

/** What runs builds, and says why where it cannot. */
export interface Builder {
  readonly programs: Programs | null;
  readonly program: () => string;
  /** Why nothing can be built now, in words; `null` where something can. */
  readonly problem: () => Promise<string | null>;
}

/**
 * @param scope the folder that relative paths begin in, if there is one
 * @param detail what a user reads beside the task's name
 */
export function buildTask(
  builder: Builder,
  definition: BuildDefinition,
  scope: vscode.WorkspaceFolder | undefined,
  detail = "",
): vscode.Task {
  return taskOf(builder, definition, scope, scope, { ...definition }, detail);
}

/** The task that a file writes, or one that the editor lists because it was run before. */
export async function resolveTask(builder: Builder, given: vscode.Task): Promise<vscode.Task | undefined> {
  const { definition, scope } = given;
  if (!isDefinition(definition)) return resolveOther(builder, given);
  const folder = typeof scope === "object" ? scope : await folderWith(definition.dockerfile);
  return taskOf(builder, definition, folder, scope, given.definition, "");
}

/** Not builds: what commands run as tasks. */
function resolveOther({ program }: Builder, { definition, scope, name }: vscode.Task): vscode.Task | undefined {
  const { action, tag, platform } = definition;
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  if (action === "run" && typeof tag === "string") return taskOfRun(program(), tag, text(platform), scope, definition);
  if (action !== "measure" && action !== "compare") return undefined;
  const execution = new vscode.CustomExecution(() => Promise.resolve(commandTerminal(action)));
  return new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, name, source, execution, []);
}

/** What a task shows that only its command can run. */
export function commandTerminal(action: "measure" | "compare"): vscode.Pseudoterminal {
  const command = action === "measure" ? "Measure Stage Sizes" : "Compare Image Sizes…";
  return sayingTerminal(`Run the command “Dockerfile: ${command}” instead.`);
}

/** A task of the whole workspace begins in the folder that has its Dockerfile. */
async function folderWith(dockerfile: string): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  for (const folder of folders) {
    try {
      await vscode.workspace.fs.stat(vscode.Uri.file(absolutePath(dockerfile, folder.uri.fsPath)));
      return folder;
    } catch {
      // It is in another one.
    }
  }
  return folders[0];
}

/** How often the terminals of a task were asked for: the editor may ask for those of another one with the same definition. */
const begun = new Map<string, number>();

const keyOf = (definition: vscode.TaskDefinition): string => JSON.stringify(definition);

function taskOf(
  { programs, program, problem }: Builder,
  definition: BuildDefinition,
  folder: vscode.WorkspaceFolder | undefined,
  scope: vscode.Task["scope"],
  identity: vscode.TaskDefinition,
  detail: string,
): vscode.Task {
  const { action, dockerfile, target } = definition;
  const what = target === undefined ? dockerfile : `${target} (${dockerfile})`;
  const execution = new vscode.CustomExecution(async (resolved) => {
    const key = keyOf(identity);
    begun.set(key, (begun.get(key) ?? 0) + 1);
    const reason = await problem();
    if (reason !== null || !programs) return sayingTerminal(reason ?? "");
    // The editor has filled in variables.
    const wanted = isDefinition(resolved) ? resolved : definition;
    const start = folder?.uri.fsPath ?? folderOf(wanted.dockerfile);
    const file = absolutePath(wanted.dockerfile, start);
    const [command, build, ...args] = buildArguments(wanted, start);
    return programTerminal(programs, {
      program: program(),
      // Lines that stay as they are, for problems to be found in them.
      args: [command!, build!, "--progress=plain", ...args],
      cwd: start,
      ...sayImage(wanted),
      reader: () => readOutput(file),
    });
  });
  const name = action === "check" ? `check ${dockerfile}` : `build ${what}`;
  const task = new vscode.Task(identity, scope ?? vscode.TaskScope.Workspace, name, source, execution, [
    "$dockerfile-stages",
  ]);
  task.group = vscode.TaskGroup.Build;
  task.detail = [action === "check" ? "What BuildKit's checks say" : `An image of ${what}`, detail]
    .filter((part) => part !== "")
    .join("; ");
  return task;
}

/** What to look for once it is built, unless options say that it goes elsewhere. */
function sayImage(definition: BuildDefinition): { readonly done?: string } {
  const { action, tag } = definition;
  return action === "check" || tag === undefined || goesElsewhere(definition) ? {} : { done: `The image is ${tag}.` };
}

export function runTask(
  program: string,
  tag: string,
  platform: string | undefined,
  folder: vscode.WorkspaceFolder | undefined,
): vscode.Task {
  const definition = { type: taskType, action: "run", tag, ...(platform !== undefined && { platform }) };
  return taskOfRun(program, tag, platform, folder, definition);
}

function taskOfRun(
  program: string,
  tag: string,
  platform: string | undefined,
  scope: vscode.Task["scope"],
  definition: vscode.TaskDefinition,
): vscode.Task {
  const execution = new vscode.ProcessExecution(program, [
    "run",
    "--rm",
    "--interactive",
    "--tty",
    ...(platform === undefined || platform.includes(",") ? [] : [`--platform=${platform}`]),
    tag,
  ]);
  const name = `run ${tag}`;
  const task = new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, name, source, execution, []);
  task.presentationOptions = { focus: true };
  return task;
}

/**
 * Runs a task and answers the exit code of its process; `undefined` where it had none. The editor forgets what a task is made
 * of when another ends at the moment in which it starts, and would wait for its end for ever: such a task is begun again.
 */
export async function runToEnd(task: vscode.Task): Promise<number | undefined> {
  for (let tries = 1; ; tries++) {
    const { code, isForgotten } = await runOnce(task);
    if (!isForgotten || tries === mostTries) return code;
  }
}

const mostTries = 3;

interface Ended {
  readonly code: number | undefined;
  readonly isForgotten: boolean;
}

async function runOnce(task: vscode.Task): Promise<Ended> {
  const key = keyOf(task.definition);
  const before = begun.get(key) ?? 0;
  const isForgotten = (): boolean =>
    task.execution instanceof vscode.CustomExecution && (begun.get(key) ?? 0) === before;
  // A short task can end before it is known which one was begun.
  const started = new Set<vscode.TaskExecution>();
  const codes = new Map<vscode.TaskExecution, number | undefined>();
  const news = new vscode.EventEmitter<void>();
  const listening = [
    vscode.tasks.onDidStartTask(({ execution }) => {
      started.add(execution);
      news.fire();
    }),
    vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      codes.set(execution, exitCode);
      news.fire();
    }),
    vscode.tasks.onDidEndTask(({ execution }) => {
      if (!codes.has(execution)) codes.set(execution, undefined);
      news.fire();
    }),
    news,
  ];
  try {
    const execution = await vscode.tasks.executeTask(task);
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (codes.has(execution)) resolve();
        else if (started.has(execution) && isForgotten()) execution.terminate();
      };
      news.event(look);
      look();
    });
    return { code: codes.get(execution), isForgotten: isForgotten() };
  } finally {
    for (const each of listening) each.dispose();
  }
}
