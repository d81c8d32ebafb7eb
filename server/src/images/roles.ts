import { type Image, isAlpineTag, isOfficial } from "./image.ts";

/** What images are for: to build programs, or to run them. Only what is certain from an image's name. */

/** The language whose compiler an image brings. */
export type Language =
  | "c"
  | "crystal"
  | "dart"
  | "dotnet"
  | "go"
  | "haskell"
  | "java"
  | "kotlin"
  | "nim"
  | "rust"
  | "scala"
  | "swift"
  | "zig";

/** What an image or a package brings that a finished program does not need. */
export interface Toolchain {
  readonly language: Language;
  /** In a sentence: `the Go toolchain`. */
  readonly what: string;
}

const toolchains: Readonly<Record<Language, string>> = {
  c: "a C compiler",
  crystal: "the Crystal compiler",
  dart: "the Dart SDK",
  dotnet: "the .NET SDK",
  go: "the Go toolchain",
  haskell: "the Haskell toolchain",
  java: "a Java build tool and a JDK",
  kotlin: "the Kotlin compiler",
  nim: "the Nim compiler",
  rust: "the Rust toolchain",
  scala: "the Scala toolchain",
  swift: "the Swift toolchain",
  zig: "the Zig toolchain",
};

/** How messages speak of a language's toolchain. */
export function toolchain(language: Language): Toolchain {
  return { language, what: toolchains[language] };
}

const officialSdks: Readonly<Record<string, Language>> = {
  "buildpack-deps": "c",
  dart: "dart",
  gcc: "c",
  golang: "go",
  gradle: "java",
  haskell: "haskell",
  maven: "java",
  rust: "rust",
  swift: "swift",
};

const otherSdks: readonly (readonly [RegExp, Language])[] = [
  [/^(?:docker\.io\/)?crystallang\/crystal$/, "crystal"],
  [/^(?:docker\.io\/)?nimlang\/nim$/, "nim"],
  [/^(?:docker\.io\/)?clux\/muslrust$/, "rust"],
  [/^(?:docker\.io\/)?(?:ekidd|nasqueron)\/rust-musl-builder$/, "rust"],
  [/^(?:docker\.io\/)?(?:sbtscala|hseeberger)\/scala-sbt$/, "scala"],
  [/^mcr\.microsoft\.com\/dotnet\/(?:core\/|nightly\/)?sdk$/, "dotnet"],
];

/** Variants of SDK images that have no compiler. */
const withoutCompiler: Readonly<Record<string, RegExp>> = {
  "buildpack-deps": /(?:^|-)(?:curl|scm)$/,
  swift: /(?:^|-)slim$/,
};

/** The toolchain an image is made of; `null` where it is none that is known, or a JDK alone. */
export function toolchainOf(image: Image): Toolchain | null {
  const { folder, name, tag } = image;
  const official = Object.hasOwn(officialSdks, name) ? officialSdks[name]! : null;
  if (official !== null && isOfficial(image, name)) {
    return withoutCompiler[name]?.test(tag) === true ? null : toolchain(official);
  }
  const found = otherSdks.find(([pattern]) => pattern.test(folder + name));
  return found ? toolchain(found[1]) : null;
}

/** An image with a whole JDK. */
export interface Jdk {
  /** The same image with a Java runtime instead; `null` where it is not certain that there is one. */
  readonly runtime: string | null;
}

/** Versions of which Temurin images with a JRE are published. */
const temurinRuntimes = /^(?:8|11|17|18|19|2\d)(?:[._u][\d._]*)?$/;

/** Says of an image whether it brings a JDK; `null` where it does not, or where that is not known. */
export function jdkOf(image: Image): Jdk | null {
  const { folder, name, tag, pinned } = image;
  const full = `${folder}${name}`;
  const sibling = (repository: string, runtimeTag: string | null): Jdk => ({
    runtime: pinned || runtimeTag === null ? null : `${repository}:${runtimeTag}`,
  });
  if (/(?:^|-)jre/.test(tag) || /\$/.test(tag)) return null;
  if (isOfficial(image, "eclipse-temurin")) {
    const parts = tag.split("-");
    const [version = ""] = parts;
    if (tag === "" || tag === "latest") return { runtime: null };
    const rest = parts[1] === "jdk" ? parts.slice(2) : parts.slice(1);
    return sibling(full, temurinRuntimes.test(version) ? [version, "jre", ...rest].join("-") : null);
  }
  if (isOfficial(image, "openjdk")) {
    const match = /^(8|11)(?:-jdk)?(-slim|-alpine)?$/.exec(tag);
    // There is no openjdk:11 on Alpine, with a JDK or without.
    const known = match && !(match[1] === "11" && match[2] === "-alpine");
    return sibling(full, known ? `${match[1]!}-jre${match[2] ?? ""}` : null);
  }
  if (isOfficial(image, "ibm-semeru-runtimes") || isOfficial(image, "adoptopenjdk")) {
    return /-jdk(?:-|$)/.test(tag) ? sibling(full, tag.replace("-jdk", "-jre")) : null;
  }
  if (isOfficial(image, "amazoncorretto")) return /headless/.test(tag) ? null : { runtime: null };
  if (isOfficial(image, "sapmachine")) return { runtime: null };
  if (/^(?:docker\.io\/)?bellsoft\/liberica-openjdk-(?:alpine|debian|alpine-musl)$/.test(full))
    return { runtime: null };
  if (/^(?:docker\.io\/)?azul\/zulu-openjdk(?:-alpine|-debian)?$/.test(full)) return { runtime: null };
  if (full === "mcr.microsoft.com/openjdk/jdk") return /distroless/.test(tag) ? null : { runtime: null };
  return null;
}

/** Images of languages that bring a C compiler for their extensions, unless a tag says otherwise. */
const withCompiler = new Set(["node", "python", "ruby", "perl", "php", "golang", "rust", "gcc", "buildpack-deps"]);

/** Whether an image has a C compiler anyway, so that another package with one makes no difference. */
export function hasCompiler(image: Image): boolean {
  const { name, tag } = image;
  if (!withCompiler.has(name) || !isOfficial(image, name) || isAlpineTag(tag)) return false;
  return name === "php" || !/(?:^|-)slim(?:-|$)/.test(tag);
}

/** Images made to work in: their shell, their editor's server or a pipeline is what runs, and tools are what they are for. */
const workplaces =
  /devcontainers?\/|(?:^|\/)(?:gitpod|cimg|circleci|jupyter|selenium|codercom|linuxserver)\/|(?:^|\/)(?:docker|runner|code-server|devbox|act-runner|gitlab-runner|actions-runner|workspace-[\w-]+)$|(?:builder|build-image|buildbox|toolchain|notebook)[^/]*$/;

/** Whether an image is one to develop or test in, or for a pipeline. */
export function isWorkplace({ folder, name, tag }: Image): boolean {
  return workplaces.test(`${folder}${name}`) || /(?:^|-)(?:dind|dev|devel|debug|test)(?:-|$)/.test(tag);
}
