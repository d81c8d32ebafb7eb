import { isInside, lastPart } from "../text/paths.ts";
import type { Span } from "../text/range.ts";
import type { Analysis } from "./analysis.ts";
import type { FileChange, StageFiles } from "./files.ts";
import { callsOf } from "./role.ts";
import { type TaskKind, taskOf } from "./tasks.ts";

/** Where a path of a stage comes from. */
export interface Origin {
  /**
   * - `sure`: the text says that this instruction puts it there.
   * - `likely`: this command works in that place, and is of the kind that makes such a thing.
   * - `possible`: it may come from any of these.
   * - `removed`: it is taken away again.
   * - `base`: nothing in the file makes it.
   */
  readonly certainty: "sure" | "likely" | "possible" | "removed" | "base";
  /** What makes it, the last first; what removes it for `removed`; empty for `base`. */
  readonly changes: readonly FileChange[];
  /** A mount that lay over the path while a RUN worked: what it writes there is not kept. */
  readonly mount: FileChange | null;
}

/** As many as one wants to read of, and to weigh. */
const mostShown = 3;
const mostWeighed = 30;

/** What installing dependencies makes. */
const dependencyFolder =
  /^(?:node_modules|vendor|\.?venv|site-packages|dist-packages|\.m2|\.gradle|\.cargo|bundle|wheels|deps)$/;

/** Options that say where the result goes. */
const outputOption = /(?:^|\s)(?:-o|--out(?:put|dir|file)?|--output-\w+|--prefix|--target|-d|--dest(?:dir)?)[=\s]/;

/** Says which instruction makes a path. */
export function originOf(analysis: Analysis, files: StageFiles, path: string): Origin {
  let mount: FileChange | null = null;
  const nearby: FileChange[] = [];
  const anywhere: FileChange[] = [];
  const found = (certainty: Origin["certainty"], changes: readonly FileChange[]): Origin => ({
    certainty,
    changes: changes.slice(0, mostShown),
    mount,
  });
  for (const change of files.history(path)) {
    if (nearby.length + anywhere.length > mostWeighed) break;
    if (change.kind === "mount") {
      mount ??= change;
    } else if (change.kind === "removal") {
      if (nearby.length + anywhere.length === 0) return found("removed", [change]);
      break;
    } else if (change.kind === "content") {
      const isCopy = change.instruction.keyword !== "RUN";
      if (isInside(change.path, path)) {
        if (nearby.length === 0 || (isCopy && bringsByName(change, path))) return found("sure", [change]);
        // What a command makes of the files that were copied lies among them.
        if (change.path === path || !isCopy) nearby.push(change);
        break;
      }
      nearby.push(change);
    } else if (change.kind === "directory") {
      if (change.path !== path) continue;
      if (nearby.length + anywhere.length === 0) return found("sure", [change]);
      break;
    } else if (change.places?.includes(path) === true && outputOption.test(writtenAt(analysis, change.span))) {
      return found("sure", [change]);
    } else if (worksAt(files, change, path)) nearby.push(change);
    else anywhere.push(change);
  }
  if (nearby.length === 0) return anywhere.length === 0 ? found("base", []) : found("possible", anywhere);
  const wanted: TaskKind = dependencyFolder.test(lastPart(path)) ? "dependencies" : "build";
  const fitting = nearby.filter((change) => kindOf(analysis, change) === wanted);
  // A command that is not known may have done it as well as one that is.
  if (fitting.length === 1) return found("likely", fitting);
  if (fitting.length > 1) return found("possible", fitting);
  return found(nearby.length === 1 && anywhere.length === 0 ? "likely" : "possible", [...nearby, ...anywhere]);
}

/** Whether a COPY names a file or folder that is called as the path is. */
function bringsByName({ instruction: { args } }: FileChange, path: string): boolean {
  return args.slice(0, -1).some(({ text }) => lastPart(text.replace(/\/$/, "")) === lastPart(path));
}

/** Whether a command works in a place that holds the path; installing packages for the system works everywhere in it. */
function worksAt(files: StageFiles, change: FileChange, path: string): boolean {
  if (change.kind !== "work") return false;
  const cwd = files.workdirAt(change.instruction);
  if (cwd !== null && cwd !== "/" && isInside(cwd, path)) return true;
  const places = change.places ?? [];
  return !places.includes("/usr") && places.some((place) => place !== "/" && isInside(place, path));
}

function kindOf(analysis: Analysis, { instruction, span }: FileChange): TaskKind | null {
  if (instruction.keyword !== "RUN") return null;
  const call = callsOf(analysis, instruction).find(({ command }) => command.span.start === span.start);
  return (call && taskOf(call)?.kind) ?? null;
}

/** What stands at a span, in one line. */
export function writtenAt({ text }: Analysis, { start, end }: Span): string {
  return text.slice(start, Math.min(end, start + 300)).replace(/\\?\r?\n\s*/g, " ");
}
