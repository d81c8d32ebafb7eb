import type { ArtifactLocation, Log, PhysicalLocation, Region, ReportingDescriptor, Result } from "sarif";
import { documentationUrl, type Rule, type Severity } from "../rules/rule.ts";
import type { Diagnosis } from "../rules/run.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Span } from "../text/range.ts";

/** Findings in SARIF 2.1.0, which code scanning services read. */

/** One file with what was found in it. */
export interface CheckedFile {
  readonly file: string;
  readonly analysis: Analysis;
  readonly diagnoses: readonly Diagnosis[];
}

const levels = { error: "error", warning: "warning", information: "note", hint: "note" } as const satisfies Record<
  Severity,
  string
>;

export function sarifResults({ file, analysis, diagnoses }: CheckedFile, rules: readonly Rule[]): Result[] {
  return diagnoses.map(({ rule, severity, message, span, related, fixes }) => {
    const place = (where: Span): PhysicalLocation => ({
      artifactLocation: artifact(file),
      region: region(analysis, where),
    });
    return {
      ruleId: rule.id,
      ruleIndex: rules.indexOf(rule),
      level: levels[severity],
      message: { text: message },
      locations: [{ physicalLocation: place(span) }],
      ...(related && {
        relatedLocations: related.map((item, id) => ({
          id,
          message: { text: item.message },
          physicalLocation: place(item.span),
        })),
      }),
      ...(fixes && {
        fixes: fixes.map(({ title, edits }) => ({
          description: { text: title },
          artifactChanges: [
            {
              artifactLocation: artifact(file),
              replacements: edits.map((edit) => ({
                deletedRegion: region(analysis, edit.span),
                insertedContent: { text: edit.newText },
              })),
            },
          ],
        })),
      }),
    };
  });
}

/**
 * The whole log.
 *
 * @param version the program's
 * @param troubles what could not be done, one sentence each
 */
export function sarifLog(
  version: string,
  rules: readonly Rule[],
  results: Result[],
  troubles: readonly string[],
): string {
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Dockerfile Stages", semanticVersion: version, rules: rules.map(descriptor) } },
        invocations: [
          {
            executionSuccessful: troubles.length === 0,
            toolExecutionNotifications: troubles.map((text) => ({ level: "error", message: { text } })),
          },
        ],
        columnKind: "utf16CodeUnits",
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function descriptor(rule: Rule): ReportingDescriptor {
  const helpUri = documentationUrl(rule);
  const docs = rule.docs.trim();
  return {
    id: rule.id,
    shortDescription: { text: rule.summary },
    help: { text: docs, markdown: docs },
    ...(helpUri !== null && { helpUri }),
    defaultConfiguration: { level: levels[rule.severity], enabled: rule.buildkit !== "experimental" },
  };
}

/** A file's URI: relative to the folder that the command runs in, unless the file was named with its full path. */
function artifact(file: string): ArtifactLocation {
  const path = file.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
  const uri = path.split("/").map(encodeURIComponent).join("/");
  if (path.startsWith("/")) return { uri: `file://${uri}` };
  // A drive letter.
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${path.slice(0, 2)}${uri.slice(uri.indexOf("/"))}` };
  return { uri, uriBaseId: "%SRCROOT%" };
}

function region({ lines }: Analysis, span: Span): Region {
  const { start, end } = lines.range(span);
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
