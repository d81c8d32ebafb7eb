import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { onFirstLine } from "../stages/place.ts";
import { isLiteral } from "../stages/values.ts";
import { quoted } from "../text/quote.ts";
import type { Rule } from "./rule.ts";

/** Whether BuildKit reads a stage's paths as those of Windows: by what its base image is called. */
function isWindows({ roots, dockerfile }: Analysis, stage: number): boolean {
  const root = roots[stage];
  return dockerfile.escape === "`" || (root?.kind === "image" && /windows|nanoserver|servercore/i.test(root.image));
}

/**
 * The path of a WORKDIR where it is relative for sure; else `null`. What a base image or a build arg from outside sets is
 * not known. A path with a drive says that the image is one for Windows, where it is absolute.
 */
function relativePath(analysis: Analysis, stage: number, written: string, before: number): string | null {
  const known = analysis.values.expand(stage, written, before);
  const path = known ?? written;
  if (known === null && /^["'$\\`]/.test(path)) return null;
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return null;
  return path.startsWith("\\") && isWindows(analysis, stage) ? null : path;
}

/** A path that BuildKit takes as it is: no variables, quotes, dots or slashes too many. */
const cleanPath = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

const mayBeRelative: Question<boolean> = ({ keyword, args }) =>
  keyword === "WORKDIR" && args.some(({ text }) => !isLiteral(text) || !text.startsWith("/"));

export const workdirRelativePath: Rule = {
  id: "WorkdirRelativePath",
  severity: "warning",
  buildkit: "stable",
  summary: "A relative WORKDIR before any absolute one.",
  docs: `
A relative \`WORKDIR\` continues the one before. The first of a stage and the stages it is built on continues the base image's, which
another version of the image may change: begin with an absolute path.

The rule is silent where the base image or a build arg decides what a variable in the path holds.`,
  examples: [
    {
      title: "The first WORKDIR",
      text: `
FROM nginx:1.27
WORKDIR usr/share/nginx/html
        ^^^^^^^^^^^^^^^^^^^^ Relative workdir "usr/share/nginx/html" can have unexpected results if the base image changes
COPY public .
`,
    },
    {
      title: "On the empty image it is known where it leads",
      text: `
FROM scratch
WORKDIR app
        ^^^ Relative workdir "app" can have unexpected results if the base image changes
COPY server .
`,
      fixed: `
FROM scratch
WORKDIR /app
COPY server .
`,
    },
    {
      title: "Relative to an absolute one",
      text: `
FROM nginx:1.27 AS base
WORKDIR /usr/share/nginx
FROM base
WORKDIR html
`,
    },
    {
      title: "From variables",
      text: `
FROM alpine:3.20
ENV HOME_DIR=/srv
WORKDIR $HOME_DIR/app
FROM alpine:3.20
WORKDIR $SET_BY_THE_IMAGE
`,
    },
    {
      title: "Windows",
      text: `
# escape=\`
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022 AS base
WORKDIR C:\\app
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
WORKDIR \\app
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(mayBeRelative).length === 0) return;
    const { stages, steps, lines, roots } = analysis;
    const isSet: boolean[] = [];
    for (const { index, base } of stages) {
      let found = base?.target.kind === "stage" && isSet[base.target.stage]!;
      for (const { instruction, written, place } of found ? [] : steps[index]!) {
        const word = instruction.keyword === "WORKDIR" ? instruction.args[0] : undefined;
        if (!word) continue;
        found = true;
        const path = relativePath(analysis, index, word.text, place.span.start);
        if (path !== null) {
          const isPlain = roots[index]?.kind === "scratch" && cleanPath.test(word.text);
          yield {
            ...onFirstLine(lines, place, word.span, written === place ? "The path." : "ONBUILD brings this along."),
            message: `Relative workdir ${quoted(path)} can have unexpected results if the base image changes`,
            ...(isPlain && {
              fixes: [
                {
                  title: "Begin with '/'",
                  safety: "safe" as const,
                  edits: [{ span: { start: word.span.start, end: word.span.start }, newText: "/" }],
                },
              ],
            }),
          };
        }
        break;
      }
      isSet.push(found);
    }
  },
};
