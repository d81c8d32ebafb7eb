import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "../../scripts/root.ts";

/** Runs the built command line in a folder that each test has for itself. */

export const cli = path.join(root, "dist/cli.js");
export const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: readonly string[];
  readonly script?: string;
  /** Milliseconds to wait before the output is read. */
  readonly readAfter?: number;
}

let folder = "";

/** Gives each test of the file that calls it a folder of its own. */
export function useFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "dockerfile-stages-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
}

/** A path in the test's folder; the folder itself without a name. */
export const place = (name = ""): string => path.join(folder, name);

/** Runs the command line in the test's folder. */
export function run(
  args: readonly string[],
  { stdin, env, node = [], script = cli, readAfter = 0 }: Options = {},
): Promise<Finished> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, script, ...args], { cwd: folder, env: { ...inherited, ...env } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    setTimeout(() => child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk)), readAfter);
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => {
      // It may end without reading.
    });
    child.stdin.end(stdin);
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/** Writes a file into the test's folder and returns the name it was given. */
export function write(name: string, content: string | Buffer): string {
  const file = place(name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return name;
}
