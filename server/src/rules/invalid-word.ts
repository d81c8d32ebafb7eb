import { hasOtherFrontend } from "../dockerfile/directives.ts";
import type { Heredoc, Instruction, Word } from "../dockerfile/instruction.ts";
import { type Environment, expand, type ExpandOptions } from "../dockerfile/words.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { type Reading, readingsOf } from "../stages/readings.ts";
import { quoted, shortened } from "../text/quote.ts";
import type { Finding, Rule } from "./rule.ts";

/** The words in which BuildKit itself removes quotes and expands variables, in its order. */
function* wordsToProcess({ keyword, args, pairs, flags, mounts }: Instruction): Generator<Word> {
  switch (keyword) {
    case "ENV":
    case "LABEL":
      for (const { key, keySpan, value, valueSpan } of pairs) {
        yield { text: key, span: keySpan };
        if (value !== null && valueSpan) yield { text: value, span: valueSpan };
      }
      break;
    case "ARG":
      for (const { value, valueSpan } of pairs) if (value !== null && valueSpan) yield { text: value, span: valueSpan };
      break;
    case "ADD":
    case "COPY":
      for (const { name, value, valueSpan } of flags) {
        const isExpanded = name === "chown" || name === "chmod" || (name === "checksum" && keyword === "ADD");
        if (isExpanded && value !== null && valueSpan) yield { text: value, span: valueSpan };
      }
      yield* args;
      break;
    case "RUN":
      for (const { fields } of mounts)
        for (const { key, value, valueSpan } of fields)
          if (value !== null && valueSpan && key !== "from") yield { text: value, span: valueSpan };
      break;
    case "EXPOSE":
    case "STOPSIGNAL":
    case "USER":
    case "VOLUME":
    case "WORKDIR":
      yield* args;
      break;
    default:
  }
}

