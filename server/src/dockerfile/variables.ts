import { encloses, type Span } from "../text/range.ts";
import { unquoteFlagValue } from "./flags.ts";
import { type Dockerfile, type Instruction, toDocumentSpan } from "./instruction.ts";
import { expand } from "./words.ts";

/** A variable that BuildKit itself expands; offsets are the document's. */
export interface DockerfileVariable {
  readonly name: string;
  /** `$NAME` or `${NAME…}`. */
  readonly span: Span;
  readonly nameSpan: Span;
  /** `:-`, `+`, `#` …; `""` for a plain use. */
  readonly modifier: string;
}

/** The instructions whose arguments BuildKit expands, by Docker's reference. */
const expanded = new Set([
  "ADD",
  "ARG",
  "COPY",
  "ENV",
  "EXPOSE",
  "FROM",
  "LABEL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
]);

/** The instructions that have flags; those of others BuildKit passes over. */
const flagged = new Set(["ADD", "COPY", "FROM", "RUN"]);

/** Flags that BuildKit does not expand. */
const literalFlags = new Set(["from", "link", "parents", "keep-git-dir", "network", "security"]);

/**
 * The variables that BuildKit expands in an instruction: in the arguments of COPY, ENV, FROM and the like, in flags, and
 * in heredoc bodies of COPY and ADD. What a shell expands (RUN, CMD, ENTRYPOINT) is in the instruction's script.
 */
export function dockerfileVariables(dockerfile: Dockerfile, instruction: Instruction): DockerfileVariable[] {
  const inner = instruction.trigger ?? instruction;
  const { line } = inner;
  const found: DockerfileVariable[] = [];
  const { escape } = dockerfile;
  if (line.text.includes("$")) {
    // The `from` of a mount is taken as it is.
    const literal = new Map(inner.mounts.map(({ flag, from }) => [flag, from?.span]));
    for (const flag of inner.flags) {
      if (!flag.valueSpan || literalFlags.has(flag.name) || flag.value?.includes("$") !== true) continue;
      if (!flagged.has(inner.keyword)) continue;
      const raw = dockerfile.text.slice(flag.valueSpan.start, flag.valueSpan.end);
      const unquoted = unquoteFlagValue(raw);
      const inFlag: DockerfileVariable[] = [];
      // Quotes and escapes are gone before BuildKit looks for variables.
      if (unquoted?.text === flag.value)
        collect(unquoted.text, escape, inFlag, offsetsFrom(flag.valueSpan.start, unquoted.offsets));
      else collect(raw, escape, inFlag, offsetBy(flag.valueSpan.start));
      const from = literal.get(flag);
      for (const use of inFlag) if (!from || !encloses(from, use.span)) found.push(use);
    }
    if (!expanded.has(inner.keyword)) return found;
    if (inner.json) {
      for (const { text, span } of inner.args) {
        const raw = dockerfile.text.slice(span.start + 1, span.end - 1);
        const offsets = raw === text ? null : charactersOfString(raw);
        if (offsets?.length === text.length) collect(text, escape, found, offsetsFrom(span.start + 1, offsets));
        else collect(raw, escape, found, offsetBy(span.start + 1));
      }
    } else {
      const start = inner.argsStart;
      collect(line.text.slice(start), escape, found, (s) => toDocumentSpan(line, start + s.start, start + s.end));
    }
  }
  if (inner.keyword === "COPY" || inner.keyword === "ADD") {
    for (const heredoc of instruction.heredocs) {
      if (!heredoc.expand) continue;
      const { start, end } = heredoc.body;
      const body = dockerfile.text.slice(start, end);
      if (body.includes("$")) collect(body, "\\", found, offsetBy(start), true);
    }
  }
  return found;
}

function offsetBy(offset: number): (s: Span) => Span {
  return ({ start, end }) => ({ start: start + offset, end: end + offset });
}

/** The places of what was read from a text with escapes, by the offset of each of its characters. */
function offsetsFrom(offset: number, offsets: readonly number[]): (s: Span) => Span {
  return ({ start, end }) => ({
    start: offset + (offsets[start] ?? offsets.at(-1)! + 1),
    end: offset + (end > 0 ? offsets[end - 1]! + 1 : 0),
  });
}

/** Where each character of a JSON string begins between its quotes. */
function charactersOfString(raw: string): number[] {
  const offsets: number[] = [];
  for (let at = 0; at < raw.length; at += raw[at] !== "\\" ? 1 : raw[at + 1] === "u" ? 6 : 2) offsets.push(at);
  return offsets;
}

function collect(
  text: string,
  escape: string,
  found: DockerfileVariable[],
  place: (s: Span) => Span,
  skipQuotes = false,
): void {
  if (!text.includes("$")) return;
  for (const use of expand(text, undefined, { escape, skipQuotes }).uses) {
    found.push({ name: use.name, span: place(use), nameSpan: place(use.nameSpan), modifier: use.modifier });
  }
}
