import { encloses, type Span } from "../text/range.ts";
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
      if (!expanded.has(inner.keyword) && inner.keyword !== "RUN") continue;
      const raw = dockerfile.text.slice(flag.valueSpan.start, flag.valueSpan.end);
      const inFlag: DockerfileVariable[] = [];
      collect(raw, escape, inFlag, offsetBy(flag.valueSpan.start));
      const from = literal.get(flag);
      for (const use of inFlag) if (!from || !encloses(from, use.span)) found.push(use);
    }
    if (!expanded.has(inner.keyword)) return found;
    if (inner.json) {
      for (const { span } of inner.args) {
        const raw = dockerfile.text.slice(span.start + 1, span.end - 1);
        collect(raw, escape, found, offsetBy(span.start + 1));
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
