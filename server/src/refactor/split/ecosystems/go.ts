import type { Facts } from "../facts.ts";
import { isAlpineTag, isOfficial } from "../../../images/image.ts";
import { isInside, lastPart, type Place } from "../../../text/paths.ts";
import { installedPackages, lastingPackages, type RoleOf } from "../roles.ts";
import { type Choice, type Crossing, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { classifyGo, isForeign, isGoStep, isMake, watchers } from "./go/commands.ts";
import { examples } from "./go/examples.ts";
import { findGone, findPrograms, isStatic, type Output, type Programs, readOutputs } from "./go/programs.ts";
import { chooseRuntimes, minimalRuntimes, needsSetup } from "./go/runtime.ts";
import { findRoot, goNaming, goSources, readSources } from "./go/sources.ts";
import { emptyDirectories } from "./empty-directories.ts";
import { namedPaths } from "./named-paths.ts";
import { isBrought } from "./placed.ts";
import { refusals } from "./refusals.ts";

function chooseGo(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const isGoImage = isOfficial(facts.image, "golang") && facts.rawImage.name === "golang";
  const calls = facts.steps.flatMap((step) => step.calls);
  const isGo = isGoImage || facts.env("GOPATH") !== undefined || calls.some(({ name }) => name === "go");
  const goCalls = calls.filter((call) => call.name === "go" || (isMake(call) && isGo));
  const runs = facts.start?.calls.some(({ program, args }) => lastPart(program) === "go" && args[0] === "run") === true;
  const compiles = goCalls.some((call) => isMake(call) || ["build", "install", "get"].includes(call.args[0] ?? ""));
  if (!compiles && !runs) return null;
  const outputs = readOutputs(facts, role);
  const refused = runs ? needsToolchain("go run") : refuseGo(facts, outputs);
  // On an image for something else Go may only help.
  if (refused) return isGoImage || runs || facts.start !== null ? refused : null;
  const makes = goCalls.some(isMake);
  const programs = findPrograms(facts, outputs, makes, role);
  if ("refused" in programs) return isGoImage ? programs : null;
  const root = findRoot(facts, goCalls);
  if ("refused" in root) return root;

  const split: GoSplit = {
    facts,
    role,
    root,
    programs,
    isStatic: isStatic(outputs, programs.paths) && !makes,
    makes,
    crossing: chooseCrossings(facts, role, root, programs),
  };
  return isGoImage ? splitGoImage(split) : [keepImage(split)];
}

/** What is known of a build before the image it runs on is chosen. */
interface GoSplit {
  readonly facts: Facts;
  readonly role: RoleOf;
  readonly root: Place;
  readonly programs: Programs;
  readonly isStatic: boolean;
  readonly makes: boolean;
  readonly crossing: Pick<Choice, "crossings" | "repeatedCopies" | "madeAgain" | "assumptions">;
}

/** The ways to leave the Go image: smaller systems first, then the image itself. */
function splitGoImage(split: GoSplit): readonly [Choice, ...Choice[]] | Refusal {
  const { facts, role, root, programs } = split;
  const packages = lastingPackages(facts, role);
  const installed = installedPackages(facts, role);
  const ours = [root.value, "/go", ...programs.paths.map(({ value }) => value)];
  const setup = needsSetup(facts, role, ours, packages);
  const shell = facts.start?.shell === true || facts.healthcheck !== null;
  const runtimes = chooseRuntimes(facts, split.isStatic, programs.scripts.length > 0 || setup || shell, packages, role);
  if ("refused" in runtimes) return runtimes;
  const isAlpine = isAlpineTag(facts.image.tag);
  const [first, ...others] = runtimes.map((runtime): Choice => ({
    ...startFrom(split, runtime.base),
    strategy: "slim",
    detail: runtime.detail,
    crossings: [...split.crossing.crossings, ...runtime.crossings],
    keepsPackage: (name) => packages.has(name) && !(split.isStatic && name.endsWith("-dev")),
    assumptions: [
      ...split.crossing.assumptions,
      ...runtime.assumptions,
      ...(isAlpine ? callSentences(installed) : []),
      ...(isAlpine ? librarySentences(split, installed, packages) : []),
      ...otherSentences(split),
    ],
  }));
  const same: Choice = {
    ...startFrom(split, facts.stage.base!.text),
    strategy: "same",
    detail: "the same image with Go, without sources and caches",
    keepsPackage: (name) => installed.has(name),
    assumptions: [
      ...split.crossing.assumptions,
      "The container needs the Go toolchain when it runs: otherwise a smaller base will do.",
      ...otherSentences(split),
    ],
  };
  return [first!, ...others, ...minimalChoices(split, packages), same];
}

function startFrom(split: GoSplit, base: string): Choice {
  const { crossing, root, programs } = split;
  return {
    ...sameProgram,
    ...crossing,
    strategy: "same",
    base,
    detail: "",
    workshop: [root.value, "/go", "/root/go", "/root/.cache", "/usr/local/go"],
    keepsPackage: () => false,
    keepsProgram: () => false,
    made: programs.paths.map(({ value }) => value),
  };
}

/** Images without a shell, where the program is all that the container starts and nothing has to be set up for it. */
function minimalChoices(split: GoSplit, packages: ReadonlySet<string>): Choice[] {
  const { facts, role, root, programs, crossing } = split;
  const others = new Set([...packages].filter((name) => name !== "ca-certificates" && name !== "tzdata"));
  const ours = [root.value, "/go", ...programs.paths.map(({ value }) => value)];
  const owned = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind === "unknown") return true;
      return found.kind === "files" && ownerCommands.has(call.name) && found.paths?.includes(root.value) !== false;
    }),
  );
  if (others.size > 0 || owned || programs.scripts.length > 0 || needsSetup(facts, role, ours, others)) return [];
  const made = crossing.madeAgain.map((value): Crossing => ({
    from: value,
    value,
    to: null,
    directory: true,
    comment: null,
  }));
  return minimalRuntimes(facts, split.isStatic, packages).map((runtime): Choice => ({
    ...startFrom(split, runtime.base),
    strategy: "minimal",
    detail: runtime.detail,
    crossings: [...crossing.crossings, ...made, ...runtime.crossings],
    madeAgain: [],
    assumptions: [...crossing.assumptions, ...runtime.assumptions, ...otherSentences(split)],
  }));
}

