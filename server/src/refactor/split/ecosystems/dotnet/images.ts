import { type Image, isAlpineTag } from "../../../../images/image.ts";
import type { Facts } from "../../facts.ts";

/** What .NET programs run on: everything of ASP.NET Core, .NET alone, or what a program needs that brings its own .NET. */
export type Kind = "aspnet" | "runtime" | "runtime-deps";

/** The images beside one with the SDK. */
export interface Siblings {
  /** The image of a kind as FROM names it; `null` where there is none. */
  readonly name: (kind: Kind) => string | null;
  /** `8` of 8.0; `null` where the tag does not say. */
  readonly major: number | null;
  readonly system: "alpine" | "debian" | "other";
  readonly assumptions: readonly string[];
}

/** Whether an image is one of Microsoft's with the SDK, or a copy of it in another registry. */
export function isSdk({ folder, name, tag }: Image): boolean {
  if (name === "sdk") return /(?:^|\/)dotnet\/(?:core\/|nightly\/)?$/.test(folder);
  if (!/^(?:docker\.io\/)?microsoft\/$/.test(folder)) return false;
  return name === "aspnetcore-build" || (name === "dotnet" && !/runtime|framework/.test(tag));
}

/** `null` where no sibling is known. */
export function siblingsOf({ image, rawImage, stage, analysis }: Facts): Siblings | null {
  const isWindows = /nanoserver|windowsservercore/.test(image.tag);
  if (!isSdk(image) || rawImage.name !== image.name || isWindows || image.folder.includes("$")) return null;
  const pinned = image.pinned || rawImage.pinned;
  if (pinned && image.tag === "") return null;
  const assumptions: string[] = [];
  const known = image.tag.includes("$") ? null : runtimeTag(image);
  const variables = [...rawImage.tag.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  let tag = known;
  if (variables.length > 0) {
    // What the author writes is kept where the version of the SDK is that of the runtime as well.
    if (known === null || known === image.tag) tag = rawImage.tag;
    const values = variables.map((name) => analysis.model.globalValues.get(name));
    const value = values.find((one) => one !== undefined && one !== "");
    assumptions.push(
      `${variables.join(" with ")} always names a version that the runtime images have as well, such as ${value !== undefined && /^\d+\.\d+$/.test(value) ? value : "8.0"}.`,
    );
  }
  if (tag === null) return null;
  if (pinned) assumptions.push("The runtime image need not be pinned by a digest as that of the SDK is.");
  if (image.name === "sdk" && !image.folder.startsWith("mcr.microsoft.com/"))
    assumptions.push(`The registry of \`${stage.base?.text ?? ""}\` has the runtime images as well.`);
  const version = /^(\d+)\.(\d+)/.exec(tag);
  const numbers = version ? ([Number(version[1]), Number(version[2])] as const) : null;
  const { folder } = rawImage;
  const name = (kind: Kind): string | null => {
    if (image.name === "sdk") return withTag(`${folder}${kind}`, tag);
    if (image.name === "aspnetcore-build") return withTag(`${folder}aspnetcore`, tag);
    return legacyName(folder, kind, tag, numbers);
  };
  if (name("aspnet") === null && name("runtime") === null) return null;
  return {
    name,
    major: numbers === null ? (tag.includes("$") ? null : 8) : numbers[0],
    system: isAlpineTag(image.tag) ? "alpine" : /azurelinux|mariner/.test(image.tag) ? "other" : "debian",
    assumptions,
  };
}

function withTag(name: string, tag: string): string {
  return tag === "" ? name : `${name}:${tag}`;
}

/** `microsoft/dotnet` has all kinds in one repository; ASP.NET Core is there from 2.1 on. */
function legacyName(folder: string, kind: Kind, tag: string, version: readonly [number, number] | null): string | null {
  const hasAspnet = version === null || version[0] > 2 || (version[0] === 2 && version[1] >= 1);
  if (kind === "aspnet" && !hasAspnet) return null;
  const middle = kind === "aspnet" ? "aspnetcore-runtime" : kind;
  const [number, ...system] = tag.split("-");
  return `${folder}dotnet:${[...(version === null ? [] : [number!]), middle, ...(version === null ? [] : system)].join("-")}`;
}

/**
 * The tag of the runtime images for one of the SDK's. The SDK counts its releases in its own way, 8.0.403 has the runtime
 * 8.0.10, so only the first two numbers are the same; a newer runtime of them runs what an older SDK built. `null` where
 * there is none for certain.
 */
function runtimeTag({ name, tag }: Image): string | null {
  if (tag === "" || tag === "latest" || (name === "dotnet" && tag === "sdk")) return tag;
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?(.*)$/.exec(tag);
  if (!match) return null;
  const [, major, minor, patch, tail] = match;
  let rest = tail!;
  let version = `${major!}.${minor!}`;
  if (name === "dotnet") {
    if (!/^-sdk(?:-(?!msbuild|rc|preview)\w[\w.-]*)?$/.test(rest)) return null;
    rest = rest.slice(4);
    // In these days 2.1.4 was the SDK of 2.0.5.
    if (major === "2" && minor === "1" && patch !== undefined && Number(patch) < 300) version = "2.0";
    if (major === "1" && patch !== undefined) return null;
  }
  const preview = /^-(preview|rc)(\.\d+[\d.]*)?(-.*)?$/.exec(rest);
  if (preview) {
    if (preview[2] !== undefined) version += ".0";
    return `${version}-${preview[1]!}${preview[2] ?? ""}${slim(preview[3] ?? "")}`;
  }
  if (patch !== undefined) rest = rest.replace(/^-\d+(?=-|$)/, "");
  return /^(?:-[a-z][\w.]*)*$/.test(rest) ? version + slim(rest) : null;
}

/** The runtime images on Debian are the slim ones, whether the SDK's says so or not. */
function slim(system: string): string {
  return /^-(?:stretch|buster|bullseye)$/.test(system) ? `${system}-slim` : system;
}
