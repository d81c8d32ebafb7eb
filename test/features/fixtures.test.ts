import assert from "node:assert/strict";
import { type CompletionItem, type DocumentSymbol, InsertTextFormat, type TextEdit } from "vscode-languageserver-types";
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
import { definition, highlights, references } from "../../server/src/features/navigation.ts";
import { prepareRename, rename } from "../../server/src/features/rename.ts";
import { selectionRanges } from "../../server/src/features/selection-ranges.ts";
import { documentSymbols } from "../../server/src/features/symbols.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { LineIndex, type Position, type Range } from "../../server/src/text/range.ts";
import { type Check, drawRanges, testFixtures } from "../support/fixtures.ts";
import type { Marked } from "../support/marks.ts";

const uri = "file:///Dockerfile";

function cursor({ text, cursor: at }: Marked): Position {
  assert.notEqual(at, null, "the fixture has no cursor");
  return new LineIndex(text).position(at!);
}

function apply(text: string, edits: readonly TextEdit[]): string {
  const lines = new LineIndex(text);
  return applyEdits(
    text,
    edits.map(({ range, newText }) => ({ span: lines.span(range), newText })),
  );
}

function wordAt(text: string, range: Range): string {
  const lines = new LineIndex(text);
  return text.slice(lines.offset(range.start), lines.offset(range.end));
}

const definitionCheck: Check = (marked) => {
  const links = definition(analyze(marked.text), uri, cursor(marked));
  const origin = links.slice(0, 1).map((link) => ({ range: link.originSelectionRange!, label: "from here" }));
  const targets = links.map((link) => ({ range: link.targetSelectionRange, label: "to here" }));
  return drawRanges(marked.text, [...origin, ...targets]);
};

function located(marked: Marked, withDeclaration: boolean): string {
  const found = references(analyze(marked.text), uri, cursor(marked), withDeclaration);
  return drawRanges(
    marked.text,
    found.map(({ range }) => ({ range, label: "" })),
  );
}

testFixtures("navigation.md", {
  definition: definitionCheck,
  references: (marked) => located(marked, true),
  uses: (marked) => located(marked, false),
  highlights: (marked) => {
    const found = highlights(analyze(marked.text), cursor(marked));
    return drawRanges(
      marked.text,
      found.map(({ range, kind }) => ({ range, label: ["text", "text", "read", "write"][kind ?? 0]! })),
    );
  },
});

testFixtures("selection.md", {
  select: (marked) => {
    const found: string[] = [];
    const [first] = selectionRanges(analyze(marked.text), [cursor(marked)]);
    for (let at = first; at; at = at.parent) found.push(wordAt(marked.text, at.range).trimEnd());
    return found.join("\n---\n");
  },
});

testFixtures("hierarchy.md", {
  incoming: (marked) => {
    const analysis = analyze(marked.text);
    const [item] = prepareCallHierarchy(analysis, uri, cursor(marked));
    const calls = item ? incomingCalls(analysis, uri, item) : [];
    const places = calls.flatMap(({ from, fromRanges }) => fromRanges.map((range) => ({ range, label: from.name })));
    return item ? `of ${item.name}\n${drawRanges(marked.text, places)}` : "nothing";
  },
  outgoing: (marked) => {
    const analysis = analyze(marked.text);
    const [item] = prepareCallHierarchy(analysis, uri, cursor(marked));
    const calls = item ? outgoingCalls(analysis, uri, item) : [];
    const places = calls.flatMap(({ to, fromRanges }) =>
      fromRanges.map((range) => ({ range, label: `${to.name} (${to.detail ?? ""})` })),
    );
    return item ? `of ${item.name}\n${drawRanges(marked.text, places)}` : "nothing";
  },
});

