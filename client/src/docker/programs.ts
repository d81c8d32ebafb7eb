import type { HistoryEntry } from "../sizes/history.ts";

/** Programs of the machine that the extension host runs on. There are none in a browser. */
export interface Programs {
  /** Whether Docker can build: `null`, or why it cannot, in words. */
  readonly probe: (program: string) => Promise<string | null>;
  /** Runs a program to its end, without a shell, and answers its exit code; rejects when it cannot be started. */
  readonly run: (program: string, args: readonly string[], options?: RunOptions) => Promise<number>;
  /** The history of an image in the layout of the Open Container Initiative, the newest entry first. */
  readonly readImage: (archive: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<readonly HistoryEntry[]>;
  /** Makes a folder for a while, for no other user to read. */
  readonly makeFolder: () => Promise<TemporaryFolder>;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Beside those that the extension host has. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it writes, as it comes. */
  readonly onOutput?: (bytes: Uint8Array) => void;
  /** Takes what it writes instead, no faster than it likes; what it fails with is what the run fails with. */
  readonly output?: (bytes: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<void>;
  readonly onMessages?: (bytes: Uint8Array) => void;
  /** Ends the program, and what it started. */
  readonly signal?: AbortSignal;
}

export interface TemporaryFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
}
