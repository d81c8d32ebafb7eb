import { expand } from "../dockerfile/words.ts";
import { removeFlag } from "./common/remove-flag.ts";
import { onFirstLine } from "../stages/place.ts";
import type { Rule } from "./rule.ts";

const targetPlatform = "TARGETPLATFORM";

export const redundantTargetPlatform: Rule = {
  id: "RedundantTargetPlatform",
  severity: "warning",
  buildkit: "stable",
  summary: "A platform in FROM that is the default.",
  docs: `
\`FROM\` takes the image for the platform that is built for, so \`--platform=$TARGETPLATFORM\` says nothing. \`$BUILDPLATFORM\` is the
one that does: a stage on the machine's own platform, for tools and cross-compilers. See
[RedundantTargetPlatform](https://docs.docker.com/reference/build-checks/redundant-target-platform/).`,
  examples: [
    {
      title: "The target platform",
      text: `
FROM --platform=$BUILDPLATFORM golang:1.22 AS build
RUN go build -o /app .
FROM --platform=$TARGETPLATFORM alpine:3.20
     ^^^^^^^^^^^^^^^^^^^^^^^^^^ Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior
COPY --from=build /app /app
`,
      fixed: `
FROM --platform=$BUILDPLATFORM golang:1.22 AS build
RUN go build -o /app .
FROM alpine:3.20
COPY --from=build /app /app
`,
    },
    {
      title: "In braces, with a default",
      text: `
FROM --platform=\${TARGETPLATFORM:-linux/amd64} alpine:3.20
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Setting platform to predefined \${TARGETPLATFORM:-linux/amd64} in FROM is redundant as this is the default behavior
`,
    },
    {
      title: "Another platform",
      text: `
FROM --platform=$BUILDPLATFORM alpine:3.20
FROM --platform=$TARGETOS/$TARGETARCH alpine:3.20
FROM alpine:3.20
`,
    },
  ],
  *check(analysis) {
    const { stages, dockerfile, model, scope, lines } = analysis;
    const env = (name: string): string | undefined => model.globalValues.get(name);
    for (const { from } of stages) {
      for (const flag of from.flags) {
        if (flag.name !== "platform" || flag.value?.includes(targetPlatform) !== true) continue;
        const { value, uses, error } = expand(flag.value, env, { escape: dockerfile.escape });
        if (error !== null || uses.some(({ name }) => name !== targetPlatform)) continue;
        if (uses.length === 0 || value !== env(targetPlatform)) continue;
        // A default before the first FROM takes the place of BuildKit's own value.
        const isOverridden = scope.byName
          .get(targetPlatform)
          ?.some(({ stage, pair }) => stage === null && pair.value !== null);
        yield {
          ...onFirstLine(lines, from, flag.span, "The flag."),
          message: `Setting platform to predefined ${flag.value} in FROM is redundant as this is the default behavior`,
          fixes: removeFlag(analysis, from, flag, isOverridden === true ? "unsafe" : "safe"),
        };
      }
    }
  },
};
