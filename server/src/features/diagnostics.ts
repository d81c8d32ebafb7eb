import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from "vscode-languageserver-types";
import { documentationUrl, type Severity } from "../rules/rule.ts";
import type { Diagnosis } from "../rules/run.ts";
import type { Analysis } from "../stages/analysis.ts";

/** What the editor shows as the origin of our diagnostics. */
export const diagnosticSource = "Dockerfile Stages";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toDiagnostic({ lines }: Analysis, uri: string, diagnosis: Diagnosis): Diagnostic {
  const { span, message, severity, rule, tags, faded, related } = diagnosis;
  const href = documentationUrl(rule);
  return {
    // A line under all of what is faded would be too much.
    range: lines.range(severity === "hint" && faded ? faded : span),
    message,
    severity: severities[severity],
    source: diagnosticSource,
    code: rule.id,
    ...(href !== null && { codeDescription: { href } }),
    ...(tags && { tags: tags.map(() => DiagnosticTag.Unnecessary) }),
    ...(related && {
      relatedInformation: related.map((item) => ({
        location: { uri, range: lines.range(item.span) },
        message: item.message,
      })),
    }),
  };
}
