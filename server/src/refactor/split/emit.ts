import type { Instruction } from "../../dockerfile/instruction.ts";
import { type Edit, lineEnding } from "../../text/edit.ts";
import type { Crossing } from "./ecosystems/ecosystem.ts";
import { directoryOf, lastPart, relativePath } from "../../text/paths.ts";
import { withOwners } from "./owners.ts";
import type { Split } from "./plan.ts";
import { sourceOf } from "./unsure.ts";
import { baseDirectory, baseSettings } from "./variables.ts";

/** What else a split does where somebody asks for it. */
export interface SplitOptions {
  /** The tests of the build move to a stage of their own, which is built on request only. */
  readonly tests?: boolean;
  /** The container runs as the user without privileges that the base has. */
  readonly user?: boolean;
}

/**
 * Writes a split as edits: FROM gets a name, what moves is cut out, and the runtime stage is put between the last line of
 * the build and what stands behind it. All other lines stay as they are, but for what a choice puts between two commands of
 * the builder.
 */
export function writeSplit(split: Split, { tests: hasTests = false, user = false }: SplitOptions = {}): Edit[] {
  const { facts, sides, boundary } = split;
  const { analysis, stage } = facts;
  const { text, lines } = analysis;
  const eol = lineEnding(text);
  const { from } = stage;
  const lower = text.slice(from.keywordSpan.start, from.keywordSpan.end) === "from";
  const keyword = (line: string): string => (lower ? line.replace(/^[A-Z]+/, (word) => word.toLowerCase()) : line);
  const edits: Edit[] = [];

  const { shared } = split;
  const firstName = shared ? shared.name : split.builderName;
  if (stage.nameWord) {
    if (stage.nameWord.text !== firstName) edits.push({ span: stage.nameWord.span, newText: firstName });
  } else {
    const end = from.args[0]!.span.end;
    edits.push({ span: { start: end, end }, newText: ` ${keyword("AS")} ${firstName}` });
  }
  const tests = hasTests ? split.tests : [];
  const isPruned = tests.length > 0 && split.choice.finish.length > 0;
  edits.push(...renumbered(split, tests.length > 0 ? (isPruned ? 2 : 1) : 0));

  // What moves and what goes.
  facts.steps.forEach(({ instruction }, index) => {
    const side = sides[index]!;
    if (side.kind === "moved" || side.kind === "dropped" || tests.includes(index))
      edits.push({ span: cutSpan(split, instruction), newText: "" });
    if (side.kind === "tail" && side.text !== null) edits.push({ span: instruction.span, newText: keyword(side.text) });
  });

  for (const { before, text: line } of split.choice.prepare) {
    const { instruction } = facts.steps[before]!;
    const first = instruction.comment ? instruction.comment.start : instruction.span.start;
    edits.push({ span: { start: first, end: first }, newText: keyword(line) + eol });
  }

  for (const { at, text: inside } of split.choice.insertions ?? [])
    edits.push({ span: { start: at, end: at }, newText: inside });

  const source = isPruned ? split.names.pruned : split.builderName;
  const newUser = user && split.user !== null ? `USER ${split.user}` : null;
  const laterSteps = facts.steps.slice(boundary + 1).filter(({ instruction }) => !endings.has(instruction.keyword));
  const block = runtimeLines({ ...split, builderName: source }, keyword, laterSteps.length > 0 ? null : newUser);
  const laterStep = laterSteps.at(-1);
  if (newUser !== null && laterStep) {
    const { end } = laterStep.instruction.span;
    edits.push({ span: { start: end, end }, newText: eol + keyword(newUser) });
  }
  const finish = finishLines(split).map(keyword);
  const last = facts.steps.findLast(
    ({ index }) => index <= boundary && sides[index]!.kind !== "moved" && !tests.includes(index),
  )!.instruction;
  const indent = indentOf(text, lines.startOf(from.startLine), from.span.start);
  const at = last.span.end;
  if (shared) {
    const { end } = facts.steps[shared.until]!.instruction.span;
    const line = `${indent}${keyword("FROM")} ${shared.name} ${keyword("AS")} ${split.builderName}`;
    edits.push({ span: { start: end, end }, newText: `${eol}${eol}${line}` });
  }
  const platform = shared ? "" : from.flags.map(({ span }) => `${text.slice(span.start, span.end)} `).join("");
  const base = shared ? shared.name : split.choice.base;
  const head = `${keyword("FROM")} ${platform}${base} ${keyword("AS")} ${split.runtimeName}`;
  const fromBuilder = (name: string): string => `${keyword("FROM")} ${split.builderName} ${keyword("AS")} ${name}`;
  const added =
    tests.length === 0
      ? finish
      : [
          "",
          fromBuilder(split.names.test),
          ...testLines(split, tests, keyword),
          ...(isPruned ? ["", fromBuilder(split.names.pruned), ...finish] : []),
        ];
  const inserted = [...added, "", head, ...block].map((line) => (line === "" ? "" : indent + line));
  edits.push({ span: { start: at, end: at }, newText: eol + inserted.join("\n").split("\n").join(eol) });
  return mergeEdits(edits);
}

