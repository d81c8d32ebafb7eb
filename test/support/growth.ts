import assert from "node:assert/strict";
import process from "node:process";
import { shapes } from "./shapes.ts";

/** Below this, times say more about the engine than about the work. */
const floor = 60;
/** The work of a text twice as long is twice as much; three and a half leaves room for the engine's own moods. */
const mostGrowth = 3.5;
const most = 5000;

/** Milliseconds of the processor, which other programs do not change. */
function spent(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** Tests that work grows with the text, not faster, for each shape of long texts. */
export function testGrowth(workOut: (text: string) => void): void {
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
}
