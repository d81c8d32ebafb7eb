import assert from "node:assert/strict";
import { readAlmostArray } from "../../server/src/dockerfile/almost-json.ts";
import { applyEdits } from "../../server/src/text/edit.ts";

/** The flaws of a text, and the text without them where it is certain what was meant. */
function read(text: string): string {
  const { flaws } = readAlmostArray(text);
  const kinds = flaws.map(({ kind }) => kind).join(" ");
  if (flaws.some(({ edits }) => !edits)) return kinds;
  const after = applyEdits(
    text,
    flaws.flatMap(({ edits }) => edits!),
  );
  return `${kinds}: ${after}`;
}

describe("arrays that are almost JSON", () => {
  const cases: readonly (readonly [string, string])[] = [
    ['["a", "b"]', ': ["a", "b"]'],
    ['[ "a" , "" ]', ': [ "a" , "" ]'],
    ["[]", ": []"],
    ['["a" "b"]', 'missing-comma: ["a", "b"]'],
    ['["a""b"]', 'missing-comma: ["a", "b"]'],
    ['["a",]', 'extra-comma: ["a"]'],
    ['[,"a",, "b"]', 'extra-comma extra-comma: ["a", "b"]'],
    ["['a', 'it\\'s']", 'quotes quotes: ["a", "it\'s"]'],
    ["['say \"x\"']", 'quotes: ["say \\"x\\""]'],
    ["[“a”, ”b”]", 'quotes quotes: ["a", "b"]'],
    ["[‘a’]", 'quotes: ["a"]'],
    ["['a\\d']", "quotes"],
    ["[a, --b=c]", 'bare bare: ["a", "--b=c"]'],
    ['["a", -c"b"]', "bare missing-comma"],
    ['["a", "b"', 'open-array: ["a", "b"]'],
    ['["a",', "open-array"],
    ['["a, "b"]', "missing-comma bare missing-comma open-string"],
    ['["a"] # why', 'behind: ["a"]'],
    ['["a"];', 'behind: ["a"]'],
    ['["a"]]', 'behind: ["a"]'],
    ['["a"] && b', "behind"],
    ['["C:\\dir\\x.exe"]', 'escape: ["C:\\\\dir\\\\x.exe"]'],
    ['["C:\\\\dir\\x.exe"]', 'escape: ["C:\\\\dir\\\\x.exe"]'],
    ['["\\$HOME"]', "escape"],
    ['["\\u00e9\\n"]', ': ["\\u00e9\\n"]'],
    ['["\\u00e"]', "escape"],
  ];
  for (const [text, expected] of cases) {
    it(text, () => {
      assert.equal(read(text), expected);
    });
  }
});
