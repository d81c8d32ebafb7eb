import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { mayBecome, partsAroundVariables } from "../stages/choice.ts";
import { looksLikeTarget, quotedStage } from "../stages/describe.ts";
import type { Stage } from "../stages/resolve.ts";
import { lastPart } from "../text/paths.ts";
import type { Rule } from "./rule.ts";

/** What a command is to a build: it makes the program, prepares for that, or neither. */
type Part = "build" | "preparation" | null;

const makers: Readonly<Record<string, RegExp>> = {
  bun: /^(?:run )?build/,
  bundle: /^exec (?:jekyll build|rake assets:precompile)/,
  cabal: /^(?:v2-)?build/,
  cargo: /^(?:build|install)\b/,
  cmake: /^--build\b/,
  dart: /^compile\b/,
  dotnet: /^(?:build|publish|pack)\b/,
  flutter: /^build\b/,
  go: /^(?:build|install)\b/,
  gradle: /\b(?:build|assemble|bootJar|bootWar|jar|war|shadowJar|installDist)\b/,
  hugo: /^(?:$|--?(?!version|help))/,
  make: /^(?:$|(?:-\S+ )*(?:all|build|dist|release|install)$)/,
  mix: /^(?:compile|release)\b/,
  mvn: /\b(?:compile|package|install|verify)\b/,
  next: /^build\b/,
  ng: /^build\b/,
  ninja: /^(?:$|install$)/,
  npm: /^run (?:-\S+ )*(?:build|compile|dist|bundle)(?:[:-]\S+)?\b/,
  npx: /^(?:-\S+ )*(?:tsc|webpack|rollup|(?:ng|vite|next|nuxt|parcel|gulp|nx|turbo|turbo run) build)\b/,
  nuxt: /^(?:build|generate)\b/,
  pnpm: /^(?:run )?build/,
  rollup: /^-c/,
  sbt: /^(?:assembly|compile|package|stage|dist)\b/,
  stack: /^(?:build|install)\b/,
  swift: /^build\b/,
  tsc: /^(?!.*(?:--watch|-w\b))/,
  vite: /^build\b/,
  webpack: /^(?!.*(?:serve|watch))/,
  yarn: /^(?:run )?build/,
};

const preparers: Readonly<Record<string, RegExp>> = {
  bun: /^(?:i|install)\b/,
  bundle: /^install\b/,
  composer: /^install\b/,
  dotnet: /^restore\b/,
  go: /^(?:mod (?:download|tidy)|get)\b/,
  npm: /^(?:ci|i|install)\b/,
  pip: /^install\b/,
  pip3: /^install\b/,
  pnpm: /^(?:i|install|fetch)\b/,
  poetry: /^install\b/,
  uv: /^(?:sync|pip install)\b/,
  yarn: /^(?:$|--|install\b)/,
};

const wrapped: Readonly<Record<string, string>> = { mvnw: "mvn", gradlew: "gradle" };

function partOf(words: readonly string[]): Part {
  const program = lastPart(words[0] ?? "");
  const name = Object.hasOwn(wrapped, program) ? wrapped[program]! : program;
  const rest = words.slice(1).join(" ");
  if (Object.hasOwn(makers, name) && makers[name]!.test(rest)) return "build";
  return Object.hasOwn(preparers, name) && preparers[name]!.test(rest) ? "preparation" : null;
}

/** Commands that only lead to others. */
const leading = new Set(["cd", "echo", "export", "set", "mkdir", "rm", "ls", "pwd", ""]);

/** What all commands of an instruction are together; `null` where one of them does something else. */
function partsOf(analysis: Analysis, instruction: Instruction): Part {
  if (instruction.json) return partOf(instruction.args.map(({ text }) => text));
  const script = analysis.script(instruction);
  if (script.opaque) return null;
  let found: Part = null;
  for (const { name, words } of script.commands) {
    if (leading.has(name)) continue;
    const part = partOf(words.map(({ value }) => value));
    if (part === null) return null;
    if (found !== "build") found = part;
  }
  return found;
}

/** Whether a stage builds already what its command would: any of its RUNs does. */
function buildsAlready(analysis: Analysis, { instructions }: Stage, command: Part): boolean {
  return instructions.some((instruction) => {
    if (instruction.keyword !== "RUN") return false;
    const commands = instruction.json
      ? [instruction.args.map(({ text }) => text)]
      : analysis.script(instruction).commands.map(({ words }) => words.map(({ value }) => value));
    return commands.some((words) => {
      const part = partOf(words);
      return part === "build" || (part !== null && part === command);
    });
  });
}

