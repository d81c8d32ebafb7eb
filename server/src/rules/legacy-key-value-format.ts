import type { Dockerfile, Instruction, Pair } from "../dockerfile/instruction.ts";
import { expand, isBlank, isSpace } from "../dockerfile/words.ts";
import { onFirstLine } from "../stages/place.ts";
import type { Edit } from "../text/edit.ts";
import { shortened } from "../text/quote.ts";
import type { Fix, Rule } from "./rule.ts";

/** Whether `NAME value` is written without `=`. BuildKit takes the whole rest of the line as the value then. */
function isLegacy({ keyword, pairs, line, argsStart }: Instruction): boolean {
  if (keyword !== "ENV" && keyword !== "LABEL") return false;
  const pair = pairs[0];
  return pair !== undefined && pair.value !== null && isBlank(line.text.charCodeAt(argsStart + pair.key.length));
}

/** Whether a blank ends the value where words are split: it stands outside of quotes and is not escaped. */
function hasLooseBlank(value: string, escape: string): boolean {
  let quote = "";
  for (let at = 0; at < value.length; at++) {
    const ch = value[at]!;
    if (ch === escape && quote !== "'") at++;
    else if (quote !== "") quote = ch === quote ? "" : quote;
    else if (ch === '"' || ch === "'") quote = ch;
    else if (isSpace(ch.charCodeAt(0))) return true;
  }
  return false;
}

/**
 * A value as one double-quoted word that BuildKit expands to the same; `null` where that is not certain. Variables mean the
 * same inside double quotes, so only quotes and escapes need to be written anew.
 */
