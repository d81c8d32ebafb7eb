import { joined } from "../text/list.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import type { ShellWord } from "../dockerfile/shell.ts";
import { unwrapCommand } from "../dockerfile/wrappers.ts";
import { parseImage } from "../images/image.ts";
import { hasCompiler, isWorkplace, jdkOf, type Language, toolchainOf } from "../images/roles.ts";
import { offersSplit, splitStage } from "../refactor/split-stage.ts";
import type { Analysis } from "../stages/analysis.ts";
import { baseChain } from "../stages/graph.ts";
import { type InstalledPackage, packageName, packagesLeft, readPackageCommand } from "../stages/packages.ts";
import { isWorkStage, startKind } from "../stages/programs.ts";
import type { Stage } from "../stages/resolve.ts";
import { readStart, type Started, startOf } from "../stages/start.ts";
import { lastPart } from "../text/paths.ts";
import type { Finding, Rule } from "./rule.ts";

/** Words without which nothing in a text is for this rule: names of SDK images, of compilers' packages, of what removes them. */
const words =
  /\b(?:golang|rust|maven|gradle|gcc|haskell|swift|dart|crystal|nim|muslrust|rust-musl-builder|scala-sbt|sdk|buildpack-deps|temurin|openjdk|semeru|adoptopenjdk|amazoncorretto|sapmachine|liberica|zulu|jdk|build-essential|build-base|alpine-sdk|base-devel|g\+\+|clang|cargo|default-jdk|devel|go|ghc)/;

/** What in a file says that a JDK is there on purpose: its tools, or a compiler that the program calls. */
const jdkUses =
  /\b(?:jmap|jstack|jcmd|jps|jstat|jinfo|jhsdb|jshell|jdeps|jlink|jconsole|jdb|jattach|arthas|async-profiler|tools\.jar|jdk\.\w+|JAVA_TOOL)\b/;

/** Where no RUN compiles, the container may. */
const namesCompiler = /\bjavac\b/;

/** What in a file says that programs are compiled while the container runs. */
const compilesLater =
  /\b(?:torch|vllm|triton|numba|theano|pytensor|pymc|jax|deepspeed|ray|jupyter\w*|cython|ccache|distcc|lint\w*|gopls|plugins?)\b/i;

const compilerPackages: readonly (readonly [RegExp, Language | "jdk"])[] = [
  [
    /^(?:build-essential|build-base|alpine-sdk|base-devel|development[ -]tools|@development-tools|g(?:cc|\+\+)(?:-\d+)?|gcc-c\+\+|clang(?:-\d+)?)$/i,
    "c",
  ],
  [/^(?:go|golang(?:-go|-\d+(?:\.\d+)*(?:-go)?)?)$/, "go"],
  [/^(?:cargo|rust|rustc)$/, "rust"],
  [/^(?:maven|gradle|sbt)$/, "java"],
  [
    /^(?:default-jdk(?:-headless)?|openjdk-?\d+(?:-jdk(?:-headless)?)?|java-[\w.]+-(?:openjdk|amazon-corretto)-devel)$/,
    "jdk",
  ],
  [/^dotnet-sdk-[\d.]+$/, "dotnet"],
  [/^(?:ghc|cabal-install|haskell-stack)$/, "haskell"],
];

