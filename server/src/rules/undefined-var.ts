import type { Instruction } from "../dockerfile/instruction.ts";
import { type DockerfileVariable, dockerfileVariables } from "../dockerfile/variables.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import type { Stage } from "../stages/resolve.ts";
import { isAutomaticArg, type Scope } from "../stages/scope.ts";
import type { Step } from "../stages/steps.ts";
import { closestName } from "../text/suggest.ts";
import { argFinder, declareArg } from "./common/declare-arg.ts";
import { baseEnvironments, checkedInstructions, checkedWords, namesIn, wordAround } from "./common/known-variables.ts";
import { onFirstLine } from "../stages/place.ts";
import type { Fix, Rule } from "./rule.ts";

/** Build args for scans that BuildKit keeps out of the environment and never misses. */
const silentArgs: ReadonlySet<string> = new Set(["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"]);

/** `$1`, `$@` and the like, which only a shell has. */
const specialParameter = /\$\{?[^A-Za-z_{}:]/;

/** To BuildKit letters of all languages belong to a name. */
const ascii = /^[\t-~]*$/;

/** What no build arg is for. */
const runtimeNames = /^(?:HOME|PWD|OLDPWD|HOSTNAME|TERM|SHELL|UID|GID|USER|\d+|[^\w]+)$/;

/** What stands behind `$` where BuildKit looks: the names, and whether some may be no plain name. */
interface UsedNames {
  readonly names: readonly string[];
  readonly isOdd: boolean;
}

/** `null` where there is none. */
const namesUsed: Question<UsedNames | null> = (written, { text: file }) => {
  const instruction = written.trigger ?? written;
  const { keyword, line, mounts, argsStart } = instruction;
  if (!checkedInstructions.has(keyword) || (keyword === "RUN" && mounts.length === 0)) return null;
  const text =
    written.heredocs.length > 0 && keyword !== "RUN"
      ? file.slice(written.span.start, written.span.end)
      : line.text.slice(0, keyword === "RUN" ? argsStart : undefined);
  if (!text.includes("$")) return null;
  return { names: [...namesIn(text)], isOdd: specialParameter.test(text) || !ascii.test(text) };
};

/** The variables without a value that BuildKit tells of in a step, in the order of the file. */
function findUnset(
  analysis: Analysis,
  stage: number,
  environment: ReadonlySet<string>,
  { instruction, written }: Step,
): DockerfileVariable[] {
  const { keyword, pairs } = instruction;
  const { dockerfile, scope } = analysis;
  const isSet = (name: string): boolean => isSetAt(scope, stage, environment, name, written);
  const words = checkedWords(written);
  // One ARG may declare several, each sees those in front of it.
  const declared = new Map<string, number>();
  if (keyword === "ARG") for (const { key, span } of pairs.toReversed()) declared.set(key, span.end);
  const found: DockerfileVariable[] = [];
  const seen = new Set<string>();
  const behindFlags = instruction.flags.at(-1)?.span.end ?? 0;
  for (const use of dockerfileVariables(dockerfile, written)) {
    const { name, span } = use;
    const word = isSet(name) ? null : wordAround(words, span);
    if (!word || (declared.get(name) ?? Infinity) <= span.start) continue;
    // In flags BuildKit takes such a name apart.
    if (span.end <= behindFlags && !ascii.test(name)) continue;
    // It tells of a name once for each word.
    const place = `${word.start} ${name}`;
    if (!seen.has(place)) found.push(use);
    seen.add(place);
  }
  return found;
}

/**
 * The steps of a stage in which a variable may have no value, by their numbers. What decides that is the stage's, so later
 * versions know it.
 */
function doubtfulSteps(analysis: Analysis, stage: Stage, environment: ReadonlySet<string>): readonly number[] {
  const { graph, steps, scope } = analysis;
  const { index } = stage;
  const own = steps[index]!;
  const key = `${analysis.contentOf(index)} ${graph.needed[index]} ${own.length}`;
  return analysis.keep(doubtfulSteps, key, () =>
    own.flatMap(({ written }, at) => {
      const used = analysis.recall(namesUsed, written);
      if (!used) return [];
      const isFine = !used.isOdd && used.names.every((name) => isSetAt(scope, index, environment, name, written));
      return isFine ? [] : [at];
    }),
  );
}

function isSetAt(
  scope: Scope,
  stage: number,
  environment: ReadonlySet<string>,
  name: string,
  { span }: Instruction,
): boolean {
  return environment.has(name) || silentArgs.has(name) || scope.lookUp(stage, name, span.start) !== null;
}

/** More names than this, or more comparisons of names in one file, are nobody's typing mistakes. */
const mostNames = 300;
const mostComparisons = 1_000_000;

/** The names of an environment in BuildKit's order: a name stands where it was last set. */
interface Names {
  readonly all: Set<string>;
  /** Those that stay in the image, where they were first set. A stage built on it sets them again. */
  readonly kept: Set<string>;
}

function setName({ all, kept }: Names, name: string, isKept: boolean): void {
  if (all.size >= mostNames && !all.has(name)) return;
  all.delete(name);
  all.add(name);
  if (isKept) kept.add(name);
}

/** Finds the name that is most like one that is not set; `null` where none is like it. */
type Suggest = (stage: Stage, step: Step, use: DockerfileVariable) => string | null;

/** The name, and how many names it was compared with. */
interface Suggestion {
  readonly like: string | null;
  readonly compared: number;
}

function suggester(analysis: Analysis, environments: readonly (ReadonlySet<string> | null)[]): Suggest {
  const { stages, steps, scope } = analysis;
  const ends: Names[] = [];
  let comparisons = 0;
  let at: { readonly stage: number; readonly names: Names; next: number } | null = null;

  const start = ({ index, base }: Stage): Names => {
    const below = base?.target.kind === "stage" ? endOf(base.target.stage) : null;
    const names: Names = { all: new Set(below?.all), kept: new Set(below?.kept) };
    for (const name of below?.kept ?? environments[index] ?? []) setName(names, name, true);
    return names;
  };
  const run = (names: Names, { instruction: { keyword, pairs } }: Step, before = Infinity): void => {
    for (const { key, value, span } of pairs) {
      if (keyword === "ENV") setName(names, key, true);
      if (keyword !== "ARG" || span.end > before || silentArgs.has(key)) continue;
      const bringsValue = value !== null || isAutomaticArg(key) || hasGlobalValue(key);
      if (bringsValue) setName(names, key, false);
    }
  };
  const hasGlobalValue = (name: string): boolean => {
    // They come first in the file.
    for (const { stage, pair } of scope.byName.get(name) ?? []) {
      if (stage !== null) return false;
      if (pair.value !== null) return true;
    }
    return false;
  };
  // FROM names stages above only, and a chain of them may be long.
  const endOf = (stage: number): Names => {
    for (let index = ends.length; index <= stage; index++) {
      const names = start(stages[index]!);
      for (const step of steps[index]!) if (step.instruction.pairs.length > 0) run(names, step);
      ends.push(names);
    }
    return ends[stage]!;
  };

  const compare = (stage: Stage, step: Step, { name, span }: DockerfileVariable): Suggestion => {
    const own = steps[stage.index]!;
    if (at?.stage !== stage.index) at = { stage: stage.index, names: start(stage), next: 0 };
    while (own[at.next] !== step) run(at.names, own[at.next++]!);
    let { names } = at;
    const { keyword, pairs } = step.instruction;
    if (keyword === "ARG" && pairs.length > 1 && pairs.length < mostNames) {
      names = { all: new Set(names.all), kept: names.kept };
      run(names, step, span.start);
    }
    if (names.all.size >= mostNames) return { like: null, compared: 0 };
    return { like: closestName(name, names.all), compared: names.all.size };
  };

  return (stage, step, use) => {
    if (comparisons > mostComparisons) return null;
    const place = `${step.written.span.start - stage.span.start} ${use.span.start - stage.span.start}`;
    const key = `${analysis.contentOf(stage.index)} ${place} ${use.name}`;
    const { like, compared } = analysis.keep(suggester, key, () => compare(stage, step, use));
    comparisons += compared;
    return like;
  };
}

/** For each name behind a `$` the only stage whose text has it; -1 where several have. */
function onlyUsers(analysis: Analysis): ReadonlyMap<string, number> {
  const { stages, text } = analysis;
  const users = new Map<string, number>();
  for (const { index, span } of stages) {
    const names = analysis.keep(onlyUsers, `${analysis.contentOf(index)}`, () => [
      ...namesIn(text.slice(span.start, span.end)),
    ]);
    for (const name of names) users.set(name, users.has(name) ? -1 : index);
  }
  return users;
}

/** Makes the fixes of a use: the arg that is meant, the name that is like it, or an arg for the build to give. */
function fixer(analysis: Analysis): (stage: Stage, step: Step, use: DockerfileVariable, like: string | null) => Fix[] {
  const meantArg = argFinder(analysis);
  let users: ReadonlyMap<string, number> | undefined;
  /** What the last instruction sets. */
  let set: { readonly by: Instruction | null; readonly keys: ReadonlySet<string> } = { by: null, keys: new Set() };
  return (stage, { written }, { name, nameSpan }, like) => {
    const found: Fix[] = [];
    const meant = meantArg(name);
    const fix = meant === null ? null : declareArg(analysis, stage, name, meant, written);
    if (fix) found.push(fix);
    // A name with a sign in it is one that BuildKit sets, but none that it reads.
    if (like !== null && /^\w+$/.test(like) && /^[A-Za-z_]/.test(name))
      found.push({ title: `Change to '${like}'`, safety: "unsafe", edits: [{ span: nameSpan, newText: like }] });
    // What an ENV adds to itself comes from the base image, or from nowhere.
    if (set.by !== written)
      set = { by: written, keys: new Set((written.trigger ?? written).pairs.map(({ key }) => key)) };
    if (meant !== null || runtimeNames.test(name) || set.keys.has(name)) return found;
    // An arg that other stages mention would have to be declared there, too.
    users ??= onlyUsers(analysis);
    const declared = users.get(name) === stage.index ? declareArg(analysis, stage, name, null, written) : null;
    if (declared) found.push(declared);
    return found;
  };
}

export const undefinedVar: Rule = {
  id: "UndefinedVar",
  severity: "warning",
  buildkit: "stable",
  summary: "A variable that nothing sets.",
  docs: `
BuildKit expands variables in \`COPY\`, \`ENV\`, \`WORKDIR\` and the like, and takes one that nothing sets for empty: \`COPY app $DIR/\`
then copies to \`/\`. A stage sees the \`ARG\` and \`ENV\` above it in the same stage, those of the stages that its \`FROM\` leads to, and
what the base image sets; an \`ARG\` before the first \`FROM\` has to be declared again.

The rule knows what popular images set, such as \`GOPATH\` in \`golang\` or \`LAMBDA_TASK_ROOT\` in those for AWS Lambda, and stays
silent on all other images. Like BuildKit it counts \`\${NAME:-default}\` as a use, and after \`ONBUILD\` it looks where the
instruction runs. What a shell expands (\`RUN\`, \`CMD\`) it does not look at. See
[UndefinedVar](https://docs.docker.com/reference/build-checks/undefined-var/).`,
  examples: [
    {
      title: "A typing mistake",
      text: `
FROM alpine:3.20
ARG VERSION=1.2.3
ENV APP_VERSION=$VERSON
                ^^^^^^^ Usage of undefined variable '$VERSON' (did you mean $VERSION?)
`,
      fixed: `
FROM alpine:3.20
ARG VERSION=1.2.3
ENV APP_VERSION=$VERSION
`,
    },
    {
      title: "Declared before FROM",
      text: `
ARG PREFIX=/opt/app
FROM alpine:3.20
# Where it lives
WORKDIR $PREFIX
        ^^^^^^^ Usage of undefined variable '$PREFIX'
`,
      fixed: `
ARG PREFIX=/opt/app
FROM alpine:3.20
ARG PREFIX
# Where it lives
WORKDIR $PREFIX
`,
    },
    {
      title: "Of another stage",
      text: `
FROM golang:1.22 AS build
ARG OUT=/out
RUN go build -o $OUT/app .
FROM alpine:3.20
COPY --from=build \${OUT}/app /usr/bin/
                  ^^^^^^ Usage of undefined variable '$OUT'
`,
      fixed: `
FROM golang:1.22 AS build
ARG OUT=/out
RUN go build -o $OUT/app .
FROM alpine:3.20
ARG OUT=/out
COPY --from=build \${OUT}/app /usr/bin/
`,
    },
    {
      title: "An ENV does not see itself",
      text: `
FROM node:22
ENV APP=/srv/app PUBLIC=$APP/public
                        ^^^^ Usage of undefined variable '$APP'
`,
    },
    {
      title: "Nor does an ARG",
      text: `
ARG RELEASE=3
FROM alpine:3.20
ARG RELEASE=\${RELEASE}
            ^^^^^^^^^^ Usage of undefined variable '$RELEASE'
`,
      fixed: `
ARG RELEASE=3
FROM alpine:3.20
ARG RELEASE
`,
    },
    {
      title: "Nor does an ARG, and the value is in another stage",
      text: `
FROM golang:1.22 AS build
ARG APP=server
RUN go build -o /out/$APP .
FROM alpine:3.20
ARG APP="$APP"
         ^^^^ Usage of undefined variable '$APP'
COPY --from=build /out/$APP /usr/bin/
`,
      fixed: `
FROM golang:1.22 AS build
ARG APP=server
RUN go build -o /out/$APP .
FROM alpine:3.20
ARG APP=server
COPY --from=build /out/$APP /usr/bin/
`,
    },
    {
      title: "Nothing is there to add to",
      text: `
FROM ubuntu:24.04
ENV LD_LIBRARY_PATH=/opt/lib:$LD_LIBRARY_PATH
                             ^^^^^^^^^^^^^^^^ Usage of undefined variable '$LD_LIBRARY_PATH'
`,
    },
    {
      title: "On a line further down",
      text: `
FROM ubuntu:24.04
ENV A=1 \\
^^^ Usage of undefined variable '$UNKNOWN'
    B=$UNKNOWN
`,
    },
    {
      title: "After ONBUILD, where it runs",
      text: `
FROM alpine:3.20 AS base
ONBUILD ARG KNOWN=1
ONBUILD LABEL known=$KNOWN other=$OTHER
FROM base
^^^^ Usage of undefined variable '$OTHER'
RUN ls
`,
    },
    {
      title: "Quotes and escapes of a flag, and of an array, are gone before",
      text: `
FROM alpine:3.20
COPY --chown='$OWNER' app /
              ^^^^^^ Usage of undefined variable '$OWNER'
COPY --chown=\\\\$GROUP ["app", "/\\\\$DIR"]
`,
    },
    {
      title: "The base image sets it",
      text: `
FROM golang:1.22-alpine AS build
WORKDIR $GOPATH/src/app
FROM public.ecr.aws/lambda/python:3.13
COPY app.py \${LAMBDA_TASK_ROOT}
ENV PATH=/opt/bin:$PATH
`,
    },
    {
      title: "An image of which nothing is known may set it",
      text: `
FROM registry.example.com/team/base:1
WORKDIR $APP_DIR
`,
    },
    {
      title: "Declared, inherited, or the shell's",
      text: `
ARG TAG=3.20
ARG NAME
FROM alpine:$TAG AS base
ARG NAME
ARG DIR=/srv SUB=$DIR/app
ENV HOME_DIR=/home/$NAME
FROM base
WORKDIR $DIR/$SUB/$HOME_DIR
EXPOSE 80
RUN echo $UNKNOWN && echo '$OTHER'
LABEL note='costs $FIVE' price=\\$5
`,
    },
  ],
  *check(analysis) {
    if (!analysis.text.includes("$")) return;
    const environments = baseEnvironments(analysis);
    let suggest: Suggest | undefined;
    const fixesOf = fixer(analysis);
    for (const stage of analysis.stages) {
      const environment = environments[stage.index];
      if (!environment) continue;
      for (const at of doubtfulSteps(analysis, stage, environment)) {
        const step = analysis.steps[stage.index]![at]!;
        for (const use of findUnset(analysis, stage.index, environment, step)) {
          const { name, span } = use;
          suggest ??= suggester(analysis, environments);
          const like = suggest(stage, step, use);
          yield {
            ...onFirstLine(analysis.lines, step.place, span, `It is used here.`),
            message: `Usage of undefined variable '$${name}'${like === null ? "" : ` (did you mean $${like}?)`}`,
            fixes: fixesOf(stage, step, use, like),
          };
        }
      }
    }
  },
};
