import { copyTarget } from "../../../stages/copies.ts";
import type { Facts } from "../facts.ts";
import { isOfficial } from "../../../images/image.ts";
import { isInside, lastPart, type Place } from "../../../text/paths.ts";
import { installedPackages, lastingPackages, type RoleOf } from "../roles.ts";
import { type Choice, type Crossing, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { classifyGo, isForeign, isGoStep, isMake, watchers } from "./go/commands.ts";
import { examples } from "./go/examples.ts";
import { findPrograms, isStatic, type Output, type Programs, readOutputs } from "./go/programs.ts";
import { chooseRuntime, needsSetup } from "./go/runtime.ts";
import { findRoot, goSources, isBrought, namedPaths, readSources } from "./go/sources.ts";

function chooseGo(facts: Facts, role: RoleOf): readonly [Choice] | Refusal | null {
  const { image } = facts;
  const goCalls = facts.steps.flatMap(({ calls }) =>
    calls.filter((call) => call.name === "go" || (isMake(call) && isOfficial(image, "golang"))),
  );
  const runs = facts.start?.calls.some(({ program, args }) => lastPart(program) === "go" && args[0] === "run") === true;
  const compiles = goCalls.some((call) => isMake(call) || ["build", "install", "get"].includes(call.args[0] ?? ""));
  if (!compiles && !runs) return null;
  const outputs = readOutputs(facts, role);
  const refused = runs ? needsToolchain("go run") : refuseGo(facts, outputs);
  if (refused) return refused;
  const makes = facts.steps.some(({ calls }) => calls.some(isMake));
  const programs = findPrograms(facts, outputs, makes, role);
  if ("refused" in programs) return programs;
  const root = findRoot(facts, goCalls);
  if ("refused" in root) return root;

  const packages = lastingPackages(facts, role);
  const ours = [root.value, "/go", ...programs.paths.map(({ value }) => value)];
  const setup = needsSetup(facts, role, ours, packages);
  const shell = facts.start?.shell === true || facts.healthcheck !== null;
  const runtime = chooseRuntime(
    facts,
    isStatic(outputs, programs.paths) && !makes,
    programs.scripts.length > 0 || setup || shell,
    packages,
    role,
  );
  if ("refused" in runtime) return runtime;
  const { crossings, repeatedCopies, madeAgain, assumptions } = chooseCrossings(facts, role, root, programs);
  const choice: Choice = {
    ...sameProgram,
    strategy: runtime.base === facts.stage.base?.text ? "same" : "slim",
    base: runtime.base,
    detail: "what the program needs, without the Go toolchain",
    crossings: [...crossings, ...runtime.crossings],
    workshop: [root.value, "/go", "/root/go", "/root/.cache", "/usr/local/go"],
    keepsPackage: (name) => packages.has(name) && !(runtime.isStatic && name.endsWith("-dev")),
    keepsProgram: () => false,
    madeAgain,
    made: programs.paths.map(({ value }) => value),
    repeatedCopies,
    assumptions: [
      ...assumptions,
      ...runtime.assumptions,
      ...otherSentences(facts, role, programs),
      ...(makes ? ["`make` writes nothing else that the program needs."] : []),
    ],
  };
  return [choice];
}

function needsToolchain(what: string): Refusal {
  return { refused: `The container starts \`${what}\`, which compiles the program anew and needs the Go toolchain.` };
}

/** Why a file that builds with Go is not split, as far as its builds and its base tell. */
function refuseGo({ start, image, rawImage, stage }: Facts, outputs: readonly Output[]): Refusal | null {
  const watcher = start?.calls.find(({ program }) => watchers.has(lastPart(program)));
  if (watcher) return needsToolchain(watcher.program);
  if (!isOfficial(image, "golang") || rawImage.name !== "golang") {
    return {
      refused: `The base \`${stage.base?.text ?? ""}\` is not the official Go image, so it is not certain which image its programs run on.`,
    };
  }
  if (!start || start.calls.length === 0) {
    return {
      refused: "The file has neither CMD nor ENTRYPOINT, so it does not say which program the runtime stage needs.",
    };
  }
  if (/windows|nanoserver/.test(image.tag)) return { refused: "Windows images are not split." };
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
  const { data, unsure } = readSources(facts, root.value);
  const isOurs = (path: string): boolean => isInside(root.value, path) && path !== root.value;
  const isProgram = (path: string): boolean =>
    paths.some(({ value, directory }) => isInside(path, value) || (directory && isInside(value, path)));
  const madeAgain = emptyDirectories(facts, role).filter((path) => isOurs(path) && !isProgram(path));
  const isMadeAgain = (path: string): boolean => madeAgain.some((directory) => isInside(directory, path));
  const isBroughtAgain = (path: string): boolean => [...data].some((index) => isBrought(facts.steps[index]!, path));
  const named = namedPaths(facts).find(
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
      return found.kind === "files" && call.name !== "rm" && call.name !== "git" ? (found.paths ?? []) : [];
    })
    .find((path) => isOurs(path) && !isProgram(path) && !isMadeAgain(path) && !goSources.test(lastPart(path)));

  const [script] = scripts;
  const why =
    script !== undefined
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

/** Directories that the file makes and nothing is seen to be put into: for data, logs, uploads. */
function emptyDirectories(facts: Facts, role: RoleOf): string[] {
  const made = facts.steps.flatMap(({ calls }) =>
    calls.flatMap((call) => {
      const found = role(call);
      return call.name === "mkdir" && found.kind === "files" ? (found.paths ?? []) : [];
    }),
  );
  return made.filter(
    (path) =>
      !facts.steps.some((step) => {
        const { keyword } = step.instruction;
        const target = keyword === "COPY" || keyword === "ADD" ? copyTarget(step) : null;
        if (target && isInside(path, target.path)) return true;
        return step.calls.some((call) => {
          const found = role(call);
          if (call.cwd !== null && isInside(path, call.cwd)) return true;
          const fills = found.kind === "files" && !["mkdir", "chown", "chmod", "chgrp"].includes(call.name);
          return fills && (found.paths === null || found.paths.some((one) => isInside(path, one)));
        });
      }),
  );
}

function otherSentences(facts: Facts, role: RoleOf, { paths, scripts, several }: Programs): string[] {
  const sentences = several.map(
    ({ program, args }) =>
      `Of the programs that \`${[program, ...args].join(" ")}\` makes, only ${paths.map(({ value }) => lastPart(value)).join(" and ")} is used.`,
  );
  const left = [...installedPackages(facts, role)].filter((name) =>
    /^(?:git|python|mercurial|subversion|bzr)/.test(name),
  );
  if (left.length > 0 && scripts.length > 0)
    sentences.push(`${scripts.join(" and ")} does not call ${left.join(" or ")}.`);
  return sentences;
}

/** Programs written in Go. */
export const go: Ecosystem = {
  id: "go",
  name: "Go",
  docs: `Go programs are whole in themselves, and nearly all of their Dockerfiles with several stages copy nothing else. So
only the compiled programs cross, and what the file shows that they read: paths in CMD, ENV and VOLUME, and copied
folders such as \`templates\`; that nothing else is read must be checked. Go's own list of time zones comes along. A program
built with \`CGO_ENABLED=0\` runs on Alpine, unless the container needs a shell, a package or a user of Debian. One that may
use the C library stays on the system that built it: on Debian in the same or a newer release, or on Alpine.`,
  examples,
  images: [{ name: "golang", workdir: "/go", environment: { GOPATH: "/go" } }],
  words: ["go", "make", "task", "mage"],
  classify: classifyGo,
  choose: chooseGo,
};
