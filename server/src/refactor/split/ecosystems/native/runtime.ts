import { certificatesFile } from "../../../../images/libc.ts";
import { isInside, lastPart } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import { lastingPackages, type RoleOf } from "../../roles.ts";
import type { Choice, Crossing, Refusal } from "../ecosystem.ts";
import type { Language, System } from "./language.ts";

/** An image that a compiled program may run on. */
export interface Base extends Pick<Choice, "strategy" | "base" | "detail" | "crossings" | "assumptions"> {
  /** Whether headers and other packages of a build are of no use on it, because the program holds all its libraries. */
  readonly isStatic: boolean;
}

/** What the runtime stage must do and find besides the program. */
interface Needs {
  /** Packages of the file that may be the program's. */
  readonly packages: ReadonlySet<string>;
  /** Whether users, files or packages are set up in it. */
  readonly setup: boolean;
  /** Whether it must have a shell. */
  readonly shell: boolean;
}

/** Packages that write sources or sign and unpack what a build downloads. */
const buildTools =
  /^(?:protobuf-compiler[\w-]*|libprotobuf-dev|protoc[\w-]*|xz-utils|xz|unzip|zip|bzip2|gnupg2?|lsb-release|software-properties-common|apt-transport-https|apt-utils|pkgconfig|file|perl)$/;

export function readNeeds(
  language: Language,
  facts: Facts,
  role: RoleOf,
  ours: readonly string[],
  scripts: readonly string[],
): Needs {
  const packages = new Set(
    [...lastingPackages(facts, role)].filter((name) => !language.packages.test(name) && !buildTools.test(name)),
  );
  const isOurs = (path: string): boolean => ours.some((one) => isInside(one, path) || isInside(path, one));
  const setup = facts.steps.some(({ calls }) =>
    calls.some((call) => {
      const found = role(call);
      if (found.kind === "users") return true;
      if (found.kind === "packages") return found.packages.some(({ value }) => packages.has(value));
      return found.kind === "files" && found.paths?.every(isOurs) === false;
    }),
  );
  const shell = facts.start?.shell === true || facts.healthcheck !== null || scripts.length > 0;
  return { packages, setup, shell };
}

/** The images that run the program, the recommended first. */
export function chooseBases(
  language: Language,
  facts: Facts,
  role: RoleOf,
  needs: Needs,
): readonly [Base, ...Base[]] | Refusal {
  const same: Base = {
    strategy: "same",
    base: facts.stage.base?.text ?? "",
    detail: language.isToolImage(facts)
      ? `the same image, ${language.name} included, without the sources and what the build leaves behind`
      : `the same system, without the ${language.name} toolchain`,
    crossings: [],
    assumptions: [],
    isStatic: false,
  };
  if (!language.isToolImage(facts)) return [same];
  const isBare = !needs.setup && !needs.shell && needs.packages.size === 0;
  const bases: Base[] = language
    .runtimeImages(facts)
    .filter(({ isEmpty }) => !isEmpty || isBare)
    .map(({ base, detail, crossings, assumptions, isEmpty }) => ({
      strategy: isEmpty ? "minimal" : "slim",
      base,
      detail,
      crossings: crossings.filter(({ value }) => value !== certificatesFile || !needs.packages.has("ca-certificates")),
      assumptions,
      isStatic: false,
    }));
  const system = language.plainSystems ? language.system(facts) : null;
  if (system) {
    if (system.family === "alpine") bases.push(...alpineBases(language, facts, system, needs));
    if (system.family === "debian") bases.push(...debianBases(language, facts, system, needs, role));
    if (system.family === "ubuntu") bases.push(...ubuntuBases(language, facts, system));
  }
  // A user that only the image makes is missing in any other.
  if (hasOwnUser(facts, role)) return [same];
  const missing = usedPrograms(facts, needs.packages);
  const usable = bases.filter(({ base }) => missing.length === 0 || base.startsWith("buildpack-deps:"));
  const [first, ...others] = usable;
  return first ? [first, ...others, same] : [same];
}

/** Users that all images of Debian, Ubuntu and Alpine have. */
const systemUsers = /^(?:\d+|root|daemon|bin|sys|adm|mail|news|games|nobody|www-data|nogroup)$/;

