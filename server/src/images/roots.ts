import { type Image, isOfficial } from "./image.ts";

/** What stands in the root directory of images: as good as certain for the images that builds start from. */

const names = (text: string): readonly string[] => (text === "" ? [] : text.split(" "));

/** Directories that any Linux image may have. */
const usual = names(
  "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var lost+found",
);

/** Official images, with what they have besides. */
const official: Readonly<Record<string, string>> = {
  almalinux: "afs",
  alpine: "",
  amazoncorretto: "local",
  amazonlinux: "local",
  "buildpack-deps": "",
  centos: "",
  composer: "app docker-entrypoint.sh",
  dart: "runtime",
  debian: "",
  "eclipse-temurin": "__cacert_entrypoint.sh",
  elixir: "",
  erlang: "",
  fedora: "afs",
  gcc: "",
  golang: "go",
  gradle: "__cacert_entrypoint.sh",
  haskell: "",
  maven: "__cacert_entrypoint.sh",
  node: "",
  openjdk: "",
  php: "",
  python: "",
  rockylinux: "afs",
  ruby: "",
  rust: "",
  swift: "",
  ubuntu: "",
};

/** Images of other publishers. */
const others: Readonly<Record<string, string>> = {
  "denoland/deno": "deno-dir tini",
  "mcr.microsoft.com/dotnet/aspnet": "",
  "mcr.microsoft.com/dotnet/runtime": "",
  "mcr.microsoft.com/dotnet/runtime-deps": "",
  "mcr.microsoft.com/dotnet/sdk": "",
  "oven/bun": "",
};

const usualNames: ReadonlySet<string> = new Set(usual);

/** Whether a name in the root directory may be any image's own. */
export function isUsualRoot(name: string): boolean {
  return usualNames.has(name);
}

/** All names in the root directory of an image; `null` where they are not known. */
export function rootNames(image: Image): ReadonlySet<string> | null {
  if (/windows|nanoserver|servercore|onbuild/.test(image.tag)) return null;
  const full = `${image.folder}${image.name}`;
  const table = Object.hasOwn(others, full) ? others : official;
  const name = table === others ? full : image.name;
  if (!Object.hasOwn(table, name) || (table === official && !isOfficial(image, name))) return null;
  return new Set([...usual, ...names(table[name]!)]);
}
