import assert from "node:assert/strict";
import process from "node:process";
import { dockerfileVariables } from "../../server/src/dockerfile/variables.ts";
import { rules } from "../../server/src/rules/index.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { shapes } from "../support/shapes.ts";

/** All that is worked out about a document version, whoever asks for it. */
function workOut(text: string): void {
  const analysis = analyze(text);
  runRules(analysis, rules, (rule, error) => {
    throw new Error(`${rule.id} threw`, { cause: error });
  });
  const { dockerfile, graph, scope, stages, lines } = analysis;
  for (const stage of stages) {
    for (const instruction of stage.instructions) {
      for (const { span } of analysis.script(instruction).commands) lines.range(span);
      for (const { name } of dockerfileVariables(dockerfile, instruction))
        scope.lookUp(stage.index, name, instruction.span.start);
    }
  }
  assert.equal(graph.needed.length, stages.length);
}

/** Milliseconds of the processor, which other programs do not change. */
function spent(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** Below this, times say more about the engine than about the work. */
const floor = 60;
/** The work of a text twice as long is twice as much; three and a half leaves room for the engine's own moods. */
const mostGrowth = 3.5;
const most = 5000;

describe("work grows with the text, not faster", () => {
  for (const { title, size, make } of shapes) {
    it(title, () => {
      const [half, whole] = [make(size / 2), make(size)];
      let small = Infinity;
      let large = Infinity;
      for (let attempt = 0; attempt < 4; attempt++) {
        small = Math.min(
          small,
          spent(() => workOut(half)),
        );
        large = Math.min(
          large,
          spent(() => workOut(whole)),
        );
        if (large <= mostGrowth * Math.max(small, floor)) break;
      }
      const found = `${small.toFixed(0)} ms for a size of ${size / 2}, ${large.toFixed(0)} ms for ${size}`;
      assert.ok(large <= mostGrowth * Math.max(small, floor), found);
      assert.ok(large <= most, found);
    }).timeout(120_000);
  }
});
