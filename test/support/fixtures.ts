import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LineIndex, type Range, type Span } from "../../server/src/text/range.ts";
import { type Marked, parseMarked } from "./marks.ts";

/**
 * Fixtures are Markdown. A heading names a test; the first fenced block behind it is the input, and the word behind the
 * fence's `dockerfile` picks the check. The next block is the text the check must give. Words behind the check change the
 * input: `crlf` gives it Windows line endings, `no-eol` takes the last line ending away. Without a check, or with `-`, a
 * block is a text for other tests. Prose between is for people.
 *
 * `UPDATE=1` writes what the checks give into the files; read the difference as a change of behaviour.
 */
export interface Fixture {
  readonly name: string;
  readonly check: string;
  /** As written, marks included. */
  readonly input: string;
  readonly marked: Marked;
  readonly expected: string | null;
}

interface Block {
  readonly info: string;
  readonly fence: string;
  readonly content: string;
  /** Lines of the file: of the opening fence, and behind the closing one. */
  readonly start: number;
  readonly end: number;
}

/** @param file in test/fixtures, such as `rename.md` */
function fixturePath(file: string): string {
  return path.join(import.meta.dirname, "../fixtures", file);
}

function parse(text: string): (Fixture & { readonly block: Block; readonly answer: Block | null })[] {
  const lines = text.split("\n");
  const found: (Fixture & { block: Block; answer: Block | null })[] = [];
  let name = "";
  let open: { info: string; fence: string; start: number } | null = null;
  let wantsAnswer = false;
  for (const [at, line] of lines.entries()) {
    const fence = /^(`{3,}|~{3,})(.*)$/.exec(line);
    if (open) {
      if (line !== open.fence) continue;
      const content = lines
        .slice(open.start + 1, at)
        .map((each) => `${each}\n`)
        .join("");
      const block: Block = { ...open, content, end: at + 1 };
      open = null;
      const [language, check = "", ...options] = block.info.trim().split(/\s+/);
      const last = found.at(-1);
      if (wantsAnswer && last) {
        found[found.length - 1] = { ...last, answer: block, expected: content };
        wantsAnswer = false;
      } else {
        assert.equal(language, "dockerfile", `line ${block.start + 1}: a fixture begins with a dockerfile block`);
        let input = content;
        if (options.includes("no-eol")) input = input.replace(/\n$/, "");
        const marked = options.includes("crlf") ? withCrlf(parseMarked(input)) : parseMarked(input);
        found.push({ name, check, input, marked, expected: null, block, answer: null });
        wantsAnswer = check !== "" && check !== "-";
      }
    } else if (fence) {
      open = { fence: fence[1]!, info: fence[2]!, start: at };
    } else if (/^#+ /.test(line)) {
      wantsAnswer = false;
      name = line.replace(/^#+ /, "").trim();
    }
  }
  assert.equal(open, null, "a block is not closed");
  return found;
}

/** Marks are read first, because they stand on lines of their own. */
function withCrlf({ text, cursor, selection, ranges }: Marked): Marked {
  const move = (at: number): number => at + text.slice(0, at).split("\n").length - 1;
  const moveSpan = ({ start, end }: Span): Span => ({ start: move(start), end: move(end) });
  return {
    text: text.replaceAll("\n", "\r\n"),
    cursor: cursor === null ? null : move(cursor),
    selection: selection && moveSpan(selection),
    ranges: ranges.map(({ span, label }) => ({ span: moveSpan(span), label })),
  };
}

export function readFixtures(file: string): Fixture[] {
  return parse(readFileSync(fixturePath(file), "utf8"));
}

/** What a fixture of one kind is checked with; the answer is compared with the expected text. */
export type Check = (marked: Marked, fixture: Fixture) => string | Promise<string>;

/** Defines a test for each fixture of a file. */
export function testFixtures(file: string, checks: Readonly<Record<string, Check>>): void {
  const source = readFileSync(fixturePath(file), "utf8");
  const fixtures = parse(source);
  const answers = new Map<number, string>();
  const seen = new Set<string>();
  describe(file, () => {
    for (const [i, fixture] of fixtures.entries()) {
      const title = seen.has(fixture.name) ? `${fixture.name} (${fixture.check})` : fixture.name;
      seen.add(fixture.name);
      it(title, async () => {
        const check = checks[fixture.check];
        assert.ok(check, `no check is called '${fixture.check}'`);
        const text = (await check(fixture.marked, fixture)).replaceAll("\r", "").replace(/\n*$/, "\n");
        answers.set(i, text);
        if (process.env["UPDATE"]) return;
        assert.notEqual(fixture.expected, null, "there is no expected text: write it with UPDATE=1");
        assert.equal(text, fixture.expected);
      });
    }
    after(() => {
      if (process.env["UPDATE"]) write(file, source, fixtures, answers);
    });
  });
}

function write(
  file: string,
  source: string,
  fixtures: readonly { readonly block: Block; readonly answer: Block | null }[],
  answers: ReadonlyMap<number, string>,
): void {
  const lines = source.split("\n");
  for (let i = fixtures.length - 1; i >= 0; i--) {
    const { block, answer } = fixtures[i]!;
    const text = answers.get(i);
    if (text === undefined) continue;
    const content = text.replace(/\n$/, "").split("\n");
    const fence = text.includes("```") ? "~~~" : "```";
    if (answer) lines.splice(answer.start + 1, answer.end - answer.start - 2, ...content);
    else lines.splice(block.end, 0, "", `${fence}text`, ...content, fence);
  }
  const text = lines.join("\n");
  if (text !== source) writeFileSync(fixturePath(file), text);
}

/** The lines of a text that hold ranges, with carets and labels under them, in the form that fixtures are written in. */
export function drawRanges(text: string, ranges: readonly { readonly range: Range; readonly label: string }[]): string {
  const index = new LineIndex(text);
  const sorted = ranges.toSorted(
    (a, b) => index.offset(a.range.start) - index.offset(b.range.start) || a.label.localeCompare(b.label),
  );
  const drawn: string[] = [];
  let last = -1;
  for (const { range, label } of sorted) {
    const { start, end } = range;
    const line = text.slice(index.startOf(start.line), index.endOf(start.line));
    if (start.line !== last) drawn.push(line);
    last = start.line;
    const length = end.line === start.line ? end.character - start.character : line.length - start.character;
    const more = end.line === start.line ? "" : ` … ${text.slice(index.startOf(end.line), index.offset(end))}`;
    const indent = line.slice(0, start.character).replaceAll(/[^\t]/g, " ");
    drawn.push(`${indent}${"^".repeat(Math.max(1, length))} ${label}${more}`.trimEnd());
  }
  return drawn.length === 0 ? "nothing" : drawn.join("\n");
}
