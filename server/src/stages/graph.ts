import type { Reference, Stages } from "./resolve.ts";

/** How stages depend on each other. */
export interface Graph {
  /** The stage a build without `--target` makes: the last one; -1 in a file without stages. */
  readonly target: number;
  /** For each stage whether that build needs it. */
  readonly needed: readonly boolean[];
  /** For each stage the references in it to other stages that work; of ONBUILD those that its base brings along. */
  readonly dependencies: readonly (readonly Reference[])[];
  /** For each stage the references to it from other stages, errors and ONBUILD included. */
  readonly dependents: readonly (readonly Reference[])[];
  /**
   * Stages that depend on themselves through COPY and mounts, each cycle once, as the references that close it. Of
   * thousands that overlap, some are left out.
   */
  readonly cycles: readonly (readonly Reference[])[];
}

/** The stage a reference leads to, errors included; `null` where it leads to none. */
export function referencedStage({ target }: Reference): number | null {
  return target.kind === "stage" || target.kind === "error" ? target.stage : null;
}

export function buildGraph({ stages, references, triggered }: Stages): Graph {
  const dependencies: Reference[][] = stages.map(() => []);
  const dependents: Reference[][] = stages.map(() => []);
  for (const reference of references) {
    const stage = referencedStage(reference);
    if (stage === null) continue;
    dependents[stage]!.push(reference);
    if (!reference.onbuild && reference.target.kind === "stage") dependencies[reference.stage]!.push(reference);
  }
  for (const reference of triggered) {
    if (reference.target.kind === "stage") dependencies[reference.stage]!.push(reference);
  }
  const target = stages.length - 1;
  return {
    target,
    needed: reachable(dependencies, target),
    dependencies,
    dependents,
    cycles: findCycles(stages.length, references),
  };
}

/** For each stage whether a build of `target` needs it. */
export function reachable(dependencies: readonly (readonly Reference[])[], target: number): boolean[] {
  const needed = dependencies.map(() => false);
  if (target >= 0) markReachable(dependencies, target, needed);
  return needed;
}

/** Adds what a build of `target` needs to `needed`, which holds for each of its stages also what that stage needs. */
export function markReachable(
  dependencies: readonly (readonly Reference[])[],
  target: number,
  needed: boolean[],
): void {
  const pending = [target];
  for (let stage = pending.pop(); stage !== undefined; stage = pending.pop()) {
    if (needed[stage]) continue;
    needed[stage] = true;
    for (const reference of dependencies[stage]!) {
      const next = referencedStage(reference);
      if (next !== null && !needed[next]) pending.push(next);
    }
  }
}

/**
 * The names of a base chain: the stage itself, the stage its FROM names, and so on. A FROM can only name a stage above,
 * so this ends.
 */
export function baseChain(stages: Stages["stages"], stage: number): number[] {
  const chain = [stage];
  for (let at = stages[stage]; at?.base?.target.kind === "stage"; at = stages[at.base.target.stage]) {
    chain.push(at.base.target.stage);
  }
  return chain;
}

/** What a chain of stages starts with: an image, `scratch`, or `null` where that is not known. */
export type RootBase = { readonly kind: "image"; readonly image: string } | { readonly kind: "scratch" } | null;

/** What each stage is built on in the end, through the stages that its FROM leads to. */
export function rootBases(stages: Stages["stages"]): readonly RootBase[] {
  const roots: RootBase[] = [];
  // FROM names stages above only, so what they start with is known.
  for (const { base } of stages) {
    const target = base?.target;
    if (target?.kind === "stage") roots.push(roots[target.stage]!);
    else roots.push(target?.kind === "image" || target?.kind === "scratch" ? target : null);
  }
  return roots;
}

function findCycles(count: number, references: readonly Reference[]): Reference[][] {
  const edges: { to: number; reference: Reference }[][] = Array.from({ length: count }, () => []);
  for (const reference of references) {
    const to = referencedStage(reference);
    if (to !== null && reference.kind !== "from" && !reference.onbuild) edges[reference.stage]!.push({ to, reference });
  }
  const cycles: Reference[][] = [];
  // Cycles that share most of their stages can be as many as references, and each as long as the file.
  let room = 4 * references.length + 1000;
  // 0 not seen, 1 on the path, 2 done. The path is kept by hand: a chain of stages may be long.
  const state = new Uint8Array(count);
  const depth = new Uint32Array(count);
  for (let root = 0; root < count; root++) {
    if (state[root] !== 0) continue;
    const path: { stage: number; next: number; via: Reference | null }[] = [{ stage: root, next: 0, via: null }];
    state[root] = 1;
    while (path.length > 0) {
      const top = path.at(-1)!;
      const edge = edges[top.stage]![top.next++];
      if (!edge) {
        state[top.stage] = 2;
        path.pop();
      } else if (state[edge.to] === 1) {
        const start = depth[edge.to]!;
        room -= path.length - start;
        if (room >= 0) cycles.push([...path.slice(start + 1).map(({ via }) => via!), edge.reference]);
      } else if (state[edge.to] === 0) {
        state[edge.to] = 1;
        depth[edge.to] = path.length;
        path.push({ stage: edge.to, next: 0, via: edge.reference });
      }
    }
  }
  return cycles;
}
