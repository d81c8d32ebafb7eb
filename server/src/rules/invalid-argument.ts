import { readAlmostArray } from "../dockerfile/almost-json.ts";
import { hasOtherFrontend } from "../dockerfile/directives.ts";
import { type Instruction, toDocument, toDocumentSpan, type Word } from "../dockerfile/instruction.ts";
import { isSignal, signalNames } from "../dockerfile/signal.ts";
import { moveComment } from "../dockerfile/trailing-comment.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { type Reading, readingsOf, valueOf } from "../stages/readings.ts";
import { applyEdits } from "../text/edit.ts";
import { quoted, shortened } from "../text/quote.ts";
import { isOneTypoApart } from "../text/similar.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

const isDoubtful: Question<boolean> = ({ keyword, pairs, trigger, json, args }) =>
  pairs.some(({ key }) => key === "") ||
  keyword === "HEALTHCHECK" ||
  keyword === "STOPSIGNAL" ||
  keyword === "VOLUME" ||
  (keyword === "SHELL" && !json && args.length > 0) ||
  (trigger !== null && /^(?:FROM|MAINTAINER|ONBUILD)$/.test(trigger.keyword));

function* check(analysis: Analysis, reading: Reading): Generator<Finding> {
  const { instruction, written } = reading;
  const { keyword, args, pairs, json, trigger } = instruction;
  switch (keyword) {
    case "ONBUILD":
      if (trigger && /^(?:FROM|MAINTAINER|ONBUILD)$/.test(trigger.keyword)) {
        const message =
          trigger.keyword === "ONBUILD"
            ? "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
            : `${trigger.keyword} isn't allowed as an ONBUILD trigger`;
        yield { span: trigger.keywordSpan, message };
      }
      break;
    case "ARG":
    case "ENV":
    case "LABEL": {
      const blank = pairs.find(({ key }) => key === "");
      if (blank) yield { span: blank.span, message: `${keyword} names can not be blank` };
      break;
    }
    case "SHELL":
      if (!json && args[0]) yield* checkShell(instruction, args[0]);
      break;
    case "HEALTHCHECK":
      yield* checkHealth(analysis, written, instruction);
      break;
    case "VOLUME":
      yield* checkVolumes(analysis, reading);
      break;
    case "STOPSIGNAL":
      if (args[0]) yield* checkSignal(analysis, reading, args[0]);
      break;
    default:
  }
}

function* checkShell({ argsStart, line }: Instruction, rest: Word): Generator<Finding> {
  const mended = rest.text.startsWith("[") ? mendArray(rest.text) : makeArray(rest.text);
  const span = toDocumentSpan(line, argsStart, argsStart + rest.text.length);
  yield {
    span,
    message: "SHELL requires the arguments to be in JSON form",
    ...(mended !== null && {
      fixes: [
        {
          title: "Write the arguments as a JSON array",
          safety: "unsafe" as const,
          edits: [{ span, newText: mended }],
        },
      ],
    }),
  };
}

/** `null` where it is not certain what was meant. */
function mendArray(text: string): string | null {
  const { flaws, behind } = readAlmostArray(text);
  const edits = flaws.flatMap((flaw) => flaw.edits ?? []);
  return behind === "" && flaws.every((flaw) => flaw.edits) ? applyEdits(text, edits) : null;
}

