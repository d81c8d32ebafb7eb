import assert from "node:assert/strict";
import { baseChain } from "../../server/src/stages/graph.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import type { Reference } from "../../server/src/stages/resolve.ts";

/** Each reference in short: what is written → what it means. */
function meanings(text: string): string[] {
  return analyze(text).references.map(({ kind, text: written, target, onbuild }: Reference) => {
    const to =
      target.kind === "stage"
        ? `stage ${target.stage}`
        : target.kind === "image"
          ? `image ${target.image}`
          : target.kind === "error"
            ? target.error
            : target.kind;
    return `${onbuild ? "onbuild " : ""}${kind} ${written} → ${to}`;
  });
}

describe("what names mean", () => {
  it("FROM compares the name as written with the lower-cased names above", () => {
    assert.deepEqual(meanings("FROM a AS Builder\nFROM Builder\nFROM builder"), [
      "from a → image a",
      "from Builder → image Builder",
      "from builder → stage 0",
    ]);
  });

  it("COPY and mounts compare without letter case", () => {
    assert.deepEqual(
      meanings("FROM a AS Builder\nFROM b\nCOPY --link --from=BUILDER x y\nRUN --mount=from=bUILDER,target=/x y").slice(
        2,
      ),
      ["copy BUILDER → stage 0", "mount bUILDER → stage 0"],
    );
  });

  it("of duplicates FROM takes the latest above, COPY the last of the file", () => {
    assert.deepEqual(meanings("FROM a AS x\nFROM b AS x\nFROM x\nCOPY --from=x p q").slice(2), [
      "from x → stage 1",
      "copy x → stage 1",
    ]);
    assert.deepEqual(meanings("FROM a AS x\nFROM b\nCOPY --from=x p q\nFROM c AS x")[2], "copy x → later-stage");
  });

  it("a FROM never finds a later stage or itself", () => {
    assert.deepEqual(meanings("FROM b AS a\nFROM a AS b"), ["from b → image b", "from a → stage 0"]);
    assert.deepEqual(meanings("FROM x AS x"), ["from x → image x"]);
  });

  it("a number is an index for COPY and an image for mounts", () => {
    assert.deepEqual(
      meanings("FROM a\nFROM b\nCOPY --from=0 x y\nRUN --mount=from=0 y\nCOPY --from=1 x y\nCOPY --from=7 x y").slice(
        2,
      ),
      ["copy 0 → stage 0", "mount 0 → image 0", "copy 1 → own-stage", "copy 7 → index-out-of-range"],
    );
  });

  it("an index behind the last stage hits the images that COPY named before", () => {
    assert.deepEqual(meanings("FROM a\nCOPY --from=nginx x y\nCOPY --from=1 x y").slice(1), [
      "copy nginx → image nginx",
      "copy 1 → image nginx",
    ]);
  });

  it("variables are expanded in FROM, and refused in COPY --from", () => {
    assert.deepEqual(meanings("ARG V=3\nFROM alpine:$V AS a\nCOPY --from=$V x y"), [
      "from alpine:$V → image alpine:3",
      "copy $V → variable",
    ]);
    assert.deepEqual(meanings("ARG V\nFROM $V"), ["from $V → unknown"]);
    assert.deepEqual(meanings("FROM a AS tool-amd64\nFROM tool-$TARGETARCH")[1], "from tool-$TARGETARCH → stage 0");
  });

  it("sees ONBUILD", () => {
    assert.deepEqual(
      meanings("FROM a AS b\nFROM c\nONBUILD COPY --from=b x y\nONBUILD RUN --mount=from=b z").slice(2),
      ["onbuild copy b → stage 0", "onbuild mount b → stage 0"],
    );
  });

  it("knows scratch, and does not look at the type of a mount", () => {
    assert.deepEqual(meanings("FROM scratch\nCOPY --from=scratch a b\nRUN --mount=type=tmpfs,from=x,target=/t y"), [
      "from scratch → scratch",
      "copy scratch → scratch",
      "mount x → image x",
    ]);
  });

  it("refuses variables in a mount, and numbers that are none for Go", () => {
    assert.deepEqual(meanings("FROM a\nRUN --mount=from=$V,target=/t y\nRUN --mount=from=a$,target=/t y").slice(1), [
      "mount $V → variable",
      "mount a$ → image a$",
    ]);
    assert.deepEqual(
      meanings("FROM a\nCOPY --from=99999999999999999999 x y")[1],
      "copy 99999999999999999999 → image 99999999999999999999",
    );
  });

  it("reads the name of a reference without its quotes", () => {
    const text = 'FROM a AS b\nFROM c\nCOPY --from="b" x y\n';
    const { span } = analyze(text).references.at(-1)!;
    assert.equal(text.slice(span.start, span.end), "b");
  });
});

