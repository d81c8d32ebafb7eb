import { atMost, joined } from "../../../text/list.ts";
import { isAlpineTag } from "../../../images/image.ts";
import { distributionOf } from "../../../images/libraries.ts";
import { copyTarget } from "../../../stages/copies.ts";
import { isInside, lastPart } from "../../../text/paths.ts";
import { type Facts, type Step, textOf } from "../facts.ts";
import type { RoleOf } from "../roles.ts";
import { type Choice, type Crossing, type Ecosystem, type Finish, type Refusal, sameProgram } from "./ecosystem.ts";
import { alpineEnvironment, environmentPath, isOnlyPip } from "./python/alpine.ts";
import {
  assumedInterpreter,
  type Interpreter,
  interpreterOf,
  isOfficialOrArchitecture,
  isSystemProgram,
  isUvImage,
  slimSibling,
} from "./python/base.ts";
import { classifyPython, heavyTools, installs as installsPackages, isPython, readPython } from "./python/commands.ts";
import { examples } from "./python/examples.ts";
import { type Install, projectOf, readInstalls } from "./python/installs.ts";
import { compilers, dividePackages, librariesOf, type SystemPackages } from "./python/packages.ts";
import { chooseFiles, readBrought, readRemovals } from "./python/project.ts";
import { headersOf, loadsOpenMp, needsCompiler, needsLibraries, usesDataFiles } from "./python/requirements.ts";
import { keeping } from "../tools.ts";
import { refusals } from "./refusals.ts";

function choosePython(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const installs = readInstalls(facts);
  const conda = facts.steps.some(({ calls }) => calls.some(({ name }) => condaNames.has(name)));
  if (installs.every(({ isTool }) => isTool) && !conda) return null;
  const foreign = foreignStart(facts);
  if (foreign === null && isOtherBuild(facts, role) && !startsPython(facts)) return null;
  if (foreign !== null) {
    // Another language's program may still call what pip has installed.
    const own = installs.find(({ isTool }) => !isTool);
    return own && isOtherBuild(facts, role)
      ? {
          refused: `The file installs Python packages with \`${own.python.manager}\`, but starts \`${foreign}\`: which of both the program needs is not certain.`,
        }
      : null;
  }
  if (conda)
    return { refused: "Conda keeps packages in environments of its own: files that install with it are not split." };
  return refuseInstalls(facts, installs) ?? chooseWays(facts, role, installs);
}

const condaNames = new Set(["conda", "mamba", "micromamba"]);

const foreignPrograms =
  /^(?:node|nodejs|npm|npx|yarn|pnpm|bun|deno|java|ruby|rails|bundle|rackup|puma|php|php-fpm|apache2\w*|httpd|nginx|caddy|dotnet|go|cargo|sshd|dockerd|mysqld|postgres|redis-server|serve|ng)$/;

/** The program of another language that the container starts; `null` for none. */
function foreignStart({ start }: Facts): string | null {
  const programs = start?.calls.map(({ program }) => lastPart(program)) ?? [];
  return programs.some((name) => isPython(name)) ? null : (programs.find((name) => foreignPrograms.test(name)) ?? null);
}

/** Whether the container starts an interpreter, a server for Python, or whatever is in an image of Python. */
function startsPython(facts: Facts): boolean {
  if (interpreterOf(facts) !== null) return true;
  const words = facts.start?.calls.flatMap(({ program, args }) => [program, ...args]) ?? [];
  return words.some((word) => isPython(word) || servers.test(word) || word.endsWith(".py") || heavyTools.has(word));
}

function isOtherBuild({ steps }: Facts, role: RoleOf): boolean {
  return steps.some(({ calls }) => calls.some((call) => role(call).kind === "step" && classifyPython(call) === null));
}

function refuseInstalls(facts: Facts, installs: readonly Install[]): Refusal | null {
  if (/windows|nanoserver/.test(facts.image.tag)) return refusals.windows;
  const changed = facts.steps.find(({ calls }) => calls.some(({ name }) => name === "setcap"));
  if (changed)
    return {
      refused: `\`setcap\` in line ${changed.instruction.startLine + 1} changes a file of the system, which is not repeated here.`,
    };
  const starts = facts.start?.calls.find(({ program, args }) => {
    const python = readPython({ program, name: lastPart(program), args });
    return python !== null && installsPackages(python);
  });
  if (starts)
    return {
      refused: `The container installs packages when it starts (\`${[starts.program, ...starts.args].join(" ")}\`), so it needs what the build needs.`,
    };
  const unknown = installs.find(({ destination, isTool }) => destination.kind === "unknown" && !isTool);
  if (!unknown) return null;
  const words = [unknown.call.program, ...unknown.call.args].join(" ");
  return {
    refused: `Where \`${words.length > 60 ? `${words.slice(0, 57)}…` : words}\` puts packages cannot be told from the file.`,
  };
}

