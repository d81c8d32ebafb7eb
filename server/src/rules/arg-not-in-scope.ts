import type { Instruction } from "../dockerfile/instruction.ts";
import { dockerfileVariables } from "../dockerfile/variables.ts";
import type { Analysis } from "../stages/analysis.ts";
import { quotedStage } from "../stages/describe.ts";
import type { Stage } from "../stages/resolve.ts";
import { type Definition, isAutomaticArg, proxyArgNames } from "../stages/scope.ts";
import { lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** Names that have a value in every container: what the runtime and the usual shells set. */
const setByShells = new Set(
  (
    "PATH HOME PWD OLDPWD SHELL HOSTNAME TERM IFS UID EUID PPID RANDOM SECONDS LINENO SHLVL OPTARG OPTIND " +
    "BASH_VERSION BASH_SOURCE BASH"
  ).split(" "),
);

/**
 * Names that images commonly set for themselves, so that a use is no mistake although this file does not set them there:
 * mostly versions of the language in its official image.
 */
const setByImages = new Set(
  (
    "USER LOGNAME LANG LANGUAGE LC_ALL TZ NODE_VERSION YARN_VERSION NPM_VERSION PYTHON_VERSION PYTHON_PIP_VERSION GOLANG_VERSION GO_VERSION GOPATH GOROOT GOTOOLCHAIN " +
    "RUST_VERSION RUSTUP_HOME CARGO_HOME JAVA_HOME JAVA_VERSION MAVEN_HOME MAVEN_VERSION GRADLE_HOME GRADLE_VERSION RUBY_VERSION GEM_HOME BUNDLE_APP_CONFIG " +
    "PHP_VERSION PHP_INI_DIR PHPIZE_DEPS DOTNET_VERSION ASPNET_VERSION DOTNET_SDK_VERSION NGINX_VERSION NJS_VERSION PKG_RELEASE HTTPD_PREFIX HTTPD_VERSION " +
    "CATALINA_HOME TOMCAT_VERSION TOMCAT_MAJOR PG_VERSION PG_MAJOR PGDATA MYSQL_VERSION MYSQL_MAJOR MARIADB_VERSION MONGO_VERSION REDIS_VERSION ERLANG_VERSION OTP_VERSION " +
    "ELIXIR_VERSION SWIFT_VERSION DENO_VERSION DENO_DIR BUN_INSTALL CUDA_VERSION CUDNN_VERSION NVARCH SPARK_HOME HADOOP_HOME JENKINS_HOME WORDPRESS_VERSION DEBIAN_FRONTEND"
  ).split(" "),
);

/** A base that sets no variable but PATH: the official images of distributions. */
const plainBase =
  /^(?:docker\.io\/)?(?:library\/)?(?:alpine|almalinux|amazonlinux|archlinux|busybox|centos|debian|fedora|oraclelinux|photon|rockylinux|ubuntu)(?:[:@].*)?$/;

/** For each stage whether the image at the start of its base chain is known to set no variables. */
function findPlain(stages: readonly Stage[]): boolean[] {
  const plain: boolean[] = [];
  for (const { base } of stages) {
    plain.push(
      base?.target.kind === "stage"
        ? plain[base.target.stage]!
        : base?.target.kind === "scratch" || (base !== null && plainBase.test(base.text)),
    );
  }
  return plain;
}

/** A use of a variable that has no value where it stands. */
interface Use {
  readonly name: string;
  readonly span: Span;
  readonly instruction: Instruction;
}

/** The build arg a use most likely means: in front of the first FROM, set by BuildKit, or in another stage. */
type MeantArg = Definition | "automatic" | null;

/** Finds the build arg that a name most likely means; looks for each name once. */
function argFinder({ scope }: Analysis): (name: string) => MeantArg {
  const known = new Map<string, MeantArg>();
  return (name) => {
    let meant = known.get(name);
    if (meant === undefined) {
      const elsewhere = () => scope.byName.get(name)?.findLast(({ kind, stage }) => kind === "arg" && stage !== null);
      meant = scope.global(name) ?? (isAutomaticArg(name) ? "automatic" : (elsewhere() ?? null));
      known.set(name, meant);
    }
    return meant;
  };
}

/** The names behind `$` and `${` in a text, each once. */
function namesIn(text: string): Set<string> {
  const names = new Set<string>();
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at)) {
    at++;
    if (text[at] === "{") at++;
    const start = at;
    while (isNameCode(text.charCodeAt(at))) at++;
    if (at > start && !isDigit(text.charCodeAt(start))) names.add(text.slice(start, at));
  }
  return names;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const isNameCode = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

