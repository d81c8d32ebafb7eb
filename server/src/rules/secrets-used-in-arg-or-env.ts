import type { Question } from "../stages/memory.ts";
import { onFirstLine } from "../stages/place.ts";
import { isLiteral } from "../stages/values.ts";
import { saysSecret } from "./common/secrets.ts";
import type { Rule } from "./rule.ts";

const mayNameSecret: Question<boolean> = ({ keyword, pairs }) =>
  (keyword === "ARG" || keyword === "ENV") && pairs.some(({ key }) => saysSecret(key) || !isLiteral(key));

export const secretsUsedInArgOrEnv: Rule = {
  id: "SecretsUsedInArgOrEnv",
  severity: "warning",
  buildkit: "stable",
  summary: "An ARG or ENV whose name says that it holds a secret.",
  docs: `
What \`ENV\` sets is in the image for everybody who has it, and what \`ARG\` is given is in the image's history. Hand a secret to the one
command that needs it: \`RUN --mount=type=secret,id=token,env=TOKEN …\`, built with \`--secret id=token\`.

The check goes by words in the name: \`apikey\`, \`auth\`, \`credential\`, \`key\`, \`password\`, \`passwd\`, \`pword\`, \`secret\` and \`token\`, unless
\`public\`, \`file\` or \`version\` is another word of it. An \`ARG\` before the first \`FROM\` is not looked at. See
[Build secrets](https://docs.docker.com/build/building/secrets/).`,
  examples: [
    {
      title: "A token as a build arg, a password in the environment",
      text: `
FROM alpine:3.20
ARG GIT_TOKEN
    ^^^^^^^^^ Do not use ARG or ENV instructions for sensitive data (ARG "GIT_TOKEN")
ENV HOST=db DB_PASSWORD=changeme
            ^^^^^^^^^^^ Do not use ARG or ENV instructions for sensitive data (ENV "DB_PASSWORD")
`,
    },
    {
      title: "On a line further down it is reported at the instruction",
      text: `
FROM alpine:3.20
ENV HOST=db \\
^^^ Do not use ARG or ENV instructions for sensitive data (ENV "API_KEY")
    API_KEY=changeme
`,
    },
    {
      title: "Names that are none, and a mounted secret",
      text: `
FROM alpine:3.20
ARG TOKENIZER KEYBOARD PUBLIC_KEY DB_PASSWORD_FILE KEY_VERSION
RUN --mount=type=secret,id=token,env=GIT_TOKEN git clone https://example.com/repo.git
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(mayNameSecret).length === 0) return;
    const { steps, values, lines } = analysis;
    for (const [stage, all] of steps.entries()) {
      for (const { instruction, written, place } of all) {
        const { keyword, pairs } = instruction;
        if (keyword !== "ARG" && keyword !== "ENV") continue;
        for (const { key, keySpan } of pairs) {
          // BuildKit expands the names of ENV, not those of ARG.
          const name = keyword === "ENV" ? values.expand(stage, key, place.span.start) : key;
          if (name === null || !saysSecret(name)) continue;
          yield {
            ...onFirstLine(lines, place, keySpan, written === place ? "The name." : "ONBUILD brings this along."),
            message: `Do not use ARG or ENV instructions for sensitive data (${keyword} ${JSON.stringify(name)})`,
          };
        }
      }
    }
  },
};
