import assert from "node:assert/strict";
import { closestName } from "../../server/src/text/suggest.ts";

describe("closestName", () => {
  const cases: readonly (readonly [string, readonly string[], string | null])[] = [
    ["VERSON", ["PATH", "VERSION"], "VERSION"],
    ["FOO", ["FOOO", "FO"], "FOOO"],
    ["FOO", ["FOXX", "FOX"], "FOX"],
    ["ABCD", ["DCBA", "WXYZ"], null],
    ["ABCD", ["BADC"], null],
    ["AB", ["BA"], "BA"],
    ["X", ["A", "ZED"], "A"],
    ["X", ["ABC"], null],
    ["X1", ["TZ"], "TZ"],
    ["", ["A", "ABC"], "A"],
    ["NAME", [], null],
    ["naïve", ["naive"], "naive"],
    ["path", ["PATH"], null],
  ];
  for (const [text, names, expected] of cases) {
    it(`${JSON.stringify(text)} among ${names.join(", ")}: ${expected ?? "none"}`, () => {
      assert.equal(closestName(text, names), expected);
    });
  }
});