function* missing(
  analysis: Analysis,
  stage: Stage,
  plain: boolean,
  meantArg: (name: string) => MeantArg,
): Generator<Use> {
  const { dockerfile, scope } = analysis;
  // What ONBUILD declares is there for the ONBUILD lines below it.
  const declaredForLater = new Set<string>();
  for (const instruction of stage.instructions) {
    const inner = instruction.trigger ?? instruction;
    const { trigger } = instruction;
    const isSet = (name: string): boolean =>
      setByShells.has(name) ||
      (!plain && setByImages.has(name)) ||
      (trigger !== null && declaredForLater.has(name)) ||
      scope.lookUp(stage.index, name, instruction.span.start) !== null;
    const body =
      instruction.heredocs.length > 0
        ? dockerfile.text.slice(instruction.span.start, instruction.span.end)
        : inner.line.text;
    if (!body.includes("$") && !trigger) continue;
    const candidates = new Set<string>();
    for (const name of namesIn(body)) if (meantArg(name) && !isSet(name)) candidates.add(name);
    if (trigger?.keyword === "ARG" || trigger?.keyword === "ENV") {
      for (const { key } of trigger.pairs) declaredForLater.add(key);
    }
    if (candidates.size === 0) continue;
    for (const { name, span, modifier } of dockerfileVariables(dockerfile, instruction)) {
      if (candidates.has(name) && tellsUnset(modifier)) yield { name, span, instruction };
    }
    if (inner.json) continue;
    const script = analysis.script(instruction);
    if (script.opaque) continue;
    for (const { name, span, operator } of script.variables) {
      if (!candidates.has(name) || script.assigned.has(name) || !tellsUnset(operator)) continue;
      if (!setForRun(inner, name)) yield { name, span, instruction };
    }
  }
}

/** What a RUN gets besides ARG and ENV: the proxies that the build is given, and secrets as variables. */
function setForRun({ keyword, mounts }: Instruction, name: string): boolean {
  if (keyword !== "RUN") return false;
  if (proxyArgNames.has(name)) return true;
  return mounts.some(
    ({ type, fields }) => type === "secret" && fields.some(({ key, value }) => key === "env" && value === name),
  );
}

/** Whether a use with this operator goes wrong without a value: \`\${X:-default}\` and the like are made for it. */
function tellsUnset(operator: string): boolean {
  return !/[-+=?]$/.test(operator);
}

/** Instructions whose commands run in the container, where build args are gone. */
function runsInContainer(instruction: Instruction): boolean {
  const { keyword } = instruction.trigger ?? instruction;
  return keyword === "CMD" || keyword === "ENTRYPOINT" || keyword === "HEALTHCHECK";
}

/** Declares the arg above the instruction that needs it first, so that earlier layers stay cached. */
function declare({ lines, text }: Analysis, meant: Definition | "automatic", use: Use): Fix {
  const { instruction, name } = use;
  const line = lines.lineAt(instruction.comment?.start ?? instruction.span.start);
  const at = lines.startOf(line);
  const indent = /^[ \t]*/.exec(text.slice(at, lines.endOf(line)))![0];
  const keyword = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
  const isLower = keyword === keyword.toLowerCase();
  const arg = isLower ? "arg" : "ARG";
  const env = isLower ? "env" : "ENV";
  const onbuild = instruction.trigger ? `${keyword} ` : "";
  // An arg in front of the first FROM and one of BuildKit's own bring their value along; another stage's does not, and
  // neither does any for a later build.
  const bringsValue = meant === "automatic" || (meant.stage === null && onbuild === "");
  const pair = bringsValue ? name : text.slice(meant.pair.span.start, meant.pair.span.end);
  const eol = lineEnding(text);
  const declaration = `${indent}${onbuild}${arg} ${pair}${eol}`;
  const where = onbuild === "" ? "in this stage" : `with ${onbuild.trim()}`;
  if (!runsInContainer(instruction)) {
    return {
      title: `Declare ${arg} ${name} ${where}`,
      safety: onbuild === "" ? "safe" : "unsafe",
      edits: [{ span: { start: at, end: at }, newText: declaration }],
    };
  }
  return {
    title: `Declare ${arg} ${name} ${where} and keep it with ${env}`,
    safety: "unsafe",
    edits: [
      { span: { start: at, end: at }, newText: `${declaration}${indent}${onbuild}${env} ${name}=$${name}${eol}` },
    ],
  };
}

