import { debianRelease, type Image, isAlpineTag, isOfficial } from "./image.ts";

/** What programs find in an image: a C library, a shell, certificates. Only what is certain from an image's name. */

/** The C library of an image; `none` where nothing but static programs start. */
export type Libc = "glibc" | "musl" | "none";

/** Official images that are Alpine unless a tag says otherwise. */
const alpineImages = new Set("alpine caddy composer docker registry".split(" "));

/** Official images that are Debian, Ubuntu or another distribution with glibc unless a tag says Alpine. */
const glibcImages = new Set(
  (
    "almalinux amazoncorretto amazonlinux archlinux buildpack-deps centos clojure dart debian eclipse-temurin elasticsearch elixir erlang fedora gcc golang " +
    "gradle groovy haproxy haskell httpd ibm-semeru-runtimes jetty julia mariadb maven memcached mongo mysql nginx node openjdk oraclelinux perl php postgres " +
    "pypy python rabbitmq redis rockylinux ruby rust sapmachine swift tomcat ubuntu"
  ).split(" "),
);

/** Images of other publishers, Alpine variants left out. */
const otherGlibcImages = new RegExp(
  `^(?:docker\\.io/)?(?:${[
    "bitnami/[\\w-]+",
    "crystallang/crystal",
    "hexpm/(?:elixir|erlang)",
    "lukemathwalker/cargo-chef",
    "nvidia/cuda",
    "opensuse/(?:leap|tumbleweed)",
    "oven/bun",
    "redhat/ubi\\d+(?:-[\\w-]+)?",
    "container-registry\\.oracle\\.com/[\\w./-]+",
    "ghcr\\.io/graalvm/[\\w-]+",
    "mcr\\.microsoft\\.com/(?:devcontainers|dotnet|openjdk)/(?:nightly/|core/)?[\\w-]+",
    "quay\\.io/(?:centos|fedora)/[\\w-]+",
    "registry\\.access\\.redhat\\.com/ubi\\d+(?:/[\\w-]+)*",
  ].join("|")})$`,
);

const distrolessFolder = "gcr.io/distroless/";
const chainguardFolder = /^(?:cgr\.dev\/|(?:docker\.io\/)?)chainguard\/$/;
const isWindowsTag = (tag: string): boolean => /windowsservercore|nanoserver/.test(tag);

/** Distributions, which have no variant with another C library. */
const distributions = new Set(
  "almalinux amazonlinux archlinux buildpack-deps centos debian fedora oraclelinux rockylinux ubuntu".split(" "),
);

/**
 * The C library that an image's programs use; `null` where that is not known.
 *
 * @param isWhole whether the tag is all there; of `golang:1.25-$VARIANT` only a part is
 */
export function libcOf(image: Image, isWhole = true): Libc | null {
  const { folder, name, tag } = image;
  if (isWindowsTag(tag)) return null;
  const isSure = isWhole || distributions.has(name) || debianRelease(tag) !== null;
  if (isOfficial(image, "busybox")) return /(?:^|-)(musl|glibc)$/.exec(tag)?.[1] === "musl" ? "musl" : busyboxLibc(tag);
  if (isOfficial(image, name) && (alpineImages.has(name) || glibcImages.has(name))) {
    if (alpineImages.has(name) || isAlpineTag(tag)) return "musl";
    return isSure ? "glibc" : null;
  }
  if (folder === distrolessFolder) return /^static(?:-debian\d+)?$/.test(name) ? "none" : "glibc";
  if (chainguardFolder.test(folder)) return Object.hasOwn(chainguardLibcs, name) ? chainguardLibcs[name]! : "glibc";
  if (!otherGlibcImages.test(folder + name)) return null;
  if (tag.includes("alpine")) return "musl";
  return isSure ? "glibc" : null;
}

const busyboxLibc = (tag: string): Libc | null => (/(?:^|-)glibc$/.test(tag) ? "glibc" : null);

const chainguardLibcs: Readonly<Record<string, Libc | null>> = {
  static: "none",
  "musl-dynamic": "musl",
  busybox: null,
};

/** Whether an image surely has no shell. */
export function lacksShell({ folder, name, tag }: Image): boolean {
  // The Python images based on Debian 11 and older have one.
  if (folder === distrolessFolder)
    return !/(?:^|-)debug(?:-|$)/.test(tag) && (!name.startsWith("python") || /-debian1[23]$/.test(name));
  if (chainguardFolder.test(folder))
    return /^(?:static|glibc-dynamic|cc-dynamic|musl-dynamic)$/.test(name) && !tag.includes("dev");
  return folder === "mcr.microsoft.com/dotnet/" && /(?:^|-)(?:chiseled|distroless)(?:-|$)/.test(tag);
}

