import { quoted } from "../text/quote.ts";
import { LineIndex, type Span } from "../text/range.ts";
import { parseDirective } from "./directives.ts";
import { parseMount, scanFlags } from "./flags.ts";
import { heredocOpeners } from "./heredoc.ts";
import {
  type Directive,
  type Dockerfile,
  type Heredoc,
  type Instruction,
  type LogicalLine,
  type Mount,
  type Pair,
  type ScanProblem,
  toDocument,
  toDocumentSpan,
  type Word,
} from "./instruction.ts";
import { sameFront } from "../text/same.ts";
import { instructionKeywords } from "./keywords.ts";
import { isBlank, isSpace } from "./words.ts";

/**
 * Scans a Dockerfile by BuildKit's rules (frontend/dockerfile/parser): directives, escape character, continuation lines
 * with comments and blank lines between, heredocs, flags, JSON form, ONBUILD. Linear in the text. Never throws.
 *
 * @param before another version of the text: the instructions that both begin with are taken from it
 */
export function scan(text: string, before: Dockerfile | null = null): Dockerfile {
  return new Scanner(text).scan(before);
}

/** One list for all that is empty: most instructions have no flags, mounts or heredocs. */
const none: readonly never[] = [];

/** Saves a new text for each instruction. */
const upperCased: ReadonlyMap<string, string> = new Map(
  Array.from(instructionKeywords, (keyword): [string, string][] => [
    [keyword, keyword],
    [keyword.toLowerCase(), keyword],
  ]).flat(),
);

/** An instruction whose lines, spans and heredocs are still to be filled in. */
type Unfinished = { -readonly [Key in keyof Instruction]: Instruction[Key] };

class Scanner {
  readonly text: string;
  readonly lines: LineIndex;
  directives: Directive[] = [];
  instructions: Instruction[] = [];
  comments: Span[] = [];
  problems: ScanProblem[] = [];
  escape = "\\";
  /** The line to read next. */
  next = 0;

  constructor(text: string) {
    this.text = text;
    this.lines = new LineIndex(text);
  }

  scan(before: Dockerfile | null): Dockerfile {
    const { lines } = this;
    let directivesDone = before !== null && this.takeFront(before);
    let comment = null as Span | null;
    while (this.next < lines.count) {
      const line = this.next++;
      const end = lines.endOf(line);
      let start = lines.startOf(line);
      if (line === 0 && this.text.charCodeAt(0) === 0xfeff) start++;
      start = this.skipSpace(start, end);
      const code = start < end ? this.text.charCodeAt(start) : 0;
      if (!directivesDone && !this.directive(start, end)) directivesDone = true;
      else if (!directivesDone) continue;
      if (start === end) {
        // A blank line does not part a comment from its instruction for BuildKit, but it does for a reader.
        comment = null;
      } else if (code === 35) {
        this.comments.push({ start, end });
        comment = { start: comment?.start ?? start, end };
      } else {
        this.instruction(line, start, comment);
        comment = null;
      }
    }
    this.measureLines();
    const { text, escape, directives, instructions, comments, problems } = this;
    return { text, lines, escape, directives, instructions, comments, problems };
  }

  /** Takes over the instructions in front of the first change; false where there are none. */
  takeFront({ text, escape, directives, instructions, comments, problems }: Dockerfile): boolean {
    const front = sameFront(text, this.text);
    let count = 0;
    // Where an instruction ends is certain as soon as the next one begins.
    while (count + 1 < instructions.length && instructions[count + 1]!.span.start <= front) count++;
    if (count === 0) return false;
    this.instructions = instructions.slice(0, count);
    this.next = instructions[count - 1]!.endLine + 1;
    const end = this.lines.startOf(this.next);
    this.escape = escape;
    this.directives = [...directives];
    this.comments = comments.filter(({ start }) => start < end);
    this.problems = problems.filter(({ span, message }) => span.start < end && message !== tooLong);
    return true;
  }

  /** BuildKit reads a line of the file, its ending included, into a buffer of a fixed size. */
  measureLines(): void {
    const { lines, text } = this;
    if (text.length * mostBytes <= longestLine) return;
    for (let line = 0; line < lines.count; line++) {
      const start = lines.startOf(line);
      const end = lines.startOf(line + 1);
      if ((end - start) * mostBytes <= longestLine || countBytes(text, start, end) <= longestLine) continue;
      this.problems.push({ kind: "other", message: tooLong, span: { start, end: start + shownOfLine } });
    }
  }

