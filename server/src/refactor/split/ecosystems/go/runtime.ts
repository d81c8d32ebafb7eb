import type { Facts } from "../../facts.ts";
import { debianRelease, type Image, isAlpineTag } from "../../../../images/image.ts";
import { isInside, lastPart } from "../../../../text/paths.ts";
import type { RoleOf } from "../../roles.ts";
import type { Crossing, Refusal } from "../ecosystem.ts";
import { readGo } from "./commands.ts";

/** Whether the runtime stage has commands to run that need more than an empty image; `ours`: directories of the build. */
export function needsSetup(
  facts: Facts,
  role: RoleOf,
  ours: readonly string[],
  packages: ReadonlySet<string>,
): boolean {
  const isOurs = (path: string): boolean => ours.some((one) => isInside(one, path) || isInside(path, one));
  return facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind === "users") return true;
      if (found.kind === "packages") return found.packages.some(({ value }) => packages.has(value));
      return found.kind === "files" && found.paths?.every(isOurs) === false;
    }),
  );
}

export interface Runtime {
  readonly base: string;
  /** A line for whoever chooses. */
  readonly detail: string;
  readonly crossings: readonly Crossing[];
  readonly assumptions: readonly string[];
}

function fileCrossing(value: string, comment: string, directory = false): Crossing {
  return { from: value, value, to: null, directory, comment };
}

/**
 * The images that run the program, the one to recommend first. A program that uses the C library runs on the system it was
 * built on, in the same or a newer release: never on Alpine or scratch when Debian built it.
 */
export function chooseRuntimes(
  facts: Facts,
  isStaticProgram: boolean,
  shell: boolean,
  packages: ReadonlySet<string>,
  role: RoleOf,
): readonly [Runtime, ...Runtime[]] | Refusal {
  const { image, rawImage } = facts;
  if (isAlpineTag(image.tag)) return [alpineRuntime(facts, packages)];
  const debian = debianRuntime(facts, isStaticProgram, packages, role);
  if (isStaticProgram && !shell && packages.size === 0 && isPortable(facts)) {
    const base = `${rawImage.folder}alpine:3`;
    const zones = fileCrossing("/usr/share/zoneinfo", "Time zones, which Alpine leaves out.", true);
    const alpine: Runtime = {
      base,
      detail: "a very small system with a shell, without Go",
      crossings: [zones],
      assumptions: [othersSentence(base)],
    };
    return "refused" in debian ? [alpine] : [alpine, debian];
  }
  return "refused" in debian ? debian : [debian];
}

/** Images without a shell for a program that starts nothing else. */
export function minimalRuntimes(facts: Facts, isStaticProgram: boolean, packages: ReadonlySet<string>): Runtime[] {
  const { start, healthcheck, image, rawImage } = facts;
  const isPlain =
    start?.instruction.json === true && start.calls.length === 1 && start.wrappers.length === 0 && !start.shell;
  if (!isPlain || healthcheck !== null || !isPortable(facts)) return [];
  const runtimes: Runtime[] = [];
  const isAlpine = isAlpineTag(image.tag);
  if (isStaticProgram) {
    const base = "gcr.io/distroless/static-debian12";
    runtimes.push({
      base,
      detail: "certificates, time zones and /tmp, without a shell",
      crossings: [],
      assumptions: [`The program starts no other programs: \`${base}\` has none, not even a shell.`],
    });
    // Where a program is looked for is not told by an empty image, and it knows no users by name.
    if (start.calls[0]!.program.includes("/") && facts.user !== "nobody") {
      const zones = isAlpine && !packages.has("tzdata") ? zoneCrossings(facts, packages) : [systemZones];
      runtimes.push({
        base: "scratch",
        detail: "nothing but the program, certificates and time zones",
        crossings: [trusted, ...zones],
        assumptions: [
          "The program starts no other programs, and needs neither /tmp nor a home directory: an empty image has none.",
        ],
      });
    }
  } else if (!isAlpine && debianRelease(image.tag) !== "forky" && !/\$/.test(rawImage.tag)) {
    const release = debianRelease(image.tag);
    // What an older Debian compiles runs on a newer one, never the other way round.
    const base = `gcr.io/distroless/base-debian${release === null || release === "trixie" ? 13 : 12}`;
    runtimes.push({
      base,
      detail: "the C library, certificates and time zones, without a shell",
      crossings: [],
      assumptions: [
        `The program starts no other programs and uses no shared libraries beyond glibc and OpenSSL: \`${base}\` has nothing else, not even a shell.`,
      ],
    });
  }
  return runtimes;
}

function othersSentence(base: string): string {
  return `The program starts no other programs than those of its new base, \`${base}\`.`;
}

const trusted = fileCrossing("/etc/ssl/certs/ca-certificates.crt", "Without these no TLS connection is trusted.");
const systemZones = fileCrossing("/usr/share/zoneinfo", "Time zones, which an empty image lacks.", true);

const zoneFile = "/usr/local/go/lib*/time/zoneinfo.zip";

/**
 * A program built with its paths looks there last, so that it knows each zone it knew. The wildcard is for images that
 * have Go, but not this file: a COPY that matches nothing copies nothing, where a missing file would stop the build.
 */
