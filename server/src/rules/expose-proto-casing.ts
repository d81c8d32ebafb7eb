import { onFirstLine } from "../stages/place.ts";
import { exposedPorts, hasUnusualPort } from "../stages/ports.ts";
import type { Rule } from "./rule.ts";

export const exposeProtoCasing: Rule = {
  id: "ExposeProtoCasing",
  severity: "warning",
  buildkit: "stable",
  summary: "A protocol of EXPOSE with upper-case letters.",
  docs: `
The protocols of \`EXPOSE\` are \`tcp\`, \`udp\` and \`sctp\`. BuildKit writes them to the image in lower case, however they are written.`,
  examples: [
    {
      title: "Upper case",
      text: `
FROM alpine:3.20
EXPOSE 80/TCP 53/udp
       ^^^^^^ Defined protocol '80/TCP' in EXPOSE instruction should be lowercase
`,
      fixed: `
FROM alpine:3.20
EXPOSE 80/tcp 53/udp
`,
    },
    {
      title: "Lower case, or none",
      text: `
FROM alpine:3.20
EXPOSE 80 53/udp 8000-8010/tcp
`,
    },
    {
      title: "What the base image may set is not known",
      text: `
FROM alpine:3.20
EXPOSE $PORT/TCP
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(hasUnusualPort).length === 0) return;
    for (const { text, span, step, literal, protocol } of exposedPorts(analysis)) {
      const lower = protocol.toLowerCase();
      if (protocol === lower) continue;
      const { place, written } = step;
      yield {
        ...onFirstLine(analysis.lines, place, span, written === place ? "The port." : "ONBUILD brings this along."),
        message: `Defined protocol '${text}' in EXPOSE instruction should be lowercase`,
        ...(literal && {
          fixes: [
            {
              title: `Change to '${lower}'`,
              safety: "safe" as const,
              edits: [{ span: { start: span.end - lower.length, end: span.end }, newText: lower }],
            },
          ],
        }),
      };
    }
  },
};