/** Everything about a stage that its ways have in common. */
interface Plan {
  readonly facts: Facts;
  readonly role: RoleOf;
  readonly installs: readonly Install[];
  readonly end: number;
  readonly interpreter: Interpreter | null;
}

function chooseWays(
  facts: Facts,
  role: RoleOf,
  installs: readonly Install[],
): readonly [Choice, ...Choice[]] | Refusal {
  const end = endOfBuild(facts, role);
  const plan: Plan = { facts, role, installs, end, interpreter: interpreterOf(facts) };
  const called = calledLater(plan);
  const isFull = plan.interpreter !== null && !isAlpineTag(facts.image.tag) && !facts.image.tag.includes("slim");
  const own = dividePackages(facts, role, end, isFull, (name) => called.has(name), loadsOpenMp(facts, installs));
  const tools = readTools(plan);
  const slim = slimSibling(facts, called);
  const isOwnPython = plan.interpreter === null && isOfficialOrArchitecture(facts.image, "alpine");
  const isGain =
    (own.left.length > 0 && !(isOwnPython && isOnlyPip(own.left))) ||
    tools.left.length > 0 ||
    removesLater(plan) ||
    removesCopied(plan);
  const sources = isGain || slim !== null ? null : lostSources(plan);
  if (!isGain && slim === null && sources === null) return refuseGainless(plan, tools);
  const packages = choosePackages(plan);
  if ("refused" in packages) return packages;
  const early = refuseEarly(plan);
  if (early) return early;
  const files = chooseFiles(facts, role, installs, end);
  if ("refused" in files) return files;
  const places = toolPlaces(plan, tools);
  const refused = refuseShellNames(plan, own);
  if (refused) return refused;

  const crossings = mergeCrossings([...packages.crossings, ...files.crossings]);
  const writeChoice = (
    way: Pick<Choice, "strategy" | "base" | "detail" | "assumptions" | "closing">,
    system: SystemPackages,
  ): Choice => ({
    ...sameProgram,
    ...way,
    crossings,
    workshop: [...(sources?.paths ?? []), ...files.workshop, ...places.workshop],
    prepare: packages.prepare,
    insertions: packages.insertions ?? [],
    finish: [...(packages.isSystem ? tools.finish : []), ...makePythons(plan)],
    keepsPackage: (name) => system.kept.has(name),
    keepsProgram: (name) => called.has(name),
    made: packages.crossings.map(({ value }) => value),
    madeAgain: [...files.madeAgain, ...places.madeAgain],
    repeatedCopies: sources === null ? new Set([...files.repeatedCopies, ...places.repeated]) : new Set(),
    end,
    replacements: system.replacements,
    assumptions: [
      ...way.assumptions,
      ...packages.assumptions,
      ...(sources === null ? [] : [sources.sentence]),
      ...toolSentences(plan, system, tools),
    ],
  });
  const choiceOf = (...words: Parameters<typeof writeChoice>): Choice =>
    keeping(writeChoice(...words), packages.keeps ?? new Set());
  const same = {
    strategy: "same",
    base: facts.stage.base?.text ?? "",
    detail: "the same image, without what only installing needs",
    closing: packages.closing,
    assumptions: [],
  } as const;
  const ways: Choice[] = [];
  if (slim !== null) {
    const names = needsLibraries(facts, installs);
    const system = dividePackages(facts, role, end, false, (name) => called.has(name), loadsOpenMp(facts, installs));
    const libraries = isUvImage(facts) ? [] : missingLibraries(plan, names, system);
    ways.push(
      choiceOf(
        {
          closing: [...packages.closing, ...installLines(libraries)],
          strategy: "slim",
          base: slim.image,
          detail: isUvImage(facts)
            ? "the same Python without uv"
            : "the same Python on a smaller system, without compilers and headers",
          assumptions: [
            ...slim.assumptions,
            ...(isUvImage(facts) ? [] : [slimSentence(facts, slim.image, libraries.length > 0 ? [] : names)]),
          ],
        },
        system,
      ),
    );
  }
  if ((isGain && !isOnlyUvImage(plan, own, tools)) || sources !== null) ways.push(choiceOf(same, own));
  const [first, ...others] = ways;
  return [first!, ...others];
}

