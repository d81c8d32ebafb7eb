import { joined } from "../../../text/list.ts";
import type { Facts } from "../facts.ts";
import { isOfficial } from "../../../images/image.ts";
import type { StartedCall } from "../../../stages/start.ts";
import { isInside, lastPart, type Place } from "../../../text/paths.ts";
import { installedPackages, lastingPackages, type RoleOf } from "../roles.ts";
import { type Choice, type Ecosystem, type Finish, type Refusal, sameProgram } from "./ecosystem.ts";
import { type Base, chooseBase, compilers, distrolessBase, isInstalledWith, mentioned, sameBase } from "./node/base.ts";
import { buildPrograms, classifyNode, isNodeBuild, namesOf, packageName } from "./node/commands.ts";
import { examples } from "./node/examples.ts";
import { doubtfulPackages, hasBrowser, type Manifest, packageOf, readManifest, resolveStart } from "./node/manifest.ts";
import { chooseStandalone } from "./node/next.ts";
import {
  chooseCrossings,
  type Crossings,
  findRoot,
  type Hints,
  isFound,
  leanCrossings,
  readHints,
} from "./node/project.ts";
import { hasUnseenYarn, leavesCache, planPrune, prunesLate, readInstalls, unsureYarn } from "./node/prune.ts";
import { readStarter, type Starter } from "./node/start.ts";
import { refusals } from "./refusals.ts";

function chooseNode(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const installs = readInstalls(facts);
  const builds = facts.steps.some(({ calls }) => calls.some((call) => isNodeBuild(call, role)));
  const directories = installs.filter(({ manager }) => manager.verb !== "prune").map(({ manager }) => manager.cwd);
  if (directories.length === 0 && !builds) return null;
  // Something else is built, and npm only helps.
  if (isOfficial(facts.image, "golang")) return null;
  const programs = new Set(facts.steps.flatMap(({ calls }) => calls.flatMap((call) => namesOf(role(call)))));
  const started = resolveStart(facts);
  const starters = started.map((call) => withInstalled(readStarter(call), programs));
  const refused = refuseStart(facts, starters);
  if (refused) return refused;
  if (directories.length === 0)
    return { refused: "The file builds with Node but installs no dependencies, so it does not say where they are." };
  const root = findRoot(facts, directories);
  if ("refused" in root) return root;
  const manifest = readManifest(facts, root.value);
  const read = readHints(facts, role);
  const hints = { ...read, browsers: read.browsers || (manifest !== null && hasBrowser(manifest)) };
  const manager = startingManager(facts);
  const lost = refuseLost(facts, starters, root.value, hints, programs.has("corepack") ? manager : null);
  if (lost) return lost;
  const loads = missingPackages(starters, manifest);
  const compiler = loads.find((name) => name === "ts-node" || name === "tsx");
  if (manifest && compiler !== undefined) {
    return {
      refused: `The container starts the program with \`${compiler}\`, which stands under "devDependencies" and reads the sources: nothing can be left out.`,
    };
  }

  const needsDevelopment = loads.length > 0 || hints.prisma || hints.workspaces || hints.berry;
  const finish = builds && !needsDevelopment ? planPrune(facts, role, installs) : [];
  const packages = lastingPackages(facts, role);
  const project: Project = {
    facts,
    role,
    root,
    hints,
    starters,
    started,
    builds,
    finish,
    packages,
    manager,
    dropped: [...installedPackages(facts, role)].filter((name) => !packages.has(name) && !mentioned(facts, name)),
  };
  const base = chooseBase(facts, role, starters);
  const crossing = chooseCrossings(facts, role, root, { starters, started, builds, hints });
  const choices = base.slimmer === null ? [] : wholeAndLean(project, base, crossing);
  const isLess =
    finish.length > 0 ||
    crossing.lean ||
    project.dropped.some((name) => compilers.test(name) || callable.test(name)) ||
    (builds && prunesLate(installs));
  // What npm and yarn downloaded is little beside a smaller system, and all there is on a small one.
  const isSmaller = builds && loads.length === 0 && !hints.prisma && leavesCache(role, installs);
  if (isLess || (choices.length === 0 && isSmaller)) choices.push(...wholeAndLean(project, sameBase(facts), crossing));
  const minimal = choices.length > 0 ? minimalChoice(project, crossing) : null;
  if (minimal) choices.push(minimal);
  const [first, ...others] = choices;
  return first ? [first, ...others] : refuseGainless(starters, hints, builds, manifest);
}

