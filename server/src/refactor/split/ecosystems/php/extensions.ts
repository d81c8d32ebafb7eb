import { isOfficial } from "../../../../images/image.ts";
import { type Distribution, distributionOf } from "../../../../images/libraries.ts";
import { packageName } from "../../../../stages/packages.ts";
import type { Call } from "../../../../stages/calls.ts";
import { lastPart } from "../../../../text/paths.ts";
import type { Role } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import { installedPackages, type RoleOf } from "../../roles.ts";
import { planPackages } from "../c/packages.ts";
import { type Choice, type Refusal, sameProgram } from "../ecosystem.ts";
import { phpExtensions, readComposer } from "./commands.ts";

/** Where the official images keep extensions, and the settings that load them. */
const places = ["/usr/local/lib/php/extensions", "/usr/local/etc/php/conf.d"];

const workshop = ["/usr/src/php", "/tmp/pear", "/root/.pearrc", "/root/.cache"];

/** Programs that need what only the builder has. */
const compilers = /docker-php-(?:ext|source)|phpize|pecl|install-php-extensions|\bcomposer\b/;

const compiling = /^(?:docker-php-ext-install|pecl)$/;

/**
 * A file that only compiles extensions: they are copied, and the libraries that they load are installed in place of the
 * packages with headers.
 */
export function chooseExtensions(facts: Facts, role: RoleOf): readonly [Choice] | Refusal | null {
  const calls = facts.steps.flatMap((step) => step.calls);
  if (!isOfficial(facts.image, "php") || !calls.some(({ name }) => compiling.test(name))) return null;
  if (isSplit(facts)) return null;
  // It brings and removes packages by itself.
  if (calls.some(({ name }) => name === "install-php-extensions")) return null;
  const starts = [facts.start, facts.healthcheck].flatMap((started) => started?.calls ?? []);
  if (starts.some(({ program, args }) => [program, ...args].some((word) => compilers.test(word)))) return null;
  const end = endOfBuild(facts, role);
  // What others build may need the headers, too.
  if (facts.steps.some((step) => step.calls.some((call) => isOtherWork(call, role, step.index > end)))) return null;
  const system = systemOf(facts);
  if (system === null) return null;
  const { kept, dropped } = dividePackages(facts, role, end, system);
  if (dropped.length === 0) {
    return {
      refused:
        "Of the packages that the extensions are compiled with none is sure to be left out, so a second stage would leave nothing out for certain.",
    };
  }
  const scripts = starts.map(({ program }) => lastPart(program)).filter((name) => isScript(name));
  const isNamed = distributionOf(facts.image)?.release != null || system.manager === "apk";
  return [
    {
      ...sameProgram,
      strategy: "same",
      base: facts.stage.base?.text ?? "",
      detail: "the same PHP with its extensions, without what only compiling them needs",
      crossings: places.map((path) => ({ from: path, value: path, to: null, directory: true, comment: null })),
      workshop,
      keepsPackage: (name) => (kept.get(name) ?? [name]).length > 0,
      keepsProgram: (name) => name !== phpExtensions,
      made: places,
      end,
      // The loader finds what was copied only when it looks again.
      closing: tellsLoader(facts, end) ? ["RUN ldconfig"] : [],
      replacements: new Map([...kept].filter(([name, names]) => names.length > 0 && names.join(" ") !== name)),
      assumptions: [
        ...(isNamed
          ? []
          : [
              `\`${facts.stage.base?.text ?? ""}\` stands on Debian ${system.release ?? ""}: the libraries of the extensions have the names that they have there.`,
            ]),
        ...scripts.map((name) => `\`${name}\` compiles no extensions.`),
      ],
    },
  ];
}

function tellsLoader({ steps }: Facts, end: number): boolean {
  return steps.slice(0, end + 1).some(({ calls }) => calls.some(({ name }) => name === "ldconfig"));
}

/** Whether a command builds something else; behind the build Composer may bring programs of its own. */
function isOtherWork(call: Call, role: RoleOf, isBehind: boolean): boolean {
  return role(call).kind === "step" && !(isBehind && readComposer(call) !== null);
}

/** Whether another stage builds for this one already, which has its extensions by intent. */
function isSplit({ analysis, stage }: Facts): boolean {
  return analysis.references.some(
    (reference) => reference.stage === stage.index && reference.kind === "copy" && reference.target.kind === "stage",
  );
}

function isScript(name: string): boolean {
  return /\.(?:sh|bash)$|entrypoint|^(?:ba)?sh$/.test(name) && name !== "docker-php-entrypoint";
}

/** The last step that compiles extensions, or takes packages of these away again. */
function endOfBuild({ steps }: Facts, role: RoleOf): number {
  const isBuilds = (call: Call): boolean => {
    const found = role(call);
    return (
      (found.kind === "programs" && found.names.includes(phpExtensions)) ||
      (found.kind === "packages" && found.action === "remove")
    );
  };
  return steps.findLastIndex(({ calls }) => calls.some(isBuilds));
}

/** The release of Debian that tags without one stand on, by the version of PHP: the last that they were built on. */
const releases: Readonly<Record<string, string>> = {
  "7": "bullseye",
  "7.3": "bullseye",
  "7.4": "bullseye",
  "8.0": "bookworm",
};

/** The versions that came after those, and tags without a version. */
const current = /^(?:8(?:\.[1-9]\d*)?|latest|apache|cli|fpm|zts)?(?:-(?:apache|cli|fpm|zts))?$/;

function systemOf({ image }: Facts): Distribution | null {
  const named = distributionOf(image);
  if (named === null || named.manager === "apk" || named.release !== null) return named;
  const version = /^(\d(?:\.\d)?)(?=$|-)/.exec(image.tag)?.[1] ?? "";
  const release = Object.hasOwn(releases, version) ? releases[version]! : current.test(image.tag) ? "trixie" : null;
  return release === null ? null : { manager: "apt", release };
}

function removes(found: Role, names: readonly (string | null)[]): boolean {
  return (
    found.kind === "packages" && found.action === "remove" && found.packages.some(({ value }) => names.includes(value))
  );
}

/** Tools that programs in PHP call. */
const callable = /^(?:git|mercurial|subversion|patch|file|gettext|xsltproc|which)$/;

/** What the runtime stage installs, and what only the builder has. */
function dividePackages(
  facts: Facts,
  role: RoleOf,
  end: number,
  system: Distribution,
): { readonly kept: ReadonlyMap<string, readonly string[]>; readonly dropped: readonly string[] } {
  const kept = new Map(planPackages(facts, role, true, system).kept);
  const installed = installedPackages(facts, role);
  for (const name of kept.keys()) {
    if (/PHPIZE_DEPS/.test(name)) kept.set(name, system.manager === "apk" && installed.has(name) ? ["libstdc++"] : []);
    else if (installed.has(name) && callable.test(packageName(name))) kept.set(name, [name]);
  }
  const dropped: string[] = [];
  for (const { calls } of facts.steps.slice(0, end + 1)) {
    const early = calls.flatMap((call) => {
      const found = role(call);
      return found.kind === "packages" && found.action === "install" ? [found] : [];
    });
    for (const { packages, virtual } of early) {
      for (const { value } of packages) {
        // What a later step removes stays in the layer.
        const isRemovedHere = calls.some((call) => removes(role(call), [value, virtual]));
        if (kept.get(value)?.includes(value) === false && (installed.has(value) || !isRemovedHere)) dropped.push(value);
      }
    }
  }
  return { kept, dropped };
}
