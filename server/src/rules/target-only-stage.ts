import type { Analysis } from "../stages/analysis.ts";
import { findCheck } from "../stages/checks.ts";
import { purposesOf } from "../stages/targets.ts";
import type { Rule } from "./rule.ts";

/** Whether a comment of the file speaks of targets, so that whoever reads it knows. */
function saysSo({ dockerfile }: Analysis): boolean {
  return dockerfile.comments.some(({ start, end }) => dockerfile.text.slice(start, end).includes("--target"));
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

The rule speaks only where nothing says that the stage is known to be a target: not if a file of the project chooses it, a
comment speaks of \`--target\`, or the file has other targets, such as one for development.`,
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
  *check(analysis, { targets }) {
    const last = analysis.stages.at(-1);
    const leaves = purposesOf(analysis, targets)?.leaves.filter(({ name }) => !targets.has(name!));
    if (!last || !leaves || leaves.length === 0) return;
    const found = leaves.map((stage) => ({ stage, check: findCheck(analysis, stage) }));
    if (found.some(({ check }) => !check) || findCheck(analysis, last) || saysSo(analysis)) return;
    for (const { stage, check } of found) {
      yield {
        span: stage.nameWord!.span,
        message: `A plain build skips stage '${stage.name}', so its checks do not run. Build it with '--target ${stage.name}' to run them.`,
        related: [{ span: check!.headSpan, message: "This does not run." }],
      };
    }
  },
};
