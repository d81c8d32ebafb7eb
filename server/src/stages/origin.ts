import type { Span } from "../text/range.ts";
import { isInside } from "../text/paths.ts";
import type { Analysis } from "./analysis.ts";
import type { FileChange, StageFiles } from "./files.ts";

/** Where a path of a stage comes from. */
export interface Origin {
  /**
   * - `sure`: the text says that this instruction puts it there.
   * - `likely`: this command works in that place, and nothing else is known to make it.
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

/** As many as one wants to read of. */
const mostChanges = 3;

/** Says which instruction makes a path. */
export function originOf(files: StageFiles, path: string): Origin {
  let mount: FileChange | null = null;
  let first = true;
  const nearby: FileChange[] = [];
  const anywhere: FileChange[] = [];
  for (const change of files.history(path)) {
    if (change.kind === "mount") {
      mount ??= change;
      continue;
    }
    if (change.kind === "removal") {
      if (first && nearby.length === 0) return { certainty: "removed", changes: [change], mount };
      break;
    }
    if (change.kind === "content") {
      // A program that ran behind it may have changed the file, not made it.
      if (isInside(change.path, path)) {
        if (change.path === path || nearby.length === 0) return { certainty: "sure", changes: [change], mount };
        break;
      }
      nearby.push(change);
    } else if (change.kind === "directory") {
      if (change.path === path && nearby.length === 0) return { certainty: "sure", changes: [change], mount };
    } else if (change.places?.includes(path) === true) {
      return { certainty: "sure", changes: [change], mount };
    } else if (change.places?.some((place) => isInside(place, path)) === true && !change.places.includes("/usr")) {
      nearby.push(change);
    } else anywhere.push(change);
    first = false;
  }
  if (nearby.length > 0) {
    const changes = nearby.slice(0, mostChanges);
    return { certainty: changes.length === 1 && anywhere.length === 0 ? "likely" : "possible", changes, mount };
  }
  if (anywhere.length > 0) return { certainty: "possible", changes: anywhere.slice(0, mostChanges), mount };
  return { certainty: "base", changes: [], mount };
}

/** What stands at a span: a command as it is written, in one line. */
export function writtenAt({ text }: Analysis, { start, end }: Span): string {
  return text.slice(start, Math.min(end, start + 200)).replace(/\\?\r?\n\s*/g, " ");
}
