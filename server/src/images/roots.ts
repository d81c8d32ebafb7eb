import { type Image, isOfficial } from "./image.ts";

/** What stands in the root directory of images: as good as certain for the images that builds start from. */

const usual = "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var".split(
  " ",
);
const usualNames: ReadonlySet<string> = new Set(usual);

/** With the names that an image has besides the usual ones. */
function table(images: Readonly<Record<string, string>>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(images).map(([image, names]) => [image, new Set([...usual, ...names.split(" ")])]));
}

/** Docker Hub's official images. */
const official = table({
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
});

/** Images of other publishers. */
const others = table({
  "denoland/deno": "deno-dir tini",
  "mcr.microsoft.com/dotnet/aspnet": "",
  "mcr.microsoft.com/dotnet/runtime": "",
  "mcr.microsoft.com/dotnet/runtime-deps": "",
  "mcr.microsoft.com/dotnet/sdk": "",
  "oven/bun": "",
});

/** Whether any image may have a directory with this name in its root directory. */
export function isUsualRoot(name: string): boolean {
  return usualNames.has(name);
}

/** All names in the root directory of an image; `null` where they are not known. */
export function rootNames(image: Image): ReadonlySet<string> | null {
  if (/windows|nanoserver|servercore|onbuild/.test(image.tag)) return null;
  const names = others.get(`${image.folder}${image.name}`);
  return names ?? (isOfficial(image, image.name) ? (official.get(image.name) ?? null) : null);
}