/** What is known of a project before the image it runs on is chosen. */
interface Project {
  readonly facts: Facts;
  readonly role: RoleOf;
  readonly root: Place;
  readonly hints: Hints;
  readonly starters: readonly Starter[];
  readonly started: readonly StartedCall[];
  readonly builds: boolean;
  readonly finish: readonly Finish[];
  /** Packages of the system that may be the program's. */
  readonly packages: ReadonlySet<string>;
  readonly manager: string | null;
  /** Packages of the system that stay in the builder. */
  readonly dropped: readonly string[];
}

/** The ways on one base: Next.js' own output where there is one, the project as certain as it can be, and less of it. */
function wholeAndLean(project: Project, base: Base, crossing: Crossings): Choice[] {
  const { facts, role, root, starters, started, builds, hints } = project;
  const choices = [chooseWith(project, base, crossing)];
  const standalone = chooseStandalone(facts, root, started, project.finish, base);
  if (standalone) {
    const { crossings, assumptions, ...rest } = standalone;
    // It brings its own packages, so that nothing is pruned.
    const own = chooseWith({ ...project, finish: [] }, base, { crossings, assumptions });
    choices.unshift({ ...own, ...rest });
  } else if (!crossing.lean) {
    const lean = leanCrossings(facts, role, root, { starters, started, builds, hints });
    if (lean) choices.push(withDetail(chooseWith(project, base, lean), "the output and its packages alone"));
  }
  // Ways on one base are told apart by what they take along.
  return choices.length > 1
    ? choices.map((choice) =>
        choice.crossings === crossing.crossings ? withDetail(choice, `all of ${root.value}`) : choice,
      )
    : choices;
}

function withDetail(choice: Choice, what: string): Choice {
  return { ...choice, detail: `${choice.detail}; with ${what}` };
}

function chooseWith(
  project: Project,
  base: Base,
  { crossings, assumptions }: Pick<Crossings, "crossings" | "assumptions">,
): Choice {
  const { facts, role, root, finish, packages, starters, dropped } = project;
  const yarn = unsureManager(facts, project.hints, finish);
  return {
    ...sameProgram,
    strategy: base.slimmer === null ? "same" : "slim",
    base: base.image,
    detail:
      base.slimmer === null
        ? "the same image, without what only the build needs"
        : `the same ${runtimeOf(facts)} on a smaller system`,
    crossings,
    workshop: [root.value],
    finish,
    keepsPackage: (name) => packages.has(name) || mentioned(facts, name),
    keepsProgram: (name) => keepsProgram(project, name),
    assumptions: [
      ...[base.slimmer, base.argument].filter((sentence) => sentence !== null),
      ...pruneSentences(facts, starters, finish),
      ...(yarn === null ? [] : [yarn]),
      ...assumptions,
      ...toolSentences(facts, role, dropped),
      ...programSentences(project),
    ],
  };
}

/** Whether the container needs a program that the file installs for the whole image. */
function keepsProgram({ started, manager }: Project, name: string): boolean {
  if (started.some(({ program }) => packageOf(program) === name)) return true;
  // Corepack is refused above where the container needs it.
  if (buildPrograms.has(name) || name === "corepack") return false;
  return !((name === "npm" || name === "pnpm" || name === "yarn") && manager !== name);
}

/** What a script that is not known must not call. */
function programSentences(project: Project): string[] {
  const { facts, role, starters } = project;
  const script = starters.find(({ kind }) => kind === "script");
  if (script?.kind !== "script") return [];
  const names = facts.steps
    .flatMap(({ calls }) => calls.flatMap((call) => namesOf(role(call))))
    .filter((name) => buildPrograms.has(name) && !keepsProgram(project, name));
  return names.length > 0 ? [`\`${script.words}\` does not call ${joined([...new Set(names)], "or")}.`] : [];
}

function runtimeOf({ image }: Facts): string {
  return image.name === "bun" ? "Bun" : "Node.js";
}

