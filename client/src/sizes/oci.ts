import { createTarDecoder } from "modern-tar";
import type { HistoryEntry } from "./history.ts";

/** Reads an image as builders send it: a tar archive in the layout of the Open Container Initiative. */

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;
type Fields = Readonly<Record<string, unknown>>;

/** Manifests and configurations are far smaller. */
const longestDocument = 4_000_000;
const deepestIndex = 4;

/**
 * The history of the image in the archive, the newest entry first. The layers are gzip-compressed, and only counted: their
 * sizes are the bytes of the files in them.
 */
export async function readImage(archive: Bytes): Promise<readonly HistoryEntry[]> {
  const documents = new Map<string, Fields>();
  const layers = new Map<string, number>();
  await eachEntry(archive, async (name, body) => {
    const key = name.replace(/^\.?\//, "").replace(/^blobs\/([^/]+)\/([^/]+)$/, "$1:$2");
    const [kind, bytes] = await peek(body);
    if (kind === "gzip") layers.set(key, await sizeOfFiles(bytes.pipeThrough(new DecompressionStream("gzip"))));
    else if (kind === "json") documents.set(key, await readDocument(bytes));
    else await bytes.cancel();
  });
  return historyOf(documents, layers);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function historyOf(documents: ReadonlyMap<string, Fields>, layers: ReadonlyMap<string, number>): HistoryEntry[] {
  let manifest = documents.get("index.json");
  // An index may name an index of the same image for several platforms; what is said about images comes behind them.
  for (let depth = 0; depth < deepestIndex && Array.isArray(manifest?.["manifests"]); depth++) {
    const [first] = manifest["manifests"] as readonly (Fields | undefined)[];
    manifest = documents.get(textOf(first?.["digest"]));
  }
  const config = documents.get(textOf((manifest?.["config"] as Fields | undefined)?.["digest"]));
  const sizes = ((manifest?.["layers"] ?? []) as readonly Fields[]).map(({ digest }) => layers.get(textOf(digest)));
  const history = (config?.["history"] ?? []) as readonly Fields[];
  const filled = history.filter((entry) => entry["empty_layer"] !== true).length;
  if (!config || filled !== sizes.length || sizes.includes(undefined))
    throw new Error("the builder sent no whole image");
  let layer = 0;
  return history
    .map((entry) => ({
      createdBy: textOf(entry["created_by"]),
      size: entry["empty_layer"] === true ? 0 : sizes[layer++]!,
    }))
    .toReversed();
}

async function sizeOfFiles(layer: Bytes): Promise<number> {
  let size = 0;
  await eachEntry(layer, async (_, body, length) => {
    size += length;
    await body.cancel();
  });
  return size;
}

async function eachEntry(
  archive: Bytes,
  take: (name: string, body: Bytes, size: number) => Promise<void>,
): Promise<void> {
  const reader = archive.pipeThrough(createTarDecoder()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await take(value.header.name, value.body as Bytes, value.header.size);
  }
}

/** What a file seems to be, and all of its bytes. */
async function peek(body: Bytes): Promise<readonly ["gzip" | "json" | "other", Bytes]> {
  const reader = body.getReader();
  const start: Uint8Array<ArrayBuffer>[] = [];
  while (start.reduce((sum, { length }) => sum + length, 0) < 2) {
    const { done, value } = await reader.read();
    if (done) break;
    start.push(value);
  }
  const [first, second] = start.flatMap((bytes) => [...bytes.subarray(0, 2)]);
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const next = start.shift() ?? (await reader.read()).value;
      if (next) controller.enqueue(next);
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return [first === 0x1f && second === 0x8b ? "gzip" : first === 0x7b ? "json" : "other", whole];
}

async function readDocument(bytes: Bytes): Promise<Fields> {
  const decoder = new TextDecoder();
  const reader = bytes.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return JSON.parse(text) as Fields;
    text += decoder.decode(value, { stream: true });
    if (text.length > longestDocument) throw new Error("the builder sent something else than an image");
  }
}
