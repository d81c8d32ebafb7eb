import { checkOptions, includes } from "../dockerfile/check-directive.ts";
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
 * left out. `skip=all` means what it means to BuildKit: no advice, but what stops the build is still an error.
 */
export function runRules(
  analysis: Analysis,
  rules: readonly Rule[],
  onError: RuleErrorHandler,
  options: RunOptions = defaultOptions,
): Diagnosis[] {
  const severityOf = severityChooser(analysis, options);
  const found: Diagnosis[] = [];
  for (const rule of rules) {
    const severity = severityOf(rule);
    if (severity === "off") continue;
    try {
      for (const finding of rule.check(analysis, options.neighbours)) found.push({ ...finding, rule, severity });
    } catch (error) {
      onError(rule, error);
    }
  }
  return found.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

function severityChooser(
  { dockerfile }: Analysis,
  { severities, hidden }: RunOptions,
): (rule: Rule) => Severity | "off" {
  const { skip, error, experimental } = checkOptions(dockerfile.directives);
  return ({ id, severity, buildkit }) => {
    if (skip === "all" ? severity !== "error" : skip.has(id)) return "off";
    const chosen = Object.hasOwn(severities, id) ? severities[id] : undefined;
    if (chosen !== undefined) return chosen;
    if (hidden.has(id) || (buildkit === "experimental" && !includes(experimental, id))) return "off";
    // BuildKit stops then; it does not know of other rules.
    return error && buildkit ? "error" : severity;
  };
}
