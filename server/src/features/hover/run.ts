import type { Instruction, Mount } from "../../dockerfile/instruction.ts";
import { type Causes, causesOf } from "../../stages/causes.ts";
import type { Analysis } from "../../stages/analysis.ts";
import type { Call } from "../../stages/calls.ts";
import { callsOf } from "../../stages/role.ts";
import type { Reference, Stage } from "../../stages/resolve.ts";
import { asksOnly, type Task, taskOf } from "../../stages/tasks.ts";
import { referencedStage } from "../../stages/graph.ts";
import { type Span, touches } from "../../text/range.ts";
import { cleanPath } from "../../text/paths.ts";
import { code, list } from "../markdown.ts";
import { stageOf } from "../subject.ts";
import { taskText } from "./stage.ts";
import { bullets, capitalized, type HoverContext, lineOf, paragraphs, stageCode } from "./context.ts";

interface RunHover {
  readonly value: string;
  readonly span: Span;
}

/** So many lines about commands, and about mounts, are read at a glance. */
const mostTasks = 6;
const mostMounts = 4;

/** What a RUN does: of its keyword all of it, of a command that command. */
export function runHover(context: HoverContext, instruction: Instruction, offset: number): RunHover | null {
  const { analysis } = context;
  const stage = stageOf(analysis, instruction);
  if (!stage) return null;
  if (touches(instruction.keywordSpan, offset)) {
    // There is nothing yet to be said.
    if (instruction.args.length === 0 && instruction.heredocs.length === 0) return null;
    const value = wholeRun(context, stage, instruction);
    return value === "" ? null : { value, span: instruction.keywordSpan };
  }
  for (const call of callsOf(analysis, instruction)) {
    const { words } = call.command;
    const first = words[0];
    // The program and what it is told to do.
    const at = words[1]?.value === "-m" ? 3 : 1;
    const verb = words[at] && /^[a-z][\w:-]*$/i.test(words[at].value) ? words[at] : first;
    if (!first || !verb || !touches({ start: first.span.start, end: verb.span.end }, offset)) continue;
    const task = taskOf(call);
    // That `mkdir` makes folders need not be said of each.
    if (!task || task.kind === "files" || task.kind === "other") return null;
    return { value: capitalized(taskText(task, 6)), span: { start: first.span.start, end: verb.span.end } };
  }
  return null;
}

function wholeRun(context: HoverContext, stage: Stage, instruction: Instruction): string {
  const { analysis } = context;
  const tasks = taskLines(callsOf(analysis, instruction));
  const shown =
    tasks.length > mostTasks
      ? [...tasks.slice(0, mostTasks - 1), `… and ${tasks.length - mostTasks + 1} more steps`]
      : tasks;
  const mounts = instruction.mounts.slice(0, mostMounts).map((mount) => mountText(context, mount));
  return paragraphs([bullets([...shown, ...mounts]), rebuilds(context, stage, instruction)]);
}

/** What is done, one line each; what is done several times in a row is said once. */
function taskLines(calls: readonly Call[]): string[] {
  const lines: { task: Task; names: string[] }[] = [];
  for (const call of calls) {
    const task = taskOf(call) ?? unknownTask(call);
    if (!task) continue;
    const last = lines.at(-1);
    const isSame = last?.task.what === task.what && (task.names.length === 0 || !/\d/.test(task.what));
    if (isSame) last.names.push(...task.names);
    else lines.push({ task, names: [...task.names] });
  }
  return lines.map(({ task, names }) => capitalized(taskText({ ...task, names }, 6)));
}

