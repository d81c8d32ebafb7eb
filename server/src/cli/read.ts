import { readFileSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { systemReason } from "./inputs.ts";

/** A file's text, or why it has none. */
export type Source =
  | {
      /** Without a byte order mark. */
      readonly text: string;
      readonly byteOrderMark: boolean;
    }
  | { readonly reason: string };

/** In bytes. Nobody writes a larger Dockerfile; a disk image by mistake shall not take all memory. */
const largest = 32 * 1024 * 1024;
const tooLarge: Source = { reason: "is larger than 32 MB" };

export async function readSource(file: string, stdin: Readable): Promise<Source> {
  try {
    if (file === "-") return await readStream(stdin);
    const about = statSync(file);
    // A pipe is what a shell makes of <(command).
    if (!about.isFile() && !about.isFIFO()) return { reason: "is not a file" };
    if (about.size > largest) return tooLarge;
    // What is read at once is read sooner than by turns, and nobody else waits here.
    const bytes = readFileSync(file);
    return bytes.length > largest ? tooLarge : decode(bytes);
  } catch (error) {
    return { reason: systemReason(error) };
  }
}

async function readStream(stream: Readable): Promise<Source> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > largest) return tooLarge;
  }
  return decode(Buffer.concat(chunks));
}

function decode(bytes: Buffer): Source {
  if (bytes.length === 0) return { reason: "is empty" };
  const start = bytes.readUIntBE(0, Math.min(2, bytes.length));
  if (start === 0xfffe || start === 0xfeff) return { reason: "is encoded as UTF-16, and Docker reads UTF-8" };
  if (bytes.includes(0)) return { reason: "is not a text file" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text.trim() === "") return { reason: "is empty" };
    return { text, byteOrderMark: bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf };
  } catch {
    return { reason: "is not a text file: it is not encoded as UTF-8" };
  }
}
