import { hasOtherFrontend } from "../dockerfile/directives.ts";
import { didYouMean } from "../dockerfile/flag-values.ts";
import type { Flag, Instruction } from "../dockerfile/instruction.ts";
import type { Question } from "../stages/memory.ts";
import { readingsOf } from "../stages/readings.ts";
import { shortened } from "../text/quote.ts";
import { isOneTypoApart } from "../text/similar.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** `text` takes a value, `list` too and may be repeated, `switch` takes `true`, `false` or no value. */
type FlagKind = "text" | "list" | "switch";
type FlagKinds = Readonly<Record<string, FlagKind>>;

const none: FlagKinds = {};

/** The flags of the Dockerfile language 1, its labs channel included. Of ARG and STOPSIGNAL BuildKit ignores all. */
const known: Readonly<Record<string, FlagKinds>> = {
  ADD: {
    chmod: "text",
    chown: "text",
    checksum: "text",
    exclude: "list",
    "keep-git-dir": "switch",
    link: "switch",
    unpack: "switch",
  },
  CMD: none,
  COPY: { chmod: "text", chown: "text", exclude: "list", from: "text", link: "switch", parents: "switch" },
  ENTRYPOINT: none,
  ENV: none,
  EXPOSE: none,
  FROM: { platform: "text" },
  HEALTHCHECK: {
    interval: "text",
    retries: "text",
    "start-interval": "text",
    "start-period": "text",
    timeout: "text",
  },
  LABEL: none,
  MAINTAINER: none,
  ONBUILD: none,
  RUN: { device: "list", mount: "list", network: "text", security: "text" },
  SHELL: none,
  USER: none,
  VOLUME: none,
  WORKDIR: none,
};

/** Whether BuildKit looks at the instruction's flags at all. */
function readsFlags({ keyword, args }: Instruction): boolean {
  return keyword !== "HEALTHCHECK" || args[0]?.text.toUpperCase() !== "NONE";
}

function problemOf(
  { name, value }: Flag,
  kinds: FlagKinds,
  kind: FlagKind | undefined,
  isRepeated: boolean,
): string | null {
  if (kind === undefined) return `unknown flag: --${name}${didYouMean(name, Object.keys(kinds))}`;
  if (isRepeated && kind !== "list") return `duplicate flag specified: --${name}`;
  if (kind !== "switch") return value === null ? `missing a value on flag: --${name}` : null;
  if (value === null || /^(?:true|false)$/i.test(value)) return null;
  return value === ""
    ? `missing a value on flag: --${name}`
    : `expecting boolean value for flag --${name}, not: ${value}`;
}

/** The flag that was meant, or the value that stands behind a blank. */
function fixFor({ name, nameSpan, value, span }: Flag, kinds: FlagKinds, instruction: Instruction): Fix | null {
  if (!Object.hasOwn(kinds, name)) {
    const meant = Object.keys(kinds).find(
      (other) => isOneTypoApart(name.toLowerCase(), other) || name.toLowerCase() === other,
    );
    return meant === undefined
      ? null
      : { title: `Change to --${meant}`, safety: "unsafe", edits: [{ span: nameSpan, newText: meant }] };
  }
  const { keyword, args, json, flags } = instruction;
  const [next, ...rest] = args;
  const isValue =
    value === null &&
    kinds[name] !== "switch" &&
    flags.at(-1)?.span === span &&
    !json &&
    ((rest.length >= 2 && (keyword === "COPY" || keyword === "ADD")) ||
      (keyword === "RUN" && name === "mount" && /^type=\w/.test(next?.text ?? "")) ||
      (keyword === "FROM" && (rest.length === 1 || rest.length === 3)));
  return next && isValue
    ? {
        title: `Change to --${name}=${next.text.split(/\s/, 1)[0]!}`,
        safety: "unsafe",
        edits: [{ span: { start: span.end, end: next.span.start }, newText: "=" }],
      }
    : null;
}

