import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** A stage as BuildKit sees it; lines are one-based. */
export interface RecordedStage {
  readonly index: number;
  readonly name?: string;
  readonly base: string;
  readonly start: number;
  readonly deps: readonly {
    readonly kind: string;
    readonly stage?: number;
    readonly image?: string;
    readonly line: number;
  }[];
  readonly inTarget: boolean;
}

export interface RecordedWarning {
  readonly rule: string;
  readonly detail: string;
  readonly start: number;
}

/** A real Dockerfile and what BuildKit said about it. */
export interface Recorded {
  readonly id: string;
  readonly text: string;
  readonly buildkit?: {
    readonly error: { readonly message: string; readonly start: number } | null;
    readonly warnings: readonly RecordedWarning[];
    readonly stages: readonly RecordedStage[];
  };
}

/** The records in files of newline-delimited JSON, and in folders that hold such files. */
export function* readRecords(paths: readonly string[]): Generator<Recorded> {
  for (const file of paths.flatMap(recordFiles)) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line.trim() !== "") yield JSON.parse(line) as Recorded;
    }
  }
}

function recordFiles(given: string): string[] {
  if (!statSync(given).isDirectory()) return [given];
  return readdirSync(given)
    .filter((name) => /^dockerfiles.*\.ndjson$/.test(name))
    .map((name) => path.join(given, name));
}
