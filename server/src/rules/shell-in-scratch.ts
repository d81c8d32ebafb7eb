import { lacksShell, startsInterpreter } from "../images/libc.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "../stages/analysis.ts";
import { layersOf } from "../stages/layers.ts";
import type { Stage } from "../stages/resolve.ts";
import { startOf } from "../stages/start.ts";
import { isInside, lastPart } from "../text/paths.ts";
import type { Span } from "../text/range.ts";
import { type Arrival, arrivalsOf, bringsFiles, reaches } from "./common/arrivals.ts";
import type { Finding, Fix, Rule } from "./rule.ts";
import { isDeep, type System, systemsOf } from "./common/systems.ts";

const shellName = /^(?:ba|da|a|z|k)?sh$/;
const programFolders = ["/bin", "/usr/bin"];

/** Whether something that arrives may be a shell, or a directory with one. */
function mayBeShell(arrival: Arrival): boolean {
  const name = lastPart(arrival.path);
  if (shellName.test(name) || /busybox|toybox/.test(arrival.path)) return true;
  return programFolders.some((folder) =>
    arrival.directory ? reaches(arrival, folder) : isInside(arrival.path, folder),
  );
}

/** Whether a stage may get a shell after all: a file, a layer of another image or a shell that it names. */
function mayHaveShell(analysis: Analysis, stage: number): boolean {
  const layers = layersOf(analysis, stage);
  const commands = layers
    .filter(({ instruction: { keyword } }) => /^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword))
    .map(({ instruction: { line } }) => line.text)
    .join("\n");
  // What a command names is a program.
  const isNamed = (path: string): boolean => commands.includes(lastPart(path));
  return layers.some((layer) => {
    const { instruction } = layer;
    if (instruction.keyword === "SHELL") return true;
    if (!bringsFiles(instruction)) return false;
    if (instruction.args.some(({ text }) => /busybox|toybox|\/(?:ba|da|a)?sh$/.test(text))) return true;
    const arrivals = arrivalsOf(analysis, layer);
    return arrivals === null || arrivals.some((one) => mayBeShell(one) || (one.unsure && !isNamed(one.path)));
  });
}

/** What needs a shell, and what becomes of it without one. */
interface Need {
  readonly instruction: Instruction;
  readonly span: Span;
  /** What needs it, as the subject of a sentence. */
  readonly what: string;
  readonly result: string;
}

/** Whether something that could be a command follows; `[` begins an exec form that is being typed. */
function isCommand(text: string | undefined): boolean {
  return text !== undefined && text !== "" && !text.startsWith("[");
}

function runNeed(instruction: Instruction, text: string): Need | null {
  const { json, args, mounts, heredocs, keywordSpan } = instruction;
  const result = "the build stops here";
  if (mounts.some(({ type }) => type === "bind")) return null;
  if (json) return shellProgram(instruction, 0, result);
  const [heredoc] = heredocs;
  if (heredoc && text.startsWith("#!", heredoc.body.start)) return null;
  if (!isCommand(args[0]?.text)) return null;
  return { instruction, span: keywordSpan, what: "RUN in shell form needs '/bin/sh'", result };
}

/** An exec form that starts a shell, or a script for one. */
function shellProgram(instruction: Instruction, at: number, result: string): Need | null {
  const word = instruction.args[at];
  if (!word) return null;
  const { text, span } = word;
  if (/^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/.test(text))
    return { instruction, span, what: `'${text}' is a shell`, result };
  return /\.(?:sh|bash)$/.test(text) ? { instruction, span, what: `'${text}' is a script for a shell`, result } : null;
}

function startNeed(instruction: Instruction, { lines }: Analysis): Need | null {
  const { keyword, json, args } = instruction;
  const result = "the container cannot start";
  if (json) return shellProgram(instruction, 0, result);
  const [command] = args;
  if (!command || !isCommand(command.text)) return null;
  // At the keyword stands what BuildKit has to say about the shell form.
  const { start, end } = command.span;
  const span = { start, end: Math.min(end, lines.endOf(lines.lineAt(start))) };
  return { instruction, span, what: `${keyword} in shell form needs '/bin/sh'`, result };
}

