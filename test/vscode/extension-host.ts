// Runs test/vscode/suite, or another folder of tests, in a real extension host, with the packaged extension and nothing
// else of this repository.
//
// The suite is one bundle for every host. It is handed to VS Code as the tests of an otherwise empty extension, beside the
// extension under test: on Node as an installed .vsix, in the browser as that .vsix's files.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { format } from "node:util";
import * as esbuild from "esbuild";
import type { Locator, Page } from "playwright-core";
import type { Counts } from "../../scripts/counts.ts";
import { vsix } from "../../scripts/package.ts";
import { root } from "../../scripts/root.ts";
import { bin, runCommand } from "../../scripts/run-command.ts";
import { type Editor, installVsix, launchBrowser, startEditor } from "./editor.ts";
import { type Front, startFront } from "./front.ts";
import { type Answer, answerPrefix, prefix } from "./suite/prefix.ts";

const out = path.join(root, "out/vscode");
export const installedExtensions = path.join(out, "extensions");
const emptyExtension = path.join(out, "host");
const suiteFolder = path.join(import.meta.dirname, "suite");
const samples = path.join(root, "samples");
const timeout = 300_000;

/** What this build of the editor always complains of: modules that would have to be compiled, extensions left out. */
const usual = /spdlog|watchdog|bindings|github|%c|Failed to load resource/;

/** Whether this machine can show a window, so that the tests can run in the desktop's VS Code. */
const hasDesktop = process.platform === "darwin" || process.platform === "win32" || Boolean(process.env["DISPLAY"]);

/**
 * Bundles a folder of tests for Node or for the browser, and returns the module to name as the tests, without `.js`.
 * Files called `….test.ts` run in every host, `….node.test.ts` only on Node, `….web.test.ts` only in the browser.
 */
async function bundleSuite(host: "node" | "browser", folder = suiteFolder): Promise<string> {
  const name = path.join(emptyExtension, `suite-${host}`);
  // VS Code runs tests in the host of the extension that they belong to; the entries say which hosts that can be.
  const entries = { main: "./suite-node.js", browser: "./suite-browser.js" };
  const manifest = { name: "host", publisher: "test", version: "0.0.0", engines: { vscode: "^1.91.0" }, ...entries };
  mkdirSync(emptyExtension, { recursive: true });
  writeFileSync(path.join(emptyExtension, "package.json"), JSON.stringify(manifest));
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".test.ts") && !file.endsWith(host === "node" ? ".web.test.ts" : ".node.test.ts"))
    .toSorted();
  const load = `() => { ${files.map((file) => `require("./${file}");`).join(" ")} }`;
  const save = `(counts) => process.env.TEST_COUNTS && fs.writeFileSync(process.env.TEST_COUNTS, JSON.stringify(counts))`;
  const contents =
    host === "node"
      ? `import fs from "node:fs"; import { runMocha } from "../suite/mocha.ts"; export const run = () => runMocha(${load}, ${save});`
      : `import { runMocha } from "../suite/mocha.ts"; export const run = () => runMocha(${load});`;
  await esbuild.build({
    stdin: { contents, resolveDir: folder, sourcefile: `index.${host}.js` },
    outfile: `${name}.js`,
    bundle: true,
    platform: host,
    format: "cjs",
    target: "es2022",
    external: ["vscode"],
    // Mocha's build for browsers would else take the bundle's exports for its own.
    define: { exports: "undefined", ...(host === "browser" ? { global: "globalThis" } : {}) },
    sourcemap: "inline",
    logLevel: "warning",
  });
  return name;
}

/** Packages an extension that does nothing but have the id of Container Tools, for a test to install. */
async function packageOther(): Promise<void> {
  const cwd = path.join(out, "other");
  const manifest = {
    name: "vscode-containers",
    publisher: "ms-azuretools",
    version: "0.0.1",
    engines: { vscode: "^1.91.0" },
  };
  const packagePath = path.join(emptyExtension, "other.vsix");
  const file = path.join(cwd, "package.json");
  const text = JSON.stringify(manifest);
  if (existsSync(packagePath) && existsSync(file) && readFileSync(file, "utf8") === text) return;
  rmSync(packagePath, { force: true });
  mkdirSync(cwd, { recursive: true });
  writeFileSync(file, text);
  const { code, output } = await runCommand(
    process.execPath,
    [bin("@vscode/vsce/vsce"), "package", `--out=${packagePath}`, "--allow-missing-repository", "--skip-license"],
    { cwd },
  );
  if (code !== 0) throw new Error(`the other extension could not be packaged:\n${output}`);
}

