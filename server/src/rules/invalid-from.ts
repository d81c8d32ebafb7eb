import type { Instruction } from "../dockerfile/instruction.ts";
import { moveComment } from "../dockerfile/trailing-comment.ts";
import { expand } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import { imageNameError } from "../stages/image-name.ts";
import { isValidStageName, type Reference } from "../stages/resolve.ts";
import { quoted } from "../text/quote.ts";
import { dependsOnCaller } from "./common/from-args.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** Whether the base stops a build that does not give a build arg: `${BASE:?}` is made for it. */
function asksCaller(analysis: Analysis, base: Reference): boolean {
  const { uses } = expand(base.text, undefined, { escape: analysis.dockerfile.escape });
  return uses.at(-1)?.modifier.endsWith("?") === true && dependsOnCaller(analysis, base);
}

/** What a FROM with a variable that is not declared above the first FROM needs to be told. */
function explainScope(
  { model, dockerfile, scope }: Analysis,
  base: Reference | null,
): Pick<Finding, "related"> & { hint: string } {
  if (!base || base.kind !== "from" || !base.text.includes("$")) return { hint: "" };
  const { uses } = expand(base.text, undefined, { escape: dockerfile.escape });
  const unknown = uses.find(({ name }) => !model.globalValues.has(name));
  if (!unknown) return { hint: "" };
  const { name } = unknown;
  const hint = `. '${name}' is empty here: FROM lines see only the build args that are declared above the first FROM.`;
  const inStage = scope.byName.get(name)?.find(({ stage, kind }) => stage !== null && kind === "arg");
  return {
    hint,
    ...(inStage && { related: [{ span: inStage.pair.span, message: "This one belongs to its stage." }] }),
  };
}

/** `FROM node:20 build` lacks its AS; `FROM node:20 # build` has a comment where none can be. */
function mendArguments(analysis: Analysis, from: Instruction): Fix | null {
  const { args, flags, keywordSpan } = from;
  const [, name] = args;
  const comment = args.findIndex(({ text }, i) => i > 0 && text.startsWith("#"));
  if (comment > 0) {
    const isComplete = comment === 1 || (comment === 3 && /^as$/i.test(name!.text));
    return isComplete ? moveComment(analysis.dockerfile, from, args[comment]!.span) : null;
  }
  if (!name || args.length !== 2 || /^as$/i.test(args[0]!.text) || flags.some(({ value }) => value === null))
    return null;
  if (/^as$/i.test(name.text) || !isValidStageName(name.text)) return null;
  const keyword = analysis.text.slice(keywordSpan.start, keywordSpan.end);
  const as = keyword === keyword.toUpperCase() ? "AS" : "as";
  const { start } = name.span;
  return { title: `Insert ${as}`, safety: "unsafe", edits: [{ span: { start, end: start }, newText: `${as} ` }] };
}

/** `FROM Node:20`: the names of images are in lower case, their tags need not be. */
function lowerName(analysis: Analysis, { text, target, span }: Reference, error: string): Fix | null {
  if (!error.endsWith("must be lowercase") || target.kind !== "image" || text !== target.image) return null;
  if (analysis.text.slice(span.start, span.end) !== text) return null;
  const name = text.lastIndexOf("/") + 1;
  const end = name + text.slice(name).search(/[:@]|$/);
  const lower = text.slice(0, end).toLowerCase();
  if (imageNameError(lower + text.slice(end)) !== null) return null;
  return {
    title: `Change to '${lower}${text.slice(end)}'`,
    safety: "unsafe",
    edits: [{ span: { start: span.start, end: span.start + end }, newText: lower }],
  };
}