const ownerCommands = new Set(["chown", "chgrp", "chmod"]);

/** Where Go is no part of the base as the file names it, the program runs on that base again. */
function keepImage(split: GoSplit): Choice {
  const { facts, role } = split;
  const installed = installedPackages(facts, role);
  // Whoever cleans up leaves what the program needs.
  const cleans = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      return found.kind === "packages" && found.action === "remove";
    }),
  );
  const lasting = cleans ? installed : lastingPackages(facts, role);
  const kept = new Set([...lasting].filter((name) => !toolchain.test(name)));
  const isKnown = [...installed].some((name) => toolchain.test(name)) || cleans;
  return {
    ...startFrom(split, facts.stage.base!.text),
    detail: isKnown
      ? "the same system, without what only the build needs"
      : "the same image, without sources and caches",
    keepsPackage: (name) => kept.has(name),
    assumptions: [
      ...split.crossing.assumptions,
      ...callSentences([...installed].filter((name) => !kept.has(name))),
      ...(/(?:^|\/)alpine(?:[:@]|$)/.test(facts.stage.baseName) ? librarySentences(split, installed, kept) : []),
      ...otherSentences(split),
    ],
  };
}

/** Packages that compile and nothing else. */
const toolchain =
  /^(?:go|golang(?:-.*)?|gccgo(?:-.*)?|gcc|g\+\+|build-base|build-essential|make|cmake|musl-dev|libc-dev)$/;

/** Packages of programs that others start. */
const callable = /^(?:git|python|mercurial|subversion|bzr)/;

function needsToolchain(what: string): Refusal {
  return { refused: `The container starts \`${what}\`, which compiles the program anew and needs the Go toolchain.` };
}

/** Why a file that builds with Go is not split, as far as its builds and its base tell. */
function refuseGo({ start, image, stage }: Facts, outputs: readonly Output[]): Refusal | null {
  const watcher = start?.calls.find(({ program }) => watchers.has(lastPart(program)));
  if (watcher) return needsToolchain(watcher.program);
  if (!start || start.calls.length === 0) return refusals.noProgram;
  if (/windows|nanoserver/.test(image.tag)) return refusals.windows;
  if (outputs.some(({ call }) => isForeign(call))) {
    return {
      refused:
        "A build in this file makes no plain Linux program (GOOS or -buildmode), so what the runtime stage needs is not certain.",
    };
  }
  if (stage.from.flags.length > 0 && outputs.some(({ call }) => /\$/.test(call.env("GOARCH") ?? ""))) {
    return {
      refused:
        "The program may be built for another platform than its base (GOARCH), so the runtime stage's platform is not certain.",
    };
  }
  return null;
}

