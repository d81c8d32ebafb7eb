import assert from "node:assert/strict";
import { applyPatch } from "diff";
import { unifiedDiff } from "../../server/src/report/diff.ts";
import { type FindingReport, jsonEntry, reportFindings, type SplitReport } from "../../server/src/report/json.ts";
import { columns, printable } from "../../server/src/report/printable.ts";
import { plain, type Style } from "../../server/src/report/style.ts";
import { findingsText, splitText, summaryText } from "../../server/src/report/text.ts";
import type { Rule } from "../../server/src/rules/rule.ts";
import type { Diagnosis } from "../../server/src/rules/run.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import type { Span } from "../../server/src/text/range.ts";
import { parseMarked } from "../support/marks.ts";

const rule: Rule = { id: "SomeRule", severity: "warning", summary: "", docs: "", examples: [], check: () => [] };
const diagnosis = (span: Span, message = "Something is wrong."): Diagnosis => ({
  rule,
  severity: "warning",
  message,
  span,
});

/** What the text report shows below the first line of a finding: the source line and the carets. */
function excerptOf(text: string, span: Span): [string, string] {
  const analysis = analyze(text);
  const report = findingsText(reportFindings("F", analysis, [diagnosis(span)]), analysis.lines, plain);
  const [, source, carets] = report.split("\n");
  return [source!, carets!];
}

/** Makes roles visible: `[role:text]`. */
const tagged: Style = (role, text) => `[${role}:${text}]`;

