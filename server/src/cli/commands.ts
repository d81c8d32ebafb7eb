import { dotGraph } from "../report/dot.ts";
import { findingsForGitHub } from "../report/github.ts";
import {
  type FindingReport,
  type GraphReport,
  jsonEntry,
  reportFindings,
  reportGraph,
  reportSplit,
} from "../report/json.ts";
import { mermaidGraph } from "../report/mermaid.ts";
import { sarifLog, sarifResults } from "../report/sarif.ts";
import { plain, type Style } from "../report/style.ts";
import {
  diffText,
  findingsText,
  fixedText,
  graphText,
  refusalText,
  splitText,
  summaryText,
  writtenText,
} from "../report/text.ts";
import {
  analyze,
  defaultOptions,
  diagnose,
  fixed,
  type Neighbours,
  type RunOptions,
  rules,
  findTarget,
  split,
} from "../service.ts";
import { closestName } from "../text/suggest.ts";
import {
  type CheckWishes,
  type Format,
  type GraphWishes,
  type Run,
  severities,
  type SplitWishes,
} from "./arguments.ts";

export { readNeighbours } from "./neighbours.ts";

/** A text file as the commands see it; without a byte order mark in its text. */
export interface SourceText {
  readonly text: string;
  readonly byteOrderMark: boolean;
}

/** Says what could not be done with a file. */
export type Complain = (reason: string) => void;

/** A command at work: it is given one file after the other and answers with what to print. */
export interface Job {
  next(file: string, source: SourceText, complain: Complain): string | Promise<string>;
  /**
   * What to print behind the last file.
   *
   * @param troubles what was complained about
   */
  end(troubles: readonly string[]): string;
  /** Whether `check` found something so far. */
  found(): boolean;
}

/** What a job needs from outside. */
export interface Surroundings {
  readonly style: Style;
  /** Whether a person reads the output in a terminal. */
  readonly terminal: boolean;
  readonly version: string;
  /** What the files beside a Dockerfile say about it. */
  readonly neighbours: (file: string) => Promise<Neighbours>;
  /** The builds of a Dockerfile that other files mention, which takes a look at all files of its project. */
  readonly builds: (file: string) => Promise<Neighbours["builds"]>;
  /** The files beside a Dockerfile that say how its project is built. */
  readonly project: (file: string) => Promise<Neighbours["project"]>;
  /** How a diff names a file. */
  readonly nameInDiff: (file: string) => string;
  /** Tells people something about a file that is no part of the output. */
  readonly remark: (file: string, text: string) => void;
  /** Writes a file's new text, byte order mark included; false where that failed, which it has then complained about. */
  readonly save: (file: string, text: string) => Promise<boolean>;
}

export function startJob(
  { command, format, check: checkWishes, graph: graphWishes, split: splitWishes }: Run,
  around: Surroundings,
): Job {
  switch (command) {
    case "check":
      return check(format, checkWishes, around);
    case "graph":
      return graph(format, graphWishes, around);
    case "split":
      return splitFiles(format, splitWishes, around);
  }
}

/** The first of the names that no rule has, and the rule that was probably meant; `null` where all are known. */
export function unknownRule(names: readonly string[]): { readonly name: string; readonly meant: string | null } | null {
  const ids = rules.map(({ id }) => id);
  const name = names.find((each) => !ids.includes(each));
  if (name === undefined) return null;
  const lower = name.toLowerCase().replaceAll(/[-_ ]/g, "");
  return { name, meant: ids.find((id) => id.toLowerCase() === lower) ?? closestName(name, ids) };
}

const byteOrderMarkText = "\ufeff";

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

