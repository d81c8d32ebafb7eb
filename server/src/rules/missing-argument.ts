import { hasOtherFrontend } from "../dockerfile/directives.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import type { Question } from "../stages/memory.ts";
import { readingsOf } from "../stages/readings.ts";
import type { Rule } from "./rule.ts";

/** What an instruction lacks, in BuildKit's words; `null` where it has enough. */
function lack({ keyword, args, pairs, json, heredocs, trigger }: Instruction): string | null {
  switch (keyword) {
    case "ARG":
    case "ENV":
    case "LABEL":
      return pairs.length === 0 ? atLeastOne(keyword) : null;
    case "EXPOSE":
    case "SHELL":
    case "VOLUME":
      return args.length === 0 ? atLeastOne(keyword) : null;
    case "HEALTHCHECK":
      if (args.length === 0) return atLeastOne(keyword);
      return args.length === 1 && args[0]!.text.toUpperCase() === "CMD"
        ? "Missing command after HEALTHCHECK CMD"
        : null;
    case "ONBUILD":
      return trigger ? null : atLeastOne(keyword);
    case "MAINTAINER":
    case "STOPSIGNAL":
    case "USER":
    case "WORKDIR":
      return args.length === 0 ? `${keyword} requires exactly one argument` : null;
    case "ADD":
    case "COPY":
      return args.length < 2
        ? `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined`
        : null;
    case "RUN":
      return json && args.length === 0 && heredocs.length === 0 ? "arguments are required" : null;
    default:
      return null;
  }
}

function atLeastOne(keyword: string): string {
  return `${keyword} requires at least one argument`;
}

const isLacking: Question<boolean> = (instruction) => lack(instruction) !== null;

export const missingArgument: Rule = {
  id: "MissingArgument",
  severity: "error",
  summary: "An instruction without the arguments that it needs.",
  docs: `
BuildKit stops at an instruction that lacks an argument: \`COPY\` and \`ADD\` need a source and a destination, most others one
argument. \`RUN\`, \`CMD\` and \`ENTRYPOINT\` may stand alone, but \`RUN []\` has no program to run.

An instruction after \`ONBUILD\` is checked where a stage of the file is built on it.

The last instruction of a text is still being typed while no line ending follows it, and left alone.`,
  examples: [
    {
      title: "Nothing at all",
      text: `
FROM alpine
ENV
^^^ ENV requires at least one argument
EXPOSE
^^^^^^ EXPOSE requires at least one argument
WORKDIR
^^^^^^^ WORKDIR requires exactly one argument
`,
    },
    {
      title: "No destination",
      text: `
FROM alpine
COPY app
^^^^ COPY requires at least two arguments, but only one was provided. Destination could not be determined
ADD ["app.tar"]
^^^ ADD requires at least two arguments, but only one was provided. Destination could not be determined
COPY <<EOF
^^^^ COPY requires at least two arguments, but only one was provided. Destination could not be determined
port = 80
EOF
`,
    },
    {
      title: "No command",
      text: `
FROM alpine
HEALTHCHECK --interval=5s CMD
^^^^^^^^^^^ Missing command after HEALTHCHECK CMD
RUN []
^^^ arguments are required
`,
    },
    {
      title: "After ONBUILD",
      text: `
FROM alpine AS base
ONBUILD COPY app
        ^^^^ COPY requires at least two arguments, but only one was provided. Destination could not be determined
FROM base
`,
    },
    {
      title: "Still being typed",
      text: `
FROM alpine
COPY app`,
    },
    {
      title: "Enough",
      text: `
FROM alpine
ARG VERSION
COPY app /
COPY <<EOF /etc/app.conf
port = 80
EOF
RUN
CMD []
ENTRYPOINT
HEALTHCHECK NONE
`,
    },
  ],
  *check(analysis) {
    const { dockerfile, text } = analysis;
    for (const { instruction, written } of readingsOf(analysis, isLacking)) {
      const message = lack(instruction);
      if (message === null || written.span.end === text.length || hasOtherFrontend(dockerfile)) continue;
      yield { span: instruction.keywordSpan, message };
    }
  },
};
