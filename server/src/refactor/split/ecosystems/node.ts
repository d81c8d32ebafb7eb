import type { Facts } from "../facts.ts";
import { isOfficial } from "../../../images/image.ts";
import { lastPart } from "../../../text/paths.ts";
import { installedPackages, lastingPackages, type RoleOf } from "../roles.ts";
import { type Choice, type Ecosystem, type Finish, type Refusal, sameProgram } from "./ecosystem.ts";
import { chooseBase, compilers, isInstalledWith, mentioned } from "./node/base.ts";
import { buildPrograms, classifyNode, isNodeBuild, namesOf } from "./node/commands.ts";
import { examples } from "./node/examples.ts";
import { chooseCrossings, findRoot, type Hints, isFound, listed, readHints } from "./node/project.ts";
import { planPrune, prunesLate, readInstalls, unsureYarn } from "./node/prune.ts";
import { readStarter, type Starter } from "./node/start.ts";

function chooseNode(facts: Facts, role: RoleOf): readonly [Choice] | Refusal | null {
  const installs = readInstalls(facts);
  const builds = facts.steps.some(({ calls }) => calls.some((call) => isNodeBuild(call, role)));
  const directories = installs.filter(({ manager }) => manager.verb !== "prune").map(({ manager }) => manager.cwd);
  if (directories.length === 0 && !builds) return null;
  // Something else is built, and npm only helps.
  if (isOfficial(facts.image, "golang")) return null;
  const programs = new Set(facts.steps.flatMap(({ calls }) => calls.flatMap((call) => namesOf(role(call)))));
  const starters = (facts.start?.calls.map(readStarter) ?? []).map((starter) => withInstalled(starter, programs));
  const refused = refuseStart(facts, starters);
  if (refused) return refused;
  if (directories.length === 0)
    return { refused: "The file builds with Node but installs no dependencies, so it does not say where they are." };
  const root = findRoot(facts, directories);
  if ("refused" in root) return root;
  const hints = readHints(facts, role);
  const manager = startingManager(facts);
  const lost = refuseLost(facts, starters, root.value, hints, programs.has("corepack") ? manager : null);
  if (lost) return lost;

  const base = chooseBase(facts, role);
  const needsDevelopment =
    starters.some(({ kind }) => kind === "package") || hints.prisma || hints.workspaces || hints.berry;
  const finish = builds && !needsDevelopment ? planPrune(facts, role, installs) : [];
  const crossing = chooseCrossings(facts, role, root, starters, builds, hints);
  const packages = lastingPackages(facts, role);
  const dropped = [...installedPackages(facts, role)].filter((name) => !packages.has(name) && !mentioned(facts, name));
  const isLess =
    base.slimmer !== null || finish.length > 0 || crossing.lean || dropped.some((name) => compilers.test(name));
  if (!isLess && !(builds && prunesLate(installs))) return refuseGainless(starters, hints, builds);
  const choice: Choice = {
    ...sameProgram,
    strategy: base.slimmer === null ? "same" : "slim",
    base: base.image,
    detail:
      base.slimmer === null
        ? "the same image, without what only the build needs"
        : "the same Node.js on a smaller system",
    crossings: crossing.crossings,
    workshop: [root.value],
    finish,
    keepsPackage: (name) => packages.has(name) || mentioned(facts, name),
    // Corepack is refused above where the container needs it.
    keepsProgram: (name) =>
      !buildPrograms.has(name) &&
      name !== "corepack" &&
      !((name === "npm" || name === "pnpm" || name === "yarn") && manager !== name),
    assumptions: [
      ...[base.slimmer, base.argument].filter((sentence) => sentence !== null),
      ...(finish.length > 0 ? pruneSentences(facts, starters, finish) : []),
      ...crossing.assumptions,
      ...toolSentences(facts, role, dropped),
    ],
  };
  return [choice];
}

/** A server that the file installs for the whole image needs nothing of the project's packages. */
function withInstalled(starter: Starter, programs: ReadonlySet<string>): Starter {
  const name = starter.kind === "package" ? starter.words.split(" ")[0]! : "";
  return (name === "serve" || name === "http-server") && programs.has(name) ? { kind: "program", name } : starter;
}

/** Why what the container starts rules a split out. */
function refuseStart({ start }: Facts, starters: readonly Starter[]): Refusal | null {
  if (!start) {
    return {
      refused: "The file has neither CMD nor ENTRYPOINT, so it does not say what the runtime stage must start.",
    };
  }
  if (!starters.some(({ kind }) => kind !== "shell")) {
    return {
      refused: "The container starts no program of the project, so it is not certain what the runtime stage needs.",
    };
  }
  const development = starters.find(({ kind }) => kind === "development");
  if (development?.kind === "development") {
    return {
      refused: `The container starts \`${development.words}\`, which needs the sources and the development dependencies: nothing can be left out.`,
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

function refuseGainless(starters: readonly Starter[], hints: Hints, builds: boolean): Refusal {
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
        ? `\`${starter.words}\` may be a development dependency, so all packages stay`
        : "the base and the packages would stay the same";
  return { refused: `A second stage would leave nothing out for certain: ${why}.` };
}

function pruneSentences(facts: Facts, starters: readonly Starter[], finish: readonly Finish[]): string[] {
  const scripts = starters.flatMap((starter) => (starter.kind === "script" ? [`\`${starter.words}\``] : []));
  const sentences = [
    scripts.length > 0
      ? `${scripts.join(" and ")} ${scripts.length > 1 ? "work" : "works"} with the packages under "dependencies" alone, without "devDependencies".`
      : 'The program runs with the packages under "dependencies" alone, without "devDependencies".',
  ];
  if (finish.some(({ command }) => command.startsWith("yarn")) && unsureYarn(facts))
    sentences.push("The project uses yarn 1.");
  return sentences;
}

/** What the program must not call, since only the builder has it. */
function toolSentences(facts: Facts, role: RoleOf, dropped: readonly string[]): string[] {
  const usable = dropped.filter(
    (name) => /^(?:git|python|mercurial|subversion|bzr)/.test(name) && !isInstalledWith(facts, role, name, compilers),
  );
  return usable.length > 0 ? [`The program does not call ${listed(usable)}.`] : [];
}

/** Servers written for Node: npm, yarn and pnpm. */
export const node: Ecosystem = {
  id: "node",
  name: "Node.js",
  docs: `The builder installs all packages, builds, and drops the development dependencies at its end, so that native modules
stay as they were compiled. The runtime stage takes the project from there: only \`package.json\`, \`node_modules\` and the
output where the file names all that arrives, the whole directory where \`COPY . .\` may bring views, migrations or
settings that the program reads. It starts from the slim variant of the same image where nothing in the file needs
more.`,
  examples,
  images: [{ name: "node", workdir: "/", environment: {} }],
  words: ["npm", "npx", "yarn", "pnpm"],
  classify: classifyNode,
  choose: chooseNode,
};
