import type { Instruction } from "../../dockerfile/instruction.ts";
import type { ShellCommand } from "../../dockerfile/shell.ts";
import { readInstall } from "../../rules/common/installers.ts";
import { sourceBeforeDependencies } from "../../rules/source-before-dependencies.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { readPackageCommand } from "../../stages/packages.ts";
import type { Neighbours } from "../../workspace/neighbours.ts";
import { type ContextPath, surely } from "./context-paths.ts";
import type { Rerun } from "./rebuild.ts";

/** A move that would keep instructions in the cache. */
export interface Hint {
  readonly message: string;
  /** What should move. */
  readonly instruction: Instruction;
  readonly saves: readonly Instruction[];
}

/** What to move so that a change runs less again; only what surely works. @param path what changes; `null` for an instruction */
export function changeOrderHints(
  analysis: Analysis,
  reruns: readonly Rerun[],
  path: ContextPath | null,
  neighbours: Neighbours,
): readonly Hint[] {
  return [...manifestHints(analysis, reruns, path, neighbours), ...packageHints(analysis, reruns)];
}

/** Where all sources are copied in front of an install that needs the manifests alone. */
function* manifestHints(
  analysis: Analysis,
  reruns: readonly Rerun[],
  path: ContextPath | null,
  neighbours: Neighbours,
): Generator<Hint> {
  const copies = new Set(reruns.filter(isChangedCopy).map(({ step }) => step.written));
  if (copies.size === 0) return;
  for (const { span, related, fixes } of sourceBeforeDependencies.check(analysis, neighbours)) {
    const copy = analysis.instructionAt(span.start);
    const place = related?.[0]?.span;
    const run = place && analysis.instructionAt(place.start);
    if (!copy || !run || !copies.has(copy) || !reruns.some(({ step }) => step.written === run)) continue;
    const command = analysis.script(run).commands.find((each) => each.span.start === place.start);
    const install = command && readInstall(command);
    // A change of a manifest is what the install is there for.
    if (!install || (path && (path.isFolder ? path.parts.length === 0 : install.isManifest(path.parts.at(-1)!))))
      continue;
    const title = fixes?.[0]?.title;
    if (title === undefined) continue;
    yield { message: `${title}: '${install.label}' would be taken from the cache.`, instruction: copy, saves: [run] };
  }
}

function isChangedCopy({ cause, certainty, step, through }: Rerun): boolean {
  return (
    cause === "changed" && certainty === surely && through[0]?.kind === "context" && step.instruction.keyword !== "RUN"
  );
}

/** Directories in which packages look for their settings, and put their files. */
const systemFolder = /^\/(?:bin|boot|dev|etc|home|lib\w*|root|run|sbin|tmp|usr|var)?(?:\/|$)/;

/** What may stand between a COPY and an install that moves above it. */
const passable = new Set([
  "COPY",
  "ADD",
  "LABEL",
  "EXPOSE",
  "CMD",
  "ENTRYPOINT",
  "HEALTHCHECK",
  "STOPSIGNAL",
  "WORKDIR",
]);

/** Where packages of the system are installed behind a copy that they have nothing to do with. */
function* packageHints(analysis: Analysis, reruns: readonly Rerun[]): Generator<Hint> {
  const changed = new Map(reruns.filter(isChangedCopy).map(({ step, stage }) => [step.written, stage]));
  const again = new Set(reruns.map(({ step }) => step.written));
  for (const { index, instructions } of analysis.stages) {
    const start = instructions.findIndex((instruction) => changed.get(instruction) === index);
    if (start < 0) continue;
    const moved: Instruction[] = [];
    for (const instruction of instructions.slice(start)) {
      if (instruction.keyword === "RUN") {
        if (!again.has(instruction) || !installsPackages(analysis, instruction)) break;
        moved.push(instruction);
      } else if (!passable.has(instruction.keyword) || !staysApart(analysis, index, instruction)) break;
    }
    const [first] = moved;
    if (!first) continue;
    const line = instructions[start]!.startLine + 1;
    const what = moved.length === 1 ? "this" : `these ${moved.length} instructions`;
    const message = `Move ${what} above line ${line}: the packages do not depend on what is copied there.`;
    yield { message, instruction: first, saves: moved };
  }
}

/** Whether a copy lands where no package looks. */
function staysApart(analysis: Analysis, stage: number, instruction: Instruction): boolean {
  if (instruction.keyword !== "COPY" && instruction.keyword !== "ADD") return true;
  return analysis
    .files(stage)
    .changes(instruction)
    .every((change) => change.kind === "content" && !systemFolder.test(change.path));
}

/** Whether a RUN does nothing but install packages of the system by their names, without variables. */
function installsPackages(analysis: Analysis, instruction: Instruction): boolean {
  const { text } = instruction.line;
  if (!/\b(?:apt|apt-get|apk|dnf|microdnf|yum)\b/.test(text) || /[$`]/.test(text) || instruction.json) return false;
  if (instruction.heredocs.length > 0 || instruction.mounts.some(({ type }) => type !== "cache")) return false;
  const { commands, opaque, errors } = analysis.script(instruction);
  return (
    !opaque &&
    errors.length === 0 &&
    commands.some((command) => readPackageCommand(command.words)?.action === "install") &&
    commands.every(isPackageWork)
  );
}

function isPackageWork({ name, words, redirects, depth }: ShellCommand): boolean {
  if (depth > 0 || redirects.length > 0) return false;
  const args = words.slice(1).map(({ value }) => value);
  if (name === "set" || name === "true") return true;
  if (name === "rm") return args.every((arg) => arg.startsWith("-") || /^\/var\/(?:lib\/apt|cache)\//.test(arg));
  return (
    readPackageCommand(words) !== null &&
    !args.some((arg) => /^[./~]|\.(?:deb|rpm|apk)$|^-(?:c|R|r)$|^--root/.test(arg))
  );
}
