import { joined } from "../../../../text/list.ts";
import type { StartedCall } from "../../../../stages/start.ts";
import type { Facts, Step } from "../../facts.ts";
import { isInside, type Place, relativePath, resolvePath } from "../../../../text/paths.ts";
import type { RoleOf } from "../../roles.ts";
import { findProject } from "../../roots.ts";
import type { Crossing, Refusal } from "../ecosystem.ts";
import { copiedTo } from "../placed.ts";
import { isNodeBuild } from "./commands.ts";
import { manifests, readPackageManager } from "./package-managers.ts";
import { hasUnseenYarn } from "./prune.ts";
import type { Starter } from "./start.ts";

/** Names at the root of a project that only its build reads. */
const buildInputs =
  /^(?:src|source|sources|test|tests|__tests__|__mocks__|spec|e2e|cypress|docs?|\.git|\.github|\.husky|\.vscode|tsconfig[\w.-]*\.json|jsconfig\.json|[\w.-]+\.config\.[cm]?[jt]s|[\w.-]+\.tsx?|nest-cli\.json|angular\.json|\.swcrc|\.babelrc(?:\.\w+)?|\.eslint\w*(?:\.\w+)?|\.prettier\w*(?:\.\w+)?|\.browserslistrc|\.editorconfig|\.nvmrc|\.npmrc|\.yarnrc|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|index\.html|README\.md|LICENSE)$/;

/** What COPY and ADD bring into a directory, by name; `null` where names are not told. */
interface Brought {
  readonly step: Step;
  /** Names at the root of the directory. */
  readonly names: readonly string[] | null;
}

