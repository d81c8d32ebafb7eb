// Makes the bundles in dist/ from one table, and holds each to a size and to the packages it may contain.
//
//   npm run build             production: minified, within the budgets
//   npm run build -- --dev    with source maps, not minified
//   npm run watch             as --dev, again after each change
import { createHash } from "node:crypto";
import { chmod, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { isMain, root } from "./root.ts";

interface Bundle {
  readonly entry: string;
  readonly outfile: string;
  readonly platform: "node" | "browser";
  readonly format: "cjs" | "iife";
  readonly target: string;
  readonly external?: readonly string[];
  readonly inject?: readonly string[];
  /** Modules that another file stands in for. */
  readonly alias?: Readonly<Record<string, string>>;
  readonly banner?: string;
  readonly executable?: boolean;
  /** The bundle beside it that this one starts. */
  readonly launches?: string;
  /** The most bytes that the minified bundle may have. */
  readonly budget: number;
  /** Packages that would be a mistake here; `dockerfile-ast` also stands for what only it brings in. */
  readonly forbidden: readonly string[];
}

const kB = 1000;
const languageService = ["dockerfile-language-service", "dockerfile-utils", "dockerfile-ast"];
const editorOnly = ["vscode-languageserver", "vscode-languageclient", "vscode-jsonrpc"];

/** The module of it imports one of Node's while it runs, which a program that is launched cannot. */
const treeSitter = { "web-tree-sitter": "./node_modules/web-tree-sitter/web-tree-sitter.cjs" };

export const bundles: readonly Bundle[] = [
  {
    entry: "client/src/main.node.ts",
    outfile: "dist/client.js",
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode"],
    budget: 550 * kB,
    forbidden: [...languageService, "unbash", "@dagrejs/dagre", "vscode-languageserver"],
  },
  {
    entry: "client/src/main.web.ts",
    outfile: "dist/web/client.js",
    platform: "browser",
    format: "cjs",
    target: "es2022",
    external: ["vscode"],
    budget: 500 * kB,
    forbidden: [...languageService, "unbash", "@dagrejs/dagre", "vscode-languageserver"],
  },
  {
    entry: "server/src/main.server.ts",
    outfile: "dist/server.js",
    platform: "node",
    format: "cjs",
    target: "node20",
    launches: "dist/language-server.js",
    budget: 3 * kB,
    forbidden: [...languageService, ...editorOnly],
  },
  {
    entry: "server/src/main.node.ts",
    outfile: "dist/language-server.js",
    platform: "node",
    format: "cjs",
    target: "node20",
    alias: { crypto: "./server/src/shims/crypto.ts", ...treeSitter },
    budget: 1700 * kB,
    forbidden: ["vscode-languageclient", "@dagrejs/dagre", "tinyglobby"],
  },
  {
    entry: "server/src/main.worker.ts",
    outfile: "dist/web/server.js",
    platform: "browser",
    format: "iife",
    target: "es2022",
    inject: ["server/src/shims/buffer.ts"],
    budget: 1700 * kB,
    forbidden: ["vscode-languageclient", "@dagrejs/dagre", "tinyglobby"],
  },
  {
    entry: "server/src/main.command.ts",
    outfile: "dist/cli.js",
    platform: "node",
    format: "cjs",
    target: "node20",
    banner: "#!/usr/bin/env node",
    executable: true,
    launches: "dist/command-line.js",
    budget: 3 * kB,
    forbidden: [...languageService, ...editorOnly],
  },
  {
    entry: "server/src/main.cli.ts",
    outfile: "dist/command-line.js",
    platform: "node",
    format: "cjs",
    target: "node20",
    alias: treeSitter,
    budget: 1250 * kB,
    forbidden: [...languageService, ...editorOnly, "@dagrejs/dagre"],
  },
  {
    entry: "client/webview/main.ts",
    outfile: "dist/webview.js",
    platform: "browser",
    format: "iife",
    target: "es2022",
    budget: 110 * kB,
    forbidden: [...languageService, ...editorOnly, "unbash"],
  },
  {
    entry: "client/webview/style.css",
    outfile: "dist/webview.css",
    platform: "browser",
    format: "iife",
    target: "es2022",
    budget: 16 * kB,
    forbidden: [],
  },
];

/** Programs that bundles read when they need them, as they come from their packages. */
const programs: readonly string[] = [
  "web-tree-sitter/web-tree-sitter.wasm",
  "@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm",
];

async function copyPrograms(folder: string): Promise<void> {
  for (const program of programs) {
    await copyFile(path.join(root, "node_modules", program), path.join(folder, path.basename(program)));
  }
}

/** Gives one dependency our stand-in for `path`, in each bundle that holds it; others on Node get Node's own. */
const pathsOfIgnoreFiles: esbuild.Plugin = {
  name: "paths-of-ignore-files",
  setup(bundler) {
    bundler.onResolve({ filter: /^path$/ }, ({ importer }) =>
      packageOf(importer.replaceAll("\\", "/")) === "@balena/dockerignore"
        ? { path: path.join(root, "server/src/shims/path.ts") }
        : undefined,
    );
  },
};

/**
 * Leaves out of rules and ecosystems what only tests and the documentation need: their examples, a fourth of their text.
 * The formatter sees to it that the list ends at a line of its own.
 */
const withoutExamples: esbuild.Plugin = {
  name: "without-examples",
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\]server[/\\]src[/\\](?:rules|refactor)[/\\].*\.ts$/ }, async ({ path: file }) => ({
      loader: "ts",
      contents: (await readFile(file, "utf8"))
        .replace(/^  examples: \[\r?\n[\s\S]*?^  \],$/m, "  examples: [],")
        .replace(/^(export const examples: [^=]*= )\[\r?\n[\s\S]*?^\];$/m, "$1[];"),
    }));
  },
};

