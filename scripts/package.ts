// Packages the extension: dockerfile-stages.vsix, at the top.
//
//   npm run package
import { statSync } from "node:fs";
import path from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { build } from "./build.ts";
import { isMain, root } from "./root.ts";
import { bin, runCommand } from "./run-command.ts";

export const vsix = path.join(root, "dockerfile-stages.vsix");
const budget = 2_000_000;

/** What the package may hold besides dist/; .vscodeignore chooses, this makes sure that it chose well. */
const allowed =
  /^(dist\/(web\/)?[a-z-]+\.(js|css)|dist\/[a-z-]+\.wasm|dist\/licences\.txt|syntaxes\/.*\.json|docs\/images\/icon\.png|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;

/** Packages the bundles; `built` says that they are there already. */
export async function packageExtension({ built = false } = {}): Promise<void> {
  if (!built) await build({ quiet: true });
  const unexpected = (await listFiles({ cwd: root, packageManager: PackageManager.None })).filter(
    (file) => !allowed.test(file),
  );
  if (unexpected.length > 0) throw new Error(`these files do not belong in the package: ${unexpected.join(", ")}`);
  const { code, output } = await runCommand(process.execPath, [
    bin("@vscode/vsce/vsce"),
    "package",
    `--out=${vsix}`,
    "--no-dependencies",
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
  ]);
  if (code !== 0) throw new Error(`the extension could not be packaged:\n${output}`);
  const { size } = statSync(vsix);
  if (size > budget) throw new Error(`${path.basename(vsix)} has ${size} bytes, more than ${budget}`);
}

if (isMain(import.meta)) {
  try {
    await packageExtension();
    console.log(`${path.basename(vsix)}: ${(statSync(vsix).size / 1000).toFixed(0)} kB`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
