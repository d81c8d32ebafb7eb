import { type Image, isAlpineTag, isOfficial } from "../../../../images/image.ts";
import { jdkOf } from "../../../../images/roles.ts";
import type { Facts } from "../../facts.ts";

/** An image with a Java runtime for what an image with a JDK has built. */
export interface Runtime {
  readonly image: string;
  /** The major version as digits; `null` where a variable or the image decides. */
  readonly major: string | null;
  /** Whether it is the same system from the same hands: its packages and users are as before. */
  readonly sibling: boolean;
  /** Programs that it has beyond those of any system. */
  readonly programs: readonly string[];
  readonly assumptions: readonly string[];
}

/** Major versions of which Temurin publishes images with a JRE. */
const temurinMajors = /^(?:8|11|17|18|19|2\d)$/;
/** Those of which the images named openjdk have a JRE. */
const openjdkMajors = /^(?:7|8|9|10|11)$/;
const ubuntuReleases = /-(?:focal|jammy|noble|resolute)$/;
const versionWord = String.raw`(\d+|\$\{?\w+\}?)`;

/** What an image's tag says of the Java in it. */
interface Version {
  /** As written: digits or a variable. */
  readonly text: string;
  readonly major: string;
}

function temurin(folder: string, { text, major }: Version, suffix: string, sibling: boolean): Runtime | null {
  // Of versions that nobody maintains for long there is no JRE: a later one runs the same classes.
  const later = temurinMajors.test(major)
    ? null
    : /^1[2-6]$/.test(major)
      ? "17"
      : /^(?:9|10)$/.test(major)
        ? "11"
        : null;
  if (!temurinMajors.test(major) && later === null) return null;
  const image = `${folder}eclipse-temurin:${later ?? text}-jre${suffix}`;
  return {
    image,
    major: later ?? (/^\d+$/.test(text) ? text : null),
    sibling: sibling && later === null,
    programs: suffix === "-alpine" ? ["wget"] : ["curl", "wget", "bash"],
    assumptions: later === null ? [] : [`The program, which Java ${major} builds, runs on Java ${later}.`],
  };
}

function openjdk(folder: string, { text, major }: Version, suffix: string): Runtime | null {
  if (!openjdkMajors.test(major) || (suffix === "-alpine" && major !== "7" && major !== "8"))
    return temurin(folder, { text, major }, suffix === "-alpine" ? suffix : "", false);
  return {
    image: `${folder}openjdk:${text}-jre${suffix}`,
    major: /^\d+$/.test(text) ? text : null,
    sibling: true,
    programs: suffix === "-alpine" ? ["wget"] : suffix === "-slim" ? ["bash"] : ["curl", "wget", "bash"],
    assumptions: [],
  };
}

/** Finds a version in a tag as written, and what it is without build args from outside. */
function versionIn(
  raw: string,
  tag: string,
  before: string,
): { readonly version: Version; readonly rest: string } | null {
  const pattern = new RegExp(`${before}${versionWord}(?:[._u+][\\w.+]*)?(-.*)?$`);
  const written = pattern.exec(raw);
  const meant = pattern.exec(tag);
  const text = written?.[1];
  const major = meant?.[1];
  if (text === undefined || major === undefined || major.includes("$")) return null;
  return { version: { text, major }, rest: meant![2] ?? "" };
}

function systemSuffix(rest: string): string {
  if (isAlpineTag(rest.slice(1))) return "-alpine";
  return ubuntuReleases.exec(rest)?.[0] ?? "";
}

/** The image to run on; `null` where none is certain to have the same Java. */
export function runtimeOf(facts: Facts, installed: ReadonlySet<string>): Runtime | null {
  const { image, rawImage } = facts;
  if (image.pinned || rawImage.pinned || rawImage.name.includes("$") || rawImage.folder.includes("$")) return null;
  if (/openj9|graal|native|windows|nanoserver/.test(image.tag)) return null;
  return serverRuntime(image, rawImage) ?? siblingOf(image, rawImage) ?? otherOf(facts, installed);
}

/** Where tags say `jdk`, a sibling has `jre` in its place. */
function siblingOf(image: Image, rawImage: Image): Runtime | null {
  const jdk = jdkOf(image);
  if (jdk?.runtime === null || jdk === null) return null;
  const isTemurin = isOfficial(image, "eclipse-temurin");
  const isAlpine = isAlpineTag(image.tag);
  const major = /^(?:open-)?(\d+)/.exec(image.tag)?.[1] ?? null;
  const programs = isAlpine
    ? ["wget"]
    : /slim/.test(image.tag) || /ubi|centos/.test(image.tag)
      ? ["bash"]
      : ["curl", "wget", "bash"];
  if (!rawImage.tag.includes("$")) return { image: jdk.runtime, major, sibling: true, programs, assumptions: [] };
  const tag = rawImage.tag.replace(/-jdk(?=-|$)/, "-jre");
  if (!isTemurin || (tag === rawImage.tag && /-jdk/.test(image.tag))) return null;
  const written = tag === rawImage.tag && /^\$\{?\w+\}?$/.test(tag) ? `${tag}-jre` : tag;
  if (!/-jre/.test(written)) return null;
  return {
    image: `${rawImage.folder}eclipse-temurin:${written}`,
    major: null,
    sibling: true,
    programs,
    assumptions: [],
  };
}