/** Whether the container's user, or the owner of what is copied, is one that the file does not make. */
function hasOwnUser({ user, steps }: Facts, role: RoleOf): boolean {
  const made = new Set(
    steps.flatMap(({ calls }) => calls.flatMap((call) => (role(call).kind === "users" ? call.args : []))),
  );
  const names = [
    user ?? "root",
    ...steps.flatMap(({ instruction }) =>
      instruction.flags.flatMap(({ name, value }) => (name === "chown" ? [value ?? ""] : [])),
    ),
  ].flatMap((name) => name.split(":"));
  return names.some((name) => !systemUsers.test(name) && !name.includes("$") && !made.has(name));
}

/** Programs that images for building have and small ones lack. */
const leftOut = new Set(["curl", "wget", "git", "python3", "perl", "tini", "dumb-init", "nc", "ps", "jq", "bash"]);

/** Of those, what the container or its health check starts and the file does not install. */
function usedPrograms({ start, healthcheck, image }: Facts, packages: ReadonlySet<string>): string[] {
  const isAlpine = image.tag.includes("alpine");
  return [start, healthcheck]
    .flatMap((started) => [...(started?.wrappers ?? []), ...(started?.calls.map(({ program }) => program) ?? [])])
    .map(lastPart)
    .filter((name) => leftOut.has(name) && !packages.has(name))
    .filter(
      (name) =>
        !(isAlpine && (name === "wget" || name === "nc" || name === "ps")) &&
        !(!isAlpine && (name === "bash" || name === "perl")),
    );
}

const detailOf = ({ name }: Language): string => `what the program needs, without the ${name} toolchain`;

/** Whether the container asks its system for nothing that differs between Debian and Alpine: users, groups, bash. */
function isPortable({ user, steps }: Facts): boolean {
  const isPlain = (name: string): boolean => /^(?:root|\d+)(?::(?:root|\d+))?$/.test(name);
  return (
    (user === null || isPlain(user)) &&
    steps.every(
      ({ instruction: { keyword, flags } }) =>
        keyword !== "SHELL" && flags.every(({ name, value }) => name !== "chown" || isPlain(value ?? "")),
    )
  );
}

function file(value: string, comment: string, directory = false): Crossing {
  return { from: value, value, to: null, directory, comment };
}

/** OpenSSL finds certificates by links that only their package makes. */
export function installsOpenssl(packages: ReadonlySet<string>): boolean {
  return [...packages].some((name) => /^libssl(?:-dev|[\d.]+(?:t64)?)$/.test(name));
}

function certificates(language: Language, facts: Facts): Crossing[] {
  return language.hasCertificates(facts) ? [file(certificatesFile, "Without these no TLS connection is trusted.")] : [];
}

function zones(comment: string): Crossing {
  return file("/usr/share/zoneinfo", comment, true);
}

/** Images without a shell, for programs that need nothing else. */
function minimalBase(facts: Facts, needs: Needs, isStatic: boolean, release: string | null): Base[] {
  if (needs.setup || needs.shell || needs.packages.size > 0 || !isPortable(facts)) return [];
  const debian = release === "trixie" ? "debian13" : "debian12";
  if (!isStatic && release !== "bookworm" && release !== "trixie") return [];
  const base = `gcr.io/distroless/${isStatic ? "static" : "cc"}-${debian}`;
  return [
    {
      strategy: "minimal",
      base,
      detail: "the program with certificates and time zones, without a shell",
      crossings: [],
      assumptions: [
        isStatic
          ? "The program starts no other programs and needs no shell."
          : "The program starts no other programs, needs no shell, and loads no other shared libraries than the C library, libgcc and OpenSSL: `ldd` lists what it loads.",
      ],
      isStatic,
    },
  ];
}

function alpineBases(language: Language, facts: Facts, { release, extras, sentence }: System, needs: Needs): Base[] {
  const isStatic = language.isStatic(facts);
  const base = `alpine:${release ?? "3"}`;
  const libraries = [...needs.packages].filter((name) => /^lib|-(?:dev|libs)$|[=\d]/.test(name));
  const dynamic = isStatic
    ? []
    : [file("/usr/lib/libgcc_s.so.1", "The library for stack unwinding, which Alpine leaves out.")];
  return [
    {
      strategy: "slim",
      base,
      detail: detailOf(language),
      crossings: dynamic,
      assumptions: [
        ...(extras === "little" ? [] : [othersSentence(language, base)]),
        ...(sentence === null ? [] : [sentence]),
        ...(release === null && libraries.length > 0
          ? [`\`${base}\` has the libraries of ${libraries.join(" and ")} in versions that fit the program.`]
          : []),
      ],
      isStatic,
    },
    ...(isStatic ? minimalBase(facts, needs, true, null) : []),
  ];
}

