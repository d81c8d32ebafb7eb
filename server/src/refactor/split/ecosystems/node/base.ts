import { commonPrograms } from "../../commands.ts";
import type { Facts } from "../../facts.ts";
import type { Started } from "../../../../stages/start.ts";
import { debianRelease, type Image, isAlpineTag, isOfficial } from "../../../../images/image.ts";
import { lastPart } from "../../../../text/paths.ts";
import { lastingPackages, type RoleOf } from "../../roles.ts";
import { namesOf } from "./commands.ts";
import { readHints } from "./project.ts";
import type { Starter } from "./start.ts";

export const compilers = /^(?:build-base|build-essential|gcc|g\+\+|make|clang|python.*)$/;

/** Whether Python comes along with a compiler, which means node-gyp. */
export function isInstalledWith(facts: Facts, role: RoleOf, name: string, others: RegExp): boolean {
  if (!name.startsWith("python")) return false;
  return facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind !== "packages" || found.action !== "install") return false;
      const names = found.packages.map(({ value }) => value);
      return names.includes(name) && names.some((other) => !other.startsWith("python") && others.test(other));
    }),
  );
}

/** Whether what starts or checks the container names a program. */
export function mentioned(facts: Facts, name: string): boolean {
  return [facts.start, facts.healthcheck].some((started) =>
    started?.calls.some(
      ({ program, args }) => lastPart(program) === name || args.some((arg) => arg.split(/\s+/).includes(name)),
    ),
  );
}

export interface Base {
  readonly image: string;
  /** The sentence to check where the image is slimmer; `null` where it is the same. */
  readonly slimmer: string | null;
  readonly argument: string | null;
}

/** Programs of node:…-slim beyond {@link commonPrograms}. */
const slimPrograms = new Set([
  "node",
  "nodejs",
  "bun",
  "bunx",
  "npm",
  "npx",
  "yarn",
  "yarnpkg",
  "corepack",
  "bash",
  "dash",
  "sh",
]);

/** The image as it is. */
export function sameBase({ stage }: Facts): Base {
  return { image: stage.base?.text ?? "", slimmer: null, argument: null };
}

/** Whether an image is Bun's, whose variants are named like those of Node. */
function isBun({ folder, name }: Image): boolean {
  return name === "bun" && folder === "oven/";
}

/** The image with Node.js alone that is certain to run what was built on the base; `null` where there is none. */
export function distrolessBase(facts: Facts): string | null {
  const { image, rawImage, start, entrypoint, healthcheck, user } = facts;
  if (!isOfficial(image, "node") || rawImage.name !== "node" || image.pinned || isAlpineTag(image.tag)) return null;
  const major = /^(20|22|24)(?:[.-]|$)/.exec(rawImage.tag)?.[1];
  const release = debianRelease(image.tag);
  if (major === undefined || entrypoint !== null || healthcheck !== null) return null;
  if (start?.instruction.json !== true || start.calls.length !== 1 || start.wrappers.length > 0) return null;
  const isPlain = (name: string): boolean => /^(?:root|\d+)(?::(?:root|\d+))?$/.test(name);
  if (user !== null && !isPlain(user)) return null;
  const owned = facts.steps.some(
    ({ instruction: { keyword, flags } }) =>
      keyword === "SHELL" || flags.some(({ name, value }) => name === "chown" && !isPlain(value ?? "")),
  );
  if (owned || release === "forky") return null;
  // What an older Debian compiles runs on a newer one, never the other way round.
  return `gcr.io/distroless/nodejs${major}-debian${release === null || release === "trixie" ? 13 : 12}`;
}

export function chooseBase(facts: Facts, role: RoleOf, starters: readonly Starter[]): Base {
  const packages = lastingPackages(facts, role);
  const programs = new Set(facts.steps.flatMap(({ calls }) => calls.flatMap((call) => namesOf(role(call)))));
  const hints = readHints(facts, role);
  const same = sameBase(facts);
  const { image, rawImage } = facts;
  const isNode = isOfficial(image, "node") && rawImage.name === "node";
  if (!(isNode || (isBun(image) && isBun(rawImage))) || image.pinned || rawImage.pinned) return same;
  if (isAlpineTag(image.tag) || image.tag.includes("slim") || image.tag.includes("onbuild")) return same;
  const release = debianRelease(image.tag);
  if (image.tag.includes("distroless") || release === "wheezy" || (release === null && /-(?!rc)[a-z]/.test(image.tag)))
    return same;
  const known = (started: Started | null): boolean =>
    started === null ||
    [...started.wrappers, ...started.calls.map(({ program }) => program)].every((program) => {
      const name = lastPart(program);
      // The image's own script, unless the file brings another.
      const own =
        program === "docker-entrypoint.sh" &&
        !facts.steps.some(({ instruction }) => instruction.args.some(({ text }) => lastPart(text) === program));
      return (
        slimPrograms.has(name) ||
        commonPrograms.has(name) ||
        own ||
        packages.has(name) ||
        programs.has(name) ||
        programs.has(name.replace(/-runtime$/, "")) ||
        program.includes("node_modules/.bin/")
      );
    });
  // Scripts and unknown programs may use whatever the full image has.
  if (!known(facts.start) || !known(facts.healthcheck) || starters.some(({ kind }) => kind === "file")) return same;
  if (hints.prisma) return same;
  const repeated = facts.steps.flatMap(({ calls }) => calls.filter((call) => role(call).kind === "users"));
  if (repeated.some(({ name }) => name === "adduser" || name === "addgroup")) return same;
  // A tag from outside may name a variant already.
  if (/\$/.test(rawImage.tag) && !/^(?:\d+(?:\.\d+)*|lts|current)(?:-[a-z]+)?$/.test(image.tag)) return same;
  const from = rawImage.tag === "" || rawImage.tag === "latest" ? "slim" : `${rawImage.tag}-slim`;
  const argument =
    rawImage.tag.endsWith("}") || /\$\w+$/.test(rawImage.tag) ? /\$\{?(\w+)[^$]*$/.exec(rawImage.tag) : null;
  return {
    image: `${rawImage.folder}${rawImage.name}:${from}`,
    slimmer: `The program uses nothing that ${image.name}:${image.tag || "latest"} has beyond ${image.name}:${slimTag(image.tag)}, such as git, curl, Python, OpenSSL, certificates of the system or shared libraries of native modules.`,
    argument: argument
      ? `${argument[1]!} is always a version without a variant, such as ${facts.analysis.model.globalValues.get(argument[1]!) ?? image.tag}: \`-slim\` is put behind it.`
      : null,
  };
}

function slimTag(tag: string): string {
  return tag === "" || tag === "latest" ? "slim" : `${tag}-slim`;
}
