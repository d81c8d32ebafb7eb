import assert from "node:assert/strict";
import { validate, ValidationSeverity } from "dockerfile-utils";
import { rules } from "../../server/src/rules/index.ts";
import { repeatedRules } from "../../server/src/rules/repeated.ts";
import type { Rule } from "../../server/src/rules/rule.ts";
import { type Analysis, analyze } from "../../server/src/stages/analysis.ts";
import type { Span } from "../../server/src/text/range.ts";
import { parseMarked } from "../support/marks.ts";

/** What the engine of Container Tools reports of a text with its own settings, as spans. */
function reported({ text, lines }: Analysis): Span[] {
  const on = ValidationSeverity.WARNING;
  const found = validate(text, {
    deprecatedMaintainer: on,
    directiveCasing: on,
    emptyContinuationLine: on,
    instructionCasing: on,
    instructionCmdMultiple: on,
    instructionEntrypointMultiple: on,
    instructionHealthcheckMultiple: on,
    instructionJSONInSingleQuotes: on,
    instructionWorkdirRelative: on,
  });
  return found.map(({ range }) => lines.span(range));
}

/** The instruction in which a finding lies, with all lines up to the next one; else the finding itself. */
function around({ dockerfile: { instructions, text } }: Analysis, span: Span): Span {
  const at = instructions.findLastIndex(({ span: { start } }) => start <= span.start);
  return at < 0 ? span : { start: instructions[at]!.span.start, end: instructions[at + 1]?.span.start ?? text.length };
}

/** Whether the engine reports all findings in a rule's examples: in each instruction at least as many as we do. */
function isRepeated({ examples }: Rule): boolean {
  return examples.every(({ text: marked }) => {
    const { text, ranges } = parseMarked(marked);
    const analysis = analyze(text);
    const theirs = reported(analysis);
    return ranges.every(({ span }) => {
      const { start, end } = around(analysis, span);
      const within = (other: Span): boolean => start <= other.end && other.start < end;
      return theirs.filter(within).length >= ranges.filter((ours) => within(ours.span)).length;
    });
  });
}

describe("rules that another tool makes superfluous", () => {
  it("are, beside Container Tools, those whose findings its engine reports, too", () => {
    const expected = rules.filter(isRepeated).map(({ id }) => id);
    // Where this fails for a new rule, name it in server/src/rules/repeated.ts, or give it an example that differs.
    assert.deepEqual([...repeatedRules(rules, ["containers"])], expected);
  });

  it("are, beside Docker DX, the checks of BuildKit", () => {
    const expected = rules.filter(({ buildkit }) => buildkit !== undefined).map(({ id }) => id);
    assert.deepEqual([...repeatedRules(rules, ["docker-dx"])], expected);
    assert.ok(expected.includes("DuplicateStageName"));
    const both = new Set([...repeatedRules(rules, ["containers"]), ...expected]);
    assert.deepEqual(new Set(repeatedRules(rules, ["containers", "docker-dx"])), both);
  });

  it("are none without another tool, or beside an unknown one", () => {
    assert.equal(repeatedRules(rules, []).size, 0);
    assert.equal(repeatedRules(rules, ["another"]).size, 0);
  });
});
