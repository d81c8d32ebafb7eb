// Gets a real VS Code that needs no desktop, and a browser to show it in: code-server's build of VS Code from the
// package registry, and a Chromium. Each start has a profile of its own, which is thrown away.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { installLocked } from "../../scripts/install-locked.ts";
import { runCommand } from "../../scripts/run-command.ts";

const node = process.execPath;

/** Parts of the editor that no test looks at, and that make its start slower. */
const unused = [
  "copilot",
  "mermaid-markdown-features",
  "microsoft-authentication",
  "github-authentication",
  "github",
  "git",
];

/**
 * Installs the editor once per lockfile, in .vscode-test/, and returns its folder.
 *
 * code-server's own installation would compile native modules; all that its server loads is in our lockfile instead, as
 * ready-made packages, so that no script has to run.
 */
export function installEditor(): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    const machine = `${process.platform} on ${process.arch}`;
    throw new Error(`VS Code in the browser can be had for Linux on x64 only, and this is ${machine}.`);
  }
  return installLocked(path.join(import.meta.dirname, "editor.lock.json"), "editor", (folder) => {
    const modules = path.join(folder, "node_modules");
    const vscode = path.join(modules, "code-server/lib/vscode");
    // The server resolves its modules from a folder beside it, and serves some of them to the browser.
    symlinkSync(path.relative(vscode, modules), path.join(vscode, "node_modules"));
    for (const extension of unused)
      rmSync(path.join(vscode, "extensions", extension), { recursive: true, force: true });
  });
}

const chromiumPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** Finds a Chromium; as root on Debian, installs one. */
export async function findChromium(): Promise<string> {
  const named = process.env["CHROMIUM_PATH"];
  const found = named ?? chromiumPaths.find((file) => existsSync(file));
  if (found !== undefined && existsSync(found)) return found;
  if (named === undefined && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("  installing Chromium for the tests …");
    await runCommand("apt-get", ["update", "-q"]);
    const packages = ["chromium", "fonts-dejavu-core"];
    const { code, output } = await runCommand(
      "apt-get",
      ["install", "-y", "-q", "--no-install-recommends", ...packages],
      {
        env: { DEBIAN_FRONTEND: "noninteractive" },
      },
    );
    if (code !== 0) throw new Error(`Chromium could not be installed:\n${output}`);
    return findChromium();
  }
  throw new Error("there is no Chromium; install one, or name it in CHROMIUM_PATH");
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const quietSettings = {
  "chat.disableAIFeatures": true,
  "editor.cursorBlinking": "solid",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.autoDetectColorScheme": false,
  "workbench.colorTheme": "Default Light Modern",
  "workbench.enableExperiments": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

export interface Start {
  /** Lets the page's address name a test module; an ordinary user's editor does not. */
  readonly testDriver?: boolean;
  /** A folder of installed extensions, of which the editor gets a copy; without it, it has none. */
  readonly extensions?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly keybindings?: readonly Readonly<Record<string, unknown>>[];
  /** Beside what this process has, for the editor's server and what it starts. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
}

export interface Editor {
  readonly port: number;
  /** Its throw-away folder. */
  readonly folder: string;
  /** Copies a folder of the repository to where a test may write. */
  copy(folder: string): string;
  log(): string;
  stop(): Promise<void>;
}

const entry = (folder: string): string => path.join(folder, "node_modules/code-server/out/node/entry.js");

function environment(folder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    // What npm tells its scripts would change what the editor's own processes do.
    if (!/^(npm_|NODE_OPTIONS$|VSCODE_|ELECTRON_)/i.test(name)) env[name] = value;
  }
  return {
    ...env,
    HOME: folder,
    TMPDIR: folder,
    XDG_CONFIG_HOME: path.join(folder, "config"),
    XDG_DATA_HOME: path.join(folder, "share"),
    XDG_RUNTIME_DIR: folder,
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "" }),
  };
}

