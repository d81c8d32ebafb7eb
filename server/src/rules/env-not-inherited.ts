import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { quotedStage } from "../stages/describe.ts";
import type { Stage } from "../stages/resolve.ts";
import { type Definition, isAutomaticArg, proxyArgNames } from "../stages/scope.ts";
import { lineEnding } from "../text/edit.ts";
import { baseEnvironments, namesIn } from "./common/known-variables.ts";
import type { Fix, Rule } from "./rule.ts";

/** Names that have a value in every shell. */
const setByShells: ReadonlySet<string> = new Set(
  (
    "PATH HOME PWD OLDPWD SHELL HOSTNAME TERM IFS PS1 PS4 UID EUID GID PPID RANDOM SECONDS LINENO SHLVL OPTARG OPTIND " +
    "REPLY HOSTTYPE MACHTYPE OSTYPE FUNCNAME PIPESTATUS DIRSTACK GROUPS BASH_VERSION BASH_SOURCE BASH_REMATCH BASH"
  ).split(" "),
);

/** The names that only ENV sets, in one stage or several, with the last of these. */
function envsOfStages({ scope }: Analysis): Map<string, Definition> {
  const found = new Map<string, Definition>();
  for (const [name, definitions] of scope.byName) {
    if (setByShells.has(name) || proxyArgNames.has(name) || isAutomaticArg(name)) continue;
    // What is a build arg anywhere is another rule's.
    if (definitions.every(({ kind, instruction }) => kind === "env" && instruction.trigger === null))
      found.set(name, definitions.at(-1)!);
  }
  return found;
}

/**
 * The names that a RUN uses and its stage does not set, with the number of the instruction. What decides that is the
 * stage's, so later versions know it.
 */
function unsetNames(
  analysis: Analysis,
  { index, instructions }: Stage,
  environment: ReadonlySet<string>,
): readonly { readonly at: number; readonly names: readonly string[] }[] {
  const { scope, text } = analysis;
  return analysis.keep(unsetNames, `${analysis.contentOf(index)}`, () =>
    instructions.flatMap(({ keyword, json, line, heredocs, span }, at) => {
      if (keyword !== "RUN" || json) return [];
      const source = heredocs.length > 0 ? text.slice(span.start, span.end) : line.text;
      const isUnset = (name: string): boolean =>
        !environment.has(name) && scope.lookUp(index, name, span.start) === null;
      const names = [...namesIn(source)].filter(isUnset);
      return names.length > 0 ? [{ at, names }] : [];
    }),
  );
}

/** For each stage whether its shell reads files that may set variables before it runs a command, as a login shell does. */
function readProfiles({ stages, scope }: Analysis): boolean[] {
  const asks = new Set<number | null>();
  for (const name of ["BASH_ENV", "ENV"]) for (const { stage } of scope.byName.get(name) ?? []) asks.add(stage);
  const found: boolean[] = [];
  // FROM names stages above only, so what they start with is known.
  for (const { index, base, instructions } of stages) {
    const inherited = base?.target.kind === "stage" && found[base.target.stage] === true;
    found.push(inherited || asks.has(index) || instructions.some(isLoginShell));
  }
  return found;
}

function isLoginShell({ keyword, args }: Instruction): boolean {
  return keyword === "SHELL" && args.some(({ text }) => /^-[a-zA-Z]*[li]/.test(text) || text === "--login");
}

