import { joined } from "../../../text/list.ts";
import { packageName } from "../../../stages/packages.ts";
import { isOfficial } from "../../../images/image.ts";
import type { Call } from "../../../stages/calls.ts";
import { isInside, lastPart } from "../../../text/paths.ts";
import type { Role } from "../commands.ts";
import type { Facts } from "../facts.ts";
import { installedPackages, type RoleOf } from "../roles.ts";
import { archivesOf, classifyLink, classifyRemoval, unpackedTo } from "./c/commands.ts";
import { fetcherOf, isTool } from "./c/packages.ts";
import { examples } from "./download/examples.ts";
import { type Choice, type Ecosystem, type Refusal, sameProgram } from "./ecosystem.ts";
import { copiedTo } from "./placed.ts";

/** Directories that hold what people put there, and nothing else. */
const own = /^\/(?:opt|srv|app|usr\/local|home\/[\w.-]+|var\/www)(?:\/[\w.@+-]+)*$/;

/** Directories that some images have their own programs in. */
const shared = new Set(["/opt", "/srv", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/local/share"]);
const plainSystems = new Set("alpine almalinux debian fedora rockylinux ubuntu".split(" "));

/** Whether what lies in a directory comes from the file alone. */
function isOwn({ image }: Facts, path: string): boolean {
  return own.test(path) && (!shared.has(path) || (plainSystems.has(image.name) && isOfficial(image, image.name)));
}

/** Packages of images that people work in, or that scripts are written for: there tools are on purpose. */
const workTools = /^(?:git|jq|vim|nano|openssh(?:-\w+)?|tmux|screen|sudo|docker(?:-cli|\.io)?)$/;

/** Steps that belong to the unpacking. */
const plain = new Set(["gpg", "gpgconf", "rm", "rmdir"]);

const scratch = ["/tmp", "/var/tmp", "/usr/src"];

function classifyDownload(call: Call): Role | null {
  const { name } = call;
  if (name === "rm" || name === "rmdir") return classifyRemoval(call);
  if (name === "ln") return classifyLink(call);
  if (name === "gpg" || name === "gpgconf") return { kind: "step", step: "tool" };
  const unpacked = unpackedTo(call);
  return unpacked === null ? null : { kind: "files", paths: [unpacked], repeatable: false };
}

function chooseDownload(facts: Facts, role: RoleOf): readonly [Choice] | Refusal | null {
  const calls = facts.steps.flatMap((step) => step.calls);
  const unpacks = calls.filter((call) => unpackedTo(call) !== null || call.name === "unzip");
  if (unpacks.length === 0) return null;
  const places = unpacks.map((call) => placeOf(call, role));
  if (places.some((place) => place === null)) return null;
  const targets = [...new Set(places as readonly string[])].filter((place) => !isScratch(place));
  if (targets.length === 0 || !targets.every((place) => isOwn(facts, place))) return null;
  const goesOn = calls.some(
    (call) => ["unknown", "step", "programs"].includes(role(call).kind) && !plain.has(call.name),
  );
  if (goesOn || facts.steps.some(({ opaque }) => opaque) || facts.start === null) return null;

  const archives = calls.flatMap(archivesOf);
  const dropped = unneeded(facts, role, calls);
  const isWorthwhile = dropped.some((name) => /^(?:curl|wget|unzip|gnupg2?|aria2|rsync)$/.test(packageName(name)));
  if (!isWorthwhile && !leavesArchive(facts, archives)) return null;
  const others = [...installedPackages(facts, role)].map(packageName);
  if (others.some((name) => isTool(name) || workTools.test(name))) return null;
  const names = [...new Set(dropped.map((name) => fetcherOf(packageName(name))!))];
  const choice: Choice = {
    ...sameProgram,
    strategy: "same",
    base: facts.stage.base?.text ?? "",
    detail: "the same system without archives and the tools that fetch and unpack them",
    crossings: targets
      .filter((target) => !targets.some((other) => other !== target && isInside(other, target)))
      .map((target) => ({ from: target, value: target, to: null, directory: true, comment: null })),
    workshop: [...scratch, ...archives.filter((path) => !targets.some((target) => isInside(target, path)))],
    keepsPackage: (name) => !dropped.includes(name),
    keepsProgram: () => false,
    made: targets,
    assumptions: names.length > 0 ? [`Nothing in the container calls ${joined(names, "or")}.`] : [],
  };
  return [choice];
}

function isScratch(path: string): boolean {
  return scratch.some((directory) => isInside(directory, path));
}

/** The directory that a command unpacks into; `null` where it cannot be told. */
function placeOf(call: Call, role: RoleOf): string | null {
  const unpacked = unpackedTo(call);
  if (unpacked !== null) return unpacked;
  const found = role(call);
  const archives = archivesOf(call);
  const places = found.kind === "files" ? (found.paths ?? []).filter((path) => !archives.includes(path)) : [];
  return places.length === 1 ? places[0]! : null;
}

/** Packages that only fetch and unpack, and that the file does not remove again. */
function unneeded(facts: Facts, role: RoleOf, calls: readonly Call[]): string[] {
  const started = new Set(
    [facts.start, facts.healthcheck].flatMap((one) =>
      one ? [...one.wrappers, ...one.calls.map(({ program }) => program)].map(lastPart) : [],
    ),
  );
  return [...installedPackages(facts, role)].filter((name) => {
    const program = fetcherOf(packageName(name));
    if (program === null || started.has(program)) return false;
    return ["xz", "bzip2", "gpg", "tar", "lzip"].includes(program) || calls.some((call) => call.name === program);
  });
}

/** Whether an archive stays in the image, in a layer at least. */
function leavesArchive({ steps }: Facts, archives: readonly string[]): boolean {
  return steps.some((step) => {
    const { args } = step.instruction;
    const target = copiedTo(step);
    if (!target) return false;
    const names = args.slice(0, -1).map(({ text }) => lastPart(text));
    return archives.some(
      (path) => path === target.path || (isInside(target.path, path) && names.some((name) => name === lastPart(path))),
    );
  });
}

/** Programs that come ready-made in an archive. */
export const download: Ecosystem = {
  id: "download",
  name: "Archives",
  docs: `A file that fetches an archive and unpacks it into a directory of its own (\`/opt\`, \`/srv\`, \`/usr/local\`), and that leaves the
archive or the tools for it behind, unpacks in a throw-away stage. It is offered where no other command is in the way.`,
  examples,
  images: [],
  words: ["tar", "unzip"],
  classify: () => null,
  classifyOwn: classifyDownload,
  choose: chooseDownload,
};