/** Node.js without a system, for a program that `node` starts and that needs nothing else. */
function minimalChoice(project: Project, crossing: Crossings): Choice | null {
  const { facts, role, root, packages, hints } = project;
  const base = distrolessBase(facts);
  const words = facts.cmd?.args.map(({ text }) => text) ?? [];
  if (base === null || words[0] !== "node" || words.length < 2 || hints.prisma || packages.size > 0) return null;
  const setsUp = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind === "users" || found.kind === "unknown") return true;
      if (found.kind === "programs") return found.names.some((name) => !buildPrograms.has(name));
      if (found.kind !== "files") return false;
      // The owner of the whole project is set again, which needs a shell.
      return found.paths?.every((path) => isInside(root.value, path) && path !== root.value) !== true;
    }),
  );
  if (setsUp) return null;
  const choice = chooseWith(project, sameBase(facts), crossing);
  return {
    ...choice,
    strategy: "minimal",
    base,
    detail: "Node.js and its libraries, without npm and a shell",
    command: words.slice(1),
    assumptions: [
      `The program starts no other programs, and its native modules need nothing beyond Node.js and the C library: \`${base}\` has nothing else, not even a shell.`,
      ...choice.assumptions,
    ],
  };
}

/** The packages that the container starts and that are not certain to stay when development packages go. */
function missingPackages(starters: readonly Starter[], manifest: Manifest | null): string[] {
  return starters.flatMap((starter) => {
    if (starter.kind !== "package") return [];
    const [first = "", second = ""] = starter.words.split(" ");
    const name = packageOf(/^(?:npx|pnpx|bunx)$/.test(lastPart(first)) ? packageName(second) : first);
    return manifest?.dependencies.has(name) === true ? [] : [name];
  });
}

/** A server that the file installs for the whole image needs nothing of the project's packages. */
function withInstalled(starter: Starter, programs: ReadonlySet<string>): Starter {
  const name = starter.kind === "package" ? starter.words.split(" ")[0]! : "";
  return (name === "serve" || name === "http-server") && programs.has(name) ? { kind: "program", name } : starter;
}

/** Why what the container starts rules a split out. */
function refuseStart({ start }: Facts, starters: readonly Starter[]): Refusal | null {
  if (!start) return refusals.noStart;
  if (!starters.some(({ kind }) => kind !== "shell")) {
    return {
      refused: "The container starts no program of the project, so it is not certain what the runtime stage needs.",
    };
  }
  const development = starters.find(({ kind }) => kind === "development");
  if (development?.kind === "development") {
    const words = start.calls.map(({ program, args }) => [program, ...args].join(" ")).join(" && ");
    const by = words.includes(development.words) ? "" : ` (\`${words}\`)`;
    return {
      refused: `The container starts \`${development.words}\`${by}, which needs the sources and the development dependencies: nothing can be left out.`,
    };
  }
  return null;
}

/** The package manager that starts the program; `null` where none does. */
function startingManager({ start }: Facts): string | null {
  const call = start?.calls.find((one) => readStarter(one).kind === "script");
  return call ? lastPart(call.program) : null;
}

/** Why something that the container needs would be lost. */
function refuseLost(
  facts: Facts,
  starters: readonly Starter[],
  root: string,
  { browsers }: Hints,
  corepack: string | null,
): Refusal | null {
  const lost = starters.find(
    (starter) => starter.kind === "file" && starter.path.startsWith("/") && !isFound(facts, starter.path, root),
  );
  if (lost?.kind === "file")
    return { refused: `The container starts ${lost.path}, and the file does not say where that comes from.` };
  if (browsers) {
    return {
      refused:
        "The file prepares a browser for Puppeteer or Playwright, which they keep outside the project: what must be copied is not certain.",
    };
  }
  if (corepack === "pnpm" || corepack === "yarn") {
    return {
      refused: `The container starts with ${corepack}, which corepack downloads on first use: start the program with \`node\` instead, then it can be split.`,
    };
  }
  return null;
}

