import { hasOtherFrontend } from "../dockerfile/directives.ts";
import { checksumError } from "../dockerfile/flag-values.ts";
import { heredocOpeners } from "../dockerfile/heredoc.ts";
import type { Instruction, Word } from "../dockerfile/instruction.ts";
import { gitQueryError, sourceKind } from "../dockerfile/source.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { type Reading, readingsOf, valueOf } from "../stages/readings.ts";
import { isLiteral } from "../stages/values.ts";
import { shortened } from "../text/quote.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

function isHeredoc({ json }: Instruction, { text }: Word): boolean {
  return !json && text.includes("<<") && heredocOpeners(text).length > 0;
}

/** Whether COPY or ADD has a checksum, a destination or a source that is no plain path. */
const isDoubtful: Question<boolean> = (instruction) => {
  const { keyword, args, flags } = instruction;
  if (keyword !== "COPY" && keyword !== "ADD") return false;
  if (keyword === "ADD" && flags.some(({ name }) => name === "checksum")) return true;
  const isPlain = ({ text }: Word): boolean => isLiteral(text) && sourceKind(text) === "path";
  return args.some((word, i) => (isHeredoc(instruction, word) ? i === args.length - 1 : !isPlain(word)));
};

/** Where the value of a variable is not known, what stands around it mostly tells the kind of a source. */
function textOf(analysis: Analysis, reading: Reading, { text }: Word): string {
  return valueOf(analysis, reading, text) ?? text;
}

/** ADD does what COPY does, and downloads. */
function downloadInstead({ text }: Analysis, { flags, keywordSpan }: Instruction): Fix | null {
  if (flags.some(({ name }) => name === "from" || name === "parents")) return null;
  const keyword = text.slice(keywordSpan.start, keywordSpan.end);
  const newText = keyword === keyword.toLowerCase() ? "add" : "ADD";
  return { title: `Change to ${newText}`, safety: "unsafe", edits: [{ span: keywordSpan, newText }] };
}

function* check(analysis: Analysis, reading: Reading): Generator<Finding> {
  const { instruction } = reading;
  const { keyword, args } = instruction;
  const destination = args.at(-1);
  if (!destination || args.length < 2) return;
  if (isHeredoc(instruction, destination)) {
    yield { span: destination.span, message: `${keyword} cannot accept a heredoc as a destination` };
    return;
  }
  const sources = args.slice(0, -1).filter((word) => !isHeredoc(instruction, word));
  for (const word of sources) {
    const text = textOf(analysis, reading, word);
    const kind = sourceKind(text);
    const query = kind === "git" && !text.includes("$") ? gitQueryError(text) : null;
    if (query !== null) yield { span: word.span, message: shortened(query) };
    else if (keyword === "COPY" && kind !== "path") {
      const message = `source can't be a ${kind === "git" ? "git ref" : "URL"} for COPY`;
      const fix = kind === "url" ? downloadInstead(analysis, instruction) : null;
      yield { span: word.span, message, ...(fix && { fixes: [fix] }) };
    }
  }
  if (keyword === "ADD") yield* checkChecksum(analysis, reading, sources);
}

function* checkChecksum(analysis: Analysis, reading: Reading, sources: readonly Word[]): Generator<Finding> {
  const flag = reading.instruction.flags.find(({ name }) => name === "checksum");
  const sum = flag?.value ? valueOf(analysis, reading, flag.value) : null;
  if (!flag || sum === null || sum === "") return;
  const span = flag.valueSpan ?? flag.span;
  const [source] = sources;
  if (!source || sources.length > 1) {
    yield { span, message: "checksum can't be specified for multiple sources" };
    return;
  }
  const text = textOf(analysis, reading, source);
  const kind = sourceKind(text);
  // The whole source may come from a variable.
  if (kind === "path" && text.startsWith("$")) return;
  const message =
    kind === "path" ? "checksum requires HTTP(S) or Git sources" : kind === "url" ? checksumError(sum) : null;
  if (message !== null) yield { span, message };
}

export const invalidSource: Rule = {
  id: "InvalidSource",
  severity: "error",
  summary: "A source, or a checksum, that COPY or ADD refuses.",
  docs: `
\`COPY\` takes files of the build context, of a stage or an image. Only \`ADD\` downloads: from HTTP, HTTPS and Git. The
checksum of \`ADD --checksum\` is about the one download of its instruction; that of a file begins with \`sha256:\`.

BuildKit stops at the rest, at a heredoc as the destination, and at options of a Git address that it does not know
(\`https://example.com/app.git?branch=main\`; there are \`ref\`, \`tag\`, \`branch\`, \`commit\`, \`subdir\`, \`checksum\`,
\`keep-git-dir\` and \`submodules\`).`,
  examples: [
    {
      title: "COPY does not download",
      text: `
FROM alpine
COPY https://example.com/app.tar.gz /
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ source can't be a URL for COPY
COPY https://example.com/app-$VERSION.zip /
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ source can't be a URL for COPY
COPY git@example.com:team/app.git /app
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ source can't be a git ref for COPY
COPY https://example.com/team/app.git#main /app
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ source can't be a git ref for COPY
`,
      fixed: `
FROM alpine
ADD https://example.com/app.tar.gz /
COPY https://example.com/app-$VERSION.zip /
COPY git@example.com:team/app.git /app
COPY https://example.com/team/app.git#main /app
`,
    },
    {
      title: "Checksums",
      text: `
FROM alpine
ADD --checksum=sha256:4f2c https://example.com/app.tar.gz /
               ^^^^^^^^^^^ invalid checksum digest length
ADD --checksum=md5:4f2c https://example.com/app.tar.gz /
               ^^^^^^^^ unsupported digest algorithm
ADD --checksum=4f2c app.tar.gz /
               ^^^^ checksum requires HTTP(S) or Git sources
`,
    },
    {
      title: "A heredoc at the end",
      text: `
FROM alpine
COPY app.conf <<EOF
              ^^^^^ COPY cannot accept a heredoc as a destination
port = 80
EOF
`,
    },
    {
      title: "Options of a Git address",
      text: `
FROM alpine
ADD https://example.com/team/app.git?branhc=main /app
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unexpected query "branhc"
`,
    },
    {
      title: "Fine",
      text: `
FROM alpine
ARG URL
ADD --checksum=$SUM https://example.com/app.tar.gz /
ADD --checksum=4f2c $URL /app
ADD --checksum=sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a https://example.com/a /
ADD --checksum=4f2c git@example.com:team/app.git /app
ADD https://example.com/team/app.git?branch=main&submodules=false /app
COPY github.com/team/app /app
COPY ./team@example.com:app /app
COPY <<EOF /etc/app.conf
port = 80
EOF
`,
    },
  ],
  *check(analysis) {
    if (hasOtherFrontend(analysis.dockerfile)) return;
    for (const reading of readingsOf(analysis, isDoubtful))
      if (/^(?:ADD|COPY)$/.test(reading.instruction.keyword)) yield* check(analysis, reading);
  },
};
