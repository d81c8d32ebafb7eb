import { debianRelease, isOfficial } from "../../../images/image.ts";
import type { Call } from "../../../stages/calls.ts";
import { isBuildPackage } from "../../../stages/packages.ts";
import { isInside, lastPart, type Place } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import { installedPackages, type RoleOf } from "../roles.ts";
import { findProject } from "../roots.ts";
import { type Choice, type Crossing, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { either, libraryReplacements } from "./install.ts";
import { examples } from "./perl/examples.ts";
import { refusals } from "./refusals.ts";

function classifyPerl({ name, args, command }: Call): Role | null {
  if (name === "carton" || name === "carmel")
    return { kind: "step", step: args[0] === "exec" ? "build" : "dependencies" };
  if (name === "cpanm" || name === "cpan" || name === "cpm")
    return args.some((arg) => arg === "--version" || arg === "-V")
      ? { kind: "inert" }
      : { kind: "programs", names: ["modules of Perl"] };
  if (name !== "perl") return null;
  const isInstaller = args.some((arg) => arg.startsWith("-MCPAN")) || (args[0] === "-" && command.separator === "|");
  return isInstaller ? { kind: "programs", names: ["modules of Perl"] } : null;
}

const isInstall = ({ name, args }: Pick<Call, "name" | "args">): boolean =>
  ["cpanm", "cpan", "cpm"].includes(name) || ((name === "carton" || name === "carmel") && args[0] !== "exec");

function choosePerl(facts: Facts, role: RoleOf): readonly [Choice, ...Choice[]] | Refusal | null {
  const installs = facts.steps.flatMap(({ calls }) => calls.filter((call) => isInstall(call)));
  const { image, stage, start } = facts;
  if (installs.length === 0) return null;
  const isPerl = isOfficial(image, "perl");
  const runsPerl = start?.calls.some(({ program }) =>
    /^(?:perl|carton|plackup|starman|twiggy|hypnotoad|morbo)$|\.p[lm]$/.test(lastPart(program)),
  );
  if (!isPerl && runsPerl !== true) return null;
  if (!isPerl) {
    return {
      refused: `The base \`${stage.base?.text ?? ""}\` is not the official Perl image, so it is not certain where its modules are installed.`,
    };
  }
  if (!start) return refusals.noStart;
  const again = start.calls.find(({ program, args }) => isInstall({ name: lastPart(program), args }));
  if (again)
    return {
      refused: `The container starts \`${[again.program, ...again.args].join(" ")}\`, which installs modules and needs a compiler for it.`,
    };
  const root = findRoot(facts, installs);
  if (root !== null && "refused" in root) return root;
  return chooseWays(facts, role, root);
}

/** The program's directory, where modules are installed for a project; `null` where it is none of its own. */
function findRoot(facts: Facts, installs: readonly Call[]): Place | Refusal | null {
  const own = installs.filter(
    ({ name, args }) =>
      name === "carton" ||
      name === "carmel" ||
      name === "cpm" ||
      args.some((arg) => arg === "--installdeps" || arg === "."),
  );
  if (own.length === 0) return null;
  const places = own.map(({ cwd }) => cwd);
  const root = places.includes(null) ? null : findProject(facts, places as readonly string[]);
  return root === null || root.value === "/"
    ? {
        refused:
          "The modules are installed for a program in /, beside the files of the image: set a WORKDIR first, then it can be split.",
      }
    : root;
}

const sitePlaces = ["/usr/local/lib/perl5/site_perl", "/usr/local/bin"];

function chooseWays(facts: Facts, role: RoleOf, root: Place | null): readonly [Choice, ...Choice[]] {
  const installed = installedPackages(facts, role);
  const replacements = libraryReplacements(facts, role);
  const isDropped = (name: string): boolean =>
    !installed.has(name) || isBuildPackage(name) || replacements.get(name)?.length === 0;
  const left = [...installed].filter((name) => isDropped(name) && /^(?:git|python[\d.]*)$/.test(name));
  const places = sitePlaces.filter((path) => root === null || !isInside(root.value, path));
  const shared: Omit<Choice, "strategy" | "base" | "detail" | "assumptions"> = {
    ...sameProgram,
    crossings: [
      ...places.map((path): Crossing => ({ from: path, value: path, to: null, directory: true, comment: null })),
      ...(root === null ? [] : [{ from: root.text, value: root.value, to: null, directory: true, comment: null }]),
    ],
    workshop: [...(root === null ? [] : [root.value]), ...sitePlaces, "/root/.cpanm", "/root/.cpan", "/root/.perl-cpm"],
    keepsPackage: (name) => !isDropped(name),
    replacements,
    keepsProgram: () => false,
  };
  const sentences = left.length > 0 ? [`The program does not call ${either(left)}.`] : [];
  const raw = facts.stage.base?.text ?? "";
  const same: Choice = {
    ...shared,
    strategy: "same",
    base: raw,
    detail: "the same Perl, without what the installation of modules leaves behind",
    assumptions: sentences,
  };
  const slim = slimName(facts);
  if (slim === null) return [same];
  const lean: Choice = {
    ...shared,
    strategy: "slim",
    base: slim,
    detail: "the same Perl on a smaller system, without compilers",
    assumptions: [
      `The program and its modules use nothing that \`${raw}\` has beyond \`${slim}\`, such as git, curl, or the libraries of databases, XML and images.`,
      ...sentences,
    ],
  };
  return [lean, same];
}

/** The slim variant of a full image as FROM names it; `null` where there is none for certain. */
function slimName({ image, rawImage }: Facts): string | null {
  const { tag } = rawImage;
  if (tag !== image.tag || image.pinned || rawImage.pinned || tag.includes("slim") || rawImage.name !== "perl")
    return null;
  if (tag === "" || tag === "latest") return `${rawImage.folder}perl:slim`;
  const match = /^(\d+(?:\.\d+){0,2}|stable|devel)?(?:-?(threaded))?(?:-?([a-z]+))?$/.exec(tag);
  if (!match || (match[3] !== undefined && debianRelease(tag) === null)) return null;
  return `${rawImage.folder}perl:${[match[1], "slim", match[2], match[3]].filter((part) => part !== undefined).join("-")}`;
}

/** Programs in Perl with modules from CPAN. */
export const perl: Ecosystem = {
  id: "perl",
  name: "Perl",
  docs: `The builder installs the modules, with the compiler and headers that some of them need. The runtime stage takes the
modules and their programs from there, and the program's directory where modules are installed for it. The slim variant of
the image is offered, with what it lacks; the same image is the certain way.`,
  examples,
  images: [{ name: "perl", workdir: "/usr/src/app", environment: {} }],
  words: ["cpanm", "cpan", "cpm", "carton"],
  classify: classifyPerl,
  choose: choosePerl,
};