  skipSpace(start: number, end: number): number {
    while (start < end && isSpace(this.text.charCodeAt(start))) start++;
    return start;
  }

  /** Reads the line as a directive; false ends the directives of the file. */
  directive(start: number, end: number): boolean {
    if (start === end || this.text.charCodeAt(start) !== 35) return false;
    const found = parseDirective(this.text.slice(start, end), start);
    if (!found) return false;
    if (this.directives.some(({ name }) => name === found.name)) {
      const message = `only one ${found.name} parser directive can be used`;
      this.problems.push({ kind: "other", message, span: found.span });
    } else if (found.name === "escape") {
      if (found.value === "\\" || found.value === "`") this.escape = found.value;
      else {
        const message = `invalid escape token '${found.value}' does not match \` or \\`;
        this.problems.push({ kind: "other", message, span: found.valueSpan });
      }
    }
    this.directives.push(found);
    return true;
  }

  /**
   * Where the line's text ends if it goes on in the next line: at its last escape character, which only blanks may
   * follow and no other escape character may precede. -1 where it does not go on.
   */
  continuation(start: number, end: number): number {
    const escape = this.escape.charCodeAt(0);
    let at = end - 1;
    while (at >= start && (this.text.charCodeAt(at) === 32 || this.text.charCodeAt(at) === 9)) at--;
    if (at < start || this.text.charCodeAt(at) !== escape) return -1;
    return at > start && this.text.charCodeAt(at - 1) === escape ? -1 : at;
  }

  instruction(startLine: number, start: number, comment: Span | null): void {
    const { lines, text } = this;
    let lineEnd = lines.endOf(startLine);
    let cut = this.continuation(start, lineEnd);
    let logical = text.slice(start, cut < 0 ? lineEnd : cut);
    const pieces = [0, start];
    let lastLine = startLine;
    while (cut >= 0 && this.next < lines.count) {
      const line = this.next;
      const from = lines.startOf(line);
      lineEnd = lines.endOf(line);
      // The empty "line" behind the file's last line ending is none.
      if (from === text.length) break;
      this.next++;
      const first = this.skipSpace(from, lineEnd);
      if (first === lineEnd) continue;
      if (text.charCodeAt(first) === 35) continue;
      lastLine = line;
      cut = this.continuation(from, lineEnd);
      const to = cut < 0 ? lineEnd : cut;
      if (to > from) {
        pieces.push(logical.length, from);
        logical += text.slice(from, to);
      }
    }
    // Comments and blank lines behind a dangling continuation are not the instruction's.
    if (cut >= 0) this.next = lastLine + 1;
    const line: LogicalLine = { text: logical, pieces };
    const head: Span = { start, end: lines.endOf(lastLine) };
    if (this.skipLogicalSpace(line, 0) === logical.length) return;

    let end = head.end;
    const parsed = this.parse(line, 0);
    if (logical.includes("<<") && mayHaveHeredoc(parsed.trigger ?? parsed)) {
      const heredocs: Heredoc[] = [];
      for (const opener of heredocOpeners(logical)) {
        const bodyStart = lines.startOf(this.next);
        let terminator: Span | null = null;
        while (this.next < lines.count && terminator === null) {
          const at = this.next++;
          let from = lines.startOf(at);
          const to = lines.endOf(at);
          const lineStart = from;
          if (opener.chomp) while (from < to && text.charCodeAt(from) === 9) from++;
          if (to - from === opener.name.length && text.startsWith(opener.name, from))
            terminator = { start: lineStart, end: to };
        }
        const bodyEnd = terminator?.start ?? text.length;
        heredocs.push({ ...opener, body: { start: Math.min(bodyStart, bodyEnd), end: bodyEnd }, terminator });
        lastLine = Math.max(lastLine, this.next - 1);
        end = terminator?.end ?? text.length;
      }
      if (heredocs.some(({ terminator }) => !terminator))
        this.problems.push({ kind: "other", message: "unterminated heredoc", span: head });
      parsed.heredocs = heredocs;
    }
    parsed.span = { start, end };
    parsed.headSpan = head;
    parsed.startLine = startLine;
    parsed.endLine = lastLine;
    parsed.comment = comment;
    this.instructions.push(parsed);
  }

