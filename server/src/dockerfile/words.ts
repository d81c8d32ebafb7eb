import type { Span } from "../text/range.ts";
import { matchFrom, matchToEnd, replaceMatches, type Wildcard } from "./wildcard.ts";

/**
 * Word splitting and variable expansion as BuildKit's shell lexer does it (frontend/dockerfile/shell), for everything
 * but the bodies of RUN, CMD and ENTRYPOINT, which a real shell reads.
 */

/** A use of a variable. Offsets refer to the text that was expanded. */
export interface VariableUse extends Span {
  readonly name: string;
  readonly nameSpan: Span;
  /** `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`, `%`, `/`, or `""` for a plain use. */
  readonly modifier: string;
  /** Whether the environment had it. */
  readonly set: boolean;
}

export interface Expansion {
  /** The expanded text, quotes and escapes removed; `""` after an error. */
  readonly value: string;
  /** The expanded text split at blanks outside quotes; empty after an error. */
  readonly words: readonly string[];
  readonly uses: readonly VariableUse[];
  /** BuildKit's message, without its `failed to process …:` in front; `null` where all is well. */
  readonly error: string | null;
  /** Where the quote or the substitution begins that the error is about; -1 where all is well. */
  readonly errorAt: number;
}

export interface ExpandOptions {
  /** The escape character, `\` by default. */
  readonly escape?: string;
  /** Keep quotes. */
  readonly rawQuotes?: boolean;
  /** Keep escape characters. */
  readonly rawEscapes?: boolean;
  /** Quotes are ordinary characters (heredoc bodies of COPY). */
  readonly skipQuotes?: boolean;
  /** Leave variables that are not set as they are written. */
  readonly skipUnset?: boolean;
}

export type Environment = (name: string) => string | undefined;

const noEnvironment: Environment = () => undefined;

