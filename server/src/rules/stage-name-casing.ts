import { onFirstLine } from "../stages/place.ts";
import type { Reference } from "../stages/resolve.ts";
import type { Rule } from "./rule.ts";

/** The references whose text has letters in upper case, by their text in lower case. */
function writtenInUpperCase(references: readonly Reference[]): Map<string, Reference[]> {
  const found = new Map<string, Reference[]>();
  for (const reference of references) {
    const name = reference.text.toLowerCase();
    if (name === reference.text) continue;
    const others = found.get(name);
    if (others) others.push(reference);
    else found.set(name, [reference]);
  }
  return found;
}

export const stageNameCasing: Rule = {
  id: "StageNameCasing",
  severity: "warning",
  buildkit: "stable",
  summary: "A stage name with upper-case letters.",
  docs: `
BuildKit stores stage names in lower case, and \`FROM\` finds a stage only by that name: after \`AS Builder\`, \`FROM Builder\` fails.
Lower-case names mean the same everywhere. The fix changes the name and all that refers to it; \`--target\` takes any letter case.`,
  examples: [
    {
      title: "An upper-case name and its uses",
      text: `
FROM golang:1.22 AS Builder
                    ^^^^^^^ Stage name 'Builder' should be lowercase
RUN go build -o /app .
FROM alpine:3.20
COPY --from=Builder /app /app
RUN --mount=from=BUILDER,target=/src ls /src
`,
      fixed: `
FROM golang:1.22 AS builder
RUN go build -o /app .
FROM alpine:3.20
COPY --from=builder /app /app
RUN --mount=from=builder,target=/src ls /src
`,
    },
    {
      title: "Lower case",
      text: `
FROM golang:1.22 AS builder-1
FROM builder-1 AS app
`,
    },
    {
      title: "Images are no stages",
      text: `
FROM Registry.example.com/team/app:V1
`,
    },
  ],
  *check({ stages, references, lines }) {
    let uses: Map<string, Reference[]> | undefined;
    for (const { name, nameWord, from } of stages) {
      if (name === null || nameWord!.text === name) continue;
      uses ??= writtenInUpperCase(references);
      const renamed = [nameWord!, ...(uses.get(name) ?? [])];
      // Of several stages of one name the first takes the references along.
      uses.delete(name);
      yield {
        ...onFirstLine(lines, from, nameWord!.span, "The name."),
        message: `Stage name '${nameWord!.text}' should be lowercase`,
        fixes: [
          {
            title: `Rename to '${name}'`,
            safety: "safe",
            edits: renamed.map(({ span }) => ({ span, newText: name })),
          },
        ],
      };
    }
  },
};