describe("text report of findings", () => {
  it("shows the place, the message, the rule and the line", () => {
    const { text, ranges } = parseMarked(`
FROM alpine
RUN first
    ^^^^^ one
COPY a b
`);
    const analysis = analyze(text);
    const { start } = analysis.lines.range(ranges[0]!.span);
    const report = reportFindings("dir/Dockerfile", analysis, [diagnosis(ranges[0]!.span)]);
    assert.equal(
      findingsText(report, analysis.lines, tagged),
      [
        `[strong:dir/Dockerfile:${start.line + 1}:${start.character + 1}] [warning:warning] Something is wrong. [faint:[SomeRule]]`,
        `[faint:${String(start.line + 1).padStart(4)} |] RUN first`,
        "[faint:     |]     [warning:^^^^^]",
        "",
      ].join("\n"),
    );
  });

  it("keeps carets below wide characters, tabs and combining marks", () => {
    for (const [line, marked, carets] of [
      ["RUN echo 日本 x", "x", "              ^"],
      ["RUN\techo x", "x", "            ^"],
      ["RUN e\u0301 x", "x", "      ^"],
      ["RUN 日本 x", "日本", "    ^^^^"],
      ["RUN \u{1f600} x", "x", "       ^"],
    ] as const) {
      const at = line.indexOf(marked);
      const [source, shown] = excerptOf(line, { start: at, end: at + marked.length });
      assert.equal(source, `   1 | ${line.replaceAll("\t", "    ")}`);
      assert.equal(shown, `     | ${carets}`);
    }
  });

  it("shows one caret for an empty range, also behind the end of the text", () => {
    const text = "FROM a";
    for (const at of [0, text.length]) {
      assert.equal(excerptOf(text, { start: at, end: at })[1], `     | ${" ".repeat(at)}^`);
    }
  });

  it("marks a range of several lines to the end of its first", () => {
    const text = "FROM a\r\nRUN b \\\r\n  c\r\n";
    const start = text.indexOf("b");
    assert.deepEqual(excerptOf(text, { start, end: text.length }), ["   2 | RUN b \\", "     |     ^^^"]);
  });

  it("cuts long lines around the place, never inside a character", () => {
    for (const filler of ["x", "\u{1f600}", "日"]) {
      for (let shift = 0; shift < 2; shift++) {
        const text = `RUN ${"-".repeat(shift)}${filler.repeat(400)} HERE ${filler.repeat(400)}`;
        const start = text.indexOf("HERE");
        const [source, carets] = excerptOf(text, { start, end: start + 4 });
        assert.ok(source.length < 200 && source.includes(" | …") && source.endsWith("…"));
        assert.doesNotMatch(source, /\p{Cs}/u);
        const before = source.slice(0, source.indexOf("HERE"));
        assert.equal(columns(before), columns(carets.slice(0, carets.indexOf("^"))));
        assert.equal(carets.trimEnd().slice(carets.indexOf("^")), "^^^^");
      }
    }
  });

  it("cuts a long marked range", () => {
    const text = `RUN ${"x".repeat(1000)}`;
    const [source, carets] = excerptOf(text, { start: 4, end: text.length });
    assert.equal(source.length, carets.length + "…".length);
  });

  it("puts message and file on one line that a terminal can show", () => {
    const analysis = analyze("FROM a");
    const report = reportFindings("a\u001b[2Jb\n", analysis, [diagnosis({ start: 0, end: 4 }, "one\n two\u0007")]);
    assert.match(findingsText(report, analysis.lines, plain), /^a␛\[2Jb␊:1:1 warning one two␇ \[SomeRule\]\n/);
  });

  it("counts", () => {
    type Counts = ReadonlyMap<FindingReport["severity"], number>;
    const counts: Counts = new Map([
      ["hint", 2],
      ["error", 1],
      ["information", 3],
    ]);
    assert.equal(summaryText(counts, 2, 0), "6 findings in 2 files: 1 error, 3 information, 2 hints\n");
    assert.equal(
      summaryText(new Map([["warning", 1]]), 1, 1),
      "1 finding in 1 file: 1 warning\n1 of them can be fixed with --fix\n",
    );
  });
});

describe("JSON report of findings", () => {
  it("counts lines and columns from 1, columns in UTF-16 units", () => {
    const text = "FROM a\nRUN \u{1f600} x \\\n  y\n";
    const span = { start: text.indexOf("x"), end: text.indexOf("y") + 1 };
    const analysis = analyze(text);
    const { start, end } = analysis.lines.range(span);
    const fix = { title: "Mend it", safety: "safe", edits: [] } as const;
    const report = reportFindings("F", analysis, [{ ...diagnosis(span), fixes: [fix] }, diagnosis(span)]);
    assert.deepEqual(
      report.findings.map(({ fixable }) => fixable),
      [true, false],
    );
    assert.deepEqual(JSON.parse(jsonEntry(report)), {
      file: "F",
      findings: report.findings.map(({ fixable }) => ({
        rule: "SomeRule",
        severity: "warning",
        message: "Something is wrong.",
        line: start.line + 1,
        column: "RUN \u{1f600} ".length + 1,
        endLine: end.line + 1,
        endColumn: "  y".length + 1,
        fixable,
      })),
    });
  });
});

describe("text report of a split", () => {
  const before = "FROM a\nRUN b\n";
  const after = "FROM a AS builder\nRUN b\n\nFROM scratch\nCOPY --from=builder /b /b\n";
  const report: SplitReport = {
    file: "dir/Dockerfile",
    offered: true,
    title: "Split into builder and runtime stages",
    reason: "",
    assumptions: ["The program needs nothing but /b."],
    before,
    after,
  };

  it("shows title, assumptions and the change", () => {
    assert.equal(
      splitText(report, unifiedDiff(report.file, before, after), tagged, true),
      `[strong:dir/Dockerfile:] Split into builder and runtime stages
  [warning:check:] The program needs nothing but /b.
[removed:--- dir/Dockerfile]
[added:+++ dir/Dockerfile]
[place:@@ -1,2 +1,5 @@]
[removed:-FROM a]
[added:+FROM a AS builder]
 RUN b
[added:+]
[added:+FROM scratch]
[added:+COPY --from=builder /b /b]
`,
    );
  });

  it("says why it is not offered", () => {
    const refused = { ...report, offered: false, reason: "Nothing is\nbuilt here.", assumptions: [], after: null };
    assert.equal(splitText(refused, "", plain, true), "dir/Dockerfile: not split: Nothing is built here.\n");
  });

  it("shows control characters to people and keeps them for programs", () => {
    const patch = unifiedDiff("F", "FROM a\r\n", "FROM a AS \u001b[2J\r\n");
    const shown = splitText(report, patch, plain, true);
    assert.ok(shown.includes("+FROM a AS ␛[2J\n"));
    assert.ok(!shown.includes("\r"));
    assert.ok(splitText(report, patch, plain, false).endsWith(patch));
  });
});

describe("unified diff", () => {
  const lines = (count: number, text: string): string[] => Array.from({ length: count }, (_, i) => `${text} ${i}\n`);
  const long = lines(20_000, "RUN a");
  for (const [title, before, after] of [
    ["keeps a missing line ending", "FROM a\nRUN b", "FROM c\nRUN b"],
    ["adds a line ending", "FROM a", "FROM a\n"],
    ["keeps CRLF", "FROM a\r\nRUN b\r\n", "FROM a AS c\r\nRUN b\r\n"],
    ["sees a change of line endings", "FROM a\r\n", "FROM a\n"],
    ["keeps a byte order mark", "\ufeffFROM a\n", "\ufeffFROM b\n"],
    ["fills an empty file", "", "FROM a\n"],
    ["replaces all of a long file", long.join(""), lines(20_000, "RUN b").join("")],
    ["turns a long file around", long.join(""), [...long.slice(10_000), ...long.slice(0, 10_000)].join("")],
  ] as const) {
    it(title, () => {
      const patch = unifiedDiff("F", before, after);
      assert.ok(patch.startsWith("--- F\n+++ F\n@@ "));
      assert.equal(applyPatch(before, patch, { autoConvertLineEndings: false }), after);
    });
  }

  it("shows only what changes", () => {
    const patch = unifiedDiff("F", long.join(""), long.toSpliced(10_000, 1, "RUN c\n").join(""));
    assert.equal(patch.split("\n").filter((line) => /^[-+](?![-+])/.test(line)).length, 2);
    assert.ok(patch.split("\n").length < 15);
  });
});

describe("printable text", () => {
  it("has as many UTF-16 units, and nothing a terminal obeys", () => {
    const text = "a\u0000\u001b\n\r\u007f\u009b\u2028\u202e\u2066\ud800z\t\u{1f600}日e\u0301";
    const shown = printable(text);
    assert.equal(shown, "a␀␛␊␍␡�����z\t\u{1f600}日e\u0301");
    assert.equal(shown.length, text.length);
  });
});
