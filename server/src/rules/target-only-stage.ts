import type { Analysis } from "../stages/analysis.ts";
import { findCheck } from "../stages/checks.ts";
import { looksLikeTarget, quotedStage } from "../stages/describe.ts";
import type { Stage } from "../stages/resolve.ts";
import { purposesOf } from "../stages/targets.ts";
import { knownTargets } from "../workspace/mentions.ts";
import type { Rule } from "./rule.ts";

/** Whether a comment of the file speaks of targets, so that whoever reads it knows. */
function saysSo({ dockerfile }: Analysis): boolean {
  return dockerfile.comments.some(({ start, end }) => dockerfile.text.slice(start, end).includes("--target"));
}

/** Whether the comment above a stage says that not every build runs it. */
function isOptional({ text }: Analysis, { from }: Stage): boolean {
  return from.comment !== null && /\b(?:optional|only|CI)\b/i.test(text.slice(from.comment.start, from.comment.end));
}

/** Whether a stage is a target for something else than tests and linters, by its name. */
function isOtherTarget(analysis: Analysis, stage: Stage): boolean {
  return stage.name !== null && looksLikeTarget(stage.name) && findCheck(analysis, stage) === null;
}

export const targetOnlyStage: Rule = {
  id: "TargetOnlyStage",
  severity: "hint",
  summary: "Tests or linters in a stage that a plain build skips.",
  docs: `
BuildKit builds the target, by default the last stage, and what it needs. A stage that runs tests or linters and that
nothing copies from is skipped, unlike with the builder that Docker had before: the build is green, and no test has run. See
[Stop at a specific build stage](https://docs.docker.com/build/building/multi-stage/#stop-at-a-specific-build-stage).

Build the stage in CI with \`docker build --target test .\`. Or make the last stage depend on it, by copying a file that the
checks leave behind: \`RUN npm test && touch /tested\` there and \`COPY --from=test /tested /\` here.

The rule speaks only where the project's other files can be looked at, and nothing says that the stage is known to be a
target: no file (a workflow, a script, Compose, Bake …) chooses it, no comment speaks of \`--target\` or says that the stage is
optional, and the file has no other targets, such as one for development. A stage without a name can be no target at all.`,
  examples: [
    {
      title: "Nobody runs the tests",
      text: `
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM build AS test
              ^^^^ A plain build skips stage 'test', so its checks do not run. Build it with '--target test' to run them.
RUN npm test
FROM nginx:1.27
COPY --from=build /app/dist /usr/share/nginx/html
`,
    },
    {
      title: "A stage without a name",
      text: `
FROM ruby:3.4 AS base
RUN bundle install
FROM base
^^^^^^^^^ A plain build skips stage 1, so its checks do not run. Give it a name and build it with '--target' to run them.
RUN bundle exec rspec
FROM base
CMD ["bundle", "exec", "puma"]
`,
    },
    {
      title: "The build needs the tests",
      text: `
FROM golang:1.22 AS build
COPY . .
RUN go build -o /app .
FROM build AS test
RUN go test ./... && touch /tested
FROM scratch
COPY --from=test /tested /
COPY --from=build /app /app
`,
    },
    {
      title: "Another file builds the target",
      targets: ["test"],
      text: `
FROM golang:1.22 AS build
RUN go build -o /app .
FROM build AS test
RUN go test ./...
FROM scratch
COPY --from=build /app /app
`,
    },
    {
      title: "A comment says how it is built",
      text: `
FROM golang:1.22 AS build
RUN go build -o /app .
# In CI: docker build --target lint .
FROM build AS lint
RUN go vet ./...
FROM scratch
COPY --from=build /app /app
`,
    },
    {
      title: "A comment says that it is optional",
      text: `
FROM golang:1.22 AS build
RUN go build -o /app .
# Optional: tests inside the image
FROM build AS test
RUN go test ./...
FROM scratch
COPY --from=build /app /app
`,
    },
    {
      title: "The container runs the tests",
      text: `
FROM node:22 AS build
RUN npm ci
FROM build AS test
RUN npm install --global eslint
CMD ["npm", "test"]
FROM build
CMD ["node", "."]
`,
    },
    {
      title: "On a target for development",
      text: `
FROM node:22 AS base
FROM base AS development
RUN npm ci
FROM development AS test
RUN npm test
FROM base
RUN npm ci --omit=dev
`,
    },
    {
      title: "A file with other targets",
      text: `
FROM node:22 AS base
RUN npm ci
FROM base AS dev
CMD ["npm", "run", "dev"]
FROM base AS test
RUN npm test
FROM base
CMD ["node", "."]
`,
    },
  ],
  *check(analysis, neighbours) {
    if (analysis.graph.needed.every((isNeeded) => isNeeded)) return;
    const { isKnown } = neighbours;
    const targets = knownTargets(neighbours);
    const last = analysis.stages.at(-1);
    const purposes = purposesOf(analysis, targets);
    const leaves = purposes?.leaves.filter(({ name }) => name === null || !targets.has(name)) ?? [];
    if (!last || !purposes || leaves.length === 0) return;
    const found = leaves.map((stage) => ({ stage, check: findCheck(analysis, stage) }));
    // Most stages with tests are targets of a workflow or a script beside the Dockerfile.
    const areTargets =
      !isKnown ||
      found.some(({ stage, check }) => stage.name !== null && !check) ||
      analysis.stages.some((stage) => !purposes.plain[stage.index] && isOtherTarget(analysis, stage)) ||
      saysSo(analysis);
    const isForChecks = findCheck(analysis, last) !== null;
    for (const { stage, check } of found) {
      const { name, nameWord, from } = stage;
      // Without a name it is never a target, whatever is known of targets.
      if (!check || (name !== null && (areTargets || isForChecks || isOptional(analysis, stage)))) continue;
      const how = name === null ? "Give it a name and build it with '--target'" : `Build it with '--target ${name}'`;
      yield {
        span: (nameWord ?? from).span,
        message: `A plain build skips ${quotedStage(stage)}, so its checks do not run. ${how} to run them.`,
        related: [{ span: check.headSpan, message: "This does not run." }],
      };
    }
  },
};
