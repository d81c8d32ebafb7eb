import { indexMessage } from "./common/reference-messages.ts";
import type { Rule } from "./rule.ts";

export const stageIndexOutOfRange: Rule = {
  id: "StageIndexOutOfRange",
  severity: "error",
  summary: "COPY --from with a number that no stage has.",
  docs: `
A number after \`COPY --from=\` is the index of a stage, counted from 0 in file order. BuildKit stops with \`invalid stage
index\` where there is none. Indexes shift when a stage is added or removed above; a name does not.`,
  examples: [
    {
      title: "Two stages are 0 and 1",
      text: `
FROM golang:1.22
FROM scratch
COPY --from=9 /app /app
            ^ invalid stage index 9: this file has the stages 0 to 1.
`,
    },
    {
      title: "In a file that builds on this image",
      text: `
FROM golang:1.22
ONBUILD COPY --from=2 /app /app
`,
    },
    {
      title: "The first stage",
      text: `
FROM golang:1.22
FROM scratch
COPY --from=0 /app /app
`,
    },
  ],
  *check({ references, stages, model }) {
    for (const reference of [...references, ...model.triggered]) {
      const { target, span, onbuild } = reference;
      // Where nothing runs it, ONBUILD counts the stages of another file.
      if (onbuild || target.kind !== "error" || target.error !== "index-out-of-range") continue;
      yield { span, message: indexMessage(reference, stages) };
    }
  },
};