/** References that name stages behind the split one by their index, which changes. */
function renumbered({ facts, shared }: Split, others: number): Edit[] {
  const { analysis, stage } = facts;
  const added = (shared ? 2 : 1) + others;
  return analysis.references.flatMap(({ text, span, target }) =>
    target.kind === "stage" && target.stage >= stage.index && /^\d+$/.test(text)
      ? [{ span, newText: String(target.stage + added) }]
      : [],
  );
}

function indentOf(text: string, lineStart: number, start: number): string {
  const before = text.slice(lineStart, start);
  return /^[ \t]*$/.test(before) ? before : "";
}

/** What the builder does at its end, as the user and in the directory that its last line leaves where they fit. */
function finishLines({ facts, choice, boundary }: Split): string[] {
  const last = facts.steps[boundary]!;
  let { user } = last;
  return choice.finish.flatMap((finish) => {
    const lines: string[] = [];
    if ((finish.user ?? "root") !== (user ?? "root")) lines.push(`USER ${finish.user ?? "root"}`);
    ({ user } = finish);
    const cd = last.cwd?.value === finish.directory ? "" : `cd ${finish.directory} && `;
    lines.push(`RUN ${finish.flags}${cd}${finish.command}`);
    return lines;
  });
}

/** What says how the container runs, and changes no files. */
const endings = new Set(["CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL", "VOLUME", "MAINTAINER"]);

/** The tests, as the user and in the directory that they ran in. */
function testLines({ facts, boundary }: Split, tests: readonly number[], keyword: (line: string) => string): string[] {
  let { cwd, user } = facts.steps[boundary]!;
  return tests.flatMap((index) => {
    const step = facts.steps[index]!;
    const lines: string[] = [];
    if (step.cwd !== null && step.cwd.value !== cwd?.value) lines.push(keyword(`WORKDIR ${step.cwd.text}`));
    if ((step.user ?? "root") !== (user ?? "root")) lines.push(keyword(`USER ${step.user ?? "root"}`));
    ({ cwd, user } = step);
    const { comment } = step.instruction;
    if (comment) lines.push(facts.analysis.text.slice(comment.start, comment.end));
    return [...lines, sourceOf(facts, step.instruction)];
  });
}

/** The lines of an instruction with its comment and line ending; a blank line behind goes where one stands before. */
function cutSpan({ facts }: Split, instruction: Instruction): { start: number; end: number } {
  const { lines, text } = facts.analysis;
  const first = instruction.comment ? lines.lineAt(instruction.comment.start) : instruction.startLine;
  const start = lines.startOf(first);
  let next = instruction.endLine + 1;
  const isBlank = (line: number): boolean =>
    line >= 0 && line < lines.count && text.slice(lines.startOf(line), lines.endOf(line)).trim() === "";
  if (isBlank(first - 1) && isBlank(next) && next < lines.count - 1) next++;
  return { start, end: next < lines.count ? lines.startOf(next) : text.length };
}

