import type { SplitOptions } from "../refactor/split/emit.ts";
import type { SplitResult, SplitWay } from "../refactor/split-stage.ts";
import type { Diagnosis } from "../rules/run.ts";
import type { Severity } from "../rules/rule.ts";
import type { Analysis } from "../stages/analysis.ts";
import { reachable } from "../stages/graph.ts";
import type { Reference, ReferenceKind } from "../stages/resolve.ts";
import { roleOf, type StageRole } from "../stages/role.ts";
import { transferOf } from "../stages/transfer.ts";

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
  /** The index of the stage that is built: the last one, or the target that was asked for; `null` in a file without stages. */
  readonly target: number | null;
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
  /** What it is for, as far as its name and its instructions tell: `build`, `test`, `runtime`; else `null`. */
  readonly role: StageRole | null;
  /** Whether a build of the target needs it. */
  readonly needed: boolean;
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
  /** What crosses, as written: nothing for FROM, and where it goes, which is `null` for FROM. */
  readonly sources: readonly string[];
  readonly destination: string | null;
  /** The type of a mount; `null` for all else. */
  readonly mount: string | null;
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

/** @param target the stage that is built, by its index; the last one where it is `null` */
export function reportGraph(file: string, analysis: Analysis, target: number | null = null): GraphReport {
  const { stages, references, model, graph } = analysis;
  const dependencies: DependencyReport[][] = stages.map(() => []);
  for (const reference of [...references, ...model.triggered]) {
    const dependency = reference.onbuild ? null : reportDependency(reference);
    if (dependency) dependencies[reference.stage]!.push(dependency);
  }
  const needed = target === null ? graph.needed : reachable(graph.dependencies, target);
  return {
    file,
    target: stages.length > 0 ? (target ?? graph.target) : null,
    stages: stages.map((stage) => ({
      index: stage.index,
      name: stage.name,
      line: stage.from.startLine + 1,
      base: stage.baseName,
      dependsOn: dependencies[stage.index]!,
      role: roleOf(analysis, stage)?.role ?? null,
      needed: needed[stage.index]!,
      neededByDefault: graph.needed[stage.index]!,
    })),
  };
}

function reportDependency(reference: Reference): DependencyReport | null {
  const { kind, target, instruction, mount } = reference;
  const { sources, destination } = transferOf(reference);
  const common = { line: instruction.startLine + 1, sources, destination, mount: mount?.type ?? null };
  switch (target.kind) {
    case "stage":
      return { kind, stage: target.stage, image: null, ...common };
    case "image":
      return { kind, stage: null, image: target.image, ...common };
    case "scratch":
      return { kind, stage: null, image: "scratch", ...common };
    default:
      return null;
  }
}

/** One entry of the array that `--format json` prints, indented as a part of it. */
export function jsonEntry(report: FindingsReport | GraphReport | SplitReport): string {
  return JSON.stringify(report, null, 2).replaceAll(/^/gm, "  ");
}
