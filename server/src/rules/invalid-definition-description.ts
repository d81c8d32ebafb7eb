import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { isValidStageName } from "../stages/resolve.ts";
import { lineEnding } from "../text/edit.ts";
import type { Span } from "../text/range.ts";
import type { Fix, Rule } from "./rule.ts";

/** What a comment above an instruction may describe: the stage or the build args; empty where it defines none. */
function definedNames({ keyword, args, pairs }: Instruction): string[] {
  if (keyword === "ARG") return pairs.map(({ key }) => key);
  const name = keyword === "FROM" && args.length === 3 && args[1]!.text.toLowerCase() === "as" ? args[2]!.text : "";
  return isValidStageName(name) ? [name.toLowerCase()] : [];
}

/** What BuildKit reads as the comment; `""` is a line that parts other comments from the instruction. */
function commentText({ text, lines }: Analysis, { start, end }: Span): string {
  const lineStart = lines.startOf(lines.lineAt(start));
  const isIndented = start > lineStart && text.charCodeAt(lineStart) !== 0xfeff;
  // BuildKit cuts off the first character of the line, also where that is a blank.
  return text.slice(isIndented ? start : start + 1, end).trim();
}

function fixesFor({ text, lines }: Analysis, comment: Span, names: readonly string[]): Fix[] {
  const end = lines.endOf(lines.lineAt(comment.end));
  const part: Fix = {
    title: "Separate the comment from the instruction",
    safety: "safe",
    edits: [{ span: { start: end, end }, newText: `${lineEnding(text)}#` }],
  };
  const start = lines.startOf(lines.lineAt(comment.start));
  if (names.length > 1) return [part];
  const name: Fix = {
    title: `Begin the comment with '${names[0]}'`,
    safety: "safe",
    edits: [
      {
        span: { start, end: comment.end },
        newText: `# ${names[0]} ${text.slice(comment.start + 1, comment.end).trim()}`,
      },
    ],
  };
  return text.charCodeAt(start) === 0xfeff ? [part] : [name, part];
}

export const invalidDefinitionDescription: Rule = {
  id: "InvalidDefinitionDescription",
  severity: "warning",
  buildkit: "experimental",
  summary: "A comment above a stage or an ARG that does not begin with its name.",
  docs: `
\`docker build --call=outline\` and \`--call=targets\` show comments as descriptions of build args and stages: those that stand right
above and begin with the name, \`# NAME what it is\`. The check finds other comments there. Between the
instruction and a comment that is no description goes a line with \`#\` alone; an empty line is not enough.`,
  examples: [
    {
      title: "A comment without the name",
      text: `
# the version of the runtime
ARG VERSION=20
^^^ Comment for ARG should follow the format: \`# VERSION <description>\`
FROM node:$VERSION
`,
      fixed: `
# VERSION the version of the runtime
ARG VERSION=20
FROM node:$VERSION
`,
    },
    {
      title: "Several names",
      text: `
FROM node:20
# numbers
ARG A B
^^^ Comment for ARG should follow the format: \`# <arg_key> <description>\`
`,
      fixed: `
FROM node:20
# numbers
#
ARG A B
`,
    },
    {
      title: "Descriptions, and comments about something else",
      text: `
# VERSION of the runtime
ARG VERSION=20
# The last line counts.
# app what is shipped
FROM node:$VERSION AS App
# nothing to describe
COPY . .
# about all that follows
#
ARG PORT
`,
    },
  ],
  *check(analysis) {
    const { dockerfile } = analysis;
    const { comments, instructions } = dockerfile;
    let next = 0;
    for (const instruction of instructions) {
      const first = next;
      while (next < comments.length && comments[next]!.start < instruction.span.start) next++;
      const comment = next > first ? comments[next - 1]! : null;
      while (next < comments.length && comments[next]!.start < instruction.span.end) next++;
      const names = comment ? definedNames(instruction) : [];
      if (names.length === 0) continue;
      const said = commentText(analysis, comment!);
      if (said === "" || names.includes(said.split(" ", 1)[0]!)) continue;
      yield {
        span: instruction.keywordSpan,
        message: `Comment for ${instruction.keyword} should follow the format: \`# ${names.length > 1 ? "<arg_key>" : names[0]} <description>\``,
        fixes: fixesFor(analysis, comment!, names),
      };
    }
  },
};