const goZones: Crossing = {
  from: zoneFile,
  value: zoneFile,
  to: "/usr/local/go/lib/time/",
  directory: false,
  comment: "Time zones, which the Go image brings along.",
};

/** Whether programs are built without the paths of the Go image, so that they do not look there for time zones. */
function isTrimmed({ steps }: Facts): boolean {
  return steps.some(({ calls }) =>
    calls.some(
      (call) =>
        call.name === "go" && (readGo(call).flags.has("trimpath") || /trimpath/.test(call.env("GOFLAGS") ?? "")),
    ),
  );
}

function zoneCrossings(facts: Facts, packages: ReadonlySet<string>): Crossing[] {
  return isTrimmed(facts) || packages.has("tzdata") ? [] : [goZones];
}

/** Whether the container asks its system for nothing that differs between Debian and Alpine: users, groups, bash. */
function isPortable({ user, steps }: Facts): boolean {
  const isPlain = (name: string): boolean => /^(?:root|\d+)(?::(?:root|\d+))?$/.test(name);
  return (
    (user === null || user === "nobody" || isPlain(user)) &&
    steps.every(
      ({ instruction: { keyword, flags } }) =>
        keyword !== "SHELL" && flags.every(({ name, value }) => name !== "chown" || isPlain(value ?? "")),
    )
  );
}

/** The Go image for Alpine is Alpine and Go, so nothing else is missed. */
function alpineRuntime({ rawImage, image, ...facts }: Facts, packages: ReadonlySet<string>): Runtime {
  const written =
    /alpine(\d+\.\d+|\$\{\w+\}|\$\w+)$/.exec(rawImage.tag)?.[1] ?? /alpine(\d+\.\d+)$/.exec(image.tag)?.[1];
  const base = `${rawImage.folder}alpine:${written ?? "3"}`;
  const named = /alpine/.test(rawImage.tag) ? [] : variantSentences(rawImage, "always names an Alpine image", base);
  return {
    base,
    detail: "the same Alpine without Go",
    crossings: zoneCrossings({ rawImage, image, ...facts }, packages),
    assumptions: [...named, ...(written === undefined ? packageSentences(packages, base) : [])],
  };
}

/** What must hold where the runtime image may be of a newer release than the builder. */
function packageSentences(packages: ReadonlySet<string>, base: string): string[] {
  const names = [...packages].filter((name) => /^lib|-(?:dev|libs)$|[=\d]/.test(name));
  return names.length > 0 ? [`\`${base}\` has ${names.join(" and ")} in versions that fit the program.`] : [];
}

/** What the build args in a tag must keep to, so that the system of the build stays that of the program. */
function variantSentences({ tag }: Image, rule: string, base: string): string[] {
  const names = [...tag.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  return names.length === 0 ? [] : [`${names.join(" with ")} ${rule}: what is built there runs on \`${base}\`.`];
}

/** Programs that the Go image has and small Debian images lack. */
const leftOut = new Set(["curl", "wget", "git", "ssh", "python3", "ps"]);

function debianRuntime(
  facts: Facts,
  isStaticProgram: boolean,
  packages: ReadonlySet<string>,
  role: RoleOf,
): Runtime | Refusal {
  const { image, rawImage, start, healthcheck } = facts;
  const release = debianRelease(image.tag);
  const calls = facts.steps.flatMap((step) => step.calls);
  const makesUser = calls.some(
    (call) => role(call).kind === "users" && (call.name === "adduser" || call.name === "addgroup"),
  );
  const changesSources = calls.some((call) => {
    const found = role(call);
    return found.kind === "packages" && found.action === "sources";
  });
  if (changesSources && release === null && packages.size > 0) {
    return {
      refused:
        "The file changes where packages come from, and its base names no Debian release: with a tag such as `bookworm` it can be split.",
    };
  }
  const missing = [start, healthcheck]
    .flatMap((started) => [...(started?.wrappers ?? []), ...(started?.calls.map(({ program }) => program) ?? [])])
    .map(lastPart)
    .some((name) => leftOut.has(name) && !packages.has(name));
  const lacksAdduser = makesUser && (release === null || release === "trixie" || release === "forky");
  if (missing || lacksAdduser) {
    // The Go image is built on this one, so that all is there that was there.
    const variant = variantSentences(rawImage, "never names an Alpine image", "buildpack-deps");
    return {
      base: `${rawImage.folder}buildpack-deps:${release ?? "stable"}-scm`,
      detail: "the system of the Go image with git and curl, without Go and compilers",
      crossings: zoneCrossings(facts, packages),
      assumptions: [
        ...(debianRelease(rawImage.tag) === null ? variant : []),
        ...(release === null ? packageSentences(packages, "buildpack-deps:stable-scm") : []),
      ],
    };
  }
  const base = `${rawImage.folder}debian:${release ?? "stable"}-slim`;
  return {
    base,
    detail: "a small Debian, without Go, compilers and git",
    crossings: [...(packages.has("ca-certificates") ? [] : [trusted]), ...zoneCrossings(facts, packages)],
    assumptions: [
      othersSentence(base),
      ...(debianRelease(rawImage.tag) === null && !isStaticProgram
        ? variantSentences(rawImage, "never names an Alpine image", base)
        : []),
      ...(release === null ? packageSentences(packages, base) : []),
    ],
  };
}
