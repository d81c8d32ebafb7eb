import type { Instruction, Word } from "../dockerfile/instruction.ts";
import { parseImage } from "../images/image.ts";
import { isWorkplace } from "../images/roles.ts";
import { readStarter } from "../refactor/split/ecosystems/node/start.ts";
import { splitStage } from "../refactor/split-stage.ts";
import type { Analysis } from "../stages/analysis.ts";
import { type Call, readCalls } from "../stages/calls.ts";
import { copyTarget } from "../stages/copies.ts";
import { quotedStage } from "../stages/describe.ts";
import { baseChain } from "../stages/graph.ts";
import { type Layer, layersIn, type StageEnd, unknownStart } from "../stages/layers.ts";
import { isWorkStage, programKind, startKind } from "../stages/programs.ts";
import type { Stage } from "../stages/resolve.ts";
import { readStart, type StartedCall, startOf } from "../stages/start.ts";
import type { Edit } from "../text/edit.ts";
import { lineEnding } from "../text/edit.ts";
import { isInside, lastPart, resolvePath } from "../text/paths.ts";
import type { Span } from "../text/range.ts";
import { type Install, readInstall } from "./common/dev-dependencies.ts";
import type { Neighbours } from "../workspace/neighbours.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** Without any of these nothing in a text installs dependencies. */
const words = /\b(?:npm|yarn|pnpm|composer|bundler?|pip3?|pipenv|poetry|uv)\b/;

/** Dependencies at a place of a stage's files, those for development among them. */
interface Kept {
  readonly path: string;
  readonly install: Install;
  /** The stage that installs them. */
  readonly stage: Stage;
  /** The source of the copy that brings them into the image that ships; `null` where it installs them itself. */
  readonly copied: { readonly word: Word; readonly from: number } | null;
}

/** More places than anybody's stage has. */
const most = 20;

/** The dependencies with those for development at the end of the last stage. */
function keptAtEnd(analysis: Analysis, last: Stage): readonly Kept[] {
  const { stages, graph, references, scope } = analysis;
  const shipped = new Set(baseChain(stages, last.index));
  const copies = new Map<Instruction, number>();
  for (const { kind, instruction, target } of references)
    if (kind === "copy" && target.kind === "stage") copies.set(instruction, target.stage);
  const ends = new Map<number, readonly Kept[]>();
  const states = new Map<number, StageEnd>();
  for (const stage of stages) {
    if (!graph.needed[stage.index]) continue;
    const base = stage.base?.target.kind === "stage" ? stage.base.target.stage : -1;
    const { layers, end } = layersIn(analysis, stage.index, states.get(base) ?? unknownStart);
    states.set(stage.index, end);
    let here: readonly Kept[] = ends.get(base) ?? [];
    for (const layer of layers) {
      const { instruction } = layer;
      const { span } = instruction;
      if (instruction.keyword === "COPY") {
        const from = copies.get(instruction);
        const brought = from === undefined ? [] : carriedBy(layer, ends.get(from) ?? []);
        here = without(here, layer);
        for (const [word, kept, path] of brought) {
          const copied = shipped.has(stage.index) && from !== undefined ? { word, from } : null;
          here = [...here, { ...kept, path, copied }];
        }
      } else if (instruction.keyword === "RUN" && mayChange(analysis, instruction, here)) {
        const isSet = (name: string): boolean => scope.lookUp(stage.index, name, span.start) !== null;
        here = afterRun(here, readCalls(analysis, instruction, layer), isSet, stage);
      }
    }
    ends.set(stage.index, here.slice(-most));
  }
  return ends.get(last.index) ?? [];
}

function mayChange({ text }: Analysis, { span }: Instruction, here: readonly Kept[]): boolean {
  const source = text.slice(span.start, span.end);
  return words.test(source) || (here.length > 0 && /\b(?:rm|mv|cp)\b/.test(source));
}

