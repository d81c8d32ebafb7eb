import type { Dockerfile, Flag, Instruction, Mount } from "../dockerfile/instruction.ts";
import type { Finding, Rule } from "./rule.ts";

/** `text` takes a value, `list` too and may be repeated, `switch` takes `true`, `false` or no value. */
type FlagKind = "text" | "list" | "switch";

/** The flags of the Dockerfile language 1, its labs channel included. Instructions that are not here are not looked at. */
const known: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  ADD: {
    chown: "text",
    chmod: "text",
    link: "switch",
    "keep-git-dir": "switch",
    checksum: "text",
    unpack: "switch",
    exclude: "list",
  },
  COPY: { from: "text", chown: "text", chmod: "text", link: "switch", parents: "switch", exclude: "list" },
  FROM: { platform: "text" },
  RUN: { mount: "list", network: "text", security: "text", device: "list" },
};

const mountTypes: ReadonlySet<string> = new Set(["bind", "cache", "tmpfs", "secret", "ssh"]);

/** Whether another program than BuildKit's own frontend may read the file, with flags of its own. */
function hasOtherFrontend({ directives }: Dockerfile): boolean {
  const syntax = directives.find(({ name }) => name === "syntax")?.value ?? "";
  return syntax !== "" && !/^(?:docker\.io\/)?docker\/dockerfile(?:[:@].*)?$/.test(syntax);
}

function problemOf(flag: Flag, kind: FlagKind | undefined, isRepeated: boolean): string | null {
  const { name, value } = flag;
  if (kind === undefined) return `unknown flag: --${name}`;
  if (isRepeated && kind !== "list") return `duplicate flag specified: --${name}`;
  if (kind !== "switch") return value === null ? `missing a value on flag: --${name}` : null;
  if (value === null || /^(?:true|false)$/i.test(value)) return null;
  return value === ""
    ? `missing a value on flag: --${name}`
    : `expecting boolean value for flag --${name}, not: ${value}`;
}

function mountProblem({ fields }: Mount): Finding | null {
  for (const { key, value, span } of fields) {
    if (key !== "type" || value === null || value.includes("$") || mountTypes.has(value.toLowerCase())) continue;
    return { span, message: `unsupported mount type "${value}"` };
  }
  return null;
}

function* check(instruction: Instruction, dockerfile: Dockerfile): Generator<Finding> {
  const { keyword, flags, mounts, line, argsStart } = instruction;
  const kinds = known[keyword];
  // While nothing follows the flags, the line is still being typed.
  if (!kinds || argsStart >= line.text.length) return;
  const other = hasOtherFrontend(dockerfile);
  const given = new Set<string>();
  for (const flag of flags) {
    const kind = Object.hasOwn(kinds, flag.name) ? kinds[flag.name] : undefined;
    if (other && kind === undefined) continue;
    const message = problemOf(flag, kind, given.has(flag.name));
    given.add(flag.name);
    if (message !== null) yield { span: flag.span, message };
  }
  if (other) return;
  for (const mount of mounts) {
    const problem = mountProblem(mount);
    if (problem) yield problem;
  }
}

export const invalidFlag: Rule = {
  id: "InvalidFlag",
  severity: "error",
  summary: "A flag that BuildKit does not know, or that lacks its value.",
  docs: `
BuildKit stops at a flag it does not know, at one that is given twice or without its value, and at a mount of a type that does
not exist. Flags are lower case, and a value follows \`=\`, not a blank: \`COPY --from=build\`.

The rule reads the flags of \`FROM\`, \`COPY\`, \`ADD\` and \`RUN\`. A file whose \`# syntax=\` names another frontend than
\`docker/dockerfile\` may have flags of its own.`,
  examples: [
    {
      title: "No equals sign behind --from",
      text: `
FROM alpine AS a
FROM alpine
COPY --from a /x /x
     ^^^^^^ missing a value on flag: --from
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
RUN --user=app ls
    ^^^^^^^^^^ unknown flag: --user
COPY --CHOWN=app . .
     ^^^^^^^^^^^ unknown flag: --CHOWN
COPY --link=maybe . .
     ^^^^^^^^^^^^ expecting boolean value for flag --link, not: maybe
RUN --mount=type=volume,target=/x ls
            ^^^^^^^^^^^ unsupported mount type "volume"
`,
    },
    {
      title: "As it should be",
      text: `
FROM --platform=$BUILDPLATFORM alpine AS a
FROM alpine
COPY --link --chown=app --exclude=*.md --exclude=*.txt . .
RUN --mount=type=cache,target=/c --mount=from=a,target=/a --network=none ls
`,
    },
    {
      title: "Half typed",
      text: `
FROM alpine AS a
RUN ls
FROM a
COPY --fro
`,
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
  *check({ dockerfile }) {
    for (const instruction of dockerfile.instructions) {
      const inner = instruction.trigger ?? instruction;
      if (inner.flags.length > 0) yield* check(inner, dockerfile);
    }
  },
};
