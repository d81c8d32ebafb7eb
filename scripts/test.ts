// Runs every suite, one after the other, and ends with one line of counts.
//
//   npm test                  everything
//   npm test -- unit cli      only these suites
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "./build.ts";
import { check } from "./check.ts";
import { compare } from "./corpus.ts";
import { checkNavigation } from "./corpus-navigation.ts";
import { add, type Counts, none, show } from "./counts.ts";
import { packageExtension } from "./package.ts";
import { root } from "./root.ts";
import { bin, runCommand } from "./run-command.ts";

type Needs = "nothing" | "bundles" | "vsix";

interface Suite {
  readonly name: string;
  readonly what: string;
  readonly needs: Needs;
  readonly run: () => Promise<Counts>;
}

/** Recorded answers are not part of the repository: they lie beside it, or where the environment says. */
const corpus = process.env["DOCKERFILE_CORPUS"] ?? path.resolve(root, "../shared/corpus");

/** Test files that have a suite of their own, or are none. */
const separate = ["lsp", "cli", "vscode", "docker", "bench"];

async function mocha(files: readonly string[], args: readonly string[] = []): Promise<Counts> {
  if (files.length === 0) throw new Error("no test files found");
  const file = path.join(root, "out/counts.json");
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const reporter = path.join(root, "test/support/reporter.ts");
  const { code } = await runCommand(
    process.execPath,
    [bin("mocha/bin/mocha.js"), "--reporter", reporter, ...args, ...files],
    {
      env: { TEST_COUNTS: file },
      show: true,
    },
  );
  let counts: Counts;
  try {
    counts = JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    throw new Error(`mocha stopped with exit code ${code} before it had run the tests`);
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

const testFiles = (pattern: string): string[] =>
  globSync(pattern, { cwd: root })
    .map((file) => file.replaceAll("\\", "/"))
    .toSorted();

const suites: readonly Suite[] = [
  { name: "check", what: "types, lint, format, generated files", needs: "nothing", run: check },
  {
    name: "unit",
    what: "the sources, run as they are",
    needs: "nothing",
    run: () => mocha(testFiles("test/**/*.test.ts").filter((file) => !separate.includes(file.split("/")[1] ?? ""))),
  },
  {
    name: "corpus",
    what: "real Dockerfiles with BuildKit's recorded answers",
    needs: "nothing",
    run: () => {
      if (!existsSync(corpus)) {
        console.log(`  none at ${corpus}; DOCKERFILE_CORPUS may name another folder`);
        return Promise.resolve(none);
      }
      const { files, disagreements: compared } = compare([corpus]);
      const disagreements = [...compared, ...checkNavigation([corpus]).faults];
      for (const disagreement of disagreements) console.log(`  ✘ ${disagreement}`);
      return Promise.resolve({ ...none, passed: files - disagreements.length, failed: disagreements.length });
    },
  },
  {
    name: "lsp",
    what: "the server's bundle, over stdio",
    needs: "bundles",
    run: () => mocha(testFiles("test/lsp/**/*.test.ts")),
  },
  {
    name: "cli",
    what: "the command line's bundle",
    needs: "bundles",
    run: () => mocha(testFiles("test/cli/**/*.test.ts")),
  },
  {
    name: "docker",
    what: "a few splits, built and run by a Docker engine",
    needs: "nothing",
    run: async () => (await import("../test/docker/suite.ts")).runFastPart(),
  },
  {
    name: "vscode",
    what: "the packaged extension in VS Code's extension host",
    needs: "vsix",
    run: async () => (await import("../test/vscode/extension-host.ts")).runInNode(),
  },
  {
    name: "web",
    what: "the packaged extension in the browser's extension host",
    needs: "vsix",
    run: async () => (await import("../test/vscode/extension-host.ts")).runInBrowser(),
  },
  {
    name: "engine",
    what: "the Docker actions in VS Code, with a real Docker engine",
    needs: "vsix",
    run: async () => (await import("../test/vscode/engine/suite.ts")).runWithEngine(),
  },
  {
    name: "ui",
    what: "the packaged extension in VS Code, as a user sees it",
    needs: "vsix",
    run: () => mocha(testFiles("test/vscode/ui/**/*.test.ts"), ["--timeout", "60000", "--retries", "1"]),
  },
];

const named = process.argv.slice(2);
const unknown = named.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No such suite: ${unknown.join(", ")}. There are: ${suites.map((suite) => suite.name).join(", ")}`);
  process.exit(1);
}

const made = new Map<Needs, Promise<void>>();
/** The bundles and the package are made at most once; a failure fails every suite that needs them. */
function make(needs: Needs): Promise<void> {
  if (needs === "nothing") return Promise.resolve();
  let making = made.get(needs);
  if (making === undefined) {
    making =
      needs === "bundles" ? build({ quiet: true }) : make("bundles").then(() => packageExtension({ built: true }));
    made.set(needs, making);
  }
  return making;
}

let total = none;
for (const { name, what, needs, run } of suites) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n${name}: ${what}`);
  const started = performance.now();
  let counts: Counts;
  try {
    await make(needs);
    counts = await run();
  } catch (error) {
    console.error(`  ✘ ${name} could not run: ${error instanceof Error ? error.message : String(error)}`);
    counts = { ...none, failed: 1 };
  }
  console.log(`${name}: ${show(counts)} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  total = add(total, counts);
}
console.log(`\n${show(total)}`);
// A browser or an editor that does not want to end must not hold up the verdict.
process.exit(total.failed > 0 ? 1 : 0);
