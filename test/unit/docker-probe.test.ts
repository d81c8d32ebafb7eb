import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { programs } from "../../client/src/programs.node.ts";

describe("whether Docker can build", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "dockerfile-stages-probe-"));
  after(() => rmSync(folder, { recursive: true }));
  const standIn = (name: string, script: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  };

  it("is said where there is no such program", async () => {
    const file = path.join(folder, "nothing");
    assert.equal(
      await programs.probe(file),
      `There is no program called '${file}': install Docker, or name it in the setting dockerfileStages.docker.`,
    );
  });

  // Scripts are no programs there.
  if (process.platform === "win32") return;

  it("is said where it has no buildx", async () => {
    const file = standIn("old", `echo "docker: 'buildx' is not a docker command." >&2; exit 1`);
    assert.equal(
      await programs.probe(file),
      `'${file}' has no Buildx, which builds need: install Docker's Buildx plugin.`,
    );
    const broken = standIn("broken", "exit 1");
    assert.equal(
      await programs.probe(broken),
      `'${broken} buildx' does not answer: builds need Docker with its Buildx plugin.`,
    );
  });

  it("is nothing where it answers", async () => {
    assert.equal(await programs.probe(standIn("good", `[ "$1 $2" = "buildx version" ]`)), null);
  });
});
