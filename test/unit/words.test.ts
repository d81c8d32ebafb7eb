import assert from "node:assert/strict";
import { expand } from "../../server/src/dockerfile/words.ts";

const values = new Map([
  ["A", "one"],
  ["EMPTY", ""],
  ["P", "/usr/local/bin"],
]);
const value = (text: string): string => {
  const { value: result, error } = expand(text, (name) => values.get(name));
  return error === null ? result : `! ${error}`;
};

describe("expand", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["$A-${A}", "one-one"],
    ["$UNSET|", "|"],
    ["'$A'", "$A"],
    ['"$A b"', "one b"],
    ["\\$A", "$A"],
    ['"\\$A \\x"', "$A \\x"],
    ["${UNSET:-x y}", "x y"],
    ["${UNSET:-${A}}", "one"],
    ["${EMPTY:-x}", "x"],
    ["${EMPTY-x}", ""],
    ["${A:+x}", "x"],
    ["${UNSET+x}", ""],
    ["${A:?no}", "one"],
    ["${UNSET:?no}", "! UNSET: no"],
    ["${EMPTY:?}", "! EMPTY: is not allowed to be empty"],
    ["${P#*/}", "usr/local/bin"],
    ["${P##*/}", "bin"],
    ["${P%/*}", "/usr/local"],
    ["${P%%/*}", ""],
    ["${P/l/L}", "/usr/Local/bin"],
    ["${P//l/L}", "/usr/LocaL/bin"],
    ["$", "$"],
    ["a$", "a$"],
    ["$1", ""],
    ["${A", "! unsupported modifier (\ufffd) in substitution: missing '}'"],
    ["${A:", "! syntax error: missing '}'"],
    ["${A:-x", "! syntax error: missing '}'"],
    ["${A:x}", "! unsupported modifier (:x) in substitution"],
    ["${}", "! syntax error: bad substitution"],
    ["${A!x}", "! unsupported modifier (!) in substitution"],
    ["'a", "! unexpected end of statement while looking for matching single-quote"],
    ['"a', "! unexpected end of statement while looking for matching double-quote"],
    ["a\\", "a"],
  ];
  for (const [text, expected] of cases) {
    it(text, () => {
      assert.equal(value(text), expected);
    });
  }

  it("splits words outside quotes, after variables are expanded", () => {
    assert.deepEqual(expand(`a "b c"  $X d\\ e`, () => "x y").words, ["a", "b c", "x", "y", "d e"]);
  });

  it("uses the file's escape character", () => {
    assert.equal(expand("`$A \\$A", (name) => values.get(name), { escape: "`" }).value, "$A \\one");
  });

  it("says where each variable is used", () => {
    const text = "x ${A:-$B} '$C'";
    const uses = expand(text).uses.map(({ name, start, end, modifier }) => [name, text.slice(start, end), modifier]);
    assert.deepEqual(uses, [
      ["B", "$B", ""],
      ["A", "${A:-$B}", ":-"],
    ]);
  });
});