function* check(instruction: Instruction, isOther: boolean, textEnd: number): Generator<Finding> {
  const kinds = known[instruction.keyword];
  if (!kinds || !readsFlags(instruction)) return;
  const given = new Set<string>();
  for (const flag of instruction.flags) {
    const kind = Object.hasOwn(kinds, flag.name) ? kinds[flag.name] : undefined;
    const message = isOther && kind === undefined ? null : problemOf(flag, kinds, kind, given.has(flag.name));
    given.add(flag.name);
    if (message === null || flag.span.end === textEnd) continue;
    const fix = message.startsWith("duplicate") ? null : fixFor(flag, kinds, instruction);
    yield { span: flag.span, message: shortened(message, 200), ...(fix && { fixes: [fix] }) };
  }
}

/** Whether anything is wrong where the flags are BuildKit's and nothing is being typed. */
const isDoubtful: Question<boolean> = (instruction) =>
  instruction.flags.length > 0 && check(instruction, false, -1).next().done !== true;

export const invalidFlag: Rule = {
  id: "InvalidFlag",
  severity: "error",
  summary: "A flag that BuildKit does not know, or that lacks its value.",
  docs: `
BuildKit stops at a flag it does not know, and at one that is given twice or without its value. Flags are lower case, and a
value follows \`=\`, not a blank: \`COPY --from=build\`. \`ADD\`, \`COPY\`, \`FROM\`, \`HEALTHCHECK\` and \`RUN\` have flags.

An instruction after \`ONBUILD\` is checked where a stage of the file is built on it.

While a flag is the very last of the text it is still being typed and left alone. A file whose \`# syntax=\` names another
frontend than \`docker/dockerfile\` may have flags of its own.`,
  examples: [
    {
      title: "No equals sign after --from",
      text: `
FROM alpine AS a
RUN make /x
FROM alpine
COPY --from a /x /x
     ^^^^^^ missing a value on flag: --from
`,
      fixed: `
FROM alpine AS a
RUN make /x
FROM alpine
COPY --from=a /x /x
`,
    },
    {
      title: "A mount, too",
      text: `
FROM alpine
RUN --mount type=cache,target=/var/cache/apk apk add git
    ^^^^^^^ missing a value on flag: --mount
`,
      fixed: `
FROM alpine
RUN --mount=type=cache,target=/var/cache/apk apk add git
`,
    },
    {
      title: "Twice",
      text: `
FROM alpine AS a
FROM alpine AS b
FROM alpine
COPY --from=a --from=b /x /x
              ^^^^^^^^ duplicate flag specified: --from
`,
    },
    {
      title: "Unknown",
      text: `
FROM alpine
COPY --CHOWN=app . .
     ^^^^^^^^^^^ unknown flag: --CHOWN
HEALTHCHECK --start_period=5s CMD /check
            ^^^^^^^^^^^^^^^^^ unknown flag: --start_period (did you mean start-period?)
RUN --user=app ls
    ^^^^^^^^^^ unknown flag: --user
USER --group app
     ^^^^^^^ unknown flag: --group
`,
      fixed: `
FROM alpine
COPY --chown=app . .
HEALTHCHECK --start_period=5s CMD /check
RUN --user=app ls
USER --group app
`,
    },
    {
      title: "Neither true nor false",
      text: `
FROM alpine
COPY --link=maybe . .
     ^^^^^^^^^^^^ expecting boolean value for flag --link, not: maybe
`,
    },
    {
      title: "As it should be",
      text: `
FROM --platform=$BUILDPLATFORM alpine AS a
FROM alpine
COPY --link --chown=app --exclude=*.md --exclude=*.txt --parents . .
RUN --mount=type=cache,target=/c --mount=from=a,target=/a --network=none ls
RUN -x
HEALTHCHECK --interval=5s --retries=2 CMD /check
`,
    },
    {
      title: "Half typed",
      text: `
FROM alpine AS a
RUN ls
FROM a
COPY --fro`,
    },
    {
      title: "Another frontend",
      text: `
# syntax=example/frontend:2
FROM alpine
RUN --user=app ls
`,
    },
  ],
  *check(analysis) {
    const { dockerfile, text } = analysis;
    for (const { instruction } of readingsOf(analysis, isDoubtful))
      yield* check(instruction, hasOtherFrontend(dockerfile), text.length);
  },
};
