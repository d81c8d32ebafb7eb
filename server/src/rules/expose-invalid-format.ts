import { onFirstLine } from "../stages/place.ts";
import { exposedPorts, hasUnusualPort } from "../stages/ports.ts";
import type { Rule } from "./rule.ts";

export const exposeInvalidFormat: Rule = {
  id: "ExposeInvalidFormat",
  severity: "warning",
  buildkit: "stable",
  summary: "An IP address or a port of the host in EXPOSE.",
  docs: `
\`EXPOSE\` says which ports a container listens on. Where they are reachable on the host is said when it is started
(\`docker run --publish 127.0.0.1:8080:80\`) or in a Compose file. BuildKit ignores the part for the host, and says that it will be
an error.`,
  examples: [
    {
      title: "Ports of the host",
      text: `
FROM alpine:3.20
EXPOSE 8080:80 127.0.0.1:5432:5432/tcp
       ^^^^^^^ EXPOSE instruction should not define an IP address or host-port mapping, found '8080:80'
               ^^^^^^^^^^^^^^^^^^^^^^^ EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:5432:5432/tcp'
`,
      fixed: `
FROM alpine:3.20
EXPOSE 80 127.0.0.1:5432:5432/tcp
`,
    },
    {
      title: "Ports of the container, also from a variable",
      text: `
FROM alpine:3.20
ENV PORT=8080
EXPOSE $PORT 80 8000-8010/tcp
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(hasUnusualPort).length === 0) return;
    for (const { text, span, step, literal, host, container } of exposedPorts(analysis)) {
      // `:80` has an empty part for the host, which BuildKit takes for none.
      if (host === null || host.replaceAll(":", "") === "") continue;
      const { place, written } = step;
      yield {
        ...onFirstLine(analysis.lines, place, span, written === place ? "The port." : "ONBUILD brings this along."),
        message: `EXPOSE instruction should not define an IP address or host-port mapping, found '${text}'`,
        ...(literal && {
          fixes: [
            {
              title: `Change to '${container}'`,
              safety: "safe" as const,
              edits: [{ span, newText: container }],
            },
          ],
        }),
      };
    }
  },
};
