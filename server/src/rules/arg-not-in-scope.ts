import type { Instruction } from "../dockerfile/instruction.ts";
import { readShellArgument } from "../dockerfile/shell.ts";
import { dockerfileVariables } from "../dockerfile/variables.ts";
import { isCommonlySet } from "../images/environment.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { quotedStage } from "../stages/describe.ts";
import type { Resolution, Stage } from "../stages/resolve.ts";
import { type Definition, proxyArgNames } from "../stages/scope.ts";
import type { Span } from "../text/range.ts";
import { argFinder, declareArg, type MeantArg, runsInContainer } from "./common/declare-arg.ts";
import { baseEnvironments, checkedWords, namesIn, wordAround } from "./common/known-variables.ts";
import type { Finding, Rule } from "./rule.ts";

/** Names that have a value in every container: what the runtime and the usual shells set. */
const setByShells = new Set(
  (
    "PATH HOME PWD OLDPWD SHELL HOSTNAME TERM IFS PS1 PS4 UID EUID GID PPID RANDOM SECONDS LINENO SHLVL OPTARG OPTIND " +
    "REPLY MAPFILE HOSTTYPE MACHTYPE OSTYPE FUNCNAME PIPESTATUS DIRSTACK GROUPS BASH_VERSION BASH_SOURCE BASH_REMATCH BASH"
  ).split(" "),
);

/** A use of a variable that has no value where it stands. */
interface Use {
  readonly name: string;
  readonly span: Span;
  readonly instruction: Instruction;
}

/** What is known of the whole file. */
interface Known {
  /** For each stage what its base image sets; `null` where that is not known. */
  readonly environments: readonly Environment[];
  /** The ONBUILD instructions that run in a stage of this file. */
  readonly triggered: ReadonlySet<Instruction>;
  readonly meantArg: (name: string) => MeantArg;
  readonly isKept: (stage: number, name: string) => boolean;
}

/** The names behind `$` in an instruction and its heredocs. */
const namesInText: Question<readonly string[]> = (instruction, { text }) => {
  const { line, span, heredocs } = instruction;
  return [...namesIn(heredocs.length > 0 ? text.slice(span.start, span.end) : line.text)];
};

/**
 * The instructions of a stage to be looked at, by their numbers: those that use a name which the stage does not set, those
 * for which other stages count, and all of ONBUILD. What decides that is the stage's, so later versions know it.
 */
function doubtful(analysis: Analysis, { index, instructions }: Stage, environment: Environment): readonly number[] {
  const { scope } = analysis;
  return analysis.keep(doubtful, `${analysis.contentOf(index)}`, () =>
    instructions.flatMap((instruction, at) => {
      if (instruction.trigger) return [at];
      const names = analysis.recall(namesInText, instruction);
      if (names.length > 0 && runsInContainer(instruction)) return [at];
      const isSet = (name: string): boolean =>
        mayBeSetOutside(environment, name) || scope.lookUp(index, name, instruction.span.start) !== null;
      return names.every(isSet) ? [] : [at];
    }),
  );
}

/** What the base image of a stage sets; `null` where that is not known. */
type Environment = ReadonlySet<string> | null;

function mayBeSetOutside(environment: Environment, name: string): boolean {
  return setByShells.has(name) || (environment?.has(name) ?? isCommonlySet(name));
}

function* missing(
  analysis: Analysis,
  stage: Stage,
  { environments, triggered, meantArg, isKept }: Known,
): Generator<Use> {
  const environment = environments[stage.index] ?? null;
  const { dockerfile, scope } = analysis;
  // What ONBUILD declares is there for the ONBUILD lines below it.
  const declaredForLater = new Set<string>();
  for (const at of doubtful(analysis, stage, environment)) {
    const instruction = stage.instructions[at]!;
    const inner = instruction.trigger ?? instruction;
    const { trigger } = instruction;
    const inContainer = runsInContainer(instruction);
    const isSet = (name: string): boolean =>
      mayBeSetOutside(environment, name) ||
      (trigger !== null && declaredForLater.has(name)) ||
      (inContainer ? isKept(stage.index, name) : scope.lookUp(stage.index, name, instruction.span.start) !== null);
    const names = analysis.recall(namesInText, instruction);
    if (names.length === 0 && !trigger) continue;
    const missed = names.filter((name) => meantArg(name) !== null && !isSet(name));
    if (trigger?.keyword === "ARG" || trigger?.keyword === "ENV") {
      for (const { key } of trigger.pairs) declaredForLater.add(key);
    }
    if (missed.length === 0) continue;
    const candidates = new Set(missed);
    // Where the base image is known, UndefinedVar tells of what BuildKit looks at.
    const told = environment !== null && (!trigger || triggered.has(instruction)) ? checkedWords(instruction) : [];
    const isOwn = ownUse(inner);
    for (const { name, span, modifier } of dockerfileVariables(dockerfile, instruction)) {
      if (!candidates.has(name) || !tellsUnset(modifier) || isOwn(meantArg(name), name, span)) continue;
      if (!wordAround(told, span)) yield { name, span, instruction };
    }
    const script = inner.json ? readShellArgument(dockerfile, inner) : analysis.script(instruction);
    if (!script || script.opaque) continue;
    const setHere = setForRun(inner);
    for (const { name, span, operator } of script.variables) {
      if (!candidates.has(name) || script.assigned.has(name) || !tellsUnset(operator)) continue;
      if (!setHere(name)) yield { name, span, instruction };
    }
  }
}

