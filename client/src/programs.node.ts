import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import type { Programs } from "./docker/programs.ts";
import { readImage } from "./sizes/oci.ts";

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
      const child = spawn(program, args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", onOutput || output ? "pipe" : "ignore", onMessages ? "pipe" : "ignore"],
        windowsHide: true,
      });
      if (onOutput) child.stdout?.on("data", onOutput);
      let failure: Error | null = null;
      const taken = output?.(Readable.toWeb(child.stdout!) as ReadableStream<Uint8Array<ArrayBuffer>>).catch(
        (error: unknown) => {
          failure = error instanceof Error ? error : new Error(String(error));
          child.stdout?.destroy();
        },
      );
      if (onMessages) child.stderr?.on("data", onMessages);
      // As a person's Ctrl+C: the build is called off, not only the program that shows it. Docker loses one that comes while
      // it starts its plugin, and obeys the third.
      let again: NodeJS.Timeout | undefined;
      const end = (): void => {
        child.kill("SIGINT");
        again ??= setInterval(() => child.kill("SIGINT"), 1000);
      };
      if (signal?.aborted === true) end();
      signal?.addEventListener("abort", end);
      child.once("error", reject);
      child.once("close", async (code) => {
        signal?.removeEventListener("abort", end);
        clearInterval(again);
        await taken;
        if (failure && code === 0) reject(failure);
        else resolve(code ?? 130);
      });
    }),
  readImage,
  makeFolder: async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "dockerfile-stages-"));
    return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
  },
};