function afterRun(
  before: readonly Kept[],
  calls: readonly Call[],
  isSet: (name: string) => boolean,
  stage: Stage,
): readonly Kept[] {
  let here = before;
  const lean = new Set<string>();
  for (const call of calls) {
    if (call.name === "rm")
      here = here.filter(({ path }) => !call.words.some(({ text }) => holds(call.path(text), path)));
    if (call.name === "mv" || call.name === "cp") here = moved(here, call);
    const install = readInstall(call, isSet);
    if (!install) continue;
    const { path, development } = install;
    here = here.filter((kept) => kept.path !== path);
    if (development === false) lean.add(path);
    // Where the shell chooses between both, nothing is known.
    if (development !== true || (lean.has(path) && call.command.depth > 0)) continue;
    if (here.length < most) here = [...here, { path, install, stage, copied: null }];
  }
  return here.filter(({ path }) => !lean.has(path) || !calls.some(({ command }) => command.depth > 0));
}

function holds(directory: string | null, path: string): boolean {
  return directory !== null && isInside(directory.replace(/\/\*$/, ""), path);
}

/** What `mv a b` and `cp -r a b` make of places. */
function moved(here: readonly Kept[], call: Call): readonly Kept[] {
  const operands = call.words.filter(({ value }) => !value.startsWith("-"));
  if (operands.length !== 2) return here;
  const [source, target] = operands.map(({ text }) => call.path(text));
  if (source === null || source === undefined || target === null || target === undefined) return here;
  const found = here.filter(({ path }) => isInside(source, path));
  const copies = found.map((kept) => ({ ...kept, path: resolvePath(target, kept.path.slice(source.length + 1)) }));
  return [...(call.name === "mv" ? here.filter((kept) => !found.includes(kept)) : here), ...copies].slice(-most);
}

/** What a COPY puts something else in the place of. */
function without(here: readonly Kept[], layer: Layer): readonly Kept[] {
  if (here.length === 0) return here;
  const target = targetOf(layer);
  const names = layer.instruction.args.slice(0, -1).map(({ text }) => lastPart(text.replace(/\/$/, "")));
  return here.filter(
    ({ path }) => path !== target && !(names.includes(lastPart(path)) && target !== null && isInside(target, path)),
  );
}

function targetOf(layer: Layer): string | null {
  return copyTarget({ ...layer, cwd: layer.cwd === null ? null : { value: layer.cwd } })?.path ?? null;
}

