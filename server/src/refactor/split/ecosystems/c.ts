import type { OfficialImage } from "../../../images/image.ts";
import { isOfficial } from "../../../images/image.ts";
import { packageName } from "../../../stages/packages.ts";
import { isInside, lastPart, resolvePath } from "../../../text/paths.ts";
import type { Facts } from "../facts.ts";
import { installedPackages, type RoleOf } from "../roles.ts";
import { classifyC, isBuild } from "./c/commands.ts";
import {
  dataSentences,
  foreignInstall,
  loaderLines,
  type Installed,
  namedAmongSources,
  takeInstalled,
  takeStarted,
  type Taken,
} from "./c/crossings.ts";
import { examples } from "./c/examples.ts";
import { readInstallations } from "./c/install.ts";
import { type Packages, planPackages } from "./c/packages.ts";
import { findWorkshop, placedOutside, startedHere } from "./c/places.ts";
import { inScratch, withoutGcc } from "./c/ways.ts";
import { type Choice, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { copiedTo } from "./placed.ts";
import { either } from "./install.ts";

/** Images of which nothing is known but the system: what runs in them is what the file installs. */
const images: readonly OfficialImage[] =
  "alpine almalinux amazonlinux buildpack-deps centos debian fedora gcc rockylinux ubuntu"
    .split(" ")
    .map((name) => ({ name, workdir: "/", environment: {} }));

/** Images of other languages: what is made in them is theirs. */
const languages =
  "clojure composer crystal dart elixir erlang golang gradle groovy haskell julia maven mono node openjdk eclipse-temurin php pypy python r-base ruby rust sdk swift tomcat".split(
    " ",
  );

const shells = /^(?:(?:ba|da|a|z)?sh|fish|screen|tmux)$/;
const scripts =
  /\.(?:sh|bash|py|pl|rb)$|entrypoint|^(?:run|start|boot|launch)|init$|^(?:supervisord|monit|cron|crond|s6-svscan|runsv(?:dir)?)$/;

/** Whether the container starts a shell, a script or nothing that is told: then any program of the image may be called. */
function startsAnything({ start, healthcheck }: Facts): boolean {
  const calls = [...(start?.calls ?? []), ...(healthcheck?.calls ?? [])].map(({ program }) => lastPart(program));
  return start === null || start.calls.length === 0 || calls.some((name) => shells.test(name) || scripts.test(name));
}

function chooseC(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  if (languages.some((name) => isOfficial(facts.image, name))) return null;
  const builds = facts.steps.flatMap(({ calls }) => calls.filter(isBuild));
  if (builds.length === 0) return null;
  const foreign = foreignInstall(facts);
  if (foreign !== null)
    return { refused: `\`${foreign}\` installs what the program may need, and where to is not followed here.` };
  const workshop = findWorkshop(facts);
  const installations = readInstallations(facts).filter(
    ({ isStaged, prefix }) => !isStaged || prefix === null || starts(facts, prefix),
  );
  const installed = takeInstalled(facts, installations, role, workshop);
  if ("refused" in installed) return installed;
  const isTaken = (path: string): boolean =>
    installed.crossings.some(({ value }) => isInside(value, path)) ||
    (installed.staged.some((place) => isInside(place, path)) && !workshop.some((place) => isInside(place, path)));
  const here = startedHere(facts, workshop).filter(({ path }) => !isTaken(path));
  const placed = placedOutside(facts, role, workshop);
  if (installed.crossings.length === 0 && here.length === 0 && placed.length === 0) return refuseUnseen(facts);
  const missing = installations.some(({ isCertain }) => !isCertain) ? missingStart(facts, role, placed, isTaken) : null;
  if (missing !== null)
    return { refused: `The container starts ${missing}, and no build in this file is seen to make it.` };
  const ways: readonly Taken[] =
    here.length > 0 ? takeStarted(facts, here) : [{ crossings: [], assumptions: dataSentences(facts) }];
  const [lost] = namedAmongSources(facts, role, workshop, [...installed.crossings, ...ways[0]!.crossings]);
  if (lost !== undefined)
    return {
      refused: `The file names ${lost}, which lies among the sources, so it is not certain what of them the program needs.`,
    };
  const packages = planPackages(facts, role, startsAnything(facts));
  if (packages.untold !== null)
    return {
      refused: `The file removes \`${packages.untold}\` again and keeps its libraries: which these are cannot be told for the base \`${facts.stage.base?.text ?? ""}\`.`,
    };
  return choicesOf(facts, role, workshop, installed, ways, packages);
}

/** Whether the container starts something of a directory. */
function starts({ start, cwd }: Facts, directory: string): boolean {
  const calls = start?.calls ?? [];
  return calls.some(
    ({ program }) => program.includes("/") && isInside(directory, resolvePath(cwd?.value ?? "/", program)),
  );
}

function refuseUnseen({ start }: Facts): Refusal {
  return {
    refused:
      start === null
        ? "The file has neither CMD nor ENTRYPOINT, and its build installs nothing: what the runtime stage needs is not certain."
        : "What the container starts is not seen to be built in this file.",
  };
}

/** A program of the system's directories that is started and that nothing in the file brings. */
function missingStart(
  facts: Facts,
  role: RoleOf,
  placed: readonly string[],
  isTaken: (path: string) => boolean,
): string | null {
  const packages = [...installedPackages(facts, role)].map(packageName);
  const isBrought = (path: string): boolean =>
    facts.steps.some((step) => {
      const target = copiedTo(step);
      return target !== null && (isInside(target.path, path) || isInside(path, target.path));
    });
  const found = (facts.start?.calls ?? []).find(({ program }) => {
    const path = resolvePath("/", program);
    const name = lastPart(path);
    return (
      /^\/(?:usr\/)?s?bin\//.test(program) &&
      !shells.test(name) &&
      !packages.some((one) => one.includes(name) || name.includes(one)) &&
      !placed.includes(path) &&
      !isTaken(path) &&
      !isBrought(path)
    );
  });
  return found?.program ?? null;
}

function choicesOf(
  facts: Facts,
  role: RoleOf,
  workshop: readonly string[],
  installed: Installed,
  ways: readonly Taken[],
  packages: Packages,
): readonly [Choice, ...Choice[]] {
  const builds = facts.steps.flatMap(({ calls }) => calls.filter(isBuild));
  const isOpen = startsAnything(facts);
  const folders = installed.emptied.length > 0 ? [`RUN mkdir -p ${installed.emptied.join(" ")}`] : [];
  const same = (taken: Taken): Choice => ({
    ...sameProgram,
    strategy: "same",
    base: facts.stage.base?.text ?? "",
    detail: "the same system without compilers, sources and development packages",
    crossings: [...installed.crossings, ...taken.crossings],
    workshop,
    insertions: installed.insertions,
    finish: installed.finish,
    ...(installed.end === null ? {} : { end: installed.end }),
    keepsPackage: (name) => (packages.kept.get(name) ?? [name]).length > 0,
    keepsProgram: () => false,
    made: installed.crossings.map(({ value }) => value),
    replacements: new Map([...packages.kept].filter(([name, names]) => names.join(" ") !== name && names.length > 0)),
    closing: asRoot(facts, [...folders, ...loaderLines(facts, builds, installed.crossings)]),
    assumptions: [
      ...installed.assumptions,
      ...taken.assumptions,
      ...(isOpen && packages.compilers.length > 0
        ? ["Nobody compiles in containers of this image: it has what is built, but no compilers."]
        : []),
      ...(packages.callable.length > 0 ? [`Nothing in the container calls ${either(packages.callable)}.`] : []),
    ],
  });
  const choices = ways.map(same);
  const [first] = choices;
  const alone = choices.at(-1)!;
  const slim = withoutGcc(facts, role, builds, alone);
  const minimal = inScratch(facts, builds, alone);
  const others = minimal ? [minimal] : [];
  // The image of GCC is nothing but compilers.
  return slim ? [slim, ...others] : [first!, ...choices.slice(1), ...others];
}

/** Commands for root, where the container is somebody else by then. */
function asRoot(facts: Facts, lines: readonly string[]): string[] {
  const last = facts.steps.findLast(({ calls }) => calls.some(isBuild));
  const user = last?.user ?? null;
  const isRoot = user === null || /^(?:root|0)(?::|$)/.test(user);
  return isRoot || lines.length === 0 ? [...lines] : ["USER root", ...lines, `USER ${user}`];
}

/** Programs written in C and C++, and whatever else is configured and made. */
export const c: Ecosystem = {
  id: "c",
  name: "C and C++",
  docs: `\`make\`, \`cmake\`, \`ninja\`, \`meson\`, \`./configure\` and plain compilers, on Debian, Ubuntu, Alpine, Fedora and their kin.
The runtime stage starts from the same image. It installs the packages that the file installs and does not remove again, without
compilers, and with the libraries (\`libpq5\`) in place of development packages (\`libpq-dev\`). What \`make install\` brings is
copied with its prefix; among the files of the system, as with \`--prefix=/usr\`, the builder installs it once more into a
directory of its own, which is copied; a program that is started from its sources with their directory, or alone where the file shows that it
needs nothing else. The official image of GCC gives way to Debian, a program that is linked statically may run in an empty image.`,
  examples,
  images,
  words: ["make", "gmake", "cmake", "ninja", "meson", "gcc", "[gc](?=\\+\\+)", "cc", "clang", "scons"],
  classify: () => null,
  classifyOwn: classifyC,
  choose: chooseC,
};
