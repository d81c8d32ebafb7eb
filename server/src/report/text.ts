import type { LineIndex } from "../text/range.ts";
import { stageLabel } from "./graph.ts";
import type { DependencyReport, FindingReport, FindingsReport, GraphReport, SplitReport } from "./json.ts";
import { columns, printable } from "./printable.ts";
import type { Role, Style } from "./style.ts";

/**
 * The findings of a file: `FILE:LINE:COLUMN severity message [Rule]`, and below each its line with carets. Empty without
 * findings.
 */
export function findingsText({ file, findings }: FindingsReport, lines: LineIndex, style: Style): string {
  return findings.map((finding) => findingText(printable(file), finding, lines, style)).join("");
}

function findingText(file: string, finding: FindingReport, lines: LineIndex, style: Style): string {
  const { rule, severity, line, column, endLine, endColumn } = finding;
  const message = printable(finding.message.replaceAll(/\s+/g, " "));
  const head = `${style("strong", `${file}:${line}:${column}`)} ${style(severity, severity)} ${message} ${style("faint", `[${rule}]`)}`;
  const source = lines.text.slice(lines.startOf(line - 1), lines.endOf(line - 1));
  const { text, before, marked } = excerpt(source, column - 1, endLine === line ? endColumn - 1 : source.length);
  const number = String(line).padStart(4);
  const bar = style("faint", `${number} |`);
  const empty = style("faint", `${" ".repeat(number.length)} |`);
  return `${head}\n${bar} ${text}\n${empty} ${" ".repeat(before)}${style(severity, "^".repeat(marked))}\n`;
}

/** Longer lines are cut around what is marked. In UTF-16 units. */
const longestExcerpt = 160;
const contextInFront = 40;

/** A line made fit for a terminal, and in its columns: how far the marks stand from its start, how wide they are. */
function excerpt(source: string, start: number, end: number): { text: string; before: number; marked: number } {
  const line = printable(source);
  let from = 0;
  let to = line.length;
  if (line.length > longestExcerpt) {
    if (start > longestExcerpt / 2) from = pairStart(line, start - contextInFront);
    to = pairStart(line, Math.min(line.length, from + longestExcerpt));
  }
  const lead = from > 0 ? "…" : "";
  const show = (a: number, b: number) => line.slice(a, Math.max(a, b)).replaceAll("\t", "    ");
  const text = lead + show(from, to) + (to < line.length ? "…" : "");
  const before = columns(lead + show(from, Math.min(start, to)));
  return { text, before, marked: Math.max(1, columns(show(start, Math.min(end, to)))) };
}