/** Whether an image without a shell starts an interpreter by itself, so that CMD holds that one's arguments. */
export function startsInterpreter({ folder, name }: Image): boolean {
  return folder === distrolessFolder && /^(?:java\d|nodejs|python)/.test(name);
}

/** The image beside one without a compiler's library that has it, `libgcc_s.so.1`; `null` where it may have it. */
export function withCompilerLibrary({ folder, name, tag }: Image): string | null {
  const match = folder === distrolessFolder ? /^(?:base|base-nossl|static)(-debian\d+)?$/.exec(name) : null;
  return match ? `${folder}cc${match[1] ?? ""}${tag === "" ? "" : `:${tag}`}` : null;
}

/** Where most programs look for the certificates that they trust. */
export const certificatesFile = "/etc/ssl/certs/ca-certificates.crt";

const certifiedImages = new Set("buildpack-deps dart docker elixir erlang gcc golang node python ruby rust".split(" "));

/** Whether an image surely has {@link certificatesFile}. */
export function hasCertificates(image: Image): boolean {
  const { name, tag } = image;
  if (!isOfficial(image, name) || isWindowsTag(tag)) return false;
  if (name === "alpine") {
    const version = /^3\.(\d+)/.exec(tag)?.[1];
    return version === undefined ? /^(?:|3|latest|edge)$/.test(tag) : Number(version) >= 13;
  }
  if (name === "golang" || name === "python" || name === "rust") return true;
  return certifiedImages.has(name) && !isAlpineTag(tag) && !/(?:^|-)slim(?:-|$)/.test(tag);
}

/** The interpreters and virtual machines in images, each with what it is called and the paths that bring it along. */
const runtimes: readonly (readonly [images: RegExp, runtime: string, paths: RegExp])[] = [
  [/^node$/, "Node.js", /^\/usr\/local(?:\/bin(?:\/node)?)?$/],
  [/^python$/, "Python", /^\/usr\/local(?:\/bin(?:\/python[\d.]*)?)?$/],
  [/^ruby$/, "Ruby", /^\/usr\/local(?:\/bin(?:\/ruby)?)?$/],
  [/^php$/, "PHP", /^\/usr\/local(?:\/bin(?:\/php)?)?$/],
  [/^(?:eclipse-temurin|maven|gradle)$/, "Java", /^\/opt\/java(?:\/openjdk(?:\/bin(?:\/java)?)?)?$/],
  [/^openjdk$/, "Java", /^(?:\/usr\/local\/openjdk-\d+|\/opt\/openjdk-\d+|\/usr\/java\/openjdk-\d+)$/],
  [/^bun$/, "Bun", /^\/usr\/local\/bin(?:\/bun)?$/],
];

/** The interpreter or virtual machine that a path of an image brings along; `null` for none that is known. */
export function runtimeAt({ folder, name }: Image, path: string): string | null {
  const known =
    name === "bun"
      ? /^(?:docker\.io\/)?oven\/$/.test(folder)
      : isOfficial({ folder, name, tag: "", pinned: false }, name);
  if (!known) return null;
  return runtimes.find(([images, , paths]) => images.test(name) && paths.test(path))?.[1] ?? null;
}

/** Parts of a tag that name a variant of an image with glibc. */
const glibcVariant =
  /^(?:slim|bookworm|bullseye|buster|stretch|trixie|jammy|noble|focal|bionic|ubi\d+(?:-minimal)?|debian|ubuntu)$/;

/**
 * The variant of an official image with another C library: `rust:1.80-slim` and `rust:1.80-alpine`. `null` where it is not
 * certain that there is one.
 */
export function siblingWith(libc: "glibc" | "musl", image: Image, text: string): string | null {
  const { name, tag, pinned } = image;
  if (pinned || text.includes("$") || !isOfficial(image, name)) return null;
  if (!/^(?:node|python|ruby|rust|golang|eclipse-temurin|elixir)$/.test(name)) return null;
  const repository = tag === "" ? text : text.slice(0, -tag.length - 1);
  const parts = tag === "" || tag === "latest" ? [] : tag.split("-");
  const isAlpinePart = (part: string): boolean => part.startsWith("alpine");
  const kept = parts.filter((part) => !glibcVariant.test(part) && !isAlpinePart(part));
  // `21` of eclipse-temurin is its JDK, of which the Alpine variant is named in full.
  if (name === "eclipse-temurin" && kept.length === 1 && /^\d/.test(kept[0]!)) kept.push("jdk");
  if (!kept.every((part) => /^(?:\d[\w.+]*|jdk|jre|lts|current|stable|otp)$/.test(part))) return null;
  const slim = libc === "glibc" && (name === "node" || name === "python" || name === "ruby") ? ["slim"] : [];
  const wanted = [...kept, ...(libc === "musl" ? ["alpine"] : slim)].join("-");
  return wanted === "" ? repository : `${repository}:${wanted}`;
}