/** Servers that run wars, with a JRE. */
function serverRuntime(image: Image, rawImage: Image): Runtime | null {
  if (!isServer(image) || rawImage.tag.includes("$")) return null;
  const found = /^([\w.]+)-jdk(8|11|17|21)(-temurin(?:-(?:focal|jammy|noble))?)?$/.exec(image.tag);
  if (!found) return null;
  return {
    image: `${rawImage.folder}${image.name}:${found[1]!}-jre${found[2]!}${found[3] ?? ""}`,
    major: found[2]!,
    sibling: true,
    programs: ["bash", "catalina.sh"],
    assumptions: [],
  };
}

export function isServer(image: Image): boolean {
  return isOfficial(image, "tomcat") || isOfficial(image, "jetty");
}

const openjdkPatch =
  /^(8u\d+|11\.0\.\d+|8|11)(?:-jdk)?((?:-slim)?(?:-(?:stretch|buster|bullseye))?)$|^(8u\d+|8)(?:-jdk)?(-alpine3\.[89])$/;

function otherOf(facts: Facts, installed: ReadonlySet<string>): Runtime | null {
  const { image, rawImage } = facts;
  const { folder } = rawImage;
  const { tag } = image;
  const full = `${image.folder}${image.name}`.replace(/^docker\.io\//, "");
  const at = (before: string): ReturnType<typeof versionIn> => versionIn(rawImage.tag, tag, before);
  if (isOfficial(image, "maven")) return mavenRuntime(folder, tag, at);
  if (isOfficial(image, "gradle")) return gradleRuntime(folder, tag, at);
  if (isOfficial(image, "openjdk") || isOfficial(image, "java")) {
    const found = at("^(?:openjdk-)?");
    const slim = /(?:^|-)slim/.test(tag) ? "-slim" : "";
    const runtime = found && openjdk(folder, found.version, isAlpineTag(tag) ? "-alpine" : slim);
    // Each version of these has a JRE beside its JDK, on the same system.
    return runtime && openjdkPatch.test(rawImage.tag) && rawImage.name === "openjdk"
      ? { ...runtime, image: `${folder}openjdk:${rawImage.tag.replace(openjdkPatch, "$1$3-jre$2$4")}` }
      : runtime;
  }
  if (isOfficial(image, "amazoncorretto") || isOfficial(image, "sapmachine") || full.startsWith("azul/zulu-openjdk")) {
    const found = at("^");
    const alpine = isAlpineTag(tag) || full.endsWith("-alpine");
    return found && temurin(isOfficial(image, image.name) ? folder : "", found.version, alpine ? "-alpine" : "", false);
  }
  if (full === "mcr.microsoft.com/openjdk/jdk") {
    const found = at("^");
    return found && temurin("", found.version, "", false);
  }
  if (/^bellsoft\/liberica-openjdk-(?:alpine|debian|alpine-musl)$/.test(full) && !rawImage.tag.includes("$")) {
    const major = /^(\d+)/.exec(tag)?.[1];
    const programs = full.includes("alpine") ? ["wget"] : ["bash"];
    const name = `${rawImage.folder}${image.name.replace("openjdk", "openjre")}:${tag}`;
    return major === undefined ? null : { image: name, major, sibling: true, programs, assumptions: [] };
  }
  if (full === "hseeberger/scala-sbt" || full === "sbtscala/scala-sbt") {
    const named = at("eclipse-temurin-(?:(?:focal|jammy|noble|alpine)-)?");
    const system = /-(?:alpine|focal|jammy|noble)(?=-)/.exec(tag)?.[0] ?? "";
    if (named) return temurin("", named.version, system, true);
    const plain = at("^(?:openjdk-)?");
    return plain && openjdk("", plain.version, "");
  }
  return systemRuntime(facts, installed);
}

type FindVersion = (before: string) => ReturnType<typeof versionIn>;

function mavenRuntime(folder: string, tag: string, at: FindVersion): Runtime | null {
  const adoptium = at("(?:^|-)(?:eclipse-temurin|adoptopenjdk)-");
  if (adoptium) return temurin(folder, adoptium.version, systemSuffix(adoptium.rest), tag.includes("temurin"));
  const open = at("(?:^|-)(?:open)?jdk-");
  if (open) {
    const slim = open.rest.includes("slim") ? "-slim" : "";
    return openjdk(folder, open.version, isAlpineTag(open.rest.slice(1)) ? "-alpine" : slim);
  }
  if (/semeru|ibmjava/.test(tag)) return null;
  const other = at("(?:^|-)(?:amazoncorretto|sapmachine|azulzulu|libericaopenjdk|microsoft-openjdk)-");
  if (other) return temurin(folder, other.version, systemSuffix(other.rest), false);
  return unversioned(folder, "maven", tag, [
    [/^3\.[0-5](?:\.|-|$)/, "8"],
    [/^3\.6/, "17"],
    [/^3\.8/, "21"],
    [/^(?:3(?:\.9[\d.]*)?|latest|)$/, "25"],
  ]);
}

function gradleRuntime(folder: string, tag: string, at: FindVersion): Runtime | null {
  const found = at("(?:^|-)jdk-?");
  if (found) {
    const { version, rest } = found;
    const old = /^[1-5]\./.test(tag);
    const suffix = systemSuffix(rest);
    if (old) return openjdk(folder, version, suffix);
    return temurin(folder, version, suffix, !/corretto|ubi/.test(rest));
  }
  return unversioned(folder, "gradle", tag, [
    [/^[1-5]\.[\d.]*$/, "8"],
    [/^[67](?:\.[\d.]*)?$/, "17"],
    [/^[89](?:\.[\d.]*)?$|^latest$|^$/, "25"],
  ]);
}

/** Tags without a version of Java: a JRE that is as new as what they may have brought runs what they build. */
function unversioned(
  folder: string,
  name: string,
  tag: string,
  versions: readonly (readonly [RegExp, string])[],
): Runtime | null {
  const major = versions.find(([pattern]) => pattern.test(tag))?.[1];
  const found = major === undefined ? null : temurin(folder, { text: major, major }, "", false);
  return (
    found && {
      ...found,
      assumptions: [
        `\`${name}:${tag || "latest"}\`, which does not say which Java it brings, brings none later than ${major!}, and the program runs on that.`,
      ],
    }
  );
}

/** Debian's and Ubuntu's own version of Java, by release. */
const defaultJdk: Readonly<Record<string, string>> = {
  stretch: "8",
  buster: "11",
  bullseye: "11",
  bookworm: "17",
  trixie: "21",
  bionic: "11",
  focal: "11",
  jammy: "11",
  noble: "21",
  "9": "8",
  "10": "11",
  "11": "11",
  "12": "17",
  "13": "21",
  "18.04": "11",
  "20.04": "11",
  "22.04": "11",
  "24.04": "21",
};

const jdkPackage = /^(?:openjdk-?(\d+)(?:-jdk(?:-headless)?)?|temurin-(\d+)-jdk|default-jdk(?:-headless)?)$/;

/** Packages that bring Java, or parts of it. */
export function isJavaPackage(name: string): boolean {
  return /^(?:openjdk-?\d+.*|temurin-\d+-.*|default-(?:jdk|jre).*|java-common|ca-certificates-java|java-cacerts)$/.test(
    name,
  );
}

export function isJdkPackage(name: string): boolean {
  return jdkPackage.test(name);
}

/** The package with the JRE of a package with a JDK: `openjdk-17-jre`, `openjdk17-jre`. */
export function jreOf(name: string): string[] {
  if (!jdkPackage.test(name)) return [];
  if (name.includes("-jdk")) return [name.replace("-jdk", "-jre")];
  return [`${name}-jre`];
}

/** A system with a JDK of its packages; the runtime's image brings its own Java. */
function systemRuntime({ image, rawImage }: Facts, installed: ReadonlySet<string>): Runtime | null {
  const isAlpine = isOfficial(image, "alpine");
  if (!isAlpine && !isOfficial(image, "debian") && !isOfficial(image, "ubuntu")) return null;
  if (rawImage.tag.includes("$")) return null;
  const jdks = [...installed].flatMap((name) => {
    const match = jdkPackage.exec(name);
    if (!match) return [];
    return [
      match[1] ?? match[2] ?? defaultJdk[image.tag.replace(/-slim$/, "").replace(/^(\d+)\.\d+(?!\d)$/, "$&")] ?? "",
    ];
  });
  const [major] = jdks;
  if (major === undefined || major === "" || jdks.some((other) => other !== major)) return null;
  return temurin(rawImage.folder, { text: major, major }, isAlpine ? "-alpine" : "", isAlpine);
}

/** Distroless images with Java, by major version. */
const distroless: Readonly<Record<string, string>> = {
  "17": "gcr.io/distroless/java17-debian12",
  "21": "gcr.io/distroless/java21-debian12",
  "25": "gcr.io/distroless/java25-debian13",
};

export function distrolessOf(major: string | null): string | null {
  return major === null ? null : (distroless[major] ?? null);
}