/** Sets the variable in this stage, too, above the instruction that needs it first. */
function copyEnv({ lines, text }: Analysis, { name, pair }: Definition, instruction: Instruction): Fix | null {
  // What the value is made of may not be known here.
  if (pair.value === null || /[$\\\n]/.test(pair.value)) return null;
  const line = lines.lineAt(instruction.comment?.start ?? instruction.span.start);
  const at = lines.startOf(line);
  const indent = /^[ \t]*/.exec(text.slice(at, lines.endOf(line)))![0];
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const env = keyword === keyword.toLowerCase() ? "env" : "ENV";
  // The old form, without `=`, takes blanks as they are.
  const value = /^["']/.test(pair.value) || !/\s/.test(pair.value) ? pair.value : JSON.stringify(pair.value);
  const newText = `${indent}${env} ${name}=${value}${lineEnding(text)}`;
  return {
    title: `Set ${env} ${name} in this stage`,
    safety: "unsafe",
    edits: [{ span: { start: at, end: at }, newText }],
  };
}

/** Whether an instruction gives a name a value for itself: a secret as a variable. */
function isSecret({ mounts }: Instruction, name: string): boolean {
  return mounts.some(
    ({ type, fields }) => type === "secret" && fields.some(({ key, value }) => key === "env" && value === name),
  );
}

export const envNotInherited: Rule = {
  id: "EnvNotInherited",
  severity: "warning",
  summary: "A variable that only another stage sets with ENV.",
  docs: `
A stage has the ENV of the stages that its \`FROM\` leads to, and of no other: copying files with \`COPY --from\` brings no
variables along. A variable of another stage is empty in the commands of \`RUN\`, and \`rm -rf $DIR/*\` becomes \`rm -rf /*\`.

Set the variable in this stage, too, or in a stage that both are built on. To have the value in one place, declare it as an ARG
before the first \`FROM\`, and write \`ARG NAME\` and \`ENV NAME=$NAME\` in each stage. See
[ENV](https://docs.docker.com/reference/dockerfile/#env).

The rule speaks only where it is known which variables the base image sets, and not where the script sets the name itself,
runs text that is elsewhere (\`source\`, \`eval\`, a login shell), or has a default (\`\${NAME:-x}\`). Variables in \`COPY\`, \`WORKDIR\` and
the like are UndefinedVar's.`,
  examples: [
    {
      title: "Set in the builder",
      text: `
FROM golang:1.22 AS build
ENV APP_DIR=/srv/app
RUN go build -o $APP_DIR/server .
FROM alpine:3.20
COPY --from=build /srv/app /srv/app
# Only the owner may read it
RUN chmod -R go-rwx $APP_DIR
                    ^^^^^^^^ 'APP_DIR' is set with ENV in stage 'build', which this stage is not built on. It is empty here.
`,
      fixed: `
FROM golang:1.22 AS build
ENV APP_DIR=/srv/app
RUN go build -o $APP_DIR/server .
FROM alpine:3.20
COPY --from=build /srv/app /srv/app
ENV APP_DIR=/srv/app
# Only the owner may read it
RUN chmod -R go-rwx $APP_DIR
`,
    },
    {
      title: "Inside double quotes and a heredoc",
      text: `
FROM node:22
ENV PREFIX /opt/my app
FROM debian:12
RUN sh -c "ls $PREFIX"
              ^^^^^^^ 'PREFIX' is set with ENV in stage 0, which this stage is not built on. It is empty here.
RUN <<EOF
mkdir -p "\${PREFIX}/bin"
          ^^^^^^^^^ 'PREFIX' is set with ENV in stage 0, which this stage is not built on. It is empty here.
EOF
`,
      fixed: `
FROM node:22
ENV PREFIX /opt/my app
FROM debian:12
ENV PREFIX="/opt/my app"
RUN sh -c "ls $PREFIX"
RUN <<EOF
mkdir -p "\${PREFIX}/bin"
EOF
`,
    },
    {
      title: "Inherited",
      text: `
FROM node:22 AS base
ENV PREFIX=/opt/app
FROM base AS deps
FROM deps
RUN ls $PREFIX
`,
    },
    {
      title: "The base image may set it, or is not known",
      text: `
FROM debian:12 AS build
ENV NODE_VERSION=22 TEAM_DIR=/team
RUN ./install-node $NODE_VERSION $TEAM_DIR
FROM node:22
RUN echo $NODE_VERSION
FROM registry.example.com/team/base:1
RUN ls $TEAM_DIR
`,
    },
    {
      title: "The script sets it",
      text: `
FROM debian:12 AS build
ENV VERSION=1 NAME=app CONFIG=/etc/app KEY=x
RUN make
FROM debian:12
RUN VERSION=$(cat /version) && echo $VERSION
RUN . /etc/os-release && echo $NAME
RUN echo \${CONFIG:-/etc/default} '$CONFIG' \\$CONFIG
RUN --mount=type=secret,id=key,env=KEY ./upload $KEY
RUN ["/bin/echo", "$NAME"]
`,
    },
    {
      title: "A login shell reads what profiles set",
      text: `
FROM debian:12 AS build
ENV CONDA=/opt/conda
FROM debian:12
SHELL ["/bin/bash", "-lc"]
RUN $CONDA/bin/conda list
`,
    },
    {
      title: "When the container runs, its variables may come from outside",
      text: `
FROM node:22 AS dev
ENV PORT=3000
FROM node:22
CMD node server.js --port $PORT
`,
    },
    {
      title: "A build arg anywhere is another matter",
      text: `
FROM alpine:3.20 AS base
ARG MODE=fast
FROM alpine:3.20 AS build
ENV MODE=slow
FROM base
RUN echo $MODE
`,
    },
  ],
  *check(analysis) {
    const { stages, scope } = analysis;
    if (stages.length < 2 || scope.definitions.length === 0) return;
    const envs = envsOfStages(analysis);
    if (envs.size === 0) return;
    const environments = baseEnvironments(analysis);
    let profiles: boolean[] | undefined;
    for (const stage of stages) {
      const environment = environments[stage.index];
      if (!environment) continue;
      const fixes = new Map<string, Fix | null>();
      for (const { at, names } of unsetNames(analysis, stage, environment)) {
        const instruction = stage.instructions[at]!;
        const missing = new Map<string, Definition>();
        for (const name of names) {
          const env = envs.get(name);
          // Set further down in this stage is something else.
          if (env && env.stage !== stage.index) missing.set(name, env);
        }
        if (missing.size === 0) continue;
        profiles ??= readProfiles(analysis);
        if (profiles[stage.index] === true) break;
        const script = analysis.script(instruction);
        if (script.opaque) continue;
        for (const use of script.variables) {
          const env = missing.get(use.name);
          if (!env || script.assigned.has(use.name) || /[-+=?]$/.test(use.operator)) continue;
          if (isSecret(instruction, use.name)) continue;
          if (!fixes.has(use.name)) fixes.set(use.name, copyEnv(analysis, env, instruction));
          const fix = fixes.get(use.name);
          yield {
            span: use.span,
            message: `'${use.name}' is set with ENV in ${quotedStage(stages[env.stage!]!)}, which this stage is not built on. It is empty here.`,
            related: [{ span: env.pair.span, message: "It is set here." }],
            ...(fix && { fixes: [fix] }),
          };
        }
      }
    }
  },
};
