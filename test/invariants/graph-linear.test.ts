import assert from "node:assert/strict";
import process from "node:process";
import { stageGraph } from "../../server/src/features/graph.ts";
import { rebuild } from "../../server/src/features/graph/rebuild.ts";
import { shipped } from "../../server/src/features/graph/ship.ts";
import { analyze } from "../../server/src/stages/analysis.ts";
import { alone } from "../../server/src/workspace/neighbours.ts";
import { shapes } from "../support/shapes.ts";

const neighbours = { ...alone, ignoreFile: { name: ".dockerignore", text: "*.md\n!a.md\n" } };

function workOut(text: string): void {
  const analysis = analyze(text);
  stageGraph(analysis, "file:///Dockerfile", 1, { contexts: true, scratch: true, images: "per-use" }, neighbours);
  rebuild(analysis, 1, { path: "." }, neighbours);
  rebuild(analysis, 1, { path: "a/b.md" }, neighbours);
  rebuild(analysis, 1, { position: analysis.lines.position(text.length >> 1) }, neighbours);
  shipped(analysis, 1, {}, neighbours);
}

/** Milliseconds of the processor, which other programs do not change. */
function spent(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** Below this, times say more about the engine than about the work. */
const floor = 60;
const mostGrowth = 3.5;
const most = 5000;

describe("the stage graph grows with the text, not faster", () => {
  for (const { title, size, make } of shapes) {
    it(title, () => {
      const [half, whole] = [make(size / 2), make(size)];
      let small = Infinity;
      let large = Infinity;
      for (let attempt = 0; attempt < 4; attempt++) {
        const [less, more] = [spent(() => workOut(half)), spent(() => workOut(whole))];
        small = Math.min(small, less);
        large = Math.min(large, more);
        if (large <= mostGrowth * Math.max(small, floor)) break;
      }
      const found = `${small.toFixed(0)} ms for a size of ${size / 2}, ${large.toFixed(0)} ms for ${size}`;
      assert.ok(large <= mostGrowth * Math.max(small, floor), found);
      assert.ok(large <= most, found);
    }).timeout(120_000);
  }
});
