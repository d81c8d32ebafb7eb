import assert from "node:assert/strict";
import type { DocumentSymbol } from "vscode-languageserver-types";
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from "../../server/src/features/call-hierarchy.ts";
import { completions } from "../../server/src/features/completion.ts";
import {
  documentLinks,
  formatDocument,
  formatOnType,
  formatRange,
  instructionHover,
  keywordCompletions,
} from "../../server/src/features/dockerfile-service.ts";
import { foldingRanges } from "../../server/src/features/folding.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { hover } from "../../server/src/features/hover.ts";
import { definition, highlights, references } from "../../server/src/features/navigation.ts";
import { prepareRename, rename } from "../../server/src/features/rename.ts";
import { selectionRanges } from "../../server/src/features/selection-ranges.ts";
import { documentSymbols } from "../../server/src/features/symbols.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { isValidStageName, reservedNames } from "../../server/src/stages/resolve.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import type { Position, Range } from "../../server/src/text/range.ts";
import { readFixtures } from "../support/fixtures.ts";
import { exampleTexts, richText, sampleTexts } from "../support/texts.ts";

const uri = "file:///Dockerfile";
const rich = [...readFixtures("rich.md").map(({ marked }) => marked.text), richText, ...sampleTexts().values()];
const many = [
  ...rich,
  ...exampleTexts(),
  ...["navigation.md", "rename.md", "hover.md", "completion.md", "graph.md", "dockerfile-service.md"].flatMap((file) =>
    readFixtures(file).map(({ marked }) => marked.text),
  ),
];

function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}

/** Every range in an answer lies in the text and begins before it ends. */
function assertRanges(analysis: Analysis, value: unknown, what: string): void {
  if (typeof value !== "object" || value === null) return;
  if ("start" in value && "end" in value) {
    const { start, end } = value as Range;
    for (const place of [start, end]) {
      const round = analysis.lines.position(analysis.lines.offset(place));
      assert.deepEqual(round, { line: place.line, character: place.character }, `${what} leaves the text`);
    }
    assert.ok(before(start, end), `${what} ends before it begins`);
  } else for (const inner of Object.values(value)) assertRanges(analysis, inner, what);
}

function assertSymbols(symbols: readonly DocumentSymbol[], outer: Range | null): void {
  let end: Position = { line: 0, character: 0 };
  for (const { name, range, selectionRange, children } of symbols) {
    assert.notEqual(name.trim(), "", "a symbol has no name");
    assert.ok(before(end, range.start), "symbols overlap");
    ({ end } = range);
    assert.ok(before(range.start, selectionRange.start) && before(selectionRange.end, range.end), "selection outside");
    if (outer) assert.ok(before(outer.start, range.start) && before(range.end, outer.end), "a child leaves its parent");
    assertSymbols(children ?? [], range);
  }
}

function assertWhole(analysis: Analysis): void {
  const symbols = documentSymbols(analysis);
  assertRanges(analysis, symbols, "symbol");
  assertSymbols(symbols, null);
  const folds = foldingRanges(analysis);
  assert.equal(new Set(folds.map(({ startLine }) => startLine)).size, folds.length, "two folds start on a line");
  for (const { startLine, endLine } of folds) {
    assert.ok(0 <= startLine && startLine < endLine && endLine < analysis.lines.count, "a fold leaves the text");
    for (const other of folds) {
      const apart = other.endLine <= startLine || other.startLine >= endLine;
      const nested =
        (other.startLine <= startLine && endLine <= other.endLine) ||
        (startLine <= other.startLine && other.endLine <= endLine);
      assert.ok(apart || nested, "folds cross");
    }
  }
  const graph = stageGraph(analysis, uri, 1);
  assertRanges(analysis, graph, "graph");
  const ids = new Set(graph.nodes.map(({ id }) => id));
  assert.equal(ids.size, graph.nodes.length);
  assert.equal(new Set(graph.edges.map(({ id }) => id)).size, graph.edges.length);
  for (const { from, to } of graph.edges) assert.ok(ids.has(from) && ids.has(to), "an edge leads nowhere");
}

