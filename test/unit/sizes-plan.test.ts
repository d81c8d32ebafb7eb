import assert from "node:assert/strict";
import { planOf } from "../../client/src/sizes/plan.ts";
import { stageGraph } from "../../server/src/features/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";

const graphOf = (text: string) => stageGraph(analyze(text), "file:///Dockerfile", 1, { scratch: true });
const copyOf = (text: string): string => planOf(text, graphOf(text)).text;

describe("the plan of builds that measure", () => {
  it("has the stages in an order in which they can be built, with what they need", () => {
    const text =
      "FROM a AS x\nRUN 1\nFROM x\nENV A=b\nFROM scratch AS y\nCOPY --from=1 /a /\nRUN --mount=from=x make\n";
    const { stages } = planOf(text, graphOf(text));
    assert.deepEqual(
      stages.map(({ id, label, target, needs }) => [id, label, target, needs]),
      [
        ["stage:0", "x", "x", []],
        ["stage:1", "stage 1", "stage-1", ["stage:0"]],
        ["stage:2", "y", "y", ["stage:1", "stage:0"]],
      ],
    );
    assert.deepEqual(stages[2]?.keywords, ["FROM", "COPY", "RUN"]);
  });

  const unnamed: Readonly<Record<string, readonly [string, string]>> = {
    "alone on its line": ["FROM a\nRUN b\n", "FROM a AS stage-0\nRUN b\n"],
    "with Windows' line ends, a platform and an ARG": [
      "ARG V=1\r\nFROM --platform=$BUILDPLATFORM a:${V}  \r\nRUN b\r\n",
      "ARG V=1\r\nFROM --platform=$BUILDPLATFORM a:${V} AS stage-0  \r\nRUN b\r\n",
    ],
    "continued over lines": ["FROM \\\n  a\nRUN b\n", "FROM \\\n  a AS stage-0\nRUN b\n"],
    "at the end of the text": ["FROM a \\", "FROM a AS stage-0 \\"],
    "beside one whose name begins so": ["FROM a AS Stage-0\nFROM b", "FROM a AS Stage-0\nFROM b AS unnamed-stage-1"],
    "from nothing, and from a stage": [
      "FROM scratch\nFROM a as b\nFROM b",
      "FROM scratch AS stage-0\nFROM a as b\nFROM b AS stage-2",
    ],
  };
  for (const [what, [text, copy]] of Object.entries(unnamed)) {
    it(`names a stage ${what}, and changes nothing else`, () => {
      assert.equal(copyOf(text), copy);
      const after = graphOf(copy);
      assert.ok(after.nodes.every(({ kind, name }) => kind !== "stage" || name !== null));
    });
  }

  it("leaves a text as it is where every stage has a name", () => {
    const text = "\n# syntax=docker/dockerfile:1\nFROM a AS x\nFROM x AS y\n\n";
    assert.equal(copyOf(text), text);
  });

  it("cannot name the first of two stages with one name", () => {
    const text = "FROM a AS x\nFROM b AS y\nFROM c AS X\n";
    assert.deepEqual(
      planOf(text, graphOf(text)).stages.map(({ target }) => target),
      [null, "y", "x"],
    );
  });
});