function refuseGainless(
  starters: readonly Starter[],
  hints: Hints,
  builds: boolean,
  manifest: Manifest | null,
): Refusal {
  if (!builds) {
    return {
      refused:
        "Nothing is built here, and a second stage would leave nothing out for certain. `npm ci --omit=dev` leaves out development dependencies without one.",
    };
  }
  const starter = starters.find(({ kind }) => kind === "package");
  const why = hints.prisma
    ? "Prisma needs its packages and the system's libraries"
    : hints.workspaces || hints.berry
      ? "which packages the program needs is not certain with workspaces"
      : starter?.kind === "package"
        ? `\`${starter.words}\` ${manifest ? "needs" : "may be"} a development dependency, so all packages stay`
        : "the base and the packages would stay the same";
  return { refused: `A second stage would leave nothing out for certain: ${why}.` };
}

/** What must hold for a project without its development packages. */
function pruneSentences(facts: Facts, starters: readonly Starter[], finish: readonly Finish[]): string[] {
  if (finish.length === 0) return [];
  const manifests = finish.map(({ directory }) => readManifest(facts, directory));
  if (manifests.every((manifest) => manifest !== null)) {
    // Next.js reads settings in TypeScript when it starts.
    const reads = [...facts.project.keys()].some((path) => lastPart(path) === "next.config.ts");
    const doubtful = new Set(manifests.flatMap((manifest) => doubtfulPackages(manifest, reads)));
    return doubtful.size > 0
      ? [
          `The program does not load ${joined([...doubtful], "or")}, which ${doubtful.size > 1 ? "stand" : "stands"} under "devDependencies".`,
        ]
      : [];
  }
  const scripts = starters.flatMap((starter) => (starter.kind === "script" ? [`\`${starter.words}\``] : []));
  return [
    scripts.length > 0
      ? `${scripts.join(" and ")} ${scripts.length > 1 ? "work" : "works"} with the packages under "dependencies" alone, without "devDependencies".`
      : 'The program runs with the packages under "dependencies" alone, without "devDependencies".',
  ];
}

/** What must hold of the package manager, so that all packages are in the project. */
function unsureManager(facts: Facts, hints: Hints, finish: readonly Finish[]): string | null {
  if (hints.berry) {
    const keepsInProject = [...facts.project].some(
      ([path, text]) => lastPart(path) === ".yarnrc.yml" && /^nodeLinker:\s*["']?node-modules/m.test(text),
    );
    return keepsInProject ? null : "Yarn keeps all packages in the project, none in a folder of the user.";
  }
  const prunes = finish.some(({ command }) => command.startsWith("yarn"));
  return (prunes || hasUnseenYarn(facts)) && unsureYarn(facts) ? "The project uses yarn 1." : null;
}

/** What the program must not call, since only the builder has it. */
function toolSentences(facts: Facts, role: RoleOf, dropped: readonly string[]): string[] {
  const usable = dropped.filter((name) => callable.test(name) && !isInstalledWith(facts, role, name, compilers));
  return usable.length > 0 ? [`The program does not call ${joined(usable, "or")}.`] : [];
}

/** Packages of programs that others start. */
const callable = /^(?:git|python|mercurial|subversion|bzr)/;

/** Servers written for Node: npm, yarn, pnpm and bun. */
export const node: Ecosystem = {
  id: "node",
  name: "Node.js",
  docs: `The builder installs all packages, builds, and drops the development dependencies at its end, so that native modules
stay as they were compiled. The runtime stage takes the project from there: only \`package.json\`, \`node_modules\` and the
output where the file names all that arrives, the whole directory where \`COPY . .\` may bring views, migrations or
settings that the program reads; the output alone is another way. It starts from the slim variant of the same image, from
the same image where compilers or packages are left out, or from Node.js without a system where CMD starts \`node\` and
nothing else is needed.

Where \`package.json\` is known, its scripts say what the container starts. Development dependencies that no program
loads, such as types and tests, are left out without a check; others are named. Next.js with \`output: "standalone"\` is
copied as it recommends. A start script that compiles, watches or tests needs everything, and nothing is split.`,
  examples,
  images: [{ name: "node", workdir: "/", environment: {} }],
  words: ["npm", "npx", "yarn", "pnpm", "bun", "bunx"],
  classify: classifyNode,
  choose: chooseNode,
};
