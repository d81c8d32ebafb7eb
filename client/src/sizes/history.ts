/** What builds say about the images that they made. */

/** One entry of an image's history: what an instruction made. */
export interface HistoryEntry {
  /** What made it, as `docker history` says it: `RUN |1 A=b /bin/sh -c make # buildkit`. */
  readonly createdBy: string;
  /** In bytes. */
  readonly size: number;
}

/** What `docker history --no-trunc --human=false --format '{{json .}}'` printed, the newest first; `null` where it is nothing of the kind. */
export function readHistory(output: string): readonly HistoryEntry[] | null {
  const entries: HistoryEntry[] = [];
  try {
    for (const line of output.split("\n")) {
      if (line.trim() === "") continue;
      const { CreatedBy, Size } = JSON.parse(line) as Readonly<Record<string, unknown>>;
      const size = Number(Size);
      if (typeof CreatedBy !== "string" || !Number.isFinite(size)) return null;
      entries.push({ createdBy: CreatedBy, size });
    }
  } catch {
    return null;
  }
  return entries;
}

export const totalOf = (history: readonly HistoryEntry[]): number => history.reduce((sum, { size }) => sum + size, 0);

/** The instructions that are steps of a build, and have an entry with a size each. */
const buildSteps: ReadonlySet<string> = new Set(["RUN", "COPY", "ADD", "WORKDIR"]);

/** Those that only say something about the image. ONBUILD has no entry. */
const others: ReadonlySet<string> = new Set(
  "ARG CMD ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL MAINTAINER SHELL STOPSIGNAL USER VOLUME".split(" "),
);

export interface Aligned {
  /** By the place of the instruction. */
  readonly sizes: ReadonlyMap<number, number>;
  /** What of the image is older than those instructions; `null` where some of them were not found. */
  readonly base: number | null;
}

/**
 * What each instruction of a stage added: `keywords` are those of its instructions, the first one first, and `history` has
 * the newest entry first. From where the two say something else, nothing is known.
 */
export function align(history: readonly HistoryEntry[], keywords: readonly string[]): Aligned {
  const sizes = new Map<number, number>();
  let at = 0;
  for (let place = keywords.length - 1; place >= 0; place--) {
    const keyword = keywords[place]!;
    if (!buildSteps.has(keyword)) continue;
    while (others.has(keywordOf(history[at]))) at++;
    const entry = history[at];
    if (!entry || keywordOf(entry) !== keyword) return { sizes, base: null };
    sizes.set(place, entry.size);
    at++;
  }
  return { sizes, base: totalOf(history.slice(at)) };
}

const keywordOf = (entry: HistoryEntry | undefined): string =>
  /^[A-Z]+(?=\s|$)/.exec(entry?.createdBy ?? "")?.[0] ?? "";
