import type { Instruction } from "../dockerfile/instruction.ts";
import type { ShellCommand } from "../dockerfile/shell.ts";
import type { Analysis } from "../stages/analysis.ts";
import { type Layer, layersOf } from "../stages/layers.ts";
import type { Question } from "../stages/memory.ts";
import { readPackageCommand } from "../stages/packages.ts";
import { lastPart, resolvePath } from "../text/paths.ts";
import { type Edit, lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import { bringsFiles } from "./common/arrivals.ts";
import { type Install, installerWords, readInstall } from "./common/installers.ts";
import type { Finding, Fix, Rule } from "./rule.ts";
import { isDeep } from "./common/systems.ts";

/** Whether a COPY or ADD brings the whole build context. */
function bringsContext({ keyword, flags, args }: Instruction): boolean {
  if (keyword !== "COPY" && keyword !== "ADD") return false;
  if (flags.some(({ name }) => name === "from" || name === "parents")) return false;
  return args.slice(0, -1).some(({ text }) => /^(?:\.\/?|\/|\*|\.\/\*)$/.test(text));
}

const isWholeCopy: Question<boolean> = (instruction) => bringsContext(instruction);

/** Tools that build many projects at once: which manifests they need is theirs to know. */
const monorepo = /\b(?:lerna|turbo|nx|rush|workspaces?|bazel|pants|monorepo)\b/;

const severalProjects = /(?:^|[\s/])(?:packages|apps|libs|modules|projects)\//m;

const manifestNames =
  /package(?:-lock)?\.json|requirements[\w-]*\.txt|go\.mod|pom\.xml|Gemfile|composer\.json|Pipfile|pyproject\.toml|mix\.exs|\.csproj|Cargo\.toml/;

/** Whether a command may make or change what an install reads. */
function changesManifests({ name, words, redirects }: ShellCommand): boolean {
  if (/^(?:cat|ls|test|\[|chmod|chown)$/.test(name)) return false;
  return [...words, ...redirects.flatMap(({ target }) => target ?? [])].some(({ text }) => manifestNames.test(text));
}

/** An install that runs anew with each change of the sources. */
interface Late {
  readonly copy: Layer;
  readonly run: Layer;
  /** The commands of the RUN, and which of them installs. */
  readonly commands: readonly ShellCommand[];
  readonly at: number;
  readonly install: Install;
  /** Whether nothing between the two may need the sources. */
  readonly movable: boolean;
}

/** Commands that do not look at the sources. */
function isIndependent({ name, words }: ShellCommand): boolean {
  if (/^(?:echo|corepack|true|update-ca-certificates)$/.test(name) || readPackageCommand(words)) return true;
  const args = words.slice(1).map(({ value }) => value);
  if (/^(?:npm|yarn|pnpm)$/.test(name))
    return args[0] === "config" || args[0] === "global" || args.includes("-g") || args.includes("--global");
  if (/^(?:pip3?|python3?)$/.test(name))
    return args.includes("install") && !args.some((arg) => /^-[re]|^\.|\//.test(arg));
  return name === "rm" && args.every((arg) => arg.startsWith("-") || arg.startsWith("/var/"));
}

/** Finds the first install of a stage that stands behind a copy of everything. */
function findLate(analysis: Analysis, stage: number): Late | null {
  let copy: Layer | null = null;
  let movable = true;
  const brought: string[] = [];
  for (const layer of layersOf(analysis, stage)) {
    const { instruction } = layer;
    const isOwn = layer.stage.index === stage;
    if (bringsFiles(instruction)) {
      if (!bringsContext(instruction)) {
        brought.push(...instruction.args.slice(0, -1).map(({ text }) => lastPart(text.replace(/\/$/, ""))));
      } else if (isOwn) copy ??= layer;
      else return null;
      continue;
    }
    if (instruction.keyword !== "RUN") continue;
    const text = analysis.text.slice(instruction.span.start, instruction.span.end);
    if (monorepo.test(text)) return null;
    const { commands, opaque } = analysis.script(instruction);
    // A cache of its own makes an install cheap, and a bind mount brings other files.
    const isMounted = instruction.mounts.some(({ type }) => type === "cache" || type === "bind");
    for (const [at, command] of commands.entries()) {
      const install = installerWords.test(text) ? readInstall(command) : null;
      if (!install) {
        if (copy && changesManifests(command)) return null;
        movable &&= !copy || isIndependent(command);
        continue;
      }
      // What was installed above is there already; what installs then is another step.
      if (!copy || isMounted || command.depth > 0 || brought.some(install.isManifest)) return null;
      return { copy, run: layer, commands, at, install, movable: movable && !opaque };
    }
    if (instruction.json) movable = false;
  }
  return null;
}

/** Whole lines: an instruction with the comment above it. */
function linesOf({ lines }: Analysis, { span, comment }: Instruction): Span {
  return {
    start: lines.startOf(lines.lineAt(comment?.start ?? span.start)),
    end: lines.startOf(lines.lineAt(span.end) + 1),
  };
}

/** Copies the manifests in front of the install and everything else behind it. */
function reorder(analysis: Analysis, { copy, run, commands, at, install, movable }: Late): Fix | null {
  const { text } = analysis;
  const { instruction } = copy;
  const written = instruction.args.at(-1)!.text;
  if (!movable || !install.manifests || instruction.json || instruction.args.length !== 2) return null;
  if (!/^[\w./-]+$/.test(written) || (!written.startsWith("/") && copy.cwd !== run.cwd)) return null;
  // The manifests must land where the install looks for them.
  const isSame = copy.cwd === null && run.cwd === null ? /^\.?\/?$/.test(written) : false;
  if (!isSame && (run.cwd === null || resolvePath(copy.cwd ?? "/", written) !== run.cwd)) return null;

  const eol = lineEnding(text);
  const block = linesOf(analysis, instruction);
  const moved = text.slice(block.start, block.end).replace(/\r?\n$/, "");
  const indent = /^[ \t]*/.exec(text.slice(analysis.lines.startOf(instruction.startLine), instruction.span.start))![0];
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const flags = instruction.flags
    .filter(({ name }) => name !== "exclude")
    .map(({ span }) => `${text.slice(span.start, span.end)} `);
  const target = written === "." ? "./" : written.endsWith("/") ? written : `${written}/`;
  const first = `${indent}${keyword} ${flags.join("")}${install.manifests.join(" ")} ${target}${eol}`;
  const behind = placeBehind(analysis, run.instruction, commands, at, moved, eol);
  if (!behind || block.end > behind.span.start) return null;
  return {
    title: `Copy ${install.manifests.join(" ").replaceAll("*", "")} first, and the rest after '${install.label}'`,
    safety: "unsafe",
    edits: [{ span: block, newText: first }, behind],
  };
}

/** Puts lines behind the command that installs; a RUN that goes on is parted there. */
function placeBehind(
  { text, lines }: Analysis,
  run: Instruction,
  commands: readonly ShellCommand[],
  at: number,
  moved: string,
  eol: string,
): Edit | null {
  if (at === commands.length - 1) {
    const end = lines.startOf(lines.lineAt(run.span.end) + 1);
    const isOpen = text[end - 1] !== "\n";
    return { span: { start: end, end }, newText: isOpen ? `${eol}${moved}` : `${moved}${eol}` };
  }
  const next = commands[at + 1]!;
  const span = { start: commands[at]!.span.end, end: next.span.start };
  const isPlain = run.flags.length === 0 && run.heredocs.length === 0 && !/#/.test(text.slice(span.start, span.end));
  const joint = text.slice(span.start, span.end).replace(/\\\r?\n/g, "");
  if (!isPlain || next.separator !== "&&" || next.depth > 0 || joint.trim() !== "&&") return null;
  const keyword = text.slice(run.keywordSpan.start, run.keywordSpan.end);
  return { span, newText: `${eol}${moved}${eol}${keyword} ` };
}

export const sourceBeforeDependencies: Rule = {
  id: "SourceBeforeDependencies",
  severity: "hint",
  summary: "All sources are copied before the dependencies are installed.",
  docs: `
BuildKit takes a layer from its cache as long as nothing above it changed. After \`COPY . .\` everything changes with each edit of a
source file, so that \`npm ci\`, \`pip install -r requirements.txt\` or \`go mod download\` fetches all dependencies again.

Copy the manifests first, install, and copy the rest then. Where scripts of the project run while installing, or where there are
several projects in one, more than the manifests is needed: that is why the quick fix is not applied unasked. Keep a local
\`node_modules\` out of the second copy with a \`.dockerignore\` file.

The rule stays silent where a manifest was copied before, where the install needs the sources anyway (\`pip install .\`), where it
has a cache or a bind mount of its own, and for tools that build many projects at once. See
[Optimize cache usage](https://docs.docker.com/build/cache/optimize/#order-your-layers).`,
  examples: [
    {
      title: "npm",
      text: `
FROM node:22
WORKDIR /app
# The sources
COPY --chown=node . .
                  ^^^ All files are copied before 'npm ci', so each change to any of them runs it again.
RUN npm ci
RUN npm run build
`,
      fixed: `
FROM node:22
WORKDIR /app
COPY --chown=node package*.json ./
RUN npm ci
# The sources
COPY --chown=node . .
RUN npm run build
`,
    },
    {
      title: "Built in the same RUN",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . /app
     ^^^^^^ All files are copied before 'yarn install', so each change to any of them runs it again.
RUN yarn install --frozen-lockfile && \\
    yarn build
`,
      fixed: `
FROM node:22 AS build
WORKDIR /app
COPY package.json yarn.lock* /app/
RUN yarn install --frozen-lockfile
COPY . /app
RUN yarn build
`,
    },
    {
      title: "Python",
      text: `
FROM python:3.13-slim
COPY . /srv
     ^^^^^^ All files are copied before 'pip install -r requirements.txt', so each change to any of them runs it again.
WORKDIR /srv
RUN apt-get update && apt-get install -y --no-install-recommends libpq5
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python", "serve.py"]
`,
      fixed: `
FROM python:3.13-slim
COPY requirements.txt /srv/
WORKDIR /srv
RUN apt-get update && apt-get install -y --no-install-recommends libpq5
RUN pip install --no-cache-dir -r requirements.txt
COPY . /srv
CMD ["python", "serve.py"]
`,
    },
    {
      title: "Several projects, so that the file does not tell what to copy",
      text: `
FROM mcr.microsoft.com/dotnet/sdk:9.0
WORKDIR /src
COPY . .
     ^^^ All files are copied before 'dotnet restore', so each change to any of them runs it again.
RUN dotnet restore
RUN dotnet publish -o /out
`,
    },
    {
      title: "The manifests come first",
      text: `
FROM golang:1.25 AS go
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go mod download && go build -o /app .
FROM node:22 AS web
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM web
COPY . .
RUN npm ci --omit=dev
`,
    },
    {
      title: "The install needs the sources, or is cheap",
      text: `
FROM python:3.13 AS python
COPY . .
RUN pip install -r requirements.txt .
FROM node:22 AS cached
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci
FROM rust:1.80 AS rust
COPY . .
RUN cargo build --release
FROM php:8.4 AS php
COPY . .
RUN composer install
FROM node:22
COPY . .
RUN npm ci --workspace=web && npm install --global serve
`,
    },
    {
      title: "Only chosen files are in the context",
      text: `
FROM node:22
COPY . .
RUN npm ci
`,
      ignoreFile: "*\n!package*.json\n",
    },
  ],
  *check(analysis, { ignoreFile }) {
    if (!installerWords.test(analysis.text) || (ignoreFile && /^[ \t]*\*{1,2}[ \t]*$/m.test(ignoreFile.text))) return;
    let several: boolean | undefined;
    for (const index of new Set(
      analysis
        .those(isWholeCopy)
        .filter(bringsContext)
        .map((copy) => analysis.stageOf(copy)?.index ?? null),
    )) {
      if (index === null || isDeep(analysis, index)) continue;
      const late = findLate(analysis, index);
      if (!late) continue;
      // Of several projects each has a manifest.
      several ??= severalProjects.test(analysis.text);
      yield toFinding(late, several ? null : reorder(analysis, late));
    }
  },
};

function toFinding(late: Late, fix: Fix | null): Finding {
  const { args } = late.copy.instruction;
  return {
    span: { start: args[0]!.span.start, end: args.at(-1)!.span.end },
    message: `All files are copied before '${late.install.label}', so each change to any of them runs it again.`,
    related: [{ span: late.commands[late.at]!.span, message: "This runs again." }],
    ...(fix && { fixes: [fix] }),
  };
}
