// Opens VS Code with the extension on samples/, and runs until Ctrl+C.
//
//   npm start                 on a desktop: a window; elsewhere: VS Code in the browser, at the address it prints
//   npm start -- --browser    in the browser in any case; --port 8080 chooses the port
import { spawn } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { installVsix, startEditor } from "../test/vscode/editor.ts";
import { build } from "./build.ts";
import { packageExtension, vsix } from "./package.ts";
import { root } from "./root.ts";

const samples = path.join(root, "samples");
const { values } = parseArgs({ options: { browser: { type: "boolean", default: false }, port: { type: "string" } } });
const hasDesktop = process.platform === "darwin" || process.platform === "win32" || Boolean(process.env["DISPLAY"]);

async function inWindow(): Promise<void> {
  await build({ dev: true });
  const { downloadAndUnzipVSCode } = await import("@vscode/test-electron");
  const executable = await downloadAndUnzipVSCode("stable");
  const child = spawn(
    executable,
    [
      samples,
      `--extensionDevelopmentPath=${root}`,
      `--user-data-dir=${path.join(root, ".vscode-test/start")}`,
      "--disable-workspace-trust",
    ],
    { stdio: "inherit" },
  );
  console.log("VS Code opens with the extension; it ends with its window, or with Ctrl+C.");
  child.once("exit", (code) => process.exit(code ?? 0));
}

async function inBrowser(): Promise<void> {
  await packageExtension();
  const extensions = path.join(root, "out/start/extensions");
  await installVsix(vsix, extensions);
  const editor = await startEditor({ extensions, port: Number(values.port ?? 0) });
  console.log(`VS Code with the extension: http://127.0.0.1:${editor.port}/?folder=${encodeURIComponent(samples)}`);
  console.log("It ends with Ctrl+C.");
}

try {
  await (hasDesktop && !values.browser ? inWindow() : inBrowser());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