function describe(
  { stages, scope }: Analysis,
  stage: Stage,
  plain: boolean,
  meant: Definition | "automatic",
  { name, instruction }: Use,
): string {
  if (runsInContainer(instruction)) {
    return `'${name}' is a build arg, which is gone when the container runs. It is empty unless the container is started with it.`;
  }
  const empty = plain ? "It is empty here." : "It is empty here unless the base image sets it.";
  if (instruction.trigger && meant !== "automatic") {
    return `'${name}' is a build arg of this file, and ONBUILD runs in a later build. ${empty}`;
  }
  if (scope.byName.get(name)?.some((other) => other.stage === stage.index && other.kind === "arg")) {
    return `'${name}' is declared further down in this stage. ${empty}`;
  }
  if (meant === "automatic")
    return `BuildKit sets '${name}' only for stages that declare it with ARG, so it is empty here.`;
  if (meant.stage === null)
    return `'${name}' is declared in front of the first FROM, so only FROM lines see it. ${empty}`;
  return `'${name}' is a build arg of ${quotedStage(stages[meant.stage]!)}, which this stage does not see. ${empty}`;
}

export const argNotInScope: Rule = {
  id: "ArgNotInScope",
  severity: "warning",
  summary: "A build arg that is used in a stage that does not declare it.",
  docs: `
An ARG in front of the first \`FROM\` is seen by \`FROM\` lines alone. A stage sees it once it declares it again: \`ARG NAME\`, without
a default, takes over the value. An ARG of one stage is not seen by another, unless that one is built \`FROM\` it. The args that
BuildKit sets by itself (\`TARGETARCH\`, \`BUILDPLATFORM\` …) need an \`ARG\` in the stage, too.

The rule reads the arguments that BuildKit expands and the shell commands of \`RUN\`, \`CMD\`, \`ENTRYPOINT\` and \`HEALTHCHECK\`,
heredocs included. The last three run in the container, where an ARG is gone and only an ENV is left. The rule stays silent
where the script sets the name itself, where a default is written (\`\${NAME:-x}\`), and for names that images commonly set,
unless the base is a plain distribution such as \`alpine\` or \`ubuntu\`. See
[Understand how ARG and FROM interact](https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact).`,
  examples: [
    {
      title: "Declared in front of FROM",
      text: `
ARG VERSION=1.2.3
FROM alpine:3.20
RUN wget "https://example.com/tool-$VERSION.tar.gz"
                                   ^^^^^^^^ 'VERSION' is declared in front of the first FROM, so only FROM lines see it. It is empty here.
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
COPY --from=build \${PREFIX} /app
                  ^^^^^^^^^ 'PREFIX' is a build arg of stage 'build', which this stage does not see. It is empty here.
`,
      fixed: `
FROM alpine:3.20 AS build
ARG PREFIX=/opt/app
RUN make install
FROM alpine:3.20
ARG PREFIX=/opt/app
# What was built
COPY --from=build \${PREFIX} /app
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
      title: "The base may set it",
      text: `
ARG PREFIX=/opt
FROM example/base:1
WORKDIR $PREFIX
        ^^^^^^^ 'PREFIX' is declared in front of the first FROM, so only FROM lines see it. It is empty here unless the base image sets it.
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
                                              ^^^^^^^^^^^^^ 'NODE_VERSION' is declared in front of the first FROM, so only FROM lines see it. It is empty here.
`,
    },
    {
      title: "Behind ONBUILD",
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
      title: "Declared behind ONBUILD",
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
    const meantArg = argFinder(analysis);
    const plain = findPlain(analysis.stages);
    for (const stage of analysis.stages) {
      const known = new Map<string, Pick<Finding, "message" | "fixes">>();
      const isPlain = plain[stage.index]!;
      for (const use of missing(analysis, stage, isPlain, meantArg)) {
        const meant = meantArg(use.name)!;
        const kind = `${use.name} ${runsInContainer(use.instruction)} ${use.instruction.trigger !== null}`;
        let said = known.get(kind);
        if (!said) {
          const message = describe(analysis, stage, isPlain, meant, use);
          known.set(kind, (said = { message, fixes: [declare(analysis, meant, use)] }));
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