function languageOf(name: string): Language | "jdk" | null {
  return compilerPackages.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

const verbs: Readonly<Record<string, readonly [Language, RegExp]>> = {
  go: ["go", /^(?:build|install|get)$/],
  cargo: ["rust", /^(?:b|build|install)$/],
  ant: ["java", /^[^-]/],
  gradle: ["java", /^[^-]/],
  gradlew: ["java", /^[^-]/],
  lein: ["java", /jar|install|compile/],
  mvn: ["java", /^[^-]/],
  mvnw: ["java", /^[^-]/],
  sbt: ["scala", /assembly|stage|package|compile|dist/],
  dotnet: ["dotnet", /^(?:build|publish|pack)$/],
  swift: ["swift", /^build$/],
  stack: ["haskell", /^(?:build|install)$/],
  cabal: ["haskell", /^(?:v\d-)?(?:build|install)$/],
  crystal: ["crystal", /^build$/],
  shards: ["crystal", /^build$/],
  nim: ["nim", /^(?:c|cpp|compile)$/],
  nimble: ["nim", /^(?:build|install)$/],
  zig: ["zig", /^build/],
  dart: ["dart", /^compile$/],
};

const compilers: Readonly<Record<string, Language>> = {
  rustc: "rust",
  javac: "java",
  ghc: "haskell",
  kotlinc: "kotlin",
  scalac: "scala",
};

/** What makes a program out of C sources. */
const cBuild = /^(?:make|gmake|cmake|ninja|meson|gcc|g\+\+|cc|c\+\+|clang|clang\+\+|configure|autoreconf|scons)$/;

/** Installers that compile what has C code in it. */
const extensionBuild: Readonly<Record<string, RegExp>> = {
  pip: /^(?:install|wheel)$/,
  pip3: /^(?:install|wheel)$/,
  pipenv: /^(?:install|sync)$/,
  poetry: /^install$/,
  uv: /^(?:sync|pip)$/,
  npm: /^(?:install|i|ci)$/,
  yarn: /^(?:install|add)?$/,
  pnpm: /^(?:install|i)$/,
  bundle: /^install$/,
  bundler: /^install$/,
  gem: /^install$/,
  pecl: /^install$/,
  "docker-php-ext-install": /./,
  luarocks: /^(?:install|make)$/,
  cpanm: /./,
  cpan: /./,
};

/** What a command compiles: a language's program, or with `c` anything that takes a C compiler. */
function compiled(command: readonly ShellWord[]): Language | null {
  const name = lastPart(command[0]?.value ?? "");
  if (Object.hasOwn(verbs, name)) {
    const [language, pattern] = verbs[name]!;
    return command.slice(1).some(({ value }) => pattern.test(value)) ? language : null;
  }
  if (Object.hasOwn(compilers, name)) return compilers[name]!;
  if (cBuild.test(name)) return "c";
  if (/^python[\d.]*$/.test(name)) {
    return /^(?:-m (?:pip|build)|setup\.py)\b/.test(
      command
        .slice(1, 3)
        .map(({ value }) => value)
        .join(" "),
    )
      ? "c"
      : null;
  }
  if (!Object.hasOwn(extensionBuild, name)) return null;
  const verb = command.slice(1).find(({ value }) => !value.startsWith("-"))?.value ?? "";
  return extensionBuild[name]!.test(verb) ? "c" : null;
}

/** Where toolchains live: who copies one from another stage wants it in the image. */
const toolchainPath =
  /(?:^|\/)(?:usr\/local\/go|\.?cargo|\.?rustup|jdk[-\d.]*|gradle[-\d.]*|maven[-\d.]*|\.sdkman)(?:\/|$)/;

interface ShippedRun {
  readonly stage: Stage;
  readonly instruction: Instruction;
}

/** What an image is made of that ships, as far as this rule looks. */
interface Image {
  readonly analysis: Analysis;
  readonly last: Stage;
  readonly runs: readonly ShippedRun[];
  readonly start: Started;
  readonly kind: ReturnType<typeof startKind>;
}

function readImage(analysis: Analysis, last: Stage): Image | null {
  const { entrypoint, cmd } = startOf(analysis, last.index);
  const start = readStart(analysis, entrypoint, cmd);
  if (!start) return null;
  const runs: ShippedRun[] = [];
  for (const index of baseChain(analysis.stages, last.index).toReversed()) {
    const stage = analysis.stages[index]!;
    for (const instruction of stage.instructions) if (instruction.keyword === "RUN") runs.push({ stage, instruction });
  }
  return { analysis, last, runs, start, kind: startKind(start.calls) };
}

function compiledIn({ analysis, runs }: Image, from = 0): Set<Language> {
  const found = new Set<Language>();
  for (const { instruction } of runs.slice(from)) {
    for (const { words: command } of analysis.script(instruction).commands) {
      const language = compiled(unwrapCommand(command));
      if (language) found.add(language);
    }
  }
  return found;
}

const nextStep = "Build in a stage of its own and copy what runs from there.";

/** The base is an SDK, and the container starts what was made with it. */
function* checkBase(image: Image): Generator<Finding> {
  const { analysis, last, start, kind } = image;
  const root = analysis.roots[last.index];
  if (kind !== "program" || root?.kind !== "image" || !last.base) return;
  const parsed = parseImage(root.image);
  const startsJava = start.calls.some(({ program }) => lastPart(program) === "java");
  const tools = toolchainOf(parsed);
  if (tools) {
    const { language } = tools;
    if (language === "java" ? !startsJava : startsJava) return;
    if (language === "dotnet" || language === "java" || makes(image, language) || isCopied(image)) {
      yield { span: last.base.span, message: `The image ships ${tools.what}, which only its build needs. ${nextStep}` };
    }
    return;
  }
  const jdk = jdkOf(parsed);
  if (!jdk || !startsJava || jdkUses.test(analysis.text)) return;
  if (makes(image, "java")) {
    yield { span: last.base.span, message: `The image ships a JDK, which only its build needs. ${nextStep}` };
    return;
  }
  if (namesCompiler.test(analysis.text)) return;
  const { runtime } = jdk;
  const written = last.base.text;
  yield {
    span: last.base.span,
    message: "The image ships a whole JDK. A Java runtime (JRE) is enough for what it starts.",
    ...(runtime !== null &&
      written === root.image && {
        fixes: [
          {
            title: `Use ${runtime}`,
            safety: "unsafe" as const,
            edits: [{ span: last.base.span, newText: runtime }],
          },
        ],
      }),
  };
}

function makes(image: Image, language: Language): boolean {
  const found = compiledIn(image);
  return found.has(language) || (language !== "java" && found.has("c"));
}

/** Whether the program that the container starts is brought by a COPY from another stage. */
function isCopied({ analysis, last, start }: Image): boolean {
  const names = new Set(start.calls.map(({ program }) => lastPart(program)));
  return analysis.references.some(
    ({ kind, stage, instruction }) =>
      kind === "copy" &&
      stage === last.index &&
      instruction.args.some(({ text }) => names.has(lastPart(text.replace(/\/$/, "")))),
  );
}

function bringsToolchain({ references }: Analysis, { index }: Stage): boolean {
  return references.some(
    ({ kind, stage, instruction }) =>
      kind === "copy" && stage === index && instruction.args.some(({ text }) => toolchainPath.test(text)),
  );
}

/** A compiler's package in a layer that ships. */
interface Compiler extends InstalledPackage {
  readonly language: Language | "jdk";
  /** The place of its RUN among those that ship. */
  readonly run: number;
}

/** More compilers than anybody installs. */
const most = 20;

function compilersLeft({ analysis, runs }: Image): Compiler[] {
  const found: Compiler[] = [];
  runs.forEach(({ instruction }, run) => {
    if (!words.test(instruction.line.text) && instruction.heredocs.length === 0) return;
    for (const left of packagesLeft(analysis.script(instruction))) {
      const language = languageOf(left.name);
      if (language && found.length < most) found.push({ ...left, language, run });
    }
  });
  return found;
}

/** Where a later layer removes a package again. */
function removedLater({ analysis, runs }: Image, { name, manager, run }: Compiler): ShellWord | null {
  for (const { instruction } of runs.slice(run + 1)) {
    if (!instruction.line.text.includes(name) && instruction.heredocs.length === 0) continue;
    for (const { words: command } of analysis.script(instruction).commands) {
      const read = readPackageCommand(unwrapCommand(command));
      if (read?.manager !== manager || read.action !== "remove") continue;
      const word = read.packages.find(({ value }) => packageName(value) === name);
      if (word) return word;
    }
  }
  return null;
}

function* checkPackages(image: Image): Generator<Finding> {
  const { analysis, last, start, kind } = image;
  const left = compilersLeft(image);
  for (const compiler of left) {
    const removal = removedLater(image, compiler);
    if (!removal) continue;
    yield {
      span: compiler.word.span,
      message: `'${compiler.name}' still ships: removing it in a later RUN leaves it in this layer. Install and remove it in one RUN.`,
      related: [{ span: removal.span, message: "It is removed here." }],
    };
    return;
  }
  const root = analysis.roots[last.index];
  if (kind !== "program" || left.length === 0 || root === null || root === undefined) return;
  const isCompiled = root.kind === "image" && hasCompiler(parseImage(root.image));
  const jdk = left.find(({ language }) => language === "jdk");
  if (jdk) {
    yield* checkJdkPackage(image, jdk);
    return;
  }
  if (compilesLater.test(analysis.text)) return;
  const done = compiledIn(image, left[0]!.run);
  const shipped = left.filter(
    ({ language }) => language !== "jdk" && done.has(language) && !(language === "c" && isCompiled),
  );
  const [first] = shipped;
  if (!first || start.calls.some(({ program }) => lastPart(program) === "R" || lastPart(program) === "Rscript")) return;
  const names = [...new Set(shipped.map(({ name }) => `'${name}'`))];
  yield {
    span: first.word.span,
    message: `The image ships ${joined(names, "and")}, which only its build needs. Build in a stage of its own, or install and remove ${names.length > 1 ? "them" : "it"} in one RUN.`,
  };
}

function* checkJdkPackage(image: Image, { name, word }: Compiler): Generator<Finding> {
  const { analysis, start } = image;
  if (!start.calls.some(({ program }) => lastPart(program) === "java") || jdkUses.test(analysis.text)) return;
  if (compiledIn(image).has("java")) {
    yield { span: word.span, message: `The image ships a JDK, which only its build needs. ${nextStep}` };
    return;
  }
  if (namesCompiler.test(analysis.text)) return;
  const runtime = /-jdk/.test(name)
    ? name.replace("-jdk", "-jre")
    : name.endsWith("-devel")
      ? name.replace(/-devel$/, "")
      : `${name}-jre`;
  yield {
    span: word.span,
    message: "The image ships a whole JDK. A Java runtime (JRE) is enough for what it starts.",
    ...(word.text === name && {
      fixes: [
        { title: `Install ${runtime}`, safety: "unsafe" as const, edits: [{ span: word.span, newText: runtime }] },
      ],
    }),
  };
}

export const buildToolsInFinalStage: Rule = {
  id: "BuildToolsInFinalStage",
  severity: "hint",
  summary: "An image that ships what only its build needs.",
  docs: `
An image that ships a compiler, the development dependencies and the sources is larger, slower to start and has more that can be
attacked. A builder stage keeps them out: only what runs is copied on. See
[Multi-stage builds](https://docs.docker.com/build/building/multi-stage/).

The rule looks at what a build without \`--target\` ships, the last stage with all it is built on. It speaks

- where a single stage can be split: the quick fix is that split;
- where the last stage stands on an SDK (\`golang\`, \`rust\`, \`maven\`, \`dotnet/sdk\` …) and starts a program that is built;
- where it stands on a JDK or installs one, and starts \`java\`: a JRE runs the same program. A program that compiles Java itself, or
  people who look into it with \`jmap\` and the like, need the JDK;
- where it installs a compiler, compiles with it and leaves it in;
- where a compiler is removed in another RUN than the one that installed it: layers only add, so it still ships.

An image to develop, test or build in keeps its tools: one whose command is a shell, a test runner or a watcher, whose last
stage is called \`dev\`, \`test\` or the like, or that starts nothing. What a script starts is not known, so the rule is silent.`,
  examples: [
    {
      title: "The Go toolchain ships",
      text: `
FROM golang:1.25-alpine
     ^^^^^^^^^^^^^^^^^^ The image ships the Go toolchain, which only its build needs. Build in a stage of its own and copy what runs from there.
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /usr/local/bin/service ./cmd/service
ENTRYPOINT ["/usr/local/bin/service"]
`,
    },
    {
      title: "Split already",
      text: `
FROM golang:1.25-alpine AS builder
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /usr/local/bin/service ./cmd/service
FROM alpine:3
COPY --from=builder /usr/local/bin/service /usr/local/bin/service
ENTRYPOINT ["/usr/local/bin/service"]
`,
    },
    {
      title: "Split, but onto the SDK again",
      text: `
FROM rust:1.90 AS builder
WORKDIR /src
COPY . .
RUN cargo build --release
FROM rust:1.90
     ^^^^^^^^^ The image ships the Rust toolchain, which only its build needs. Build in a stage of its own and copy what runs from there.
COPY --from=builder /src/target/release/service /usr/local/bin/service
CMD ["service"]
`,
    },
    {
      title: "A JDK where a JRE serves",
      text: `
FROM eclipse-temurin:21-jdk-alpine AS builder
WORKDIR /src
COPY . .
RUN ./gradlew bootJar
FROM eclipse-temurin:21-jdk-alpine
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ The image ships a whole JDK. A Java runtime (JRE) is enough for what it starts.
COPY --from=builder /src/build/libs/app.jar /app.jar
ENTRYPOINT ["java", "-jar", "/app.jar"]
`,
      fixed: `
FROM eclipse-temurin:21-jdk-alpine AS builder
WORKDIR /src
COPY . .
RUN ./gradlew bootJar
FROM eclipse-temurin:21-jre-alpine
COPY --from=builder /src/build/libs/app.jar /app.jar
ENTRYPOINT ["java", "-jar", "/app.jar"]
`,
    },
    {
      title: "Compiled in the image that ships",
      text: `
FROM amazoncorretto:21
     ^^^^^^^^^^^^^^^^^ The image ships a JDK, which only its build needs. Build in a stage of its own and copy what runs from there.
WORKDIR /app
COPY Main.java .
RUN javac Main.java
CMD ["java", "Main"]
`,
    },
    {
      title: "A JDK from the distribution",
      text: `
FROM debian:13-slim
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-21-jdk-headless && rm -rf /var/lib/apt/lists/*
                                                                 ^^^^^^^^^^^^^^^^^^^^^^^ The image ships a whole JDK. A Java runtime (JRE) is enough for what it starts.
COPY app.jar /app.jar
USER nobody
CMD ["java", "-jar", "/app.jar"]
`,
      fixed: `
FROM debian:13-slim
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-21-jre-headless && rm -rf /var/lib/apt/lists/*
COPY app.jar /app.jar
USER nobody
CMD ["java", "-jar", "/app.jar"]
`,
    },
    {
      title: "A compiler for Python's extensions stays",
      text: `
FROM python:3.13-slim
RUN apt-get update && apt-get install -y gcc libpq-dev
                                         ^^^ The image ships 'gcc', which only its build needs. Build in a stage of its own, or install and remove it in one RUN.
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
USER nobody
CMD ["python", "main.py"]
`,
    },
    {
      title: "Removed too late",
      text: `
FROM python:3.13-alpine
RUN apk add --no-cache build-base libpq
                       ^^^^^^^^^^ 'build-base' still ships: removing it in a later RUN leaves it in this layer. Install and remove it in one RUN.
COPY requirements.txt .
RUN pip install -r requirements.txt
RUN apk del build-base
COPY . .
USER nobody
CMD ["python", "main.py"]
`,
    },
    {
      title: "Removed in the same RUN",
      text: `
FROM python:3.13-alpine
COPY requirements.txt .
RUN apk add --no-cache --virtual .build-deps gcc musl-dev \\
 && pip install -r requirements.txt \\
 && apk del .build-deps
COPY . .
CMD ["python", "main.py"]
`,
    },
    {
      title: "An image to work in",
      text: `
FROM golang:1.25
RUN apt-get update && apt-get install -y build-essential
WORKDIR /src
CMD ["bash"]
`,
    },
    {
      title: "The compiler is what the container starts",
      text: `
FROM maven:3-eclipse-temurin-21
WORKDIR /src
COPY . .
RUN mvn dependency:go-offline
CMD ["mvn", "spring-boot:run"]
`,
    },
    {
      title: "A JDK that is looked into",
      text: `
FROM eclipse-temurin:21-jdk
# For jmap and jstack.
COPY app.jar /app.jar
CMD ["java", "-jar", "/app.jar"]
`,
    },
    {
      title: "A script decides",
      text: `
FROM rust:1.90
COPY . .
RUN cargo install --path .
ENTRYPOINT ["/docker-entrypoint.sh"]
`,
    },
    {
      title: "Nothing is built",
      text: `
FROM python:3.13-slim
COPY app.py .
CMD ["python", "app.py"]
`,
    },
  ],
  *check(analysis, neighbours) {
    const { stages, model, text } = analysis;
    const last = stages.at(-1);
    if (!last?.base) return;
    const isOffered = (stages.length === 1 || !isWorkStage(last)) && offersSplit(analysis, last, neighbours);
    const refactoring = isOffered ? { refactoring: splitStage.id } : null;
    const found = words.test(text) && model.problems.length === 0 ? findTools(analysis, last) : [];
    for (const finding of found) yield { ...finding, ...refactoring };
    if (found.length > 0 || !refactoring) return;
    yield {
      span: last.base.span,
      message: "The image ships tools or files that only its build needs. A builder and a runtime stage keep them out.",
      ...refactoring,
    };
  },
};

/** What the last stage certainly does not need: its base, else packages. */
function findTools(analysis: Analysis, last: Stage): readonly Finding[] {
  if (isWorkStage(last)) return [];
  const root = analysis.roots[last.index];
  if (root?.kind === "image" && isWorkplace(parseImage(root.image))) return [];
  const image = readImage(analysis, last);
  if (!image || bringsToolchain(analysis, last)) return [];
  const bases = [...checkBase(image)];
  return bases.length > 0 ? bases : [...checkPackages(image)];
}
