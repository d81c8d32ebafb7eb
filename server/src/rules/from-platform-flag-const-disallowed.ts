import { expand } from "../dockerfile/words.ts";
import { onFirstLine } from "./place.ts";
import { removeFlag } from "./remove-flag.ts";
import type { Rule } from "./rule.ts";

const systems: ReadonlySet<string> = new Set(
  (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows " +
    "zos macos"
  ).split(" "),
);
const machines: ReadonlySet<string> = new Set(
  (
    "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 " +
    "mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm"
  ).split(" "),
);
/** Other names for the same. */
const sameAs: ReadonlyMap<string, string> = new Map([
  ["macos", "darwin"],
  ["i386", "386"],
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm"],
  ["armel", "arm"],
]);

const system = /^([A-Za-z0-9_-]+)(?:\([A-Za-z0-9_.%-]*(?:\+[A-Za-z0-9_.%-]+)*\))?$/;
const component = /^[A-Za-z0-9_.-]+$/;

/**
 * The operating system and the architecture that a platform names, as containerd reads it; what is left out is that of an
 * ordinary builder. `null` where the text is no platform.
 */
function parsePlatform(text: string): { readonly os: string; readonly architecture: string } | null {
  const [first, ...rest] = text.split("/");
  const named = system.exec(first!)?.[1]?.toLowerCase();
  if (named === undefined || rest.length > 2 || !rest.every((part) => component.test(part))) return null;
  const normal = (name: string): string => sameAs.get(name.toLowerCase()) ?? name.toLowerCase();
  const [machine] = rest;
  if (machine !== undefined) return { os: normal(named), architecture: normal(machine) };
  if (systems.has(named)) return { os: normal(named), architecture: "amd64" };
  return machines.has(normal(named)) ? { os: "linux", architecture: normal(named) } : null;
}

export const fromPlatformFlagConstDisallowed: Rule = {
  id: "FromPlatformFlagConstDisallowed",
  severity: "warning",
  buildkit: "stable",
  summary: "A fixed platform in FROM.",
  docs: `
A stage with a fixed platform is built for that platform, whatever \`docker build --platform\` asks for, so the image cannot be
built for others. Leave the flag out, and give the platform to the build; or take \`$BUILDPLATFORM\` for a stage that only
builds. A stage whose name says the system or the architecture (\`AS build-amd64\`) is meant that way. See
[FromPlatformFlagConstDisallowed](https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/).`,
  examples: [
    {
      title: "A fixed platform",
      text: `
FROM --platform=linux/amd64 node:22 AS base
     ^^^^^^^^^^^^^^^^^^^^^^ FROM --platform flag should not use constant value "linux/amd64"
`,
      fixed: `
FROM node:22 AS base
`,
    },
    {
      title: "The stage's name says so",
      text: `
FROM --platform=linux/amd64 alpine:3.20 AS build-amd64
FROM --platform=linux/aarch64 alpine:3.20 AS arm64
FROM --platform=linux/arm/v7 alpine:3.20 AS linux
`,
    },
    {
      title: "Chosen by the build",
      text: `
ARG PLATFORM=linux/amd64
FROM --platform=$PLATFORM alpine:3.20
FROM --platform=$BUILDPLATFORM alpine:3.20
`,
    },
  ],
  *check(analysis) {
    const { stages, dockerfile, lines } = analysis;
    for (const { from, name } of stages) {
      for (const flag of from.flags) {
        if (flag.name !== "platform" || flag.value === null) continue;
        const { value, uses, error } = expand(flag.value, undefined, { escape: dockerfile.escape });
        const platform = uses.length > 0 || error !== null ? null : parsePlatform(value);
        if (!platform || name?.includes(platform.os) === true || name?.includes(platform.architecture) === true)
          continue;
        yield {
          ...onFirstLine(lines, from, flag.span, "The flag."),
          message: `FROM --platform flag should not use constant value ${JSON.stringify(value)}`,
          fixes: removeFlag(analysis, from, flag, "unsafe"),
        };
      }
    }
  },
};