function healthNeed(instruction: Instruction): Need | null {
  const { json, args } = instruction;
  const [kind, command] = args;
  if (kind?.text.toUpperCase() !== "CMD") return null;
  const result = "the check fails each time";
  if (json) return shellProgram(instruction, 1, result);
  if (!isCommand(command?.text)) return null;
  return { instruction, span: kind.span, what: "HEALTHCHECK in shell form needs '/bin/sh'", result };
}

/** What of a stage's own instructions needs a shell. */
function needsOf(analysis: Analysis, stage: Stage, system: System): Need[] {
  const { instructions, index } = stage;
  const needs: (Need | null)[] = [];
  let starts = false;
  let check: Instruction | null = null;
  for (const instruction of instructions) {
    const { keyword } = instruction;
    if (keyword === "RUN") needs.push(runNeed(instruction, analysis.text));
    else if (keyword === "CMD" || keyword === "ENTRYPOINT") starts = true;
    else if (keyword === "HEALTHCHECK") check = instruction;
  }
  if (starts) {
    const { entrypoint, cmd } = startOf(analysis, index);
    if (entrypoint && instructions.includes(entrypoint)) needs.push(startNeed(entrypoint, analysis));
    // With an ENTRYPOINT the words of CMD are its arguments, whatever they are.
    const [word] = entrypoint?.args ?? [];
    const isArgument = entrypoint !== null && word !== undefined;
    const isOwn = system.image !== null && startsInterpreter(system.image) && cmd?.json === true;
    if (cmd && !isArgument && !isOwn && instructions.includes(cmd)) needs.push(startNeed(cmd, analysis));
  }
  if (check) needs.push(healthNeed(check));
  return needs.filter((need) => need !== null);
}

