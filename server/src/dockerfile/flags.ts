import { type Flag, type LogicalLine, type Mount, type MountField, toDocumentSpan, type Word } from "./instruction.ts";
import { isSpace } from "./words.ts";

const none: readonly never[] = [];

/** A flag and where each character of its unquoted text comes from. */
interface FlagWord {
  text: string;
  /** Offset in the logical line of each character of `text`; `null` where nothing is quoted or escaped. */
  offsets: number[] | null;
  start: number;
  end: number;
}

/**
 * Reads the `--flags` in front of an instruction's arguments. The first word that does not begin with `--` ends them,
 * and so does `--` alone. Quotes group and are removed, `\` escapes whatever the file's escape character is; as in
 * BuildKit's extractBuilderFlags.
 *
 * @param at offset in the logical line behind the keyword
 * @returns the flags and the offset where the arguments start
 */
export function scanFlags(
  line: LogicalLine,
  at: number,
): { flags: readonly Flag[]; words: readonly FlagWord[]; argsStart: number } {
  const { text } = line;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) !== 45) return { flags: none, words: none, argsStart: at };
  const words: FlagWord[] = [];
  const flags: Flag[] = [];
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== 45 || text.charCodeAt(at + 1) !== 45) break;
    const word = scanFlagWord(text, at);
    at = word.end;
    if (word.text === "--") {
      while (at < text.length && isSpace(text.charCodeAt(at))) at++;
      break;
    }
    words.push(word);
    flags.push(toFlag(line, word));
  }
  return { flags, words, argsStart: at };
}

/** The offset in the logical line of a character of the flag's text; behind the last one the flag's end. */
function offsetIn({ text, offsets, start, end }: FlagWord, index: number): number {
  if (index >= text.length) return end;
  return offsets ? offsets[index]! : start + index;
}

/** What BuildKit makes of a flag's value, and where each character of that comes from; `null` where it stays as it is. */
export function unquoteFlagValue(
  written: string,
): { readonly text: string; readonly offsets: readonly number[] } | null {
  const { text, offsets } = scanFlagWord(written, 0);
  return offsets && { text, offsets };
}

function scanFlagWord(text: string, start: number): FlagWord {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) break;
    // Quotes and the backslash.
    if (code === 34 || code === 39 || code === 92) return scanQuotedFlagWord(text, start);
  }
  return { text: text.slice(start, at), offsets: null, start, end: at };
}

function scanQuotedFlagWord(text: string, start: number): FlagWord {
  const offsets: number[] = [];
  let unquoted = "";
  let quote = "";
  let at = start;
  for (; at < text.length; at++) {
    let ch = text[at]!;
    if (quote === "") {
      if (isSpace(ch.charCodeAt(0))) break;
      if (ch === "'" || ch === '"') {
        quote = ch;
        continue;
      }
    } else if (ch === quote) {
      quote = "";
      continue;
    }
    if (ch === "\\") {
      if (at + 1 >= text.length) continue;
      ch = text[++at]!;
    }
    unquoted += ch;
    offsets.push(at);
  }
  return { text: unquoted, offsets, start, end: at };
}

function toFlag(line: LogicalLine, word: FlagWord): Flag {
  const equals = word.text.indexOf("=");
  const name = word.text.slice(2, equals < 0 ? undefined : equals);
  const nameEnd = offsetIn(word, equals < 0 ? Infinity : equals);
  return {
    name,
    value: equals < 0 ? null : word.text.slice(equals + 1),
    span: toDocumentSpan(line, word.start, word.end),
    nameSpan: toDocumentSpan(line, offsetIn(word, 2), nameEnd),
    valueSpan: equals < 0 ? null : toDocumentSpan(line, nameEnd + 1, word.end),
  };
}

/**
 * Takes `--mount=type=bind,from=build,…` apart. Fields are separated by commas as in CSV: a field in double quotes may
 * hold commas.
 */
export function parseMount(line: LogicalLine, flag: Flag, word: FlagWord): Mount {
  const fields: MountField[] = [];
  const { text } = word;
  // The stretch of the document between two offsets of the unquoted text, without quotes at its ends.
  const place = (start: number, end: number) =>
    toDocumentSpan(line, offsetIn(word, start), end > start ? offsetIn(word, end - 1) + 1 : offsetIn(word, start));
  let from: Word | null = null;
  let type = "bind";
  let at = text.indexOf("=") + 1;
  if (at === 0) return { flag, type, from, fields };
  while (at <= text.length) {
    let end = at;
    let quoted = false;
    for (; end < text.length; end++) {
      if (text[end] === '"') quoted = !quoted;
      else if (text[end] === "," && !quoted) break;
    }
    let fieldStart = at;
    let fieldEnd = end;
    if (text[fieldStart] === '"' && text[fieldEnd - 1] === '"' && fieldEnd - fieldStart >= 2) {
      fieldStart++;
      fieldEnd--;
    }
    const equals = text.slice(fieldStart, fieldEnd).indexOf("=");
    const keyEnd = equals < 0 ? fieldEnd : fieldStart + equals;
    const key = text.slice(fieldStart, keyEnd).toLowerCase();
    const value = equals < 0 ? null : text.slice(keyEnd + 1, fieldEnd);
    const valueSpan = value === null ? null : place(keyEnd + 1, fieldEnd);
    if (key !== "" || value !== null) fields.push({ key, value, span: place(fieldStart, fieldEnd), valueSpan });
    if (key === "from" && value !== null && valueSpan) from = { text: value, span: valueSpan };
    if (key === "type" && value !== null) type = value.toLowerCase();
    at = end + 1;
  }
  return { flag, type, from, fields };
}
