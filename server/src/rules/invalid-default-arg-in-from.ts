import { expand } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import { dependsOnCaller, isUnfinished } from "./common/from-args.ts";
import { onFirstLine } from "../stages/place.ts";
import type { Rule } from "./rule.ts";

/** Whether BuildKit can work out the defaults of all build args before the first FROM. */
function hasDefaults({ model, dockerfile: { escape } }: Analysis): boolean {
  const env = (name: string): string | undefined => model.globalValues.get(name);
  return model.globals.every(({ pairs }) =>
    pairs.every(({ value }) => value?.includes("$") !== true || expand(value, env, { escape }).error === null),
  );
}

export const invalidDefaultArgInFrom: Rule = {
  id: "InvalidDefaultArgInFrom",
  severity: "warning",
  buildkit: "stable",
  summary: "A base image whose name is empty or invalid unless the build passes a build arg.",
  docs: `
With the defaults of its build args the image's name is empty or not valid, so that the build fails where it is not given
\`--build-arg\`. A default makes the file build as it is: \`ARG BASE=node:22\`. Who wants the build to ask for the arg can say so with
\`\${BASE:?}\`. See [InvalidDefaultArgInFrom](https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/).`,
  examples: [
    {
      title: "No default",
      text: `
ARG TAG
FROM node:\${TAG}
     ^^^^^^^^^^^ Default value for ARG node:\${TAG} results in empty or invalid base image name
`,
    },
    {
      title: "Nothing but the arg",
      text: `
ARG BASE
FROM $BASE AS build
     ^^^^^ Default value for ARG $BASE results in empty or invalid base image name
`,
    },
    {
      title: "With a default",
      text: `
ARG TAG=22
ARG VARIANT
FROM node:\${TAG}\${VARIANT} AS build
FROM node:\${VARIANT:-slim}
`,
    },
    {
      title: "The build is to ask for it",
      text: `
ARG BASE
FROM \${BASE:?which-image}
`,
    },
  ],
  *check(analysis) {
    const { stages, model, lines } = analysis;
    if (model.globals.length === 0 || !hasDefaults(analysis)) return;
    // BuildKit looks no further than to the first FROM that it cannot expand.
    const end = model.problems.find(({ kind }) => kind === "expansion")?.stage;
    for (const { from, base } of stages.slice(0, end)) {
      if (!base) continue;
      if (!base.text.includes("$") || !isUnfinished(base) || !dependsOnCaller(analysis, base)) continue;
      yield {
        ...onFirstLine(lines, from, base.span, "The image."),
        message: `Default value for ARG ${base.text} results in empty or invalid base image name`,
      };
    }
  },
};
