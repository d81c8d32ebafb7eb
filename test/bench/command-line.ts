// How long `check` takes for a thousand files in one process, beside tally (without ShellCheck, which is slower still).
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { installLocked } from "../../scripts/install-locked.ts";
import { root } from "../../scripts/root.ts";
import { makeFolder } from "./documents.ts";
import { short, summarize, type Summary, table } from "./statistics.ts";

export interface CommandLineResult {
  readonly files: string;
  readonly times: Readonly<Record<string, Summary>>;
}

const count = 1000;

/** Real files where they lie beside the repository, made ones elsewhere. Only what BuildKit takes: tally stops at others. */
function texts(): { readonly what: string; readonly texts: readonly string[] } {
  const corpus = process.env["DOCKERFILE_CORPUS"] ?? path.resolve(root, "../shared/corpus");
  const real: string[] = [];
  if (existsSync(corpus)) {
    for (const name of readdirSync(corpus).filter((file) => /^dockerfiles.*\.ndjson$/.test(file))) {
      for (const line of readFileSync(path.join(corpus, name), "utf8").split("\n")) {
        if (line.trim() === "") continue;
        const { text, buildkit } = JSON.parse(line) as { text: string; buildkit?: { error: unknown } };
        if (buildkit?.error === null) real.push(text);
      }
    }
  }
  if (real.length >= count) return { what: "real files", texts: real.slice(0, count) };
  return { what: "made files", texts: makeFolder(count).map(({ text }) => text) };
}

/** Milliseconds until a command has ended, its output read. */
function time(command: string, args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "ignore"] });
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => (size += chunk.length));
    child.once("error", reject);
    child.once("close", () => {
      if (size === 0) reject(new Error(`${command} printed nothing`));
      else resolve(performance.now() - started);
    });
  });
}

/** `null` where there is no tally for the machine. */
export async function measureCommandLine(
  cli: string,
  folder: string,
  rounds: number,
  log: (text: string) => void,
): Promise<CommandLineResult | null> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    log("command line: left out, the pinned tally is for Linux on x64");
    return null;
  }
  const lock = await installLocked(path.join(import.meta.dirname, "tally.lock.json"), "tally");
  const tally = path.join(lock, "node_modules/@wharflab/tally-linux-x64/bin/tally");
  const files = texts();
  files.texts.forEach((text, i) => {
    mkdirSync(path.join(folder, String(i)), { recursive: true });
    writeFileSync(path.join(folder, String(i), "Dockerfile"), text);
  });
  const contestants: Record<string, () => Promise<number>> = {
    ours: () => time(process.execPath, [cli, "check", "--format", "json", "."], folder),
    tally: () =>
      time(
        tally,
        ["lint", "--no-config", "--slow-checks", "off", "--ignore", "shellcheck/*", "--format", "json", "."],
        folder,
      ),
  };
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) (times[name] ??= []).push(await run());
    log(`command line: round ${round + 1} of ${rounds}`);
  }
  return {
    files: `${count} ${files.what}`,
    times: Object.fromEntries(Object.entries(times).map(([name, samples]) => [name, summarize(samples)])),
  };
}

export function showCommandLine({ files, times }: CommandLineResult): string {
  const rows = Object.entries(times).map(([name, { median, p95 }]) => [name, short(median), short(p95)]);
  return `check of ${files} in one process, ms\n${table(["", "median", "95th percentile"], rows)}`;
}
