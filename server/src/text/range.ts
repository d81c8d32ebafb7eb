/**
 * Places in a text. Inside the server a place is an offset (UTF-16 code units from the start of the document) and a
 * stretch is a {@link Span}; {@link LineIndex} turns them into the zero-based line and character pairs that editors use.
 */

/** A half-open stretch of the document, in UTF-16 code units: `start` is inside, `end` is not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place as editors write it: zero-based line, zero-based UTF-16 character. Same shape as LSP's. */
export interface Position {
  line: number;
  character: number;
}

/** A stretch as editors write it. Same shape as LSP's. */
export interface Range {
  start: Position;
  end: Position;
}

export function span(start: number, end: number): Span {
  return { start, end };
}

/** Whether `offset` touches the span; both ends count, so that a cursor right behind a word is on it. */
export function touches(s: Span, offset: number): boolean {
  return s.start <= offset && offset <= s.end;
}

/** Whether `inner` lies within `outer`. */
export function encloses(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Whether the spans share a place; an empty span shares the place it stands at. */
export function overlaps(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** Where each line starts. A line ends at `\n`; a lone `\r` does not end one, as in BuildKit. */
export class LineIndex {
  readonly text: string;
  /** Offset of the first character of each line; never empty. */
  readonly starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.starts = starts;
  }

  get count(): number {
    return this.starts.length;
  }

  /** The zero-based line that holds `offset`. Offsets outside the text are clamped. */
  lineAt(offset: number): number {
    const { starts } = this;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Offset of the first character of `line`; the end of the text for a line behind the last. */
  startOf(line: number): number {
    if (line <= 0) return 0;
    return this.starts[line] ?? this.text.length;
  }

  /** Where text in front of `line` is inserted or its removal begins: behind a byte order mark, which stays the first. */
  editableStartOf(line: number): number {
    const start = this.startOf(line);
    return start === 0 && this.text.charCodeAt(0) === 0xfeff ? 1 : start;
  }

  /** Offset behind the last character of `line`, without its line ending (`\n` or `\r\n`). */
  endOf(line: number): number {
    let end = line + 1 < this.starts.length ? this.starts[line + 1]! - 1 : this.text.length;
    const start = this.startOf(line);
    while (end > start && this.text.charCodeAt(end - 1) === 13) end--;
    return end;
  }

  position(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    const line = this.lineAt(clamped);
    return { line, character: clamped - this.starts[line]! };
  }

  range(s: Span): Range {
    return { start: this.position(s.start), end: this.position(s.end) };
  }

  /** The offset of a position; lines and characters outside the text are clamped to it. */
  offset(position: Position): number {
    if (position.line < 0) return 0;
    if (position.line >= this.starts.length) return this.text.length;
    const start = this.starts[position.line]!;
    const next = position.line + 1 < this.starts.length ? this.starts[position.line + 1]! - 1 : this.text.length;
    return Math.max(start, Math.min(start + position.character, next));
  }

  span(range: Range): Span {
    return { start: this.offset(range.start), end: this.offset(range.end) };
  }
}
