import assert from "node:assert/strict";
import fc from "fast-check";
import type { Instruction } from "../../server/src/dockerfile/instruction.ts";
import { scan } from "../../server/src/dockerfile/scan.ts";
import { dockerfileVariables } from "../../server/src/dockerfile/variables.ts";
import { rules } from "../../server/src/rules/index.ts";
import type { Rule } from "../../server/src/rules/rule.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { Analysis, analyze } from "../../server/src/stages/analysis.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import type { Span } from "../../server/src/text/range.ts";
import { exampleTexts, richText, sampleTexts } from "../support/texts.ts";

const files = [richText, richText.replaceAll("\n", "\r\n"), `\uFEFF${richText}`, ...sampleTexts().values()];
const texts = [...files, ...exampleTexts()];

function assertInside(text: string, span: Span, what: string): void {
  const fine =
    Number.isInteger(span.start) &&
    Number.isInteger(span.end) &&
    0 <= span.start &&
    span.start <= span.end &&
    span.end <= text.length;
  assert.ok(fine, `${what} ${span.start}..${span.end} leaves the text of length ${text.length}`);
}

function assertInstruction(text: string, instruction: Instruction, outer: Span): void {
  const { keyword, keywordSpan, flags, args, pairs, mounts, heredocs, trigger } = instruction;
  const spans: [string, Span][] = [
    ["keyword", keywordSpan],
    ...flags.flatMap((flag): [string, Span][] => [
      ["flag", flag.span],
      ["flag name", flag.nameSpan],
      ["flag value", flag.valueSpan ?? flag.span],
    ]),
    ...args.map((word): [string, Span] => ["argument", word.span]),
    ...pairs.flatMap((pair): [string, Span][] => [
      ["pair", pair.span],
      ["key", pair.keySpan],
      ["value", pair.valueSpan ?? pair.span],
    ]),
    ...mounts.flatMap(({ fields }) => fields.map((field): [string, Span] => ["mount field", field.span])),
    ...heredocs.map(({ body }): [string, Span] => ["heredoc", body]),
  ];
  for (const [what, span] of spans) {
    assertInside(text, span, `${keyword} ${what}`);
    assert.ok(outer.start <= span.start && span.end <= outer.end, `${keyword}: ${what} leaves its instruction`);
  }
  if (trigger) assertInstruction(text, trigger, outer);
}

/** Everything that must hold for any text whatsoever. */
function assertHolds(text: string, which: readonly Rule[] = rules): void {
  const dockerfile = scan(text);
  let end = 0;
  for (const instruction of dockerfile.instructions) {
    assertInside(text, instruction.span, instruction.keyword);
    assert.ok(instruction.span.start >= end, "instructions overlap");
    ({ end } = instruction.span);
    assert.equal(dockerfile.lines.lineAt(instruction.span.start), instruction.startLine);
    assertInstruction(text, instruction, instruction.span);
    for (const variable of dockerfileVariables(dockerfile, instruction)) {
      assertInside(text, variable.nameSpan, "variable");
      // A name may be written in parts, as references may be.
      if (!/[\n'"\\`]/.test(dockerfile.text.slice(variable.span.start, variable.span.end))) {
        assert.equal(text.slice(variable.nameSpan.start, variable.nameSpan.end), variable.name);
      }
    }
  }
  for (const { span } of dockerfile.problems) assertInside(text, span, "problem");
  for (const span of dockerfile.comments) assert.equal(text[span.start], "#");

  const analysis = analyze(text);
  for (const { span, text: written } of analysis.references) {
    assertInside(text, span, "reference");
    if (!/[\n'"\\`]/.test(text.slice(span.start, span.end))) assert.equal(text.slice(span.start, span.end), written);
  }
  for (const stage of analysis.stages) {
    for (const instruction of stage.instructions) {
      for (const command of analysis.script(instruction).commands) {
        assertInside(text, command.span, "command");
        for (const word of command.words) assertInside(text, word.span, "shell word");
      }
    }
  }
  const found = runRules(analysis, which, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  });
  for (const { span, fixes, related } of found) {
    assertInside(text, span, "finding");
    for (const item of related ?? []) assertInside(text, item.span, "related");
    for (const { edits } of fixes ?? []) analyze(applyEdits(text, edits));
  }
}

const scripts = (analysis: Analysis): unknown[] =>
  analysis.dockerfile.instructions.map((instruction) => analysis.script(instruction));

const findings = (analysis: Analysis): unknown[] =>
  runRules(analysis, rules, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  }).map(({ rule, ...finding }) => ({ ...finding, rule: rule.id }));

/** What a version takes over from the one before it is what it would have worked out itself. */
function assertSameAfter(before: string, after: string): void {
  const old = analyze(before);
  scripts(old);
  findings(old);
  const [next, alone] = [new Analysis(after, old), analyze(after)];
  assert.deepEqual(scripts(next), scripts(alone));
  assert.deepEqual(findings(next), findings(alone));
  // Asked again, it says the same.
  assert.deepEqual(findings(next), findings(alone));
}

describe("any text", () => {
  it("every prefix of every sample is fine", () => {
    for (const text of files) {
      for (let end = 0; end <= text.length; end++) assertHolds(text.slice(0, end));
    }
  }).timeout(120_000);

  it("every prefix of every example is fine for its rule, and the example for all", () => {
    for (const rule of rules) {
      for (const text of exampleTexts([rule])) {
        for (let end = 0; end < text.length; end++) assertHolds(text.slice(0, end), [rule]);
        assertHolds(text);
      }
    }
  }).timeout(120_000);

  it("every suffix of the rich file is fine", () => {
    for (let start = 0; start <= richText.length; start++) assertHolds(richText.slice(start));
  }).timeout(60_000);

  it("random edits of real-looking files are fine", () => {
    const pieces = fc.constantFrom(
      ...[
        "\n",
        "\r\n",
        "\\\n",
        "\\",
        "`",
        "#",
        "<<EOF",
        "<<-'E'",
        "EOF\n",
        '"',
        "'",
        "$",
        "${",
        "}",
        "--from=",
        "--mount=type=bind,from=",
        "FROM ",
        " AS ",
        "COPY ",
      ],
      ...[
        "RUN ",
        "ONBUILD ",
        "ARG ",
        "[",
        "]",
        "$(",
        "((",
        "\t",
        "\u00a0",
        "\u{1F600}",
        "\0",
        "=",
        ",",
        " build ",
        "0",
      ],
    );
    const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 20 }), insert: pieces });
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(edit, { maxLength: 6 }), (text, edits) => {
        let changed = text;
        for (const { at, remove, insert } of edits) {
          const start = changed.length === 0 ? 0 : at % (changed.length + 1);
          changed = changed.slice(0, start) + insert + changed.slice(start + remove);
        }
        assertHolds(changed);
        assertSameAfter(text, changed);
      }),
      { numRuns: 1500 },
    );
  }).timeout(120_000);

  it("junk is fine", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => assertHolds(text)),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(..."\n\\ \"'`$<>{}[]()=,#-ARGFOMCPYUNE0"), { maxLength: 120 }), (chars) =>
        assertHolds(chars.join("")),
      ),
      {
        numRuns: 3000,
      },
    );
  }).timeout(120_000);
});