function makeArray(text: string): string | null {
  return /["'`\\#$]/.test(text) ? null : JSON.stringify(text.split(/\s+/)).replaceAll('","', '", "');
}

function* checkHealth(analysis: Analysis, written: Instruction, instruction: Instruction): Generator<Finding> {
  const [type, ...rest] = instruction.args;
  if (!type) return;
  const name = type.text.toUpperCase();
  if (name === "CMD") return;
  if (name === "NONE") {
    const [first] = rest;
    if (!first) return;
    const fix = moveComment(analysis.dockerfile, written, first.span);
    yield { span: first.span, message: "HEALTHCHECK NONE takes no arguments", ...(fix && { fixes: [fix] }) };
    return;
  }
  const at = toDocument(instruction.line, instruction.argsStart);
  const { start, end } = instruction.keywordSpan;
  const keyword = analysis.text.slice(start, end);
  const cmd = keyword === keyword.toLowerCase() ? "cmd" : "CMD";
  yield {
    span: type.span,
    message: `Unknown type ${quoted(shortened(name))} in HEALTHCHECK (try CMD)`,
    // An array that begins with CMD itself is one of a Compose file.
    ...(!/CMD|NONE/.test(name) && {
      fixes: [
        { title: `Insert ${cmd}`, safety: "unsafe", edits: [{ span: { start: at, end: at }, newText: `${cmd} ` }] },
      ],
    }),
  };
}

function* checkVolumes(analysis: Analysis, reading: Reading): Generator<Finding> {
  const { args, json } = reading.instruction;
  const empty = args.find(({ text }) => (json && text.trim() === "") || valueOf(analysis, reading, text) === "");
  if (empty) yield { span: empty.span, message: "VOLUME specified can not be an empty string" };
}

function* checkSignal(analysis: Analysis, reading: Reading, signal: Word): Generator<Finding> {
  const value = valueOf(analysis, reading, signal.text);
  if (value === null || isSignal(value)) return;
  const fix = signalFix(analysis, reading.written, signal);
  yield { span: signal.span, message: `invalid signal: ${shortened(value)}`, ...(fix && { fixes: [fix] }) };
}

function signalFix(analysis: Analysis, written: Instruction, { text, span }: Word): Fix | null {
  const comment = text.indexOf("#");
  if (comment > 0) return moveComment(analysis.dockerfile, written, { start: span.start + comment, end: span.end });
  const meant = [...signalNames].find((name) => isOneTypoApart(text.toUpperCase(), `SIG${name}`));
  return meant === undefined
    ? null
    : { title: `Change to SIG${meant}`, safety: "unsafe", edits: [{ span, newText: `SIG${meant}` }] };
}

export const invalidArgument: Rule = {
  id: "InvalidArgument",
  severity: "error",
  summary: "An argument that BuildKit refuses.",
  docs: `
BuildKit stops at these arguments:

- \`SHELL\` with something else than a JSON array,
- \`HEALTHCHECK\` with something else than \`NONE\`, or \`CMD\` and a command,
- \`STOPSIGNAL\` with a signal that Linux does not know,
- \`VOLUME\` with an empty path,
- \`ARG\`, \`ENV\` and \`LABEL\` without a name before \`=\`,
- \`ONBUILD\` with \`FROM\`, \`MAINTAINER\` or \`ONBUILD\` after it.

An instruction after \`ONBUILD\` is checked where a stage of the file is built on it. Where a variable has a value that the file does not
tell, nothing is said.`,
  examples: [
    {
      title: "SHELL without an array",
      text: `
FROM alpine
SHELL /bin/ash -eo pipefail -c
      ^^^^^^^^^^^^^^^^^^^^^^^^ SHELL requires the arguments to be in JSON form
`,
      fixed: `
FROM alpine
SHELL ["/bin/ash", "-eo", "pipefail", "-c"]
`,
    },
    {
      title: "An array with other quotes",
      text: `
FROM alpine
SHELL ['/bin/ash', '-c']
      ^^^^^^^^^^^^^^^^^^ SHELL requires the arguments to be in JSON form
`,
      fixed: `
FROM alpine
SHELL ["/bin/ash", "-c"]
`,
    },
    {
      title: "HEALTHCHECK without CMD",
      text: `
FROM alpine
HEALTHCHECK --interval=30s wget -q localhost
                           ^^^^ Unknown type "WGET" in HEALTHCHECK (try CMD)
`,
      fixed: `
FROM alpine
HEALTHCHECK --interval=30s CMD wget -q localhost
`,
    },
    {
      title: "A comment after the arguments",
      text: `
FROM alpine
HEALTHCHECK NONE # The platform asks for itself
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ HEALTHCHECK NONE takes no arguments
`,
      fixed: `
FROM alpine
# The platform asks for itself
HEALTHCHECK NONE
`,
    },
    {
      title: "Signals",
      text: `
FROM alpine
STOPSIGNAL SIGTREM
           ^^^^^^^ invalid signal: SIGTREM
STOPSIGNAL 0
           ^ invalid signal: 0
`,
      fixed: `
FROM alpine
STOPSIGNAL SIGTERM
STOPSIGNAL 0
`,
    },
    {
      title: "A comment after the signal",
      text: `
FROM alpine
STOPSIGNAL SIGQUIT # Waits for requests
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid signal: SIGQUIT # Waits for requests
`,
      fixed: `
FROM alpine
# Waits for requests
STOPSIGNAL SIGQUIT
`,
    },
    {
      title: "Empty",
      text: `
FROM scratch
ENV =1
    ^^ ENV names can not be blank
LABEL vendor=example =2
                     ^^ LABEL names can not be blank
VOLUME ["/data", ""]
                 ^^ VOLUME specified can not be an empty string
VOLUME $DATA
       ^^^^^ VOLUME specified can not be an empty string
`,
    },
    {
      title: "After ONBUILD",
      text: `
FROM alpine AS base
ONBUILD ONBUILD RUN make
        ^^^^^^^ Chaining ONBUILD via \`ONBUILD ONBUILD\` isn't allowed
ONBUILD FROM alpine
        ^^^^ FROM isn't allowed as an ONBUILD trigger
ONBUILD SHELL bash
              ^^^^ SHELL requires the arguments to be in JSON form
FROM base
`,
    },
    {
      title: "What the base image or the caller may say",
      text: `
FROM example/base
ARG SIGNAL
STOPSIGNAL $SIGNAL
VOLUME $DATA
`,
    },
    {
      title: "As it should be",
      text: `
FROM scratch
ENV DATA=/data SIGNAL=sigint
SHELL ["/bin/ash", "-c"]
HEALTHCHECK --interval=30s cmd ["/app", "--check"]
HEALTHCHECK none
STOPSIGNAL $SIGNAL
STOPSIGNAL SIGRTMIN+3
STOPSIGNAL 15
VOLUME $DATA ["/logs"]
ONBUILD VOLUME $LOGS
`,
    },
  ],
  *check(analysis) {
    if (hasOtherFrontend(analysis.dockerfile)) return;
    for (const reading of readingsOf(analysis, isDoubtful)) yield* check(analysis, reading);
  },
};