/** @param outfile where the bundle goes; what it launches is there already, unless it is being worked on */
function options(bundle: Bundle, dev: boolean, outfile = bundle.outfile): esbuild.BuildOptions & { metafile: true } {
  return {
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    outfile,
    bundle: true,
    platform: bundle.platform,
    format: bundle.format,
    target: bundle.target,
    external: [...(bundle.external ?? [])],
    inject: [...(bundle.inject ?? [])],
    mainFields: bundle.platform === "node" ? ["module", "main"] : ["browser", "module", "main"],
    alias: { https: "./server/src/shims/https.ts", ...bundle.alias },
    // An ES module that a CommonJS bundle takes in may ask where it is; `createRequire` takes a path as well.
    define: {
      "import.meta.url": bundle.platform === "node" ? "__filename" : '""',
      ...(bundle.launches !== undefined && {
        PROGRAM_HASH: JSON.stringify(dev ? "" : hashOf(beside(outfile, bundle.launches))),
      }),
    },
    ...(bundle.banner === undefined ? {} : { banner: { js: bundle.banner } }),
    plugins: [withoutExamples, pathsOfIgnoreFiles],
    minify: !dev,
    sourcemap: dev ? "linked" : false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  };
}

/** The place of another bundle, where a bundle goes to `outfile`. */
const beside = (outfile: string, name: string): string =>
  path.resolve(root, path.dirname(outfile), path.basename(name));

const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);

/** `node_modules/@scope/name/lib/file.js` → `@scope/name`; undefined for the project's own files. */
function packageOf(input: string): string | undefined {
  const match = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match?.[1];
}

function complaints(bundle: Bundle, metafile: esbuild.Metafile, dev: boolean): string[] {
  const output = metafile.outputs[bundle.outfile];
  if (output === undefined) return [`${bundle.outfile}: esbuild did not write it`];
  const found: string[] = [];
  if (!dev && output.bytes > bundle.budget) {
    const largest = Object.entries(output.inputs)
      .map(([input, { bytesInOutput }]) => ({ input, bytesInOutput }))
      .toSorted((a, b) => b.bytesInOutput - a.bytesInOutput)
      .slice(0, 5)
      .map(({ input, bytesInOutput }) => `    ${size(bytesInOutput)}  ${input}`);
    found.push(
      `${bundle.outfile}: ${size(output.bytes)} is over its budget of ${size(bundle.budget)}. Its largest parts:\n` +
        largest.join("\n"),
    );
  }
  // V8 keeps a text with one character beyond Latin 1 in twice the memory; esbuild escapes them but in regular expressions.
  const beyond = dev ? null : /\P{ASCII}.{0,40}/u.exec(readFileSync(path.join(root, bundle.outfile), "utf8"));
  if (beyond) found.push(`${bundle.outfile}: is not plain ASCII, escape the first character of: ${beyond[0]}`);
  for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
    const name = packageOf(input);
    if (name !== undefined && bytesInOutput > 0 && bundle.forbidden.includes(name)) {
      const importer = Object.entries(metafile.inputs).find(([, { imports }]) => imports.some((i) => i.path === input));
      found.push(`${bundle.outfile}: must not contain ${name} (${input}, imported by ${importer?.[0] ?? "nobody"})`);
    }
  }
  return found;
}

