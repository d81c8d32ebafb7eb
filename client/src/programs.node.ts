import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import type { Programs } from "./docker/programs.ts";
import { readImage } from "./sizes/oci.ts";

const isWindows = process.platform === "win32";

/** Windows looks for a program in the folder that it is to run in first, and that one is the user's project. */
function located(program: string): string {
  if (!isWindows || /[\\/:]/.test(program)) return program;
  const file = /\.exe$/i.test(program) ? program : `${program}.exe`;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, file)).find((each) => existsSync(each)) ?? program;
}

/** As a person's Ctrl+C: a build is called off, not only the program that shows it. */
function interrupt(child: ChildProcess): void {
  // Windows has no signals; what the program started would go on.
  if (isWindows && child.pid !== undefined) execFile("taskkill", ["/pid", String(child.pid), "/T", "/F"], () => {});
  else child.kill("SIGINT");
}

/** Programs of this machine, run without a shell. */
export const programs: Programs = {
  probe: (program) =>
    new Promise((resolve) => {
      execFile(program, ["buildx", "version"], { timeout: 10_000, windowsHide: true }, (error, _, messages) => {
        if (!error) resolve(null);
        else if (error.code === "ENOENT")
          resolve(
            `There is no program called '${program}': install Docker, or name it in the setting dockerfileStages.docker.`,
          );
        else if (/'buildx' is not a docker command|unknown command: (?:docker )?buildx/.test(messages))
          resolve(`'${program}' has no Buildx, which builds need: install Docker's Buildx plugin.`);
        else resolve(`'${program} buildx' does not answer: builds need Docker with its Buildx plugin.`);
      });
    }),
  run: (program, args, { cwd, env, onOutput, output, onMessages, signal } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(located(program), args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", onOutput || output ? "pipe" : "ignore", onMessages ? "pipe" : "ignore"],
        windowsHide: true,
      });
      if (onOutput) child.stdout?.on("data", onOutput);
      let failure: Error | null = null;
      /** Whether it would have written more. */
      let isCut = false;
      const taken = output?.(Readable.toWeb(child.stdout!) as ReadableStream<Uint8Array<ArrayBuffer>>).catch(
        (error: unknown) => {
          isCut = child.stdout?.readableEnded === false;
          failure = error instanceof Error ? error : new Error(String(error));
          child.stdout?.destroy();
        },
      );
      if (onMessages) child.stderr?.on("data", onMessages);
      // Docker loses a signal that comes while it starts its plugin, and obeys the third.
      let again: NodeJS.Timeout | undefined;
      const end = (): void => {
        interrupt(child);
        again ??= setInterval(() => interrupt(child), 1000);
      };
      const stopEnding = (): void => {
        signal?.removeEventListener("abort", end);
        clearInterval(again);
      };
      if (signal?.aborted === true) end();
      signal?.addEventListener("abort", end);
      child.on("error", (error) => {
        stopEnding();
        reject(error);
      });
      child.once("close", async (code) => {
        stopEnding();
        await taken;
        // A program that ends too early says why itself.
        if (failure && (isCut || code === 0)) reject(failure);
        else resolve(code ?? 130);
      });
    }),
  readImage,
  makeFolder: async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "dockerfile-stages-"));
    return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
  },
};