/** Whether uv, which is a part of the base, is all that could be left out. */
function isOnlyUvImage({ facts }: Plan, own: SystemPackages, { left }: Tools): boolean {
  return isUvImage(facts) && own.left.length === 0 && left.every((name) => name === "uv");
}

/**
 * The last step that installs or builds something, or that takes packages of these away again: what stands behind it needs
 * nothing else than is there by then.
 */
function endOfBuild({ steps }: Facts, role: RoleOf): number {
  const installed = new Set<string>();
  let end = -1;
  for (const { calls, index } of steps) {
    for (const call of calls) {
      const found = role(call);
      if (found.kind === "step" || found.kind === "credentials") end = index;
      if (found.kind !== "packages") continue;
      const names = [...found.packages.map(({ value }) => value), ...(found.virtual === null ? [] : [found.virtual])];
      if (found.action === "install") for (const name of names) installed.add(name);
      if (found.action === "remove" && names.some((name) => installed.has(name))) end = index;
    }
  }
  return end;
}

/** The programs that the container, its health check and the steps behind the build call. */
function calledLater({ facts, end, role }: Plan): ReadonlySet<string> {
  const names = new Set<string>();
  for (const started of [facts.start, facts.healthcheck]) {
    for (const { program, args } of started?.calls ?? [])
      for (const word of [program, ...args]) names.add(lastPart(word));
    for (const wrapper of started?.wrappers ?? []) names.add(lastPart(wrapper));
  }
  for (const { calls, index } of facts.steps) {
    for (const call of calls) if (index > end || role(call).kind === "users") names.add(call.name);
  }
  return names;
}

/** How the packages get into the runtime stage. */
interface Packages extends Pick<Choice, "crossings" | "prepare" | "closing" | "assumptions" | "insertions"> {
  /** Packages of the system that stay whatever they are for. */
  readonly keeps?: ReadonlySet<string>;
  /** Whether those of the interpreter itself cross. */
  readonly isSystem: boolean;
}

function choosePackages(plan: Plan): Packages | Refusal {
  const { facts, installs, interpreter } = plan;
  const real = installs.filter((install) => !install.isTool);
  const directories = new Set(
    real.flatMap(({ destination }) => (destination.kind === "directory" ? [destination.path] : [])),
  );
  const crossings = [...directories].map((path) => directoryCrossing(path));
  const pythons = downloadedPythons(plan);
  if (pythons !== null) crossings.push(directoryCrossing(pythons.path, "Pythons that uv may have downloaded."));
  const manager = managerCalled(plan);
  if (manager !== null && !canKeepManager(plan, manager)) {
    return {
      refused: `The container starts with \`${manager}\`, which only installing needs: start the program itself, from its virtual environment, then it can be split.`,
    };
  }
  const isSystem =
    real.some(({ destination }) => destination.kind === "system") || (manager !== null && manager !== "uv");
  if (!isSystem) return { crossings, prepare: [], closing: [], assumptions: [], isSystem };
  if (interpreter === null && isOfficialOrArchitecture(facts.image, "alpine")) {
    const own = alpineEnvironment(facts, plan.role, installs);
    return "refused" in own ? own : { ...own, crossings: [...crossings, ...own.crossings], isSystem: false };
  }
  if (interpreter === null) {
    const found = distributionCrossings(plan);
    return "refused" in found
      ? found
      : { crossings: [...crossings, ...found], prepare: [], closing: [], assumptions: [], isSystem };
  }
  const isPoetry =
    manager === null &&
    real.some(({ python, destination }) => python.manager === "poetry" && destination.kind === "system");
  let used = interpreter;
  if (used.version === null || isPoetry || usesDataFiles(facts, installs)) {
    const environment = addEnvironment(plan, real, isPoetry);
    if (!("refused" in environment))
      return { ...environment, crossings: [...crossings, ...environment.crossings], assumptions: [], isSystem: false };
    if (used.version === null) {
      const assumed = assumedInterpreter(facts);
      if (!assumed) return environment;
      used = assumed;
    }
  }
  const site = `/usr/local/lib/python${used.version}/site-packages`;
  return {
    crossings: [...crossings, directoryCrossing(site), directoryCrossing("/usr/local/bin")],
    prepare: [],
    closing: [],
    assumptions: used.assumptions,
    isSystem,
  };
}

