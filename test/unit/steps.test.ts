import assert from "node:assert/strict";
import { analyze } from "../../server/src/stages/analysis.ts";

/** For each stage what runs in it; in brackets the line that BuildKit names where that is another one. */
function steps(text: string): string[] {
  return analyze(text).steps.map((all) =>
    all
      .map(({ instruction, written, place }) =>
        written === place ? instruction.keyword : `${instruction.keyword}(${place.startLine})`,
      )
      .join(" "),
  );
}

describe("what runs in a stage", () => {
  it("its own instructions, ONBUILD left out", () => {
    assert.deepEqual(steps("FROM a\nRUN x\nONBUILD RUN y\nCMD z\n"), ["RUN CMD"]);
  });

  it("first of all what ONBUILD of its base says, reported at FROM", () => {
    assert.deepEqual(steps("FROM a AS base\nONBUILD RUN x\nONBUILD CMD y\nFROM base\nCMD z\n"), [
      "",
      "RUN(3) CMD(3) CMD",
    ]);
  });

  it("of ONBUILD only what the last stage needs, and no further than one stage", () => {
    assert.deepEqual(steps("FROM a AS base\nONBUILD CMD x\nFROM base AS mid\nFROM base\nCMD y\nFROM mid\n"), [
      "",
      "CMD(2)",
      "CMD",
      "",
    ]);
  });
});

/** The text expanded behind the last instruction of the last stage. */
function expanded(text: string, word: string): string | null {
  const analysis = analyze(text);
  return analysis.values.expand(analysis.stages.length - 1, word, Infinity);
}

describe("what variables hold", () => {
  const cases: readonly (readonly [string, string, string, string | null])[] = [
    ["text without variables", "FROM a\n", "/x", "/x"],
    ["quotes and escapes", "FROM a\n", "'/x y'\\ z", "/x y z"],
    ["ENV and ARG, the last counts", "FROM a\nENV A=1\nARG A=2\n", "$A", "2"],
    ["values in values", 'FROM a\nENV A=1\nENV B="$A 2" A=3\n', "$B", "1 2"],
    ["what the base stage sets", "FROM a AS b\nENV A=1\nFROM b\n", "$A", "1"],
    ["a global default that is taken over", "ARG A=1\nFROM a\nARG A\n", "$A", "1"],
    ["a global default that is not", "ARG A=1\nFROM scratch\n", "x$A", "x"],
    ["what an image may set", "FROM a\n", "$A", null],
    ["the empty image sets nothing", "FROM scratch\n", "${A:-x}", "x"],
    ["but a path to programs", "FROM scratch\n", "$PATH", null],
    ["a build arg without a default", "FROM scratch\nARG A\n", "$A", null],
    ["the platform", "FROM scratch\nARG TARGETARCH\n", "$TARGETARCH", null],
    ["what is not known in what is known", "FROM a\nENV A=$B\n", "$A", null],
    ["a value that contains itself", "FROM scratch\nENV A=x$A\nENV A=y$A\n", "$A", "yx"],
    ["one ARG with several that need each other", "FROM scratch\nARG A=1 B=$A C=3\n", "$B", null],
    ["one ARG with several that do not", "FROM scratch\nARG A=1 C=3\n", "$A$C", "13"],
    ["text that cannot be expanded", "FROM scratch\n", "${A", null],
  ];
  for (const [title, text, word, value] of cases) {
    it(title, () => {
      assert.equal(expanded(text, word), value);
    });
  }

  it("sees what stands above", () => {
    const analysis = analyze("FROM a\nENV A=1\nRUN x\nENV A=2\n");
    assert.equal(analysis.values.expand(0, "$A", analysis.text.indexOf("RUN")), "1");
  });

  it("gives up where values go on and on", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => `ENV A${i + 1}=$A${i}`).join("\n");
    assert.equal(expanded(`FROM scratch\nENV A0=x\n${chain}\n`, "$A20000"), null);
    assert.equal(expanded(`FROM scratch\nENV A0=x\n${chain}\n`, "$A20"), "x");
  });
});
