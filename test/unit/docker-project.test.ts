import assert from "node:assert/strict";
import { filesOf, sourcesOf, takeBuild, withSource } from "../../client/src/docker/project.ts";
import { nothingRemembered } from "../../client/src/docker/remembered.ts";
import type { BuildsAnswer, ProjectBuild } from "../../server/src/protocol.ts";

const place = { line: 0, character: 0 };
const buildIn = (file: string, more: Partial<ProjectBuild>): ProjectBuild => ({
  uri: `file:///project/${file}`,
  file,
  range: { start: place, end: place },
  name: "",
  context: null,
  target: null,
  args: {},
  contexts: {},
  platforms: [],
  secrets: [],
  ssh: [],
  ...more,
});
const answer = (...builds: ProjectBuild[]): BuildsAnswer => ({ builds, args: [] });

describe("what the project says about a build", () => {
  it("gives the context where all agree, with the named contexts that nobody contradicts", () => {
    const said = answer(
      buildIn("compose.yaml", { context: ".", contexts: { assets: "assets", base: "docker-image://a" } }),
      buildIn("build.sh", { context: ".", contexts: { base: "docker-image://b" } }),
      buildIn("other.sh", {}),
    );
    assert.deepEqual(withSource(nothingRemembered, said), {
      ...nothingRemembered,
      context: ".",
      contexts: { assets: "assets" },
    });
  });

  it("counts less than what the user said", () => {
    const said = answer(buildIn("compose.yaml", { context: ".", contexts: { a: "x", b: "y" } }));
    const remembered = { ...nothingRemembered, contexts: { a: "mine" }, args: { A: "1" } };
    assert.deepEqual(withSource(remembered, said), { ...remembered, context: ".", contexts: { a: "mine", b: "y" } });
    const chosen = { ...nothingRemembered, context: "docker" };
    assert.equal(withSource(chosen, said), chosen);
  });

  it("is a question where they differ, and nothing where nobody says anything", () => {
    const said = answer(buildIn("a.sh", { context: "." }), buildIn("b.sh", { context: "docker" }));
    assert.equal(withSource(nothingRemembered, said), null);
    assert.deepEqual(
      sourcesOf(said).map(({ context }) => context),
      [".", "docker"],
    );
    assert.equal(withSource(nothingRemembered, answer(buildIn("a.sh", {}))), nothingRemembered);
  });

  it("can be taken over as a whole", () => {
    const build = buildIn("compose.yaml", {
      context: ".",
      args: { A: "1" },
      contexts: { a: "x" },
      platforms: ["linux/amd64", "linux/arm64"],
      secrets: ["id=a,src=b"],
      ssh: ["default"],
    });
    const remembered = { ...nothingRemembered, args: { B: "2" }, options: ["--pull"] };
    const taken = {
      context: ".",
      args: { A: "1" },
      contexts: { a: "x" },
      platform: "linux/amd64,linux/arm64",
      secrets: ["id=a,src=b"],
      options: ["--pull", "--ssh=default"],
    };
    assert.deepEqual(takeBuild(remembered, build), taken);
    assert.deepEqual(takeBuild(taken, build), taken);
  });

  it("is told with the names of files", () => {
    const told = (...files: string[]): string => filesOf(files.map((file) => buildIn(file, {})));
    assert.equal(told("a"), "a");
    assert.equal(told("a", "a", "b"), "a and b");
    assert.equal(told("a", "b", "c"), "a, b and c");
    assert.equal(told("a", "b", "c", "d"), "a, b and 2 more");
  });
});
