import assert from "node:assert/strict";
import { applyPatch } from "diff";
import { unifiedDiff } from "../../server/src/report/diff.ts";
import { type FindingReport, jsonEntry, reportFindings, type SplitReport } from "../../server/src/report/json.ts";
import { columns, printable } from "../../server/src/report/printable.ts";
import { plain, type Style } from "../../server/src/report/style.ts";
import {
  diffText,
  findingsText,
  refusalText,
  splitText,
  summaryText,
  writtenText,
} from "../../server/src/report/text.ts";
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
  const summary = ["It copies /b."];
  const ways: SplitReport["ways"] = [
    {
      base: "scratch",
      strategy: "minimal",
      detail: "an empty image",
      assumptions: [],
      summary,
      tests: [],
      user: null,
      after,
    },
    {
      ...{ base: "a", strategy: "same", detail: "the same", assumptions: ["One\u001b.", "Two."], summary },
      ...{ tests: ["RUN make test"], user: "app", after: before },
    },
  ];
  const report: SplitReport = {
    ...{ file: "dir/Dockerfile", offered: true, title: "Split into stages", reason: "", before, written: false, ways },
    ...{ after, base: "scratch", assumptions: [], summary },
  };
  const other: SplitReport = { ...report, after: before, base: "a", assumptions: ways[1]!.assumptions };

  it("shows what it does, what to check, and the ways", () => {
    assert.equal(
      splitText(report, tagged),
      `[strong:dir/Dockerfile:] Split into stages
  It copies /b.
  [added:certain:] nothing to check
  ways, to choose from with --base:
  * [strong:scratch]: an empty image [faint:(certain)]
    [strong:a]: the same [faint:(2 things to check)]
`,
    );
    assert.equal(
      splitText(other, plain),
      `dir/Dockerfile: Split into stages
  It copies /b.
  check: One␛.
  check: Two.
  ways, to choose from with --base:
    scratch: an empty image (certain)
  * a: the same (2 things to check)
  with --non-root it runs as app
  with --test-stage this gets a stage of its own: RUN make test
`,
    );
    assert.equal(splitText({ ...report, ways: [ways[0]!] }, plain).split("\n").length, 4);
  });

  it("says what was done to a file", () => {
    assert.equal(
      writtenText(report, plain),
      `dir/Dockerfile: split, the image starts from scratch
  It copies /b.
  certain: nothing to check
`,
    );
    assert.match(writtenText(other, plain), /starts from a\n.*\n {2}check: One␛\.\n {2}check: Two\.\n$/);
  });

  it("says why it is not offered", () => {
    const refused = { ...report, offered: false, reason: "Nothing is\nbuilt here.", assumptions: [], after: null };
    assert.equal(refusalText(refused, plain), "dir/Dockerfile: not split: Nothing is built here.\n");
  });

  it("has a diff in colours", () => {
    assert.equal(
      diffText(unifiedDiff(report.file, before, after), tagged, true),
      `[removed:--- a/dir/Dockerfile]
[added:+++ b/dir/Dockerfile]
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

  it("has a diff that shows control characters to people and keeps them for programs", () => {
    const patch = unifiedDiff("F", "FROM a\r\n", "FROM a AS \u001b[2J\r\n");
    const shown = diffText(patch, plain, true);
    assert.ok(shown.includes("+FROM a AS ␛[2J\n"));
    assert.ok(!shown.includes("\r"));
    assert.equal(diffText(patch, plain, false), patch);
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
      assert.ok(patch.startsWith("--- a/F\n+++ b/F\n@@ "));
      assert.equal(applyPatch(before, patch, { autoConvertLineEndings: false }), after);
    });
  }

  it("ends names with spaces by a tab, and quotes others", () => {
    const start = (name: string): string[] => unifiedDiff(name, "FROM a\n", "FROM b\n").split("\n").slice(0, 3);
    assert.deepEqual(start("my api/F"), ["--- a/my api/F\t", "+++ b/my api/F\t", "@@ -1,1 +1,1 @@"]);
    assert.deepEqual(start("é"), ['--- "a/\\303\\251"', '+++ "b/\\303\\251"', "@@ -1,1 +1,1 @@"]);
  });

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
