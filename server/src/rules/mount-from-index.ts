import { stageLabel } from "../stages/describe.ts";
import type { Rule } from "./rule.ts";

export const mountFromIndex: Rule = {
  id: "MountFromIndex",
  severity: "warning",
  summary: "A number in RUN --mount=from, which is an image there.",
  docs: `
\`COPY --from=0\` means the first stage, but \`RUN --mount=from=0\` does not: mounts know stages by name only, and BuildKit asks a
registry for an image called \`0\`. Name the stage and mount from that name.`,
  examples: [
    {
      title: "The stage has a name",
      text: `
FROM golang:1.22 AS build
FROM alpine
RUN --mount=type=bind,from=0,source=/app,target=/app /app/setup
                           ^ A mount finds stages by name only: '0' is taken for an image. Stage 0 is 'build'.
`,
      fixed: `
FROM golang:1.22 AS build
FROM alpine
RUN --mount=type=bind,from=build,source=/app,target=/app /app/setup
`,
    },
    {
      title: "By name",
      text: `
FROM golang:1.22 AS build
FROM alpine
RUN --mount=type=bind,from=build,source=/app,target=/app /app/setup
COPY --from=0 /x /x
`,
    },
  ],
  *check({ references, stages }) {
    for (const { kind, text, span, stage, target, onbuild } of references) {
      if (kind !== "mount" || target.kind !== "image" || !/^\d+$/.test(text)) continue;
      // ONBUILD mostly means the stages of another file.
      const meant = onbuild ? undefined : stages[Number(text)];
      const name = meant && meant.index < stage ? meant.name : null;
      yield {
        span,
        message: `A mount finds stages by name only: '${text}' is taken for an image.${name === null ? "" : ` Stage ${text} is '${stageLabel(meant!)}'.`}`,
        ...(name !== null && {
          fixes: [{ title: `Change to '${name}'`, safety: "safe" as const, edits: [{ span, newText: name }] }],
        }),
      };
    }
  },
};
