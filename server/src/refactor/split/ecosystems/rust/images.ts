import { debianRelease, isAlpineTag, isOfficial } from "../../../../images/image.ts";
import type { Facts } from "../../facts.ts";
import type { System } from "../native/language.ts";
import { variantSentence } from "../native/runtime.ts";

/** Images whose publishers put Rust on the official image's system. */
const likeOfficial = /^(?:docker\.io\/)?(?:rustlang\/rust|lukemathwalker\/cargo-chef)$/;
const muslImages =
  /^(?:docker\.io\/)?(?:clux\/muslrust|ekidd\/rust-musl-builder|messense\/rust-musl-cross|blackdex\/rust-musl)$/;

export function isRustImage({ image }: Facts): boolean {
  const name = image.folder + image.name;
  return isOfficial(image, "rust") || likeOfficial.test(name) || muslImages.test(name);
}

export function isMuslImage({ image }: Facts): boolean {
  return muslImages.test(image.folder + image.name);
}

/**
 * The Debian release that a version of the official image stands on by default; `null` where the version came out around
 * the time that Debian did, or later than is known.
 */
export function defaultRelease(tag: string): string | null {
  const minor = /(?:^|-)1\.(\d+)(?:\.\d+)?(?=-|$)/.exec(tag)?.[1];
  if (minor === undefined) return null;
  const version = Number(minor);
  const found = releases.find(({ from, to }) => version >= from && version <= to);
  return found?.release ?? null;
}

const releases: readonly { readonly from: number; readonly to: number; readonly release: string }[] = [
  { from: 38, to: 53, release: "buster" },
  { from: 56, to: 69, release: "bullseye" },
  { from: 72, to: 87, release: "bookworm" },
  { from: 90, to: 104, release: "trixie" },
];

/** The system that an image of Rust is. */
export function rustSystem(facts: Facts): System | null {
  const { image, rawImage } = facts;
  if (isMuslImage(facts)) return { family: "debian", release: null, extras: "unknown", sentence: null };
  if (!isRustImage(facts)) return null;
  // Where a build arg stands for the version alone, the system is the tag's own.
  const written = rawImage.tag;
  if (isAlpineTag(image.tag)) {
    const release =
      /alpine(\d+\.\d+|\$\{\w+\}|\$\w+)$/.exec(written)?.[1] ?? /alpine(\d+\.\d+)$/.exec(image.tag)?.[1] ?? null;
    return {
      family: "alpine",
      release,
      extras: "little",
      sentence: /alpine/.test(written) ? null : variantSentence(facts, "Alpine"),
    };
  }
  const named = debianRelease(written);
  const isFixed = !written.includes("$");
  const release = named ?? debianRelease(image.tag) ?? (isOfficial(image, "rust") ? defaultRelease(image.tag) : null);
  return {
    family: "debian",
    release,
    extras: /(?:^|-)slim(?:-|$)/.test(image.tag) ? "little" : "buildpack",
    sentence: named !== null || isFixed || release === null ? null : variantSentence(facts, `Debian ${release}`),
  };
}