function othersSentence({ name }: Language, base: string): string {
  return `The program needs nothing else of the ${name} image than \`${base}\` has: no other program and no shared library (\`ldd\` lists them), such as OpenSSL.`;
}

function programsSentence(base: string): string {
  return `The program starts no other programs than those of its new base, \`${base}\`.`;
}

function debianBases(
  language: Language,
  facts: Facts,
  { release, extras, sentence }: System,
  needs: Needs,
  role: RoleOf,
): Base[] {
  const { steps } = facts;
  const isStatic = language.isStatic(facts);
  const bases: Base[] = [];
  const recent = release === null || release === "trixie" || release === "forky";
  if (isStatic && !needs.setup && !needs.shell && needs.packages.size === 0 && isPortable(facts)) {
    const zone = extras === "buildpack" || (release !== null && !recent);
    bases.push({
      strategy: "slim",
      base: "alpine:3",
      detail: detailOf(language),
      crossings: zone ? [zones("Time zones, which Alpine leaves out.")] : [],
      assumptions: [programsSentence("alpine:3")],
      isStatic,
    });
  }
  const calls = steps.flatMap((step) => step.calls);
  const makesUser = calls.some(
    (call) => role(call).kind === "users" && (call.name === "adduser" || call.name === "addgroup"),
  );
  const changesSources = calls.some((call) => {
    const found = role(call);
    return found.kind === "packages" && found.action === "sources";
  });
  const base = `debian:${release ?? "stable"}-slim`;
  // What is built with a newer C library does not start on an older one, so that a release must not be guessed.
  const newer =
    release === null && !isStatic
      ? [
          sentence ??
            `\`${facts.stage.base?.text ?? ""}\` stands on the Debian release of \`${base}\` or an older one: a tag such as \`bookworm\` makes that certain.`,
        ]
      : sentence === null
        ? []
        : [sentence];
  if (!(makesUser && recent) && !(changesSources && release === null && needs.packages.size > 0)) {
    bases.push({
      strategy: "slim",
      base,
      detail: detailOf(language),
      crossings: [
        ...(needs.packages.has("ca-certificates") || installsOpenssl(needs.packages)
          ? []
          : certificates(language, facts)),
        ...(extras === "buildpack" && recent && !needs.packages.has("tzdata")
          ? [zones("Time zones, which small Debian images leave out.")]
          : []),
      ],
      assumptions: [
        ...(extras === "little" ? [] : isStatic ? [programsSentence(base)] : [othersSentence(language, base)]),
        ...newer,
      ],
      isStatic,
    });
  }
  bases.push(
    ...minimalBase(facts, needs, isStatic, release).map((minimal) => ({
      ...minimal,
      assumptions: [...minimal.assumptions, ...(isStatic ? [] : newer)],
    })),
  );
  if (extras === "buildpack" && release !== null && !isStatic) {
    bases.push({
      strategy: "slim",
      base: `buildpack-deps:${release}`,
      detail: `all that the ${language.name} image has, without the ${language.name} toolchain`,
      crossings: [],
      assumptions: sentence === null ? [] : [sentence],
      isStatic,
    });
  }
  return bases;
}

function ubuntuBases(language: Language, facts: Facts, { release, sentence }: System): Base[] {
  if (release === null) return [];
  const base = `ubuntu:${release}`;
  return [
    {
      strategy: "slim",
      base,
      detail: detailOf(language),
      crossings: [],
      assumptions: [othersSentence(language, base), ...(sentence === null ? [] : [sentence])],
      isStatic: language.isStatic(facts),
    },
  ];
}

/** What the build args in a tag must keep to, so that the system of the build stays that of the program. */
export function variantSentence(facts: Facts, system: string): string | null {
  const names = [...facts.rawImage.tag.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  return names.length === 0 ? null : `${names.join(" with ")} always names an image of ${system}.`;
}
