import { Language, Parser, type TreeCursor } from "web-tree-sitter";
import type { Span } from "../text/range.ts";
import type { HclReader } from "./builds.ts";
import type { TreeEntry, TreeNode } from "./tree.ts";

/** The programs that read HCL, as files beside the bundles. */
export const hclPrograms = ["web-tree-sitter.wasm", "tree-sitter-hcl.wasm"] as const;

/** No file of people is nested deeper. */
const deepest = 100;

/** Makes a reader of HCL of the contents of {@link hclPrograms}. */
export async function makeHclReader(core: Uint8Array, grammar: Uint8Array): Promise<HclReader> {
  // Its own place does not matter, as its program is given.
  await Parser.init({ wasmBinary: core, locateFile: (name: string) => name });
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (text) => {
    const tree = parser.parse(text);
    if (!tree) return null;
    try {
      const cursor = tree.walk();
      const root = copy(cursor, text, 0);
      cursor.delete();
      return { root: mapOf(bodiesOf(root), spanOf(root), 0), isBroken: tree.rootNode.hasError };
    } finally {
      tree.delete();
    }
  };
}

/** A node of the parser's tree, copied at once: each question to that tree itself takes long. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Without punctuation, and what is wrong. */
  readonly children: readonly Node[];
}

function copy(cursor: TreeCursor, source: string, depth: number): Node {
  const { nodeType: type, startIndex: start, endIndex: end } = cursor;
  const children: Node[] = [];
  // What a text is made of does not matter.
  if (!leaves.has(type) && depth < 4 * deepest && cursor.gotoFirstChild()) {
    do if (cursor.nodeIsNamed) children.push(copy(cursor, source, depth + 1));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return { type, start, end, text: source.slice(start, end), children };
}

const leaves: ReadonlySet<string> = new Set([
  "string_lit",
  "quoted_template",
  "heredoc_template",
  "function_call",
  "for_expr",
  "comment",
]);

/** The parts of a file: of one with mistakes, they may stand beside what could not be read. */
function bodiesOf(node: Node): readonly Node[] {
  return node.children.flatMap((child) =>
    child.type === "body" || child.type === "ERROR" ? bodiesOf(child) : [child],
  );
}

/**
 * The attributes and blocks of a body. Blocks of a kind become one map by their labels, as JSON has them:
 * `target "app" { … }` is `{"target": {"app": {…}}}`.
 */
function mapOf(parts: readonly Node[], span: Span, depth: number): TreeNode {
  const entries: TreeEntry[] = [];
  const blocks = new Map<string, TreeEntry[]>();
  for (const part of depth > deepest ? [] : parts) {
    const [first, ...rest] = part.children;
    if (first?.type !== "identifier") continue;
    const key = { text: first.text, span: spanOf(first) };
    if (part.type === "attribute") {
      const value = rest.find(({ type }) => type === "expression");
      if (value) entries.push({ key, value: valueOf(value, depth + 1), span: spanOf(part) });
    } else if (part.type === "block") {
      const label = rest.find(({ type }) => type === "string_lit" || type === "identifier");
      const body = rest.find(({ type }) => type === "body");
      const value = mapOf(body ? bodiesOf(body) : [], spanOf(body ?? part), depth + 1);
      if (!label) {
        entries.push({ key, value, span: spanOf(part) });
        continue;
      }
      let group = blocks.get(key.text);
      if (!group) {
        group = [];
        blocks.set(key.text, group);
        entries.push({ key, value: { kind: "map", span, entries: group }, span: spanOf(part) });
      }
      const name =
        label.type === "identifier" ? { kind: "text", text: label.text, span: spanOf(label) } : quoted(label);
      if (name.kind === "text") group.push({ key: { text: name.text, span: name.span }, value, span: spanOf(part) });
    }
  }
  return { kind: "map", span, entries };
}

function valueOf(node: Node, depth: number): TreeNode {
  const span = spanOf(node);
  const other: TreeNode = { kind: "other", span };
  if (depth > deepest) return other;
  switch (node.type) {
    case "expression":
    case "literal_value":
    case "collection_value":
    case "template_expr": {
      const [inner, ...more] = node.children;
      // An expression with several parts is worked out: `a + b`, `a.b`.
      return inner && more.length === 0 ? valueOf(inner, depth + 1) : other;
    }
    case "string_lit":
    case "quoted_template":
      return quoted(node);
    case "heredoc_template":
      return heredoc(node);
    case "numeric_lit":
    case "bool_lit":
      return { kind: "text", span, text: node.text, lines: [span.start] };
    case "tuple":
      return {
        kind: "list",
        span,
        items: node.children.filter(({ type }) => type === "expression").map((item) => valueOf(item, depth + 1)),
      };
    case "object":
      return {
        kind: "map",
        span,
        entries: node.children.filter(({ type }) => type === "object_elem").flatMap((item) => elementOf(item, depth)),
      };
    default:
      return other;
  }
}

/** `name = value` of an object; the name of a variable stands for itself there. */
function elementOf(element: Node, depth: number): TreeEntry[] {
  const [key, value] = element.children.filter(({ type }) => type === "expression");
  if (!key || !value) return [];
  const isName = key.children.length === 1 && key.children[0]!.type === "variable_expr";
  const name = isName ? ({ kind: "text", text: key.text, span: spanOf(key) } as const) : valueOf(key, depth + 1);
  if (name.kind !== "text") return [];
  return [{ key: { text: name.text, span: name.span }, value: valueOf(value, depth + 1), span: spanOf(element) }];
}

/** A text between quotes; what it takes from variables stays as it is written, `${TAG}`. */
function quoted(node: Node): TreeNode {
  const { start, end } = spanOf(node);
  const span = { start: start + 1, end: Math.max(start + 1, end - 1) };
  const written = node.text.slice(1, -1);
  const text = unescaped(written);
  return { kind: "text", span, text, lines: text === written ? [span.start] : null };
}

function unescaped(written: string): string {
  if (!written.includes("\\")) return written;
  return written.replace(/\\(?:([nrt"\\])|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g, (whole, plain, short, long) => {
    if (typeof plain === "string") return { n: "\n", r: "\r", t: "\t" }[plain] ?? plain;
    const code = Number.parseInt(String(short ?? long), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** `<<END` and its lines; behind `<<-END` without the indentation that all of them have. */
function heredoc(node: Node): TreeNode {
  const span = spanOf(node);
  const written = node.text;
  const first = written.indexOf("\n") + 1;
  const last = written.lastIndexOf("\n") + 1;
  if (first === 0 || last < first) return { kind: "other", span };
  const lines = written
    .slice(first, last)
    .split("\n")
    .slice(0, -1)
    .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  const indent = written.startsWith("<<-") && indents.length > 0 ? Math.min(...indents) : 0;
  const starts: number[] = [];
  for (let at = first; at < last; at = written.indexOf("\n", at) + 1) {
    const length = written.indexOf("\n", at) - at;
    starts.push(span.start + at + Math.min(indent, length));
  }
  const text = lines.map((line) => `${line.slice(indent)}\n`).join("");
  return {
    kind: "text",
    span: { start: span.start + first, end: span.start + last },
    text,
    lines: [...starts, span.start + last],
  };
}

function spanOf({ start, end }: Node): Span {
  return { start, end };
}
