import type { Instruction, Word } from "../dockerfile/instruction.ts";
import { commentWord, moveComment } from "../dockerfile/trailing-comment.ts";
import { parseImage } from "../images/image.ts";
import { isUsualRoot, rootNames } from "../images/roots.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { quotedStage } from "../stages/describe.ts";
import type { FileChange, StageFiles } from "../stages/files.ts";
import type { Reference } from "../stages/resolve.ts";
import { isInside, lastPart, resolvePath } from "../text/paths.ts";
import { isOneTypoApart } from "../text/similar.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** A path that is taken from another stage. */
interface Crossing {
  readonly reference: Reference;
  /** The stage that it is taken from. */
  readonly source: number;
  readonly word: Word;
  /** With variables replaced. */
  readonly written: string;
  /** Absolute; of a pattern the directory that it looks in. */
  readonly path: string;
  readonly isPattern: boolean;
}

type Mounted = FileChange & { readonly kind: "mount" };

/** Why a path cannot be there. */
type Verdict =
  | { readonly kind: "relative"; readonly workdir: string; readonly isMissing: boolean }
  | { readonly kind: "missing" }
  | { readonly kind: "removed"; readonly change: FileChange }
  | { readonly kind: "mounted"; readonly change: Mounted };

/** The paths that there is something to say of. */
function* crossings(analysis: Analysis): Generator<Crossing> {
  const { references, values, dockerfile } = analysis;
  // Windows paths have other rules.
  if (dockerfile.escape !== "\\") return;
  for (const reference of references) {
    const { kind, target, instruction, onbuild, stage } = reference;
    if (kind === "from" || onbuild || target.kind !== "stage" || commentWord(instruction)) continue;
    for (const word of kind === "copy" ? copied(instruction) : mounted(reference)) {
      const written = values.expand(stage, word.text, instruction.span.start);
      if (written === null || written === "") continue;
      const source = target.stage;
      const isFine = (): boolean => isFinePath(analysis.files(source), written);
      if (analysis.keep(isFinePath, `${analysis.filesKey(source)} ${written}`, isFine)) continue;
      const { path, isPattern } = readPath(written);
      yield { reference, source, word, written, path, isPattern };
    }
  }
}

function readPath(written: string): { readonly path: string; readonly isPattern: boolean } {
  const pattern = patternOf(written);
  return { path: resolvePath("/", written.slice(0, written.length - pattern.length)), isPattern: pattern !== "" };
}

/** Whether there is nothing to say of a path that is taken from a stage. */
function isFinePath(files: StageFiles, written: string): boolean {
  if (/[\\:]/.test(written) || !files.isSure || files.isEmpty) return true;
  const { path } = readPath(written);
  return path === "/" || !judge(files, path, !written.startsWith("/"));
}

