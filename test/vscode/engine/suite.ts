import os from "node:os";
import path from "node:path";
import { type Counts, none } from "../../../scripts/counts.ts";
import { basesOf } from "../../docker/engine/bases.ts";
import { type Engine, openEngine } from "../../docker/engine/daemon.ts";
import { runInNode } from "../extension-host.ts";
import { base } from "./base.ts";

/** The tests of this folder. Where this machine cannot run a Docker engine, it says so and counts as skipped. */
export async function runWithEngine(): Promise<Counts> {
  const log = (line: string): void => console.log(`  ${line}`);
  let engine: Engine;
  try {
    engine = await openEngine(log);
  } catch (error) {
    log(`not run: no Docker engine: ${error instanceof Error ? error.message : String(error)}`);
    return { ...none, skipped: 1 };
  }
  try {
    const missing = await basesOf(engine, log)([base]);
    if (missing.size > 0) {
      log(`not run: there is no image ${base}`);
      return { ...none, skipped: 1 };
    }
    return await runInNode({ tests: import.meta.dirname, env: environmentOf(engine) });
  } finally {
    await engine.stop();
  }
}

/** The extension finds Docker as it does on a user's machine: in the PATH, with the user's own configuration. */
function environmentOf({ program }: Engine): Record<string, string> {
  return {
    DOCKER_CONFIG: process.env["DOCKER_CONFIG"] ?? path.join(os.homedir(), ".docker"),
    ...program.env,
    TEST_DOCKER: program.command,
  };
}