export interface Run {
  /** The folder of the tests. */
  readonly tests?: string;
  /** What the extension host's environment has beside this process's. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The extension host on Node: the desktop's VS Code where there is one, else the server's. */
export async function runInNode({ tests: folder, env = {} }: Run = {}): Promise<Counts> {
  const tests = await bundleSuite("node", folder);
  await packageOther();
  if (hasDesktop) return runOnDesktop(tests, env);
  await installVsix(vsix, installedExtensions);
  const editor = await startEditor({
    testDriver: true,
    extensions: installedExtensions,
    env: { ...env, TEST_ANSWERS: "given" },
  });
  try {
    const uri = (file: string): string => `vscode-remote://127.0.0.1:${editor.port}${file}`;
    return await runPage(editor, editor.port, [
      ["extensionDevelopmentPath", uri(emptyExtension)],
      ["extensionTestsPath", uri(tests)],
    ]);
  } finally {
    await editor.stop();
  }
}

/** The extension host in the browser: a Web Worker, and the server in another. */
export async function runInBrowser(): Promise<Counts> {
  const tests = await bundleSuite("browser");
  const extension = await installVsix(vsix, installedExtensions);
  const editor = await startEditor({ testDriver: true });
  let front: Front | undefined;
  try {
    front = await startFront({ port: editor.port, extension, tests });
    return await runPage(editor, front.port, []);
  } finally {
    front?.close();
    await editor.stop();
  }
}

/** Opens the workbench on the samples; the tests start in it, and their lines come back through its console. */
async function runPage(editor: Editor, port: number, payload: readonly string[][]): Promise<Counts> {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const noise: string[] = [];
  let counts: Counts | undefined;
  page.on("console", (message) => noise.push(`[${message.type()}] ${message.text()}`));
  page.on("pageerror", (error) => noise.push(`[error] ${String(error)}`));
  try {
    const ended = new Promise<void>((resolve, reject) => {
      page.on("crash", () => reject(new Error("the page crashed")));
      setTimeout(() => reject(new Error(`the tests did not end within ${timeout / 1000} s`)), timeout).unref();
      // The two functions that VS Code calls when something drives its tests. They must be there before the page is.
      void page.exposeFunction("codeAutomationExit", () => resolve());
    });
    ended.catch(() => {});
    await page.exposeFunction("codeAutomationLog", (type: string, args: unknown[]) => {
      const text = format(...args);
      if (text.startsWith(answerPrefix)) {
        const answers = JSON.parse(text.slice(answerPrefix.length)) as Answer[];
        give(page, answers).catch((error: unknown) => console.log(`✘ no answer: ${String(error)}`));
      }
      if (!text.startsWith(prefix)) {
        noise.push(`[${type}] ${text}`);
        return;
      }
      const line = text.slice(prefix.length);
      if (line.startsWith("{")) counts = JSON.parse(line) as Counts;
      else console.log(line);
    });
    const query = new URLSearchParams({
      folder: editor.copy(samples),
      payload: JSON.stringify([["skipWelcome", "true"], ...payload]),
    });
    await page.goto(`http://127.0.0.1:${port}/?${query.toString()}`);
    await ended;
    if (counts === undefined) throw new Error("the tests ended without a verdict");
    return counts;
  } catch (error) {
    await page.screenshot({ path: path.join(out, "failure.png") }).catch(() => {});
    writeFileSync(path.join(out, "editor.log"), [...noise, editor.log()].join("\n"));
    const errors = noise.filter((line) => line.startsWith("[error]") && !usual.test(line)).slice(-8);
    const more = "Its log and a picture are in out/vscode/: editor.log, failure.png";
    throw new Error([String(error), ...errors, more].join("\n"), { cause: error });
  } finally {
    await browser.close();
  }
}

/** Answers what the workbench asks, one question after the other. */
async function give(page: Page, answers: readonly Answer[]): Promise<void> {
  for (const { title, pick, text } of answers) {
    const question = page
      .locator(".quick-input-widget")
      .filter({ has: page.locator(".quick-input-title").getByText(title, { exact: true }) });
    await question.waitFor();
    if (pick !== undefined) await choose(question.locator(".monaco-list-row").filter({ hasText: pick }).first());
    else if (text === undefined) await page.keyboard.press("Escape");
    else {
      await question.locator("input[type=text]").fill(text);
      await page.keyboard.press("Enter");
    }
  }
}

/** Chooses a row of a list, which loses a click while it is being filled. */
async function choose(row: Locator): Promise<void> {
  for (;;) {
    await row.click();
    try {
      return await row.waitFor({ state: "hidden", timeout: 2000 });
    } catch {
      // It is still there.
    }
  }
}

/** The desktop's VS Code, downloaded by @vscode/test-electron, with the .vsix installed in a profile of its own. */
async function runOnDesktop(tests: string, env: Run["env"]): Promise<Counts> {
  const { downloadAndUnzipVSCode, runTests, runVSCodeCommand } = await import("@vscode/test-electron");
  const version = process.env["VSCODE_VERSION"] ?? "stable";
  // Short, because a socket lies in it.
  const folder = mkdtempSync(path.join(os.tmpdir(), "stages-"));
  const profile = [
    `--extensions-dir=${path.join(folder, "extensions")}`,
    `--user-data-dir=${path.join(folder, "data")}`,
  ];
  const opened = path.join(folder, "samples");
  const file = path.join(folder, "counts.json");
  try {
    cpSync(samples, opened, { recursive: true });
    const vscodeExecutablePath = await downloadAndUnzipVSCode(version);
    await runVSCodeCommand([...profile, "--install-extension", vsix], { version });
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: emptyExtension,
      extensionTestsPath: tests,
      launchArgs: [opened, ...profile, "--disable-workspace-trust", "--skip-welcome"],
      extensionTestsEnv: { ...env, TEST_COUNTS: file },
    }).catch((error: unknown) => {
      // Failed tests end here too; they have counted themselves.
      console.error(String(error));
    });
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
