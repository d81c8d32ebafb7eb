import type { Instruction, Word } from "../../dockerfile/instruction.ts";
import { runtimeAt } from "../../images/libc.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { copyTarget } from "../../stages/copies.ts";
import { type Layer, layersOf, variableOf } from "../../stages/layers.ts";
import { programKind } from "../../stages/programs.ts";
import type { Reference, Stage } from "../../stages/resolve.ts";
import { readStart, type Started, startOf } from "../../stages/start.ts";
import { directoryOf, isInside, lastPart, relativePath, resolvePath } from "../../text/paths.ts";
import { arrivalsOf, bringsFiles, reaches } from "./arrivals.ts";
import { type BuiltProgram, builtPrograms, isProgramAt } from "./built-programs.ts";
import { imageSystem, isDeep, type System, systemsOf } from "./systems.ts";

/** A COPY that brings a program to an image with another C library than the one it is made for. */
export interface Crossing {
  readonly reference: Reference;
  /** What the COPY names. */
  readonly source: Word;
  readonly from: System;
  readonly to: System;
  /** What crosses: a program that the file builds, or an interpreter that an image has. */
  readonly program: BuiltProgram | null;
  readonly runtime: string | null;
  /** Whether it is certain that a program uses the C library. */
  readonly certain: boolean;
}

/** How many are told of in one file. */
const mostCrossings = 100;

/** What is known of a stage that gets programs. */
interface Receiver {
  readonly system: System;
  readonly layers: ReadonlyMap<Instruction, Layer>;
  readonly started: readonly Started[];
  /** Whether the stage or one that is built on it runs anything at all. */
  readonly runs: boolean;
  /** Whether the image has a port to listen on, so that its program uses the network. */
  readonly listens: boolean;
}

/** Finds the programs that are copied to an image with another C library and are started there. */
export function* findCrossings(
  analysis: Analysis,
  isWanted: (from: System, to: System) => boolean,
): Generator<Crossing> {
  const systems = systemsOf(analysis);
  const receivers = new Map<number, Receiver | null>();
  const built = new Map<number, readonly BuiltProgram[]>();
  let found = 0;
  for (const reference of analysis.references) {
    const { kind, stage, target, onbuild } = reference;
    if (kind !== "copy" || onbuild || (target.kind !== "stage" && target.kind !== "image")) continue;
    const to = systems[stage];
    const from = target.kind === "stage" ? systems[target.stage] : imageSystem(target.image);
    if (!to || !from || to.libc === null || from.libc === null || from.libc === "none" || !isWanted(from, to)) continue;
    let programs: readonly BuiltProgram[] = [];
    if (target.kind === "stage") {
      const known = built.get(target.stage);
      programs = known ?? (isDeep(analysis, target.stage) ? [] : builtPrograms(analysis, target.stage, from));
      if (!known) built.set(target.stage, programs);
    }
    for (const source of reference.instruction.args.slice(0, -1)) {
      const path = analysis.values.expand(stage, source.text, reference.instruction.span.start);
      if (path === null) continue;
      const absolute = resolvePath("/", path);
      const runtime = from.image && runtimeAt(from.image, absolute);
      const candidates = programs.filter((one) => crosses(one, absolute));
      if (candidates.length === 0 && runtime === null) continue;
      let receiver = receivers.get(stage);
      if (receiver === undefined) receivers.set(stage, (receiver = readReceiver(analysis, stage, to)));
      const layer = receiver?.layers.get(reference.instruction);
      if (!receiver || !layer) continue;
      const program = candidates.find((one) => isStarted(analysis, receiver, layer, one, absolute));
      const shared = { reference, source, from, to };
      if (program) {
        const listens = receiver.listens || (target.kind === "stage" && hasPort(analysis, target.stage));
        yield { ...shared, program, runtime: null, certain: isCertain(analysis, program, to, listens) };
      } else if (runtime !== null && receiver.runs) {
        yield { ...shared, program: null, runtime, certain: true };
      } else continue;
      if (++found >= mostCrossings) return;
    }
  }
}

/** Words of a Go program that is more than an exercise. */
const dependencies = /\bgo\.sum\b|\bgo\.\*|\bgo mod \w|\bgo get\b|-mod[= ]vendor/;

/**
 * Whether it is certain that a program uses the C library. A Go program does if it uses the network; that an image for it
 * has a port is proof of that, unless the image is as small as people make them for a first try.
 */
function isCertain({ text }: Analysis, { linking }: BuiltProgram, to: System, listens: boolean): boolean {
  if (linking !== "network") return linking === "surely";
  return listens && (to.libc !== "none" || dependencies.test(text));
}

/** Whether a COPY of `path` brings the program along. */
function crosses(program: BuiltProgram, path: string): boolean {
  return isProgramAt(program, path) || (path !== "/" && isInside(path, program.directory));
}

