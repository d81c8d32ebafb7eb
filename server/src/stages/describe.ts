import type { Stage } from "./resolve.ts";

/** How messages and hovers speak of a stage: its name, or its place where it has none. */
export function stageLabel({ name, index }: Pick<Stage, "name" | "index">): string {
  return name ?? `stage ${index}`;
}

/** As {@link stageLabel}, in a sentence: `stage 'build'`, or `stage 2` where it has no name. */
export function quotedStage({ name, index }: Pick<Stage, "name" | "index">): string {
  return name === null ? `stage ${index}` : `stage '${name}'`;
}

/** What BuildKit calls a stage in its messages. */
export function buildkitStageName({ name, index }: Pick<Stage, "name" | "index">): string {
  return name ?? `stage-${index}`;
}

/**
 * Parts of a name that say a stage is meant to be built by itself: with `--target`, by Compose, by a dev container or in
 * CI.
 */
const targetWords = new Set([
  ...["dev", "devel", "develop", "development", "devcontainer", "local", "debug", "debugger", "watch", "shell", "ide"],
  ...[
    "test",
    "tests",
    "testing",
    "tester",
    "unittest",
    "unit",
    "e2e",
    "integration",
    "coverage",
    "spec",
    "bench",
    "benchmark",
  ],
  ...["lint", "linter", "linting", "check", "checks", "validate", "verify", "format", "fmt", "audit", "scan", "ci"],
  ...["prod", "production", "release", "runtime", "final", "deploy", "staging", "stage", "image", "app", "target"],
  ...[
    "docs",
    "doc",
    "export",
    "artifact",
    "artifacts",
    "output",
    "dist",
    "vendor",
    "update",
    "all",
    "default",
    "slim",
    "full",
  ],
]);

/** Whether a stage's name says that it is a target of its own. */
export function looksLikeTarget(name: string): boolean {
  return name.split(/[-_.\d]+/).some((word) => targetWords.has(word));
}
