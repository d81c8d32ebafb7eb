import type { Analysis } from "../stages/analysis.ts";
import type { Edit } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Neighbours } from "../workspace/neighbours.ts";

/** How much a finding matters. error: the build fails; warning: surely wrong; information and hint: advice. */
export type Severity = "error" | "warning" | "information" | "hint";

/** A change that mends a finding. */
export interface Fix {
  /** Starts with a verb: `Declare ARG VERSION in this stage`. */
  readonly title: string;
  /** `safe`: the built image stays as it is meant to be and comments survive. Only safe fixes run unasked. */
  readonly safety: "safe" | "unsafe";
  readonly edits: readonly Edit[];
}

/** Something a rule found. */
export interface Finding {
  readonly span: Span;
  /** What is wrong, in plain words; BuildKit's wording where it has one. Why is in the rule's docs, what to do in the fix. */
  readonly message: string;
  /** `unnecessary` is shown faded. */
  readonly tags?: readonly "unnecessary"[];
  /** What is faded where the finding is a mere hint; the span by default. */
  readonly faded?: Span;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
  /** The best first. */
  readonly fixes?: readonly Fix[];
  /** The id of a refactoring that mends the finding; offered as a quick fix and worked out when it is chosen. */
  readonly refactoring?: string;
}

/**
 * An example of a rule, which is a test and a part of its docs. A line of carets under a line marks a finding there,
 * followed by its message; without any the rule accepts the text. `fixed` is the text after the first fix of the first
 * finding.
 */
export interface Example {
  readonly title: string;
  readonly text: string;
  readonly fixed?: string;
  /** What the ignore file beside the Dockerfile says. */
  readonly ignoreFile?: string;
  /** Stages that files beside the Dockerfile name as a target, in lower case. */
  readonly targets?: readonly string[];
  /** Contexts that another file gives to the build, by their names. */
  readonly contexts?: readonly string[];
}

/** A rule is one file: what it finds, why, and examples. Rules know no settings, no LSP and no other rule. */
export interface Rule {
  /** In BuildKit's spelling: `UnusedStage`. */
  readonly id: string;
  readonly severity: Severity;
  /** One line for tables. */
  readonly summary: string;
  /** Markdown: what, why, what to do, and where BuildKit's behaviour is described. */
  readonly docs: string;
  readonly examples: readonly Example[];
  /**
   * Set where the rule is a check of BuildKit's own with this name, in `docker build --check`. An experimental one runs
   * only where `# check=experimental=…` or the settings ask for it.
   */
  readonly buildkit?: "stable" | "experimental";
  check(analysis: Analysis, neighbours: Neighbours): Iterable<Finding>;
}

/** Docker's page about one of BuildKit's checks; `null` for our own rules. */
export function documentationUrl({ id, buildkit }: Rule): string | null {
  if (!buildkit) return null;
  const words = id.match(/[A-Z]+(?![a-z])|[A-Z][a-z]*/g) ?? [id];
  return `https://docs.docker.com/go/dockerfile/rule/${words.join("-").toLowerCase()}/`;
}
