import assert from "node:assert/strict";
import { cleanPath, isLeftOut, readIgnoreFile } from "../../server/src/workspace/ignore.ts";

const leavesOut = (ignoreFile: string, source: string): boolean => {
  const rules = readIgnoreFile(ignoreFile);
  assert.ok(rules, "BuildKit takes the patterns");
  return isLeftOut(rules, cleanPath(source));
};

describe("ignore files", () => {
  // What is left out, then what is not. Compared with BuildKit's own answers.
  const cases: readonly (readonly [file: string, out: readonly string[], kept: readonly string[]])[] = [
    ["foo", ["foo", "./foo", "foo/", "foo/bar", "x/../foo"], ["FOO", "foo.js", "x/foo", "fo", "/foo"]],
    ["/foo", ["foo"], ["x/foo"]],
    ["foo/", ["foo", "foo/bar"], ["foobar"]],
    ["./foo", ["foo"], []],
    ["*.log", ["a.log", "*.log", "a.log/b"], ["x/a.log", "a.logs", ".log.x"]],
    ["*/tmp/*", ["a/tmp/x", "a/tmp/x/y"], ["tmp/x", "a/tmp", "a/b/tmp/x"]],
    ["**/tmp", ["tmp", "a/tmp", "a/b/tmp", "a/tmp/x"], ["atmp", "tmpx"]],
    ["**/*.md", ["a.md", "x/y/a.md"], ["a.mdx"]],
    ["**.md", ["a.md", "x/a.md", ".md"], ["a.mdx"]],
    ["a/**", ["a/b", "a/b/c"], ["a", "b"]],
    ["a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/b/c"], ["ab", "a/xb", "b"]],
    ["a**", ["a", "ab", "a/b"], ["ba"]],
    ["?", ["a", "a/b", "é"], ["ab", "*", "?"]],
    ["f?o", ["foo"], ["fo", "f/o"]],
    ["[ab]x", ["ax", "bx"], ["cx", "[ab]x"]],
    ["[^a]", ["b"], ["a"]],
    ["[a-c]*", ["cat"], ["dog", "[a-c]*"]],
    ["a\\*", ["a*"], ["ab"]],
    ["# foo\n\n  bar  \r\nbaz\r", ["bar", "baz"], ["foo", "# foo"]],
    ["\uFEFFfoo", ["foo"], []],
    ["*", ["a", "a/b", ".", "./"], []],
    ["**", ["a", "."], []],
    ["**/*", ["a", "."], []],
    // The root is no path that a pattern for dotfiles means.
    [".*", [".git", ".env"], [".", "/", "a"]],
    [".", [], [".", "a"]],
    ["", [], ["a", "."]],
    // What may come back is not surely left out; what surely does not, is.
    ["*\n!src", ["test", "srcs"], [".", "src", "src/a"]],
    ["*\n!src/*.js", ["test"], [".", "src", "src/a.js", "src/sub"]],
    ["*\n!**/keep", [], ["a", "a/keep", "."]],
    ["docs\n!docs/README.md", ["docs/a.md"], ["docs", "docs/README.md"]],
    ["docs\n!other", ["docs"], ["other"]],
    ["!docs\ndocs", [], ["docs"]],
    ["! docs", [], ["docs"]],
  ];
  for (const [file, out, kept] of cases) {
    it(JSON.stringify(file), () => {
      assert.deepEqual(
        out.filter((source) => !leavesOut(file, source)),
        [],
        "left out",
      );
      assert.deepEqual(
        kept.filter((source) => leavesOut(file, source)),
        [],
        "kept",
      );
    });
  }

  for (const file of ["!", "a[", "[", "a\\"]) {
    it(`${JSON.stringify(file)} is refused`, () => {
      assert.equal(readIgnoreFile(file), null);
    });
  }

  it("matches in linear time", () => {
    const rules = readIgnoreFile(`${"*a".repeat(60)}b\n${"**/a/".repeat(60)}b\n**${"/a".repeat(60)}`)!;
    const started = performance.now();
    assert.equal(isLeftOut(rules, "a".repeat(2000)), false);
    assert.equal(isLeftOut(rules, `${"a/".repeat(50)}c`), false);
    assert.ok(performance.now() - started < 1000);
  });
});

describe("cleanPath", () => {
  for (const [path, clean] of [
    ["", "."],
    [".", "."],
    ["./", "."],
    ["/", "/"],
    ["//a//b/", "/a/b"],
    ["a/./b/../c", "a/c"],
    ["../a/..", ".."],
    ["/../a", "/a"],
  ] as const) {
    it(`${JSON.stringify(path)} → ${clean}`, () => {
      assert.equal(cleanPath(path), clean);
    });
  }
});