function broughtInto(facts: Facts, root: string): Brought[] {
  const found: Brought[] = [];
  for (const step of facts.steps) {
    const { instruction, cwd } = step;
    const target = copiedTo(step);
    if (target === null || cwd === null) continue;
    if (!isInside(root, target.path) && !isInside(target.path, root)) continue;
    const sources = instruction.args.slice(0, -1).map(({ text }) => text);
    const fromImage = instruction.flags.some(({ name }) => name === "from");
    if (target.path === root) {
      const names = sources.map((source) => source.replace(/\/$/, "").replace(/^\.\//, ""));
      // A directory's contents land at the root, under names that the file does not tell.
      const told =
        !fromImage &&
        names.every(
          (name) =>
            !name.includes("/") &&
            (manifests.test(name) ||
              /^\.env$|^\.?[\w-]+(?:\.[\w-]+)+$/.test(name) ||
              /^(?:Makefile|LICENSE)$/.test(name)),
        );
      found.push({
        step,
        names: told ? names.map((name) => (name === "package*.json" ? "package.json" : name.replace(/\*$/, ""))) : null,
      });
    } else if (isInside(root, target.path)) {
      found.push({ step, names: [relativePath(root, target.path).split("/")[0]!] });
    } else found.push({ step, names: null });
  }
  return found;
}

/** The project's directory: the one around all in which dependencies are installed. */
export function findRoot(facts: Facts, directories: readonly (string | null)[]): Place | Refusal {
  if (directories.includes(null)) {
    return {
      refused:
        "The directory in which the dependencies are installed cannot be told: it depends on what the file does not say.",
    };
  }
  const place = findProject(facts, directories as readonly string[]);
  if (place.value === "/")
    return {
      refused:
        "The dependencies are installed in /, beside the files of the image: set a WORKDIR first, then it can be split.",
    };
  return place;
}

/** Whether an absolute path is in the project, a part of the base's system or copied there. */
export function isFound(facts: Facts, path: string, root: string): boolean {
  if (isInside(root, path) || /^\/(?:bin|sbin|usr\/bin|usr\/sbin|usr\/local\/bin)\//.test(path)) return true;
  return facts.steps.some((step) => {
    const target = copiedTo(step);
    return target !== null && isInside(target.path, path);
  });
}

export interface Hints {
  readonly prisma: boolean;
  readonly workspaces: boolean;
  readonly berry: boolean;
  readonly browsers: boolean;
  /** Files in the project change owner or are made by another user than root. */
  readonly owners: boolean;
}

export function readHints(facts: Facts, role: RoleOf): Hints {
  const { steps } = facts;
  const words = steps.flatMap(({ calls }) => calls.flatMap(({ program, args }) => [program, ...args]));
  const sources = steps.flatMap(({ instruction }) =>
    instruction.keyword === "COPY" || instruction.keyword === "ADD" ? instruction.args.map(({ text }) => text) : [],
  );
  const variables = steps.flatMap(({ instruction }) =>
    instruction.keyword === "ENV" || instruction.keyword === "ARG" ? instruction.pairs.map(({ key }) => key) : [],
  );
  const managers = steps.flatMap(({ calls }) => calls.flatMap((call) => readPackageManager(call) ?? []));
  const starts = [facts.start, facts.healthcheck].flatMap(
    (started) => started?.calls.flatMap(({ program, args }) => [program, ...args]) ?? [],
  );
  const names = [...words, ...starts].map((word) => word.replace(/^\.\//, ""));
  return {
    prisma:
      names.some((word) => /(?:^|[/@:])prisma\b/.test(word)) ||
      sources.some((source) => /(?:^|\/)prisma(?:\/|$)/.test(source)),
    workspaces:
      managers.some(({ workspaces }) => workspaces) ||
      words.some((word) => /^(?:lerna|turbo|nx)$/.test(word)) ||
      sources.some((source) =>
        /lerna\.json|turbo\.json|nx\.json|^(?:\.\/)?packages(?:\/|$)|^(?:\.\/)?apps(?:\/|$)/.test(source),
      ),
    berry:
      sources.some((source) => /\.yarnrc\.yml|(?:^|\/)\.yarn(?:\/|$)|\.pnp\./.test(source)) ||
      managers.some(
        ({ manager, flags, name }) =>
          manager === "yarn" &&
          (flags.some((flag) => flag.startsWith("--immutable") || flag === "--inline-builds") || name === "focus"),
      ) ||
      managers.some(({ manager, verb, name }) => manager === "yarn" && verb === "configure" && name === "set") ||
      (managers.some(({ manager }) => manager === "yarn") && words.includes("corepack")),
    browsers: [...words, ...variables].some((word) =>
      /puppeteer|playwright|chromium|google-chrome|cypress|^libgbm|^libatk-bridge/i.test(word),
    ),
    owners:
      steps.some(({ calls }) =>
        calls.some((call) => (call.name === "chown" || call.name === "chgrp") && role(call).kind === "files"),
      ) ||
      steps.some(
        ({ instruction }) =>
          (instruction.keyword === "COPY" || instruction.keyword === "ADD") &&
          instruction.flags.some(({ name }) => name === "chown"),
      ) ||
      steps.some(
        ({ user, calls }) =>
          user !== null && user !== "root" && user !== "0" && calls.some((call) => role(call).kind === "step"),
      ),
  };
}

export interface Crossings {
  readonly crossings: readonly Crossing[];
  readonly assumptions: readonly string[];
  /** Whether less than the whole project crosses. */
  readonly lean: boolean;
}

/** What the container starts, and what is known of how it came to be. */
export interface Start {
  readonly starters: readonly Starter[];
  readonly started: readonly StartedCall[];
  readonly builds: boolean;
  readonly hints: Hints;
}

/** The whole project, or what of it the program needs where the file names all that arrives. */
export function chooseCrossings(facts: Facts, role: RoleOf, root: Place, start: Start): Crossings {
  const whole: Crossings = {
    crossings: [{ from: root.text, value: root.value, to: null, directory: true, comment: null }],
    assumptions: [],
    lean: false,
  };
  const build = findBuild(facts, role, root.value, start);
  if (build === null) return whole;
  const { output, brought, words } = build;
  const names = brought.flatMap((entry) => entry.names ?? []);
  if (brought.some((entry) => entry.names === null) || !names.includes("package.json")) return whole;
  const mentions = settingTexts(facts);
  const isLeft = (name: string): boolean =>
    buildInputs.test(name) && !mentions.some((text) => text.split(/[\s"'=:,;/]+/).includes(name));
  const kept = [...new Set(names)].filter((name) => !isLeft(name) && name !== "package.json");
  const isFile = (name: string): boolean => /[^.]\.\w+$/.test(name);
  const sources = [...new Set(names)].filter(
    (name) => isLeft(name) && !manifests.test(name) && !/^(?:tsconfig|README|LICENSE)/.test(name),
  );
  return {
    crossings: [
      crossingOf(root, "package.json", false),
      crossingOf(root, "node_modules", true),
      ...kept.filter((name) => name !== output).map((name) => crossingOf(root, name, !isFile(name))),
      crossingOf(root, output, true),
    ],
    assumptions: [
      `\`${words}\` writes all that the program needs to ${root.value}/${output}.`,
      ...(sources.length > 0
        ? [
            `At run time the program reads nothing of ${joined(
              sources.map((name) => `${root.value}/${name}`),
              "or",
            )}.`,
          ]
        : []),
    ],
    lean: true,
  };
}

function crossingOf(root: Place, name: string, directory: boolean): Crossing {
  return { from: `${root.text}/${name}`, value: `${root.value}/${name}`, to: null, directory, comment: null };
}

/** The output and the packages alone, where the file does not name what else arrives; `null` where that cannot do. */
export function leanCrossings(facts: Facts, role: RoleOf, root: Place, start: Start): Crossings | null {
  const build = findBuild(facts, role, root.value, start);
  if (build === null || hasUnseenYarn(facts)) return null;
  return {
    crossings: [
      crossingOf(root, "package.json", false),
      crossingOf(root, "node_modules", true),
      crossingOf(root, build.output, true),
    ],
    assumptions: [
      `At run time the program reads nothing of ${root.value} but package.json, node_modules and ${build.output}.`,
    ],
    lean: true,
  };
}

interface Build {
  /** The directory that it writes, by its name at the root. */
  readonly output: string;
  readonly brought: readonly Brought[];
  /** Its command. */
  readonly words: string;
}

/** The one build that makes what the container starts; `null` where it is not as simple as that. */
function findBuild(
  facts: Facts,
  role: RoleOf,
  root: string,
  { starters, started, builds, hints }: Start,
): Build | null {
  const brought = broughtInto(facts, root);
  const output = outputDirectory(facts, root, starters, started, brought);
  if (output === null || !builds || hints.owners || hints.workspaces || hints.berry || hints.prisma) return null;
  // Commands that change the project beyond its known steps may make what the program needs.
  const touched = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return (
        found.kind === "files" &&
        (found.paths === null || found.paths.some((path) => path !== root && isInside(root, path)))
      );
    }),
  );
  const [script, ...others] = facts.steps.flatMap(({ calls }) => calls.filter((call) => isNodeBuild(call, role)));
  const isElsewhere = facts.steps.some(({ calls }) =>
    calls.some((call) => call.cwd !== root && role(call).kind === "step"),
  );
  if (touched || isElsewhere || script === undefined || others.length > 0) return null;
  return { output, brought, words: [script.program, ...script.args].join(" ") };
}

/** What the container's settings say, which may name files of the project. */
function settingTexts({ steps, analysis }: Facts): string[] {
  return steps.flatMap(({ instruction: { keyword, span } }) =>
    ["ENV", "HEALTHCHECK", "CMD", "ENTRYPOINT", "VOLUME"].includes(keyword)
      ? [analysis.text.slice(span.start, span.end)]
      : [],
  );
}

/** The directory that the build makes and the program starts from, by its name at the root; `null` where it is not told. */
function outputDirectory(
  facts: Facts,
  root: string,
  starters: readonly Starter[],
  started: readonly StartedCall[],
  brought: readonly Brought[],
): string | null {
  const programs = starters.filter(({ kind }) => kind !== "shell");
  if (programs.length !== 1 || started.length !== 1) return null;
  const [starter] = programs;
  if (starter?.kind !== "node" || starter.file === null || !starter.plain || facts.cwd === null) return null;
  if (/[$`]/.test(starter.file)) return null;
  const path = resolvePath(facts.cwd.value, starter.file);
  if (!isInside(root, path) || path === root) return null;
  const relative = relativePath(root, path);
  const name = relative.split("/")[0]!;
  if (name === relative || brought.some(({ names }) => names?.includes(name) === true)) return null;
  // Arguments that name other files of the project.
  const args = started.flatMap((call) => call.args);
  const others = args.filter((arg) => arg !== starter.file && /[./]/.test(arg) && !arg.startsWith("-"));
  return others.length > 0 ? null : name;
}
