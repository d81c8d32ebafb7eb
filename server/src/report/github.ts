import type { FindingReport, FindingsReport } from "./json.ts";

/** What GitHub Actions calls the severities. */
const commands = { error: "error", warning: "warning", information: "notice", hint: "notice" } as const;

/** The findings of a file as workflow commands, which GitHub Actions shows beside the lines of a pull request. */
export function findingsForGitHub({ file, findings }: FindingsReport): string {
  return findings.map((finding) => command(file, finding)).join("");
}

function command(file: string, { rule, severity, message, line, column, endLine, endColumn }: FindingReport): string {
  // Columns are shown only where a finding stands on one line.
  const columns: [string, string | number][] =
    line === endLine
      ? [
          ["col", column],
          ["endColumn", endColumn],
        ]
      : [];
  const place: [string, string | number][] = [["file", file], ["line", line], ["endLine", endLine], ...columns];
  const properties = [...place, ["title", rule]].map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${commands[severity]} ${properties.join(",")}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
