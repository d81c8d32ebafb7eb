import assert from "node:assert/strict";
import { rules } from "../../server/src/rules/index.ts";
import type { Rule } from "../../server/src/rules/rule.ts";
import { defaultOptions, type RunOptions, runRules } from "../../server/src/rules/run.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { applyEdits } from "../../server/src/text/edit.ts";
import { LineIndex } from "../../server/src/text/range.ts";
import { emptyMention, type FoundBuild } from "../../server/src/workspace/mentions.ts";
import { parseMarked } from "../support/marks.ts";

const fail = (rule: { id: string }, error: unknown): never => {
  throw new Error(`${rule.id} threw`, { cause: error });
};

/** A build that another file mentions, with contexts. */
function buildWith(contexts: readonly string[]): FoundBuild {
  const place = { start: 0, end: 0 };
  return {
    file: { uri: "file:///compose.yaml", path: "compose.yaml", lines: new LineIndex("") },
    mention: { ...emptyMention, contexts: contexts.map((text) => ({ name: { text, span: place }, value: null })) },
  };
}

describe("rule examples", () => {
  for (const rule of rules) {
    describe(rule.id, () => {
      for (const { title, text: marked, fixed, ignoreFile, targets, contexts } of rule.examples) {
        it(title, () => {
          const { text, ranges } = parseMarked(marked);
          const options: RunOptions = {
            ...defaultOptions,
            neighbours: {
              isKnown: true,
              ignoreFile: ignoreFile === undefined ? null : { name: ".dockerignore", text: ignoreFile },
              targets: new Set(targets),
              project: new Map(),
              builds: contexts === undefined ? [] : [buildWith(contexts)],
            },
            // An experimental rule is on where its severity is set.
            severities: { [rule.id]: rule.severity },
          };
          const run = (body: string, which: readonly Rule[]) => runRules(analyze(body), which, fail, options);
          const found = run(text, [rule]);
          const shown = (items: readonly { span: { start: number; end: number }; message: string }[]) =>
            items.map(
              ({ span, message }) =>
                `${span.start}..${span.end} ${JSON.stringify(text.slice(span.start, span.end))}: ${message}`,
            );
          assert.deepEqual(shown(found), shown(ranges.map(({ span, label }) => ({ span, message: label }))));
          if (fixed === undefined) return;
          const fix = found[0]?.fixes?.[0];
          assert.ok(fix, "the example shows a fixed text, so the finding needs a fix");
          const after = applyEdits(text, fix.edits);
          assert.equal(after, fixed.replace(/^\n/, ""));
          // A fix removes its finding and adds none, of any rule.
          const before = run(text, rules).length;
          const rest = run(after, rules);
          assert.ok(rest.length < before, `still found: ${rest.map(({ message }) => message).join("; ")}`);
          assert.deepEqual(run(after, [rule]).slice(found.length - 1), []);
        });
      }

      it("has docs, a finding and an accepted text among its examples", () => {
        assert.match(rule.id, /^[A-Z][A-Za-z]+$/);
        assert.match(rule.summary, /\.$/);
        assert.ok(rule.docs.trim().length > 80);
        assert.ok(rule.examples.some(({ text }) => parseMarked(text).ranges.length > 0));
        assert.ok(rule.examples.some(({ text }) => parseMarked(text).ranges.length === 0));
      });
    });
  }

  it("has ids that differ", () => {
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  });
});
