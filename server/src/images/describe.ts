import { debianRelease, debianReleases, type Image, isAlpineTag, isOfficial, parseImage } from "./image.ts";
import { type Libc, lacksShell, libcOf } from "./libc.ts";
import { jdkOf, toolchainOf } from "./roles.ts";
import { usersOf } from "./users.ts";

/**
 * What is known of an image, from its name alone. Facts hold for whatever version the tag stands for: where they differ from
 * version to version, they are left out.
 *
 * Read from the Dockerfiles and templates of Docker Hub's official images (docker-library and the repositories that
 * `docker-library/official-images` names), dotnet/dotnet-docker and GoogleContainerTools/distroless, November 2026.
 */
export interface ImageFacts {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** Without the registry; `library/` is left out. */
  readonly repository: string;
  /** `""` where none is written. */
  readonly tag: string;
  /** With its algorithm; `""` where none is written. */
  readonly digest: string;
  /** Whether it is one of Docker Hub's official images. */
  readonly isOfficial: boolean;
  /** `Debian 12 (bookworm)`, `Alpine`; `null` where it is not known. */
  readonly system: string | null;
  readonly libc: Libc | null;
  /** Who a container runs as; `null` where it is not known. */
  readonly user: string | null;
  /** Whether its own start gives root's privileges up. */
  readonly drops: boolean;
  /** A user without privileges that is there besides. */
  readonly otherUser: string | null;
  /** What `sh` is, or that there is none; `null` where it is not known. */
  readonly shell: string | null;
  /** `apt-get`; `none`; `null` where it is not known. */
  readonly packageManager: string | null;
  /** What it brings for building: `the Go toolchain`. */
  readonly brings: string | null;
  /** The same version in other variants, each with what it is. */
  readonly siblings: readonly { readonly what: string; readonly image: string }[];
}

/** When the tables of this folder were last compared with the images. */
export const factsDate = "November 2026";

type System = "alpine" | "debian" | "ubuntu" | "redhat" | "amazon" | "arch" | "windows" | "distroless" | "busybox";

interface KnownSystem {
  readonly family: System;
  readonly name: string;
}

const families: Readonly<Record<System, { readonly shell: string | null; readonly packageManager: string | null }>> = {
  alpine: { shell: "BusyBox's `sh`", packageManager: "apk" },
  debian: { shell: "`sh` (dash) and `bash`", packageManager: "apt-get" },
  ubuntu: { shell: "`sh` (dash) and `bash`", packageManager: "apt-get" },
  redhat: { shell: "`sh` and `bash`", packageManager: null },
  amazon: { shell: "`sh` and `bash`", packageManager: null },
  arch: { shell: "`sh` and `bash`", packageManager: "pacman" },
  windows: { shell: null, packageManager: null },
  distroless: { shell: null, packageManager: "none" },
  busybox: { shell: "BusyBox's `sh`", packageManager: "none" },
};

const alpineImages = new Set("alpine caddy composer docker registry traefik".split(" "));

/** Official images that are made for Debian, unless a tag says otherwise. */
const debianImages = new Set(
  "buildpack-deps debian node python ruby golang rust php gcc perl nginx httpd redis postgres elixir erlang haskell julia memcached haproxy wordpress drupal".split(
    " ",
  ),
);

const ubuntuReleases: Readonly<Record<string, string>> = {
  trusty: "14.04",
  xenial: "16.04",
  bionic: "18.04",
  focal: "20.04",
  jammy: "22.04",
  noble: "24.04",
};

const distributions: Readonly<Record<string, readonly [System, string]>> = {
  almalinux: ["redhat", "AlmaLinux"],
  amazoncorretto: ["amazon", "Amazon Linux"],
  amazonlinux: ["amazon", "Amazon Linux"],
  archlinux: ["arch", "Arch Linux"],
  centos: ["redhat", "CentOS"],
  fedora: ["redhat", "Fedora"],
  oraclelinux: ["redhat", "Oracle Linux"],
  rockylinux: ["redhat", "Rocky Linux"],
};

/** Debian's version numbers begin with wheezy's. */
const firstDebian = 7;

function debianName(release: string | null): string {
  if (release === null) return "Debian";
  return `Debian ${firstDebian + debianReleases.indexOf(release as (typeof debianReleases)[number])} (${release})`;
}

