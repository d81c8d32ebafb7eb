import { runtimeLibrary } from "../../../../images/libraries.ts";
import { packageName } from "../../../../stages/packages.ts";
import { directoryOf, lastPart } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import { installedPackages, type RoleOf } from "../../roles.ts";
import { libraryReplacements } from "../install.ts";
import { type Choice, type Finish, type Refusal, sameProgram } from "../ecosystem.ts";
import { refusals } from "../refusals.ts";
import type { Language, Replacement } from "./language.ts";
import { findPrograms, isRunner, type Programs, readOutputs } from "./programs.ts";
import { type Base, chooseBases, installsOpenssl, readNeeds } from "./runtime.ts";
import { chooseFiles, findRoot, programCrossings } from "./sources.ts";

/** Splits a stage that compiles a program of a language; `null` where it compiles none that the container starts. */
export function chooseNative(
  language: Language,
  facts: Facts,
  role: RoleOf,
): readonly [Choice, ...Choice[]] | Refusal | null {
  const outputs = readOutputs(language, facts);
  const isStarted = facts.start?.calls.some(({ program }) => language.tools.has(lastPart(program))) === true;
  if (outputs.length === 0 && !isStarted) return null;
  const isToolImage = language.isToolImage(facts);
  // A compiler in an image of another language serves that one.
  const refuse = (refusal: Refusal): Refusal | null => (isToolImage || isStarted ? refusal : null);
  const refused = refuseLanguage(facts) ?? language.refuse(facts);
  if (refused) return refuse(refused);
  const replacement = isStarted ? language.replaceStart(facts) : null;
  if (replacement && "refused" in replacement) return refuse(replacement);
  const programs = replacement
    ? { paths: [{ value: replacement.program, target: null, directory: false }], scripts: [], tools: [], isOpen: false }
    : findPrograms(language, facts, outputs, role);
  if ("refused" in programs) return refuse(programs);
  const root = findRoot(language, facts, role, replacement?.directory ?? null);
  if (root && "refused" in root) return root;

  const files = root
    ? chooseFiles(language, facts, role, root, programs)
    : {
        crossings: programCrossings(programs.paths),
        repeatedCopies: new Set<number>(),
        madeAgain: [],
        assumptions: [],
      };
  if ("refused" in files) return files;
  const homes = language.homes(facts);
  const workshop = [...(root ? [root.value] : []), ...homes];
  const ours = [...workshop, ...programs.paths.map(({ value }) => value)];
  const needs = readNeeds(language, facts, role, ours, programs.scripts);
  const bases = chooseBases(language, facts, role, needs);
  if ("refused" in bases) return bases;
  const replacements = replacementsOf(language, facts, role);
  const choiceOf = (base: Base): Choice => ({
    ...sameProgram,
    strategy: base.strategy,
    base: base.base,
    detail: base.detail,
    crossings: [...files.crossings, ...base.crossings],
    workshop,
    finish: finishOf(facts, replacement),
    // Headers alone are of no use, and static programs hold their libraries.
    keepsPackage: (name) =>
      needs.packages.has(name) && !(base.isStatic && name.endsWith("-dev")) && replacements.get(name)?.length !== 0,
    replacements,
    keepsProgram: () => false,
    command: replacement ? replacement.command : null,
    made: programs.paths.map(({ value }) => value),
    madeAgain: files.madeAgain,
    repeatedCopies: files.repeatedCopies,
    assumptions: [
      ...files.assumptions,
      ...(replacement?.assumptions ?? []),
      ...base.assumptions,
      ...otherSentences(language, facts, role, base, programs),
    ],
  });
  const [first, ...others] = bases;
  return [choiceOf(first), ...others.map(choiceOf)];
}

/** The libraries in place of packages with their headers, in the release that the base is known to be. */
function replacementsOf(language: Language, facts: Facts, role: RoleOf): ReadonlyMap<string, readonly string[]> {
  const system = language.isToolImage(facts) ? language.system(facts) : null;
  if (!system || system.family === "ubuntu") return libraryReplacements(facts, role);
  const release = /\$/.test(system.release ?? "$") ? null : system.release;
  const installed = installedPackages(facts, role);
  const trusts = system.family === "debian" && !installed.has("ca-certificates") && language.hasCertificates(facts);
  return new Map(
    [...installed].flatMap((name) => {
      const libraries = runtimeLibrary(packageName(name), system.family === "alpine" ? "apk" : "apt", release);
      if (trusts && installsOpenssl(new Set([name])))
        return [[name, [...(libraries ?? [name]), "ca-certificates"]] as const];
      return libraries ? [[name, libraries] as const] : [];
    }),
  );
}

/** Why a file is not split, whatever its language. */
function refuseLanguage({ start, image }: Facts): Refusal | null {
  if (!start || start.calls.length === 0) return refusals.noProgram;
  return /windows|nanoserver/.test(image.tag) ? refusals.windows : null;
}

function finishOf({ user }: Facts, replacement: Replacement | null): Finish[] {
  return replacement?.build != null
    ? [{ command: replacement.build, flags: "", directory: replacement.directory, user }]
    : [];
}

function otherSentences(
  language: Language,
  facts: Facts,
  role: RoleOf,
  { assumptions, base, strategy }: Base,
  { scripts, paths, isOpen }: Programs,
): string[] {
  const sentences: string[] = [];
  const left = [...installedPackages(facts, role)].filter((name) =>
    /^(?:git|python3?|mercurial|subversion)$/.test(name),
  );
  // The image may have them by itself, or the sentence about the base says so already.
  const isThere =
    language.system(facts)?.extras === "buildpack" && (strategy === "same" || base.startsWith("buildpack-deps:"));
  if (left.length > 0 && !isThere && (assumptions.length === 0 || scripts.length > 0))
    sentences.push(`${scripts.length > 0 ? scripts.join(" and ") : "The program"} does not call ${left.join(" or ")}.`);
  if (isOpen) {
    const names = paths.map(({ value }) => lastPart(value));
    sentences.push(`${scripts.join(" and ")} starts no other programs of the project than ${names.join(" and ")}.`);
  }
  const makes = facts.steps
    .flatMap(({ calls }) => calls.filter((call) => isRunner(call) || language.runsScript(call)))
    .map(({ name, args }) => `\`${[name, ...args].join(" ")}\``);
  if (makes.length > 0)
    sentences.push(
      `${makes.join(" and ")} ${makes.length > 1 ? "write" : "writes"} nothing else that the program needs.`,
    );
  return sentences;
}

/** Where a program lies that a build tool would have started, as CMD may name it. */
export function commandFor(facts: Facts, program: string): string {
  const cwd = facts.cwd?.value;
  return cwd !== undefined && cwd !== "/" && directoryOf(program).startsWith(cwd)
    ? `.${program.slice(cwd.length)}`
    : program;
}