/** What of a path is a pattern: its first part with a wildcard, and all behind it. */
function patternOf(path: string): string {
  const at = path.search(/[*?[]/);
  return at < 0 ? "" : path.slice(path.lastIndexOf("/", at) + 1);
}

const hasComment: Question<boolean> = (instruction) => commentWord(instruction) !== null;

/** Comments after a COPY, whose words it looks for as paths. */
function* comments(analysis: Analysis): Generator<Finding> {
  if (analysis.those(hasComment).length === 0) return;
  const { references, dockerfile } = analysis;
  for (const { kind, target, instruction, onbuild } of references) {
    const word = kind === "copy" && !onbuild && target.kind === "stage" ? commentWord(instruction) : null;
    if (!word) continue;
    const fix = moveComment(dockerfile, instruction, word.span);
    yield {
      span: word.span,
      message:
        "This is no comment: COPY takes '#' and the words after it for paths. A comment needs a line of its own.",
      ...(fix && { fixes: [fix] }),
    };
  }
}

function copied({ args, flags }: Instruction): readonly Word[] {
  return flags.some(({ name }) => name === "parents") ? [] : args.slice(0, -1);
}

function mounted({ mount }: Reference): readonly Word[] {
  const field = mount?.fields.find(({ key }) => key === "source" || key === "src");
  return field?.value && field.valueSpan ? [{ text: field.value, span: field.valueSpan }] : [];
}

/**
 * Says why a path cannot be in a stage; `null` where it may be there. Who writes a relative path, or misspells the working
 * directory, thinks of what was made in there: then commands that work in it are not expected to write elsewhere.
 */
function judge(files: StageFiles, path: string, isRelative: boolean): Verdict | null {
  const verdict = verdictAtBase(files, path, isRelative);
  if (!verdict && !files.mayLose) return null;
  const isMeant = isRelative || misspeltRoot(files, path) !== null;
  let over: Mounted | null = null;
  for (const change of files.history(path)) {
    switch (change.kind) {
      case "mount":
        if (isFilled(change) || mayOnlyBeMade(files, path)) over ??= change;
        break;
      case "removal":
        return over ? { kind: "mounted", change: over } : { kind: "removed", change };
      case "directory":
        // What is mounted over is there without what was written to it.
        if (!over || change.path !== path) return null;
        break;
      case "content":
        if (!over || !bringsSources(change, over)) return null;
        break;
      case "work":
        if (!isMeant || over || !worksInside(files, change)) return null;
        break;
    }
  }
  return over ? { kind: "mounted", change: over } : verdict;
}

/** What is to be said of a path that no instruction of a stage makes: whether what it is built on can have it. */
function verdictAtBase(files: StageFiles, path: string, isRelative: boolean): Verdict | null {
  const { root, workdir } = files;
  if (root?.kind === "scratch") return { kind: "missing" };
  const top = path.split("/")[1]!;
  // As it is written: what a build arg may replace is not known.
  const names = root ? rootNames(parseImage(files.rootText)) : null;
  if (!isRelative) {
    // A stage that runs nothing is an image by another name, or still being written.
    return names && !names.has(top) && runs(files) && !files.mentionsInRoot(top) ? { kind: "missing" } : null;
  }
  if (workdir === null || workdir === "/") return null;
  const meant = resolvePath(workdir, path.slice(1));
  const isMissing = !isUsualRoot(top) && names?.has(top) !== true;
  if (isMissing ? files.mentionsInRoot(top) || !mayHold(files, meant) : !isNamed(files, meant)) return null;
  return { kind: "relative", workdir, isMissing };
}

function runs({ chain }: StageFiles): boolean {
  return chain.some(({ stage }) => stage.instructions.some(({ keyword }) => keyword === "RUN"));
}

/** Whether a COPY brings sources around a cache: what is in the cache is made from them, and is none of them. */
function bringsSources({ kind, instruction, ...change }: FileChange, { path, mount }: Mounted): boolean {
  return (
    kind === "content" &&
    (instruction.keyword === "COPY" || instruction.keyword === "ADD") &&
    !instruction.flags.some(({ name }) => name === "from") &&
    isFilled({ mount }) &&
    "path" in change &&
    path !== change.path
  );
}

/** Whether what lies in a mount is what commands write; other mounts lie over files that may be there. */
function isFilled({ mount }: Pick<Mounted, "mount">): boolean {
  return mount.type === "cache" || mount.type === "tmpfs";
}

/** Whether a path is none that an image may bring along. */
function mayOnlyBeMade({ workdir }: StageFiles, path: string): boolean {
  return !isUsualRoot(path.split("/")[1]!) || (workdir !== null && workdir !== "/" && isInside(workdir, path));
}

/** Whether a command surely runs in another directory than the root. */
function worksInside(files: StageFiles, { instruction }: FileChange): boolean {
  const workdir = instruction.keyword === "RUN" ? files.workdirAt(instruction) : null;
  return workdir !== null && workdir !== "/";
}

/** Whether something may have put the path there. */
function mayHold(files: StageFiles, path: string): boolean {
  for (const { kind } of files.history(path)) if (kind !== "mount") return kind !== "removal";
  return false;
}

/** Whether the path is there in any case: the text names it, and nothing removes it. */
function isNamed(files: StageFiles, path: string): boolean {
  for (const change of files.history(path)) {
    if (change.kind === "directory" || (change.kind === "content" && isInside(path, change.path))) return true;
    if (change.kind === "work" && change.places?.includes(path) === true) return true;
    if (change.kind === "removal") return false;
  }
  return false;
}

/** Whether a word stands in the text as it is, without quotes and continued lines. */
function plainWord({ text }: Analysis, { span, text: written }: Word): boolean {
  return text.slice(span.start, span.end) === written && /^[\w./$:{}@+-]+$/.test(written);
}

/** Writes another path for the one that is wrong. */
function replacePath(analysis: Analysis, { word }: Crossing, path: string, safety: Fix["safety"]): Fix[] {
  const { span, text } = word;
  const isQuoted = analysis.text.slice(span.start, span.end) === `"${text}"`;
  if (!isQuoted && !plainWord(analysis, word)) return [];
  const newText = isQuoted ? `"${path}"` : path;
  return [{ title: `Change to ${newText}`, safety, edits: [{ span, newText }] }];
}

/** The path with the pattern that stands behind it, which the fix keeps. */
function withPattern({ isPattern, written }: Crossing, path: string): string {
  if (!isPattern) return path;
  const pattern = patternOf(written);
  return path === "/" ? `/${pattern}` : `${path}/${pattern}`;
}

function fixesOf(analysis: Analysis, files: StageFiles, crossing: Crossing, verdict: Verdict): Fix[] {
  const { path } = crossing;
  switch (verdict.kind) {
    case "removed":
      return [];
    case "mounted":
      return copyOut(analysis, crossing, verdict.change);
    default: {
      const meant = misspeltRoot(files, path) ?? pathInWorkdir(files, path, verdict.kind === "relative");
      const found = meant === path ? null : meant;
      if (found === null || judge(files, found, false) || !mayHold(files, found)) return [];
      const isSafe = verdict.kind === "relative" && isNamed(files, found);
      return replacePath(analysis, crossing, withPattern(crossing, found), isSafe ? "safe" : "unsafe");
    }
  }
}

/**
 * The path in the working directory: `/dist` is `/app/dist` where `/app` is that. Of `/app/dist` in `/usr/src/app` the folder
 * that both have is there once.
 */
function pathInWorkdir(files: StageFiles, path: string, isRelative: boolean): string | null {
  const { workdir } = files;
  if (workdir === null) return null;
  const [, top = "", ...rest] = path.split("/");
  const folders = workdir.split("/");
  if (isRelative || !folders.includes(top)) return resolvePath(workdir, path.slice(1));
  if (rest.length > 0 && folders.at(-1) === top) return resolvePath(workdir, rest.join("/"));
  const found = resolvePath(workdir, lastPart(path));
  return isNamed(files, found) ? found : null;
}

/** The path with its first directory as the stage writes it, where one typing mistake parts the two. */
function misspeltRoot({ workdir }: StageFiles, path: string): string | null {
  const top = path.split("/")[1]!;
  const own = workdir?.split("/")[1] ?? "";
  return own.length > 2 && isOneTypoApart(top, own) ? `/${own}${path.slice(top.length + 1)}` : null;
}

/** Copies what lies in a mount to a place that is kept, in the RUN that makes it. */
function copyOut(analysis: Analysis, crossing: Crossing, { instruction, mount }: Mounted): Fix[] {
  const { reference, word, path, isPattern } = crossing;
  const { text } = analysis;
  const { start, end } = instruction.headSpan;
  const name = lastPart(path);
  const isPlain =
    !instruction.json &&
    instruction.heredocs.length === 0 &&
    mount.type === "cache" &&
    !text.slice(start, end).includes("#") &&
    /[\w"')]$/.test(text.slice(start, end));
  if (!isPlain || isPattern || reference.kind !== "copy" || isUsualRoot(name) || !plainWord(analysis, word)) return [];
  return [
    {
      title: `Copy it to /${name} in the same RUN`,
      safety: "unsafe",
      edits: [
        { span: { start: end, end }, newText: ` && cp -r ${path} /${name}` },
        { span: word.span, newText: `/${name}` },
      ],
    },
  ];
}

function describe(
  analysis: Analysis,
  { reference, written, path }: Crossing,
  source: number,
  verdict: Verdict,
): string {
  const stage = quotedStage(analysis.stages[source]!);
  const subject = stage.charAt(0).toUpperCase() + stage.slice(1);
  switch (verdict.kind) {
    case "relative": {
      const taker = reference.kind === "copy" ? "COPY --from" : "The mount";
      const missing = verdict.isMissing ? `, and nothing there makes '${path}'` : "";
      return `${taker} takes '${written}' from '/', not from the WORKDIR '${verdict.workdir}' of ${stage}${missing}.`;
    }
    case "missing":
      return `Nothing in ${stage} makes '${path}'.`;
    case "removed": {
      const { start } = verdict.change.span;
      return analysis.text.startsWith("mv", start)
        ? `${subject} moves '${path}' away before it ends.`
        : `${subject} removes '${path}' before it ends.`;
    }
    case "mounted": {
      const { path: place, mount } = verdict.change;
      return `'${place}' is a ${mount.type} mount in ${stage}: what RUN writes there is not kept.`;
    }
  }
}

function related({ kind, ...verdict }: Verdict): NonNullable<Finding["related"]> {
  if (!("change" in verdict)) return [];
  return [{ span: verdict.change.span, message: kind === "mounted" ? "Mounted here." : "This takes it away." }];
}

export const copyFromMissingPath: Rule = {
  id: "CopyFromMissingPath",
  severity: "warning",
  summary: "A path that is taken from a stage and cannot be there.",
  docs: `
What \`COPY --from\` and \`RUN --mount=from=\` take from a stage is looked for in that stage's files as its last instruction leaves
them. The build stops with \`not found\` where

- a relative path is meant to start in the stage's WORKDIR: it always starts in \`/\`. Write the path in full;
- the path lies in a cache, bind or tmpfs mount: a mount is there while its RUN works, and nothing of it becomes part of the
  stage. Copy what is needed to another place in the same RUN;
- a command of the stage removes it, or moves it away;
- nothing in the stage makes it: a stage built \`FROM scratch\` has what its instructions bring and no more, and in the root
  directory of official images there is nothing but the usual directories.

The rule speaks only where it is certain: all that the stage runs is known not to make the path, or to run before it is
removed. See [COPY --from](https://docs.docker.com/reference/dockerfile/#copy---from) and
[RUN --mount](https://docs.docker.com/reference/dockerfile/#run---mount).`,
  examples: [
    {
      title: "Meant to start in the WORKDIR",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM nginx:1.29
COPY --from=build dist /usr/share/nginx/html
                  ^^^^ COPY --from takes 'dist' from '/', not from the WORKDIR '/app' of stage 'build', and nothing there makes '/dist'.
`,
      fixed: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM nginx:1.29
COPY --from=build /app/dist /usr/share/nginx/html
`,
    },
    {
      title: "In the same way by a mount",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o out/tool ./cmd/tool
FROM alpine:3.22
RUN --mount=from=build,source=./out,target=/tools /tools/tool setup
                              ^^^^^ The mount takes './out' from '/', not from the WORKDIR '/src' of stage 'build', and nothing there makes '/out'.
`,
    },
    {
      title: "A comment after the paths",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /server .
FROM alpine:3.22
COPY --from=build /server /usr/local/bin/ # the only program
                                          ^ This is no comment: COPY takes '#' and the words after it for paths. A comment needs a line of its own.
`,
      fixed: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /server .
FROM alpine:3.22
# the only program
COPY --from=build /server /usr/local/bin/
`,
    },
    {
      title: "A directory of the system instead of the one that is meant",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN mkdir -p bin && go build -o bin/tool ./cmd/tool
FROM alpine:3.22
COPY --from=build bin /usr/local/bin
                  ^^^ COPY --from takes 'bin' from '/', not from the WORKDIR '/src' of stage 'build'.
`,
      fixed: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN mkdir -p bin && go build -o bin/tool ./cmd/tool
FROM alpine:3.22
COPY --from=build /src/bin /usr/local/bin
`,
    },
    {
      title: "Built into a cache",
      text: `
FROM rust:1.90 AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/app/target cargo build --release
FROM debian:13-slim
COPY --from=build /app/target/release/server /usr/local/bin/
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^ '/app/target' is a cache mount in stage 'build': what RUN writes there is not kept.
`,
      fixed: `
FROM rust:1.90 AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/app/target cargo build --release && cp -r /app/target/release/server /server
FROM debian:13-slim
COPY --from=build /server /usr/local/bin/
`,
    },
    {
      title: "Removed",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build && rm -rf node_modules
FROM node:22-slim
WORKDIR /app
COPY --from=build /app/dist dist
COPY --from=build /app/node_modules node_modules
                  ^^^^^^^^^^^^^^^^^ Stage 'build' removes '/app/node_modules' before it ends.
`,
    },
    {
      title: "Moved away",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o server . && mv server /usr/local/bin/server
FROM alpine:3.22
COPY --from=build /src/server /server
                  ^^^^^^^^^^^ Stage 'build' moves '/src/server' away before it ends.
`,
    },
    {
      title: "Not among the files that a stage collects",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/server .
FROM scratch AS files
COPY --from=build /out/server /server
FROM alpine:3.22
COPY --from=files /out/server /server
                  ^^^^^^^^^^^ Nothing in stage 'files' makes '/out/server'.
`,
    },
    {
      title: "Nothing makes it, in an image whose root is known",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o server .
FROM alpine:3.22
COPY --from=build /server /server
                  ^^^^^^^ Nothing in stage 'build' makes '/server'.
`,
      fixed: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o server .
FROM alpine:3.22
COPY --from=build /src/server /server
`,
    },
    {
      title: "In another folder of the same name",
      text: `
FROM node:22 AS build
WORKDIR /usr/src/app
COPY . .
RUN npm ci && npm run build
FROM nginx:1.29
COPY --from=build /app/dist /usr/share/nginx/html
                  ^^^^^^^^^ Nothing in stage 'build' makes '/app/dist'.
`,
      fixed: `
FROM node:22 AS build
WORKDIR /usr/src/app
COPY . .
RUN npm ci && npm run build
FROM nginx:1.29
COPY --from=build /usr/src/app/dist /usr/share/nginx/html
`,
    },
    {
      title: "A typing mistake",
      text: `
FROM golang:1.25 AS build
WORKDIR /app
COPY . .
RUN go build -o bin/server .
FROM alpine:3.22
COPY --from=build /ap/bin/server /server
                  ^^^^^^^^^^^^^^ Nothing in stage 'build' makes '/ap/bin/server'.
`,
      fixed: `
FROM golang:1.25 AS build
WORKDIR /app
COPY . .
RUN go build -o bin/server .
FROM alpine:3.22
COPY --from=build /app/bin/server /server
`,
    },
    {
      title: "Relative and right: from the root on",
      text: `
FROM composer:2 AS vendor
WORKDIR /app
COPY composer.json composer.lock ./
RUN composer install --no-dev
FROM php:8.4-apache
COPY --from=vendor app/vendor/ /var/www/html/vendor
`,
    },
    {
      title: "Copied out of the cache",
      text: `
FROM rust:1.90 AS build
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/app/target cargo build --release && cp target/release/server /usr/local/bin/
FROM debian:13-slim
COPY --from=build /usr/local/bin/server /usr/local/bin/
`,
    },
    {
      title: "Mounted over files of the image",
      text: `
FROM example/certificates:1 AS certificates
FROM golang:1.25 AS build
WORKDIR /src
RUN --mount=from=certificates,source=/certs,target=/etc/ssl/certs go install example.com/tool@latest
FROM alpine:3.22
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
`,
    },
    {
      title: "Built without the cache, too",
      text: `
FROM rust:1.90 AS build
WORKDIR /app
COPY . .
RUN cargo build --release
RUN --mount=type=cache,target=/app/target cargo test
FROM debian:13-slim
COPY --from=build /app/target/release/server /usr/local/bin/
`,
    },
    {
      title: "Made again, or not surely removed",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN rm -rf dist && npm run build
RUN if [ -n "$SLIM" ]; then rm -rf docs; fi
FROM node:22-slim
COPY --from=build /app/dist /app/docs /app/
`,
    },
    {
      title: "A script may make it anywhere",
      text: `
FROM debian:13 AS build
WORKDIR /src
COPY . .
RUN ./build.sh
FROM debian:13-slim
COPY --from=build /server /server
`,
    },
    {
      title: "A variable names it",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
ENV GOBIN=/tools
RUN go install example.com/tool@latest
FROM alpine:3.22
COPY --from=build /tools/tool /usr/local/bin/
`,
    },
  ],
  *check(analysis) {
    if (analysis.text.includes(" #")) yield* comments(analysis);
    for (const crossing of crossings(analysis)) {
      const { source, word, path, written } = crossing;
      const files = analysis.files(source);
      const verdict = judge(files, path, !written.startsWith("/"));
      if (!verdict) continue;
      yield {
        span: word.span,
        message: describe(analysis, crossing, source, verdict),
        related: related(verdict),
        fixes: fixesOf(analysis, files, crossing, verdict),
      };
    }
  },
};