/** More different bases with variables than this nobody wrote by hand. */
const mostChoosers = 200;

/** The bases that a build arg chooses, as the parts around their variables; `null` where there are very many. */
function choosers({ stages }: Analysis): readonly (readonly string[])[] | null {
  const texts = new Set<string>();
  for (const { base } of stages) if (base?.text.includes("$")) texts.add(base.text);
  return texts.size > mostChoosers ? null : [...texts].map(partsAroundVariables);
}

/** Whether all that is done with a stage in its file is to copy from it. */
function isOnlyCopied({ graph }: Analysis, { index, name }: Stage, chosen: ReturnType<typeof choosers>): boolean {
  const users = graph.dependents[index]!;
  if (index === graph.target || users.length === 0) return false;
  if (users.some(({ kind, onbuild }) => kind === "from" || onbuild)) return false;
  return name === null || (chosen !== null && !chosen.some((parts) => mayBecome(parts, name)));
}

export const commandInBuildStage: Rule = {
  id: "CommandInBuildStage",
  severity: "warning",
  summary: "CMD or ENTRYPOINT for a build step: nothing runs it.",
  docs: `
\`CMD\` and \`ENTRYPOINT\` say what a container starts. From a stage that others only copy from no container is ever started, so that
a build command there is never run, and what it should make is not there to be copied. \`RUN\` runs it while the image is built.

The rule speaks where the command is one that builds (\`npm run build\`, \`go build\`, \`mvn package\`, \`make\` …), no RUN of the
stage builds, no other stage is built \`FROM\` it, and neither its name nor another file says that it is a target of its own. See
[CMD](https://docs.docker.com/reference/dockerfile/#cmd).`,
  examples: [
    {
      title: "Never built",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci
CMD ["npm", "run", "build"]
^^^ Nothing runs this: other stages only copy from stage 'build'. RUN makes it a step of the build.
FROM nginx:1.29
COPY --from=build /app/dist /usr/share/nginx/html
`,
      fixed: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci
RUN ["npm", "run", "build"]
FROM nginx:1.29
COPY --from=build /app/dist /usr/share/nginx/html
`,
    },
    {
      title: "In shell form",
      text: `
FROM golang:1.25
WORKDIR /src
COPY . .
ENTRYPOINT cd cmd/server && go build -o /server
^^^^^^^^^^ Nothing runs this: other stages only copy from stage 0. RUN makes it a step of the build.
FROM alpine:3.22
COPY --from=0 /server /server
`,
    },
    {
      title: "Built by RUN; the command starts what was built",
      text: `
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /server .
CMD ["/server"]
FROM alpine:3.22
COPY --from=build /server /server
`,
    },
    {
      title: "A target of its own",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
CMD ["npm", "run", "build"]
FROM build AS watch
CMD ["npm", "run", "build", "--", "--watch"]
FROM nginx:1.29
COPY --from=build /app/public /usr/share/nginx/html
`,
    },
    {
      title: "Another file builds it as a target",
      text: `
FROM node:22 AS assets
WORKDIR /app
COPY . .
CMD ["npm", "run", "build"]
FROM nginx:1.29
COPY --from=assets /app/public /usr/share/nginx/html
`,
      targets: ["assets"],
    },
  ],
  *check(analysis, { targets }) {
    const { text, stages } = analysis;
    if (stages.length < 2) return;
    const chosen = choosers(analysis);
    for (const stage of stages) {
      const { name, instructions } = stage;
      const commands = instructions.filter(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
      const [command] = commands;
      if (!command || commands.length > 1 || !isOnlyCopied(analysis, stage, chosen)) continue;
      if (name !== null && (looksLikeTarget(name) || targets.has(name))) continue;
      const part = partsOf(analysis, command);
      if (part === null || buildsAlready(analysis, stage, part)) continue;
      const { start, end } = command.keywordSpan;
      const written = text.slice(start, end);
      yield {
        span: command.keywordSpan,
        message: `Nothing runs this: other stages only copy from ${quotedStage(stage)}. RUN makes it a step of the build.`,
        fixes: [
          {
            title: "Run it with RUN",
            safety: "unsafe",
            edits: [{ span: command.keywordSpan, newText: written === written.toLowerCase() ? "run" : "RUN" }],
          },
        ],
      };
    }
  },
};
