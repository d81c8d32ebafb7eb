import { isOfficial } from "../../../images/image.ts";
import type { Call } from "../../../stages/calls.ts";
import { isInside, lastPart, type Place, resolvePath } from "../../../text/paths.ts";
import type { Facts } from "../facts.ts";
import { installedPackages, type RoleOf } from "../roles.ts";
import { findProject } from "../roots.ts";
import { type Choice, type Crossing, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { either, isNodeSource } from "./install.ts";
import { classifyAroundPhp, classifyPhp, phpExtensions, phpSetup, readComposer } from "./php/commands.ts";
import { examples } from "./php/examples.ts";
import { chooseExtensions } from "./php/extensions.ts";

const installing = /^(?:install|i|update|u|require|create-project|dump-?autoload)$/;

function choosePhp(facts: Facts, role: RoleOf): readonly [Choice] | Refusal | null {
  const calls = facts.steps.flatMap((step) => step.calls);
  const installs = calls.filter((call) => installing.test(readComposer(call)?.verb ?? ""));
  const isPhp = isOfficial(facts.image, "php");
  const fronts = calls.filter((call) => isFront(call, role));
  if (installs.length === 0 && fronts.length === 0) return chooseExtensions(facts, role);
  if (installs.length === 0 && !isPhp) return null;
  const started = facts.start?.calls.map(({ program }) => lastPart(program)) ?? [];
  if (started.some((name) => /^(?:node|npm|npx|yarn|pnpm)$/.test(name))) return null;
  const refused = refuseStart(facts);
  if (refused) return refused;
  const root = findRoot([...installs, ...fronts], facts);
  if ("refused" in root) return root;
  if (calls.some(({ name, cwd }) => name === "make" && (cwd === null || !isInside(root.value, cwd)))) {
    return {
      refused: "The file compiles something with `make` besides: whether PHP or the build needs it is not certain.",
    };
  }
  return chooseSame(facts, role, root, fronts.length > 0);
}

function isFront(call: Call, role: RoleOf): boolean {
  const found = role(call);
  return /^(?:npm|yarn|pnpm|npx)$/.test(call.name) && found.kind === "step";
}

/** Why what the container starts rules a split out. */
function refuseStart({ start }: Facts): Refusal | null {
  for (const { program, args } of start?.calls ?? []) {
    const words = [program, ...args].join(" ");
    const composer = readComposer({ name: lastPart(program), program, args });
    if (composer)
      return {
        refused: `The container starts \`${words}\`, which needs Composer: start the program with \`php\`, then it can be split.`,
      };
    if (
      /(?:^|\/)(?:phpunit|pest|codecept|behat|phpstan)$/.test(args[0] ?? program) ||
      /(?:^|\/)(?:phpunit|pest)$/.test(program)
    )
      return { refused: `The container starts \`${words}\`, which is for development: nothing can be left out.` };
  }
  return null;
}

/** The project's directory: the one around all in which Composer and builds of a front end work. */
function findRoot(calls: readonly Call[], facts: Facts): Place | Refusal {
  const places = calls.map((call) => workPlace(call));
  if (places.includes(null))
    return {
      refused:
        "The directory in which Composer installs cannot be told from the file: set a WORKDIR first, then it can be split.",
    };
  const root = findProject(facts, places as readonly string[]);
  if (root.value === "/")
    return {
      refused: "The program is set up in /, beside the files of the image: set a WORKDIR first, then it can be split.",
    };
  return root;
}

function workPlace(call: Call): string | null {
  const composer = readComposer(call);
  const args = composer?.args ?? [];
  const at = args.findIndex((arg) => arg === "-d" || arg === "--working-dir" || arg.startsWith("--working-dir="));
  if (at < 0) return call.cwd;
  return call.path(args[at]!.includes("=") ? args[at]!.slice(14) : (args[at + 1] ?? "."));
}

const javascript = /^(?:nodejs(?:-[\w-]+)?|npm|yarn|yarnpkg)$/;
const archivers = /^(?:git|unzip|zip|p7zip(?:-full)?|7zip|mercurial|subversion)$/;

function chooseSame(facts: Facts, role: RoleOf, root: Place, hasFront: boolean): readonly [Choice] | Refusal {
  const kept = keptPackages(facts, role, hasFront);
  const dropped = [...installedPackages(facts, role)].filter((name) => !kept.has(name));
  const scripts = (facts.start?.calls ?? [])
    .map(({ program }) => program)
    .filter(
      (program) => /\.(?:sh|bash)$|entrypoint/.test(lastPart(program)) && lastPart(program) !== "docker-php-entrypoint",
    );
  const brings = (call: Call, name: string): boolean => {
    const found = role(call);
    return found.kind === "programs" && found.names.includes(name);
  };
  const comes = facts.steps.some(
    ({ instruction: { keyword, args }, calls }) =>
      (keyword === "COPY" && args.some(({ text }) => /(?:^|\/)composer$/.test(text))) ||
      calls.some((call) => brings(call, "composer")),
  );
  // One RUN with both stays whole: taken apart, it would compile the extensions twice.
  const isMixed = facts.steps.some(
    ({ calls }) => calls.some((call) => brings(call, phpExtensions)) && calls.some((call) => brings(call, "composer")),
  );
  const clears = facts.steps.some(({ calls }) =>
    calls.some(
      (call) =>
        /^(?:clear-?cache|cc)$/.test(readComposer(call)?.verb ?? "") ||
        (call.name === "rm" && call.args.some((arg) => /\.composer|\.cache/.test(arg))),
    ),
  );
  const leavesComposer = comes && !isMixed;
  if (!leavesComposer && dropped.length === 0 && !hasFront && clears) {
    return {
      refused:
        "Composer belongs to the image and leaves nothing behind, so a second stage would leave nothing out for certain.",
    };
  }
  const composerHome = facts.env("COMPOSER_HOME") ?? "/root/.composer";
  const globals = globalPlaces(facts, composerHome);
  const vendor = facts.env("COMPOSER_VENDOR_DIR");
  const outside = [...globals, ...(vendor === undefined ? [] : [resolvePath(root.value, vendor)])].filter(
    (path) => !isInside(root.value, path),
  );
  const crossings: Crossing[] = [
    { from: root.text, value: root.value, to: null, directory: true, comment: null },
    ...outside.map((path): Crossing => ({ from: path, value: path, to: null, directory: true, comment: null })),
  ];
  const named = dropped.filter((name) => !javascript.test(name));
  const called = [...named, ...(hasFront ? ["Node.js"] : [])];
  const lastWork = facts.steps.findLast(({ calls }) => calls.some((call) => role(call).kind === "step"));
  const choice: Choice = {
    ...sameProgram,
    strategy: "same",
    base: facts.stage.base?.text ?? "",
    detail: `the same PHP with its extensions, without ${[...(hasFront ? ["the packages of Node.js"] : []), leavesComposer ? "Composer" : "the cache of Composer"].join(" and ")}`,
    crossings,
    workshop: [
      root.value,
      composerHome,
      "/root/.composer",
      "/root/.config/composer",
      "/root/.cache",
      "/root/.npm",
      "/usr/bin/composer",
      "/usr/local/bin/composer",
    ],
    finish: hasFront
      ? [{ command: "rm -rf node_modules", flags: "", directory: root.value, user: lastWork?.user ?? null }]
      : [],
    keepsPackage: (name) => kept.has(name),
    keepsProgram: (name) => name === phpSetup || name === phpExtensions || (name === "composer" && isMixed),
    assumptions: [
      ...(called.length > 0
        ? [`The program does not call ${either(called)}${hasFront ? ", and reads nothing of node_modules" : ""}.`]
        : []),
      ...scripts.map((path) => `\`${lastPart(path)}\` does not call Composer${hasFront ? " or npm" : ""}.`),
    ],
  };
  return [choice];
}

/** Where `composer global require` installs to, where PATH finds it. */
function globalPlaces(facts: Facts, composerHome: string): string[] {
  const isUsed = facts.steps.some(({ calls }) => calls.some((call) => readComposer(call)?.verb === "global"));
  const paths = (facts.env("PATH") ?? "").split(":").filter((path) => path.endsWith("/vendor/bin"));
  if (!isUsed) return [];
  return [...new Set(paths.map((path) => path.slice(0, -"/vendor/bin".length)))].filter(
    (path) => path.startsWith("/") && (path === composerHome || path.endsWith("composer")),
  );
}

/**
 * All packages but those that only Composer and the build of a front end use. Those that are installed in front of the
 * extensions stay: without them the extensions would be compiled once more.
 */
function keptPackages(facts: Facts, role: RoleOf, hasFront: boolean): ReadonlySet<string> {
  const isExtension = (call: Call): boolean => {
    const found = role(call);
    return found.kind === "programs" && found.names.includes(phpExtensions);
  };
  const last = facts.steps.findLastIndex(({ calls }) => calls.some(isExtension));
  const early = facts.steps.slice(0, last + 1).flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const found = role(call);
      return found.kind === "packages" ? found.packages.map(({ value }) => value) : [];
    }),
  );
  const named = (name: string): boolean =>
    [facts.start, facts.healthcheck].some((one) => one?.calls.some(({ program }) => lastPart(program) === name));
  const late = [...installedPackages(facts, role)].filter(
    (name) => named(name) || !(archivers.test(name) || (hasFront && javascript.test(name))),
  );
  return new Set([...early, ...late]);
}