/** What the shell does by itself, and what only shows something. */
const silent =
  /^(?:|\[|\[\[|:|alias|basename|break|cat|cd|command|continue|cut|date|dirname|dpkg-architecture|echo|egrep|env|eval|exec|exit|export|false|find|fgrep|file|getconf|grep|head|id|local|ls|md5sum|nproc|popd|printf|pushd|pwd|read|readonly|return|set|sha1sum|sha256sum|sha512sum|shift|shopt|sleep|sort|source|\.|sync|tail|test|tr|trap|true|type|ulimit|umask|uname|unset|wait|wc|which|whoami|xargs|xx-info|yes)$/;

/** A program of which nothing is known, by its name. */
function unknownTask({ name, args, command }: Call): Task | null {
  if (silent.test(name) || !/^[\w.+-]+$/.test(name) || command.depth > 1 || asksOnly(args)) return null;
  return { kind: "other", what: "runs", names: [name] };
}

function mountText({ analysis }: HoverContext, mount: Mount): string | null {
  const field = (...names: string[]): string | null =>
    mount.fields.findLast(({ key }) => names.includes(key))?.value ?? null;
  const target = field("target", "dst", "destination");
  const at = target === null ? "" : ` at ${code(target)}`;
  switch (mount.type) {
    case "cache":
      return `Cache${at}: kept between builds, not part of the image`;
    case "secret": {
      const env = field("env");
      const name = field("id", "source", "src");
      return `Secret${name === null ? "" : ` ${code(name)}`}${env === null ? at : ` in ${code(`$${env}`)}`}: only while this runs`;
    }
    case "ssh":
      return "SSH keys of the machine that builds: only while this runs";
    case "tmpfs":
      return `Memory${at}: gone afterwards`;
    case "bind": {
      const source = field("source", "src") ?? (mount.from ? "/" : ".");
      const reference = analysis.references.find((each) => each.mount === mount);
      return `${code(source)} of ${originLabel(analysis, reference)}${at}: only while this runs`;
    }
    default:
      return null;
  }
}

function originLabel(analysis: Analysis, reference: Reference | undefined): string {
  if (!reference) return "the build context";
  const stage = referencedStage(reference);
  return stage === null ? code(reference.text) : `stage ${stageCode(analysis.stages[stage]!)}`;
}

/** What makes the command run again instead of being taken from the cache, and what that leads to. */
function rebuilds(context: HoverContext, stage: Stage, instruction: Instruction): string {
  const { analysis } = context;
  const causes = causesOf(analysis, stage, instruction);
  const said = [
    ...contextTexts(context, causes),
    ...stageTexts(analysis, causes),
    ...causes.args.map(({ name }) => `build arg ${code(name)}`),
  ];
  const what =
    said.length === 0
      ? "Cached until this line, one above it or the base image changes"
      : `Runs again when ${said.length === 1 ? "" : "one of these changes: "}${list(said, 6)}${said.length === 1 ? " changes" : ""}`;
  return `${what}${followers(analysis, stage, instruction)}.`;
}

function contextTexts(context: HoverContext, { context: copies }: Causes): readonly string[] {
  const all = copies.find(({ paths }) => paths.some((path) => /^[./]$/.test(cleanPath(path))));
  if (all) return [`anything in the build context (${lineOf(context, all.instruction.span.start)})`];
  return [...new Set(copies.flatMap((copy) => copy.paths))].map((path) => code(path, 40));
}

function stageTexts(analysis: Analysis, { stages }: Causes): readonly string[] {
  return [...new Set(stages.map((reference) => `what comes from ${originLabel(analysis, reference)}`))];
}

/** What is worked out anew behind it. */
function followers({ graph, stages }: Analysis, stage: Stage, instruction: Instruction): string {
  const below = stage.instructions.filter(
    ({ keyword, span }) => span.start > instruction.span.start && /^(?:RUN|COPY|ADD|WORKDIR)$/.test(keyword),
  ).length;
  const users = new Set(
    graph.dependents[stage.index]!.filter((each) => each.stage !== stage.index).map((each) => each.stage),
  );
  const parts = [
    below === 0 ? null : below === 1 ? "the step below it" : `the ${below} steps below it`,
    users.size === 0
      ? null
      : list(
          [...users].map((index) => stageCode(stages[index]!)),
          3,
        ),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "" : `; then also ${parts.join(" and ")}`;
}
