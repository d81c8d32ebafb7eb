import * as vscode from "vscode";
import { commandTerminal, taskType } from "../docker/tasks.ts";
import { bold } from "../docker/terminal.ts";
import { instructionIn } from "./progress.ts";

/** Work that is shown as a task: its output in a terminal, its progress in a notification. Both can call it off. */

export interface ShownWork {
  readonly action: "measure" | "compare";
  readonly uri: vscode.Uri;
  /** The first line of the notification. */
  readonly title: string;
}

export interface Shown {
  readonly write: (text: string) => void;
  readonly report: (message: string, increment: number) => void;
  readonly signal: AbortSignal;
}

/** Resolves with what the work resolves with. Its task ends with 1 where `isGood` does not hold of that. */
export async function showWork<T>(
  { action, uri, title }: ShownWork,
  work: (shown: Shown) => Promise<T>,
  isGood: (result: T) => boolean,
): Promise<T> {
  const output = new vscode.EventEmitter<string>();
  const ended = new vscode.EventEmitter<number>();
  const abort = new AbortController();
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const terminal: vscode.Pseudoterminal = {
    onDidWrite: output.event,
    onDidClose: ended.event,
    open,
    close: () => abort.abort(),
    handleInput: (keys) => {
      if (keys.includes("\u0003")) abort.abort();
    },
  };
  const scope = vscode.workspace.getWorkspaceFolder(uri) ?? vscode.TaskScope.Workspace;
  const dockerfile = vscode.workspace.asRelativePath(uri, false);
  let isUsed = false;
  const execution = new vscode.CustomExecution(() => {
    // The same task again, from the list of those that were run, has nothing to do.
    const shown = isUsed ? commandTerminal(action) : terminal;
    isUsed = true;
    return Promise.resolve(shown);
  });
  const task = new vscode.Task(
    { type: taskType, action, dockerfile },
    scope,
    `${action} ${dockerfile}`,
    "Dockerfile",
    execution,
    [],
  );
  // Where a build fails, the editor shows the terminal all the same.
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent };
  const location = vscode.ProgressLocation.Notification;
  let exitCode = 1;
  let step = "";
  try {
    return await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
      token.onCancellationRequested(() => abort.abort());
      await vscode.tasks.executeTask(task);
      // The editor may forget to open it; the work does not wait for a place to show what it says.
      await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, longestOpening))]);
      const result = await work({
        write: (text) => {
          output.fire(text.replaceAll(/\r?\n/g, "\r\n"));
          const instruction = instructionIn(text);
          if (instruction !== null) progress.report({ message: `${step}: ${instruction}` });
        },
        report: (message, increment) => {
          step = message;
          progress.report({ message, increment });
        },
        signal: abort.signal,
      });
      if (abort.signal.aborted || isGood(result)) exitCode = 0;
      return result;
    });
  } finally {
    ended.fire(exitCode);
    output.dispose();
    ended.dispose();
  }
}

const longestOpening = 5000;

/** A line that stands out. */
export const heading = (text: string): string => `\n${bold(text)}\n`;