/** `at`, or the place before it where it would cut a surrogate pair. */
function pairStart(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

/**
 * One line that counts what was found in all files: `3 findings in 2 files: 1 error, 2 hints`, and one that says how many
 * of them `--fix` mends, if any.
 */
export function summaryText(
  counts: ReadonlyMap<FindingReport["severity"], number>,
  files: number,
  fixable: number,
): string {
  const kinds = (["error", "warning", "information", "hint"] as const).flatMap((severity) => {
    const count = counts.get(severity) ?? 0;
    if (count === 0) return [];
    return severity === "information" ? [`${count} information`] : [plural(count, severity)];
  });
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const fixes = fixable === 0 ? "" : `${fixable} of them can be fixed with --fix\n`;
  return `${plural(total, "finding")} in ${plural(files, "file")}: ${kinds.join(", ")}\n${fixes}`;
}

/** What `--fix` did. */
export function fixedText(fixes: number, files: number): string {
  return `fixed ${plural(fixes, "finding")} in ${plural(files, "file")}\n`;
}

/** The stages of a file as a list, with what each needs. */
export function graphText({ file, target, stages }: GraphReport, style: Style): string {
  const lines = [style("strong", `${printable(file)}: ${plural(stages.length, "stage")}`)];
  const names = stages.map((stage) => {
    const label = printable(stageLabel(stage));
    if (stage.index === target) return `${label} (target)`;
    return stage.needed ? label : `${label} (not needed)`;
  });
  const labelWidth = names.reduce((widest, name) => Math.max(widest, name.length), 0);
  const numberWidth = String(stages.length - 1).length;
  const lineWidth = String(stages.at(-1)?.line ?? 0).length;
  const nameOf = ({ stage, image }: DependencyReport): string => {
    if (stage === null) return `${printable(image ?? "")} (image)`;
    const name = stages[stage]!.name;
    return name === null ? `stage ${stage}` : `${name} (stage ${stage})`;
  };
  for (const stage of stages) {
    const number = String(stage.index).padStart(numberWidth);
    const name = names[stage.index]!.padEnd(labelWidth);
    const place = `line ${String(stage.line).padEnd(lineWidth)}`;
    const from = stage.dependsOn.find(({ kind }) => kind === "from");
    const base = from?.stage == null ? printable(stage.base) : nameOf(from);
    const shownName = stage.needed ? name : style("faint", name);
    lines.push(`  ${number}  ${shownName}  ${style("faint", place)}  FROM ${base === "" ? "(unknown)" : base}`);
    const others = new Map<string, number[]>();
    for (const dependency of stage.dependsOn) {
      if (dependency.kind === "from") continue;
      const text = `${dependency.kind === "copy" ? "COPY" : "mount"} from ${nameOf(dependency)}`;
      const places = others.get(text);
      if (!places) others.set(text, [dependency.line]);
      else if (places.at(-1) !== dependency.line) places.push(dependency.line);
    }
    for (const [text, found] of others) {
      const places = style("faint", `${found.length === 1 ? "line" : "lines"} ${found.join(", ")}`);
      lines.push(`  ${" ".repeat(numberWidth)}    ${text}  ${places}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** What the split does to a file and what to check, and the ways that make sense: the one that is chosen has a star. */
export function splitText({ file, title, summary, assumptions, ways, after }: SplitReport, style: Style): string {
  const lines = [
    `${style("strong", `${printable(file)}:`)} ${printable(title)}`,
    ...doneLines(summary, assumptions, style),
  ];
  if (ways.length > 1) lines.push("  ways, to choose from with --base:");
  for (const way of ways.length > 1 ? ways : []) {
    const sure = way.assumptions.length === 0 ? "certain" : `${plural(way.assumptions.length, "thing")} to check`;
    const mark = way.after === after ? "*" : " ";
    const name = style("strong", printable(way.base));
    lines.push(`  ${mark} ${name}: ${printable(way.detail)} ${style("faint", `(${sure})`)}`);
  }
  const chosen = ways.find((way) => way.after === after);
  if (chosen && chosen.user !== null) lines.push(`  with --non-root it runs as ${printable(chosen.user)}`);
  if (chosen && chosen.tests.length > 0)
    lines.push(`  with --test-stage this gets a stage of its own: ${printable(chosen.tests.join(", "))}`);
  return `${lines.join("\n")}\n`;
}

/** What the split did to a file that was changed, and what to check. */
export function writtenText({ file, base, summary, assumptions }: SplitReport, style: Style): string {
  const done = `split, the image starts from ${printable(base ?? "")}`;
  const lines = [`${style("strong", `${printable(file)}:`)} ${done}`, ...doneLines(summary, assumptions, style)];
  return `${lines.join("\n")}\n`;
}

function doneLines(summary: readonly string[], assumptions: readonly string[], style: Style): string[] {
  const checks = assumptions.map((assumption) => `${style("warning", "check:")} ${printable(assumption)}`);
  if (checks.length === 0) checks.push(`${style("added", "certain:")} nothing to check`);
  return [...summary.map(printable), ...checks].map((line) => `  ${line}`);
}

/** Why a file is not split, as one line. */
export function refusalText({ file, reason }: SplitReport, style: Style): string {
  return `${style("strong", `${printable(file)}:`)} not split: ${printable(reason.replaceAll(/\s+/g, " "))}\n`;
}

/**
 * A unified diff in colours.
 *
 * @param readable shows characters that a terminal would obey; `false` keeps the diff exact, for other programs
 */
export function diffText(patch: string, style: Style, readable: boolean): string {
  const lines = patch.split("\n").map((line) => {
    const role = diffRole(line);
    const text = readable ? printable(line.replace(/\r$/, "")) : line;
    return role === null ? text : style(role, text);
  });
  return lines.join("\n");
}

function diffRole(line: string): Role | null {
  if (line.startsWith("+")) return "added";
  if (line.startsWith("-")) return "removed";
  return line.startsWith("@@") ? "place" : null;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
