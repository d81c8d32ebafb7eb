import { hasOtherFrontend } from "../dockerfile/directives.ts";
import {
  deviceError,
  durationError,
  modeError,
  networkError,
  retriesError,
  securityError,
} from "../dockerfile/flag-values.ts";
import type { Question } from "../stages/memory.ts";
import { readingsOf, valueOf } from "../stages/readings.ts";
import { isLiteral } from "../stages/values.ts";
import { shortened } from "../text/quote.ts";
import type { Span } from "../text/range.ts";
import type { Fix, Rule } from "./rule.ts";

/** What is wrong with a value, in BuildKit's words. */
type Check = (value: string) => string | null;

/** Values that BuildKit takes as they are written. */
const literal: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  HEALTHCHECK: {
    interval: (value) => durationError("interval", value),
    retries: retriesError,
    "start-interval": (value) => durationError("start-interval", value),
    "start-period": (value) => durationError("start-period", value),
    timeout: (value) => durationError("timeout", value),
  },
  RUN: { device: deviceError, network: networkError, security: securityError },
};

/** Values in which it expands variables. */
const expanded: typeof literal = { ADD: { chmod: modeError }, COPY: { chmod: modeError } };

/** Who gives a plain number means seconds. */
function addSeconds(value: string, { end }: Span): Fix | null {
  if (!/^\d+$/.test(value)) return null;
  return { title: `Change to ${value}s`, safety: "unsafe", edits: [{ span: { start: end, end }, newText: "s" }] };
}

const isDoubtful: Question<boolean> = ({ keyword, flags }) => {
  const checks = literal[keyword] ?? expanded[keyword];
  if (!checks) return false;
  return flags.some(
    ({ name, value }) =>
      value !== null && Object.hasOwn(checks, name) && (!isLiteral(value) || checks[name]!(value) !== null),
  );
};

export const invalidFlagValue: Rule = {
  id: "InvalidFlagValue",
  severity: "error",
  summary: "A value of a flag that BuildKit refuses.",
  docs: `
BuildKit stops at values that a flag does not know:

- \`--chmod\` takes an octal mode (\`755\`, up to \`07777\`) or a symbolic one (\`u=rwX,go=rX\`),
- \`--interval\`, \`--timeout\`, \`--start-period\` and \`--start-interval\` take durations with a unit, as \`30s\`, \`1m30s\` or \`500ms\`; the
  units are \`h\`, \`m\`, \`s\`, \`ms\`, \`us\` and \`ns\`. Variables are not expanded there,
- \`--retries\` takes a number,
- \`--network\` is \`default\`, \`none\` or \`host\`; \`--security\` is \`insecure\` or \`sandbox\`.

An instruction after \`ONBUILD\` is checked where a stage of the file is built on it.`,
  examples: [
    {
      title: "Durations",
      text: `
FROM alpine
HEALTHCHECK --interval=30 --timeout=1d --start-period=$WAIT CMD /check
                       ^^ time: missing unit in duration "30"
                                    ^^ time: unknown unit "d" in duration "1d"
                                                      ^^^^^ time: invalid duration "$WAIT"
HEALTHCHECK --interval=10us --retries=few CMD /check
                       ^^^^ Interval "interval" cannot be less than 1ms
                                      ^^^ strconv.ParseInt: parsing "few": invalid syntax
`,
      fixed: `
FROM alpine
HEALTHCHECK --interval=30s --timeout=1d --start-period=$WAIT CMD /check
HEALTHCHECK --interval=10us --retries=few CMD /check
`,
    },
    {
      title: "Modes",
      text: `
FROM alpine
COPY --chmod=888 app /
             ^^^ invalid chmod parameter: '888'. it should be octal string and between 0 and 07777
COPY --chmod=exec app /
             ^^^^ invalid syntax
`,
    },
    {
      title: "Networks",
      text: `
FROM alpine
RUN --network=bridge make
              ^^^^^^ invalid network mode "bridge"
RUN --security=none make
               ^^^^ security "none" is not valid
`,
    },
    {
      title: "As it should be",
      text: `
FROM alpine
ARG MODE
ENV OTHER=u+x
HEALTHCHECK --interval=1m30s --timeout=0 --start-period=.5h --start-interval=1.5s --retries=0 CMD /check
HEALTHCHECK --interval=x NONE
COPY --chmod=$MODE app /
COPY --chmod=$OTHER --chown=app app /
COPY --chmod=go=rX,u+w app /
COPY --chmod=04755 app /
RUN --network=none --security=insecure --device=example.com/gpu=all,required make
`,
    },
  ],
  *check(analysis) {
    if (!analysis.text.includes("--") || hasOtherFrontend(analysis.dockerfile)) return;
    for (const reading of readingsOf(analysis, isDoubtful)) {
      const { keyword, flags, args } = reading.instruction;
      const isAsWritten = literal[keyword] !== undefined;
      const checks = literal[keyword] ?? expanded[keyword];
      if (!checks || (keyword === "HEALTHCHECK" && args[0]?.text.toUpperCase() !== "CMD")) continue;
      for (const { name, value, valueSpan } of flags) {
        if (value === null || !valueSpan || !Object.hasOwn(checks, name)) continue;
        // The last word of a text without an end is most likely being typed.
        if (valueSpan.end === analysis.text.length) continue;
        const read = isAsWritten ? value : valueOf(analysis, reading, value);
        const message = read === null ? null : checks[name]!(read);
        if (message === null) continue;
        const fix = message.startsWith("time: missing unit") ? addSeconds(value, valueSpan) : null;
        yield { span: valueSpan, message: shortened(message, 200), ...(fix && { fixes: [fix] }) };
      }
    }
  },
};
