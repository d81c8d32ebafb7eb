import type { Analysis } from "../stages/analysis.ts";
import type { Edit } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import { closestName } from "../text/suggest.ts";
import type { Located } from "../workspace/builds.ts";

/** What is known of the stages of a Dockerfile that other files name. */
export interface StageNames {
  /** In lower case, in file order. */
  readonly names: readonly string[];
  /** Whether all of them are known: a broken file may have others. */
  readonly areAll: boolean;
}

/** A stage that a build names and its Dockerfile does not have. */
export interface MentionProblem {
  readonly span: Span;
  /** As BuildKit says it. */
  readonly message: string;
  /** A build of a script may be that of another Dockerfile, depending on where the script runs. */
  readonly severity: "error" | "warning";
  readonly fix: { readonly title: string; readonly edits: readonly Edit[] } | null;
}

export function stageNames({ stages, model }: Analysis): StageNames {
  return {
    names: stages.flatMap(({ name }) => name ?? []),
    areAll: stages.length > 0 && model.problems.length === 0,
  };
}

/**
 * The stages that the builds of a file name although their Dockerfiles have none of that name.
 *
 * @param stagesOf what is known of a Dockerfile by its path; `null` where there is none
 */
export function mentionProblems(
  located: readonly Located[],
  stagesOf: (dockerfile: string) => StageNames | null,
): MentionProblem[] {
  const found = new Map<number, MentionProblem>();
  for (const { mention, dockerfile, isSure } of located) {
    const { target, kind } = mention;
    if (!target || dockerfile === null || !isSure || !isName(target.text) || found.has(target.span.start)) continue;
    const stages = stagesOf(dockerfile);
    const name = target.text.toLowerCase();
    if (!stages?.areAll || stages.names.includes(name)) continue;
    const meant = closestName(name, stages.names);
    found.set(target.span.start, {
      span: target.span,
      message: `target stage "${target.text}" could not be found in ${dockerfile}${meant === null ? "" : ` (did you mean ${meant}?)`}`,
      severity: kind === "script" || kind === "make" ? "warning" : "error",
      fix: meant === null ? null : { title: `Change to '${meant}'`, edits: [{ span: target.span, newText: meant }] },
    });
  }
  return [...found.values()].toSorted((a, b) => a.span.start - b.span.start);
}

/** Whether a text names a stage: what is taken from variables is not known here. */
function isName(text: string): boolean {
  return !/[$`{}%<>\s]/.test(text);
}
