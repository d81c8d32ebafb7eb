import { platformError } from "../dockerfile/platform.ts";
import { expand } from "../dockerfile/words.ts";
import { onFirstLine } from "../stages/place.ts";
import { removeFlag } from "./common/remove-flag.ts";
import type { Rule } from "./rule.ts";

const systems: ReadonlySet<string> = new Set(
  (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux macos nacl netbsd openbsd plan9 solaris wasi " +
    "wasip1 windows zos"
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

/**
 * The operating system and the architecture that a platform names, in containerd's spelling; what is left out is that of
 * an ordinary builder. `null` where the text is no platform.
 */
function readPlatform(text: string): { readonly os: string; readonly architecture: string } | null {
  if (platformError(text) !== null) return null;
  const [first, machine] = text
    .replace(/\(.*\)/, "")
    .toLowerCase()
    .split("/");
  const normal = (name: string): string => sameAs.get(name) ?? name;
  if (machine === undefined && !systems.has(first!)) return { os: "linux", architecture: normal(first!) };
  return { os: normal(first!), architecture: normal(machine ?? "amd64") };
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
        const platform = uses.length > 0 || error !== null ? null : readPlatform(value);
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