const size = (bytes: number): string => `${(bytes / kB).toFixed(1).padStart(6)} kB`;

/** The licences of the packages that ended up in a bundle, as those licences ask. */
async function writeLicences(metafiles: readonly esbuild.Metafile[]): Promise<void> {
  const folders = new Map<string, string>();
  for (const metafile of metafiles) {
    for (const output of Object.values(metafile.outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        const name = packageOf(input);
        if (name !== undefined && bytesInOutput > 0) {
          folders.set(name, input.slice(0, input.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}`.length));
        }
      }
    }
  }
  for (const program of programs) {
    const name = packageOf(`node_modules/${program}`)!;
    folders.set(name, `node_modules/${name}`);
  }
  const parts: string[] = ["Dockerfile Stages contains these packages, under their own licences.\n"];
  for (const [name, folder] of [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const manifest = JSON.parse(await readFile(path.join(root, folder, "package.json"), "utf8")) as {
      version: string;
      license?: string;
    };
    const file = ["LICENSE", "License.txt", "LICENSE.md", "LICENSE.txt", "LICENSE-MIT", "license", "LICENCE"]
      .map((candidate) => path.join(root, folder, candidate))
      .find((candidate) => existsSync(candidate));
    const text = file === undefined ? "" : `\n${(await readFile(file, "utf8")).replaceAll("\r\n", "\n").trim()}\n`;
    parts.push(`${"-".repeat(80)}\n${name} ${manifest.version} (${manifest.license ?? "see below"})\n${text}`);
  }
  await writeFile(path.join(root, "dist/licences.txt"), parts.join("\n"));
}

/** Makes one of the bundles as it is shipped, in another place, with the programs that it reads beside it. */
export async function buildTo(outfile: string, name: string): Promise<void> {
  const bundle = bundles.find((each) => each.outfile === name);
  if (!bundle) throw new Error(`there is no bundle ${name}`);
  if (bundle.launches !== undefined) await buildTo(beside(outfile, bundle.launches), bundle.launches);
  await esbuild.build(options(bundle, false, outfile));
  await copyPrograms(path.dirname(outfile));
}

/** Makes all bundles; throws an error with one line per complaint. */
export async function build({ dev = false, quiet = false } = {}): Promise<void> {
  const started = performance.now();
  await rm(path.join(root, "dist"), { recursive: true, force: true });
  const results = new Map<Bundle, esbuild.Metafile>();
  const isLauncher = ({ launches }: Bundle): boolean => launches !== undefined;
  try {
    // Who launches a bundle knows it.
    for (const wave of [bundles.filter((each) => !isLauncher(each)), bundles.filter(isLauncher)]) {
      const built = await Promise.all(wave.map((bundle) => esbuild.build(options(bundle, dev))));
      wave.forEach((bundle, i) => results.set(bundle, built[i]!.metafile));
    }
  } catch {
    // esbuild has said why.
    throw new Error("The bundles could not be built.");
  }
  for (const bundle of bundles) if (bundle.executable) await chmod(path.join(root, bundle.outfile), 0o755);
  await copyPrograms(path.join(root, "dist"));
  await writeLicences([...results.values()]);
  if (!quiet) {
    for (const bundle of bundles)
      console.log(`${size(statSync(path.join(root, bundle.outfile)).size)}  ${bundle.outfile}`);
    console.log(`built in ${Math.round(performance.now() - started)} ms`);
  }
  const found = bundles.flatMap((bundle) => complaints(bundle, results.get(bundle)!, dev));
  if (found.length > 0) throw new Error(found.join("\n"));
}

async function watch(): Promise<void> {
  await rm(path.join(root, "dist"), { recursive: true, force: true });
  for (const bundle of bundles) {
    const context = await esbuild.context({ ...options(bundle, true), logLevel: "info" });
    await context.watch();
  }
  await copyPrograms(path.join(root, "dist"));
  console.log("watching; stop with Ctrl+C");
}

if (isMain(import.meta)) {
  try {
    if (process.argv.includes("--watch")) await watch();
    else await build({ dev: process.argv.includes("--dev") });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
