import type { Instruction, Mount, Word } from "../../dockerfile/instruction.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { isElsewhere } from "../../stages/causes.ts";
import { referencedStage } from "../../stages/graph.ts";
import type { Reference } from "../../stages/resolve.ts";
import { mountField, type Transfer, transferOf } from "../../stages/transfer.ts";
import type { Neighbours } from "../../workspace/neighbours.ts";
import { contextId, counter, stageId } from "./ids.ts";
import { stepsOfAll } from "./target.ts";

/** Something that a stage takes from another node: an edge of the graph. */
export interface Use {
  readonly id: string;
  /** The index of the stage that needs it. */
  readonly stage: number;
  /** The id of the node that is needed. */
  readonly to: string;
  readonly kind: "from" | "copy" | "mount" | "context";
  /** The instruction of the file that says so. */
  readonly written: Instruction;
  /** What runs: of ONBUILD the instruction behind it. */
  readonly instruction: Instruction;
  /** `null` for what comes out of the build context. */
  readonly reference: Reference | null;
  readonly mount: Mount | null;
  readonly transfer: Transfer;
}

/** How nodes are told apart. */
export interface UseOptions {
  /** Whether each use of an image is a node of its own. */
  readonly perUse: boolean;
}

/** Many stages on one with many triggers make a number that nobody could look at. */
const mostTriggered = 10_000;

/**
 * All that stages take, with the nodes they take it from: what FROM, COPY and mounts name, in the order of the file and that
 * of ONBUILD last, then what comes out of the build context. What names nothing that could be a node is left out.
 */
export function usesOf(analysis: Analysis, { builds }: Neighbours, { perUse }: UseOptions): readonly Use[] {
  const uses: Use[] = [];
  const contexts = contextNames(builds);
  const count = counter();
  const countImages = counter();
  const add = (use: Omit<Use, "id">): void => {
    const base = `${use.kind}:${stageId(use.stage)}:${use.to}`;
    uses.push({ ...use, id: `${base}:${count(base)}` });
  };
  const nodeOf = (reference: Reference): string | null => {
    const stage = referencedStage(reference);
    if (stage !== null) return stageId(stage);
    const { target } = reference;
    if (target.kind !== "image" && target.kind !== "scratch") return null;
    const context = target.kind === "image" ? contextName(target.image) : "";
    if (contexts.has(context)) return `${contextId}:${context}`;
    const id = target.kind === "scratch" ? "scratch" : `image:${target.image}`;
    const at = perUse ? countImages(id) : 0;
    return at === 0 ? id : `${id}#${at}`;
  };
  for (const reference of [...analysis.references, ...analysis.model.triggered.slice(0, mostTriggered)]) {
    if (reference.onbuild) continue;
    const { stage, kind, instruction: written, mount } = reference;
    const to = nodeOf(reference);
    const instruction = written.trigger ?? written;
    if (to !== null) add({ stage, to, kind, written, instruction, reference, mount, transfer: transferOf(reference) });
  }
  stepsOfAll(analysis).forEach((steps, stage) => {
    for (const { instruction, written } of steps) {
      const common = { stage, to: contextId, kind: "context", written, instruction, reference: null } as const;
      const sources = contextSources(analysis, stage, instruction);
      const destination = instruction.args.length > 1 ? instruction.args.at(-1)!.text : null;
      if (sources.length > 0) {
        add({ ...common, mount: null, transfer: { sources: sources.map(({ text }) => text), destination } });
      }
      for (const mount of contextMounts(instruction)) {
        const transfer = {
          sources: [mountSource(mount)],
          destination: mountField(mount, "target", "dst", "destination"),
        };
        add({ ...common, mount, transfer });
      }
    }
  });
  return uses;
}

/** The sources of a COPY or ADD of a stage that come out of the build context. */
export function contextSources(
  { values }: Analysis,
  stage: number,
  { keyword, flags, args, span }: Instruction,
): readonly Word[] {
  if (keyword !== "COPY" && keyword !== "ADD") return [];
  if (flags.some(({ name, value }) => name === "from" && value !== "")) return [];
  return args.slice(0, -1).filter(({ text }) => {
    if (isElsewhere(text) || keyword === "COPY") return !isElsewhere(text);
    const value = values.expand(stage, text, span.start);
    // What ADD gets from a variable that nobody knows is mostly an address.
    return value === null ? !/^["']?\$/.test(text) : !isElsewhere(value);
  });
}

/** The mounts of a RUN that show a part of the build context. */
export function contextMounts({ mounts }: Instruction): readonly Mount[] {
  return mounts.filter(({ type, from }) => type === "bind" && (from === null || from.text === ""));
}

/** What a mount of the build context shows of it; all of it where it does not say. */
export function mountSource(mount: Mount): string {
  return mountField(mount, "source", "src") ?? ".";
}

/** The names of the contexts that the known builds are given, and what they say about each. */
export function contextNames(builds: Neighbours["builds"]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { mention } of builds) {
    for (const { name, value } of mention.contexts) {
      const key = contextName(name.text);
      const values = found.get(key) ?? new Set();
      if (value) values.add(value.text);
      found.set(key, values);
    }
  }
  return found;
}

/** The name under which a build looks for a context: `alpine` and `docker.io/library/alpine:latest` are the same. */
function contextName(image: string): string {
  return image
    .toLowerCase()
    .replace(/^(?:docker\.io\/)?(?:library\/)?/, "")
    .replace(/:latest$/, "");
}
