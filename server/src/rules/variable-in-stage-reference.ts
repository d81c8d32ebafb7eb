import type { Analysis } from "../stages/analysis.ts";
import { lastByName } from "../stages/names.ts";
import { isValidStageName, type Reference, type Stage } from "../stages/resolve.ts";
import { lineEnding } from "../text/edit.ts";
import { variableMessage } from "./common/reference-messages.ts";
import type { Fix, Rule } from "./rule.ts";

/** The first stages that are built on a variable alone, by its name. Only those that their own names lead to. */
function stagesOfVariables({ stages }: Analysis): ReadonlyMap<string, Stage> {
  const found = new Map<string, Stage>();
  const last = lastByName(stages);
  for (const stage of stages) {
    const variable = variableIn(stage.base?.text ?? "");
    if (variable === undefined || stage.name === null || last.get(stage.name) !== stage.index) continue;
    if (!found.has(variable)) found.set(variable, stage);
  }
  return found;
}

/** The name of the variable that a text consists of. */
function variableIn(text: string): string | undefined {
  const match = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})$/.exec(text);
  return match?.[1] ?? match?.[2];
}

/**
 * The documented way out: an own stage that FROM fills with the variable, and a COPY or a mount from that stage.
 *
 * @param known stages that are there for it already, by the variable
 * @param taken names that already mean something
 * @param counted whether stages are named by index, so that none can be added
 */
function aliasStage(
  analysis: Analysis,
  reference: Reference,
  known: ReadonlyMap<string, Stage>,
  taken: ReadonlySet<string | null>,
  counted: boolean,
): Fix | null {
  const { model, lines, text, scope } = analysis;
  const name = variableIn(reference.text);
  if (name === undefined || !scope.global(name)) return null;
  const stage = known.get(name);
  if (stage && stage.index < reference.stage && !reference.onbuild) {
    return {
      title: `Change to '${stage.name}'`,
      safety: "safe",
      edits: [{ span: reference.span, newText: stage.name! }],
    };
  }
  if (counted) return null;
  const alias = name.toLowerCase().replaceAll("_", "-");
  if (taken.has(alias) || !isValidStageName(alias) || reference.onbuild) return null;
  const { from } = model.stages[reference.stage]!;
  const at = lines.editableStartOf(lines.lineAt(from.comment?.start ?? from.span.start));
  const keyword = text.slice(from.keywordSpan.start, from.keywordSpan.end);
  const as = keyword === keyword.toUpperCase() ? "AS" : "as";
  const eol = lineEnding(text);
  return {
    title: `Add a stage '${alias}' for $${name} and ${reference.kind} from it`,
    safety: "unsafe",
    edits: [
      { span: { start: at, end: at }, newText: `${keyword} \${${name}} ${as} ${alias}${eol}${eol}` },
      { span: reference.span, newText: alias },
    ],
  };
}

export const variableInStageReference: Rule = {
  id: "VariableInStageReference",
  severity: "error",
  summary: "A variable in COPY --from or in from= of a mount.",
  docs: `
BuildKit does not expand variables in \`COPY --from\` and in \`from=\` of \`RUN --mount\`. The documented way out is a stage of its own whose \`FROM\` names the
variable (an ARG before the first FROM), and a copy or mount from that stage.`,
  examples: [
    {
      title: "An image from a build arg",
      text: `
ARG TOOLS=busybox:1.36

FROM alpine
COPY --from=\${TOOLS} /bin/busybox /bin/busybox
            ^^^^^^^^ variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround
`,
      fixed: `
ARG TOOLS=busybox:1.36

FROM \${TOOLS} AS tools

FROM alpine
COPY --from=tools /bin/busybox /bin/busybox
`,
    },
    {
      title: "In a mount",
      text: `
ARG CACHE_IMAGE=example/cache:1
FROM alpine
RUN --mount=from=$CACHE_IMAGE,target=/cache cp -r /cache /var/cache
                 ^^^^^^^^^^^^ 'from' doesn't support variable expansion, define alias stage instead
`,
      fixed: `
ARG CACHE_IMAGE=example/cache:1
FROM \${CACHE_IMAGE} AS cache-image

FROM alpine
RUN --mount=from=cache-image,target=/cache cp -r /cache /var/cache
`,
    },
    {
      title: "The stage is there already",
      text: `
ARG TOOLS=busybox:1.36
FROM $TOOLS AS tools
FROM alpine
COPY --from=$TOOLS /bin/busybox /bin/busybox
            ^^^^^^ variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround
`,
      fixed: `
ARG TOOLS=busybox:1.36
FROM $TOOLS AS tools
FROM alpine
COPY --from=tools /bin/busybox /bin/busybox
`,
    },
    {
      title: "FROM expands variables",
      text: `
ARG TOOLS=busybox:1.36
FROM \${TOOLS} AS tools
FROM alpine
COPY --from=tools /bin/busybox /bin/busybox
`,
    },
  ],
  *check(analysis) {
    const { references, stages } = analysis;
    const found = references.filter(({ target }) => target.kind === "error" && target.error === "variable");
    if (found.length === 0) return;
    const taken = new Set([...stages.map(({ name }) => name), ...references.map(({ text }) => text.toLowerCase())]);
    // A new stage shifts indexes, so none may be in use.
    const counted = references.some(({ target }) => target.kind === "stage" && target.by === "index");
    const known = stagesOfVariables(analysis);
    for (const reference of found) {
      const fix = aliasStage(analysis, reference, known, taken, counted);
      yield {
        span: reference.span,
        message: variableMessage(reference),
        ...(fix && { fixes: [fix] }),
      };
    }
  },
};
