import { type CheckNames, checkOptions, includes, skippedChecks } from "../dockerfile/check-directive.ts";
import type { Analysis } from "../stages/analysis.ts";
import { alone, type Neighbours } from "../workspace/neighbours.ts";
import type { Finding, Rule, Severity } from "./rule.ts";

/** A finding with what the engine adds to it: the rule and the severity. */
export interface Diagnosis extends Finding {
  readonly rule: Rule;
  readonly severity: Severity;
}

/** What is not in the Dockerfile itself. */
export interface RunOptions {
  readonly neighbours: Neighbours;
  /** The user's severities by rule; rules that are not here have their own. */
  readonly severities: Readonly<Record<string, Severity | "off">>;
  /** Rules whose findings another tool shows already. A severity in `severities` outweighs it. */
  readonly hidden: ReadonlySet<string>;
}

export const defaultOptions: RunOptions = { neighbours: alone, severities: {}, hidden: new Set() };

/** Called when a rule throws; the other rules still run. */
export type RuleErrorHandler = (rule: Rule, error: unknown) => void;

/**
 * Runs rules over a document version. Findings come sorted by place; those that a `# check=skip=…` directive names are
 * left out, and those at an instruction with such a comment above it. `skip=all` means what it means to BuildKit: no advice,
 * but what stops the build is still an error.
 */
export function runRules(
  analysis: Analysis,
  rules: readonly Rule[],
  onError: RuleErrorHandler,
  options: RunOptions = defaultOptions,
): Diagnosis[] {
  const severityOf = severityChooser(analysis, options);
  const skipped = skippedChecks(analysis.dockerfile);
  const isSkippedAt = (rule: Rule, { span }: Finding): boolean => {
    const instruction = analysis.instructionAt(span.start);
    return instruction !== null && isSkipped(skipped.get(instruction), rule);
  };
  const found: Diagnosis[] = [];
  for (const rule of rules) {
    const severity = severityOf(rule);
    if (severity === "off") continue;
    try {
      for (const finding of rule.check(analysis, options.neighbours)) {
        if (skipped.size === 0 || !isSkippedAt(rule, finding)) found.push({ ...finding, rule, severity });
      }
    } catch (error) {
      onError(rule, error);
    }
  }
  return found.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

function isSkipped(skip: CheckNames | undefined, { id, severity }: Rule): boolean {
  return skip === "all" ? severity !== "error" : skip !== undefined && skip.has(id);
}

function severityChooser({ text }: Analysis, { severities, hidden }: RunOptions): (rule: Rule) => Severity | "off" {
  const { skip, error, experimental } = checkOptions(text);
  return (rule) => {
    const { id, severity, buildkit } = rule;
    const isAskedFor = buildkit === "experimental" && includes(experimental, id);
    // To BuildKit an experimental check that is asked for is never skipped.
    if (!isAskedFor && isSkipped(skip, rule)) return "off";
    const chosen = Object.hasOwn(severities, id) ? severities[id] : undefined;
    if (chosen !== undefined) return chosen;
    if (hidden.has(id) || (buildkit === "experimental" && !isAskedFor)) return "off";
    // BuildKit stops then; it does not know of other rules.
    return error && buildkit ? "error" : severity;
  };
}
