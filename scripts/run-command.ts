import { spawn } from "node:child_process";
import path from "node:path";
import { root } from "./root.ts";

export interface Finished {
  readonly code: number;
  /** What it wrote to both streams, in order; empty when they were passed on. */
  readonly output: string;
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Pass the output on as it comes, instead of collecting it. */
  readonly show?: boolean;
}

/** Runs a command to its end; never throws for its exit code. */
export function runCommand(command: string, args: readonly string[], options: Options = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: options.show ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a script of this repository with the Node that runs this one. */
export const runScript = (script: string, args: readonly string[] = [], options?: Options): Promise<Finished> =>
  runCommand(process.execPath, [path.join(root, "scripts/run.cjs"), script, ...args], options);

/** The path of a package's command in node_modules/.bin, for `runNode`. */
export const bin = (packageFile: string): string => path.join(root, "node_modules", packageFile);