function assertAt(analysis: Analysis, offset: number): void {
  const position = analysis.lines.position(offset);
  assertRanges(analysis, definition(analysis, uri, position), "definition");
  assertRanges(analysis, references(analysis, uri, position, true), "reference");
  assertRanges(analysis, highlights(analysis, position), "highlight");
  const shown = hover(analysis, position);
  assertRanges(analysis, shown, "hover");
  if (shown?.range)
    assert.ok(before(shown.range.start, position) && before(position, shown.range.end), "hover elsewhere");
  const [selection] = selectionRanges(analysis, [position]);
  for (let at = selection; at; at = at.parent) {
    assertRanges(analysis, at.range, "selection");
    assert.ok(before(at.range.start, position) && before(position, at.range.end), "selection elsewhere");
    const { parent } = at;
    if (parent) {
      const grows = before(parent.range.start, at.range.start) && before(at.range.end, parent.range.end);
      assert.ok(grows && JSON.stringify(parent.range) !== JSON.stringify(at.range), "a selection does not grow");
    }
  }
  for (const item of prepareCallHierarchy(analysis, uri, position)) {
    assertRanges(analysis, item, "call");
    assertRanges(analysis, incomingCalls(analysis, uri, item), "call");
    assertRanges(analysis, outgoingCalls(analysis, uri, item), "call");
  }
  const prepared = prepareRename(analysis, position);
  assertRanges(analysis, prepared, "rename");
  if (!("error" in prepared)) assertRanges(analysis, rename(analysis, position, "other"), "rename");
  for (const { textEdit } of completions(analysis, position)) {
    assert.ok(textEdit && "range" in textEdit);
    assertRanges(analysis, textEdit.range, "completion");
    const { start, end } = textEdit.range;
    assert.ok(start.line === position.line && end.line === position.line, "completion on another line");
    assert.ok(before(start, position) && before(position, end), "completion elsewhere");
  }
}

const spaces = { tabSize: 2, insertSpaces: true };

async function assertLibraryAt(analysis: Analysis, offset: number): Promise<void> {
  const position = analysis.lines.position(offset);
  const items = await keywordCompletions(analysis, position);
  assertRanges(analysis, items, "keyword");
  for (const { textEdit } of items) {
    assert.ok(textEdit && "range" in textEdit);
    assert.ok(textEdit.range.start.line === position.line && textEdit.range.end.line === position.line);
  }
  assertRanges(analysis, await instructionHover(analysis, position), "hover");
  assertRanges(analysis, await formatOnType(analysis, position, analysis.dockerfile.escape, spaces), "typed");
}

/** What a name of the file means, apart from the names of stages. */
function meaning({ references: all, stages, dockerfile }: Analysis): unknown {
  return {
    targets: all.map(({ target, kind, stage, onbuild }) => [target, kind, stage, onbuild]),
    stages: stages.map(({ name }) => name !== null),
    instructions: dockerfile.instructions.map(({ keyword }) => keyword),
  };
}

function applied(analysis: Analysis, edits: readonly { range: Range; newText: string }[]): Analysis {
  return analyze(
    applyEdits(
      analysis.text,
      edits.map(({ range, newText }) => ({ span: analysis.lines.span(range), newText })),
    ),
  );
}

describe("features", () => {
  it("answer at every position of every prefix", () => {
    for (const text of rich) {
      for (let end = 0; end <= text.length; end++) {
        const analysis = analyze(text.slice(0, end));
        assertWhole(analysis);
        // Where people type is the end; all positions are asked in some of the prefixes.
        const first = end === text.length || end % 97 === 0 ? 0 : Math.max(0, end - 2);
        for (let offset = first; offset <= end; offset++) assertAt(analysis, offset);
      }
    }
  }).timeout(120_000);

  it("answer where a line is half typed in the middle of a file", () => {
    const typed = ["FROM ", "COPY --from=", "RUN --mount=from=", "$", "${", "RUN <<EOF", "\\", '"', "'", "ENV A", "# "];
    for (const text of rich) {
      for (const [, at] of [...text.matchAll(/\n/g)].map((match) => [match[0], match.index] as const)) {
        for (const line of typed) {
          const changed = `${text.slice(0, at)}\n${line}${text.slice(at)}`;
          const analysis = analyze(changed);
          assertWhole(analysis);
          assertAt(analysis, at + 1 + line.length);
        }
      }
    }
  }).timeout(120_000);

  it("of the library answer at every position and in prefixes", async () => {
    for (const text of rich) {
      for (let end = 0; end <= text.length; end += end % 5 === 0 ? 3 : 4) {
        const analysis = analyze(text.slice(0, end));
        await assertLibraryAt(analysis, end);
        assertRanges(analysis, await documentLinks(analysis), "link");
      }
      const analysis = analyze(text);
      for (let offset = 0; offset <= text.length; offset += 2) await assertLibraryAt(analysis, offset);
    }
  }).timeout(120_000);
});

