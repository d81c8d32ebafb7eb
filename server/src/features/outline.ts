import type { Analysis } from "../stages/analysis.ts";
import type { Range } from "../text/range.ts";

/** What other files may ask about a Dockerfile; small, for it is kept of each of a project. */
export interface DockerfileOutline {
  readonly stages: readonly StageOutline[];
  /** Whether these are all: a broken file may have others. */
  readonly areAll: boolean;
}

export interface StageOutline {
  /** In lower case. */
  readonly name: string | null;
  readonly index: number;
  /** All of the stage. */
  readonly range: Range;
  /** Its name or its FROM line. */
  readonly selectionRange: Range;
}

export function dockerfileOutline({ stages, model, lines }: Analysis): DockerfileOutline {
  return {
    stages: stages.map(({ name, index, span, nameWord, from }) => ({
      name,
      index,
      range: lines.range(span),
      selectionRange: lines.range((nameWord ?? from).span),
    })),
    areAll: stages.length > 0 && model.problems.length === 0,
  };
}
