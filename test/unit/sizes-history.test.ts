import assert from "node:assert/strict";
import { align, readHistory, totalOf } from "../../client/src/sizes/history.ts";

/** As Docker 26 prints the history of the stage below, the newest entry first. */
const printed = String.raw`
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"WORKDIR /src/relative","ID":"sha256:cdfa","Size":"0"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"RUN |1 A=b /bin/sh -ec echo shell \u003e /shell # buildkit","ID":"\u003cmissing\u003e","Size":"6"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"SHELL [/bin/sh -ec]","ID":"\u003cmissing\u003e","Size":"0"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"LABEL x=y","ID":"\u003cmissing\u003e","Size":"0"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"RUN |1 A=b /bin/sh -c echo exec \u003e /exec # buildkit","ID":"\u003cmissing\u003e","Size":"5"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"RUN |1 A=b /bin/sh -c echo one \u003e /one\necho two \u003e /two\n # buildkit","ID":"\u003cmissing\u003e","Size":"8"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"COPY --chown=1:1 --chmod=755 src src # buildkit","ID":"\u003cmissing\u003e","Size":"1000"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"COPY a.txt big.bin ./ # buildkit","ID":"\u003cmissing\u003e","Size":"300006"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"WORKDIR /src","ID":"\u003cmissing\u003e","Size":"0"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"ENV Z=1","ID":"\u003cmissing\u003e","Size":"0"}
{"Comment":"buildkit.dockerfile.v0","CreatedBy":"ARG A=b","ID":"\u003cmissing\u003e","Size":"0"}
{"Comment":"","CreatedBy":"/bin/sh -c #(nop)  CMD [\"/bin/sh\"]","ID":"\u003cmissing\u003e","Size":"0"}
{"Comment":"","CreatedBy":"/bin/sh -c #(nop) ADD file:37a76ec18f98 in / ","ID":"\u003cmissing\u003e","Size":"2908383"}
`;
const keywords = "FROM ARG ENV WORKDIR COPY COPY RUN RUN ONBUILD ONBUILD LABEL SHELL RUN WORKDIR".split(" ");

const entries = (...lines: readonly (readonly [string, number])[]) =>
  lines.map(([createdBy, size]) => ({ createdBy, size }));

describe("the history of an image", () => {
  it("is read as Docker prints it", () => {
    const history = readHistory(printed)!;
    assert.equal(history.length, 13);
    assert.deepEqual(history[1], { createdBy: "RUN |1 A=b /bin/sh -ec echo shell > /shell # buildkit", size: 6 });
    assert.equal(totalOf(history), 3_209_408);
  });

  it("is nothing where Docker prints something else", () => {
    for (const output of ["IMAGE  CREATED", '{"CreatedBy":"RUN x","Size":"12MB"}', '{"Size":"1"}', "null"]) {
      assert.equal(readHistory(output), null, output);
    }
    assert.deepEqual(readHistory("\n"), []);
  });

  it("says what each instruction added", () => {
    const { sizes, base } = align(readHistory(printed)!, keywords);
    assert.deepEqual(Object.fromEntries(sizes), { 3: 0, 4: 300_006, 5: 1000, 6: 8, 7: 5, 12: 6, 13: 0 });
    assert.equal(base, 2_908_383);
  });

  it("has what ONBUILD of the base made before the stage's own", () => {
    const history = entries(
      ["RUN /bin/sh -c own", 1],
      ["COPY a b # buildkit", 2],
      ["RUN /bin/sh -c onbuild", 4],
      ["ADD x /", 8],
    );
    const { sizes, base } = align(history, ["FROM", "RUN"]);
    assert.deepEqual([...sizes], [[1, 1]]);
    assert.equal(base, 14);
  });

  it("is not guessed from where it says something else", () => {
    const history = entries(["RUN /bin/sh -c b", 1], ["WORKDIR /a", 2], ["COPY a b # buildkit", 4]);
    const { sizes, base } = align(history, ["FROM", "COPY", "RUN", "RUN"]);
    assert.deepEqual([...sizes], [[3, 1]]);
    assert.equal(base, null);
    // Another frontend's words, and a base without any.
    assert.equal(align(entries(["/bin/sh -c b", 1]), ["FROM", "RUN"]).base, null);
    assert.equal(align([], ["FROM", "RUN"]).base, null);
    assert.equal(align([], ["FROM", "CMD"]).base, 0);
  });
});
