import assert from "node:assert/strict";
import { imageNameError } from "../../server/src/stages/image-name.ts";

const invalid = "invalid reference format";

/** Names, and what `docker build` says of them. */
const names: readonly (readonly [name: string, error: string | null])[] = [
  ["alpine", null],
  ["alpine:3.22", null],
  ["docker.io/library/alpine", null],
  ["index.docker.io/alpine", null],
  ["mcr.microsoft.com/dotnet/sdk:9.0", null],
  ["localhost/x", null],
  ["localhost:5000/a/b_c/d__e/f--g:Tag_1.x-y", null],
  ["[::1]:5000/x", null],
  ["FOO/bar", null],
  ["foo_bar.com/x", null],
  [`alpine@sha256:${"0a".repeat(32)}`, null],
  [`alpine:3.22@sha256:${"0a".repeat(32)}`, null],
  [`x.com/${"a".repeat(252)}`, null],
  [`alpine:${"a".repeat(128)}`, null],
  ["", invalid],
  ["alpine:", invalid],
  [":3", invalid],
  ["alpine@", invalid],
  ["alpine@sha256:abc", invalid],
  ["ubuntu:alpine@123", invalid],
  ["docker.io/", invalid],
  ["docker.io/library/", invalid],
  ["a//b", invalid],
  ["x--", invalid],
  ["-x", invalid],
  ["a___b", invalid],
  ["a..b", invalid],
  ["a_b_c__d/x___y", invalid],
  ["a_b.c:5/x", invalid],
  ["a-.com/X", `${invalid}: repository name (X) must be lowercase`],
  ["a b", invalid],
  ["$x", invalid],
  [`alpine@sha256:${"0A".repeat(32)}`, "invalid checksum digest format"],
  ["alpine:3:4", invalid],
  [`alpine:${"a".repeat(129)}`, invalid],
  ["Alpine", `${invalid}: repository name (library/Alpine) must be lowercase`],
  ["a/B:c", `${invalid}: repository name (a/B) must be lowercase`],
  ["foo.com/B", `${invalid}: repository name (B) must be lowercase`],
  ["alpine@SHA256:aa", `${invalid}: repository name (library/alpine@SHA256) must be lowercase`],
  ["Foo_bar/x", "repository name must be lowercase"],
  ["a".repeat(250), "repository name must not be more than 255 characters"],
  ["0".repeat(64), `invalid repository name (${"0".repeat(64)}), cannot specify 64-byte hexadecimal strings`],
  [`a@md5:${"0".repeat(32)}`, "unsupported digest algorithm"],
  [`a@sha256:${"0".repeat(32)}`, "invalid checksum digest length"],
];

describe("names of images", () => {
  for (const [name, error] of names) {
    const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
    it(`${JSON.stringify(shown)} is ${error === null ? "fine" : "refused"}`, () => {
      assert.equal(imageNameError(name), error);
    });
  }

  it("is quick about a name that is being typed", () => {
    const started = performance.now();
    for (const name of [
      "eclipse-temurin:",
      `registry.example.com/${"organization".repeat(1000)}:`,
      "a.-".repeat(50_000),
    ])
      assert.notEqual(imageNameError(name), null);
    assert.ok(performance.now() - started < 15_000);
  });
});
