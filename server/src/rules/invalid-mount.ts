import { hasOtherFrontend } from "../dockerfile/directives.ts";
import type { Mount, MountField } from "../dockerfile/instruction.ts";
import { fieldsError, mountKeys, mountProblem, mountTypes } from "../dockerfile/mount-options.ts";
import { isOfficial, parseImage } from "../images/image.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Question } from "../stages/memory.ts";
import { type Reading, readingsOf, valueOf } from "../stages/readings.ts";
import { isLiteral } from "../stages/values.ts";
import { shortened } from "../text/quote.ts";
import { isOneTypoApart } from "../text/similar.ts";
import type { Span } from "../text/range.ts";
import type { Finding, Fix, Rule } from "./rule.ts";

/** Images of distributions: their working directory is the root. */
const distributions =
  "alpine almalinux amazonlinux archlinux busybox centos debian fedora oraclelinux rockylinux ubuntu".split(" ");

/** For each stage whether commands surely run in `/`: neither it nor what it is built on has a WORKDIR. */
function rootedStages({ stages, roots }: Analysis): readonly boolean[] {
  const rooted: boolean[] = [];
  for (const { index, base, instructions } of stages) {
    const root = roots[index];
    const isPlain =
      root?.kind === "scratch" ||
      (root?.kind === "image" && distributions.some((name) => isOfficial(parseImage(root.image), name)));
    const above = base?.target.kind === "stage" ? rooted[base.target.stage]! : isPlain;
    rooted.push(above && instructions.every(({ keyword, trigger }) => (trigger?.keyword ?? keyword) !== "WORKDIR"));
  }
  return rooted;
}

/** Whether a path is the root, whatever it is relative to. */
function isRoot(path: string): boolean {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.length === 0;
}

function fixFor({ key, value, span, valueSpan }: MountField): Fix | null {
  const isType = key === "type" && value !== null;
  const written = isType ? value.toLowerCase() : key;
  const meant = (isType ? mountTypes : mountKeys).find((name) => isOneTypoApart(written, name));
  const place: Span | null = isType ? valueSpan : { start: span.start, end: span.start + key.length };
  return meant === undefined || !place
    ? null
    : { title: `Change to ${meant}`, safety: "unsafe", edits: [{ span: place, newText: meant }] };
}

/** Whether a mount may have an option that BuildKit refuses; many mounts do not. */
const isDoubtful: Question<boolean> = ({ mounts }, { text }) =>
  mounts.some((mount) => {
    const { flag, fields } = mount;
    if (flag.value === null || !isLiteral(text.slice(flag.span.start, flag.span.end))) return true;
    if (/^,|,,|,$/.test(flag.value) || fields.some(({ value }) => value !== null && isRoot(value))) return true;
    const problem = mountProblem(
      mount,
      (value) => value,
      ({ key }) => key,
    );
    const hasTarget = fields.some(({ key }) => key === "target" || key === "dst" || key === "destination");
    return problem !== null || !hasTarget || fieldsError(flag.value) !== null;
  });

function check(analysis: Analysis, reading: Reading, mount: Mount, rooted: () => readonly boolean[]): Finding | null {
  const { flag, fields, type } = mount;
  if (flag.value === null) return null;
  const broken = fieldsError(flag.value);
  if (broken !== null) return { span: flag.valueSpan ?? flag.span, message: broken };
  const problem = mountProblem(
    mount,
    (text) => valueOf(analysis, reading, text),
    ({ span }) => analysis.text.slice(span.start, span.end),
  );
  if (problem) {
    const { message, field } = problem;
    const isName = message.startsWith("unexpected key") || message.startsWith("unsupported mount type");
    const fix = field && isName && analysis.text.startsWith(field.key, field.span.start) ? fixFor(field) : null;
    return { span: field?.span ?? flag.span, message: shortened(message, 200), ...(fix && { fixes: [fix] }) };
  }
  // In quotes there may be commas that part no fields.
  if (!flag.value.includes('"') && /^,|,,|,$/.test(flag.value))
    return { span: flag.valueSpan ?? flag.span, message: "invalid field '' must be a key=value pair" };
  if (!/^(?:bind|cache|tmpfs)$/.test(type)) return null;
  const target = fields.findLast(({ key }) => key === "target" || key === "dst" || key === "destination");
  const path = target ? valueOf(analysis, reading, target.value ?? "") : "";
  const isFromRoot = () =>
    path?.startsWith("/") === true || (!reading.written.trigger && rooted()[reading.stage ?? -1] === true);
  return path !== null && isRoot(path) && isFromRoot()
    ? { span: target?.span ?? flag.span, message: 'invalid mount target "/"' }
    : null;
}