/** The new name is the word behind `to` in the fixture's heading. */
testFixtures("rename.md", {
  rename: (marked, { name }) => {
    const newName = /\bto `([^`]*)`/.exec(name)?.[1];
    assert.ok(newName !== undefined, "the heading must say to `which name`");
    const analysis = analyze(marked.text);
    const prepared = prepareRename(analysis, cursor(marked));
    if ("error" in prepared) return prepared.error;
    assert.equal(prepared.placeholder, wordAt(marked.text, prepared.range));
    const result = rename(analysis, cursor(marked), newName);
    return "error" in result ? result.error : apply(marked.text, result.edits);
  },
  prepare: (marked) => {
    const prepared = prepareRename(analyze(marked.text), cursor(marked));
    return "error" in prepared
      ? prepared.error
      : drawRanges(marked.text, [{ range: prepared.range, label: prepared.placeholder }]);
  },
});

function showSymbols(text: string, symbols: readonly DocumentSymbol[], indent = ""): string {
  return symbols
    .map(({ name, detail, selectionRange, children }) => {
      const line = `${indent}${name}${detail === undefined ? "" : ` (${detail})`} [${wordAt(text, selectionRange)}]`;
      return `${line}\n${showSymbols(text, children ?? [], `${indent}  `)}`;
    })
    .join("");
}

testFixtures("symbols.md", {
  symbols: ({ text }) => showSymbols(text, documentSymbols(analyze(text))) || "nothing",
});

testFixtures("folding.md", {
  folding: ({ text }) => {
    const lines = text.split(/\r?\n/);
    const ranges = foldingRanges(analyze(text));
    if (ranges.length === 0) return "nothing";
    return ranges
      .map(({ startLine, endLine, kind }) => {
        const count = endLine - startLine;
        return `${lines[startLine]!.trim()} … ${lines[endLine]!.trim()} (${count} hidden${kind === undefined ? "" : `, ${kind}`})`;
      })
      .join("\n");
  },
});

function showItems(text: string, items: readonly CompletionItem[], withDocs = true): string {
  if (items.length === 0) return "nothing";
  const rows = items
    .toSorted((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1))
    .map(({ label, detail, documentation }) => {
      const docs = typeof documentation === "object" ? documentation.value : documentation;
      const shown = withDocs ? docs?.replaceAll(/\s+/g, " ") : undefined;
      return [label, detail, shown].filter((part) => part !== undefined).join(" | ");
    });
  const first = items.toSorted((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1))[0]!;
  assert.ok(first.textEdit && "range" in first.textEdit);
  const line = new LineIndex(text).offset({ line: first.textEdit.range.start.line, character: 0 });
  const applied = apply(text, [first.textEdit]).slice(line).split(/\r?\n/)[0]!;
  return `${rows.join("\n")}\n=> ${applied}`;
}

testFixtures("completion.md", {
  complete: (marked) => showItems(marked.text, completions(analyze(marked.text), cursor(marked))),
});

testFixtures("graph.md", {
  graph: ({ text }) => {
    const { nodes, edges } = stageGraph(analyze(text), uri, 1);
    const flags = (values: Readonly<Record<string, boolean>>): string =>
      Object.entries(values)
        .map(([name, set]) => (set ? ` ${name}` : ""))
        .join("");
    return [
      ...nodes.map(
        ({ id, label, detail, range, isTarget, needed, broken }) =>
          `${id} ${JSON.stringify(label)} ${JSON.stringify(detail)} [${wordAt(text, range)}]${flags({ target: isTarget, needed, broken })}`,
      ),
      ...edges.map(
        ({ id, label, range, broken }) => `${id} ${JSON.stringify(label)} [${wordAt(text, range)}]${flags({ broken })}`,
      ),
    ].join("\n");
  },
});

async function edited(text: string, ask: (analysis: Analysis) => Promise<TextEdit[]>): Promise<string> {
  const edits = await ask(analyze(text));
  return edits.length === 0 ? "no edits" : apply(text, edits).replaceAll("\t", "→");
}

const spaces = { tabSize: 4, insertSpaces: true };

testFixtures("dockerfile-service.md", {
  format: ({ text }) => edited(text, (analysis) => formatDocument(analysis, spaces)),
  "format-tabs": ({ text }) =>
    edited(text, (analysis) => formatDocument(analysis, { tabSize: 4, insertSpaces: false })),
  "format-selection": ({ text, selection }) =>
    edited(text, (analysis) => formatRange(analysis, analysis.lines.range(selection!), spaces)),
  "format-typed": (marked) =>
    edited(marked.text, (analysis) => formatOnType(analysis, cursor(marked), analysis.dockerfile.escape, spaces)),
  hover: async (marked) => {
    const found = await instructionHover(analyze(marked.text), cursor(marked));
    if (!found) return "nothing";
    assert.ok(typeof found.contents === "object" && "value" in found.contents);
    // The library's words are its own: the first line tells that it is the right text.
    return `on ${JSON.stringify(wordAt(marked.text, found.range!))}:\n\n${found.contents.value.split("\n")[0]}`;
  },
  keywords: async (marked) => {
    // The library's words are its own, so its documentation is not compared.
    const items = await keywordCompletions(analyze(marked.text), cursor(marked));
    return showItems(marked.text, items, false);
  },
  "keywords-plain": async (marked) => {
    const items = await keywordCompletions(analyze(marked.text), cursor(marked), false);
    assert.ok(items.every(({ insertTextFormat }) => insertTextFormat !== InsertTextFormat.Snippet));
    return showItems(marked.text, items, false);
  },
  links: async ({ text }, { name }) => {
    const links = await documentLinks(analyze(text), !name.startsWith("Beside"));
    return drawRanges(
      text,
      links.map(({ range, target }) => ({ range, label: target! })),
    );
  },
});
