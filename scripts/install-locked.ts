// Installs packages that only a test or the benchmark needs, from a lockfile kept as data, outside of node_modules/.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./root.ts";
import { runCommand } from "./run-command.ts";

/**
 * Installs the packages of a lockfile once and returns the folder that holds their node_modules/. No script of theirs
 * runs.
 *
 * @param name what the folder in .vscode-test/ is called, in front of the lockfile's hash
 * @param finish runs once behind the installation
 */
export async function installLocked(
  lockFile: string,
  name: string,
  finish: (folder: string) => void = () => {},
): Promise<string> {
  const lock = readFileSync(lockFile, "utf8");
  const hash = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = path.join(root, ".vscode-test", `${name}-${hash}`);
  const done = path.join(folder, "installed");
  if (existsSync(done)) return folder;
  console.error(`  installing the packages of ${path.relative(root, lockFile)} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { packages } = JSON.parse(lock) as {
    packages: { "": { name: string; version: string; dependencies: Record<string, string> } };
  };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...packages[""], private: true }));
  writeFileSync(path.join(folder, "package-lock.json"), lock);
  const { code, output } = await runCommand(
    "npm",
    ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: folder },
  );
  if (code !== 0)
    throw new Error(`the packages of ${path.relative(root, lockFile)} could not be installed:\n${output}`);
  finish(folder);
  writeFileSync(done, "");
  return folder;
}
