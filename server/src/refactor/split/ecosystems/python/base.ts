import { debianRelease, type Image, isAlpineTag, isOfficial } from "../../../../images/image.ts";
import { commonPrograms } from "../../commands.ts";
import type { Facts } from "../../facts.ts";

/** The interpreter of an image that has one of its own below /usr/local. */
export interface Interpreter {
  /** What must hold for the version to be right; plain sentences. */
  readonly assumptions: readonly string[];
  /** `3.12`; `null` where the tag does not say it for certain. */
  readonly version: string | null;
}

const uvFolder = "ghcr.io/astral-sh/";

/** Whether an image is uv's own with an official Python image below: `ghcr.io/astral-sh/uv:python3.12-bookworm`. */
export function isUvImage({ image: { folder, name, tag } }: Facts): boolean {
  return folder === uvFolder && name === "uv" && /(?:^|-)python3\.\d+/.test(tag);
}

/** The interpreter of an official Python image and of those made of one; `null` for all others. */
export function interpreterOf(facts: Facts): Interpreter | null {
  const { image, rawImage } = facts;
  if (/windows|nanoserver/.test(image.tag)) return null;
  if (isUvImage(facts)) return { version: /(?:^|-)python(3\.\d+)/.exec(rawImage.tag)?.[1] ?? null, assumptions: [] };
  if (!isOfficialOrArchitecture(image, "python")) return null;
  return { version: versionIn(rawImage.tag), assumptions: [] };
}

/** The version that a build arg's default gives, for what works on no other. */
export function assumedInterpreter({ image, rawImage }: Facts): Interpreter | null {
  const argument = /\$\{?(\w+)/.exec(rawImage.tag)?.[1];
  const version = versionIn(image.tag);
  return argument === undefined || version === null
    ? null
    : { version, assumptions: [`${argument} always names Python ${version}: the paths of its packages hold it.`] };
}

function versionIn(tag: string): string | null {
  if (/^2(?:$|-)/.test(tag)) return "2.7";
  return /^(\d\.\d+)(?:[.\-arb]|$)/.exec(tag)?.[1] ?? null;
}

const architectures = /^(?:docker\.io\/)?(?:amd64|arm32v[567]|arm64v8|i386|ppc64le|riscv64|s390x)\/$/;

/** Whether an image is an official one, or the same for one processor alone. */
export function isOfficialOrArchitecture(image: Image, name: string): boolean {
  return isOfficial(image, name) || (image.name === name && architectures.test(image.folder));
}

/** The releases of Debian in which the commands for users that the file calls are in small images. */
const olderReleases = new Set(["jessie", "stretch", "buster", "bullseye", "bookworm"]);

/** A smaller image with the same interpreter on the same system. */
export interface Sibling {
  readonly image: string;
  readonly assumptions: readonly string[];
}

/** The slim variant of the base; `null` where there is none, or something of the file needs the whole image. */
export function slimSibling(facts: Facts, calledLater: ReadonlySet<string>): Sibling | null {
  const { image, rawImage } = facts;
  if (image.pinned || rawImage.pinned) return null;
  if (isUvImage(facts)) return uvSibling(facts);
  if (!isOfficial(image, "python") || rawImage.name !== "python") return null;
  const { tag } = rawImage;
  if (isAlpineTag(image.tag) || /slim|windows|nanoserver|onbuild|rc|[ab]\d/.test(image.tag)) return null;
  const release = debianRelease(image.tag);
  const variants = image.tag.split("-").slice(1);
  if (variants.some((part) => part !== release) || release === "wheezy") return null;
  const lacking = lackingPrograms.find((name) => calledLater.has(name));
  if (lacking !== undefined) return null;
  if ((calledLater.has("adduser") || calledLater.has("addgroup")) && !olderReleases.has(release ?? "")) return null;
  const argument = /\$\{?(\w+)/.exec(tag)?.[1];
  // A tag from outside may name a variant already.
  if (argument !== undefined && !/^\d+(?:\.\d+)*$/.test(image.tag.split("-")[0]!)) return null;
  const slim =
    tag === "" || tag === "latest"
      ? "slim"
      : release !== null && tag.endsWith(`-${release}`)
        ? `${tag.slice(0, -release.length)}slim-${release}`
        : `${tag}-slim`;
  const name = `${rawImage.folder}python:${slim}`;
  return {
    image: name,
    assumptions: [
      ...(argument === undefined
        ? []
        : [
            `${argument} is always a version without a variant, such as ${image.tag.split("-")[0]!}: \`-slim\` is put behind it.`,
          ]),
    ],
  };
}

/** The official Python image below one of uv's. */
function uvSibling({ rawImage: { tag } }: Facts): Sibling | null {
  const match = /(?:^|-)python(3\.\d+)(?:-(alpine(?:3\.\d+)?|(trixie|bookworm)(-slim)?))?$/.exec(tag);
  if (!match) return null;
  const [, version, variant, release] = match;
  const name =
    variant === undefined ? version! : release === undefined ? `${version!}-${variant}` : `${version!}-slim-${release}`;
  return { image: `python:${name}`, assumptions: [] };
}

/** Programs of the whole image that its slim variant leaves out. */
const lackingPrograms = (
  "curl wget git hg svn gcc g++ cc c++ make cmake autoconf automake unzip xz bzip2 gpg file ps top ssh scp ssh-keyscan convert identify mogrify patch mysql_config pg_config " +
  "pkg-config tree node npm perl6"
).split(" ");

/** Whether a program is a part of any system, not of a package for Python. */
export function isSystemProgram(name: string): boolean {
  return commonPrograms.has(name) || name === "bash" || lackingPrograms.includes(name);
}