/**
 * Tells whether an ARG uses what it declares itself: one further left on its line, or the same one. No other has the name
 * then, and the base image may set it.
 */
function ownUse({ keyword, pairs }: Instruction): (meant: MeantArg, name: string, use: Span) => boolean {
  if (keyword !== "ARG") return () => false;
  const declared = new Map<string, number>();
  for (const { key, span } of pairs) if (!declared.has(key)) declared.set(key, span.end);
  return (meant, name, { start }) => {
    if ((declared.get(name) ?? Infinity) <= start) return true;
    return meant !== null && meant !== "automatic" && meant.pair.span.start <= start && start < meant.pair.span.end;
  };
}

/**
 * Tells whether an ENV keeps a name for the container: of the stage, or of one that is built on it and takes over its
 * command.
 */
function keeper({ stages, scope }: Analysis): (stage: number, name: string) => boolean {
  const below = new Map<string, Set<number>>();
  const stagesBelow = (name: string): Set<number> => {
    const found = new Set<number>();
    for (const { kind, stage } of scope.byName.get(name) ?? []) {
      if (kind !== "env" || stage === null) continue;
      for (let at: number | null = stage; at !== null && !found.has(at);) {
        found.add(at);
        const target: Resolution | undefined = stages[at]!.base?.target;
        at = target?.kind === "stage" ? target.stage : null;
      }
    }
    return found;
  };
  return (stage, name) => {
    if (scope.lookUpEnv(stage, name) !== null) return true;
    let found = below.get(name);
    if (!found) below.set(name, (found = stagesBelow(name)));
    return found.has(stage);
  };
}

/** Tells what a RUN gets besides ARG and ENV: the proxies that the build is given, and secrets as variables. */
function setForRun({ keyword, mounts }: Instruction): (name: string) => boolean {
  if (keyword !== "RUN") return () => false;
  const secrets = new Set<string | null>();
  for (const { type, fields } of mounts)
    if (type === "secret") for (const { key, value } of fields) if (key === "env") secrets.add(value);
  return (name) => proxyArgNames.has(name) || secrets.has(name);
}

/** Whether a use with this operator goes wrong without a value: \`\${X:-default}\` and the like are made for it. */
function tellsUnset(operator: string): boolean {
  return !/[-+=?]$/.test(operator);
}

/** Whether an ARG further down in the stage declares what is used above it. */
function isDeclaredLater({ scope }: Analysis, { index }: Stage, { name, span }: Use): boolean {
  const definitions = scope.byName.get(name) ?? [];
  let low = 0;
  let high = definitions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (definitions[middle]!.pair.span.start <= span.end) low = middle + 1;
    else high = middle;
  }
  for (; definitions[low]?.stage === index; low++) if (definitions[low]!.kind === "arg") return true;
  return false;
}

function describe(
  analysis: Analysis,
  stage: Stage,
  isKnown: boolean,
  meant: Definition | "automatic",
  use: Use,
): string {
  const { stages } = analysis;
  const { name, instruction } = use;
  if (runsInContainer(instruction)) {
    return `'${name}' is a build arg, which is gone when the container runs. It is empty unless the container is started with it.`;
  }
  const empty = isKnown ? "It is empty here." : "It is empty here unless the base image sets it.";
  if (instruction.trigger && meant !== "automatic") {
    return `'${name}' is a build arg of this file, and ONBUILD runs in a later build. ${empty}`;
  }
  if (isDeclaredLater(analysis, stage, use)) {
    return `'${name}' is declared further down in this stage. ${empty}`;
  }
  if (meant === "automatic")
    return `BuildKit sets '${name}' only for stages that declare it with ARG, so it is empty here.`;
  if (meant.stage === null) return `'${name}' is declared before the first FROM, so only FROM lines see it. ${empty}`;
  return `'${name}' is a build arg of ${quotedStage(stages[meant.stage]!)}, which this stage does not see. ${empty}`;
}

const hasTrigger: Question<boolean> = ({ trigger }) => trigger !== null;

function triggersOf({ steps }: Analysis): Set<Instruction> {
  return new Set(steps.flatMap((all) => all.flatMap(({ written }) => (written.trigger ? [written] : []))));
}

