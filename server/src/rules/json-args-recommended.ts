import type { Instruction } from "../dockerfile/instruction.ts";
import { parseImage } from "../images/image.ts";
import { startsInterpreter } from "../images/libc.ts";
import { bringsShell } from "../images/shells.ts";
import type { Analysis } from "../stages/analysis.ts";
import type { Step } from "../stages/steps.ts";
import type { Fix, Rule } from "./rule.ts";

/** What only a shell can run. */
const builtins = new Set(
  (
    ". : [ [[ alias bg break case cd command continue coproc declare dirs disown enable eval exec exit export fc fg for " +
    "function getopts hash help history if jobs let local logout mapfile popd pushd read readarray readonly return select " +
    "set shift shopt source suspend time times trap type typeset ulimit umask unalias unset until wait while ! { }"
  ).split(" "),
);

/** A word that means itself to every shell. */
const plainWord = /^(?:[\w@%+:,./-][\w@%+=:,./-]*|'[^'\\]*'|"[^"$`\\]*")$/;

/** The words of a command that needs no shell: one program with plain words; `null` where a shell has work to do. */
function plainCommand(analysis: Analysis, { instruction, written }: Step): string[] | null {
  const source = instruction.args[0]?.text ?? "";
  if (/[$`*?~;&|<>(){}[\]#!\\]/.test(source)) return null;
  const [first = ""] = source.split(/\s/, 1);
  if (builtins.has(first) && first !== "exec") return null;
  const { commands, errors } = analysis.script(written);
  const [command] = commands;
  if (!command || commands.length > 1 || errors.length > 0) return null;
  if (command.assignments.length > 0 || command.redirects.length > 0) return null;
  if (!command.words.every(({ text }) => plainWord.test(text))) return null;
  const words = command.words.map(({ value }) => value);
  // `exec program` is what the exec form does.
  if (words[0] === "exec" && words.length > 1 && !words[1]!.startsWith("-")) words.shift();
  return words[0] === undefined || builtins.has(words[0]) || words[0].includes("=") ? null : words;
}

function toExecForm(analysis: Analysis, step: Step, hasCommand: boolean): Fix | null {
  const { instruction } = step;
  const word = instruction.args[0]!;
  // In shell form an ENTRYPOINT ignores CMD, in exec form it gets its words.
  if (instruction.keyword === "ENTRYPOINT" && hasCommand) return null;
  const words = plainCommand(analysis, step);
  if (words === null || /^[ \t]*#/m.test(analysis.text.slice(word.span.start, word.span.end))) return null;
  return {
    title: "Change to exec form",
    // The program is no longer started by a shell: it is process 1, and gets the signals.
    safety: "unsafe",
    edits: [{ span: word.span, newText: `[${words.map((text) => JSON.stringify(text)).join(", ")}]` }],
  };
}

/** For each stage whether it begins with a shell that SHELL or an image has chosen. */
function* stagesWithShell({ stages, steps }: Analysis): Generator<boolean> {
  const atEnd: boolean[] = [];
  for (const { index, base } of stages) {
    const target = base?.target;
    const atStart =
      target?.kind === "stage"
        ? atEnd[target.stage]!
        : target?.kind === "image" && bringsShell(parseImage(target.image));
    atEnd.push(atStart || steps[index]!.some(({ instruction }) => instruction.keyword === "SHELL"));
    yield atStart;
  }
}

export const jsonArgsRecommended: Rule = {
  id: "JSONArgsRecommended",
  severity: "warning",
  buildkit: "stable",
  summary: "CMD or ENTRYPOINT in shell form.",
  docs: `
\`CMD node server.js\` starts a shell that starts the program. The shell is process 1 then: it gets the signal of \`docker stop\`, and
most shells do not pass it on, so that the program is killed after ten seconds. In exec form, \`CMD ["node", "server.js"]\`, the
program gets it.

Where the command needs a shell — variables, \`&&\`, redirections —, write a script that ends with \`exec program\`, or say with
\`SHELL\` that a shell is wanted; the rule is silent then. The fix is offered for a single program with plain words. It is not
applied unasked, because signals, and who process 1 is, change.`,
  examples: [
    {
      title: "A program with its arguments",
      text: `
FROM node:20
CMD node server.js --port 8080
^^^ JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
`,
      fixed: `
FROM node:20
CMD ["node", "server.js", "--port", "8080"]
`,
    },
    {
      title: "A shell is needed",
      text: `
FROM node:20
CMD migrate && exec node server.js --port "$PORT"
^^^ JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
`,
    },
    {
      title: "The image starts the program by itself",
      text: `
FROM gcr.io/distroless/nodejs22-debian12
CMD node server.js
^^^ JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
`,
    },
    {
      title: "A shell is asked for",
      text: `
FROM node:20 AS base
SHELL ["/bin/bash", "-c"]
FROM base
CMD migrate && exec node server.js
`,
    },
    {
      title: "The base image brings a shell along",
      text: `
FROM mambaorg/micromamba:2
CMD python app.py
`,
    },
    {
      title: "Exec form, for a health check any form, and after ONBUILD",
      text: `
FROM node:20
HEALTHCHECK CMD curl -f http://localhost/
ONBUILD CMD node server.js
CMD ["node", "server.js"]
`,
    },
    {
      title: "An array that stops the build",
      text: `
FROM node:20
CMD ["serve", 8080]
`,
    },
    {
      title: "Half typed",
      text: `
FROM node:20
CMD
`,
    },
  ],
  *check(analysis) {
    if (analysis.those(isShellForm).length === 0) return;
    const { steps, text, dockerfile } = analysis;
    // BuildKit stops at an array with something other than strings: it is no shell form.
    const broken = new Set(dockerfile.problems.filter(({ kind }) => kind === "array").map(({ span }) => span.start));
    let stage = 0;
    for (let hasShell of stagesWithShell(analysis)) {
      const all = steps[stage++]!;
      const hasCommand = all.some(({ instruction }) => instruction.keyword === "CMD");
      const root = analysis.roots[stage - 1];
      // Such an image has an ENTRYPOINT of its own, which a CMD in exec form only gives arguments to.
      const isArgument = root?.kind === "image" && startsInterpreter(parseImage(root.image));
      for (const step of all) {
        const { instruction, written, place } = step;
        if (instruction.keyword === "SHELL") hasShell = true;
        if (hasShell || !isShellForm(instruction) || broken.has(instruction.args[0]!.span.start)) continue;
        const word = text.slice(instruction.keywordSpan.start, instruction.keywordSpan.end);
        const fix = isArgument ? null : toExecForm(analysis, step, hasCommand);
        yield {
          span: place.keywordSpan,
          message: `JSON arguments recommended for ${word} to prevent unintended behavior related to OS signals`,
          ...(written !== place && {
            related: [{ span: written.keywordSpan, message: "ONBUILD brings this along." }],
          }),
          ...(fix && { fixes: [fix] }),
        };
      }
    }
  },
};

function isShellForm({ keyword, json, args }: Instruction): boolean {
  return (keyword === "CMD" || keyword === "ENTRYPOINT") && !json && args.length > 0;
}
