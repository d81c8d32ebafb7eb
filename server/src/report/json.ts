import type { SplitOptions } from "../refactor/split/emit.ts";
import type { SplitResult, SplitWay } from "../refactor/split-stage.ts";
import type { Diagnosis } from "../rules/run.ts";
import type { Severity } from "../rules/rule.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Reference, ReferenceKind } from "../stages/resolve.ts";

/**
 * What the commands say about one file, as `--format json` prints it; docs/cli.md describes it. The shapes are stable:
 * fields may be added, none is renamed or removed. Lines and columns start at 1, columns count UTF-16 units.
 */

export interface FindingsReport {
  readonly file: string;
  readonly findings: readonly FindingReport[];
}

export interface FindingReport {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** The column behind the last character. */
  readonly endColumn: number;
  /** Whether the editor offers a quick fix. */
  readonly fixable: boolean;
}

export interface GraphReport {
  readonly file: string;
  readonly stages: readonly StageReport[];
}

export interface StageReport {
  readonly index: number;
  /** Lower-cased, as BuildKit stores it; `null` for a stage without name. */
  readonly name: string | null;
  readonly line: number;
  /** What FROM names, build args expanded to their defaults. */
  readonly base: string;
  /**
   * What a build of this stage needs: FROM first, then in the order of the file, then what ONBUILD of its base brings along;
   * references that cannot work left out.
   */
  readonly dependsOn: readonly DependencyReport[];
  /** Whether a build without `--target` needs it. */
  readonly neededByDefault: boolean;
}

/** One of `stage` and `image` is `null`. */
export interface DependencyReport {
  readonly kind: ReferenceKind;
  readonly stage: number | null;
  /** An image, a named context or `scratch`. */
  readonly image: string | null;
  readonly line: number;
}

export interface SplitReport {
  readonly file: string;
  readonly offered: boolean;
  readonly title: string;
  /** Why it is not offered; empty where it is. */
  readonly reason: string;
  /** What must be checked, of the way that is chosen. */
  readonly assumptions: readonly string[];
  readonly before: string;
  /** The file after the split; `null` where it is not offered. */
  readonly after: string | null;
  /** The base of the way that is chosen; `null` where it is not offered. */
  readonly base: string | null;
  /** What it does. */
  readonly summary: readonly string[];
  /** The ways that make sense, the default first. */
  readonly ways: readonly SplitWayReport[];
  /** Whether the file was changed. */
  readonly written: boolean;
}

export interface SplitWayReport {
  readonly base: string;
  readonly strategy: SplitWay["strategy"];
  readonly detail: string;
  readonly assumptions: readonly string[];
  readonly summary: readonly string[];
  /** Instructions that only test, and can move to a stage of their own. */
  readonly tests: readonly string[];
  /** The user without privileges that the container could run as; `null` where there is none. */
  readonly user: string | null;
  readonly after: string;
}

/**
 * What the split does to a file.
 *
 * @param wanted the way that is chosen; the default where it is `null`
 * @param options what is only done if asked for
 * @param mark is put in front of the texts
 */
export function reportSplit(
  file: string,
  text: string,
  result: SplitResult,
  wanted: SplitWay | null,
  options: SplitOptions,
  mark: string,
): SplitReport {
  const { offered, title } = result;
  const before = mark + text;
  if (!offered) {
    const nothing = { assumptions: [], before, after: null, base: null, summary: [], ways: [], written: false };
    return { file, offered, title, reason: result.reason, ...nothing };
  }
  const ways = result.ways.map((way): SplitWayReport => {
    const { base, strategy, detail, assumptions, summary, tests, user } = way;
    return { base, strategy, detail, assumptions, summary, tests, user, after: mark + way.after(options) };
  });
  const { base, assumptions, summary, after } = ways[wanted ? result.ways.indexOf(wanted) : 0]!;
  return { file, offered, title, reason: "", assumptions, before, after, base, summary, ways, written: false };
}

export function reportFindings(file: string, { lines }: Analysis, diagnoses: readonly Diagnosis[]): FindingsReport {
  const findings = diagnoses.map(({ rule, severity, message, span, fixes, refactoring }): FindingReport => {
    const { start, end } = lines.range(span);
    return {
      rule: rule.id,
      severity,
      message,
      line: start.line + 1,
      column: start.character + 1,
      endLine: end.line + 1,
      endColumn: end.character + 1,
      fixable: (fixes !== undefined && fixes.length > 0) || refactoring !== undefined,
    };
  });
  return { file, findings };
}

export function reportGraph(file: string, { stages, references, model, graph }: Analysis): GraphReport {
  const dependencies: DependencyReport[][] = stages.map(() => []);
  for (const reference of [...references, ...model.triggered]) {
    const dependency = reference.onbuild ? null : reportDependency(reference);
    if (dependency) dependencies[reference.stage]!.push(dependency);
  }
  return {
    file,
    stages: stages.map(({ index, name, from, baseName }) => ({
      index,
      name,
      line: from.startLine + 1,
      base: baseName,
      dependsOn: dependencies[index]!,
      neededByDefault: graph.needed[index]!,
    })),
  };
}

function reportDependency({ kind, target, instruction }: Reference): DependencyReport | null {
  const line = instruction.startLine + 1;
  switch (target.kind) {
    case "stage":
      return { kind, stage: target.stage, image: null, line };
    case "image":
      return { kind, stage: null, image: target.image, line };
    case "scratch":
      return { kind, stage: null, image: "scratch", line };
    default:
      return null;
  }
}

/** One entry of the array that `--format json` prints, indented as a part of it. */
export function jsonEntry(report: FindingsReport | GraphReport | SplitReport): string {
  return JSON.stringify(report, null, 2).replaceAll(/^/gm, "  ");
}