const mayFail = /['"$]/;
/** Plain variables, and quotes that match: most words are no work. */
const harmless = /^(?:[^'"$\\`]|\$\w+(?!\w)|\$\{\w+\}|"(?:[^"$\\`]|\$\w+(?!\w)|\$\{\w+\})*"|'[^'\\`]*')*$/;
const harmlessBody = /^(?:[^$\\`]|\$\w+(?!\w)|\$\{\w+\})*$/;
const mostHarmless = 1000;
/** Errors that come from BuildKit; a pattern that is wrong matters only where the variable has a value. */
const certain = /^(?:unexpected end of statement|syntax error|unsupported modifier)/;

/** Any value will do where only the form of a substitution matters. */
const anyValue: Environment = () => "x";

/** What is surely not set is not set; all else counts as set. */
function environmentAt({ values }: Analysis, stage: number, before: number): Environment {
  return (name) => {
    if (!/^\w+$/.test(name) || values.expand(stage, `\${${name}+x}`, before) !== "") {
      const value = values.expand(stage, `\${${name}}`, before);
      return value ?? "x";
    }
    return undefined;
  };
}

/** Why BuildKit cannot process a text, and where in it that begins; `null` where it can. */
function errorIn(
  text: string,
  environment: () => Environment | null,
  options: ExpandOptions,
): { readonly error: string; readonly at: number } | null {
  if (options.skipQuotes === true ? isHarmlessBody(text) : isHarmless(text)) return null;
  const { error, errorAt, uses } = expand(text, anyValue, options);
  if (error !== null) return certain.test(error) ? { error, at: errorAt } : null;
  if (!uses.some(({ modifier }) => modifier.endsWith("?"))) return null;
  const env = environment();
  const found = env && expand(text, env, options);
  // The variable that stops it is the last that is read.
  return found?.error?.startsWith(`${found.uses.at(-1)?.name}: `) ? { error: found.error, at: found.errorAt } : null;
}

function isHarmless(text: string): boolean {
  return !mayFail.test(text) || (text.length <= mostHarmless && harmless.test(text));
}

/** The same of a text in which quotes mean nothing. */
function isHarmlessBody(text: string): boolean {
  return !text.includes("$") || (text.length <= mostHarmless && harmlessBody.test(text));
}

/** Whether anything in an instruction, or behind its ONBUILD, needs a closer look. */
const isDoubtful: Question<boolean> = (written, { text: file }) =>
  written.heredocs.some(
    (heredoc) => heredoc.expand && !isHarmlessBody(file.slice(heredoc.body.start, heredoc.body.end)),
  ) ||
  [written, ...(written.trigger ? [written.trigger] : [])].some(
    (instruction) =>
      mayFail.test(instruction.line.text) && ![...wordsToProcess(instruction)].every(({ text }) => isHarmless(text)),
  );

function* checkWords(analysis: Analysis, { instruction, written, stage }: Reading): Generator<Finding> {
  const { line, keyword } = instruction;
  const { escape } = analysis.dockerfile;
  // What a build arg asks for with `?` it may be given; and ONBUILD runs elsewhere.
  const environment = () =>
    stage === null || keyword === "ARG" || written.trigger ? null : environmentAt(analysis, stage, written.span.start);
  if (mayFail.test(line.text)) {
    for (const { text, span } of wordsToProcess(instruction)) {
      const found = errorIn(text, environment, { escape });
      if (!found) continue;
      yield { span, message: `failed to process ${quoted(shortened(text))}: ${found.error}` };
      // BuildKit stops at the first.
      return;
    }
  }
  if (keyword !== "ADD" && keyword !== "COPY") return;
  for (const heredoc of written.heredocs) {
    const finding = checkHeredoc(analysis, heredoc, environment);
    if (finding) yield finding;
  }
}

function checkHeredoc(
  { text, lines }: Analysis,
  { body, expand: isExpanded, terminator }: Heredoc,
  environment: () => Environment | null,
): Finding | null {
  if (!isExpanded || !terminator) return null;
  const found = errorIn(text.slice(body.start, body.end), environment, { skipQuotes: true });
  if (!found) return null;
  const start = body.start + found.at;
  const end = Math.max(Math.min(closingBrace(text, start), lines.endOf(lines.lineAt(start))), start + 1);
  return {
    span: { start, end },
    message: `failed to process ${quoted(shortened(text.slice(start, end)))}: ${found.error}`,
  };
}

function closingBrace(text: string, start: number): number {
  const end = text.indexOf("}", start);
  return end < 0 ? text.length : end + 1;
}

export const invalidWord: Rule = {
  id: "InvalidWord",
  severity: "error",
  summary: "A word whose quotes or variables BuildKit cannot process.",
  docs: `
BuildKit removes quotes and expands variables in the words of \`ADD\`, \`ARG\`, \`COPY\`, \`ENV\`, \`EXPOSE\`, \`LABEL\`, \`STOPSIGNAL\`, \`USER\`, \`VOLUME\` and
\`WORKDIR\`, in mounts, and in the heredocs of \`ADD\` and \`COPY\`. It stops at a quote that nothing closes, at a substitution that it does not know, and
at \`\${NAME:?message}\` of a variable that surely has no value.

It knows \`\${NAME}\`, \`:-\`, \`-\`, \`:+\`, \`+\`, \`:?\`, \`?\`, \`#\`, \`##\`, \`%\`, \`%%\`, \`/\` and \`//\`
([reference](https://docs.docker.com/reference/dockerfile/#environment-replacement)), but none of the shell's others:
\`\${NAME:0:3}\`, \`\${NAME^^}\`, \`\${#NAME}\`. A \`$\` that is meant as it is needs a backslash: \`\\\${NAME^^}\`.

\`COPY\` splits at blanks before it looks at quotes, so a path with a blank needs the form \`COPY ["my file", "/x"]\`. \`ENV\` in the old form,
without \`=\`, looks at quotes, too: \`ENV GREETING it's\` lacks one.`,
  examples: [
    {
      title: "A quote that nothing closes",
      text: `
FROM alpine
ENV GREETING="hello
             ^^^^^^ failed to process "\\"hello": unexpected end of statement while looking for matching double-quote
COPY "my file" /x
     ^^^ failed to process "\\"my": unexpected end of statement while looking for matching double-quote
LABEL note it's
           ^^^^ failed to process "it's": unexpected end of statement while looking for matching single-quote
`,
    },
    {
      title: "Substitutions that only a shell knows",
      text: `
FROM alpine
ENV NAME=app
ENV UPPER=\${NAME^^}
          ^^^^^^^^^ failed to process "\${NAME^^}": unsupported modifier (^) in substitution
WORKDIR /srv/\${NAME:0:2}
        ^^^^^^^^^^^^^^^^ failed to process "/srv/\${NAME:0:2}": unsupported modifier (:0) in substitution
COPY --chown=\${} app /
             ^^^ failed to process "\${}": syntax error: bad substitution
RUN --mount=type=cache,target=\${NAME make
                              ^^^^^^ failed to process "\${NAME": unsupported modifier (\ufffd) in substitution: missing '}'
`,
    },
    {
      title: "In a file that is written here",
      text: `
FROM alpine
COPY <<EOF /run.sh
echo "it's \${NAME}"
echo \${NAME^^}
     ^^^^^^^^^ failed to process "\${NAME^^}": unsupported modifier (^) in substitution
EOF
COPY <<EOF /awk.sh
echo '\${NAME^^}'
      ^^^^^^^^^ failed to process "\${NAME^^}": unsupported modifier (^) in substitution
EOF
`,
    },
    {
      title: "A variable that must be set",
      text: `
FROM scratch
COPY app \${TARGET:?is missing}
         ^^^^^^^^^^^^ failed to process "\${TARGET:?is": syntax error: missing '}'
WORKDIR \${TARGET:?is missing}
        ^^^^^^^^^^^^^^^^^^^^^ failed to process "\${TARGET:?is missing}": TARGET: is missing
`,
    },
    {
      title: "The base image or the caller may set it",
      text: `
ARG TAG=\${VERSION:?}
FROM alpine
ARG TARGET
WORKDIR \${HOME:?}/\${TARGET:?}
ONBUILD WORKDIR \${DIRECTORY:?}
`,
    },
    {
      title: "For the shell",
      text: `
FROM alpine
RUN echo \${NAME^^} "it's"
CMD echo \${NAME:0:3}
ENV SCRIPT='echo \${NAME^^}' OTHER=\\\${NAME^^}
COPY <<'EOF' /run.sh
echo \${NAME^^}
EOF
`,
    },
    {
      title: "What BuildKit knows",
      text: `
FROM alpine
ENV A=\${B:-x} C=\${B#*/} D=\${B//a/b} E=\${B%%.*} F="\${B:+a b}" G=$ H=$(x)
USER "$A"
`,
    },
  ],
  *check(analysis) {
    if (hasOtherFrontend(analysis.dockerfile)) return;
    for (const reading of readingsOf(analysis, isDoubtful)) yield* checkWords(analysis, reading);
  },
};