/** What crosses: the programs, and all of the sources where something else of them may be read. */
function chooseCrossings(
  facts: Facts,
  role: RoleOf,
  root: Place,
  { paths, scripts, unnamed }: Programs,
): Pick<Choice, "crossings" | "repeatedCopies" | "madeAgain" | "assumptions"> {
  // The program cannot read what the build removes.
  const isRemoved = findGone(facts)(root.value);
  const { data, unsure } = isRemoved ? { data: new Set<number>(), unsure: [] } : readSources(facts, root.value);
  const isOurs = (path: string): boolean => isInside(root.value, path) && path !== root.value;
  const isProgram = (path: string): boolean =>
    paths.some(({ value, directory }) => isInside(path, value) || (directory && isInside(value, path)));
  const madeAgain = emptyDirectories(facts, role).filter((path) => isOurs(path) && !isProgram(path));
  const isMadeAgain = (path: string): boolean => madeAgain.some((directory) => isInside(directory, path));
  const isBroughtAgain = (path: string): boolean => [...data].some((index) => isBrought(facts.steps[index]!, path));
  const named = namedPaths(goNaming, facts).find(
    (path) => isOurs(path) && !isProgram(path) && !isBroughtAgain(path) && !isMadeAgain(path),
  );
  const calls = facts.steps.flatMap((step) => step.calls);
  const other = calls.find((call) => {
    const found = role(call);
    return found.kind === "step" && found.step === "build" && !isGoStep(call);
  });
  const changed = calls
    .flatMap((call) => {
      const found = role(call);
      if (found.kind !== "files" || call.name === "rm" || call.name === "git") return [];
      const written = found.paths ?? [];
      // What is moved out of the sources is changed where it goes.
      return call.name === "mv" ? written.slice(-1) : written;
    })
    .find((path) => isOurs(path) && !isProgram(path) && !isMadeAgain(path) && !goSources.test(lastPart(path)));

  const [script] = scripts;
  const why = isRemoved
    ? null
    : script !== undefined
      ? `${scripts.join(" and ")} may use it`
      : other
        ? `the program may read what \`${[other.program, ...other.args].join(" ")}\` writes`
        : named !== undefined
          ? `the file names ${named}`
          : changed !== undefined
            ? `a command makes or changes ${changed}`
            : unnamed
              ? "the file does not name all programs it builds"
              : null;
  const crossings = paths
    .filter(({ value, target }) => why === null || target !== null || !isInside(root.value, value))
    .map(({ text, value, target, directory }): Crossing => ({
      from: text,
      value,
      to: target,
      directory,
      comment: null,
    }));
  if (why !== null) {
    crossings.unshift({ from: root.text, value: root.value, to: null, directory: true, comment: null });
    const sentence = `All of ${root.value} is copied, sources included, because ${why}: narrow it if you know.`;
    return { crossings, repeatedCopies: new Set(), madeAgain: [], assumptions: [sentence] };
  }
  const also = data.size > 0 ? "other files" : "files";
  const sentence = `At run time the program reads no ${also} of ${root.value}: what \`${unsure.join("` and `")}\` brings stays in the builder.`;
  return { crossings, repeatedCopies: data, madeAgain, assumptions: unsure.length > 0 ? [sentence] : [] };
}

/** What the program must not call, since only the builder has it. */
function callSentences(left: Iterable<string>): string[] {
  const names = [...left].filter((name) => callable.test(name));
  return names.length > 0 ? [`The program does not call ${names.join(" or ")}.`] : [];
}

/** Alpine has no library of C++ unless a package brings it. */
function librarySentences(split: GoSplit, installed: ReadonlySet<string>, kept: ReadonlySet<string>): string[] {
  const brings = [...installed].some((name) => /^(?:g\+\+|build-base|alpine-sdk)$/.test(name) && !kept.has(name));
  return brings && !split.isStatic && !kept.has("libstdc++")
    ? ["The program has no C++ in it, whose library only the builder has."]
    : [];
}

function otherSentences({ programs: { paths, several }, makes }: GoSplit): string[] {
  const sentences = several.map(
    ({ program, args }) =>
      `Of the programs that \`${[program, ...args].join(" ")}\` makes, only ${paths.map(({ value }) => lastPart(value)).join(" and ")} is used.`,
  );
  if (makes) sentences.push("`make` writes nothing else that the program needs.");
  return sentences;
}

/** Programs written in Go. */
export const go: Ecosystem = {
  id: "go",
  name: "Go",
  docs: `Go programs are whole in themselves, and nearly all of their Dockerfiles with several stages copy nothing else. So
only the compiled programs cross, and what the file shows that they read: paths in CMD, ENV and VOLUME, and copied
folders such as \`templates\`; that nothing else is read must be checked. Go's own list of time zones comes along. A program
built with \`CGO_ENABLED=0\` runs on Alpine, unless the container needs a shell, a package or a user of Debian; where it
needs nothing at all, on an image without a shell or on an empty one, too. One that may use the C library stays on the
system that built it: on Debian in the same or a newer release, or on Alpine.

Where the file installs Go on another image, or builds on an image of one's own, the program runs on that image again:
Go, compilers, sources and caches stay in the builder. What the build removes again is not copied.`,
  examples,
  images: [
    { name: "golang", workdir: "/go", environment: { GOPATH: "/go" } },
    { name: "alpine", workdir: "/", environment: {} },
    { name: "debian", workdir: "/", environment: {} },
    { name: "ubuntu", workdir: "/", environment: {} },
  ],
  words: ["go", "make", "task", "mage"],
  classify: classifyGo,
  choose: chooseGo,
};
