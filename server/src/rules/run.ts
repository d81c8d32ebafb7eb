import type { Analysis } from "../stages/analysis.ts";
import type { Finding, Rule, Severity } from "./rule.ts";

/** A finding with what the engine adds to it: the rule and the severity. */
export interface Diagnosis extends Finding {
  readonly rule: Rule;
  readonly severity: Severity;
}

/** Called when a rule throws; the other rules still run. */
export type RuleErrorHandler = (rule: Rule, error: unknown) => void;

/**
 * Runs rules over a document version. Findings come sorted by place; those that a `# check=skip=…` directive names are
 * left out.
 */
export function runRules(analysis: Analysis, rules: readonly Rule[], onError: RuleErrorHandler): Diagnosis[] {
  const skipped = skippedRules(analysis);
  if (skipped === "all") return [];
  const found: Diagnosis[] = [];
  for (const rule of rules) {
    if (skipped.has(rule.id)) continue;
    try {
      for (const finding of rule.check(analysis)) found.push({ ...finding, rule, severity: rule.severity });
    } catch (error) {
      onError(rule, error);
    }
  }
  return found.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

/** The rule names of `# check=skip=A,B;error=true`; `"all"` for `skip=all`. Errors of the build cannot be skipped by name in BuildKit either. */
function skippedRules({ dockerfile }: Analysis): ReadonlySet<string> | "all" {
  const check = dockerfile.directives.find(({ name }) => name === "check");
  const names = new Set<string>();
  for (const option of check?.value.split(";") ?? []) {
    const [key, value] = option.split("=", 2);
    if (key?.trim() !== "skip") continue;
    for (const name of value?.split(",") ?? []) {
      if (name.trim().toLowerCase() === "all") return "all";
      names.add(name.trim());
    }
  }
  return names;
}
