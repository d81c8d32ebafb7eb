import assert from "node:assert/strict";
import { posix } from "node:path";
import { dirname, normalize } from "../../server/src/shims/path.ts";
import { cleanPath } from "../../server/src/text/paths.ts";
import { isLeftOut, readIgnoreFile } from "../../server/src/workspace/ignore.ts";

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
    ["**.md", ["a.md", "x/a.md", ".md", "a.md/b"], ["a.mdx"]],
    ["**?", ["a", "x/a", "a/b"], ["ab"]],
    ["a/**", ["a/b", "a/b/c"], ["a", "b"]],
    ["a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/b/c"], ["ab", "a/xb", "b"]],
    ["a**", ["a", "ab", "a/b"], ["ba"]],
    ["?", ["a", "a/b", "é"], ["ab", "*", "?"]],
    ["f?o", ["foo"], ["fo", "f/o"]],
    ["[ab]x", ["ax", "bx"], ["cx", "[ab]x"]],
    ["[^a]", ["b"], ["a"]],
    ["[a-c]*", ["cat"], ["dog", "[a-c]*"]],
    // What a regular expression would read in its own way.
    ["c++", ["c++", "c++/lib"], ["c", "cc"]],
    ["app/(group)", ["app/(group)/x"], ["app/group"]],
    ["*.{md,txt}", ["a.{md,txt}"], ["a.md"]],
    ["*$py.class", ["a$py.class"], ["apy.class"]],
    ["a.b", ["a.b"], ["axb"]],
    ["*.py[cod]", ["a.pyc", "lib.pyo/x"], ["a.py", "a.pyx"]],
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
    ["docs\n!**.md", [], ["docs", "docs/a"]],
    // A source with wildcards stands for more than it looks like.
    ["a?\n[b]*", ["ab", "b1"], ["a*", "a?", "b*"]],
    ["*.log", ["a*.log", "*.log", "?.log"], ["*", "a*"]],
    // Names that every object has.
    ["a", ["a"], ["constructor", "toString", "__proto__"]],
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

  const refused = ["!", "! ", "!/", "a[", "[", "x[]", "[a-]", "a\\"];
  // Read as parts of a regular expression, or cleaned to what brings back, or stripped twice.
  const unusual = [
    "a\\*",
    "bin\\Debug",
    "^a",
    "a|b",
    "a{2}",
    "[b-a]",
    "[[:alpha:]]",
    "[!a]",
    "a]",
    "/",
    "./!a",
    "!!a",
    "/ a",
  ];
  for (const file of [...refused, ...unusual]) {
    it(`${JSON.stringify(file)} says nothing`, () => {
      assert.equal(readIgnoreFile(file), null);
      assert.equal(readIgnoreFile(`src\n${file}\n`), null);
    });
  }

  it("knows no letter case but the one that is written", () => {
    assert.equal(leavesOut("README.md", "readme.md"), false);
  });

  describe("is quick", () => {
    const many = (pattern: string): string => Array.from({ length: 300 }, (_, i) => pattern + i).join("\n");
    const files = [
      ...["*a*a*a*a*a*a*a*a*a*a*a*ab", "*a*a*a*ab", "*a*a*ab", "*a*ab", "*ab", `**${"/a".repeat(60)}`],
      ...[
        "**/a/**/a/**/a/**/a/b",
        "**/a/**/a/b",
        "**/a/b",
        "a**a**a**a**b",
        "**/*a*ab",
        "?".repeat(99),
        "[a-z]".repeat(19),
      ],
      ...["**/a/**/a/", "*a*a", "**/a", "a"].map(many),
    ];
    const sources = [
      ...[20, 45, 300, 100_000].map((length) => "a".repeat(length)),
      ...[5, 15, 45, 149, 50_000].map((length) => `${"a/".repeat(length)}c`),
      `${`${"a".repeat(36)}/`.repeat(8)}c`,
    ];
    for (const file of files) {
      it(`with ${file.slice(0, 30).replaceAll("\n", " ")}`, () => {
        // The first time counts what the engine needs once for each pattern, and whatever else the machine does then.
        const times = [0, 1, 2].map(() => {
          const started = performance.now();
          const rules = readIgnoreFile(file);
          for (const source of rules ? sources : []) isLeftOut(rules!, source);
          return performance.now() - started;
        });
        assert.ok(Math.min(...times) < 100, `${Math.min(...times)} ms for ${sources.length} sources`);
      });
    }
  });

  it("says nothing of files and sources beyond what is quick", () => {
    assert.equal(readIgnoreFile("a\n".repeat(301)), null);
    assert.equal(readIgnoreFile("a".repeat(101)), null);
    assert.equal(readIgnoreFile("*/*/*/*/*"), null);
    assert.equal(leavesOut("*a*a*a", "a".repeat(30)), true);
    assert.equal(leavesOut("*a*a*a", "a".repeat(200)), false);
    assert.equal(leavesOut("a", `a/${"b".repeat(300)}`), false);
  });
});

describe("the stand-in for `path`", () => {
  for (const name of ["", ".", "a", "/", "/a", "a/b", "a//b/", "./a/../b/c", "../a", "/../a/b", ".."]) {
    it(JSON.stringify(name), () => {
      assert.equal(normalize(name), posix.normalize(name).replace(/(?<=.)\/$/, ""));
      assert.equal(dirname(normalize(name)), posix.dirname(normalize(name)));
    });
  }
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