function check(
  format: Format,
  { fix, least, severities: chosen }: CheckWishes,
  { style, version, neighbours, builds, save }: Surroundings,
): Job {
  const array = jsonArray();
  const sarif: ReturnType<typeof sarifResults> = [];
  const counts = new Map<FindingReport["severity"], number>();
  const shown = new Set(severities.slice(0, severities.indexOf(least) + 1));
  let files = 0;
  let fixable = 0;
  const done = { fixes: 0, files: 0 };
  return {
    async next(file, { text, byteOrderMark }, complain) {
      let analysis = analyzeFile(text, complain);
      if (!analysis) return "";
      const onRuleError: Parameters<typeof diagnose>[1] = (rule, error) =>
        complain(`the rule ${rule.id} failed: ${messageOf(error)}`);
      const found = await neighbours(file);
      const asked = { builds: false };
      const probe: Neighbours = {
        ...found,
        get builds() {
          asked.builds = true;
          return found.builds;
        },
      };
      let options: RunOptions = { ...defaultOptions, neighbours: probe, severities: chosen };
      // Most files have nothing that other files could explain, so that nobody needs to look at these.
      diagnose(analysis, () => {}, options);
      if (asked.builds) options = { ...options, neighbours: { ...found, builds: await builds(file) } };
      if (fix) {
        const after = fixed(analysis, onRuleError, options);
        if (after.count > 0 && (await save(file, (byteOrderMark ? byteOrderMarkText : "") + after.text))) {
          done.fixes += after.count;
          done.files++;
          analysis = analyze(after.text);
        }
      }
      // Nobody is typing in a file: what its last line lacks is missing for good.
      if (!analysis.text.endsWith("\n")) analysis = analyze(`${analysis.text}\n`);
      const diagnoses = diagnose(analysis, onRuleError, options).filter(({ severity }) => shown.has(severity));
      const report = reportFindings(file, analysis, diagnoses);
      if (diagnoses.length > 0) files++;
      for (const { severity, fixes } of diagnoses) {
        counts.set(severity, (counts.get(severity) ?? 0) + 1);
        if (fixes?.[0]?.safety === "safe") fixable++;
      }
      switch (format) {
        case "json":
          return array.entry(jsonEntry(report));
        case "sarif":
          sarif.push(...sarifResults({ file, analysis, diagnoses }, rules));
          return "";
        case "github":
          return findingsForGitHub(report);
        default:
          return findingsText(report, analysis.lines, style);
      }
    },
    end(troubles) {
      switch (format) {
        case "json":
          return array.end();
        case "sarif":
          return sarifLog(version, rules, sarif, troubles);
        case "github":
          return "";
        default:
          return (
            (done.fixes > 0 ? fixedText(done.fixes, done.files) : "") +
            (files > 0 ? summaryText(counts, files, fixable) : "")
          );
      }
    },
    found: () => files > 0,
  };
}

function graph(format: Format, { target }: GraphWishes, { style }: Surroundings): Job {
  const array = jsonArray();
  const drawn: GraphReport[] = [];
  return {
    next(file, { text }, complain) {
      const analysis = analyzeFile(text, complain);
      if (!analysis) return "";
      const stage = findTarget(analysis, target);
      if (target !== null && stage === null) {
        complain(`has no stage '${target}'`);
        return "";
      }
      const report = reportGraph(file, analysis, stage);
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

function splitFiles(
  format: Format,
  { base: wanted, write, diff, tests, user }: SplitWishes,
  around: Surroundings,
): Job {
  const { style, terminal, project, nameInDiff, remark, save } = around;
  const array = jsonArray();
  return {
    async next(file, { text, byteOrderMark }, complain) {
      const analysis = analyzeFile(text, complain);
      if (!analysis) return "";
      const result = split(analysis, { project: await project(file) });
      const ways = result.offered ? result.ways : [];
      const way = ways.find(({ base }) => wanted === null || base === wanted);
      if (result.offered && !way) {
        const bases = [...new Set(ways.map(({ base }) => base))];
        complain(
          `cannot be split with the base '${wanted}'; there ${bases.length > 1 ? "are" : "is"}: ${bases.join(", ")}`,
        );
        return "";
      }
      if (way && tests && way.tests.length === 0) remark(file, "has no tests that can move to a stage of their own");
      if (way && user && way.user === null) remark(file, `${way.base} has no user that the container could run as`);
      const mark = byteOrderMark ? byteOrderMarkText : "";
      const report = reportSplit(file, text, result, way ?? null, { tests, user }, mark);
      const { before, after } = report;
      const written = write && after !== null && (await save(file, after));
      if (format === "json") return array.entry(jsonEntry({ ...report, written }));
      if (after === null) {
        if (!diff) return refusalText(report, style);
        remark(file, `not split: ${report.reason}`);
        return "";
      }
      if (write) return written ? writtenText(report, style) : "";
      const { unifiedDiff } = await import("../report/diff.ts");
      // Another program reads a diff without colours, whatever the environment asks for.
      const shown = diff && !terminal ? plain : style;
      const patch = diffText(unifiedDiff(nameInDiff(file), before, after), shown, terminal);
      if (!diff) return splitText(report, style) + patch;
      for (const assumption of report.assumptions) remark(file, `check: ${assumption}`);
      return patch;
    },
    end: () => (format === "json" ? array.end() : ""),
    found: () => false,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
