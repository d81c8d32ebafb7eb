import { commentWord } from "../dockerfile/trailing-comment.ts";
import { parseImage } from "../images/image.ts";
import { rootNames } from "../images/roots.ts";
import type { Analysis } from "../stages/analysis.ts";
import { copyTarget } from "../stages/copies.ts";
import { quotedStage } from "../stages/describe.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { isInside, lastPart } from "../text/paths.ts";
import type { Fix, Rule } from "./rule.ts";

/** The root directory as one may write it; the first part is there where it stands for the working directory elsewhere. */
const wholeRoot = /^(\.\/?(?:\*|\.)?|\*)$|^\/+(?:\.|\*)?$/;

/** Whether the files of a stage are those of a whole system: it runs commands, or starts from an image that is known to be one. */
function isSystem({ stages, roots }: Analysis, stage: number): boolean {
  const root = roots[stage];
  if (root?.kind !== "image") return false;
  for (let at: Stage | undefined = stages[stage]; at;) {
    if (at.instructions.some(({ keyword }) => keyword === "RUN")) return true;
    at = at.base?.target.kind === "stage" ? stages[at.base.target.stage] : undefined;
  }
  return rootNames(parseImage(root.image)) !== null;
}

/** Names of directories that hold a system on purpose: of another machine, of an archive, of an image. */
const systemDirectory =
  /root-?fs|chroot|sys-?root|new-?root|^(?:fs|os|mnt|images?|disk|iso|bundle|target|out|output|staging)$/i;

/** Where programs live that are not the system's. */
const appDirectory = /^\/(?:app|code|src|usr\/src\/app|opt\/app|srv\/app|var\/www(?:\/html)?|usr\/share\/nginx\/html)$/;

/** Whether a copy lands where the program of an image is meant to be: in the root or working directory. */
function landsInProgram(analysis: Analysis, { stage, instruction }: Reference): boolean {
  const cwd = analysis.files(stage).workdirAt(instruction) ?? "/";
  const env = (name: string): string | undefined =>
    analysis.values.expand(stage, `\${${name}}`, instruction.span.start) ?? undefined;
  const path = copyTarget({ instruction, cwd: { value: cwd }, env })?.path;
  if (path === undefined || systemDirectory.test(lastPart(path))) return false;
  const isRelative = /^[^/"$]/.test(instruction.args.at(-1)!.text);
  return path === "/" || isRelative || (cwd !== "/" && isInside(cwd, path)) || appDirectory.test(path);
}

export const copyWholeFilesystem: Rule = {
  id: "CopyWholeFilesystem",
  severity: "warning",
  summary: "A copy of all files of another stage, its system included.",
  docs: `
\`COPY --from=build / /\` takes everything: the compiler, the package manager and its lists, \`/etc\` with users and settings. What
arrives over another base is a mixture of two systems, larger than both. A relative path starts in \`/\`, too, so that
\`COPY --from=build . .\` copies the whole system of the stage and not its WORKDIR. Copy the directories that the program needs.

Into a stage that is built \`FROM scratch\` all files of another are copied on purpose, to make one layer of many or to export
them: there the rule is silent, and so it is for stages that hold nothing but files. See
[COPY --from](https://docs.docker.com/reference/dockerfile/#copy---from).`,
  examples: [
    {
      title: "Not the WORKDIR",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM node:22-slim
WORKDIR /app
COPY --from=build . .
                  ^ '.' is the root directory of stage 'build', not its WORKDIR '/app': all files of its system are copied.
CMD ["node", "dist/main.js"]
`,
      fixed: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM node:22-slim
WORKDIR /app
COPY --from=build /app .
CMD ["node", "dist/main.js"]
`,
    },
    {
      title: "Over another system",
      text: `
FROM golang:1.25 AS build
RUN go install example.com/tool@latest
FROM alpine:3.22
COPY --from=build / /
                  ^ This copies all files of stage 'build', its system included.
`,
    },
    {
      title: "Into the working directory",
      text: `
FROM golang:1.25 AS build
COPY . .
RUN go build -o server .
FROM alpine:3.22
WORKDIR /srv/shop
COPY --from=build / .
                  ^ This copies all files of stage 'build', its system included.
`,
    },
    {
      title: "One layer of many, and an export",
      text: `
FROM debian:13 AS build
RUN apt-get update && apt-get install -y --no-install-recommends curl
FROM scratch
COPY --from=build / /
`,
    },
    {
      title: "A stage that holds nothing but files",
      text: `
FROM golang:1.25 AS build
RUN go build -o /out/tool example.com/tool
FROM scratch AS files
COPY --from=build /out/tool /usr/local/bin/
FROM alpine:3.22
COPY --from=files / /
`,
    },
    {
      title: "Files from an image, and a system in a folder of its own",
      text: `
FROM tonistiigi/xx AS xx
FROM alpine:3.22 AS system
RUN apk add --no-cache openrc
FROM debian:13
COPY --from=xx / /
COPY --from=system / /rootfs
COPY --from=system / /alpine
`,
    },
  ],
  *check(analysis) {
    const { references, roots, dockerfile, stages } = analysis;
    if (dockerfile.escape !== "\\") return;
    for (const reference of references) {
      const { kind, target, onbuild, instruction, stage } = reference;
      if (kind !== "copy" || onbuild || target.kind !== "stage" || roots[stage]?.kind === "scratch") continue;
      // The destination is another one where a comment follows.
      if (instruction.args.length < 2 || commentWord(instruction)) continue;
      for (const word of instruction.args.slice(0, -1)) {
        const match = wholeRoot.exec(word.text);
        if (!match || !analysis.files(target.stage).isSure || !isSystem(analysis, target.stage)) continue;
        const isRelative = match[1] !== undefined;
        if (!isRelative && !landsInProgram(analysis, reference)) continue;
        const source = quotedStage(stages[target.stage]!);
        const { workdir } = analysis.files(target.stage);
        if (!isRelative || workdir === null || workdir === "/") {
          yield { span: word.span, message: `This copies all files of ${source}, its system included.` };
          continue;
        }
        const newText = word.text.endsWith("*") ? `${workdir}/*` : workdir;
        const fix: Fix = { title: `Change to ${newText}`, safety: "unsafe", edits: [{ span: word.span, newText }] };
        yield {
          span: word.span,
          message: `'${word.text}' is the root directory of ${source}, not its WORKDIR '${workdir}': all files of its system are copied.`,
          fixes: instruction.json ? [] : [fix],
        };
      }
    }
  },
};
