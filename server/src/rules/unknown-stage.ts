import { misspelt } from "../stages/meant.ts";
import type { Rule } from "./rule.ts";

export const unknownStage: Rule = {
  id: "UnknownStage",
  severity: "warning",
  summary: "A name that is no stage, but one typing mistake away from one.",
  docs: `
A name behind \`FROM\`, \`COPY --from=\` or \`RUN --mount=…,from=\` that is no stage of the file is taken for an image. BuildKit
then asks a registry for it, and the error speaks of missing images or of access rights, not of the typing mistake.

The rule speaks only where exactly one stage above is one mistake away (a letter left out, added, replaced, or two swapped),
and never for names with a tag, a path or a digest, nor for well-known images.`,
  examples: [
    {
      title: "A letter swapped",
      text: `
FROM golang:1.22 AS build
RUN go build -o /app .
FROM scratch
COPY --from=bulid /app /app
            ^^^^^ There is no stage 'bulid', so this is taken for an image. Did you mean the stage 'build'?
`,
      fixed: `
FROM golang:1.22 AS build
RUN go build -o /app .
FROM scratch
COPY --from=build /app /app
`,
    },
    {
      title: "An image",
      text: `
FROM golang:1.22 AS nodes
FROM scratch
COPY --from=node /usr/local/bin/node /node
COPY --from=nodes /app /app
`,
    },
  ],
  *check({ references, stages }) {
    for (const { reference, meant } of misspelt(references, stages)) {
      yield {
        span: reference.span,
        message: `There is no stage '${reference.text}', so this is taken for an image. Did you mean the stage '${meant.name}'?`,
        fixes: [
          {
            title: `Change to '${meant.name}'`,
            safety: "unsafe",
            edits: [{ span: reference.span, newText: meant.name! }],
          },
        ],
      };
    }
  },
};