export const argNotInScope: Rule = {
  id: "ArgNotInScope",
  severity: "warning",
  summary: "A build arg that is used where it has no value: in another stage, or when the container runs.",
  docs: `
An ARG before the first \`FROM\` is seen by \`FROM\` lines alone. A stage sees it once it declares it again: \`ARG NAME\`, without
a default, takes over the value. An ARG of one stage is not seen by another, unless that one is built \`FROM\` it. The args that
BuildKit sets by itself (\`TARGETARCH\`, \`BUILDPLATFORM\` …) need an \`ARG\` in the stage, too.

The rule reads the arguments that BuildKit expands and the shell commands of \`RUN\`, \`CMD\`, \`ENTRYPOINT\` and \`HEALTHCHECK\`,
heredocs and \`["sh", "-c", "…"]\` included. The last three run in the container, where an ARG is gone and only an ENV is left. The
rule stays silent where the script sets the name itself, where a default is written (\`\${NAME:-x}\`), and for what the base image
sets: of popular images that is known, of all others it is taken that they set what some popular one sets. Where the base image is
known, the check \`UndefinedVar\` reports \`COPY\`, \`ENV\`, \`WORKDIR\` and the like. See
[Understand how ARG and FROM interact](https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact).`,
  examples: [
    {
      title: "Declared before FROM",
      text: `
ARG VERSION=1.2.3
FROM alpine:3.20
RUN wget "https://example.com/tool-$VERSION.tar.gz"
                                   ^^^^^^^^ 'VERSION' is declared before the first FROM, so only FROM lines see it. It is empty here.
`,
      fixed: `
ARG VERSION=1.2.3
FROM alpine:3.20
ARG VERSION
RUN wget "https://example.com/tool-$VERSION.tar.gz"
`,
    },
    {
      title: "Of another stage",
      text: `
FROM alpine:3.20 AS build
ARG PREFIX=/opt/app
RUN make install
FROM alpine:3.20
# What was built
RUN ls \${PREFIX}
       ^^^^^^^^^ 'PREFIX' is a build arg of stage 'build', which this stage does not see. It is empty here.
`,
      fixed: `
FROM alpine:3.20 AS build
ARG PREFIX=/opt/app
RUN make install
FROM alpine:3.20
ARG PREFIX=/opt/app
# What was built
RUN ls \${PREFIX}
`,
    },
    {
      title: "An arg of BuildKit's own",
      text: `
FROM golang:1.22
RUN GOARCH=$TARGETARCH go build
           ^^^^^^^^^^^ BuildKit sets 'TARGETARCH' only for stages that declare it with ARG, so it is empty here.
`,
      fixed: `
FROM golang:1.22
ARG TARGETARCH
RUN GOARCH=$TARGETARCH go build
`,
    },
    {
      title: "When the container runs",
      text: `
ARG MODE=fast
FROM alpine:3.20
CMD serve --mode "$MODE"
                  ^^^^^ 'MODE' is a build arg, which is gone when the container runs. It is empty unless the container is started with it.
`,
      fixed: `
ARG MODE=fast
FROM alpine:3.20
ARG MODE
ENV MODE=$MODE
CMD serve --mode "$MODE"
`,
    },
    {
      title: "When the container runs, declared in the stage",
      text: `
FROM eclipse-temurin:21
ARG JAR=app.jar
COPY \${JAR} /srv/
WORKDIR /srv
ENTRYPOINT java -jar $JAR
                     ^^^^ 'JAR' is a build arg, which is gone when the container runs. It is empty unless the container is started with it.
`,
      fixed: `
FROM eclipse-temurin:21
ARG JAR=app.jar
COPY \${JAR} /srv/
WORKDIR /srv
ENV JAR=$JAR
ENTRYPOINT java -jar $JAR
`,
    },
    {
      title: "A shell in exec form",
      text: `
FROM eclipse-temurin:21-jre
ARG JAR=app.jar
COPY \${JAR} /srv/
ENTRYPOINT ["sh", "-c", "exec java $JAVA_OPTS -jar /srv/\${JAR}"]
                                                        ^^^^^^ 'JAR' is a build arg, which is gone when the container runs. It is empty unless the container is started with it.
`,
      fixed: `
FROM eclipse-temurin:21-jre
ARG JAR=app.jar
COPY \${JAR} /srv/
ENV JAR=$JAR
ENTRYPOINT ["sh", "-c", "exec java $JAVA_OPTS -jar /srv/\${JAR}"]
`,
    },
    {
      title: "Kept with ENV, or with a default of its own",
      text: `
FROM node:22
ARG PORT=3000
ARG MODE=fast
ENV PORT=$PORT
CMD node server.js --port $PORT --mode \${MODE:-slow}
`,
    },
    {
      title: "No shell that reads it, and one that reads more",
      text: `
FROM node:22
ARG PORT=3000
CMD ["node", "server.js", "--port", "$PORT"]
ENTRYPOINT ["bash", "-lc", "serve $PORT"]
`,
    },
    {
      title: "The base may set it",
      text: `
ARG PREFIX=/opt
FROM example/base:1
WORKDIR $PREFIX
        ^^^^^^^ 'PREFIX' is declared before the first FROM, so only FROM lines see it. It is empty here unless the base image sets it.
`,
      fixed: `
ARG PREFIX=/opt
FROM example/base:1
ARG PREFIX
WORKDIR $PREFIX
`,
    },
    {
      title: "Declared too late",
      text: `
FROM alpine:3.20
RUN echo $VERSION
         ^^^^^^^^ 'VERSION' is declared further down in this stage. It is empty here.
ARG VERSION=1
`,
      fixed: `
FROM alpine:3.20
ARG VERSION=1
RUN echo $VERSION
ARG VERSION=1
`,
    },
    {
      title: "A name that the language's image sets, on another base",
      text: `
ARG NODE_VERSION=22
FROM node:\${NODE_VERSION} AS build
RUN echo $NODE_VERSION
FROM ubuntu:24.04
RUN curl -fsSL "https://deb.example.com/setup_$NODE_VERSION.x" | bash -
                                              ^^^^^^^^^^^^^ 'NODE_VERSION' is declared before the first FROM, so only FROM lines see it. It is empty here.
`,
    },
    {
      title: "BuildKit's own check reports what it looks at, but not EXPOSE",
      text: `
ARG PORT=80
FROM alpine:3.20
LABEL port=$PORT
EXPOSE $PORT
       ^^^^^ 'PORT' is declared before the first FROM, so only FROM lines see it. It is empty here.
`,
      fixed: `
ARG PORT=80
FROM alpine:3.20
ARG PORT
LABEL port=$PORT
EXPOSE $PORT
`,
    },
    {
      title: "After ONBUILD",
      text: `
ARG DIR=/app
FROM alpine:3.20
ONBUILD WORKDIR $DIR
                ^^^^ 'DIR' is a build arg of this file, and ONBUILD runs in a later build. It is empty here.
`,
      fixed: `
ARG DIR=/app
FROM alpine:3.20
ONBUILD ARG DIR=/app
ONBUILD WORKDIR $DIR
`,
    },
    {
      title: "Declared after ONBUILD",
      text: `
ARG DIR=/app
FROM alpine:3.20 AS base
ONBUILD ARG DIR=/srv
ONBUILD WORKDIR $DIR
FROM base
RUN ls $DIR
`,
    },
    {
      title: "Set for one command: proxies and secrets",
      text: `
ARG HTTP_PROXY
ARG TOKEN
FROM alpine:3.20
RUN --mount=type=secret,id=token,env=TOKEN curl -x "$HTTP_PROXY" -H "$TOKEN" https://example.com
`,
    },
    {
      title: "An ARG that the base image may have a value for, and one on the same line",
      text: `
FROM example/base:1
ARG RELEASE=$RELEASE
ARG HOST=example.com URL=https://$HOST
RUN curl "$URL/$RELEASE"
`,
    },
    {
      title: "Inherited, assigned or with a default",
      text: `
ARG VERSION=1
ARG NAME
FROM alpine AS base
ARG VERSION
FROM base
RUN echo $VERSION && NAME=x && echo $NAME \${TARGETARCH:-amd64} '$NAME'
`,
    },
  ],
  *check(analysis) {
    if (analysis.scope.definitions.length === 0 && !/\$\{?(?:TARGET|BUILD)/.test(analysis.text)) return;
    const known: Known = {
      environments: baseEnvironments(analysis),
      triggered: analysis.those(hasTrigger).length > 0 ? triggersOf(analysis) : new Set(),
      meantArg: argFinder(analysis),
      isKept: keeper(analysis),
    };
    for (const stage of analysis.stages) {
      const told = new Map<string, Pick<Finding, "message" | "fixes">>();
      const isKnown = known.environments[stage.index] !== null;
      for (const use of missing(analysis, stage, known)) {
        const meant = known.meantArg(use.name)!;
        const kind = `${use.name} ${runsInContainer(use.instruction)} ${use.instruction.trigger !== null}`;
        let said = told.get(kind);
        if (!said) {
          const message = describe(analysis, stage, isKnown, meant, use);
          const fix = declareArg(analysis, stage, use.name, meant, use.instruction);
          told.set(kind, (said = { message, ...(fix && { fixes: [fix] }) }));
        }
        const finding: Finding = {
          span: use.span,
          ...said,
          ...(meant !== "automatic" && { related: [{ span: meant.pair.span, message: "It is declared here." }] }),
        };
        yield finding;
      }
    }
  },
};
