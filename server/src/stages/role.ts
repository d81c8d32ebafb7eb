import type { Instruction } from "../dockerfile/instruction.ts";
import type { Analysis } from "./analysis.ts";
import { type Call, readCalls } from "./calls.ts";
import type { Stage } from "./resolve.ts";
import { type Task, type TaskKind, taskOf } from "./tasks.ts";

/** What a stage is for. */
export type StageRole =
  /** Fetches what the project needs of others. */
  | "dependencies"
  /** Makes the program of its sources. */
  | "build"
  /** Says whether the program is good. */
  | "test"
  /** Tools and settings to work with: for other stages, or for people. */
  | "tools"
  /** What other stages are built on. */
  | "base"
  /** Only passes files on. */
  | "files"
  /** What ships. */
  | "runtime";

/** How the role of a stage was found out. */
export type RoleReason =
  | { readonly kind: "name"; readonly word: string }
  | { readonly kind: "command"; readonly instruction: Instruction; readonly call: Call; readonly task: Task }
  /** It is the last of the file and starts a program, or is the last. */
  | { readonly kind: "last" }
  | { readonly kind: "start"; readonly instruction: Instruction }
  /** Other stages are built on it, or take files from it. */
  | { readonly kind: "uses" };

export interface RoleOfStage {
  readonly role: StageRole;
  readonly reason: RoleReason;
}

/** Words in the names that people give to stages. */
const words: readonly (readonly [StageRole, ReadonlySet<string>])[] = (
  [
    [
      "test",
      "test tests testing tester unittest unittests e2e lint linter linting check checks validate verify coverage spec bench benchmark audit vet typecheck",
    ],
    [
      "dependencies",
      "dep deps dependency dependencies vendor vendored modules packages restore cacher planner gems wheels requirements",
    ],
    ["tools", "dev devel develop development devcontainer debug debugger tools toolchain tooling shell sdk xx"],
    [
      "build",
      "build builder building compile compiler builds publish assets bundle bundler frontend generate gen codegen compilation gobuild",
    ],
    ["runtime", "prod production release runtime final run runner deploy ship image server service"],
    ["base", "base common core shared foundation"],
  ] as const
).map(([role, names]) => [role, new Set(names.split(" "))]);

/** What a stage is for; `null` where neither its name nor what it does tells. */
export function roleOf(analysis: Analysis, stage: Stage): RoleOfStage | null {
  const named = roleByName(stage);
  const isLast = stage.index === analysis.graph.target;
  const start = stage.instructions.find(({ keyword }) => keyword === "CMD" || keyword === "ENTRYPOINT");
  // What ships is told by where it stands; that it is for tests or for people, only its name tells.
  if (isLast && named?.role !== "test" && named?.role !== "tools") {
    if (named?.role === "runtime") return named;
    if (!start && isExport(stage)) return { role: "files", reason: { kind: "last" } };
    return { role: "runtime", reason: { kind: "last" } };
  }
  // Who builds something for others builds, also if it is called after what it builds: `runtime-image`.
  if (named && named.role !== "base" && named.role !== "runtime") return named;
  const done = roleByCommands(analysis, stage);
  if (named?.role === "runtime" && (start || done?.role !== "build")) return named;
  const { dependents } = analysis.graph;
  const uses = dependents[stage.index]!.filter((reference) => reference.stage !== stage.index);
  if (uses.some(({ kind }) => kind === "from") && uses.every(({ kind }) => kind === "from")) {
    if (named) return named;
    return done && done.role !== "tools" ? done : { role: "base", reason: { kind: "uses" } };
  }
  if (named && !done) return named;
  if (done) return done;
  if (start) return { role: "runtime", reason: { kind: "start", instruction: start } };
  return uses.length > 0 ? { role: "files", reason: { kind: "uses" } } : null;
}

function roleByName({ name }: Stage): RoleOfStage | null {
  if (name === null) return null;
  // The last word tells what it is, those in front what kind of it: `test-base`, `build-deps`.
  const parts = name.split(/[-_.\d]+/).toReversed();
  for (const part of parts) {
    const found = words.find(([, set]) => set.has(part));
    if (found) return { role: found[0], reason: { kind: "name", word: part } };
  }
  return null;
}

/** Whether a stage is nothing but files from others: what `--output` writes to a folder. */
function isExport({ base, instructions }: Stage): boolean {
  return (
    base?.target.kind === "scratch" &&
    instructions.length > 0 &&
    instructions.every(({ keyword }) => keyword === "COPY" || keyword === "ADD" || keyword === "LABEL")
  );
}

/** The kinds of commands that tell a role, the strongest first: who builds also installs. */
const telling: readonly (readonly [TaskKind, StageRole])[] = [
  ["build", "build"],
  ["test", "test"],
  ["dependencies", "dependencies"],
  ["system", "tools"],
  ["download", "tools"],
];

/** More commands than that are not read to find out what a stage is for. */
const mostCalls = 200;

function roleByCommands(analysis: Analysis, stage: Stage): RoleOfStage | null {
  const found = new Map<TaskKind, RoleReason & { readonly kind: "command" }>();
  let left = mostCalls;
  for (const instruction of stage.instructions) {
    if (instruction.keyword !== "RUN" || left <= 0) continue;
    for (const { call, task } of tasksOf(analysis, instruction)) {
      left--;
      const known = found.get(task.kind)?.task;
      // The last step of a build makes what it is for; of others the first that names something tells most.
      const isBetter = !known || task.kind === "build" || (known.names.length === 0 && task.names.length > 0);
      if (isBetter) found.set(task.kind, { kind: "command", instruction, call, task });
    }
  }
  for (const [kind, role] of telling) {
    const reason = found.get(kind);
    if (reason) return { role, reason };
  }
  return null;
}

/** The command that shows best that a stage has a role; `null` where none does. */
export function mainTask(analysis: Analysis, stage: Stage, role: StageRole): (RoleReason & { kind: "command" }) | null {
  const done = roleByCommands(analysis, stage);
  return done?.role === role && done.reason.kind === "command" ? done.reason : null;
}

/** The commands of a RUN of which it is known what they do. */
export function tasksOf(
  analysis: Analysis,
  instruction: Instruction,
): readonly { readonly call: Call; readonly task: Task }[] {
  return callsOf(analysis, instruction).flatMap((call) => {
    const task = taskOf(call);
    return task ? [{ call, task }] : [];
  });
}

/** All commands of a RUN; of where they run nothing is known. */
export function callsOf(analysis: Analysis, instruction: Instruction): readonly Call[] {
  return readCalls(analysis, instruction, { cwd: null, user: null, env: () => undefined });
}
