import assert from "node:assert/strict";
import { dockerfileVariables } from "../../server/src/dockerfile/variables.ts";
import { rules } from "../../server/src/rules/index.ts";
import { runRules } from "../../server/src/rules/run.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { testGrowth } from "../support/growth.ts";

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

describe("work grows with the text, not faster", () => {
  testGrowth(workOut);
});
