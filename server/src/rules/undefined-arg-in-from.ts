import { platformError } from "../dockerfile/platform.ts";
import { dockerfileVariables } from "../dockerfile/variables.ts";
import { expand } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import { lineEnding } from "../text/edit.ts";
import { encloses, type Span } from "../text/range.ts";
import { nameSuggester } from "../text/suggest.ts";
import { dependsOnCaller, isUnfinished } from "./common/from-args.ts";
import { onFirstLine } from "../stages/place.ts";
import type { Fix, Rule } from "./rule.ts";

/** Declares the arg below the others before the first FROM, else right above it. */
function declareGlobal({ model, stages, lines, text }: Analysis, name: string): Fix {
  const eol = lineEnding(text);
  const last = model.globals.at(-1);
  const first = stages[0]!.from;
  const keyword = text.slice(first.keywordSpan.start, first.keywordSpan.end);
  const arg = keyword === "from" ? "arg" : "ARG";
  const line = lines.lineAt(first.comment?.start ?? first.span.start);
  const at = last ? lines.endOf(last.endLine) : lines.editableStartOf(line);
  return {
    title: `Declare ${arg} ${name} before the first ${keyword}`,
    safety: "unsafe",
    edits: [{ span: { start: at, end: at }, newText: last ? `${eol}${arg} ${name}` : `${arg} ${name}${eol}` }],
  };
}

/** Whether a text is a platform with the defaults of its build args, or one that the caller completes. */
function isPlatform({ model: { globalValues }, dockerfile }: Analysis, text: string): boolean {
  const { value, error, uses } = expand(text, (name) => globalValues.get(name), { escape: dockerfile.escape });
  if (uses.some(({ name }) => globalValues.has(name) && globalValues.get(name) === undefined)) return true;
  return error === null && platformError(value) === null;
}

/** The names that FROM lines know: those that the file declares first, then BuildKit's own. */
function knownNames({ model, scope }: Analysis): string[] {
  const names = [...model.globalValues.keys()];
  const isDeclared = (name: string): boolean => scope.global(name) !== null;
  return [...names.filter(isDeclared), ...names.filter((name) => !isDeclared(name))];
}

export const undefinedArgInFrom: Rule = {
  id: "UndefinedArgInFrom",
  severity: "warning",
  buildkit: "stable",
  summary: "A variable in FROM that is not declared before the first FROM.",
  docs: `
\`FROM\` lines see the build args that are declared with \`ARG\` before the first \`FROM\`, and those that BuildKit sets by
itself, such as \`BUILDPLATFORM\`. All others are empty there, whatever the stages above declare.

Where the image's name or the platform is none without the variable, the build fails; then the rules
\`InvalidFrom\` and \`InvalidPlatform\` tell why. See
[UndefinedArgInFrom](https://docs.docker.com/reference/build-checks/undefined-arg-in-from/).`,
  examples: [
    {
      title: "A typing mistake",
      text: `
ARG VARIANT=-slim
FROM node:22\${VARIENT}
            ^^^^^^^^^^ FROM argument 'VARIENT' is not declared (did you mean VARIANT?)
`,
      fixed: `
ARG VARIANT=-slim
FROM node:22\${VARIANT}
`,
    },
    {
      title: "Declared in a stage",
      text: `
FROM alpine:3.20 AS base
ARG SUFFIX=-dev
FROM example/app:1$SUFFIX
                  ^^^^^^^ FROM argument 'SUFFIX' is not declared
`,
      fixed: `
ARG SUFFIX
FROM alpine:3.20 AS base
ARG SUFFIX=-dev
FROM example/app:1$SUFFIX
`,
    },
    {
      title: "In a platform",
      text: `
FROM --platform=\${BUILDPLATFROM:-linux/amd64} golang:1.22
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ FROM argument 'BUILDPLATFROM' is not declared (did you mean BUILDPLATFORM?)
`,
      fixed: `
FROM --platform=\${BUILDPLATFORM:-linux/amd64} golang:1.22
`,
    },
    {
      title: "Declared, or BuildKit's own",
      text: `
ARG TAG
ARG BASE=node:22
FROM --platform=$BUILDPLATFORM \${BASE} AS build
FROM node:\${TAG:-22}-$TARGETARCH
`,
    },
  ],
  *check(analysis) {
    const { dockerfile, lines, model, stages } = analysis;
    let names: string[] | undefined;
    const suggest = nameSuggester();
    for (const { from, base } of stages) {
      if (!base || !from.line.text.includes("$")) continue;
      const flag = from.flags.find(({ name, valueSpan }) => name === "platform" && valueSpan !== null);
      const platform = flag?.valueSpan;
      // Where the build fails without the variable, InvalidFrom and InvalidPlatform tell why.
      const isRefused = isUnfinished(base) && !dependsOnCaller(analysis, base);
      const isPlatformRefused = platform != null && !isPlatform(analysis, flag!.value!);
      const seen = new Set<string>();
      for (const { name, span, nameSpan } of dockerfileVariables(dockerfile, from)) {
        const part = [platform, base.span].find((each): each is Span => each != null && encloses(each, span));
        if (!part || model.globalValues.has(name) || (part === platform ? isPlatformRefused : isRefused)) continue;
        const place = `${part.start} ${name}`;
        if (seen.has(place)) continue;
        seen.add(place);
        names ??= knownNames(analysis);
        const like = suggest(name, names);
        const rename: Fix[] =
          like === null
            ? []
            : [{ title: `Change to '${like}'`, safety: "unsafe", edits: [{ span: nameSpan, newText: like }] }];
        yield {
          ...onFirstLine(lines, from, span, "It is used here."),
          message: `FROM argument '${name}' is not declared${like === null ? "" : ` (did you mean ${like}?)`}`,
          // No name begins with a digit, and the shell's own are none.
          fixes: /^[A-Za-z_]\w*$/.test(name) ? [...rename, declareGlobal(analysis, name)] : [],
        };
      }
    }
  },
};
