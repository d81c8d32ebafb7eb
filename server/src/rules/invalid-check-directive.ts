import { checkDirective } from "../dockerfile/check-directive.ts";
import type { Rule } from "./rule.ts";

export const invalidCheckDirective: Rule = {
  id: "InvalidCheckDirective",
  severity: "error",
  summary: "A `# check=` directive with options that BuildKit does not know.",
  docs: `
\`# check=skip=A,B;error=true;experimental=C\` takes up to three options with \`;\` between, \`skip\`, \`error\` and \`experimental\`, all in
lower case. BuildKit stops at any other, also at a \`;\` too many. What follows the first blank is not read, so names are parted by
commas without blanks. See [check](https://docs.docker.com/reference/dockerfile/#check).`,
  examples: [
    {
      title: "An option that does not exist",
      text: `
# check=ignore=JSONArgsRecommended
        ^^^^^^^^^^^^^^^^^^^^^^^^^^ failed to parse check options: invalid check option "ignore"
FROM alpine:3.20
`,
    },
    {
      title: "Neither true nor false",
      text: `
# check=skip=all;error=yes
        ^^^^^^^^^^^^^^^^^^ failed to parse check options: failed to parse check option "error=yes": strconv.ParseBool: parsing "yes": invalid syntax
FROM alpine:3.20
`,
    },
    {
      title: "A semicolon too many",
      text: `
# check=error=true;
        ^^^^^^^^^^^ failed to parse check options: invalid check option ""
FROM alpine:3.20
`,
    },
    {
      title: "Options as they should be, with a note after them",
      text: `
# check=skip=JSONArgsRecommended,StageNameCasing;error=true the shell is needed
FROM alpine:3.20
CMD serve && stop
`,
    },
    {
      title: "Not at the top, it is a comment",
      text: `
# The final image
# check=ignore=all
FROM alpine:3.20
`,
    },
  ],
  *check({ text }) {
    const directive = checkDirective(text);
    if (directive?.problem == null) return;
    yield { span: directive.span, message: `failed to parse check options: ${directive.problem}` };
  },
};