function directoryCrossing(path: string, comment: string | null = null): Crossing {
  return { from: path, value: path, to: null, directory: true, comment };
}

/** What lies in another one crosses with it. */
function mergeCrossings(crossings: readonly Crossing[]): Crossing[] {
  return crossings.filter(
    ({ value }, i) =>
      !crossings.some((other, j) => i !== j && isInside(other.value, value) && (other.value !== value || j < i)),
  );
}

/** A manager that the container, or a step behind the build, starts programs with; `null` for none. */
function managerCalled({ facts, end }: Plan): string | null {
  const programs = [facts.start, facts.healthcheck].flatMap(
    (started) => started?.calls.map(({ program }) => lastPart(program)) ?? [],
  );
  for (const { calls, index } of facts.steps) if (index > end) programs.push(...calls.map(({ name }) => name));
  return programs.find((name) => heavyTools.has(name)) ?? null;
}

/** Whether a manager gets into the runtime stage with the packages, or by a COPY that is repeated. */
function canKeepManager({ facts, installs, interpreter }: Plan, manager: string): boolean {
  if (manager === "uv" && (isUvImage(facts) || uvCopies(facts).length > 0)) return true;
  return (
    interpreter?.version != null &&
    installs.some(
      ({ destination, wanted, isTool }) => isTool && destination.kind === "system" && wanted.names.includes(manager),
    )
  );
}

/** The steps that bring uv from its image. */
function uvCopies({ steps }: Facts): Step[] {
  return steps.filter(({ instruction }) => {
    const from = instruction.keyword === "COPY" ? instruction.flags.find(({ name }) => name === "from") : undefined;
    return from !== undefined && /(?:^|\/)uv(?:[:@]|$)/.test(from.value ?? "");
  });
}

/** A COPY needs the place of uv's interpreters, though none may be there. */
function makePythons(plan: Plan): Finish[] {
  const pythons = downloadedPythons(plan);
  return pythons === null
    ? []
    : [
        {
          command: `mkdir -p ${pythons.path}`,
          flags: "",
          directory: plan.facts.steps[plan.end]?.cwd?.value ?? "/",
          user: pythons.user,
        },
      ];
}

