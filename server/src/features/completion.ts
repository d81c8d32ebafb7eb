import { type CompletionItem, CompletionItemKind, MarkupKind } from "vscode-languageserver-types";
import type { Heredoc, Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { automaticArgNames, type Stage } from "../stages/resolve.ts";
import type { Definition } from "../stages/scope.ts";
import type { Position, Range } from "../text/range.ts";
import { commentLines, escapeMarkdown } from "./markdown.ts";
import { globalDefinition, stageOf } from "./subject.ts";

/**
 * Names of stages where a stage can be named (behind FROM, `--from=` and `from=` of a mount: only those that work there),
 * and names of variables behind `$`. Works on half-typed lines. Keywords and flags are not among them.
 */
export function completions(analysis: Analysis, position: Position): CompletionItem[] {
  const offset = analysis.lines.offset(position);
  const typed = typedAt(analysis, offset);
  if (!typed) return [];
  return variableCompletions(analysis, typed) ?? (typed.heredoc ? [] : stageCompletions(analysis, typed));
}

/** What stands in front of a cursor in its instruction, continuation lines joined. */
interface Typed {
  readonly instruction: Instruction;
  readonly stage: Stage | null;
  readonly offset: number;
  readonly before: string;
  readonly after: string;
  /** The heredoc whose body the cursor is in; `before` is then the text of its line. */
  readonly heredoc: Heredoc | null;
}

function typedAt(analysis: Analysis, offset: number): Typed | null {
  const { dockerfile, lines, text } = analysis;
  const instruction = dockerfile.instructions.findLast(({ span }) => span.start <= offset);
  if (!instruction) return null;
  const stage = stageOf(analysis, instruction);
  const lineStart = lines.startOf(lines.lineAt(offset));
  const lineEnd = lines.endOf(lines.lineAt(offset));
  const { headSpan, heredocs, line } = instruction;
  if (offset > headSpan.end) {
    const heredoc = heredocs.find(({ body }) => body.start <= offset && offset < body.end);
    if (heredoc) {
      const before = text.slice(lineStart, offset);
      return { instruction, stage, offset, before, after: text.slice(offset, lineEnd), heredoc };
    }
    if (!goesOn(analysis, instruction, offset)) return null;
    const before = line.text + text.slice(lineStart, offset);
    return { instruction, stage, offset, before, after: "", heredoc: null };
  }
  const first = text.slice(lineStart, lineEnd).trimStart();
  if (first.startsWith("#") && lineStart > headSpan.start) return null;
  const { pieces } = line;
  let piece = 0;
  while (piece + 2 < pieces.length && pieces[piece + 3]! <= offset) piece += 2;
  const end = pieces[piece + 2] ?? line.text.length;
  const at = pieces[piece]! + offset - pieces[piece + 1]!;
  // Behind the escape character at the end of a line nothing can be typed but a blank.
  if (at > end && lines.lineAt(pieces[piece + 1]!) === lines.lineAt(offset)) return null;
  const logical = Math.min(at, end);
  return {
    instruction,
    stage,
    offset,
    before: line.text.slice(0, logical),
    after: at > end ? "" : line.text.slice(logical),
    heredoc: null,
  };
}

/**
 * Whether an offset stands on a blank line behind an instruction whose last line goes on: there the rest will be typed.
 * Comments and blank lines may stand between.
 */
export function goesOn({ dockerfile, text }: Analysis, instruction: Instruction, offset: number): boolean {
  const { end } = instruction.headSpan;
  if (offset <= end || instruction.heredocs.length > 0) return false;
  let at = end - 1;
  while (at >= 0 && (text[at] === " " || text[at] === "\t")) at--;
  if (text[at] !== dockerfile.escape || text[at - 1] === dockerfile.escape) return false;
  return /^\r*\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*$/.test(text.slice(end, offset));
}

/** The range of a word of which `typed` characters stand in front of the cursor and `rest` behind; both on its line. */
function wordRange({ lines }: Analysis, { offset }: Typed, typed: number, rest: number): Range | null {
  const line = lines.lineAt(offset);
  const start = offset - typed;
  if (start < lines.startOf(line)) return null;
  return lines.range({ start, end: Math.min(offset + rest, lines.endOf(line)) });
}

const flags = String.raw`(?:--\S+\s+)*`;
const fromLine = new RegExp(String.raw`^\s*FROM\s+${flags}(?!-)(?<quote>["']?)(?<word>[^\s"']*)$`, "i");
const copyFrom = new RegExp(
  String.raw`^\s*(?:ONBUILD\s+)?COPY\s+${flags}--from=(?<quote>["']?)(?<word>[^\s"']*)$`,
  "i",
);
const mountFrom = new RegExp(
  String.raw`^\s*(?:ONBUILD\s+)?RUN\s+${flags}--mount=(?<fields>["']?(?:\S*,)?)["']?from=(?<quote>["']?)(?<word>[^\s,"']*)$`,
  "i",
);

function stageCompletions(analysis: Analysis, typed: Typed): CompletionItem[] {
  const { before, after, stage } = typed;
  if (!stage) return [];
  const place = fromLine.exec(before) ?? copyFrom.exec(before) ?? mountFrom.exec(before);
  if (!place) return [];
  const { word, fields } = place.groups as { word: string; fields?: string };
  if (word.includes("$")) return [];
  const type = /(?:^|[,"'])type=([^,"']*)/i.exec(fields ?? "")?.[1]?.toLowerCase() ?? "bind";
  if (type !== "bind" && type !== "cache") return [];
  const kind =
    before.trimStart().slice(0, 4).toLowerCase() === "from" ? "from" : fields === undefined ? "copy" : "mount";
  const range = wordRange(analysis, typed, word.length, /^[^\s,"'\\`]*/.exec(after)![0].length);
  if (!range) return [];

  const items: CompletionItem[] = [];
  const above = analysis.stages.slice(0, stage.index);
  for (const candidate of above.toReversed()) {
    const { name, nameWord, index, from } = candidate;
    let label = String(index);
    if (name !== null && nameWord) {
      // Of stages with the same name FROM takes the latest above it, and the others the last of the file.
      const others = kind === "from" ? above : analysis.stages;
      if (others.findLast((other) => other.name === name) !== candidate) continue;
      // FROM alone compares letter case, with the name in lower case.
      label = kind === "from" ? name : nameWord.text;
    } else if (kind !== "copy") continue;
    const comment = from.comment ? commentLines(analysis.text.slice(from.comment.start, from.comment.end)) : [];
    items.push({
      label,
      kind: CompletionItemKind.Module,
      detail: `FROM ${candidate.base?.text ?? ""}`.trim(),
      ...(comment.length > 0 && {
        documentation: { kind: MarkupKind.Markdown, value: comment.map(escapeMarkdown).join("  \n") },
      }),
      // The nearest stage first, and stages in front of everything else.
      sortText: `0${String(items.length).padStart(4, "0")}`,
      textEdit: { range, newText: label },
    });
  }
  return items;
}

const shellKeywords = new Set(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"]);
const expandedKeywords = new Set("ADD ARG COPY ENV EXPOSE FROM LABEL STOPSIGNAL USER VOLUME WORKDIR".split(" "));

/** Variables in scope, `null` where the cursor is not behind a `$`. */
function variableCompletions(analysis: Analysis, typed: Typed): CompletionItem[] | null {
  const { before, after, instruction, stage, heredoc } = typed;
  const match = /(?<escapes>\\*)\$(?<brace>\{?)(?<word>\w*)$/.exec(before);
  if (!match) return null;
  const { escapes, brace, word } = match.groups as { escapes: string; brace: string; word: string };
  if (escapes.length % 2 === 1) return [];
  const inner = instruction.trigger ?? instruction;
  const { keyword } = inner;
  const shell = shellKeywords.has(keyword);
  if (!shell && !expandedKeywords.has(keyword)) return [];
  if (heredoc) {
    if (!shell && !heredoc.expand) return [];
  } else {
    const quote = openQuote(before);
    if (quote === "'") return [];
    // The exec form knows no variables, and neither does the name of a stage behind `--from=` or in a mount.
    if (shell && before.slice(inner.argsStart).startsWith("[")) return [];
    if (/--from=\S*$|--mount=(?:\S*,)?["']?from=[^\s,]*$/i.test(before)) return [];
  }
  const range = wordRange(analysis, typed, word.length, /^\w*/.exec(after)![0].length);
  if (!range) return [];
  const close = brace !== "" && !/^\w*[}:\-+?#%/]/.test(after) ? "}" : "";

  const { scope, stages } = analysis;
  const start = instruction.span.start;
  const global = !stage || keyword === "FROM";
  const found = new Map<string, Definition | null>();
  for (const name of scope.byName.keys()) {
    // When the container runs, or a later build, ARG is gone.
    const definition = global
      ? globalDefinition(scope, name, start)
      : instruction.trigger || (shell && keyword !== "RUN")
        ? scope.lookUpEnv(stage.index, name)
        : scope.lookUp(stage.index, name, start);
    if (definition) found.set(name, definition);
  }
  if (global) for (const name of automaticArgNames) if (!found.has(name)) found.set(name, null);
  return [...found].map(([name, definition]) => {
    const origin =
      definition && definition.stage !== null && definition.stage !== stage?.index ? stages[definition.stage] : null;
    return {
      label: name,
      kind: definition?.kind === "env" ? CompletionItemKind.Variable : CompletionItemKind.Constant,
      detail: definition
        ? variableDetail(definition) + (origin ? ` (stage ${origin.name ?? origin.index})` : "")
        : "set by BuildKit",
      sortText: `${definition ? 0 : 1}${name}`,
      textEdit: { range, newText: name + close },
    };
  });
}

function variableDetail({ kind, pair }: Definition): string {
  const keyword = kind === "arg" ? "ARG" : "ENV";
  const value = pair.value === null ? "" : `=${pair.value}`;
  const text = `${keyword} ${pair.key}${value}`.replace(/\s+/g, " ");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The quote that is open at the end of a text, `""` where none is. */
function openQuote(text: string): string {
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const ch = text[at]!;
    if (ch === "\\" && quote !== "'") at++;
    else if (quote === "" && (ch === "'" || ch === '"')) quote = ch;
    else if (ch === quote) quote = "";
  }
  return quote;
}