function makeProfile(extensions: string | undefined, settings: Start["settings"]): { folder: string; args: string[] } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "dockerfile-stages-"));
  mkdirSync(path.join(folder, "data/User"), { recursive: true });
  writeFileSync(path.join(folder, "data/User/settings.json"), JSON.stringify({ ...quietSettings, ...settings }));
  writeFileSync(path.join(folder, "config.yaml"), "");
  const args = ["--user-data-dir", path.join(folder, "data"), "--config", path.join(folder, "config.yaml")];
  return { folder, args: [...args, "--extensions-dir", extensions ?? path.join(folder, "extensions")] };
}

/** Installs a packaged extension, alone, into a folder of extensions; returns the extension's own folder. */
export async function installVsix(vsix: string, extensions: string): Promise<string> {
  const editor = await installEditor();
  const mark = `${extensions}.installed`;
  const hash = createHash("sha256").update(readFileSync(vsix)).digest("hex");
  const find = (): string | undefined => readdirSync(extensions).find((name) => name.startsWith("dockerfile-stages."));
  if (existsSync(mark) && readFileSync(mark, "utf8") === hash) {
    const installed = find();
    if (installed !== undefined) return path.join(extensions, installed);
  }
  rmSync(extensions, { recursive: true, force: true });
  mkdirSync(extensions, { recursive: true });
  const { folder, args } = makeProfile(extensions, {});
  try {
    const { status, stdout, stderr } = spawnSync(node, [entry(editor), ...args, "--install-extension", vsix], {
      env: environment(folder),
      encoding: "utf8",
    });
    const installed = find();
    if (status !== 0 || installed === undefined)
      throw new Error(`the extension was not installed:\n${stdout}\n${stderr}`);
    writeFileSync(mark, hash);
    return path.join(extensions, installed);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Starts the editor's server, which serves its workbench on a port of 127.0.0.1. */
export async function startEditor({
  testDriver = false,
  extensions,
  settings,
  keybindings = [],
  env = {},
  port = 0,
}: Start = {}): Promise<Editor> {
  const editor = await installEditor();
  const { folder, args } = makeProfile(undefined, settings);
  writeFileSync(path.join(folder, "data/User/keybindings.json"), JSON.stringify(keybindings));
  if (extensions !== undefined) cpSync(extensions, path.join(folder, "extensions"), { recursive: true });
  const child = spawn(
    node,
    [
      entry(editor),
      ...args,
      "--auth=none",
      `--bind-addr=127.0.0.1:${port}`,
      "--disable-telemetry",
      "--disable-update-check",
      "--disable-workspace-trust",
      "--disable-proxy",
      "--disable-getting-started-override",
      ...(testDriver ? ["--vscode-option", "enable-smoke-test-driver"] : []),
    ],
    { env: { ...environment(folder), ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error("the editor's server could not be started");
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const kill = (): void => {
    signal(family(pid), "SIGKILL");
    remove();
  };
  process.once("exit", kill);
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, stopProcess);
  let log = "";
  const listening = await new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      log += chunk.toString();
      const match = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log);
      if (match) resolve(Number(match[1]));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`the editor's server ended with exit code ${code}:\n${log}`)));
  });
  return {
    port: listening,
    folder,
    copy: (from) => {
      const to = path.join(mkdtempSync(path.join(folder, "ws-")), path.basename(from));
      cpSync(from, to, { recursive: true });
      return to;
    },
    log: () => log,
    stop: async () => {
      process.removeListener("exit", kill);
      for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, stopProcess);
      const pids = family(pid);
      signal(pids, "SIGTERM");
      for (let i = 0; i < 20 && signal(pids, 0); i++) await sleep(50);
      signal(pids, "SIGKILL");
      for (let i = 0; i < 20 && signal(pids, 0); i++) await sleep(50);
      remove();
    },
  };
}

const stopProcess = (): never => process.exit(130);

/** A process and all that descend from it; the server starts its extension host in a group of its own. */
function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // "123 (some name) S 45 …": the number after the state is the parent's.
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended in the meantime.
    }
  }
  const all = [pid];
  for (const each of all) all.push(...(children.get(each) ?? []));
  return all;
}

/** Sends a signal to those that still run; whether there were any. */
function signal(pids: readonly number[], name: NodeJS.Signals | 0): boolean {
  let any = false;
  for (const pid of pids) {
    try {
      process.kill(pid, name);
      any = true;
    } catch {
      // It has ended.
    }
  }
  return any;
}
