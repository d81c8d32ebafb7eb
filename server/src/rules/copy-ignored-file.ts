import type { Word } from "../dockerfile/instruction.ts";
import { onFirstLine } from "../stages/place.ts";
import { cleanPath } from "../text/paths.ts";
import { type IgnoreRules, isLeftOut, readIgnoreFile } from "../workspace/ignore.ts";
import type { Rule } from "./rule.ts";

/** A URL, a git repository, or a heredoc: nothing that comes out of the build context. */
const elsewhere = /^(?:[a-z+.-]+:\/\/|git@|[\w.-]+@[\w.-]+:|\d*<<)/i;

export const copyIgnoredFile: Rule = {
  id: "CopyIgnoredFile",
  severity: "warning",
  buildkit: "stable",
  summary: "COPY or ADD of a file that `.dockerignore` leaves out.",
  docs: `
What \`.dockerignore\` leaves out is not sent to the build, so copying it fails, or copies nothing where a pattern may match no
file. Name the file on a line with \`!\` in \`.dockerignore\`, or do not copy it.

BuildKit reads the file that lies beside the Dockerfile and has its name, such as \`Dockerfile.dockerignore\`, else the
\`.dockerignore\` of the build context; the editor takes the Dockerfile's folder for the context. Where a line with \`!\` may bring
back something of what is copied, or a pattern is unusual, such as one with a backslash, the rule is silent. See
[CopyIgnoredFile](https://docs.docker.com/reference/build-checks/copy-ignored-file/).`,
  examples: [
    {
      title: "Files and folders that are left out",
      ignoreFile: "node_modules\n*.log\ndist/\n",
      text: `
FROM node:22
COPY package.json debug.log ./
                  ^^^^^^^^^ Attempting to Copy file "debug.log" that is excluded by .dockerignore
COPY ./dist/ /app
     ^^^^^^^ Attempting to Copy file "dist" that is excluded by .dockerignore
ADD node_modules/left-pad /app/
    ^^^^^^^^^^^^^^^^^^^^^ Attempting to Add file "node_modules/left-pad" that is excluded by .dockerignore
`,
    },
    {
      title: "A variable in the path",
      ignoreFile: "out",
      text: `
FROM alpine:3.20
ARG DIR=out
COPY \${DIR}/app /app
     ^^^^^^^^^^ Attempting to Copy file "out/app" that is excluded by .dockerignore
`,
    },
    {
      title: "All is left out",
      ignoreFile: "*",
      text: `
FROM alpine:3.20
COPY . /app
     ^ Attempting to Copy file "." that is excluded by .dockerignore
`,
    },
    {
      title: "Some is brought back",
      ignoreFile: "*\n!src\n!dist/*.js\n",
      text: `
FROM node:22
COPY . /app
COPY src /app/src
COPY dist /app/dist
COPY test /app/test
     ^^^^ Attempting to Copy file "test" that is excluded by .dockerignore
`,
    },
    {
      title: "Not from the build context",
      ignoreFile: "app\n.*\n",
      text: `
FROM golang:1.22 AS build
RUN go build -o app .
FROM scratch
COPY --from=build app /app
COPY . /src
ADD https://example.com/app /app2
COPY <<app /etc/app
text
app
`,
    },
    {
      title: "No ignore file",
      text: `
FROM alpine:3.20
COPY node_modules /app
`,
    },
  ],
  *check(analysis, { ignoreFile }) {
    if (!ignoreFile) return;
    const { stages, values, lines } = analysis;
    let rules: IgnoreRules | null | undefined;
    for (const { index, instructions } of stages) {
      for (const instruction of instructions) {
        const { keyword, flags, args } = instruction;
        if (keyword !== "COPY" && keyword !== "ADD") continue;
        if (args.length < 2 || flags.some(({ name, value }) => name === "from" && value !== "")) continue;
        if (rules === undefined) rules = readIgnoreFile(ignoreFile.text);
        if (!rules) return;
        const sources: readonly Word[] = args.slice(0, -1);
        for (const { text, span } of sources) {
          const source = values.expand(index, text, instruction.span.start);
          if (source === null || source === "" || elsewhere.test(source)) continue;
          const path = cleanPath(source);
          if (!isLeftOut(rules, path)) continue;
          const verb = keyword === "ADD" ? "Add" : "Copy";
          yield {
            ...onFirstLine(lines, instruction, span, "It is copied here."),
            message: `Attempting to ${verb} file ${JSON.stringify(path)} that is excluded by .dockerignore`,
          };
        }
      }
    }
  },
};
