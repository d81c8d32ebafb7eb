// What can be said of the sources without running them: types, lint, format, generated files, lockfiles.
//
//   npm run check
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { add, type Counts, none, show } from "./counts.ts";
import { isMain, root } from "./root.ts";
import { bin, runCommand, runScript } from "./run-command.ts";

interface Check {
  readonly name: string;
  /** The complaint, or undefined when all is well. */
  readonly run: () => Promise<string | undefined>;
}

const node = async (file: string, args: readonly string[]): Promise<string | undefined> => {
  const { code, output } = await runCommand(process.execPath, [bin(file), ...args]);
  return code === 0 ? undefined : stripVTControlCharacters(output).trim();
};

const { references } = JSON.parse(readFileSync(path.join(root, "tsconfig.json"), "utf8")) as {
  references: { path: string }[];
};

interface Lock {
  readonly packages: Readonly<
    Record<string, Readonly<Record<"dependencies" | "optionalDependencies", object | undefined>>>
  >;
}

/** A lockfile serves any registry, and `npm ci` on any platform: it holds no address, and the packages of all of them. */
function lockfiles(): string[] {
  const found: string[] = [];
  for (const file of ["package-lock.json", ...globSync("test/**/*.lock.json", { cwd: root })]) {
    const text = readFileSync(path.join(root, file), "utf8");
    if (/"resolved"|https?:\/\/[^"]*\.tgz/.test(text)) found.push(`${file} holds download addresses`);
    const { packages } = JSON.parse(text) as Lock;
    const names = new Set(Object.keys(packages).map((key) => key.replace(/^.*node_modules\//, "")));
    for (const [key, { dependencies, optionalDependencies }] of Object.entries(packages)) {
      for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
        if (!names.has(name)) found.push(`${file} lacks ${name}, which ${key} needs on some platform`);
      }
    }
  }
  return found;
}

const checks: readonly Check[] = [
  ...references.map(({ path: project }) => ({
    name: `types: ${project.replace("./", "")}`,
    run: () => node("typescript/bin/tsc", ["-p", project]),
  })),
  { name: "lint", run: () => node("oxlint/bin/oxlint", ["--deny-warnings"]) },
  {
    name: "format",
    run: async () => {
      const complaint = await node("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."]);
      return complaint === undefined ? undefined : `${complaint}\nWrite it with: npm run format`;
    },
  },
  {
    name: "generated files",
    run: async () => {
      if (!existsSync(path.join(root, "scripts/docs.ts"))) return "scripts/docs.ts is missing";
      const { code, output } = await runScript("scripts/docs.ts", ["--check"]);
      return code === 0 ? undefined : stripVTControlCharacters(output).trim();
    },
  },
  { name: "lockfiles", run: () => Promise.resolve(lockfiles().join("\n") || undefined) },
];

/** Runs every check; each counts as one test. */
export async function check(): Promise<Counts> {
  let counts = none;
  for (const { name, run } of checks) {
    const complaint = await run();
    console.log(complaint === undefined ? `  ✔ ${name}` : `  ✘ ${name}\n${complaint.replaceAll(/^/gm, "      ")}`);
    counts = add(counts, complaint === undefined ? { ...none, passed: 1 } : { ...none, failed: 1 });
  }
  return counts;
}

if (isMain(import.meta)) {
  const counts = await check();
  console.log(show(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
}