/** The exec form of a command that is nothing but plain words. */
function execForm(analysis: Analysis, { instruction }: Need, system: System): Fix | null {
  const { keyword, json, args } = instruction;
  const command = keyword === "HEALTHCHECK" ? args[1] : args[0];
  if (json || !command || instruction.heredocs.length > 0) return null;
  const { commands, opaque, errors } = analysis.script(instruction);
  const [only] = commands;
  if (!only || commands.length > 1 || opaque || errors.length > 0) return null;
  if (only.depth > 0 || only.redirects.length > 0 || only.assignments.length > 0) return null;
  if (/[\n$`\\*?[\]{}~#!&|;<>()]/.test(analysis.text.slice(command.span.start, command.span.end))) return null;
  const words = only.words.map(({ value }) => value);
  if (words[0] === "exec") words.shift();
  const [program] = words;
  if (program === undefined || shellName.test(lastPart(program)) || builtIn.has(program)) return null;
  // What a build runs is in the image only if it was copied there, so it has a path.
  if (keyword === "RUN" && !program.includes("/")) return null;
  if (system.image && startsInterpreter(system.image) && keyword === "CMD" && !/\.(?:[cm]?js|jar|py)$/.test(program))
    return null;
  return {
    title: `Write ${keyword} in exec form`,
    safety: "safe",
    edits: [{ span: command.span, newText: `[${words.map((word) => JSON.stringify(word)).join(", ")}]` }],
  };
}

/** Commands that are the shell's own. */
const builtIn = new Set(
  "cd set export unset source . : eval exit read trap ulimit umask wait true false test [ echo".split(" "),
);

export const shellInScratch: Rule = {
  id: "ShellInScratch",
  severity: "warning",
  summary: "A command that needs a shell, in an image that has none.",
  docs: `
\`FROM scratch\` is empty, and distroless images have no shell. A RUN, CMD, ENTRYPOINT or HEALTHCHECK that is no JSON array is run by
\`/bin/sh -c\`, so that it fails there: a RUN stops the build, the others fail when the container starts. The same goes for an
exec form that names a shell or a \`.sh\` script.

Write CMD, ENTRYPOINT and HEALTHCHECK as a JSON array with the program and its arguments, and do in an earlier stage what needs a
shell. The rule stays silent where the stage may get a shell: from a COPY into \`/\` or \`/bin\`, from an archive, in a \`:debug\`
variant, or with SHELL. A CMD in shell form beside an ENTRYPOINT in exec form is only its argument. See
[Shell and exec form](https://docs.docker.com/reference/dockerfile/#shell-and-exec-form).`,
  examples: [
    {
      title: "CMD in shell form",
      text: `
FROM golang:1.25 AS build
RUN CGO_ENABLED=0 go build -o /server ./cmd/server
FROM scratch
COPY --from=build /server /server
CMD /server --port 8080
    ^^^^^^^^^^^^^^^^^^^ CMD in shell form needs '/bin/sh', and 'scratch' has no shell: the container cannot start.
`,
      fixed: `
FROM golang:1.25 AS build
RUN CGO_ENABLED=0 go build -o /server ./cmd/server
FROM scratch
COPY --from=build /server /server
CMD ["/server", "--port", "8080"]
`,
    },
    {
      title: "RUN in an empty image",
      text: `
FROM scratch
COPY hello /
RUN chmod +x /hello
^^^ RUN in shell form needs '/bin/sh', and 'scratch' has no shell: the build stops here.
ENTRYPOINT ["/hello"]
`,
    },
    {
      title: "In a distroless image",
      text: `
FROM gcr.io/distroless/cc-debian12
COPY server /usr/local/bin/
HEALTHCHECK --interval=30s CMD /usr/local/bin/server --check
                           ^^^ HEALTHCHECK in shell form needs '/bin/sh', and 'gcr.io/distroless/cc-debian12' has no shell: the check fails each time.
ENTRYPOINT ["/usr/local/bin/server"]
`,
      fixed: `
FROM gcr.io/distroless/cc-debian12
COPY server /usr/local/bin/
HEALTHCHECK --interval=30s CMD ["/usr/local/bin/server", "--check"]
ENTRYPOINT ["/usr/local/bin/server"]
`,
    },
    {
      title: "A script, and a shell by its name",
      text: `
FROM gcr.io/distroless/static AS tool
COPY tool start.sh /app/
ENTRYPOINT ["/app/start.sh"]
            ^^^^^^^^^^^^^^^ '/app/start.sh' is a script for a shell, and 'gcr.io/distroless/static' has no shell: the container cannot start.
FROM tool
ENTRYPOINT ["sh", "-c", "/app/tool $MODE"]
            ^^^^ 'sh' is a shell, and 'gcr.io/distroless/static' has no shell: the container cannot start.
`,
    },
    {
      title: "A shell is copied",
      text: `
FROM busybox:1.37 AS busybox
FROM scratch
COPY --from=busybox /bin/sh /bin/sh
RUN echo ready
FROM scratch
ADD rootfs.tar.xz /
CMD echo ready
FROM scratch
COPY --from=busybox / /
CMD echo ready
FROM scratch
COPY my-system /
CMD echo ready
`,
    },
    {
      title: "Exec form, and a variant with a shell",
      text: `
FROM scratch
COPY hello /bin/
RUN ["/bin/hello", "--version"]
CMD ["/bin/hello"]
FROM gcr.io/distroless/base-debian12:debug
SHELL ["/busybox/sh", "-c"]
RUN ls /
FROM gcr.io/distroless/base-debian12:debug
CMD ls /
`,
    },
    {
      title: "CMD as an argument",
      text: `
FROM scratch
COPY hello /
ENTRYPOINT ["/hello"]
CMD world
`,
    },
    {
      title: "Tools of another stage for one command",
      text: `
FROM busybox:1.37 AS tools
FROM scratch
RUN --mount=from=tools,source=/bin,target=/bin echo ready > /state
`,
    },
    {
      title: "Half typed",
      text: `
FROM scratch
COPY hello /
CMD ["/hello
`,
    },
  ],
  *check(analysis) {
    // Images of Windows have no /bin/sh, and other rules.
    if (analysis.dockerfile.escape === "`") return;
    const systems = systemsOf(analysis);
    for (const stage of analysis.stages) {
      const system = systems[stage.index];
      if (!system?.isWhole || (system.image && !lacksShell(system.image)) || isDeep(analysis, stage.index)) continue;
      const needs = needsOf(analysis, stage, system);
      if (needs.length === 0 || mayHaveShell(analysis, stage.index)) continue;
      for (const need of needs) yield toFinding(analysis, need, system);
    }
  },
};

function toFinding(analysis: Analysis, need: Need, system: System): Finding {
  const fix = execForm(analysis, need, system);
  return {
    span: need.span,
    message: `${need.what}, and '${system.name}' has no shell: ${need.result}.`,
    ...(fix && { fixes: [fix] }),
  };
}