  skipLogicalSpace(line: LogicalLine, at: number): number {
    while (at < line.text.length && isSpace(line.text.charCodeAt(at))) at++;
    return at;
  }

  /** Takes the logical line apart from `at` on; the caller completes lines, spans and heredocs. */
  parse(line: LogicalLine, at: number): Unfinished {
    const { text } = line;
    const keywordStart = this.skipLogicalSpace(line, at);
    let keywordEnd = keywordStart;
    while (keywordEnd < text.length && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd++;
    const written = text.slice(keywordStart, keywordEnd);
    const keyword = upperCased.get(written) ?? written.toUpperCase();
    const { flags, words, argsStart } = scanFlags(line, keywordEnd);
    let end = text.length;
    while (end > argsStart && isSpace(text.charCodeAt(end - 1))) end--;
    const span = toDocumentSpan(line, keywordStart, Math.max(end, keywordEnd));
    let mounts: readonly Mount[] = none;
    if (keyword === "RUN" && flags.length > 0) {
      mounts = flags.flatMap((flag, i) => (flag.name === "mount" ? [parseMount(line, flag, words[i]!)] : []));
    }
    let json = false;
    let args: readonly Word[] = none;
    let pairs: readonly Pair[] = none;
    let trigger: Instruction | null = null;
    switch (keyword) {
      case "ARG":
      case "ENV":
      case "LABEL":
        pairs = this.pairs(line, argsStart, end, keyword);
        break;
      case "RUN":
      case "CMD":
      case "ENTRYPOINT":
      case "SHELL":
        ({ args, json } = this.maybeJson(line, argsStart, end) ?? { args: wholeRest(line, argsStart, end), json });
        break;
      case "COPY":
      case "ADD":
      case "VOLUME":
        ({ args, json } = this.maybeJson(line, argsStart, end) ?? { args: splitWords(line, argsStart, end), json });
        break;
      case "HEALTHCHECK": {
        let typeEnd = argsStart;
        while (typeEnd < end && !isSpace(text.charCodeAt(typeEnd))) typeEnd++;
        let command = typeEnd;
        while (command < end && isSpace(text.charCodeAt(command))) command++;
        const rest = this.maybeJson(line, command, end) ?? { args: wholeRest(line, command, end), json };
        args = [...wholeRest(line, argsStart, typeEnd), ...rest.args];
        json = rest.json;
        break;
      }
      case "WORKDIR":
      case "USER":
      case "MAINTAINER":
      case "STOPSIGNAL":
        args = wholeRest(line, argsStart, end);
        break;
      case "ONBUILD":
        // BuildKit refuses ONBUILD behind ONBUILD, so what it would trigger does not matter.
        if (argsStart < end && at === 0) trigger = this.parse(line, argsStart);
        break;
      default:
        args = splitWords(line, argsStart, end);
    }
    const keywordSpan = toDocumentSpan(line, keywordStart, keywordEnd);
    return {
      keyword,
      keywordSpan,
      span,
      headSpan: span,
      startLine: this.lines.lineAt(span.start),
      endLine: this.lines.lineAt(span.end),
      line,
      argsStart,
      flags,
      args,
      json,
      pairs,
      mounts,
      heredocs: none,
      trigger,
      comment: null,
    };
  }

  maybeJson(line: LogicalLine, start: number, end: number): { args: Word[]; json: true } | null {
    if (line.text.charCodeAt(start) !== 91) return null;
    const source = line.text.slice(start, end);
    let values: unknown;
    try {
      values = JSON.parse(source);
    } catch {
      return null;
    }
    // A number that is too large is no JSON for BuildKit.
    if (!Array.isArray(values) || values.includes(Infinity) || values.includes(-Infinity)) return null;
    if (!values.every((value) => typeof value === "string")) {
      const message = "when using JSON array syntax, arrays must be comprised of strings only";
      this.problems.push({ kind: "array", message, span: toDocumentSpan(line, start, end) });
      return null;
    }
    const args: Word[] = [];
    let at = start;
    for (const text of values) {
      const from = line.text.indexOf('"', at);
      at = from + 1;
      while (at < end && line.text.charCodeAt(at) !== 34) at += line.text.charCodeAt(at) === 92 ? 2 : 1;
      at++;
      args.push({ text, span: toDocumentSpan(line, from, at) });
    }
    return { args, json: true };
  }

  pairs(line: LogicalLine, start: number, end: number, keyword: "ARG" | "ENV" | "LABEL"): Pair[] {
    const { text } = line;
    const words = quotedWords(text, start, end, this.escape);
    const pairs: Pair[] = [];
    const first = words[0];
    if (!first) return pairs;
    if (keyword !== "ARG" && !text.slice(first.start, first.end).includes("=")) {
      // The old form: a name, blanks, and the rest of the line as the value.
      let keyEnd = start;
      while (keyEnd < end && !isBlank(text.charCodeAt(keyEnd))) keyEnd++;
      let value = keyEnd;
      while (value < end && isBlank(text.charCodeAt(value))) value++;
      if (value >= end) {
        const message = `${keyword} must have two arguments`;
        this.problems.push({ kind: "missing-value", message, span: toDocumentSpan(line, start, end) });
      }
      return [this.pair(line, start, keyEnd, value < end ? value : -1, end)];
    }
    let isBroken = false;
    for (const word of words) {
      let equals = word.start;
      while (equals < word.end && text.charCodeAt(equals) !== 61) equals++;
      const hasValue = equals < word.end;
      if (!hasValue && keyword !== "ARG") {
        // Of a value that lacks its quotes the first word tells all.
        if (!isBroken) {
          const written = quoted(text.slice(word.start, word.end));
          const message = `Syntax error - can't find = in ${written}. Must be of the form: name=value`;
          this.problems.push({ kind: "pair", message, span: toDocumentSpan(line, word.start, word.end) });
        }
        isBroken = true;
        continue;
      }
      pairs.push(this.pair(line, word.start, hasValue ? equals : word.end, hasValue ? equals + 1 : -1, word.end));
    }
    return pairs;
  }

  pair(line: LogicalLine, start: number, keyEnd: number, value: number, end: number): Pair {
    return {
      key: line.text.slice(start, keyEnd),
      value: value < 0 ? null : line.text.slice(value, end),
      span: toDocumentSpan(line, start, value < 0 ? keyEnd : end),
      keySpan: toDocumentSpan(line, start, keyEnd),
      valueSpan: value < 0 ? null : toDocumentSpan(line, value, end),
    };
  }
}

/** In bytes of UTF-8. */
const longestLine = 65_536;
const tooLong = `dockerfile line greater than max allowed size of ${longestLine - 1}`;
/** What one UTF-16 code unit can become. */
const mostBytes = 3;
/** How much of a line that is too long is marked. */
const shownOfLine = 40;

function countBytes(text: string, start: number, end: number): number {
  let bytes = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    // Each half of a pair counts two.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes;
}

function mayHaveHeredoc(instruction: Instruction): boolean {
  const { keyword, json } = instruction;
  return !json && (keyword === "RUN" || keyword === "COPY" || keyword === "ADD");
}

function wholeRest(line: LogicalLine, start: number, end: number): Word[] {
  return end > start ? [{ text: line.text.slice(start, end), span: toDocumentSpan(line, start, end) }] : [];
}

/** Words between blanks; quotes mean nothing here, as in BuildKit. */
function splitWords(line: LogicalLine, start: number, end: number): Word[] {
  const { text } = line;
  const words: Word[] = [];
  let at = start;
  while (at < end) {
    while (at < end && isBlank(text.charCodeAt(at))) at++;
    const from = at;
    while (at < end && !isBlank(text.charCodeAt(at))) at++;
    if (at > from)
      words.push({
        text: text.slice(from, at),
        span: { start: toDocument(line, from), end: toDocument(line, at, true) },
      });
  }
  return words;
}

/** Words of ARG, ENV and LABEL: blanks inside quotes do not split, and neither does an escaped blank. */
function quotedWords(text: string, start: number, end: number, escape: string): Span[] {
  const words: Span[] = [];
  let at = start;
  while (at < end) {
    while (at < end && isSpace(text.charCodeAt(at))) at++;
    if (at >= end) break;
    const from = at;
    let quote = "";
    for (; at < end; at++) {
      const ch = text[at]!;
      if (quote === "") {
        if (isSpace(ch.charCodeAt(0))) break;
        if (ch === "'" || ch === '"') quote = ch;
        else if (ch === escape) at++;
      } else if (ch === quote) quote = "";
      else if (ch === escape && quote !== "'") at++;
    }
    at = Math.min(at, end);
    words.push({ start: from, end: at });
  }
  return words;
}
