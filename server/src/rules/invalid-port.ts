import { hasOtherFrontend } from "../dockerfile/directives.ts";
import type { Word } from "../dockerfile/instruction.ts";
import { portError } from "../dockerfile/port.ts";
import { moveComment } from "../dockerfile/trailing-comment.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { type Reading, readingsOf, valueOf } from "../stages/readings.ts";
import { isLiteral } from "../stages/values.ts";
import { shortened } from "../text/quote.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

function* check(analysis: Analysis, reading: Reading): Generator<Finding> {
  for (const word of reading.instruction.args) {
    const value = valueOf(analysis, reading, word.text);
    const message = value === null ? null : firstError(value);
    if (message === null) continue;
    const comment = moveComment(analysis.dockerfile, reading.written, word.span);
    const fix = comment ?? separate(word);
    yield { span: word.span, message: shortened(message), ...(fix && { fixes: [fix] }) };
    // What stands behind `#` was meant for a comment.
    if (comment) return;
  }
}

const isDoubtful: Question<boolean> = ({ keyword, args }) =>
  keyword === "EXPOSE" && args.some(({ text }) => !isLiteral(text) || firstError(text) !== null);

function firstError(value: string): string | null {
  for (const port of value.split(/\s+/)) {
    const error = port === "" ? null : portError(port);
    if (error !== null) return error;
  }
  return null;
}

/** EXPOSE knows no commas and no arrays: `80,443`, `["80"]`. */
function separate({ text, span }: Word): Fix | null {
  const ports = text.split(/[,;'"[\]]+/).filter((port) => port !== "");
  if (ports.length === 0 || !/[,;[\]]/.test(text) || ports.some((port) => portError(port) !== null)) return null;
  const newText = ports.join(" ");
  return { title: `Change to '${newText}'`, safety: "unsafe", edits: [{ span, newText }] };
}

export const invalidPort: Rule = {
  id: "InvalidPort",
  severity: "error",
  summary: "A port that EXPOSE refuses.",
  docs: `
\`EXPOSE\` takes ports from 0 to 65535 and ranges of them, each with \`/tcp\`, \`/udp\` or \`/sctp\` if wanted, with blanks between. BuildKit
stops at everything else. Names of services, commas, arrays and comments after the ports are not known to it.

An instruction after \`ONBUILD\` is checked where a stage of the file is built on it. Where a variable has a value that the file does not
tell, nothing is said.`,
  examples: [
    {
      title: "Not a port",
      text: `
FROM alpine
EXPOSE http 80/http 70000 90-80
       ^^^^ invalid containerPort: http
            ^^^^^^^ invalid port: "80/http": invalid proto: http
                    ^^^^^ invalid containerPort: 70000
                          ^^^^^ invalid containerPort: 90-80
`,
    },
    {
      title: "Commas",
      text: `
FROM alpine
EXPOSE 80,443/tcp
       ^^^^^^^^^^ invalid containerPort: 80,443
`,
      fixed: `
FROM alpine
EXPOSE 80 443/tcp
`,
    },
    {
      title: "An array",
      text: `
FROM alpine
EXPOSE ["80"]
       ^^^^^^ invalid containerPort: [80]
`,
      fixed: `
FROM alpine
EXPOSE 80
`,
    },
    {
      title: "A comment after the port",
      text: `
FROM alpine
  EXPOSE 80 # for the web
            ^ invalid containerPort: #
`,
      fixed: `
FROM alpine
  # for the web
  EXPOSE 80
`,
    },
    {
      title: "A comment behind a backslash that continues nothing",
      text: `
FROM alpine
EXPOSE 80 \\ # for the web
            ^ invalid containerPort: #
USER nobody
`,
      fixed: `
FROM alpine
# for the web
EXPOSE 80
USER nobody
`,
    },
    {
      title: "A part for the host",
      text: `
FROM alpine
EXPOSE 127.0.0.1:80 localhost:80:80 80:80-90
       ^^^^^^^^^^^^ invalid hostPort: 127.0.0.1
                    ^^^^^^^^^^^^^^^ invalid IP address: localhost
                                    ^^^^^^^^ invalid ranges specified for container and host Ports: 80-90 and 80
EXPOSE 80:443:80:443 ::1:8443:443
       ^^^^^^^^^^^^^ invalid IP address: 80:443
`,
    },
    {
      title: "From a variable",
      text: `
FROM alpine
ENV PORT=web
EXPOSE $PORT
       ^^^^^ invalid containerPort: web
`,
    },
    {
      title: "Ports and ranges",
      text: `
FROM alpine
ARG PORT
ENV WEB=80 MORE="443 8443"
EXPOSE 80 443/tcp 53/UDP 8000-8010 0 "81" 8080:80
EXPOSE :::80:80 [fe80::1]:80:80 ::ffff:127.0.0.1:80:80
EXPOSE $PORT $WEB $MORE \${OTHER:-90}/tcp $UNKNOWN/tcp
`,
    },
  ],
  *check(analysis) {
    if (hasOtherFrontend(analysis.dockerfile)) return;
    for (const reading of readingsOf(analysis, isDoubtful))
      if (reading.instruction.keyword === "EXPOSE") yield* check(analysis, reading);
  },
};
