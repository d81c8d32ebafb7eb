import { dotGraph } from "../report/dot.ts";
import {
  type FindingReport,
  type GraphReport,
  jsonEntry,
  reportFindings,
  reportGraph,
  type SplitReport,
} from "../report/json.ts";
import { mermaidGraph } from "../report/mermaid.ts";
import type { Style } from "../report/style.ts";
import { findingsText, graphText, splitText, summaryText } from "../report/text.ts";
import { analyze, diagnose, split } from "../service.ts";
import type { Command, Format } from "./arguments.ts";

/** A text file as the commands see it; without a byte order mark in its text. */
export interface SourceText {
  readonly text: string;
  readonly byteOrderMark: boolean;
}

/** A command at work: it is given one file after the other and answers with what to print. */
export interface Job {
  /** @param complain says what could not be done with this file */
  next(file: string, source: SourceText, complain: (reason: string) => void): string | Promise<string>;
  /** What to print behind the last file. */
  end(): string;
  /** Whether `check` found something so far. */
  found(): boolean;
}

export interface Look {
  readonly style: Style;
  /** Whether a person reads the output in a terminal. */
  readonly terminal: boolean;
}

export function startJob(command: Command, format: Format, look: Look): Job {
  const jobs = { check, graph, split: showSplit };
  return jobs[command](format, look);
}

type Analysis = ReturnType<typeof analyze>;

/** `null`, and a complaint, for a text that no build takes for a Dockerfile. */
function analyzeFile(text: string, complain: (reason: string) => void): Analysis | null {
  const analysis = analyze(text);
  if (analysis.dockerfile.instructions.length > 0) return analysis;
  complain("has no instructions");
  return null;
}

/** Makes a JSON array of texts that come one by one. */
function jsonArray(): { entry(text: string): string; end(): string } {
  let empty = true;
  return {
    entry(text) {
      const lead = empty ? "[\n" : ",\n";
      empty = false;
      return lead + text;
    },
    end: () => (empty ? "[]\n" : "\n]\n"),
  };
}

function check(format: Format, { style }: Look): Job {
  const array = jsonArray();
  const counts = new Map<FindingReport["severity"], number>();
  let files = 0;
  return {
    next(file, { text }, complain) {
      const analysis = analyzeFile(text, complain);
      if (!analysis) return "";
      const diagnoses = diagnose(analysis, (rule, error) =>
        complain(`the rule ${rule.id} failed: ${messageOf(error)}`),
      );
      const report = reportFindings(file, analysis, diagnoses);
      if (report.findings.length > 0) files++;
      for (const { severity } of report.findings) counts.set(severity, (counts.get(severity) ?? 0) + 1);
      return format === "json" ? array.entry(jsonEntry(report)) : findingsText(report, analysis.lines, style);
    },
    end() {
      if (format === "json") return array.end();
      return files > 0 ? summaryText(counts, files) : "";
    },
    found: () => files > 0,
  };
}

function graph(format: Format, { style }: Look): Job {
  const array = jsonArray();
  const drawn: GraphReport[] = [];
  return {
    next(file, { text }, complain) {
      const analysis = analyzeFile(text, complain);
      if (!analysis) return "";
      const report = reportGraph(file, analysis);
      if (format === "json") return array.entry(jsonEntry(report));
      if (format === "text") return graphText(report, style);
      drawn.push(report);
      return "";
    },
    end() {
      if (format === "json") return array.end();
      if (format === "text" || drawn.length === 0) return "";
      return format === "mermaid" ? mermaidGraph(drawn) : dotGraph(drawn);
    },
    found: () => false,
  };
}

function showSplit(format: Format, { style, terminal }: Look): Job {
  const array = jsonArray();
  return {
    async next(file, { text, byteOrderMark }, complain) {
      const analysis = analyzeFile(text, complain);
      if (!analysis) return "";
      const { offered, title, reason, assumptions, after } = split(analysis);
      const mark = byteOrderMark ? "\ufeff" : "";
      const report: SplitReport = {
        file,
        offered,
        title,
        reason,
        assumptions,
        before: mark + text,
        after: after === null ? null : mark + after,
      };
      if (format === "json") return array.entry(jsonEntry(report));
      if (report.after === null) return splitText(report, "", style, terminal);
      const { unifiedDiff } = await import("../report/diff.ts");
      return splitText(report, unifiedDiff(file, report.before, report.after), style, terminal);
    },
    end: () => (format === "json" ? array.end() : ""),
    found: () => false,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