export const invalidMount: Rule = {
  id: "InvalidMount",
  severity: "error",
  summary: "An option of RUN --mount that BuildKit refuses.",
  docs: `
BuildKit stops at a mount of a type it does not know, at an option that no mount or not this type of mount has, and at values
that an option does not take:

- there are mounts of type \`bind\`, \`cache\`, \`secret\`, \`ssh\` and \`tmpfs\`; \`type=\` comes first, because what follows is read for that type,
- all but \`secret\` and \`ssh\` need a \`target\`, which cannot be \`/\`. Without one the mount is at the working directory,
- \`size\` is for \`tmpfs\`, \`sharing\` for \`cache\`, \`required\` for \`secret\` and \`ssh\`; \`mode\`, \`uid\` and \`gid\` are not for \`bind\` and \`tmpfs\`,
- a \`secret\` needs an \`id\`, a \`source\` or a \`target\`.

See [RUN --mount](https://docs.docker.com/reference/dockerfile/#run---mount). Where a variable has a value that the file does not
tell, nothing is said. While a mount is the very last of the text it is still being typed and left alone.`,
  examples: [
    {
      title: "Types",
      text: `
FROM alpine
RUN --mount=type=cach,target=/cache make
            ^^^^^^^^^ unsupported mount type "cach" (did you mean cache?)
RUN --mount=type=volume,target=/data make
            ^^^^^^^^^^^ unsupported mount type "volume"
`,
      fixed: `
FROM alpine
RUN --mount=type=cache,target=/cache make
RUN --mount=type=volume,target=/data make
`,
    },
    {
      title: "Options",
      text: `
FROM alpine
RUN --mount=type=cache,targt=/cache make
                       ^^^^^^^^^^^^ unexpected key 'targt' in 'targt=/cache' (did you mean target?)
RUN --mount=type=cache,target=/cache,required make
                                     ^^^^^^^^ unexpected key 'required' for mount type 'cache'
RUN --mount=target=/data,type=tmpfs,mode=0700 make
                                    ^^^^^^^^^ mode not allowed for "tmpfs" type mounts
RUN --mount=size=64m,type=tmpfs,target=/data make
            ^^^^^^^^ unexpected key 'size' for mount type 'bind'
RUN --mount=/data:/data make
            ^^^^^^^^^^^ invalid field '/data:/data' must be a key=value pair
`,
      fixed: `
FROM alpine
RUN --mount=type=cache,target=/cache make
RUN --mount=type=cache,target=/cache,required make
RUN --mount=target=/data,type=tmpfs,mode=0700 make
RUN --mount=size=64m,type=tmpfs,target=/data make
RUN --mount=/data:/data make
`,
    },
    {
      title: "Values",
      text: `
FROM alpine
RUN --mount=type=cache,target=/cache,uid=app make
                                     ^^^^^^^ invalid value app for uid
RUN --mount=type=cache,target=/cache,sharing=none make
                                     ^^^^^^^^^^^^ unsupported sharing value "none"
RUN --mount=type=tmpfs,target=/data,size=much make
                                    ^^^^^^^^^ invalid value for size: much
RUN --mount=target=/data,ro=yes make
                         ^^^^^^ invalid value for ro: yes
`,
    },
    {
      title: "Secrets",
      text: `
FROM alpine
RUN --mount=type=secret make
    ^^^^^^^^^^^^^^^^^^^ invalid secret mount. one of source, target required
RUN --mount=type=secret,id=key,source=key make
                        ^^^^^^ both source and id can't be set
RUN --mount=type=ssh,source=key make
                     ^^^^^^^^^^ ssh does not support source
`,
    },
    {
      title: "Targets",
      text: `
FROM alpine
RUN --mount=type=bind,target=/ make
                      ^^^^^^^^ invalid mount target "/"
RUN --mount=type=cache make
    ^^^^^^^^^^^^^^^^^^ invalid mount target "/"
`,
    },
    {
      title: "As it should be",
      text: `
FROM example/base
ARG UID
RUN --mount=type=cache,target=/cache,sharing=locked,uid=$UID,mode=0755 make
RUN --mount=type=secret,id=key,required --mount=type=secret,id=token,env=TOKEN make
RUN --mount=type=ssh --mount=type=tmpfs,target=/data,size=1.5g make
RUN --mount=type=bind,source=.,target=.,rw make
RUN --mount=type=$KIND,size=1 make
`,
    },
    {
      title: "In a working directory",
      text: `
FROM alpine
WORKDIR /app
RUN --mount=source=. make
`,
    },
    {
      title: "Still being typed",
      text: `
FROM alpine
RUN --mount=type=ca`,
    },
  ],
  *check(analysis) {
    const { text, dockerfile } = analysis;
    if (!text.includes("--mount") || hasOtherFrontend(dockerfile)) return;
    let rooted: readonly boolean[] | undefined;
    for (const reading of readingsOf(analysis, isDoubtful)) {
      for (const mount of reading.instruction.mounts) {
        if (mount.flag.span.end === text.length) continue;
        const finding = check(analysis, reading, mount, () => (rooted ??= rootedStages(analysis)));
        if (finding) yield finding;
      }
    }
  },
};