/** The runtime stage behind its FROM and in front of the lines that stay in place. */
function runtimeLines(split: Split, keyword: (line: string) => string, newUser: string | null): string[] {
  const { facts, sides, choice, boundary } = split;
  const early: { instruction: Instruction; text: string; comment: string | null }[] = [];
  const late: string[] = [];
  facts.steps.forEach(({ instruction }, index) => {
    const side = sides[index]!;
    if (index > boundary) return;
    const source = sourceOf(facts, instruction);
    if (side.kind === "both")
      early.push({ instruction, text: side.text === source ? source : keyword(side.text), comment: null });
    if (side.kind !== "moved") return;
    const text = side.text === null ? source : keyword(side.text);
    const comment = instruction.comment
      ? facts.analysis.text.slice(instruction.comment.start, instruction.comment.end)
      : null;
    if (side.late) late.push(...(comment === null ? [] : [comment]), text);
    else early.push({ instruction, text, comment });
  });
  const settings = early.filter((entry, i) => !isOverridden(early, entry, i));
  const lines: string[] = [];
  const missing = baseSettings(
    split,
    settings.map(({ text }) => text),
  );
  const directory = baseDirectory(split, [
    ...settings.map(({ instruction }) => instruction),
    ...facts.steps.slice(boundary + 1).map(({ instruction }) => instruction),
  ]);
  lines.unshift(...missing.map(keyword), ...directory.map(keyword));
  const written = settings.flatMap(({ text, comment }) => (comment === null ? [text] : [comment, text]));
  const last = facts.steps.find(({ instruction }) => instruction === settings.at(-1)?.instruction) ?? null;
  lines.push(...withOwners(split, written, last).map((line) => (written.includes(line) ? line : keyword(line))));
  lines.push(...choice.crossings.flatMap((crossing) => copyLines(split, crossing).map(keyword)));
  lines.push(...choice.closing.map(keyword), ...(newUser === null ? [] : [keyword(newUser)]), ...late);
  return lines.flatMap((line) => line.replaceAll("\r\n", "\n"));
}

/** Whether a WORKDIR or USER is replaced by the next before anything depends on it. */
function isOverridden(
  entries: readonly { instruction: Instruction; text: string }[],
  { instruction, text }: { instruction: Instruction; text: string },
  at: number,
): boolean {
  const { keyword } = instruction;
  if (keyword !== "WORKDIR" && keyword !== "USER") return false;
  for (const next of entries.slice(at + 1)) {
    if (next.instruction.keyword === keyword) {
      if (keyword === "USER") return true;
      const target = next.instruction.args[0]?.text ?? "";
      return target.startsWith("/") || next.text === text;
    }
    if (["RUN", "COPY", "ADD", "WORKDIR", "SHELL"].includes(next.instruction.keyword)) return false;
  }
  return false;
}

function copyLines(
  { facts, choice, boundary, builderName }: Split,
  { from, value, to, directory, comment, isEither }: Crossing,
): string[] {
  // Where the runtime stage is when it copies: where the builder was at its last line, if it follows it.
  const follows =
    facts.stage.base?.target.kind === "stage" ||
    facts.steps.some(({ instruction }, i) => i < boundary && instruction.keyword === "WORKDIR");
  const cwd = choice.repeatsSettings && follows ? facts.steps[boundary]!.cwd : null;
  const target = to ?? value;
  const quoted = /\s/.test(from + target);
  let written = to ?? from;
  if (cwd && to === null && (value === cwd.value || value.startsWith(`${cwd.value}/`)) && cwd.value !== "/") {
    if (value === cwd.value) written = "./";
    else if (directory || isEither === true) written = `./${relativePath(cwd.value, value)}`;
    else written = directoryOf(value) === cwd.value ? "./" : `./${relativePath(cwd.value, value)}`;
  } else if (to === null && !directory && lastPart(value).includes(".")) written = from;
  const line = quoted
    ? `COPY --from=${builderName} ["${from}", "${written}"]`
    : `COPY --from=${builderName} ${from} ${written}`;
  return comment === null ? [line] : [`# ${comment}`, line];
}

/** Edits that touch become one, so that none overlaps another. */
function mergeEdits(edits: Edit[]): Edit[] {
  const sorted = edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const merged: Edit[] = [];
  for (const edit of sorted) {
    const before = merged.at(-1);
    if (before && edit.span.start < before.span.end) {
      merged[merged.length - 1] = {
        span: { start: before.span.start, end: Math.max(before.span.end, edit.span.end) },
        newText: before.newText + edit.newText,
      };
    } else merged.push(edit);
  }
  return merged;
}
