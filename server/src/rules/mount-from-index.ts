import { stageLabel } from "../stages/describe.ts";
import { nameReferences } from "../stages/names.ts";
import type { Rule } from "./rule.ts";

export const mountFromIndex: Rule = {
  id: "MountFromIndex",
  severity: "warning",
  summary: "A number in RUN --mount=from: mounts know stages by name only.",
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
      title: "The stage has no name",
      text: `
FROM golang:1.22
RUN go build -o /app .
FROM alpine
RUN --mount=from=0,source=/app,target=/app /app setup
                 ^ A mount finds stages by name only: '0' is taken for an image.
`,
      fixed: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM alpine
RUN --mount=from=builder,source=/app,target=/app /app setup
`,
    },
    {
      title: "No stage above has the number",
      text: `
FROM alpine
RUN --mount=from=3,target=/mnt ls /mnt
                 ^ A mount finds stages by name only: '3' is taken for an image.
`,
    },
    {
      title: "By name",
      text: `
FROM golang:1.22 AS build
FROM alpine
RUN --mount=type=bind,from=build,source=/app,target=/app /app/setup
`,
    },
  ],
  *check(analysis) {
    const { references, stages } = analysis;
    const found = references.flatMap((reference) => {
      const { kind, text, stage, target, onbuild } = reference;
      if (kind !== "mount" || target.kind !== "image" || !/^\d+$/.test(text)) return [];
      const meant = stages[Number(text)];
      // ONBUILD mostly means the stages of another file.
      return [{ reference, stage: !onbuild && meant && meant.index < stage ? meant : null }];
    });
    if (found.length === 0) return;
    const nameOf = nameReferences(
      analysis,
      found.flatMap(({ reference, stage }) => (stage ? [{ reference, stage }] : [])),
    );
    for (const { reference, stage } of found) {
      const { text, span } = reference;
      const named = stage && nameOf(reference, stage);
      const label = stage && stage.name !== null ? ` Stage ${text} is '${stageLabel(stage)}'.` : "";
      yield {
        span,
        message: `A mount finds stages by name only: '${text}' is taken for an image.${label}`,
        ...(named && {
          fixes: [
            {
              title: named.known ? `Change to '${named.name}'` : `Name stage ${text} '${named.name}'`,
              safety: "safe" as const,
              edits: named.edits,
            },
          ],
        }),
      };
    }
  },
};
