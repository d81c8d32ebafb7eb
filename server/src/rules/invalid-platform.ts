import { hasOtherFrontend } from "../dockerfile/directives.ts";
import type { Flag } from "../dockerfile/instruction.ts";
import { platformError } from "../dockerfile/platform.ts";
import { expand } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import { quoted, shortened } from "../text/quote.ts";
import { nameSuggester } from "../text/suggest.ts";
import type { Finding, Rule } from "./rule.ts";

function check(
  { dockerfile, model }: Analysis,
  { value, valueSpan }: Flag,
  suggest: ReturnType<typeof nameSuggester>,
): Finding | null {
  if (!value || !valueSpan) return null;
  const { globalValues } = model;
  const expansion = expand(value, (name) => globalValues.get(name), { escape: dockerfile.escape });
  // A build arg without a default is for the caller to give.
  if (expansion.uses.some(({ name }) => globalValues.has(name) && globalValues.get(name) === undefined)) return null;
  const unknown = expansion.uses.find(({ name }) => !globalValues.has(name));
  const meant = unknown ? suggest(unknown.name, [...globalValues.keys()]) : null;
  const suggestion = meant === null ? "" : ` (did you mean ${meant}?)`;
  const message =
    expansion.error !== null
      ? `failed to process arguments for platform : failed to process ${quoted(shortened(value))}: ${expansion.error}`
      : expansion.value === ""
        ? `empty platform value from expression ${shortened(value)}${suggestion}`
        : platformMessage(value, expansion.value, suggestion);
  if (message === null) return null;
  const at = unknown ? valueSpan.start + unknown.nameSpan.start : 0;
  const isWritten = unknown !== undefined && dockerfile.text.startsWith(unknown.name, at);
  return {
    span: valueSpan,
    message,
    ...(meant !== null &&
      isWritten && {
        fixes: [
          {
            title: `Change to ${meant}`,
            safety: "unsafe" as const,
            edits: [{ span: { start: at, end: at + unknown.name.length }, newText: meant }],
          },
        ],
      }),
  };
}

function platformMessage(written: string, platform: string, suggestion: string): string | null {
  const error = platformError(platform);
  return error === null ? null : `failed to parse platform ${shortened(written)}: ${error}${suggestion}`;
}

export const invalidPlatform: Rule = {
  id: "InvalidPlatform",
  severity: "error",
  summary: "A platform that BuildKit cannot read.",
  docs: `
\`FROM --platform\` takes an operating system, an architecture and, if wanted, a variant: \`linux/arm64\`, \`linux/arm/v7\`; or one of
the first two alone. BuildKit stops at the rest, and at a variable that is empty: the build args that BuildKit itself knows
there are \`BUILDPLATFORM\`, \`TARGETPLATFORM\` and [their parts](https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope).

A build arg without a default is left alone: it is for the caller to give.`,
  examples: [
    {
      title: "A name that is not quite right",
      text: `
FROM --platform=$BUILDPLATFROM golang:1.22
                ^^^^^^^^^^^^^^ empty platform value from expression $BUILDPLATFROM (did you mean BUILDPLATFORM?)
`,
      fixed: `
FROM --platform=$BUILDPLATFORM golang:1.22
`,
    },
    {
      title: "Not a platform",
      text: `
FROM --platform=local golang:1.22 AS a
                ^^^^^ failed to parse platform local: "local": unknown operating system or architecture: invalid argument
FROM --platform=linux/amd64/v2/x golang:1.22 AS b
                ^^^^^^^^^^^^^^^^ failed to parse platform linux/amd64/v2/x: "linux/amd64/v2/x": cannot parse platform specifier: invalid argument
FROM --platform=linux/amd64,linux/arm64 golang:1.22 AS c
                ^^^^^^^^^^^^^^^^^^^^^^^ failed to parse platform linux/amd64,linux/arm64: "amd64,linux" is an invalid component of "linux/amd64,linux/arm64"
`,
    },
    {
      title: "The caller gives it",
      text: `
ARG ARCH
FROM --platform=linux/$ARCH golang:1.22
`,
    },
    {
      title: "Platforms",
      text: `
ARG ARCH=arm64
FROM --platform=$BUILDPLATFORM golang:1.22 AS a
FROM --platform=linux/\${ARCH} golang:1.22 AS b
FROM --platform=\${OTHER:-linux/arm/v7} golang:1.22 AS c
FROM --platform=amd64 golang:1.22 AS d
FROM --platform=windows(10.0.17763)/amd64 example/base AS e
`,
    },
  ],
  *check(analysis) {
    if (hasOtherFrontend(analysis.dockerfile)) return;
    const suggest = nameSuggester();
    for (const { from } of analysis.stages) {
      for (const flag of from.flags) {
        // The last word of a text without an end is most likely being typed.
        const isTyped = flag.span.end === analysis.text.length;
        const finding = flag.name === "platform" && !isTyped ? check(analysis, flag, suggest) : null;
        if (finding) yield finding;
      }
    }
  },
};
