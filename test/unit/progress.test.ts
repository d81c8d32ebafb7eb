import assert from "node:assert/strict";
import type { WriteStream } from "node:tty";
import { openProgress } from "../../server/src/cli/progress.ts";

/** A stream that keeps what is written to it. */
function fakeStream(isTTY: boolean): { stream: WriteStream; written: string[] } {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  return { stream: stream as unknown as WriteStream, written };
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the progress line", () => {
  it("comes only after a moment, on a line of its own, and goes", async () => {
    const { stream, written } = fakeStream(true);
    const progress = openProgress(stream, 300);
    progress.show(1);
    progress.clear();
    assert.deepEqual(written, []);
    await wait(600);
    progress.show(2);
    progress.show(3);
    assert.deepEqual(written, ["\r2 of 300 files\u001b[K"]);
    progress.clear();
    progress.clear();
    assert.deepEqual(written.slice(1), ["\r\u001b[K"]);
  });

  it("is for terminals", async () => {
    const { stream, written } = fakeStream(false);
    const progress = openProgress(stream, 300);
    await wait(600);
    progress.show(2);
    progress.clear();
    assert.deepEqual(written, []);
  });
});
