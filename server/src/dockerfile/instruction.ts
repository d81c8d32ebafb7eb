import type { LineIndex, Span } from "../text/range.ts";

/** A word with its place in the document. `text` has no line continuations; quotes and escapes are still in it. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

/**
 * The text of an instruction with its continuation lines joined as BuildKit joins them: escape characters at line ends,
 * comment lines and blank lines between are gone. Heredoc bodies are not part of it.
 */
export interface LogicalLine {
  readonly text: string;
  /**
   * Where the pieces come from: pairs of (offset in `text`, offset in the document), sorted, at least one. A piece
   * reaches to the next pair.
   */
  readonly pieces: readonly number[];
}

/** `--name` or `--name=value` in front of an instruction's arguments. */
export interface Flag {
  /** Without the dashes, as written: `from`. */
  readonly name: string;
  /** Quotes and escapes removed; `null` where no `=` is written. */
  readonly value: string | null;
  readonly span: Span;
  readonly nameSpan: Span;
  /** What stands behind `=`, quotes included; `null` where no `=` is written. */
  readonly valueSpan: Span | null;
}

/** One `key=value` of a `--mount` flag. `span` covers both. */
export interface MountField {
  /** Lower-cased, as BuildKit compares it. */
  readonly key: string;
  readonly value: string | null;
  readonly span: Span;
  readonly valueSpan: Span | null;
}

/** A parsed `RUN --mount=…`. */
export interface Mount {
  readonly flag: Flag;
  /** `bind` where no type is given. */
  readonly type: string;
  /** The value of `from=`; `null` where it is missing. */
  readonly from: Word | null;
  readonly fields: readonly MountField[];
}

/** A here-document: `<<NAME` on the instruction's line and its body below. */
export interface Heredoc {
  /** The word that ends the body, quotes removed. */
  readonly name: string;
  /** File descriptor in front of `<<`; 0 where none is written. */
  readonly fd: number;
  /** Whether variables in the body are expanded: the name has no quotes. */
  readonly expand: boolean;
  /** `<<-`: leading tabs of the body and of the end line are removed. */
  readonly chomp: boolean;
  /** The body's lines with their line endings. */
  readonly body: Span;
  /** The line that ends the body, without its line ending; `null` where it is missing. */
  readonly terminator: Span | null;
}

/** `KEY=value` of ARG, ENV or LABEL. `value` still has its quotes; `null` for an ARG without default. */
export interface Pair {
  readonly key: string;
  readonly value: string | null;
  readonly span: Span;
  readonly keySpan: Span;
  readonly valueSpan: Span | null;
}

/** One instruction of a Dockerfile, taken apart by BuildKit's rules. Plain data. */
export interface Instruction {
  /** Upper-cased: `RUN`. Also unknown words come as instructions. */
  readonly keyword: string;
  readonly keywordSpan: Span;
  /** From the keyword to the end of the last line it owns, heredoc bodies included, without the last line ending. */
  readonly span: Span;
  /** The instruction's line and its continuation lines, without heredoc bodies. */
  readonly headSpan: Span;
  /** Zero-based, both inside. */
  readonly startLine: number;
  readonly endLine: number;
  readonly line: LogicalLine;
  /** Offset in `line.text` where the arguments start: behind keyword, flags and blanks. */
  readonly argsStart: number;
  readonly flags: readonly Flag[];
  /**
   * The arguments as BuildKit splits them: at blanks for FROM, COPY, ADD, EXPOSE, VOLUME, STOPSIGNAL …; the strings of a
   * JSON array, decoded; for RUN, CMD and ENTRYPOINT in shell form and for WORKDIR, USER and MAINTAINER one word, the
   * whole rest. HEALTHCHECK: the first word, then the command like CMD's. Empty for ARG, ENV and LABEL, see `pairs`.
   */
  readonly args: readonly Word[];
  /** Whether the arguments are a JSON array (exec form). */
  readonly json: boolean;
  /** ARG, ENV, LABEL. */
  readonly pairs: readonly Pair[];
  readonly mounts: readonly Mount[];
  readonly heredocs: readonly Heredoc[];
  /** The instruction behind ONBUILD. */
  readonly trigger: Instruction | null;
  /** The comment lines right above, in one span without the last line ending. Parser directives do not count. */
  readonly comment: Span | null;
}

/** `# name=value` at the top of the file: syntax, escape or check. */
export interface Directive {
  /** Lower-cased. */
  readonly name: string;
  readonly value: string;
  readonly span: Span;
  readonly valueSpan: Span;
}

/** Something BuildKit's parser stops at, with BuildKit's wording. */
export interface ScanProblem {
  /**
   * `missing-value`: ENV or LABEL with a name alone; `pair`: a word of ENV or LABEL without `=`; `array`: a JSON array with
   * something other than strings.
   */
  readonly kind: "missing-value" | "pair" | "array" | "other";
  readonly message: string;
  readonly span: Span;
}

/** A scanned Dockerfile. Scanning never fails: broken text gives fewer instructions and more problems. */
export interface Dockerfile {
  readonly text: string;
  readonly lines: LineIndex;
  /** The escape character: `\` or a backtick. */
  readonly escape: string;
  readonly directives: readonly Directive[];
  readonly instructions: readonly Instruction[];
  /** Comment lines outside instructions, without line endings; parser directives are not among them. */
  readonly comments: readonly Span[];
  readonly problems: readonly ScanProblem[];
}

/** The place in the document of an offset in the logical line. An `end` belongs to the character before it. */
export function toDocument(line: LogicalLine, at: number, end = false): number {
  const { pieces } = line;
  if (pieces.length === 2) return pieces[1]! + at - pieces[0]!;
  const wanted = end && at > 0 ? at - 1 : at;
  let low = 0;
  let high = (pieces.length >> 1) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle * 2]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return pieces[low * 2 + 1]! + (wanted - pieces[low * 2]!) + (wanted === at ? 0 : 1);
}

/** The document span of a stretch of the logical line. */
export function toDocumentSpan(line: LogicalLine, start: number, end: number): Span {
  const from = toDocument(line, start);
  return { start: from, end: end > start ? toDocument(line, end, true) : from };
}