/** Whether a command prepares the installation of Node.js for the assets alone, behind the extensions. */
function isFrontSetup(call: Call, facts: Facts): boolean {
  if (!isNodeSource(call, facts)) return false;
  const at = facts.steps.findIndex(({ calls }) => calls.includes(call));
  const last = facts.steps.findLastIndex(({ calls }) =>
    calls.some((one) => {
      const found = classifyPhp(one);
      return found?.kind === "programs" && found.names.includes(phpExtensions);
    }),
  );
  return at > last && facts.steps.some(({ calls }) => calls.some(({ name }) => /^(?:npm|yarn|pnpm|npx)$/.test(name)));
}

/** Programs in PHP with packages of Composer. */
export const php: Ecosystem = {
  id: "php",
  name: "PHP",
  docs: `Extensions, modules and settings of the server belong to the image: they stay in a stage that both others share, or
are set up in both. The builder has Composer, installs the packages and makes the assets with Node.js; the runtime stage
takes the program's directory from there, packages included, and starts from the same image. Composer, its cache and
\`node_modules\` stay behind. In a file without Composer the builder compiles the extensions, which are copied; the runtime
stage installs the libraries (\`libzip5\`) in place of the packages with headers (\`libzip-dev\`).`,
  examples,
  images: [{ name: "php", workdir: "/var/www/html", environment: { PHP_INI_DIR: "/usr/local/etc/php" } }],
  words: ["docker-php-ext-install", "pecl", "composer", "composer\\.phar", "npm", "yarn"],
  classify: classifyPhp,
  classifyOwn: (call, facts) =>
    classifyAroundPhp(call) ?? (isFrontSetup(call, facts) ? { kind: "step", step: "tool" } : null),
  choose: choosePhp,
};