describe("rename", () => {
  it("keeps the meaning of every name, and back again", () => {
    let renamed = 0;
    for (const text of many) {
      const analysis = analyze(text);
      for (const stage of analysis.stages) {
        if (stage.name === null || !stage.nameWord) continue;
        const position = analysis.lines.position(stage.nameWord.span.start);
        for (const name of ["other-name", "Other.Name"]) {
          const result = rename(analysis, position, name);
          if ("error" in result) continue;
          const after = applied(analysis, result.edits);
          assert.equal(after.stages[stage.index]!.name, name.toLowerCase());
          assert.deepEqual(meaning(after), meaning(analysis), text);
          const back = rename(after, after.lines.position(after.stages[stage.index]!.nameWord!.span.start), stage.name);
          if ("error" in back) {
            // Neither of two stages gets back the name that both had, and none a reserved one or one that is refused.
            const others = analysis.stages.filter((other) => other.name === stage.name);
            assert.ok(others.length > 1 || reservedNames.has(stage.name) || !isValidStageName(stage.name), back.error);
            continue;
          }
          assert.deepEqual(meaning(applied(after, back.edits)), meaning(analysis));
          assert.equal(
            applied(after, back.edits).text.toLowerCase().replaceAll(/\s|\\/g, ""),
            text.toLowerCase().replaceAll(/\s|\\/g, ""),
          );
          renamed++;
        }
      }
    }
    assert.ok(renamed > 200, `only ${renamed} stages could be renamed`);
  }).timeout(60_000);

  it("refuses every name of the file that would mean something else", () => {
    let refused = 0;
    for (const text of many) {
      const analysis = analyze(text);
      const candidates = new Set(text.split(/[^\w.-]+/));
      for (const stage of analysis.stages) {
        if (stage.name === null || !stage.nameWord) continue;
        const position = analysis.lines.position(stage.nameWord.span.end);
        for (const word of candidates) {
          const result = rename(analysis, position, word);
          if ("error" in result) refused++;
          else assert.deepEqual(meaning(applied(analysis, result.edits)), meaning(analysis), `to ${word}:\n${text}`);
        }
      }
    }
    assert.ok(refused > 200);
  }).timeout(60_000);
});

/** The words of every instruction, blanks between them aside. */
function words({ dockerfile, text }: Analysis): unknown {
  return dockerfile.instructions.map(({ line, heredocs }) => [
    line.text.split(/\s+/).filter((word) => word !== ""),
    heredocs.map(({ body }) => text.slice(body.start, body.end)),
  ]);
}

describe("formatting", () => {
  it("keeps every word, heredoc and meaning, and has nothing to do a second time", async () => {
    let changed = 0;
    for (const text of many) {
      // Other depths and no indentation at all are what people write.
      for (const variant of [text, text.replaceAll(/^[ \t]+/gm, ""), text.replaceAll(/^/gm, " ")]) {
        const analysis = analyze(variant);
        const edits = await formatDocument(analysis, spaces);
        if (edits.length === 0) continue;
        changed++;
        const after = applied(analysis, edits);
        assert.deepEqual(words(after), words(analysis), variant);
        assert.deepEqual(meaning(after), meaning(analysis), variant);
        assert.deepEqual(await formatDocument(after, spaces), [], after.text);
      }
    }
    assert.ok(changed > 100, `only ${changed} files were changed`);
  }).timeout(60_000);

  it("of a range stays in its lines", async () => {
    for (const text of rich) {
      const analysis = analyze(text.replaceAll(/^[ \t]*/gm, "  "));
      for (let line = 0; line < analysis.lines.count; line++) {
        const range = { start: { line, character: 0 }, end: { line, character: 1 } };
        for (const edit of await formatRange(analysis, range, spaces)) {
          assert.equal(edit.range.start.line, line);
          assert.equal(edit.range.end.line, line);
        }
      }
    }
  }).timeout(60_000);
});