describe("the graph", () => {
  it("follows what ONBUILD brings into the stages built on its own", () => {
    const text =
      "FROM a AS x\nFROM b AS base\nONBUILD COPY --from=x p q\nONBUILD COPY --from=late p q\nFROM c AS late\nFROM base";
    const { graph, model } = analyze(text);
    assert.deepEqual(graph.needed, [true, true, true, true]);
    assert.deepEqual(
      model.triggered.map(({ stage, text: name, target }) => [stage, name, target]),
      [
        [3, "x", { kind: "stage", stage: 0, by: "name" }],
        [3, "late", { kind: "stage", stage: 2, by: "name" }],
      ],
    );
    // Only the stage right above runs them.
    assert.deepEqual(
      analyze("FROM a AS x\nFROM b AS c\nONBUILD COPY --from=x p q\nFROM c AS d\nFROM d").model.triggered.length,
      1,
    );
    assert.deepEqual(analyze("FROM a AS x\nFROM b\nONBUILD COPY --from=x p q").graph.needed, [false, true]);
  });

  it("says what the last stage needs", () => {
    const { graph } = analyze("FROM a AS x\nFROM b AS y\nFROM c AS z\nCOPY --from=x p q\nFROM z");
    assert.deepEqual(graph.needed, [true, false, true, true]);
  });

  it("finds rings through COPY and mounts", () => {
    const { graph } = analyze(
      "FROM a AS x\nCOPY --from=z p q\nFROM b AS y\nRUN --mount=from=x p\nFROM c AS z\nCOPY --from=y p q",
    );
    assert.equal(graph.cycles.length, 1);
    assert.deepEqual(
      graph.cycles[0]!.map(({ text }) => text),
      ["z", "y", "x"],
    );
  });

  it("follows the bases of a stage", () => {
    const { stages } = analyze("FROM a AS x\nFROM x AS y\nFROM y");
    assert.deepEqual(baseChain(stages, 2), [2, 1, 0]);
  });
});

describe("scope", () => {
  const lookUp = (text: string, stage: number, name: string) => {
    const { scope } = analyze(text);
    const found = scope.lookUp(stage, name, Infinity);
    return (
      found && `${found.kind} ${found.name}${found.pair.value === null ? "" : `=${found.pair.value}`} of ${found.stage}`
    );
  };

  it("a global ARG is not seen by a stage that does not declare it", () => {
    assert.equal(lookUp("ARG A=1\nFROM a", 0, "A"), null);
    assert.equal(lookUp("ARG A=1\nFROM a\nARG A", 0, "A"), "arg A of 0");
  });

  it("a stage inherits from the stage in its FROM", () => {
    assert.equal(lookUp("FROM a AS x\nARG A=1\nENV B=2\nFROM x", 1, "A"), "arg A=1 of 0");
    assert.equal(lookUp("FROM a AS x\nARG A=1\nENV B=2\nFROM x", 1, "B"), "env B=2 of 0");
    assert.equal(lookUp("FROM a AS x\nARG A=1\nFROM b", 1, "A"), null);
  });

  it("the latest that brings a value counts, ENV or ARG", () => {
    assert.equal(lookUp("FROM a\nENV A=1\nENV A=2", 0, "A"), "env A=2 of 0");
    assert.equal(lookUp("FROM a\nARG A=1\nENV A=2", 0, "A"), "env A=2 of 0");
    assert.equal(lookUp("FROM a\nENV A=1\nARG A=2", 0, "A"), "arg A=2 of 0");
    assert.equal(lookUp("FROM a\nENV A=1\nARG A", 0, "A"), "env A=1 of 0");
    assert.equal(lookUp("ARG A=2\nFROM a\nENV A=1\nARG A", 0, "A"), "arg A of 0");
    assert.equal(lookUp("FROM a AS x\nENV A=1\nFROM x\nARG A=2", 1, "A"), "arg A=2 of 1");
    assert.equal(lookUp("FROM a AS x\nARG A=1\nFROM x\nARG A", 1, "A"), "arg A=1 of 0");
    assert.equal(lookUp("FROM a AS x\nARG A\nFROM x\nARG A", 1, "A"), "arg A of 1");
  });

  it("the image keeps ENV alone", () => {
    const env = (text: string, stage: number) => analyze(text).scope.lookUpEnv(stage, "A")?.pair.value ?? null;
    assert.equal(env("FROM a\nENV A=1\nARG A=2", 0), "1");
    assert.equal(env("FROM a AS x\nENV A=1\nFROM x\nARG A=2", 1), "1");
    assert.equal(env("FROM a\nARG A=2", 0), null);
  });

  it("ONBUILD declares for the stages built on its own", () => {
    const text = "FROM a AS x\nONBUILD ARG A=1\nFROM x AS y\nFROM y";
    assert.equal(lookUp(text, 0, "A"), null);
    assert.equal(lookUp(text, 1, "A"), "arg A=1 of 0");
    assert.equal(lookUp(text, 2, "A"), "arg A=1 of 0");
  });

  it("an instruction sees only what stands above it", () => {
    const { scope, stages } = analyze("FROM a\nRUN echo $A\nARG A=1");
    assert.equal(scope.lookUp(0, "A", stages[0]!.instructions[0]!.span.start), null);
  });
});
