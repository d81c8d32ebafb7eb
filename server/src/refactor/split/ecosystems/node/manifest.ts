import { readScript } from "../../../../dockerfile/shell.ts";
import { unwrapCommand } from "../../../../dockerfile/wrappers.ts";
import type { StartedCall } from "../../../../stages/start.ts";
import { lastPart, resolvePath } from "../../../../text/paths.ts";
import { readJson } from "../../../../workspace/json.ts";
import type { Facts } from "../../facts.ts";
import { readPackageManager } from "./package-managers.ts";

/** What a project's `package.json` says. */
export interface Manifest {
  readonly scripts: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlySet<string>;
  /** Those that are not among the others. */
  readonly devDependencies: readonly string[];
}

/** The manifest in a directory of the stage; `null` where the files beside the Dockerfile are not known. */
export function readManifest(facts: Facts, directory: string): Manifest | null {
  const text = facts.project.get(resolvePath(directory, "package.json"));
  const data = text === undefined ? null : record(readJson(text));
  if (!data) return null;
  const dependencies = new Set(
    ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((key) => Object.keys(record(data[key]) ?? {})),
  );
  return {
    scripts: new Map(
      Object.entries(record(data["scripts"]) ?? {}).flatMap(([name, script]): [string, string][] =>
        typeof script === "string" ? [[name, script]] : [],
      ),
    ),
    dependencies,
    devDependencies: Object.keys(record(data["devDependencies"]) ?? {}).filter((name) => !dependencies.has(name)),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** What the container starts once scripts of `package.json` are looked up: `npm start` → `node dist/main.js`. */
export function resolveStart(facts: Facts): readonly StartedCall[] {
  return facts.start?.calls.flatMap((call) => resolveCall(facts, call, 3)) ?? [];
}

function resolveCall(facts: Facts, call: StartedCall, depth: number): readonly StartedCall[] {
  const manager = readPackageManager({
    name: lastPart(call.program),
    args: call.args,
    cwd: facts.cwd?.value ?? null,
  });
  if (manager?.verb !== "run" || manager.workspaces || manager.cwd === null || depth === 0) return [call];
  const manifest = readManifest(facts, manager.cwd);
  if (!manifest) return [call];
  const { name } = manager;
  const main = manifest.scripts.get(name) ?? (manager.manager === "npm" && name === "start" ? "node server.js" : null);
  if (main === null) return [call];
  const given = manager.operands.length > 0 ? ` ${manager.operands.join(" ")}` : "";
  const before = manifest.scripts.get(`pre${name}`);
  return [before ?? [], `${main}${given}`].flat().flatMap((text) => {
    const { commands, errors, opaque } = readScript({ text, pieces: [0, 0] });
    if (opaque || errors.length > 0) return [call];
    return commands.flatMap(({ words }) => {
      const [program, ...args] = unwrapCommand(words).map(({ value }) => value);
      return program === undefined ? [] : resolveCall(facts, { program, args }, depth - 1);
    });
  });
}

/** Packages whose programs have another name. */
const owners: Readonly<Record<string, string>> = {
  nest: "@nestjs/cli",
  nuxi: "nuxt",
  dotenv: "dotenv-cli",
  sequelize: "sequelize-cli",
  "remix-serve": "@remix-run/serve",
  "react-router-serve": "@react-router/serve",
  remix: "@remix-run/dev",
  medusa: "@medusajs/cli",
  strapi: "@strapi/strapi",
};

/** The package that brings a program. */
export function packageOf(program: string): string {
  const name = lastPart(program);
  return owners[name] ?? name;
}

/** Packages that no program loads when it runs: types, compilers of sources, tests, checks of style. */
const forDevelopment =
  /^(?:@types\/.+|typescript|@typescript-eslint\/.+|typescript-eslint|eslint(?:-.+)?|@eslint\/.+|prettier(?:-.+)?|stylelint(?:-.+)?|@biomejs\/biome|nodemon|ts-node-dev|jest(?:-.+)?|@jest\/.+|ts-jest|babel-jest|mocha|chai(?:-.+)?|sinon(?:-.+)?|vitest|@vitest\/.+|ava|tap|nyc|c8|supertest|nock|@playwright\/test|@testing-library\/.+|husky|lint-staged|@commitlint\/.+|commitizen|rimraf|npm-run-all2?|copyfiles|cpx2?|tsc-alias|tsup|typedoc(?:-.+)?|semantic-release|@semantic-release\/.+|@tsconfig\/.+|@nestjs\/(?:cli|schematics|testing)|ts-loader|tailwindcss|@tailwindcss\/.+|postcss|autoprefixer|sass|sass-embedded|@swc\/cli|@babel\/cli|@babel\/preset-.+)$/;

/**
 * The development packages of which it is not certain that the program does without them.
 *
 * @param readsTypeScript whether the program reads settings in TypeScript
 */
export function doubtfulPackages({ devDependencies }: Manifest, readsTypeScript: boolean): string[] {
  return devDependencies.filter((name) => !forDevelopment.test(name) || (readsTypeScript && name === "typescript"));
}

/** Whether the program drives a browser that is downloaded into a folder of the user. */
export function hasBrowser({ dependencies }: Manifest): boolean {
  return ["puppeteer", "playwright"].some((name) => dependencies.has(name));
}