/** How many programs that a container starts are looked at. */
const mostStarts = 20;

/** `null` where the stage may get a C library of its own, or everything that a program needs. */
function readReceiver(analysis: Analysis, stage: number, system: System): Receiver | null {
  if (isDeep(analysis, stage)) return null;
  const layers = layersOf(analysis, stage);
  const stages = [analysis.stages[stage]!, ...builtOn(analysis, stage)];
  const started = stages.slice(0, mostStarts).flatMap(({ index }) => {
    const { entrypoint, cmd } = startOf(analysis, index);
    const found = readStart(analysis, entrypoint, cmd);
    return found ? [{ ...found, calls: found.calls.slice(0, mostStarts) }] : [];
  });
  const names = new Set(
    started.flatMap(({ calls, wrappers }) => [
      ...calls.map(({ program }) => lastPart(program)),
      ...wrappers.map(lastPart),
    ]),
  );
  if (layers.some((layer) => mayBringLibrary(analysis, layer, names))) return null;
  const has = (keyword: string): boolean =>
    layers.some(({ instruction }) => instruction.keyword === keyword) ||
    stages.some(({ instructions }) => instructions.some((instruction) => instruction.keyword === keyword));
  const isToldPort = started.some(({ calls }) => calls.some(({ args }) => args.some((arg) => address.test(arg))));
  return {
    system,
    layers: new Map(layers.map((layer) => [layer.instruction, layer])),
    started,
    runs: started.length > 0 || has("RUN"),
    listens: has("EXPOSE") || isToldPort,
  };
}

/** Whether a stage itself has a port to listen on. */
function hasPort({ stages }: Analysis, stage: number): boolean {
  return stages[stage]!.instructions.some(({ keyword }) => keyword === "EXPOSE");
}

/** Arguments that say where to listen: `--port 80`, `-addr=:8080`. */
const address = /^(?:--?[\w-]*(?:port|addr|address|listen|bind)(?:=.*)?|[\w.*]*:\d{2,5})$/i;

/** The stages whose FROM names a stage. */
function builtOn({ graph, stages }: Analysis, stage: number): Stage[] {
  return graph.dependents[stage]!.flatMap(({ kind, stage: other }) => (kind === "from" ? [stages[other]!] : []));
}

const libraryWords = /gcompat|libc6|glibc|musl|ld-linux|lib64|rootfs|patchelf|\/nix\b|--root\b|--installroot\b|chroot/i;
const libraryFolders = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

/** @param started the programs that the container starts */
function mayBringLibrary(analysis: Analysis, layer: Layer, started: ReadonlySet<string>): boolean {
  const { instruction } = layer;
  const { keyword, span } = instruction;
  if (bringsFiles(instruction)) {
    if (instruction.args.some(({ text }) => libraryWords.test(text))) return true;
    const arrivals = arrivalsOf(analysis, layer);
    if (arrivals === null || arrivals.some(({ unsure, path }) => unsure && !started.has(lastPart(path)))) return true;
    return arrivals.some((one) => libraryFolders.some((folder) => reaches(one, folder)));
  }
  return /^(?:RUN|ENV|ENTRYPOINT|CMD)$/.test(keyword) && libraryWords.test(analysis.text.slice(span.start, span.end));
}

/** Whether what the container starts is the program, or a script, which may well start it. */
function isStarted(
  analysis: Analysis,
  { started }: Receiver,
  layer: Layer,
  program: BuiltProgram,
  source: string,
): boolean {
  const { stage, instruction, cwd } = layer;
  const env = (name: string): string | undefined =>
    variableOf(analysis, stage.index, name, instruction.span.start) ?? undefined;
  const target = copyTarget({ instruction, cwd: { value: cwd ?? "/" }, env });
  if (!target) return false;
  const isFile = !program.whole && isProgramAt(program, source);
  const names = new Set(
    isFile ? [lastPart(source), lastPart(target.path)] : program.name === null ? [] : [program.name],
  );
  // What is copied as a directory lands in the target itself.
  const landed =
    isInside(source, program.directory) && !isFile
      ? resolvePath(target.path, relativePath(source, program.directory))
      : target.path;
  return started.some(({ calls, wrappers }) =>
    [...calls, ...wrappers.map((wrapper) => ({ program: wrapper, args: [] }))].some((call) => {
      const name = lastPart(call.program);
      if (names.has(name)) return true;
      if (program.whole) return name !== "dotnet" && name !== "cp";
      if (isFile) return programKind(call) === "script";
      return (
        program.name === null &&
        call.program.includes("/") &&
        directoryOf(resolvePath(cwd ?? "/", call.program)) === landed
      );
    }),
  );
}
