import type { WriteStream } from "node:tty";

/** A line on the terminal that says how far a long run has come. */
export interface Progress {
  /** @param done how many files are done */
  show(done: number): void;
  /** Takes the line away, before something else is printed and at the end. */
  clear(): void;
}

/** Short runs show nothing. In milliseconds. */
const patience = 500;
const interval = 100;

const none: Progress = { show: () => {}, clear: () => {} };

/** @param stream where messages go; nothing is shown unless it is a terminal */
export function openProgress(stream: WriteStream, total: number): Progress {
  if (!stream.isTTY || total < 2) return none;
  const started = performance.now();
  let last = started + patience - interval;
  let shown = false;
  return {
    show(done) {
      const now = performance.now();
      if (now - last < interval) return;
      last = now;
      shown = true;
      // The cursor returns to the start of the line, and the rest of the line is erased.
      stream.write(`\r${done} of ${total} files\u001b[K`);
    },
    clear() {
      if (!shown) return;
      shown = false;
      stream.write("\r\u001b[K");
    },
  };
}