function doubleQuoted(value: string, escape: string): string | null {
  const literal = (ch: string): string => (ch === '"' || ch === "$" || ch === escape ? escape + ch : ch);
  let result = "";
  for (let at = 0; at < value.length; at++) {
    const ch = value[at]!;
    if (ch === "$" && value[at + 1] === "{") {
      const end = value.indexOf("}", at);
      const inBraces = value.slice(at + 2, end);
      if (end < 0 || /["'${]/.test(inBraces) || inBraces.includes(escape)) return null;
      result += value.slice(at, end + 1);
      at = end;
    } else if (ch === "'") {
      const end = value.indexOf("'", at + 1);
      if (end < 0) return null;
      result += Array.from(value.slice(at + 1, end), literal).join("");
      at = end;
    } else if (ch === '"') {
      at++;
      for (; value[at] !== '"'; at++) {
        if (at >= value.length || (value[at] === "$" && value[at + 1] === "{")) return null;
        if (value[at] === escape) result += value[at++]!;
        result += value[at] ?? "";
      }
    } else if (ch === escape) {
      if (++at >= value.length) return null;
      result += literal(value[at]!);
    } else result += ch;
  }
  return `"${result}"`;
}

/** Whether BuildKit makes the same of two values, whatever the variables in them hold. */
function meansSame(before: string, after: string, escape: string): boolean {
  const environments = [() => undefined, () => "", (name: string) => `<${name} x>`];
  return environments.every((environment) => {
    const [one, other] = [before, after].map((text) => expand(text, environment, { escape }));
    return one!.error === null && other!.error === null && one!.value === other!.value;
  });
}

/** The edits that write the pair with `=`; `null` where the value might change or a comment would go. */
function withEquals({ text, escape }: Dockerfile, { key, value, keySpan, valueSpan }: Pair): Edit[] | null {
  const between = { start: keySpan.end, end: valueSpan!.start };
  if (!/^[\w./-]+$/.test(key) || /#/.test(text.slice(between.start, between.end))) return null;
  if (!hasLooseBlank(value!, escape))
    return meansSame(value!, value!, escape) ? [{ span: between, newText: "=" }] : null;
  if (!/["'\\`]/.test(value!)) {
    // What stands between the quotes stays as it is, continuation lines and comments included.
    return meansSame(value!, `"${value!}"`, escape)
      ? [
          { span: between, newText: '="' },
          { span: { start: valueSpan!.end, end: valueSpan!.end }, newText: '"' },
        ]
      : null;
  }
  if (/[\r\n]/.test(text.slice(valueSpan!.start, valueSpan!.end))) return null;
  const quoted = doubleQuoted(value!, escape);
  if (quoted === null || !meansSame(value!, quoted, escape)) return null;
  return [{ span: { start: between.start, end: valueSpan!.end }, newText: `=${quoted}` }];
}

/** `ENV NAME = value`: BuildKit takes the `=` for a part of the value, which nobody means. */
function withoutBlanks({ text, escape }: Dockerfile, { key, value, keySpan, valueSpan }: Pair): Fix | null {
  const rest = value!.replace(/^=\s*/, "");
  const isPlain = text.slice(valueSpan!.start, valueSpan!.end) === value;
  if (!isPlain || rest === "" || hasLooseBlank(rest, escape) || !meansSame(rest, rest, escape)) return null;
  return {
    title: `Change to ${shortened(`${key}=${rest}`, 60)}`,
    safety: "unsafe",
    edits: [{ span: { start: keySpan.end, end: valueSpan!.end - rest.length }, newText: "=" }],
  };
}

function toFix(dockerfile: Dockerfile, { keywordSpan: { start, end }, pairs }: Instruction): Fix | null {
  if (pairs[0]!.value!.startsWith("=")) return withoutBlanks(dockerfile, pairs[0]!);
  const edits = withEquals(dockerfile, pairs[0]!);
  return edits && { title: `Change to ${dockerfile.text.slice(start, end)} name=value`, safety: "safe", edits };
}

export const legacyKeyValueFormat: Rule = {
  id: "LegacyKeyValueFormat",
  severity: "warning",
  buildkit: "stable",
  summary: "ENV or LABEL with a blank in place of `=`.",
  docs: `
\`ENV NAME value\` takes the whole rest of the line as the value, and sets one variable only. \`ENV NAME=value\` says where the value
ends, may set several, and is the only form that is not deprecated. The fix keeps the value as BuildKit reads it; where that is
not certain, none is offered. With blanks around it the \`=\` itself is a part of the value: \`ENV NAME = value\` is not what it
looks like.`,
  examples: [
    {
      title: "A word",
      text: `
FROM alpine:3.20
ENV NODE_ENV production
    ^^^^^^^^ "ENV key=value" should be used instead of legacy "ENV key value" format
`,
      fixed: `
FROM alpine:3.20
ENV NODE_ENV=production
`,
    },
    {
      title: "Blanks around the equals sign",
      text: `
FROM alpine:3.20
ENV NODE_ENV = production
    ^^^^^^^^ "ENV key=value" should be used instead of legacy "ENV key value" format
`,
      fixed: `
FROM alpine:3.20
ENV NODE_ENV=production
`,
    },
    {
      title: "Blanks in the value",
      text: `
FROM alpine:3.20
LABEL description A small server
      ^^^^^^^^^^^ "LABEL key=value" should be used instead of legacy "LABEL key value" format
`,
      fixed: `
FROM alpine:3.20
LABEL description="A small server"
`,
    },
    {
      title: "Quotes and variables",
      text: `
FROM alpine:3.20
ENV OPTS -a "$HOME/x y" '$5' \\"
    ^^^^ "ENV key=value" should be used instead of legacy "ENV key value" format
`,
      fixed: `
FROM alpine:3.20
ENV OPTS="-a $HOME/x y \\$5 \\""
`,
    },
    {
      title: "Several lines",
      text: `
FROM alpine:3.20
ENV PATH /opt/bin:\\
    ^^^^ "ENV key=value" should be used instead of legacy "ENV key value" format
# from the base image
$PATH
`,
      fixed: `
FROM alpine:3.20
ENV PATH=/opt/bin:\\
# from the base image
$PATH
`,
    },
    {
      title: "With equals signs",
      text: `
FROM alpine:3.20
ENV A=1 B="two words"
LABEL maintainer="Jane Doe"
ARG NAME
ONBUILD ENV C later
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(isLegacy).length === 0) return;
    const { dockerfile, steps, text, lines } = analysis;
    for (const all of steps) {
      for (const { instruction, written, place } of all) {
        if (!isLegacy(instruction)) continue;
        const { start, end } = instruction.keywordSpan;
        const word = end - start === instruction.keyword.length ? text.slice(start, end) : instruction.keyword;
        const fix = toFix(dockerfile, instruction);
        yield {
          ...onFirstLine(
            lines,
            place,
            instruction.pairs[0]!.keySpan,
            written === place ? "The name." : "ONBUILD brings this along.",
          ),
          message: `"${word} key=value" should be used instead of legacy "${word} key value" format`,
          ...(fix && { fixes: [fix] }),
        };
      }
    }
  },
};
