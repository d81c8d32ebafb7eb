import * as vscode from "vscode";
import type { OutputReader } from "./output.ts";
import type { Programs } from "./programs.ts";
import { joinWords } from "./words.ts";

/** Terminals of tasks that run a program and show what it writes. */

export interface Shown {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** What is said at the end where all went well. */
  readonly done?: string;
  /** What is shown of each line, of what the program writes and of its messages apart. */
  readonly reader: () => OutputReader;
}

/** Runs a program; `Ctrl+C` and the end of the terminal end it. */
export function programTerminal(
  programs: Programs,
  { program, args, cwd, done, reader }: Shown,
): vscode.Pseudoterminal {
  const output = new vscode.EventEmitter<string>();
  const ended = new vscode.EventEmitter<number>();
  const abort = new AbortController();
  const show = (lines: readonly string[]): void => {
    if (lines.length > 0) output.fire(lines.map((line) => `${line}\r\n`).join(""));
  };
  const run = async (): Promise<number> => {
    const [written, messages] = [readLines(reader(), show), readLines(reader(), show)];
    try {
      return await programs.run(program, args, {
        cwd,
        onOutput: written.add,
        onMessages: messages.add,
        signal: abort.signal,
      });
    } catch (error) {
      show([`'${program}' cannot be started: ${error instanceof Error ? error.message : String(error)}`]);
      return 127;
    } finally {
      messages.end();
      written.end();
    }
  };
  return {
    onDidWrite: output.event,
    onDidClose: ended.event,
    open: () => {
      show([bold(`> ${printable(joinWords([program, ...args]))}`)]);
      void Promise.all([run(), shortest()]).then(([code]) => {
        if (code === 0 && done !== undefined) show([bold(done)]);
        ended.fire(code);
      });
    },
    close: () => abort.abort(),
    handleInput: (keys) => {
      if (keys.includes("\u0003")) abort.abort();
    },
  };
}

/** The editor says of what ends sooner that it could not be launched, and may not show what it wrote. */
const shortest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 700));

/** Text that stands out. */
export const bold = (text: string): string => `\u001B[1m${text}\u001B[0m`;

/** A terminal that says a sentence, and ends as a failure. */
export function sayingTerminal(sentence: string): vscode.Pseudoterminal {
  const output = new vscode.EventEmitter<string>();
  const ended = new vscode.EventEmitter<number>();
  return {
    onDidWrite: output.event,
    onDidClose: ended.event,
    open: () => {
      output.fire(`${sentence}\r\n`);
      void shortest().then(() => ended.fire(1));
    },
    close: () => {},
  };
}

/** What is longer is shown in parts: some programs never end a line. */
const longestLine = 50_000;

/** Characters and lines may come in parts. */
function readLines(
  { read, end }: OutputReader,
  show: (lines: readonly string[]) => void,
): { readonly add: (bytes: Uint8Array) => void; readonly end: () => void } {
  const decoder = new TextDecoder();
  let rest = "";
  const take = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longestLine) {
      lines.push(rest);
      rest = "";
    }
    show(lines.flatMap((line) => read(line.replace(/\r$/, ""))));
  };
  return {
    add: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => {
      take(decoder.decode());
      show([...(rest === "" ? [] : read(rest)), ...end()]);
      rest = "";
    },
  };
}

/** Without what a terminal would take for orders. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must go
  return text.replaceAll("\n", "⏎").replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, "�");
}