/** What a COPY from a stage takes along: the source, what lies in it, and where that lands. */
function carriedBy(layer: Layer, there: readonly Kept[]): [Word, Kept, string][] {
  const { args, flags } = layer.instruction;
  if (there.length === 0 || args.length < 2 || flags.some(({ name }) => name === "exclude" || name === "parents"))
    return [];
  const target = targetOf(layer);
  if (target === null) return [];
  const found: [Word, Kept, string][] = [];
  for (const word of args.slice(0, -1)) {
    if (/[$*?[]/.test(word.text)) continue;
    const source = resolvePath("/", word.text);
    for (const kept of there) {
      if (isInside(source, kept.path))
        found.push([word, kept, resolvePath(target, kept.path.slice(source === "/" ? 1 : source.length + 1))]);
    }
  }
  return found;
}

/** Whether what the container starts is the finished program, which needs no dependencies for development. */
function runsWithout(analysis: Analysis, last: Stage, { installer }: Install): boolean {
  const { entrypoint, cmd } = startOf(analysis, last.index);
  const start = readStart(analysis, entrypoint, cmd);
  const root = analysis.roots[last.index];
  if (!start)
    return installer === "composer" && root?.kind === "image" && /(?:^|\/)php:.*(?:apache|fpm)/.test(root.image);
  const { calls } = start;
  const value = (name: string): string | null => analysis.values.expand(last.index, `\${${name}}`, Infinity);
  switch (installer) {
    case "npm":
    case "yarn":
    case "pnpm":
      return calls.length > 0 && calls.every((call) => isFinishedNode(call, value("NODE_ENV") === "production"));
    case "bundle":
      return (
        startKind(calls) === "program" &&
        ["RAILS_ENV", "RACK_ENV", "HANAMI_ENV", "APP_ENV"].some((name) => value(name) === "production")
      );
    case "composer":
      return calls.every(
        ({ program, args }) =>
          /^(?:php-fpm|apache2-foreground|frankenphp|supervisord|nginx)/.test(lastPart(program)) &&
          !args.includes("serve"),
      );
    case "pip":
    case "pipenv":
    case "poetry":
    case "uv":
      return calls.length > 0 && calls.every((call) => isPythonServer(call));
  }
}

function isFinishedNode(call: StartedCall, production: boolean): boolean {
  if (programKind(call) !== "program") return false;
  const starter = readStarter(call);
  if (starter.kind === "node")
    return starter.plain && starter.file !== null && !/\.[cm]?tsx?$|node_modules|^-/.test(starter.file);
  if (starter.kind === "script")
    return (production ? /\bstart(?::prod(?:uction)?)?$/ : /\bstart:prod(?:uction)?$/).test(starter.words);
  if (lastPart(call.program) === "pm2-runtime") return call.args.some((arg) => /\.[cm]?js$/.test(arg));
  return lastPart(call.program) === "next" && call.args[0] === "start";
}

const pythonServers = new Set("gunicorn uvicorn hypercorn daphne waitress-serve uwsgi granian celery".split(" "));

function isPythonServer(call: StartedCall): boolean {
  if (programKind(call) !== "program") return false;
  const name = lastPart(call.program);
  if (/^(?:poetry|uv|pipenv)$/.test(name)) {
    const [verb, program = "", ...args] = call.args.filter((arg, i) => !arg.startsWith("-") || i > 1);
    return verb === "run" && isPythonServer({ program, args });
  }
  if (/^python[\d.]*$/.test(name)) return call.args[0] === "-m" && pythonServers.has(call.args[1] ?? "");
  return pythonServers.has(name);
}

/** What in a file says that its image is for development, too. */
const development = /\b(?:xdebug|nodemon|phpunit|ts-node|livereload|hot[- ]reload|debugpy|pytest)\b/i;

const nodeBuild =
  /\b(?:run|yarn|pnpm|nx|turbo) (?:[\w:-]*build|compile|bundle)|\b(?:tsc|webpack|vite|ng|nest|next|rollup|esbuild|gulp|grunt) ?/;

function* check(analysis: Analysis, last: Stage, neighbours: Neighbours): Generator<Finding> {
  const [kept] = keptAtEnd(analysis, last).filter(({ install }) => runsWithout(analysis, last, install));
  if (!kept || development.test(analysis.text)) return;
  const { install, copied, stage } = kept;
  if (copied) {
    const fix = pruneAtEnd(analysis, kept, copied.from);
    yield {
      span: copied.word.span,
      message: `'${copied.word.text}' brings dependencies for development into the image: ${quotedStage(stage)} installs them too, and nothing removes them.`,
      related: [{ span: install.span, message: "They are installed here." }],
      ...(fix && { fixes: [fix] }),
    };
    return;
  }
  // A build with Node needs them, and its split leaves them behind.
  if (analysis.stages.length === 1 && nodeBuild.test(analysis.text)) {
    const plan = splitStage.plan(analysis, last.from.span, neighbours);
    if (plan && !("unavailable" in plan)) return;
  }
  const fix = leaveOut(analysis, kept);
  yield {
    span: install.span,
    message:
      install.installer === "pip"
        ? `'${install.text}' names packages for development, which the image does not need to run.`
        : `'${install.text}' also installs dependencies for development, which the image does not need to run.`,
    ...(fix && { fixes: [fix] }),
  };
}

/** Whether Yarn is a version that knows `--production`: the first. */
function isFirstYarn({ text }: Analysis): boolean {
  return !/--immutable|\.yarnrc\.yml|\.yarn\/|\.yarn\b|corepack|yarn@[2-9]|yarn set version|berry/.test(text);
}

function majorOfNode(analysis: Analysis, stage: Stage): number | null {
  const root = analysis.roots[stage.index];
  const image = root?.kind === "image" ? parseImage(root.image) : null;
  if (image?.name !== "node") return null;
  return /^(?:lts|current|latest|alpine|slim)?(?:-|$)/.test(image.tag)
    ? 99
    : Number(/^\d+/.exec(image.tag)?.[0] ?? NaN);
}

/** The words that leave dependencies for development out; `null` where that is not certain. */
function leanOption(analysis: Analysis, { installer }: Install, stage: Stage): string | null {
  if (installer === "pnpm") return "--prod";
  if (installer === "yarn") return isFirstYarn(analysis) ? "--production" : null;
  if (installer !== "npm") return null;
  const major = majorOfNode(analysis, stage);
  return major === null || Number.isNaN(major) ? null : major >= 16 ? "--omit=dev" : "--production";
}

function leaveOut(analysis: Analysis, kept: Kept): Fix | null {
  const { install, stage } = kept;
  const builds = stage.instructions.some(
    ({ keyword, span }) => keyword === "RUN" && nodeBuild.test(analysis.text.slice(span.start, span.end)),
  );
  if (install.installer === "composer") return addOption(install.span, "--no-dev");
  const option = leanOption(analysis, install, stage);
  return option === null || builds || install.asked
    ? null
    : addOption(install.span, install.text === "yarn" ? `install ${option}` : option);
}

function addOption({ end }: Span, option: string): Fix {
  return {
    title: `Add ${option.replace("install ", "")}`,
    safety: "unsafe",
    edits: [{ span: { start: end, end }, newText: ` ${option}` }],
  };
}

/** Removes them at the end of the stage that the image copies from, where nobody else needs them. */
function pruneAtEnd(analysis: Analysis, { install, stage, path }: Kept, from: number): Fix | null {
  const { stages, graph, text } = analysis;
  const end = stages[from]!;
  if (
    stage !== end ||
    graph.dependents[from]!.some(({ kind, stage: user }) => kind !== "copy" || user !== stages.length - 1)
  )
    return null;
  if (!path.endsWith("/node_modules")) return null;
  const option = leanOption(analysis, install, stage);
  if (option === null) return null;
  const { layers, end: state } = layersIn(analysis, from, unknownStart);
  const last = end.instructions.at(-1);
  if (!last || layers.length === 0 || state.cwd !== install.directory) return null;
  const command =
    install.installer === "yarn"
      ? "yarn install --production --ignore-scripts --prefer-offline"
      : `${install.installer} prune ${option}`;
  const run = text.slice(last.keywordSpan.start, last.keywordSpan.end) === last.keyword.toLowerCase() ? "run" : "RUN";
  const edit: Edit = {
    span: { start: last.span.end, end: last.span.end },
    newText: `${lineEnding(text)}${run} ${command}`,
  };
  return {
    title: `Remove them with '${command.split(" ").slice(0, 2).join(" ")}' in ${quotedStage(end)}`,
    safety: "unsafe",
    edits: [edit],
  };
}

export const devDependenciesInFinalStage: Rule = {
  id: "DevDependenciesInFinalStage",
  severity: "information",
  summary: "An image that ships dependencies for development.",
  docs: `
Test runners, compilers and type definitions make an image larger and bring more that can be attacked, and the finished program
does not use them. Most package managers install them unless they are told not to: \`npm ci --omit=dev\`, \`pnpm install --prod\`,
\`composer install --no-dev\`, \`bundle config set without 'development test'\`, \`poetry install --only main\`, \`uv sync --no-dev\`. Where
a builder stage needs them, it can remove them at its end (\`npm prune --omit=dev\`), or the dependencies to ship are installed in a
stage of their own. See [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/).

The rule follows installed dependencies through the stages into the image that a build without \`--target\` ships, and speaks only
where that image surely starts a finished program: \`node dist/server.js\`, \`npm start\` with \`NODE_ENV=production\`, \`gunicorn\`,
PHP-FPM with an optimized autoloader, Rails with \`RAILS_ENV=production\`. Wherever \`NODE_ENV\` and the like are set before the
install, in a shell's alternatives, and in images for development it is silent.`,
  examples: [
    {
      title: "The builder's dependencies are copied as they are",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM node:22-slim
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
                  ^^^^^^^^^^^^^^^^^ '/app/node_modules' brings dependencies for development into the image: stage 'build' installs them too, and nothing removes them.
COPY --from=build /app/dist ./dist
USER node
CMD ["node", "dist/server.js"]
`,
      fixed: `
FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm prune --omit=dev
FROM node:22-slim
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
CMD ["node", "dist/server.js"]
`,
    },
    {
      title: "The stage that runs installs them",
      text: `
FROM node:22 AS assets
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
    ^^^^^^ 'npm ci' also installs dependencies for development, which the image does not need to run.
COPY --from=assets /app/dist ./dist
USER node
CMD ["node", "dist/server.js"]
`,
      fixed: `
FROM node:22 AS assets
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY --from=assets /app/dist ./dist
USER node
CMD ["node", "dist/server.js"]
`,
    },
    {
      title: "Through a stage in between, started by a script of production",
      text: `
FROM node:22 AS deps
WORKDIR /app
COPY package.json yarn.lock ./
RUN yarn install
FROM node:22 AS build
WORKDIR /src
COPY --from=deps /app ./
COPY . .
RUN yarn build
FROM node:22-slim
ENV NODE_ENV=production
COPY --from=build /src /srv
                  ^^^^ '/src' brings dependencies for development into the image: stage 'deps' installs them too, and nothing removes them.
WORKDIR /srv
USER node
CMD ["yarn", "start"]
`,
    },
    {
      title: "Python",
      text: `
FROM python:3.13-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt -r requirements-dev.txt
                                       ^^^^^^^^^^^^^^^^^^^^ 'requirements-dev.txt' names packages for development, which the image does not need to run.
USER nobody
CMD ["gunicorn", "app:app"]
`,
    },
    {
      title: "PHP, made for production",
      text: `
FROM php:8.4-fpm
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /var/www
COPY . .
RUN composer install --optimize-autoloader
    ^^^^^^^^^^^^^^^^ 'composer install' also installs dependencies for development, which the image does not need to run.
`,
      fixed: `
FROM php:8.4-fpm
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /var/www
COPY . .
RUN composer install --no-dev --optimize-autoloader
`,
    },
    {
      title: "Ruby on Rails in production",
      text: `
FROM ruby:3.4-slim
ENV RAILS_ENV=production
WORKDIR /app
COPY . .
RUN bundle install
    ^^^^^^^^^^^^^^ 'bundle install' also installs dependencies for development, which the image does not need to run.
USER nobody
CMD ["bundle", "exec", "puma"]
`,
    },
    {
      title: "Removed at the end of the builder",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build && npm prune --omit=dev
FROM node:22-slim
COPY --from=build /app /app
CMD ["node", "/app/dist/server.js"]
`,
    },
    {
      title: "Two installs, the lean one is copied",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci --omit=dev && cp -R node_modules /prod_modules && npm ci && npm run build
FROM node:22-slim
WORKDIR /app
COPY --from=build /prod_modules ./node_modules
COPY --from=build /app/dist ./dist
CMD ["node", "dist/server.js"]
`,
    },
    {
      title: "NODE_ENV decides",
      text: `
FROM node:22-slim
ARG NODE_ENV
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "server.js"]
`,
    },
    {
      title: "What starts may need them",
      text: `
FROM node:22 AS deps
WORKDIR /app
COPY . .
RUN npm ci
FROM node:22-slim
COPY --from=deps /app /app
WORKDIR /app
CMD ["npm", "start"]
`,
    },
    {
      title: "For development",
      text: `
FROM node:22
WORKDIR /app
COPY . .
RUN npm install
CMD ["npx", "nodemon", "server.js"]
`,
    },
  ],
  *check(analysis, neighbours) {
    const { stages, model, text } = analysis;
    const last = stages.at(-1);
    if (!last || !words.test(text) || model.problems.length > 0 || isWorkStage(last)) return;
    const root = analysis.roots[last.index];
    if (root?.kind === "image" && isWorkplace(parseImage(root.image))) return;
    yield* check(analysis, last, neighbours);
  },
};
