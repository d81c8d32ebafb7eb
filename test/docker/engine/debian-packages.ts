import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { must } from "./commands.ts";

const sourcesFile = "/etc/apt/sources.list.d/debian.sources";

/** Whether this machine has what unpacking packages needs: Debian's apt with its sources, and the right to run it. */
export function hasApt(): boolean {
  return process.getuid?.() === 0 && existsSync(sourcesFile) && existsSync("/usr/bin/apt-get");
}

/** The first paragraph of the machine's own sources, which names its mirror. */
function mirror(): string {
  const paragraphs = readFileSync(sourcesFile, "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .split(/\n\s*\n/);
  const first = paragraphs.find((paragraph) => /^Suites:/m.test(paragraph));
  if (first === undefined) throw new Error(`${sourcesFile} names no suite`);
  return `${first.trim()}\n`;
}

/** The suite of the machine itself: `bookworm`. */
export function ownSuite(): string {
  return /^Suites:\s*(\S+)/m.exec(mirror())![1]!;
}

/** The machine's own mirror with one suite, as a file for apt. */
export function sourcesOf(suite: string): string {
  return mirror().replace(/^Suites:.*/m, `Suites: ${suite}`);
}

/**
 * Unpacks packages of a Debian suite into a folder. apt checks their signatures; nothing is installed, and apt's own state
 * stays as it is.
 */
export async function unpackPackages(suite: string, folder: string, packages: readonly string[]): Promise<void> {
  const temporary = mkdtempSync(path.join(os.tmpdir(), "packages-"));
  const inside = (...names: string[]): string => path.join(temporary, ...names);
  try {
    for (const name of ["lists/partial", "cache/archives/partial", "parts", "downloads"])
      mkdirSync(inside(name), { recursive: true });
    writeFileSync(inside("status"), "");
    writeFileSync(inside("parts/debian.sources"), sourcesOf(suite));
    const options = [
      ["Dir::Etc::sourcelist", "/dev/null"],
      ["Dir::Etc::sourceparts", inside("parts")],
      ["Dir::State::lists", inside("lists")],
      ["Dir::State::status", inside("status")],
      ["Dir::Cache", inside("cache")],
      ["Acquire::Languages", "none"],
      ["APT::Sandbox::User", "root"],
    ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    await must("apt-get", [...options, "-qq", "update"]);
    await must("apt-get", [...options, "-qq", "download", ...packages], { cwd: inside("downloads") });
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(inside("downloads")))
      await must("dpkg-deb", ["-x", inside("downloads", name), folder]);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
