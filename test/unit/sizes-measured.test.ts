import assert from "node:assert/strict";
import type { Measured, MeasuredStage } from "../../client/src/sizes/measured.ts";
import { sizesFor } from "../../client/src/sizes/measured.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const graphOf = (text: string) => stageGraph(analyze(text), "file:///Dockerfile", 1);

const stage = (id: string, label: string, size: number | null, rest: Partial<MeasuredStage> = {}): MeasuredStage => ({
  id,
  label,
  size,
  base: null,
  steps: {},
  problem: size === null ? "It failed." : "",
  ...rest,
});

const text = "FROM golang AS build\nRUN make\nFROM build AS test\nRUN false\nFROM alpine\nCOPY --from=build /a /b\n";
const measured: Measured = {
  text,
  time: 1,
  stages: [
    stage("stage:0", "build", 900, { base: 700, steps: { 1: 200 } }),
    stage("stage:1", "test", null),
    stage("stage:2", "stage 2", 60, { base: 50, steps: { 1: 10 } }),
  ],
};

describe("what was measured", () => {
  it("is all true of the text that was built", () => {
    assert.deepEqual(sizesFor(measured, graphOf(text), text), {
      nodes: { "stage:0": 900, "image:golang": 700, "stage:2": 60, "image:alpine": 50 },
      steps: { "step:0:1": 200, "step:2:1": 10 },
      problems: { "stage:1": "It failed." },
      isOld: false,
    });
  });

  it("is old for a later text, and then of whole stages alone", () => {
    const later = text.replace("make", "make all");
    assert.deepEqual(sizesFor(measured, graphOf(later), later), {
      nodes: { "stage:0": 900, "stage:2": 60 },
      steps: {},
      problems: { "stage:1": "It failed." },
      isOld: true,
    });
  });

  it("follows names to where the stages are now, and leaves out those that are gone", () => {
    const later = `FROM busybox AS first\n${text.replace("AS test", "AS check")}`;
    assert.deepEqual(sizesFor(measured, graphOf(later), later), {
      nodes: { "stage:1": 900 },
      steps: {},
      problems: {},
      isOld: true,
    });
  });

  it("is not that of another stage without a name", () => {
    const later = text.replace("FROM build AS test\nRUN false\n", "FROM busybox\nFROM scratch\n");
    assert.deepEqual(sizesFor(measured, graphOf(later), later).nodes, { "stage:0": 900 });
  });

  it("is what it was where a text is as before", () => {
    const one: Measured = { ...measured, stages: measured.stages.slice(0, 1) };
    assert.deepEqual(sizesFor(one, graphOf(text), text).nodes, { "stage:0": 900, "image:golang": 700 });
  });
});
