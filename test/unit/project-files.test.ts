import assert from "node:assert/strict";
import { readJson } from "../../server/src/workspace/json.ts";
import { largestNeighbour } from "../../server/src/workspace/neighbours.ts";
import { readToml } from "../../server/src/workspace/toml.ts";
import { childText, readXml } from "../../server/src/workspace/xml.ts";

/** Texts that are no project files, made to be hard to read. */
const junk: readonly string[] = [
  "",
  "\uFEFF",
  "\0\u0001\uFFFD",
  "<a",
  "<a><b></a>",
  "{",
  '{"a": ',
  "[a",
  "a = ",
  ...["<a>", "{", "[", '{"a":', "a=[", "a.", '"', "/*", "//\n", ",", "\\"].map((part) => part.repeat(30_000)),
  `"${"\\".repeat(99_999)}`,
  `a = ${"{b=".repeat(30_000)}`,
  " ".repeat(largestNeighbour + 1),
];

describe("project files", () => {
  it("XML: elements, attributes and texts", () => {
    const root = readXml(`\uFEFF<?xml version="1.0"?>
<!-- a comment -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <artifactId> shop </artifactId>
  <packaging/>
  <name>a &amp; b &unknown; <![CDATA[<c>]]></name>
  <group a="1"><x>1</x></group>
  <group><y>2</y></group>
</project>`);
    assert.ok(root);
    assert.equal(root.name, "project");
    assert.equal(root.attributes["xmlns"], "http://maven.apache.org/POM/4.0.0");
    assert.equal(childText(root, "artifactId"), "shop");
    assert.equal(childText(root, "packaging"), null);
    assert.equal(childText(root, "name"), "a & b &unknown; <c>");
    assert.equal(childText(root, "group", "y"), "2");
    assert.equal(childText(root, "group", "z"), null);
    assert.deepEqual(root.children.find(({ name }) => name === "group")?.attributes["a"], "1");
  });

  it("TOML: tables and values", () => {
    assert.deepEqual(
      JSON.parse(JSON.stringify(readToml('\uFEFF[package]\r\nname = "shop"\r\n[[bin]]\nname = "a"\n'))),
      {
        package: { name: "shop" },
        bin: [{ name: "a" }],
      },
    );
  });

  it("JSON: with comments and commas behind the last item", () => {
    assert.deepEqual(readJson('\uFEFF{"a": 1}'), { a: 1 });
    assert.deepEqual(
      readJson(`{
  // The root.
  "out": "dist/*", /* all of it */ "url": "http://example.com", "quote": "\\"//,]",
  "list": [1, 2, /* last */ ],
}`),
      { out: "dist/*", url: "http://example.com", quote: '"//,]', list: [1, 2] },
    );
    assert.equal(readJson("null"), null);
  });

  it("are nothing where they cannot be read, and it takes no time", () => {
    const started = performance.now();
    for (const text of junk) {
      const shown = JSON.stringify(text.slice(0, 20));
      assert.equal(readXml(text), null, shown);
      // Of JSON as much is read as can be.
      readJson(text);
      const toml = readToml(text);
      if (text.replace(/^\uFEFF/, "") !== "") assert.equal(toml, undefined, shown);
    }
    assert.ok(performance.now() - started < 20_000);
  });
});
