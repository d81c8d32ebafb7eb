import type { ShellWord } from "../../dockerfile/shell.ts";
import type { Call } from "../../stages/calls.ts";
import type { Role } from "./commands.ts";
import type { Choice } from "./ecosystems/ecosystem.ts";
import type { Step } from "./facts.ts";
import { isInside, lastPart } from "../../text/paths.ts";
import { strayOf } from "./strays.ts";
import { commandSource, lineOf, shorten } from "./unsure.ts";
import { type Viewing, type Part, neutral } from "./viewing.ts";
import { viewUnknown, unknownCall, somewhere } from "./unknown.ts";
import { viewFiles } from "./view-files.ts";

/** Packages that do nothing for a build. */
const runtimePackages = new Set(["tini", "dumb-init", "su-exec", "gosu", "catatonit"]);

export function viewCall(viewing: Viewing, step: Step, call: Call): Part {
  const { facts, choice, installs } = viewing;
  const source = commandSource(facts, call);
  const role = viewing.role(call);
  switch (role.kind) {
    case "inert":
    case "state":
    case "cleanup":
      return neutral;
    case "step":
      if (
        isForeign(viewing, call, role) ||
        (viewing.ecosystem !== "c" && strayOf(call, choice, viewing.there) !== null)
      )
        viewing.doubts.working.push(`\`${shorten(source)}\` (${lineOf(facts, call)})`);
      if (call.name === "curl" || call.name === "wget") {
        for (const arg of call.args)
          if (arg.includes("://")) viewing.left.add(call.path(lastPart(arg)) ?? somewhere(arg));
      }
      return { ...neutral, builder: true };
    case "credentials":
      return { ...neutral, builder: true };
    case "programs":
      return role.names.some((name) => choice.keepsProgram(name))
        ? { ...neutral, runtime: source, moves: false }
        : { ...neutral, builder: true };
    case "packages":
      if (role.action === "sources") return installs ? { ...neutral, runtime: source, moves: false } : neutral;
      // A file with a package has to be there.
      if (role.action === "install" && role.packages.some(({ value }) => /^\.{0,2}\//.test(value)))
        return viewUnknown(viewing, step, unknownCall(facts, step, call));
      return role.action === "install" ? viewPackages(source, call, role.packages, choice) : neutral;
    case "users":
      return { ...neutral, runtime: source, tokens: call.args.filter((arg) => !/^[-/]/.test(arg)) };
    case "files":
      return viewFiles(viewing, step, call, role);
    case "unknown":
      return viewUnknown(viewing, step, unknownCall(facts, step, call));
  }
}

/**
 * Whether a step is of another ecosystem than the program's, and nothing shows that what it makes is copied: `pip install`
 * beside a program in Go.
 */
function isForeign({ choice, ecosystem }: Viewing, call: Call, role: Extract<Role, { kind: "step" }>): boolean {
  if (role.ecosystem === undefined || role.ecosystem === ecosystem || relatives.has(role.ecosystem)) return false;
  if (role.ecosystem === "node" && (ecosystem === "static-site" || ecosystem === "bun")) return false;
  if (role.step === "test" || role.step === "tool") return false;
  const { cwd } = call;
  return cwd === null || !choice.crossings.some(({ value, directory }) => directory && isInside(value, cwd));
}

/** Ecosystems whose steps serve programs of all kinds: make, downloads, and front ends that are files in the end. */
const relatives: ReadonlySet<string> = new Set(["c", "download"]);

function viewPackages(source: string, call: Call, packages: readonly ShellWord[], choice: Choice): Part {
  const kept = packages.filter(({ value }) => choice.keepsPackage(value));
  if (kept.length === 0) return { ...neutral, builder: true };
  const plain = call.command.redirects.length === 0 && call.command.assignments.length === 0;
  const isReplaced = kept.some(({ value }) => choice.replacements?.has(value));
  if (kept.length === packages.length && !isReplaced && !(plain && /\n\s*#/.test(source)))
    return { ...neutral, runtime: source, moves: kept.every(({ value }) => runtimePackages.has(value)) };
  const dropped = new Set([...packages.filter((word) => !kept.includes(word)), ...groupWords(call)]);
  const names = new Set(packages);
  const seen = new Set<string>();
  const words = call.command.words
    .filter((word) => !dropped.has(word))
    .flatMap((word) => {
      if (!names.has(word)) return [word.text];
      return (choice.replacements?.get(word.value) ?? [word.text]).filter((name) => !seen.has(name) && seen.add(name));
    });
  // What is set for the command stands in front: `DEBIAN_FRONTEND=noninteractive apt-get …`.
  const { span, words: all } = call.command;
  const settings = source.slice(0, (all[0]?.span.start ?? span.start) - span.start).trim();
  const runtime = [...(settings === "" ? [] : [settings]), ...words].join(" ");
  return { builder: true, runtime, moves: false, tokens: [] };
}

/** `--virtual .build`: a name for all packages of an `apk add`, by which the build's are removed again. */
function groupWords({ name, words }: Call): ShellWord[] {
  if (name !== "apk") return [];
  return words.filter(
    ({ value }, i) => /^(?:-t|--virtual(?:=.*)?)$/.test(value) || /^(?:-t|--virtual)$/.test(words[i - 1]?.value ?? ""),
  );
}