/** Where uv puts interpreters that it downloads because none of the image fits; `null` where it downloads none. */
function downloadedPythons({
  installs,
  interpreter,
}: Plan): { readonly path: string; readonly user: string | null } | null {
  const uses = installs.find(({ python, destination }) => python.isUv && destination.kind === "directory");
  if (!uses) return null;
  const { call, step } = uses;
  const setting = call.env("UV_PYTHON_DOWNLOADS")?.replaceAll(/["']/g, "");
  if (setting === "never" || setting === "0" || setting === "false" || call.env("UV_NO_MANAGED_PYTHON") !== undefined)
    return null;
  if (interpreter !== null && /system/.test(call.env("UV_PYTHON_PREFERENCE") ?? "")) return null;
  if (call.args.some((arg) => /^--no-(?:python-downloads|managed-python)$/.test(arg))) return null;
  const path = call.env("UV_PYTHON_INSTALL_DIR")?.replaceAll('"', "") ?? call.path("~/.local/share/uv/python");
  return path?.startsWith("/") === true && path !== "/" ? { path, user: step.user } : null;
}

/** The version of the interpreter that a release has. */
const distributionPythons: Readonly<Record<string, string>> = {
  bullseye: "3.9",
  bookworm: "3.11",
  trixie: "3.13",
  focal: "3.8",
  jammy: "3.10",
  noble: "3.12",
};

/** Where the packages of a distribution's own interpreter lie. */
function distributionCrossings({ facts, installs }: Plan): readonly Crossing[] | Refusal {
  const { image, stage } = facts;
  // In these images nothing else is there.
  if (["debian", "ubuntu", "buildpack-deps"].some((name) => isOfficialOrArchitecture(image, name)))
    return [directoryCrossing("/usr/local")];
  const release = image.folder === "nvidia/" ? distributionOf(image)?.release : null;
  const own = release != null && Object.hasOwn(distributionPythons, release) ? distributionPythons[release]! : null;
  if (own !== null) {
    const named = installs.flatMap(({ call }) => /python(3\.\d+)$/.exec(call.program)?.[1] ?? []);
    const versions = new Set(named.length > 0 ? named : [own]);
    if (versions.size === 1)
      return [
        directoryCrossing(`/usr/local/lib/python${[...versions][0]!}/dist-packages`),
        directoryCrossing("/usr/local/bin"),
      ];
  }
  return {
    refused: `The base \`${stage.base?.text ?? ""}\` is not the official Python image, so it is not certain where pip puts packages: with a virtual environment it can be split.`,
  };
}

/** What a command downloads to places that it chooses by itself. */
const downloads =
  /from_pretrained|snapshot_download|hf_hub|hub\.load|load_model|download|playwright|preload|cache_model/i;

/** Stops at what runs between installs and cannot be done again in front of the copied packages. */
function refuseEarly({ facts, role, installs, end }: Plan): Refusal | null {
  const first = installs[0]!;
  let isBehind = false;
  for (const { calls, index } of facts.steps) {
    if (index > end) break;
    for (const call of calls) {
      isBehind ||= call === first.call;
      const words = [call.program, ...call.args].join(" ");
      if (!isBehind || role(call).kind !== "unknown") continue;
      const named = `\`${words.length > 60 ? `${words.slice(0, 57)}…` : words}\``;
      if (downloads.test(words)) {
        return {
          refused: `${named} puts what the program needs where the file does not say, in front of the last install: behind it, it can be split.`,
        };
      }
      if (!isSystemProgram(call.name) && (call.cwd === null || call.cwd === "/")) {
        return {
          refused: `${named} may run what was installed, and works in /: with a WORKDIR in front, or behind the last install, it can be split.`,
        };
      }
    }
  }
  return null;
}

/** Has the builder install into a virtual environment, which crosses as it is. */
function addEnvironment(
  { facts, role, installs, end }: Plan,
  real: readonly Install[],
  isPoetry: boolean,
): Pick<Packages, "crossings" | "prepare" | "closing"> | Refusal {
  const inSystem = real.filter(({ destination }) => destination.kind === "system");
  const refused: Refusal = {
    refused:
      "The tag of the base does not say which Python it has, and with it where packages lie: with a tag such as `python:3.13-slim`, or a virtual environment, it can be split.",
  };
  const text = textOf(facts);
  const paths = facts.steps.filter(
    ({ instruction }) =>
      instruction.keyword === "ENV" &&
      instruction.pairs.some(({ key, value }) => key === "PATH" && !/\$\{?PATH\b/.test(value ?? "")),
  );
  const programs = [facts.start, facts.healthcheck].flatMap((started) => [
    ...(started?.wrappers ?? []),
    ...(started?.calls.flatMap(({ program, args }) => [program, ...args]) ?? []),
  ]);
  const isOther =
    facts.image.tag.startsWith("2") ||
    paths.length > 0 ||
    text.includes(environmentPath) ||
    programs.some(
      (word) =>
        /^\/usr\/(?:local\/)?bin\/(?!env$|tini$|dumb-init$|\w+\.sh$)/.test(word) || /^(?:su|cron|crond)$/.test(word),
    ) ||
    /\bcron\b/.test(text) ||
    inSystem.some(
      ({ python, step, call }) =>
        python.isUv ||
        !["pip", "poetry", "setup"].includes(python.manager) ||
        !isRootUser(step) ||
        call.program.includes("/"),
    );
  if (isOther) return refused;
  const first = inSystem[0]!;
  const heavy = installs.some(
    ({ isTool, step, wanted }) =>
      isTool && step.index < first.step.index && wanted.names.some((name) => heavyTools.has(name)),
  );
  const earliest = heavy ? first : installs.find(({ destination }) => destination.kind === "system")!;
  const isAlone = isPoetry && inSystem.every(({ python }) => python.manager === "poetry");
  const runs = facts.steps.some(
    ({ index, calls }) =>
      index >= earliest.step.index && index <= end && calls.some((call) => role(call).kind === "unknown"),
  );
  const before = isAlone ? first.step.index : earliest.step.index;
  const settings = [
    ...(isPoetry ? [`VIRTUAL_ENV=${environmentPath}`] : []),
    ...(isAlone && !runs ? [] : [`PATH=${environmentPath}/bin:$PATH`]),
  ];
  return {
    crossings: [directoryCrossing(environmentPath)],
    prepare: [
      { before, text: `RUN python -m venv ${environmentPath}` },
      { before, text: `ENV ${settings.join(" ")}` },
    ],
    closing: [`ENV PATH=${environmentPath}/bin:$PATH`],
  };
}

function isRootUser({ user }: Step): boolean {
  return user === null || /^(?:root|0)(?::|$)/.test(user);
}

/** Tools for installing that stay in the builder. */
interface Tools {
  readonly left: readonly string[];
  /** Takes those away that lie among the packages that cross. */
  readonly finish: readonly Finish[];
}

function readTools(plan: Plan): Tools {
  const { facts, installs, end } = plan;
  const needed = managerCalled(plan);
  const left = new Set<string>();
  const uninstalled: string[] = [];
  for (const { isTool, wanted, destination } of installs) {
    for (const name of isTool ? wanted.names : []) {
      if (!heavyTools.has(name) || name === needed) continue;
      left.add(name);
      if (destination.kind === "system") uninstalled.push(name);
    }
  }
  if (needed !== "uv" && uvCopies(facts).some(({ index }) => index <= end)) left.add("uv");
  for (const { calls } of facts.steps) {
    for (const call of calls) {
      const script = call.args.find((arg) => /install\.python-poetry\.org|get-poetry\.py|install-poetry\.py/.test(arg));
      if (script !== undefined && needed === null) left.add("poetry");
    }
  }
  if (isUvImage(facts) && needed === null) left.add("uv");
  const directory = facts.steps[end]?.cwd?.value ?? "/";
  const finish =
    uninstalled.length > 0
      ? [{ command: `pip uninstall -y ${[...new Set(uninstalled)].join(" ")}`, flags: "", directory, user: null }]
      : [];
  return { left: [...left], finish };
}

/** What of the builder's places the tools are in, so that what is done there is not done again. */
function toolPlaces(
  { facts, end }: Plan,
  { left }: Tools,
): Pick<Choice, "workshop" | "madeAgain"> & { readonly repeated: readonly number[] } {
  const workshop: string[] = [];
  if (left.includes("poetry"))
    workshop.push("/opt/poetry", "/usr/local/bin/poetry", "/usr/bin/poetry", "/root/.poetry", "/root/.config/pypoetry");
  const repeated: number[] = [];
  const madeAgain: string[] = [];
  for (const copy of left.includes("uv") ? uvCopies(facts) : []) {
    const target = copyTarget(copy);
    if (!target || copy.index > end) continue;
    workshop.push(target.path);
    for (const other of facts.steps) {
      const { keyword, flags } = other.instruction;
      const path = keyword === "COPY" || keyword === "ADD" ? copyTarget(other)?.path : undefined;
      const isUv = flags.some(({ name, value }) => name === "from" && /(?:^|\/)uv(?:[:@]|$)/.test(value ?? ""));
      if (path !== undefined && !isUv && isInside(target.path, path) && other.index <= end) repeated.push(other.index);
    }
    if (target.into) {
      for (const { calls } of facts.steps)
        for (const call of calls) {
          if (!["chmod", "chown", "ln", "mkdir"].includes(call.name)) continue;
          for (const { text } of call.words) {
            const path = call.path(text);
            if (path !== null && path !== target.path && isInside(target.path, path) && !/\/uvx?$/.test(path))
              madeAgain.push(path);
          }
        }
    }
  }
  return { workshop, madeAgain, repeated };
}

/** Whether a step takes away packages that an earlier one has put into a layer. */
function removesLater({ facts, role }: Plan): boolean {
  const installed = new Set<string>();
  for (const { calls } of facts.steps) {
    const now: string[] = [];
    for (const call of calls) {
      const found = role(call);
      if (found.kind !== "packages") continue;
      if (found.action === "remove" && found.packages.some(({ value }) => installed.has(value))) return true;
      if (found.action === "install") now.push(...found.packages.map(({ value }) => value), found.virtual ?? "");
    }
    for (const name of now) installed.add(name);
  }
  return false;
}

/** Whether a step takes away what a COPY has put into a layer. */
function removesCopied({ facts, role, end }: Plan): boolean {
  const removals = readRemovals(facts, role);
  return facts.steps.some((copy) => {
    const { keyword } = copy.instruction;
    const target = (keyword === "COPY" || keyword === "ADD") && copy.index <= end ? copyTarget(copy) : null;
    return target !== null && target.path !== "/tmp" && (removals.get(target.path) ?? -1) > copy.index;
  });
}

/** Stops where a list of packages in a shell variable would be taken apart. */
function refuseShellNames({ facts, role, end }: Plan, { kept }: SystemPackages): Refusal | null {
  for (const { calls, index, env } of facts.steps) {
    if (index > end) break;
    for (const call of calls) {
      const found = role(call);
      if (found.kind !== "packages" || found.action !== "install") continue;
      const variable = found.packages.find(({ value }) => {
        const name = /\$\{?(\w+)/.exec(value)?.[1];
        return name !== undefined && kept.has(value) && env(name) === undefined;
      });
      if (variable) {
        return {
          refused: `A RUN lists packages of the system in the shell variable \`${variable.value}\`, so which of them the program needs is not certain.`,
        };
      }
    }
  }
  return null;
}

interface LostSources {
  readonly paths: readonly string[];
  readonly sentence: string;
}

/** The sources of a project that is installed as a whole, where the container starts what was installed. */
function lostSources({ facts, role, installs, end }: Plan): LostSources | null {
  const calls = facts.start?.calls ?? [];
  if (
    calls.length !== 1 ||
    facts.start?.shell === true ||
    end !== facts.steps.findLastIndex(({ instruction }) => /^(?:RUN|COPY|ADD)$/.test(instruction.keyword))
  )
    return null;
  const [{ program, args }] = calls as [{ program: string; args: readonly string[] }];
  const isScript =
    /^[\w-]+$/.test(program) &&
    !isPython(program) &&
    !servers.test(program) &&
    !isSystemProgram(program) &&
    !heavyTools.has(program);
  const isModule = isPython(program) && args[0] === "-m";
  if ((!isScript && !isModule) || args.some((arg) => /[/:]|\.\w+$/.test(arg))) return null;
  const paths = installs.flatMap((install) => {
    const project = install.isEditable || install.python.manager !== "pip" ? null : projectOf(install);
    return project === null ? [] : [project];
  });
  const brought = readBrought(facts, readRemovals(facts, role), end).filter(({ path }) =>
    paths.some((project) => isInside(project, path) || isInside(path, project)),
  );
  if (paths.length === 0 || paths.includes("/") || brought.length === 0) return null;
  if (brought.some(({ path }) => !paths.some((project) => isInside(project, path)))) return null;
  return {
    paths,
    sentence: `At run time \`${[program, ...args].join(" ")}\` reads no files of ${paths.join(" or ")}: what pip installs of them is all it needs.`,
  };
}

/** Programs that load the project from the directory they start in. */
const servers =
  /^(?:gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|flask|fastapi|celery|django-admin|streamlit|chainlit|supervisord|honcho|rq|dramatiq|huey_consumer|arq|jupyter|pytest|scrapy|airflow|alembic|mlflow|ddtrace-run|newrelic-admin|opentelemetry-instrument|entrypoint|start|run|bash|sh|rasa|locust|behave|robot|mkdocs|pserve|sanic|litestar|granian|functions-framework|func|dbt|prefect|dagster\w*|kedro|panel|bokeh|voila|solara|reflex|nb\w*|solo)$/;

function refuseGainless(plan: Plan, { left }: Tools): Refusal {
  const { facts } = plan;
  const manager = managerCalled(plan);
  if (manager !== null) {
    return {
      refused: `The container starts with \`${manager}\`, which only installing needs, and a second stage would leave nothing else out: start the program itself, from its virtual environment, then it can be split.`,
    };
  }
  const hint = facts.steps.some(({ calls }) =>
    calls.some((call) => readPython(call)?.manager === "pip" && !call.args.includes("--no-cache-dir")),
  )
    ? " `--no-cache-dir` keeps pip's cache out of the image without one."
    : "";
  return {
    refused: `Nothing that only the build needs stays in this image, so a second stage would leave nothing out${left.length > 0 ? " for certain" : ""}.${hint}`,
  };
}

/** The libraries that packages load and that only the whole image has. */
function missingLibraries(
  { facts, end }: Plan,
  names: readonly string[],
  { kept, replacements }: SystemPackages,
): string[] {
  const last = facts.steps[end];
  if (!last || !isRootUser(last)) return [];
  const present = new Set([...kept, ...[...replacements.values()].flat()]);
  const release = distributionOf(facts.image)?.release ?? null;
  return headersOf(names)
    .flatMap((name) => librariesOf(name, "apt", release, true) ?? [])
    .filter((name) => !present.has(name));
}

function installLines(packages: readonly string[]): string[] {
  return packages.length > 0
    ? [
        `RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")} && rm -rf /var/lib/apt/lists/*`,
      ]
    : [];
}

function slimSentence(facts: Facts, image: string, names: readonly string[]): string {
  const libraries =
    names.length > 0
      ? `, or shared libraries, which ${names.join(" and ")} may load`
      : ", or shared libraries that packages without wheels load";
  return `The program uses nothing that \`${facts.stage.base?.text ?? ""}\` has beyond \`${image}\`, such as git, curl, a compiler${libraries}.`;
}

/** Packages of Alpine whose libraries programs look for by their name. */
const foundByName =
  /^(?:file|libmagic|gdal|geos|proj|zbar|libusb|libsodium|enchant2?|vips|openslide|portaudio|libdmtx)(?:-dev)?$/;

/** What the program must not call, since only the builder has it. */
function toolSentences(
  { facts, role, installs, end }: Plan,
  { kept, usable, left }: SystemPackages,
  tools: Tools,
): string[] {
  const sentences: string[] = [];
  if (left.some((name) => compilers.test(name))) {
    const compiling = needsCompiler(facts, installs);
    if (compiling.length > 0) sentences.push(`The program has ${listed(compiling)} compile nothing when it runs.`);
    const found = [...kept].filter((name) => foundByName.test(name));
    if (isAlpineTag(facts.image.tag) && found.length > 0) {
      sentences.push(
        `The program loads the libraries of ${listed(found)} without \`ctypes.util.find_library\`, which calls gcc or ld on Alpine.`,
      );
    }
  }
  const gone = [...usable, ...(hasScript(facts) ? tools.left : [])];
  if (!facts.start) {
    const all = [...new Set([...left, ...tools.left])];
    for (const { calls, index } of facts.steps) {
      for (const call of calls) {
        if (
          index <= end &&
          role(call).kind === "step" &&
          classifyPython(call) === null &&
          !/^(?:npm|yarn|pnpm|npx)$/.test(call.name)
        )
          all.push(`what \`${call.program}\` makes`);
      }
    }
    if (all.length > 0) sentences.push(`What is started in this image, or built on it, does without ${listed(all)}.`);
  } else if (gone.length > 0) sentences.push(`The program does not call ${listed([...new Set(gone)])}.`);
  for (const { calls, index, instruction } of facts.steps) {
    if (index <= end || left.length === 0) continue;
    const script = calls.find(
      ({ program, name }) => /\.(?:sh|bash)$/.test(name) || (name === "bash" && program !== "") || name === "make",
    );
    if (script)
      sentences.push(
        `\`${[script.program, ...script.args].join(" ")}\` (line ${instruction.startLine + 1}) works without ${listed(left)}.`,
      );
  }
  return sentences;
}

/** Whether the container starts a script of the project, which may call anything. */
function hasScript({ start }: Facts): boolean {
  return (
    start?.calls.some(({ program, args }) => [program, ...args].some((word) => /\.(?:sh|bash)$/.test(word))) === true
  );
}

function listed(words: readonly string[]): string {
  return joined(
    atMost(5, words, () => "other packages"),
    "or",
  );
}

/** Programs written in Python. */
export const python: Ecosystem = {
  id: "python",
  name: "Python",
  docs: `A Python program runs from its sources, so that the runtime stage copies them as before. What stays behind is what only
installing needs: compilers, headers, git, Poetry, uv and Pipenv, the caches of all of them. The packages cross where they
are: a virtual environment (which does not work at another path), or \`site-packages\` and the programs beside it. Where the
tag of the base does not say which Python it has, and for Alpine's own Python from \`apk\`, the builder installs into a new
virtual environment. For a package of
headers such as \`libpq-dev\` the runtime stage installs the library that compiled code loads, \`libpq5\`; where that is not
known for certain it installs the same package. Steps behind the last install, such as \`collectstatic\`, stay as they are.
The whole image of Python becomes its slim variant if you agree that nothing of the rest is used.`,
  examples,
  images: [{ name: "python", workdir: "/", environment: {} }],
  words: ["pip", "pip3", "uv", "poetry", "pipenv", "pdm", "setup\\.py", "conda", "mamba"],
  classify: classifyPython,
  choose: choosePython,
};