export const invalidFrom: Rule = {
  id: "InvalidFrom",
  severity: "error",
  summary: "A FROM line, or an image name, that BuildKit refuses.",
  docs: `
\`FROM\` takes an image and, if wanted, \`AS\` and a name; the name starts with a letter and goes on with letters, digits, \`-\`, \`_\`
and \`.\`; between two letters or digits stands one of these signs, or
\`__\`, or several \`-\`. An image's name must be one that Docker's reference format allows, also in \`COPY --from\` and in mounts.

A base made of a build arg without default is left alone: it is complete once the arg is given.`,
  examples: [
    {
      title: "AS is missing",
      text: `
FROM node:20 build
^^^^^^^^^^^^^^^^^^ FROM requires either one or three arguments
`,
      fixed: `
FROM node:20 AS build
`,
    },
    {
      title: "FROM twice",
      text: `
FROM FROM node:20
^^^^^^^^^^^^^^^^^ FROM requires either one or three arguments
`,
    },
    {
      title: "A comment after the image",
      text: `
FROM node:20 # long-term support
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ FROM requires either one or three arguments
`,
      fixed: `
# long-term support
FROM node:20
`,
    },
    {
      title: "Still being typed",
      text: `
FROM node:20 A`,
    },
    {
      title: "A name that starts with a digit",
      text: `
FROM node:20 AS 1st
                ^^^ invalid name for build stage: "1st", name can't start with a number or contain symbols
`,
    },
    {
      title: "Signs at the end or side by side",
      text: `
FROM alpine AS build-
               ^^^^^^ invalid context name build-: invalid reference format
FROM alpine AS Web..App
               ^^^^^^^^ invalid context name web..app: invalid reference format
FROM alpine AS web--app_1.2
`,
    },
    {
      title: "A quote that nothing closes",
      text: `
FROM node"
     ^^^^^ failed to process "node\\"": unexpected end of statement while looking for matching double-quote
`,
    },
    {
      title: "An image with upper-case letters",
      text: `
FROM Node:20-Alpine
     ^^^^^^^^^^^^^^ failed to parse stage name "Node:20-Alpine": invalid reference format: repository name (library/Node) must be lowercase
`,
      fixed: `
FROM node:20-Alpine
`,
    },
    {
      title: "After ONBUILD, where it runs",
      text: `
FROM alpine AS base
ONBUILD COPY --from=Tools /bin/tool /bin/
                    ^^^^^ failed to parse stage name "Tools": invalid reference format: repository name (library/Tools) must be lowercase
FROM base AS last
ONBUILD COPY --from=Tools /bin/tool /bin/
`,
      fixed: `
FROM alpine AS base
ONBUILD COPY --from=tools /bin/tool /bin/
FROM base AS last
ONBUILD COPY --from=Tools /bin/tool /bin/
`,
    },
    {
      title: "An unfinished tag",
      text: `
FROM node:
     ^^^^^ failed to parse stage name "node:": invalid reference format
`,
    },
    {
      title: "Nothing sets the variable",
      text: `
FROM \${BASE}
     ^^^^^^^ base name (\${BASE}) should not be blank. 'BASE' is empty here: FROM lines see only the build args that are declared above the first FROM.
`,
    },
    {
      title: "The variable belongs to a stage",
      text: `
FROM alpine AS build
ARG VERSION=3.20
FROM alpine:$VERSION
     ^^^^^^^^^^^^^^^ failed to parse stage name "alpine:": invalid reference format. 'VERSION' is empty here: FROM lines see only the build args that are declared above the first FROM.
`,
    },
    {
      title: "The caller gives the base",
      text: `
ARG BASE
ARG TAG
FROM \${BASE} AS build
FROM node:\${TAG}
FROM node:\${TAG:?need-a-tag} AS later
`,
    },
  ],
  *check(analysis) {
    const { model, references, stages } = analysis;
    const unclear = new Set<number>();
    for (const problem of model.problems) {
      // Which word is the image is not known there.
      if (problem.kind === "arguments") unclear.add(problem.stage);
      const { base } = stages[problem.stage]!;
      if (base && problem.kind === "blank" && dependsOnCaller(analysis, base)) continue;
      if (base && problem.kind === "expansion" && asksCaller(analysis, base)) continue;
      const { from } = stages[problem.stage]!;
      // The last line of a text without an end is most likely being typed.
      if (problem.kind === "arguments" && from.span.end === analysis.text.length) continue;
      const { hint, ...related } = explainScope(analysis, problem.kind === "blank" ? base : null);
      const fix = problem.kind === "arguments" ? mendArguments(analysis, from) : null;
      yield { span: problem.span, message: problem.message + hint, ...related, ...(fix && { fixes: [fix] }) };
    }
    // What stands behind ONBUILD is read where a stage of this file is built on its stage.
    const bases = new Set(stages.map(({ base }) => (base?.target.kind === "stage" ? base.target.stage : -1)));
    for (const reference of references) {
      if (reference.target.kind !== "image" || (reference.onbuild && !bases.has(reference.stage))) continue;
      const { image } = reference.target;
      const error = imageNameError(image);
      if (error === null || dependsOnCaller(analysis, reference)) continue;
      if (reference.kind === "from" && unclear.has(reference.stage)) continue;
      // FROM with the wrong letter case has a rule of its own.
      const first = model.firstByName.get(image.toLowerCase());
      if (reference.kind === "from" && first !== undefined && first < reference.stage) continue;
      const { hint, ...related } = explainScope(analysis, reference);
      const message = `failed to parse stage name ${quoted(image)}: ${error}${hint}`;
      const fix = lowerName(analysis, reference, error);
      yield { span: reference.span, message, ...related, ...(fix && { fixes: [fix] }) };
    }
  },
};
