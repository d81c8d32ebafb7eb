import { type Diagnostic, DiagnosticSeverity, type TextEdit } from "vscode-languageserver-types";
import { closestName } from "../text/suggest.ts";
import type { LineIndex } from "../text/range.ts";
import type { Located } from "../workspace/builds.ts";
import { diagnosticSource } from "./diagnostics.ts";
import type { DockerfileOutline } from "./outline.ts";

/** A stage that a build names and its Dockerfile does not have. */
export interface MentionProblem {
  readonly diagnostic: Diagnostic;
  readonly fix: { readonly title: string; readonly edit: TextEdit } | null;
}

/**
 * The stages that the builds of a file name although their Dockerfiles have none of that name, sorted by place.
 *
 * @param lines of the file that mentions the builds
 * @param outlineOf what is known of a Dockerfile by its path; `null` where there is none
 */
export function mentionProblems(
  located: readonly Located[],
  lines: LineIndex,
  outlineOf: (dockerfile: string) => DockerfileOutline | null,
): MentionProblem[] {
  // What a target of Bake inherits stands in the file once.
  const found = new Map<number, MentionProblem>();
  for (const { mention, dockerfile, isSure } of located) {
    const { target, kind } = mention;
    if (!target || dockerfile === null || !isSure || !isName(target.text) || found.has(target.span.start)) continue;
    const outline = outlineOf(dockerfile);
    const name = target.text.toLowerCase();
    if (!outline?.areAll || outline.stages.some((stage) => stage.name === name)) continue;
    const meant = closestName(
      name,
      outline.stages.flatMap((stage) => stage.name ?? []),
    );
    const range = lines.range(target.span);
    found.set(target.span.start, {
      diagnostic: {
        range,
        message: `There is no stage '${target.text}' in ${dockerfile}.${meant === null ? "" : ` Did you mean '${meant}'?`}`,
        // A build of a script may be that of another Dockerfile, depending on where the script runs.
        severity: kind === "script" || kind === "make" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error,
        source: diagnosticSource,
        code: "UnknownTarget",
      },
      fix: meant === null ? null : { title: `Change to '${meant}'`, edit: { range, newText: meant } },
    });
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([, problem]) => problem);
}

/** Whether a text names a stage: what is taken from variables is not known here. */
function isName(text: string): boolean {
  return !/[$`{}%<>\s]/.test(text);
}
