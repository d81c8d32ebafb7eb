import { commonPrograms } from "../commands.ts";
import type { Facts } from "../facts.ts";
import { directoryOf, isInside, lastPart, type Place, relativePath, resolvePath } from "../../../text/paths.ts";
import { installedPackages, lastingPackages, type RoleOf } from "../roles.ts";
import { findProject } from "../roots.ts";
import { type Choice, type Crossing, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { classifyDotnet, readDotnet } from "./dotnet/commands.ts";
import { examples } from "./dotnet/examples.ts";
import { isNodeSource } from "./install.ts";
import { isSdk, type Kind, type Siblings, siblingsOf } from "./dotnet/images.ts";
import { outermost, type Output, readOutputs, readStarter, type Starter } from "./dotnet/outputs.ts";
import { projectOf, readProjects } from "./dotnet/project.ts";
import { planRun } from "./dotnet/run.ts";
import { closingOf, missingPrograms, startTexts, systemSentences } from "./dotnet/runtime.ts";
import { isEntered, madeDirectories } from "./empty-directories.ts";
import { copiedTo } from "./placed.ts";
import { refusals } from "./refusals.ts";

const building = new Set(["build", "publish", "restore", "msbuild"]);

function chooseDotnet(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const calls = facts.steps.flatMap((step) => step.calls.filter(({ name }) => name === "dotnet"));
  const starters = facts.start?.calls.map((call) => readStarter(call, facts)) ?? [];
  const builds = calls.filter((call) => building.has(readDotnet(call).verb));
  if (builds.length === 0 && !starters.some(({ kind }) => kind === "sdk")) return null;
  const siblings = siblingsOf(facts);
  // A command of .NET in another image may be a detail of another build.
  if (!siblings && !isSdk(facts.image) && starters.every(({ kind }) => kind === "other" || kind === "unclear"))
    return null;
  if (!siblings) return refuseBase(facts);
  const started = refuseStart(facts, starters);
  if (started) return started;
  if (builds.some(({ cwd }) => cwd === null))
    return {
      refused: "The directory in which the program is built cannot be told: set a WORKDIR first, then it can be split.",
    };
  const outputs = readOutputs(facts, siblings.major);
  if (!outputs) return { refused: "Where `dotnet publish` writes to depends on what the file does not say." };
  const places = builds.map(({ cwd }) => cwd!);
  const directories = places.length > 0 ? [...new Set(places)] : [facts.cwd!.value];
  const root = findProject(facts, directories);
  if (root.value === "/") return refusals.atRoot;
  const shared = sharedParts(facts, role, siblings, root, outputs);
  if (starters.some(({ kind }) => kind === "sdk")) return planRun(facts, siblings, root, outputs, shared);
  return chooseWays(facts, role, siblings, root, outputs, starters, shared);
}

/** What all ways of a file share. */
export type Shared = Omit<Choice, "strategy" | "base" | "detail" | "crossings">;

function sharedParts(facts: Facts, role: RoleOf, siblings: Siblings, root: Place, outputs: readonly Output[]): Shared {
  const packages = lastingPackages(facts, role);
  const needed = keptPackages(facts, role, packages);
  const added = missingPrograms(facts, siblings.system);
  return {
    ...sameProgram,
    workshop: [root.value, "/root/.nuget", "/root/.dotnet", "/root/.local/share/NuGet", "/root/.templateengine"],
    keepsPackage: (name) => needed.has(name),
    keepsProgram: (name) => added.includes(name),
    made: outermost(outputs.flatMap(({ directory }) => directory ?? [])).filter((path) => !isInside(root.value, path)),
    assumptions: [...siblings.assumptions, ...systemSentences(facts, role, needed)],
  };
}

const frontEnds = /^(?:nodejs|npm|yarn|node-[\w-]+)$/;

/** Whether the file builds a front end: MSBuild may start npm by itself, so that Node.js is there for it. */
function hasFrontEnd({ steps, start }: Facts): boolean {
  const runsNode = start?.calls.some(({ program }) => /^(?:node|npm|npx|yarn)$/.test(lastPart(program))) === true;
  return !runsNode && steps.some(({ calls }) => calls.some(({ name }) => name === "dotnet"));
}

/** Packages that stay: all but those that only a build can use. */
function keptPackages(facts: Facts, role: RoleOf, packages: ReadonlySet<string>): ReadonlySet<string> {
  const installed = installedPackages(facts, role);
  const buildsFront = hasFrontEnd(facts);
  // Programs that are compiled to the end are linked with a compiler, and with headers that nothing needs later.
  const links = installed.has("clang");
  const kept = new Set(
    [...packages].filter(
      (name) => !(buildsFront && frontEnds.test(name)) && !(links && /^zlib(?:1g)?-dev$/.test(name)),
    ),
  );
  // System.Drawing looks for the name that only this package has.
  if (installed.has("libgdiplus") && installed.has("libc6-dev")) kept.add("libc6-dev");
  return kept;
}

function refuseBase({ stage, image }: Facts): Refusal {
  const base = stage.base?.text ?? "";
  if (/nanoserver|windowsservercore/.test(image.tag) || /framework/.test(image.folder)) return refusals.windows;
  return {
    refused: isSdk(image)
      ? `Which runtime image belongs to \`${base}\` is not certain: name a version such as \`8.0\`, then it can be split.`
      : `The base \`${base}\` is not Microsoft's image with the .NET SDK, so it is not certain which image its programs run on.`,
  };
}

function refuseStart({ start, cwd }: Facts, starters: readonly Starter[]): Refusal | null {
  if (!start || starters.length === 0) return refusals.noProgram;
  const unclear = starters.find((starter) => starter.kind === "unclear");
  if (unclear?.kind === "unclear" || cwd === null)
    return {
      refused: `What \`${unclear?.kind === "unclear" ? unclear.words : "the container"}\` starts cannot be told from the file.`,
    };
  for (const starter of starters) {
    if (starter.kind !== "sdk" || starter.verb === "run") continue;
    const why =
      starter.verb === "watch"
        ? "which builds anew whenever a source changes"
        : starter.verb === "test"
          ? "which builds and runs the tests"
          : "which is a part of the SDK";
    return { refused: `The container starts \`${starter.words}\`, ${why}: it needs the SDK and the sources.` };
  }
  return null;
}

/** What crosses, and why that is enough. */
interface Crossed {
  readonly crossings: readonly Crossing[];
  readonly madeAgain: readonly string[];
  readonly assumptions: readonly string[];
}

export function cross(value: string, directory = true, to: string | null = null): Crossing {
  return { from: value, value, to, directory, comment: null };
}

function chooseWays(
  facts: Facts,
  role: RoleOf,
  siblings: Siblings,
  root: Place,
  outputs: readonly Output[],
  starters: readonly Starter[],
  shared: Shared,
): readonly [Choice, ...Choice[]] | Refusal {
  const crossed = chooseCrossings(facts, role, siblings, root, outputs, starters);
  if ("refused" in crossed) return crossed;
  const kinds = chooseKinds(facts, siblings, root, outputs, starters);
  if (kinds.length === 0) return refuseBase(facts);
  const [first] = crossed;
  const pairs = [
    ...crossed.map((files) => ({ files, kind: kinds[0]! })),
    ...kinds
      .slice(1)
      .map((kind) => ({ files: crossed.find(({ assumptions }) => assumptions.length === 0) ?? first, kind })),
  ];
  const ways = pairs.map(({ files, kind }): Choice => {
    const base = siblings.name(kind.kind)!;
    return {
      ...shared,
      strategy: "slim",
      base,
      detail: details[kind.kind],
      crossings: files.crossings,
      madeAgain: files.madeAgain,
      // What is not known to be no web server may be one.
      closing: closingOf(facts, role, siblings, kind.web === true || (kind.web === null && kind.kind === "aspnet")),
      assumptions: [...files.assumptions, ...kind.assumptions, ...shared.assumptions],
    };
  });
  return ways as [Choice, ...Choice[]];
}

const details: Readonly<Record<Kind, string>> = {
  aspnet: "the same .NET with ASP.NET Core, without its SDK",
  runtime: "the same .NET without ASP.NET Core and the SDK",
  "runtime-deps": "what a program needs that brings its own .NET",
};

interface KindChoice {
  readonly kind: Kind;
  /** Whether the program is one of ASP.NET Core; `null` where the file does not say. */
  readonly web: boolean | null;
  readonly assumptions: readonly string[];
}

/** The images a program runs on, the leanest first. ASP.NET Core's has all that the others have. */
function chooseKinds(
  facts: Facts,
  siblings: Siblings,
  root: Place,
  outputs: readonly Output[],
  starters: readonly Starter[],
): KindChoice[] {
  const names = starters.flatMap((starter) =>
    starter.kind === "assembly" || starter.kind === "file"
      ? [lastPart(starter.path).replace(/\.(?:dll|exe)$/i, "")]
      : [],
  );
  const projects = readProjects(facts);
  const found = names.flatMap((name) => projectOf(projects, root.value, name) ?? []);
  const isKnown = names.length > 0 && found.length === names.length;
  const web = found.some((project) => project.web === true)
    ? true
    : isKnown && found.every((project) => project.web === false)
      ? false
      : null;
  const hinted = web === true || (web === null && hintsAtWeb(facts));
  const publishes = outputs.filter(({ command }) => command.verb === "publish");
  const contained =
    publishes.length > 0 &&
    publishes.every(({ command }) => command.selfContained === true) &&
    starters.every(({ kind }) => kind !== "assembly");
  const kinds: KindChoice[] = [];
  if (contained) kinds.push({ kind: "runtime-deps", web: hinted ? true : web, assumptions: [] });
  else if (web === false) kinds.push({ kind: "runtime", web, assumptions: [] });
  else {
    kinds.push({ kind: "aspnet", web: hinted ? true : null, assumptions: [] });
    if (!hinted) kinds.push({ kind: "runtime", web: null, assumptions: ["The program uses nothing of ASP.NET Core."] });
  }
  // Before 2.1 there is no image with both.
  const there = kinds.filter(({ kind }) => siblings.name(kind) !== null);
  if (there.length > 0 || contained) return there;
  return [{ kind: "runtime", web: null, assumptions: ["The program uses nothing of ASP.NET Core."] }];
}

/** Whether the file looks as if the program answers requests. */
function hintsAtWeb(facts: Facts): boolean {
  const { steps, start } = facts;
  return (
    startTexts(facts).some((text) => text.includes("ASPNETCORE_")) ||
    steps.some(
      ({ instruction: { keyword, pairs } }) =>
        keyword === "EXPOSE" ||
        keyword === "HEALTHCHECK" ||
        ((keyword === "ENV" || keyword === "ARG") && pairs.some(({ key }) => /^ASPNETCORE_|^Kestrel__/i.test(key))),
    ) ||
    start?.calls.some(({ args }) => args.some((arg) => /^--(?:server\.)?urls\b/.test(arg))) === true
  );
}

/** The sets of files that make the program run, the leanest first. */
function chooseCrossings(
  facts: Facts,
  role: RoleOf,
  siblings: Siblings,
  root: Place,
  outputs: readonly Output[],
  starters: readonly Starter[],
): readonly [Crossed, ...Crossed[]] | Refusal {
  const cwd = facts.cwd!.value;
  const named = outermost(
    outputs.flatMap(({ directory, command }) => (command.verb === "publish" && directory !== null ? [directory] : [])),
  );
  const built = outputs.flatMap(({ directory, command }) =>
    command.verb === "build" && directory !== null ? [directory] : [],
  );
  const files = starters.flatMap((starter) =>
    starter.kind === "assembly" || starter.kind === "file" ? [starter.path] : [],
  );
  const scripts = files.filter((path) => isScript(facts, path));
  const programs = files.filter((path) => !scripts.includes(path) && !isBrought(facts, path, root.value));
  // The default folders: the program itself says which one it is.
  const implied = programs.flatMap((path) => {
    const folder = directoryOf(path);
    return outputs.some(({ directory }) => directory === null) && /\/bin\//.test(`${folder}/`) ? [folder] : [];
  });
  // From 3.0 on a build copies all packages beside its program.
  const isWhole = siblings.major === null || siblings.major >= 3;
  const unpublished = programs.filter((path) => ![...named, ...implied].some((place) => isInside(place, path)));
  const builds = isWhole ? built.filter((place) => unpublished.some((path) => isInside(place, path))) : [];
  const places = outermost([...named, ...implied, ...builds]);
  const isOutput = (path: string): boolean => [...places, ...built].some((place) => isInside(place, path));
  const lost = programs.find((path) => !isOutput(path));
  if (lost !== undefined) return moveOutput(root, named, lost, programs, cwd);
  const outside = places.filter((place) => !isInside(root.value, place));
  const extras = [...settingCrossings(facts, role, root.value, places), ...certificateCrossings(facts)];
  const whole: Crossed = {
    crossings: [
      { ...cross(root.value), from: root.text },
      ...outermost([...outside, ...built.filter((place) => !isInside(root.value, place))]).map((place) => cross(place)),
      ...extras,
      // Before 3.0 a build leaves the packages where NuGet put them.
      ...(!isWhole && programs.some((path) => !places.some((one) => isInside(one, path)))
        ? [cross("/root/.nuget/packages")]
        : []),
    ],
    madeAgain: [],
    assumptions: scripts.map(scriptSentence),
  };
  const isLean =
    scripts.length === 0 && programs.length > 0 && programs.every((path) => places.some((one) => isInside(one, path)));
  if (!isLean) return [whole];
  if (places.some((place) => isInside(place, root.value)))
    return [{ ...whole, crossings: [...places.map((place) => cross(place)), ...extras] }];
  const lean: Crossed = {
    crossings: [...places.map((place) => cross(place)), ...extras],
    madeAgain: ownDirectories(facts, role, root.value).filter((path) => !isOutput(path)),
    assumptions: [],
  };
  // What a program reads it looks for in the working directory.
  const reads =
    isInside(root.value, cwd) &&
    !places.some((place) => isInside(place, cwd)) &&
    bringsOthers(facts, root.value, places);
  const mentioned = namedInside(facts, root.value).find(
    (path) => !isOutput(path) && path !== cwd && !lean.madeAgain.includes(path),
  );
  if (mentioned !== undefined) return [whole];
  const [place] = builds;
  if (!reads && place === undefined) return [lean];
  if (!reads) {
    const sentence = `The program reads nothing of ${root.value}: \`dotnet build\` leaves files such as wwwroot there, and writes the rest to ${place!}.`;
    return [{ ...lean, assumptions: [sentence] }, whole];
  }
  const others = cwd === root.value ? root.value : cwd;
  return [
    {
      ...lean,
      assumptions: [
        `The program reads no files of ${others} outside ${places.map((one) => relativeTo(others, one)).join(" and ")}, such as appsettings.json or wwwroot: it looks for them in its working directory first.`,
      ],
    },
    whole,
  ];
}

/** Whether files arrive in a directory beside these places. */
function bringsOthers({ steps }: Facts, root: string, places: readonly string[]): boolean {
  return steps.some((step) => {
    const target = copiedTo(step);
    return target !== null && isInside(root, target.path) && !places.some((place) => isInside(place, target.path));
  });
}

function relativeTo(directory: string, path: string): string {
  return isInside(directory, path) ? relativePath(directory, path) : path;
}

function scriptSentence(path: string): string {
  return `\`${lastPart(path)}\` uses nothing of the SDK's image that the runtime's lacks, such as \`dotnet ef\`, git or curl.`;
}

function isScript(facts: Facts, path: string): boolean {
  if (/\.(?:sh|bash|ps1)$/.test(path)) return true;
  return (
    !/\.(?:dll|exe)$/i.test(path) && /entrypoint|start|run|init/i.test(lastPart(path)) && isBrought(facts, path, null)
  );
}

/** Whether a COPY brings a file by its name, so that it is none that the build makes; `root`: what the build is in. */
function isBrought(facts: Facts, path: string, root: string | null): boolean {
  if (/\.(?:dll|exe)$/i.test(path) && root !== null && isInside(root, path)) return false;
  return (
    facts.steps.some((step) => {
      const target = copiedTo(step);
      if (!target) return false;
      if (target.path === path) return true;
      return step.instruction.args.slice(0, -1).some(({ text }) => resolvePath(target.path, lastPart(text)) === path);
    }) ||
    (commonPrograms.has(lastPart(path)) && /^\/(?:usr\/)?s?bin\//.test(path))
  );
}

/**
 * A program that the container looks for where the build did not put it: its output goes there, where it can only be meant
 * so.
 */
function moveOutput(
  root: Place,
  named: readonly string[],
  lost: string,
  programs: readonly string[],
  cwd: string,
): readonly [Crossed] | Refusal {
  const [place] = named;
  const target = directoryOf(lost);
  if (
    place !== undefined &&
    named.length === 1 &&
    programs.length === 1 &&
    /\.dll$/i.test(lost) &&
    target === cwd &&
    isInside(target, place)
  ) {
    return [
      {
        crossings: [cross(place, true, target)],
        madeAgain: [],
        assumptions: [
          `\`dotnet publish\` writes ${lastPart(lost)} to ${place}, but the container looks for it in ${target}: its output is copied there.`,
        ],
      },
    ];
  }
  return {
    refused:
      named.length > 0
        ? `The container starts ${lost}, but \`dotnet publish\` writes to ${named.join(" and ")}: what the runtime stage must start is not certain.`
        : `The container starts ${lost}, and the file does not say which command makes it: publish with \`dotnet publish -c Release -o ${root.value === "/out" ? "/app" : "/out"}\`, then it can be split.`,
  };
}

const systemPaths =
  /^\/(?:bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?:\/(?:bin|lib|local|share|log|run|cache|tmp|src)(?:\/[\w.-]*)?)?$/;

/** Paths that ENV names and that only a command nobody knows can have made: a profiler, a native library. */
function settingCrossings(facts: Facts, role: RoleOf, root: string, places: readonly string[]): Crossing[] {
  const hasUnknown = facts.steps.some(
    ({ opaque, calls }) => opaque || calls.some((call) => role(call).kind === "unknown"),
  );
  if (!hasUnknown) return [];
  const made = new Set(
    facts.steps.flatMap(({ calls }) =>
      calls.flatMap((call) => {
        const found = role(call);
        return found.kind === "files" ? (found.paths ?? []) : [];
      }),
    ),
  );
  const isKnown = (path: string): boolean =>
    isInside(root, path) ||
    [...places, ...made].some((place) => isInside(place, path)) ||
    facts.steps.some((step) => {
      const { keyword } = step.instruction;
      if (keyword === "VOLUME") return step.instruction.args.some(({ text }) => isInside(text, path));
      if (keyword === "WORKDIR") return step.instruction.args[0]?.text === path;
      const target = copiedTo(step);
      return target !== null && target.path !== "/" && isInside(target.path, path);
    });
  const paths = envPaths(facts)
    .map((path) => (/\.\w+$/.test(lastPart(path)) ? directoryOf(path) : path))
    .filter((path) => !systemPaths.test(path) && path !== "/" && !isKnown(path));
  return outermost(paths).map((path) => cross(path));
}

/** Certificates for development, which Kestrel looks for in the user's folder. */
function certificateCrossings({ steps }: Facts): Crossing[] {
  return steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      if (call.name !== "dotnet" || readDotnet(call).verb !== "dev-certs") return [];
      const at = call.args.findIndex((arg) => arg === "-ep" || arg === "--export-path");
      const file = at < 0 ? null : call.path(call.args[at + 1] ?? "");
      const store = call.path("~/.dotnet/corefx");
      return [...(store === null ? [] : [cross(store)]), ...(file === null ? [] : [cross(file, false)])];
    }),
  );
}

