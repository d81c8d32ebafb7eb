import { isInside, lastPart, resolvePath } from "../text/paths.ts";
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
   * - `filled`: a folder into which all of these put something.
   * - `removed`: it is taken away again.
   * - `base`: nothing in the file is known to make it. Commands that may write anywhere are among `changes` all the same.
   */
  readonly certainty: "sure" | "likely" | "possible" | "filled" | "removed" | "base";
  /** What makes it, the last first; what removes it for `removed`. */
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

/** Commands that may write in many places, and hardly ever make what others want. */
const usual: ReadonlySet<TaskKind> = new Set(["system", "clean", "test", "other"]);

/** Where installing for the whole image writes, and where programs keep what they remember. */
const everywhere = new Set(
  "/ /bin /boot /etc /go /home /lib /lib64 /opt /root /run /sbin /srv /tmp /usr /var".split(" "),
);

/** Options that say where the result goes, with the place. */
const output = /(?:^|\s)(?:-o|--out(?:put)?(?:-?dir)?)[=\s]\s*["']?([\w./@-]+)/g;

/** Names of files that people write, where a build makes others. */
const written =
  /\.(?:bash|cfg|conf|cs|css|env|go|html|ini|java|json|jsx?|lock|md|mod|php|properties|proto|py|rb|rs|sh|sql|sum|toml|tsx?|txt|xml|ya?ml)$/;

/** What was found on the way from the end of a stage to its base. */
interface Found {
  mount: FileChange | null;
  /** Commands that work in the place, and what puts something below the path. */
  readonly nearby: FileChange[];
  /** Commands that may write in any place. */
  readonly anywhere: FileChange[];
  /** A COPY of a folder around the path. What stands above it counts for little. */
  covering: FileChange | null;
  /** What makes the path as an empty directory, if it is not there. */
  directory: FileChange | null;
}

/** Says which instruction makes a path. */
export function originOf(analysis: Analysis, files: StageFiles, path: string): Origin {
  const found: Found = { mount: null, nearby: [], anywhere: [], covering: null, directory: null };
  const sure = search(analysis, files, path, found);
  const [certainty, changes] = sure ?? weigh(analysis, path, found);
  return { certainty, changes: changes.slice(0, mostShown), mount: found.mount };
}

type Judgement = readonly [Origin["certainty"], readonly FileChange[]];

/** Walks up until something surely made or removed the path; `null` where nothing did. */
function search(analysis: Analysis, files: StageFiles, path: string, found: Found): Judgement | null {
  const { nearby, anywhere } = found;
  const isDependency = dependencyFolder.test(lastPart(path));
  const isOpen = (): boolean => nearby.length + anywhere.length === 0 && !found.covering;
  let weighed = 0;
  for (const change of files.history(path)) {
    if (weighed++ > mostWeighed) return null;
    switch (change.kind) {
      case "mount":
        found.mount ??= change;
        break;
      case "removal":
        return isOpen() && !found.directory ? ["removed", [change]] : null;
      case "directory":
        if (change.path !== path) break;
        if (!isOpen()) return null;
        found.directory ??= change;
        break;
      case "content": {
        const isCopy = change.instruction.keyword !== "RUN";
        const isAround = isInside(change.path, path);
        if (isCopy ? isAround && bringsByName(change, path) : change.path === path) return ["sure", [change]];
        if (!isAround || (isCopy && change.path === path && bringsParts(change, path))) {
          if (!found.covering) nearby.push(change);
        } else {
          found.covering ??= change;
          if (!isCopy) return null;
        }
        break;
      }
      case "work":
        if (found.covering) {
          // Dependencies are installed in front of the sources, which do not bring them.
          if (isDependency && worksAt(files, change, path) && kindOf(analysis, change) === "dependencies")
            return ["likely", [change]];
        } else if (writesTo(analysis, files, change, path)) return ["sure", [change]];
        else (worksAt(files, change, path) ? nearby : anywhere).push(change);
    }
  }
  return null;
}

/** Chooses among what may have made a path. */
function weigh(analysis: Analysis, path: string, { nearby, anywhere, covering, directory }: Found): Judgement {
  const [first, second] = nearby;
  if (directory && !first && !covering) return ["sure", [directory]];
  if (first?.kind === "content" && first.path === path && !second && anywhere.length === 0 && !covering)
    return ["sure", [first]];
  const copied = covering ? [covering] : [];
  // Installing packages may have done it, but hardly did where something else is there.
  const unusual = anywhere.filter((change) => !isUsual(analysis, change));
  if (nearby.length === 0) {
    if (!covering) return ["base", unusual.length > 0 ? unusual : anywhere];
    return unusual.length > 0 ? ["possible", [...unusual, covering]] : ["sure", copied];
  }
  if (covering?.kind === "content" && covering.path === path) return ["filled", [...nearby, covering]];
  if (nearby.some(({ kind }) => kind === "content")) return ["filled", [...nearby, ...copied]];
  const wanted: TaskKind = dependencyFolder.test(lastPart(path)) ? "dependencies" : "build";
  // A command that is not known may have done it as well as one that is.
  const fitting = nearby.filter((change) => {
    const kind = kindOf(analysis, change);
    return kind === wanted || kind === null;
  });
  if (covering && (fitting.length === 0 || written.test(path)))
    return fitting.length === 0 ? ["likely", copied] : ["possible", [covering, ...fitting]];
  const name = lastPart(path);
  const naming = fitting.filter((change) => name.length > 3 && writtenAt(analysis, change.span).includes(name));
  if (naming.length === 1) return ["likely", naming];
  if (fitting.length > 0) return [fitting.length === 1 ? "likely" : "possible", fitting];
  const all = [...nearby, ...unusual];
  return [all.length === 1 ? "likely" : "possible", all];
}

/** Whether a command says itself that its result goes to a path. */
function writesTo(
  analysis: Analysis,
  files: StageFiles,
  { kind, instruction, span }: FileChange,
  path: string,
): boolean {
  if (kind !== "work") return false;
  const cwd = files.workdirAt(instruction);
  for (const [, place] of writtenAt(analysis, span).matchAll(output)) {
    if (place!.startsWith("/") ? resolvePath("/", place!) === path : cwd !== null && resolvePath(cwd, place!) === path)
      return true;
  }
  return false;
}

/** Whether a COPY into a directory puts something beside what else there is in it, and does not bring all of it. */
function bringsParts({ instruction: { args } }: FileChange, path: string): boolean {
  if (path === "/") return true;
  const isInto = args.length > 2 || /(?:^|\/)\.?$/.test(args.at(-1)!.text);
  return isInto && args.slice(0, -1).every(({ text }) => /[^./*][^/]*\.\w+$|[^/]\*|\*[^/]/.test(lastPart(text)));
}

/** Whether a COPY names a file or folder that is called as the path is. */
function bringsByName({ instruction: { args } }: FileChange, path: string): boolean {
  const name = lastPart(path);
  return name !== "" && args.slice(0, -1).some(({ text }) => lastPart(text.replace(/\/$/, "")) === name);
}

/** Whether a command works in a place that holds the path; installing packages for the system works everywhere in it. */
function worksAt(files: StageFiles, change: FileChange, path: string): boolean {
  if (change.kind !== "work") return false;
  const cwd = files.workdirAt(change.instruction);
  if (cwd !== null && cwd !== "/" && isInside(cwd, path)) return true;
  const places = change.places ?? [];
  return places.some((place) => !everywhere.has(place) && isInside(place, path));
}

function isUsual(analysis: Analysis, change: FileChange): boolean {
  const kind = kindOf(analysis, change);
  return kind !== null && usual.has(kind);
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
