import { type Alias, type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, parseAllDocuments } from "yaml";
import type { Span } from "../text/range.ts";
import type { MentionWord } from "./mentions.ts";
import { alignText, type TreeEntry, type TreeNode } from "./tree.ts";

/** No file of people is nested deeper. */
const deepest = 60;
/** So many values are read of one file: what is merged into many maps can be any number. */
const most = 100_000;

/** The documents of a YAML file, as far as it can be read. Never throws. */
export function readYaml(text: string): readonly TreeNode[] {
  try {
    const documents = parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false });
    const list = Array.isArray(documents) ? documents : [];
    return list.map((document) => new Reader(text, document as Document.Parsed).read());
  } catch {
    return [];
  }
}

class Reader {
  readonly #text: string;
  readonly #document: Document.Parsed;
  readonly #anchors = new Map<string, TreeNode>();
  #room = most;

  constructor(text: string, document: Document.Parsed) {
    this.#text = text;
    this.#document = document;
  }

  read(): TreeNode {
    return this.#node(this.#document.contents, 0);
  }

  #node(node: unknown, depth: number): TreeNode {
    const span = spanOf(node);
    if (depth > deepest || --this.#room < 0 || !isNode(node)) return { kind: "other", span };
    // An alias stands for the last anchor of its name; one that is not read to its end yet would lead round in a circle.
    if (isAlias(node)) return this.#anchors.get(node.source) ?? { kind: "other", span };
    const { anchor } = node;
    if (anchor !== undefined) this.#anchors.delete(anchor);
    const found = this.#value(node, depth, span);
    if (anchor !== undefined) this.#anchors.set(anchor, found);
    return found;
  }

  #value(node: Exclude<Node, Alias>, depth: number, span: Span): TreeNode {
    if (isMap(node)) {
      const merged: TreeEntry[] = [];
      const own: TreeEntry[] = [];
      for (const { key, value } of node.items) {
        const word = this.#key(key);
        if (word === null) continue;
        const read = this.#node(value, depth + 1);
        if (word.text === "<<") merged.push(...this.#merged(read));
        else
          own.push({ key: word, value: read, span: { ...word.span, end: Math.max(word.span.end, spanOf(value).end) } });
      }
      // What a map says itself counts, wherever it stands.
      return { kind: "map", span, entries: [...merged, ...own] };
    }
    if (isSeq(node)) return { kind: "list", span, items: node.items.map((item) => this.#node(item, depth + 1)) };
    if (!isScalar(node) || node.value === null) return { kind: "other", span };
    return this.#scalar(node.source ?? textOf(node.value), node.type, span);
  }

  /** The entries of other maps, those that count last. */
  #merged(node: TreeNode): readonly TreeEntry[] {
    const maps = node.kind === "list" ? node.items.toReversed() : [node];
    const entries = maps.flatMap((one) => (one.kind === "map" ? one.entries : []));
    this.#room -= entries.length;
    return entries.slice(0, Math.max(0, this.#room));
  }

  #key(key: unknown): MentionWord | null {
    if (!isScalar(key)) return null;
    const node = this.#scalar(textOf(key.value), key.type, spanOf(key));
    return node.kind === "text" ? { text: node.text, span: node.span } : null;
  }

  #scalar(source: string, type: string | undefined, span: Span): TreeNode {
    if (type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED") {
      const lines = type === "BLOCK_LITERAL" ? this.#lines(source, span) : null;
      return { kind: "text", span, text: source, lines, ...(lines === null && this.#pieces(source, span, "")) };
    }
    const quote = type === "QUOTE_DOUBLE" ? '"' : type === "QUOTE_SINGLE" ? "'" : "";
    const inner = quote === "" ? span : { start: span.start + 1, end: Math.max(span.start + 1, span.end - 1) };
    if (this.#text.slice(inner.start, inner.end) === source)
      return { kind: "text", span: inner, text: source, lines: [inner.start] };
    return { kind: "text", span: inner, text: source, lines: null, ...this.#pieces(source, inner, quote) };
  }

  #pieces(source: string, { start, end }: Span, quote: "" | "'" | '"'): { readonly pieces?: readonly number[] } {
    // The header of a block stands on a line of its own.
    const from =
      quote === "" && /^[|>]/.test(this.#text.slice(start, start + 1)) ? this.#text.indexOf("\n", start) + 1 : start;
    const pieces = from === 0 && start > 0 ? null : alignText(source, this.#text.slice(from, end), from, quote);
    return pieces ? { pieces } : {};
  }

  /** Where the lines of a literal block begin behind their indentation. */
  #lines(source: string, { start, end }: Span): number[] | null {
    const lines: number[] = [];
    let at = this.#text.indexOf("\n", start) + 1;
    let indent: number | null = null;
    for (const line of source.split("\n")) {
      if (at === 0 || at > end) break;
      const next = this.#text.indexOf("\n", at);
      const written = this.#text.slice(at, next < 0 ? undefined : next).replace(/\r$/, "");
      if (line !== "" && indent === null) indent = written.length - line.length;
      const begin = Math.min(at + (indent ?? 0), at + written.length);
      if (line !== "" && this.#text.slice(begin, begin + line.length) !== line) return null;
      lines.push(begin);
      at = next + 1;
    }
    return lines;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function spanOf(node: unknown): Span {
  const range = isNode(node) ? (node as Node).range : null;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}