/** What is known of an image by its name; a name with variables in it is taken for no more than it says. */
export function describeImage(name: string): ImageFacts {
  const image = parseImage(name);
  const at = name.indexOf("@");
  const path = image.folder + image.name;
  const slash = path.indexOf("/");
  const first = path.slice(0, Math.max(slash, 0));
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const registry = hasRegistry ? first : "docker.io";
  const repository = (hasRegistry ? path.slice(slash + 1) : path).replace(/^library\//, "");
  const isWhole = !name.includes("$");
  const official = isOfficial(image, image.name);
  const system = isWhole ? systemOf(image, official) : null;
  const family = system && families[system.family];
  const users = usersOf(image);
  const bare = lacksShell(image);
  const jdk = jdkOf(image);
  const plain = { ...image, tag: "" };
  const isListed = usersOf(plain) !== null || libcOf(plain) !== null;
  return {
    registry: registry === "index.docker.io" ? "docker.io" : registry,
    repository,
    tag: image.tag,
    digest: at < 0 ? "" : name.slice(at + 1),
    isOfficial: official && isListed && (registry === "docker.io" || image.folder.endsWith("library/")),
    system: system?.name ?? null,
    libc: system?.family === "windows" ? null : libcOf(image, isWhole),
    user: users ? (users.set ?? "root") : null,
    drops: users?.drops === true,
    otherUser: users && users.own !== users.set ? users.own : null,
    shell: bare ? "none" : image.name === "alpine" ? "BusyBox's `sh`, no `bash`" : (family?.shell ?? null),
    packageManager: bare ? "none" : (family?.packageManager ?? managerOf(image)),
    brings: toolchainOf(image)?.what ?? (jdk ? "a JDK" : null),
    siblings:
      !isWhole || at >= 0
        ? []
        : jdk?.runtime
          ? [{ what: "JRE", image: jdk.runtime }]
          : official
            ? siblingsOf(image)
            : [],
  };
}

/** Whether anything is known of an image besides how it is called. */
export function isKnown({ system, libc, user, shell, brings }: ImageFacts): boolean {
  return system !== null || libc !== null || user !== null || shell !== null || brings !== null;
}

function systemOf(image: Image, official: boolean): KnownSystem | null {
  const { folder, name, tag } = image;
  const parts = tag.split("-");
  if (/windowsservercore|nanoserver/.test(tag) || folder.startsWith("mcr.microsoft.com/windows/"))
    return { family: "windows", name: "Windows" };
  if (folder === "gcr.io/distroless/") return distrolessOf(name, tag);
  if (folder.startsWith("mcr.microsoft.com/dotnet/")) return dotnetOf(folder, tag);
  if (!official) return null;
  if (isAlpineTag(tag) || alpineImages.has(name)) return { family: "alpine", name: alpineName(name, tag) };
  const debian = debianRelease(tag);
  if (debian !== null) return { family: "debian", name: debianName(debian) };
  const ubuntu = parts.find((part) => Object.hasOwn(ubuntuReleases, part));
  if (ubuntu !== undefined) return { family: "ubuntu", name: `Ubuntu ${ubuntuReleases[ubuntu]} (${ubuntu})` };
  // What other systems a tag may name is not known.
  if (/ubi|rhel|oracle|centos|fedora|amazonlinux|al20\d\d|busybox|musl|semeru|corretto|windows/.test(tag)) return null;
  if (name === "ubuntu") return { family: "ubuntu", name: `Ubuntu ${/^\d\d\.\d\d/.exec(tag)?.[0] ?? ""}`.trim() };
  if (name === "debian") {
    const version = /^(\d+)(?:\D|$)/.exec(tag)?.[1];
    const release = version === undefined ? undefined : debianReleases[Number(version) - firstDebian];
    return { family: "debian", name: debianName(release ?? null) };
  }
  if (name === "busybox") return { family: "busybox", name: "BusyBox" };
  if (name === "eclipse-temurin") return { family: "ubuntu", name: "Ubuntu" };
  if (Object.hasOwn(distributions, name)) {
    const [family, called] = distributions[name]!;
    const version = name === "amazoncorretto" ? undefined : /^\d[\d.]*/.exec(tag)?.[0];
    return { family, name: version === undefined ? called : `${called} ${version}` };
  }
  if (name === "openjdk") {
    const isDebian = parts.includes("slim") || /^(?:8|11)(?:-j..)?$/.test(tag);
    return isDebian ? { family: "debian", name: "Debian" } : null;
  }
  return debianImages.has(name) ? { family: "debian", name: "Debian" } : null;
}

function alpineName(name: string, tag: string): string {
  const version = name === "alpine" ? /^\d+\.\d+/.exec(tag)?.[0] : /(?:^|-)alpine(\d+\.\d+)/.exec(tag)?.[1];
  return version === undefined ? "Alpine Linux" : `Alpine Linux ${version}`;
}

function distrolessOf(name: string, tag: string): KnownSystem {
  const version = /-debian(\d+)$/.exec(name)?.[1];
  const debug = /(?:^|-)debug(?:-|$)/.test(tag);
  const system = `Debian${version === undefined ? "" : ` ${version}`}, distroless`;
  return { family: debug ? "busybox" : "distroless", name: system };
}

function dotnetOf(folder: string, tag: string): KnownSystem | null {
  if (isAlpineTag(tag)) return { family: "alpine", name: alpineName("dotnet", tag) };
  const debian = debianRelease(tag);
  if (debian !== null) return { family: "debian", name: debianName(debian) };
  const ubuntu = tag.split("-").find((part) => Object.hasOwn(ubuntuReleases, part));
  const bare = /chiseled|distroless/.test(tag);
  if (ubuntu !== undefined)
    return { family: bare ? "distroless" : "ubuntu", name: `Ubuntu ${ubuntuReleases[ubuntu]} (${ubuntu})` };
  if (folder !== "mcr.microsoft.com/dotnet/" || !/^\d+\.0$/.test(tag)) return null;
  const major = Number(tag.split(".")[0]);
  if (major === 10) return { family: "ubuntu", name: "Ubuntu 24.04 (noble)" };
  if (major >= 8 && major <= 9) return { family: "debian", name: debianName("bookworm") };
  if (major >= 6 && major <= 7) return { family: "debian", name: debianName("bullseye") };
  return null;
}

/** Package managers of images that have a smaller one in their small variants. */
function managerOf({ name, tag, folder }: Image): string | null {
  if (/^registry\.(?:access\.)?redhat\.(?:com|io)\//.test(`${folder}${name}`)) {
    if (/micro/.test(name)) return "none";
    return /minimal/.test(name) ? "microdnf" : null;
  }
  if (!isOfficial({ folder, name, tag, pinned: false }, name)) return null;
  if (name === "fedora" || name === "almalinux" || name === "rockylinux")
    return tag.includes("minimal") ? "microdnf" : "dnf";
  if (name === "centos") return "yum";
  return null;
}

/** Official images with the variants that are made of each version. */
const variants: Readonly<Record<string, readonly ("slim" | "alpine")[]>> = {
  debian: ["slim"],
  elixir: ["slim", "alpine"],
  erlang: ["slim", "alpine"],
  golang: ["alpine"],
  httpd: ["alpine"],
  memcached: ["alpine"],
  nginx: ["alpine"],
  node: ["slim", "alpine"],
  perl: ["slim"],
  postgres: ["alpine"],
  python: ["slim", "alpine"],
  redis: ["alpine"],
  ruby: ["slim", "alpine"],
  rust: ["slim", "alpine"],
};

/** Images whose tags name the Debian release in front of `slim`, and those whose tags name it never beside `slim`. */
const releaseFirst = new Set(["debian", "node"]);
const releaseless = new Set(["elixir", "erlang"]);

const distrolessNode = new Set(["20", "22", "24"]);

/** A version in numbers, and a variant that is known. */
const plainTag = /^(\d[\d.]*)?(?:-?((?:slim|alpine|bookworm|bullseye|trixie)[\w.-]*))?$/;

/** The image's variants besides itself, for versions that are written as numbers. */
function siblingsOf({ folder, name, tag }: Image): { what: string; image: string }[] {
  const match = plainTag.exec(tag === "latest" ? "" : tag);
  if (!match || !Object.hasOwn(variants, name)) return [];
  const [, version, rest] = match;
  const release = debianRelease(tag);
  const join = (...parts: readonly (string | null | undefined)[]): string =>
    `${folder}${name}:${parts.filter((part) => part).join("-") || "latest"}`;
  const own = join(version, rest);
  if (name === "debian" && version === undefined && release === null) return [];
  const hasRelease = release !== null && !releaseless.has(name);
  const found = [{ what: "full", image: join(version, release) }];
  for (const variant of variants[name]!) {
    if (variant === "slim" && (release === null || hasRelease))
      found.push({
        what: "slim",
        image: releaseFirst.has(name) ? join(version, release, "slim") : join(version, "slim", release),
      });
    else if (variant === "alpine" && !isAlpineTag(tag)) found.push({ what: "Alpine", image: join(version, "alpine") });
  }
  const major = version?.split(".")[0] ?? "";
  if (name === "node" && distrolessNode.has(major))
    found.push({ what: "distroless", image: `gcr.io/distroless/nodejs${major}-debian12` });
  return found.filter(({ image }) => image !== own);
}
