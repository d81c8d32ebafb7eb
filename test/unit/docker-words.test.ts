import assert from "node:assert/strict";
import { joinPairs, joinWords, readPairs, splitWords } from "../../client/src/docker/words.ts";

describe("words in a line", () => {
  it("are kept together by quotes", () => {
    const cases: readonly (readonly [string, readonly string[] | null])[] = [
      ["", []],
      ["  ", []],
      ["--network=host  --builder mine", ["--network=host", "--builder", "mine"]],
      [`--label "a b" --x='c "d"'e`, ["--label", "a b", `--x=c "d"e`]],
      [`"" ''`, ["", ""]],
      [`C:\\some\\folder "C:\\two words\\"`, ["C:\\some\\folder", "C:\\two words\\"]],
      [`"open`, null],
      [`it's`, null],
    ];
    for (const [text, words] of cases) assert.deepEqual(splitWords(text), words);
  });

  it("are the same after they were written", () => {
    const words = ["", "a", "two words", `"`, `'`, `a"b'c d`, "x\\", "$(rm) ; `y` | z", "new\nline", "é=1"];
    assert.deepEqual(splitWords(joinWords(words)), words);
    const pairs = { A: "", B: "1=2", C: `two "words"`, D: "-x" };
    assert.deepEqual(readPairs(joinPairs(pairs)), pairs);
  });

  it("are pairs with a name", () => {
    assert.deepEqual(readPairs(`A=1 B="two words" C=`), { A: "1", B: "two words", C: "" });
    for (const text of ["A", "=1", `A=1 B`, `A="`]) assert.equal(readPairs(text), null);
    assert.deepEqual(Object.keys(readPairs("__proto__=1") ?? {}), ["__proto__"]);
  });
});
