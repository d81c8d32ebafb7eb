import { misspelt } from "../stages/meant.ts";
import { knownContexts } from "../workspace/mentions.ts";
import { misspeltMessage } from "./common/reference-messages.ts";
import type { Rule } from "./rule.ts";

export const unknownStage: Rule = {
  id: "UnknownStage",
  severity: "warning",
  summary: "A name that is most likely a misspelt stage.",
  docs: `
A name after \`FROM\`, \`COPY --from=\` or \`RUN --mount=…,from=\` that is no stage of the file is taken for an image. BuildKit
then asks a registry for it, and the error speaks of missing images or of access rights, not of the typing mistake.

The rule speaks only where exactly one stage above is one mistake away (a letter left out, added, replaced, or two swapped),
or differs in its ending and is used nowhere else (\`build\` and \`builder\`). It never does for names with a tag, a path or a
digest, for Docker's official images, or for names that differ in a number. A name may also be a context that is given to the
build (\`--build-context name=…\`). Those that the project's other files give it (Compose, Bake, a workflow, a script) are known;
for others that are next to a stage's name, silence the rule with \`# check=skip=UnknownStage\`.`,
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
      title: "Another ending, and nothing else uses the stage",
      text: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM scratch
COPY --from=build /app /app
            ^^^^^ There is no stage 'build', so this is taken for an image. Did you mean the stage 'builder'?
`,
      fixed: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM scratch
COPY --from=builder /app /app
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
    {
      title: "Names that are next to each other on purpose",
      text: `
FROM golang:1.22 AS build1
RUN go build -o /one .
FROM golang:1.22 AS app
RUN go build -o /two .
FROM scratch
COPY --from=build2 /one /one
COPY --from=api /two /two
COPY --from=app /two /two
COPY --from=build1 /one /one
`,
    },
    {
      title: "A context, beside a stage that is used",
      text: `
FROM golang:1.22 AS build
RUN go build -o /app .
FROM scratch
COPY --from=builder /licence /licence
COPY --from=build /app /app
`,
    },
    {
      title: "A context that another file gives to the build",
      contexts: ["assets"],
      text: `
FROM node:22 AS asset
RUN npm run assets
FROM nginx:1.27
COPY --from=assets /icons /usr/share/nginx/html
COPY --from=asset /dist /usr/share/nginx/html
`,
    },
  ],
  *check({ references, stages }, neighbours) {
    for (const { reference, meant } of misspelt(references, stages)) {
      if (knownContexts(neighbours.builds).has(reference.text.toLowerCase())) continue;
      yield {
        span: reference.span,
        message: misspeltMessage(reference, meant),
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