/** Absolute paths that ENV names, lists of directories left out. */
function envPaths({ steps, env }: Facts): string[] {
  return steps.flatMap(({ instruction: { keyword, pairs } }) =>
    keyword === "ENV"
      ? pairs.flatMap(({ key, value }) => {
          if (value === null || key === "PATH" || value.includes(":")) return [];
          const plain = value
            .replace(/^["']|["']$/g, "")
            .replace(/\$\{?(\w+)\}?/g, (_, name: string) => env(name) ?? "");
          return /^\/[\w./-]+$/.test(plain) ? [resolvePath("/", plain)] : [];
        })
      : [],
  );
}

/** Paths in a directory that the container's settings name. */
function namedInside(facts: Facts, root: string): string[] {
  const cwd = facts.cwd?.value ?? "/";
  const words = [facts.start, facts.healthcheck].flatMap((started) => started?.calls.flatMap(({ args }) => args) ?? []);
  const files = words
    .map((word) => word.replace(/^--?[\w.:-]+=/, ""))
    .filter(
      (word) =>
        /^(?:\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)*\.(?:json|ya?ml|xml|config|ini|pfx|pem|crt|key|db|txt)$/.test(word) ||
        /^\/[\w.-]/.test(word),
    )
    .map((word) => resolvePath(cwd, word));
  return [...envPaths(facts), ...files].filter((path) => isInside(root, path) && path !== root);
}

/** Directories of the project that the file makes and copies nothing into: for data, logs, uploads. */
function ownDirectories(facts: Facts, role: RoleOf, root: string): string[] {
  return madeDirectories(facts, role).filter(
    (path) => path !== root && isInside(root, path) && !isEntered(facts, path),
  );
}

/** Programs for .NET in C#, F# and Visual Basic. */
export const dotnet: Ecosystem = {
  id: "dotnet",
  name: ".NET",
  docs: `The builder keeps the SDK; the runtime stage starts from the image of the same version and system without it:
\`aspnet\`, which runs any program, \`runtime\` where the project says that it is none of ASP.NET Core, \`runtime-deps\` for a
program that brings its own .NET. What \`dotnet publish\` writes crosses to the same place, so that CMD stays as it is.
A program started from another directory than its own may read settings there: then all of it crosses, unless you say that
it does not. What only the SDK's image sets up is set up again: no port, and on Alpine the languages and time zones.
\`dotnet run\` in CMD is replaced by the published program where its name is known.`,
  examples,
  images: [
    ...["mcr.microsoft.com/dotnet/", "mcr.microsoft.com/dotnet/nightly/"].map((folder) => ({
      folder,
      name: "sdk",
      workdir: "/",
      environment: { APP_UID: "1654" },
    })),
    { folder: "mcr.microsoft.com/dotnet/core/", name: "sdk", workdir: "/", environment: {} },
    { folder: "microsoft/", name: "dotnet", workdir: "/", environment: {} },
    { folder: "microsoft/", name: "aspnetcore-build", workdir: "/", environment: {} },
  ],
  words: ["dotnet"],
  classify: classifyDotnet,
  classifyOwn: (call, facts) =>
    isNodeSource(call, facts) && hasFrontEnd(facts) ? { kind: "step", step: "tool" } : null,
  choose: chooseDotnet,
};
