import assert from "node:assert/strict";
import { matchesName, readName, readPath, readSource } from "../../server/src/text/name-pattern.ts";

describe("patterns of names", () => {
  // What a pattern stands for, then what it does not.
  const cases: readonly (readonly [pattern: string, names: readonly string[], others: readonly string[]])[] = [
    ["main.go", ["main.go"], ["main_go", "main.gob", "amain.go", ""]],
    ["*", ["a", ".a", "a b", "*", "[", ""], []],
    ["**", ["a", "ab", ""], []],
    ["a*", ["a", "ab", "a.b", "a*"], ["ba", "A"]],
    ["*a", ["a", "ba", "aa"], ["ab"]],
    ["a*b*c", ["abc", "aXbYc", "abbcc", "abcbc"], ["ab", "acb", "abcd"]],
    ["*.tar.*", ["x.tar.gz", ".tar."], ["x.tar", "xtar.gz"]],
    ["*ab", ["ab", "aab", "abab"], ["aba", "abb"]],
    ["?", ["a", "é", "😀", "?"], ["", "ab"]],
    ["?*", ["a", "ab"], [""]],
    ["a?c", ["abc", "a?c"], ["ac", "abbc"]],
    ["*?*", ["a", "abc"], [""]],
    ["[abc]", ["a", "b", "c"], ["d", "", "ab", "[abc]"]],
    ["[a-c]x", ["ax", "cx"], ["dx", "-x", "a-cx"]],
    ["[^a-c]", ["d", "-", "é", "^"], ["a", "b", ""]],
    ["[a-cx-z_]*", ["a", "y1", "_"], ["d", "-"]],
    ["[!a]", ["!", "a"], ["b"]],
    ["[a^]", ["a", "^"], ["b"]],
    ["[[]0]", ["[0]"], ["0]", "[[]0]"]],
    ["file[[]1].txt", ["file[1].txt"], ["file1.txt"]],
    ["[\\]a]", ["]", "a"], ["\\"]],
    ["[\\-x]", ["-", "x"], ["\\", "a"]],
    ["[a\\-z]", ["a", "-", "z"], ["b"]],
    ["[+-.]", ["+", ",", "-", "."], ["/", "*"]],
    ["[c-a]", [], ["a", "b", "c", "-"]],
    ["[^c-a]", ["a", "-"], [""]],
    ["[а-я]", ["ж"], ["z", "Ж"]],
    ["\\*", ["*"], ["a", "\\*", "\\"]],
    ["\\a", ["a"], ["\\a"]],
    ["a\\?b", ["a?b"], ["axb", "a\\?b"]],
    ["\\\\", ["\\"], ["\\\\"]],
    ["\\[a]", ["[a]"], ["a"]],
    ["]", ["]"], ["a"]],
    ["a]*", ["a]", "a]b"], ["a"]],
    ["a-b", ["a-b"], ["a", "b"]],
    ["{a,b}", ["{a,b}"], ["a", "b"]],
    ["(a|b)+", ["(a|b)+"], ["a"]],
  ];

  for (const [pattern, names, others] of cases) {
    it(`${pattern} stands for ${names.length === 0 ? "nothing" : names.join(" ")}`, () => {
      const read = readName(pattern);
      for (const name of names) assert.equal(matchesName(read, name), true, name);
      for (const name of others) assert.equal(matchesName(read, name), false, name);
    });
  }

  it("stands for nothing where it is not finished", () => {
    for (const pattern of [
      "[",
      "[a",
      "[]",
      "[]a]",
      "[^]",
      "[^]a]",
      "[-]",
      "[-x]",
      "[x-]",
      "[a-b-c]",
      "a[",
      "*[",
      "\\",
      "a\\",
      "[a\\",
      "[a-\\",
    ]) {
      const read = readName(pattern);
      for (const name of ["", "a", "b", "x", "-", "]", "[", "a[", "\\", pattern])
        assert.equal(matchesName(read, name), false, `${pattern} for ${name}`);
    }
  });

  it("takes no longer than pattern times name", () => {
    const start = performance.now();
    assert.equal(matchesName(readName(`${"*a".repeat(200)}b`), "a".repeat(255)), false);
    assert.equal(matchesName(readName("*".repeat(100_000)), "a".repeat(255)), true);
    assert.ok(performance.now() - start < 1000);
  });

  it("of sources begin at the first name with a wildcard", () => {
    const texts = (source: string): string[] =>
      readSource(source).map(({ text, isPlain }) => (isPlain ? text : `<${text}>`));
    assert.deepEqual(texts("./src/*.ts"), ["src", "<*.ts>"]);
    assert.deepEqual(texts("/a//b/../c/"), ["a", "c"]);
    assert.deepEqual(texts("."), []);
    assert.deepEqual(texts("../../up"), ["up"]);
    assert.deepEqual(texts("a\\b/\\*/c"), ["a\\b", "\\*", "c"]);
    assert.deepEqual(texts("a\\b/*/c\\d/e"), ["a\\b", "<*>", "<c\\d>", "e"]);
    assert.deepEqual(
      readPath("/a/*/[b]").map(({ isPlain }) => isPlain),
      [true, true, true],
    );
  });
});