/** What Go's unicode.IsSpace says, for the characters that occur. */
export function isSpace(code: number): boolean {
  if (code < 0x85) return code === 32 || (code >= 9 && code <= 13);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x1680 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** The blanks BuildKit splits arguments at: `[\t\v\f\r ]`. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 11 || code === 12 || code === 13;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const letter = /\p{L}|\p{Nd}/u;
function isNameCode(code: number): boolean {
  if (code < 128) return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
  return letter.test(String.fromCharCode(code));
}

class LexError extends Error {}

/** How many characters variables may add to a text: more is no name, and values that contain each other grow without end. */
const longestValue = 16_384;
/** How deep `${a:-${b:-…}}` may go. */
const deepestNesting = 200;

class Lexer {
  at = 0;
  /** Where the innermost open quote or substitution begins. */
  opened = 0;
  depth = 0;
  added = 0;
  rawEscapes = false;
  readonly uses: VariableUse[] = [];
  readonly text: string;
  readonly env: Environment;
  readonly escape: string;
  readonly options: ExpandOptions;

  constructor(text: string, env: Environment, options: ExpandOptions) {
    this.text = text;
    this.env = env;
    this.escape = options.escape ?? "\\";
    this.options = options;
  }

  /** Reads up to `stop` (consumed) or the end; a missing `stop` is an error. */
  run(stop: string | null, rawEscapes: boolean, words: string[] | null): string {
    if (this.depth === deepestNesting) throw new LexError("substitutions are nested too deeply");
    const outside = this.rawEscapes;
    this.rawEscapes = rawEscapes;
    this.depth++;
    const result = this.read(stop, words);
    this.depth--;
    this.rawEscapes = outside;
    return result;
  }

  read(stop: string | null, words: string[] | null): string {
    const { text, escape } = this;
    let result = "";
    let word = "";
    let inWord = false;
    const addRaw = (s: string): void => {
      word += s;
      inWord = true;
    };
    const add = (s: string): void => {
      if (!words) return;
      let from = 0;
      for (let i = 0; i < s.length; i++) {
        if (!isSpace(s.charCodeAt(i))) continue;
        if (i > from) addRaw(s.slice(from, i));
        from = i + 1;
        if (inWord && word) {
          words.push(word);
          word = "";
          inWord = false;
        }
      }
      if (from < s.length) addRaw(s.slice(from));
    };
    const special = (ch: string): boolean =>
      ch === "$" || ch === "'" || ch === '"' || ch === "<" || ch === escape || ch === stop;
    while (this.at < text.length) {
      const ch = text[this.at]!;
      if (ch === stop) {
        this.at++;
        if (word) words?.push(word);
        return result;
      }
      if (ch === "$") {
        const value = this.within(() => this.dollar());
        result += value;
        add(value);
      } else if ((ch === "'" || ch === '"') && this.options.skipQuotes !== true) {
        const value = this.within(() => (ch === "'" ? this.single() : this.double()));
        result += value;
        addRaw(value);
      } else if (ch === "<" && text[this.at + 1] === "<") {
        // A heredoc operator keeps the blanks behind it, so that `<< EOF` stays one word.
        const start = this.at;
        this.at += 2;
        while (this.at < text.length && (text[this.at] === " " || text[this.at] === "\t")) this.at++;
        const value = text.slice(start, this.at);
        result += value;
        addRaw(value);
      } else if (ch === escape) {
        this.at++;
        if (this.rawEscapes) {
          addRaw(ch);
          result += ch;
        }
        if (this.at >= text.length) break;
        addRaw(text[this.at]!);
        result += text[this.at]!;
        this.at++;
      } else {
        const start = this.at++;
        while (this.at < text.length && !special(text[this.at]!)) this.at++;
        const run = text.slice(start, this.at);
        add(run);
        result += run;
      }
    }
    if (stop !== null) throw new LexError(`unexpected end of statement while looking for matching ${stop}`);
    if (word) words?.push(word);
    return result;
  }

  /** Reads what opens here. After an error `opened` tells what it was. */
  within(read: () => string): string {
    const outside = this.opened;
    this.opened = this.at;
    const result = read();
    this.opened = outside;
    return result;
  }

  single(): string {
    const start = this.at++;
    const end = this.text.indexOf("'", this.at);
    if (end < 0) {
      this.at = this.text.length;
      throw new LexError("unexpected end of statement while looking for matching single-quote");
    }
    this.at = end + 1;
    return this.options.rawQuotes === true ? this.text.slice(start, end + 1) : this.text.slice(start + 1, end);
  }

  double(): string {
    const { text, escape } = this;
    const quote = this.options.rawQuotes === true ? '"' : "";
    let result = quote;
    this.at++;
    while (this.at < text.length) {
      const ch = text[this.at]!;
      if (ch === '"') {
        this.at++;
        return result + quote;
      }
      if (ch === "$") {
        result += this.within(() => this.dollar());
        continue;
      }
      this.at++;
      if (ch !== escape) {
        result += ch;
        continue;
      }
      if (this.rawEscapes) result += ch;
      const next = text[this.at];
      if (next === '"' || next === "$" || next === escape) {
        result += next;
        this.at++;
      } else if (next !== undefined) result += ch; // with raw escapes it is there twice, as in BuildKit
    }
    throw new LexError("unexpected end of statement while looking for matching double-quote");
  }

  name(): string {
    const { text } = this;
    const start = this.at;
    const first = text.charCodeAt(start);
    if (isDigit(first)) {
      while (isDigit(text.charCodeAt(this.at))) this.at++;
    } else if (start < text.length && "@*#?-$!0".includes(text[start]!)) {
      this.at++;
    } else {
      while (this.at < text.length && isNameCode(text.charCodeAt(this.at))) this.at++;
    }
    return text.slice(start, this.at);
  }

  use(start: number, name: string, nameStart: number, modifier: string): string | undefined {
    const value = this.env(name);
    this.added += value?.length ?? 0;
    if (this.added > longestValue) throw new LexError("the values of the variables are too long");
    const nameSpan = { start: nameStart, end: nameStart + name.length };
    this.uses.push({ name, start, end: this.at, nameSpan, modifier, set: value !== undefined });
    return value;
  }

  dollar(): string {
    const { text } = this;
    const skipUnset = this.options.skipUnset === true;
    const start = this.at++;
    if (text[this.at] !== "{") {
      const nameStart = this.at;
      const name = this.name();
      if (name === "") return "$";
      const value = this.use(start, name, nameStart, "");
      return value ?? (skipUnset ? `$${name}` : "");
    }
    this.at++;
    const first = text[this.at];
    if (first === undefined) throw new LexError("syntax error: missing '}'");
    if (first === "{" || first === "}" || first === ":") throw new LexError("syntax error: bad substitution");
    const nameStart = this.at;
    const name = this.name();
    let modifier = text[this.at];
    // At the end of the text BuildKit reads a replacement character, and takes it for a modifier.
    if (modifier === undefined) throw new LexError("unsupported modifier (\ufffd) in substitution: missing '}'");
    this.at++;
    if (modifier === "}") {
      const value = this.use(start, name, nameStart, "");
      return value ?? (skipUnset ? `\${${name}}` : "");
    }
    if (modifier === "/") return this.replace(start, name, nameStart);
    let kind = modifier;
    if (modifier === ":") {
      const next = text[this.at];
      if (next === undefined) throw new LexError("syntax error: missing '}'");
      kind = next;
      modifier += kind;
      this.at++;
    }
    if (modifier.length === 1 ? !"+-?#%".includes(kind) : kind === "#" || kind === "%") {
      throw new LexError(`unsupported modifier (${modifier}) in substitution`);
    }
    const word = this.inBraces("}", kind === "#" || kind === "%");
    const value = this.use(start, name, nameStart, modifier);
    if (skipUnset && value === undefined) return `\${${name}${modifier}${word}}`;
    const unset = value === undefined || (modifier.startsWith(":") && value === "");
    switch (kind) {
      case "-":
        return unset ? word : value;
      case "+":
        return unset ? "" : word;
      case "?":
        if (!unset) return value;
        throw new LexError(
          `${name}: ${word || (value === undefined ? "is not allowed to be unset" : "is not allowed to be empty")}`,
        );
      case "#":
      case "%":
        return trim(value ?? "", word, kind);
      default:
        throw new LexError(`unsupported modifier (${modifier}) in substitution`);
    }
  }

  replace(start: number, name: string, nameStart: number): string {
    const all = this.text[this.at] === "/";
    if (all) this.at++;
    const pattern = this.inBraces("/", true, "syntax error: missing '/' in ${}");
    const replacement = this.inBraces("}", true);
    const value = this.use(start, name, nameStart, "/");
    if (this.options.skipUnset === true && value === undefined) return `\${${name}/${pattern}/${replacement}}`;
    if (value === undefined) return "";
    return replaceMatches(readPattern(pattern), Array.from(value), replacement, all);
  }

  inBraces(stop: string, rawEscapes: boolean, missing = "syntax error: missing '}'"): string {
    try {
      return this.run(stop, rawEscapes, null);
    } catch (error) {
      if (error instanceof LexError && this.at >= this.text.length) throw new LexError(missing);
      throw error;
    }
  }
}

/** Reads a shell wildcard pattern: `*`, `?` and escapes, no brackets. */
function readPattern(pattern: string): Wildcard {
  let piece: (string | null)[] = [];
  const pieces = [piece];
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const ch = characters[i]!;
    if (ch === "*") pieces.push((piece = []));
    else if (ch === "?") piece.push(null);
    else if (ch === "\\") {
      const next = characters[i + 1];
      if (next === "}" || next === "/") continue;
      if (next !== "*" && next !== "?" && next !== "\\") {
        throw new LexError(`invalid pattern (${pattern}) in substitution: invalid escape '\\${next ?? ""}'`);
      }
      piece.push(next);
      i++;
    } else piece.push(ch);
  }
  return pieces;
}

/** `${name#word}` and `${name%word}`: drops the shortest match at the start or end, the longest where `word` begins with the sign again. */
function trim(value: string, word: string, kind: "#" | "%"): string {
  const longest = word.startsWith(kind);
  const pattern = readPattern(longest ? word.slice(1) : word);
  const text = Array.from(value);
  const at = kind === "#" ? matchFrom(pattern, text, 0, longest) : matchToEnd(pattern, text, longest);
  if (at < 0) return value;
  return (kind === "#" ? text.slice(at) : text.slice(0, at)).join("");
}

/** Expands variables and removes quotes as BuildKit does. Never throws. */
export function expand(text: string, env: Environment = noEnvironment, options: ExpandOptions = {}): Expansion {
  const lexer = new Lexer(text, env, options);
  const words: string[] = [];
  try {
    const value = lexer.run(null, options.rawEscapes === true, words);
    return { value, words, uses: lexer.uses, error: null, errorAt: -1 };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { value: "", words: [], uses: lexer.uses, error: message, errorAt: lexer.opened };
  }
}
