import { type CompletionItem, CompletionItemKind, type LocationLink } from "vscode-languageserver-types";
import { Analysis } from "../stages/analysis.ts";
import type { Reference, Stage } from "../stages/resolve.ts";
import { type LineIndex, type Position, type Range, type Span, touches } from "../text/range.ts";
import type { Located } from "../workspace/builds.ts";
import type {
  BuildMention,
  InlineDockerfile,
  MentioningFile,
  MentionKind,
  MentionWord,
} from "../workspace/mentions.ts";
import { targetName } from "./elsewhere.ts";
import { nameSpan } from "./subject.ts";

/** A Dockerfile of the project, open or not. */
export interface KnownDockerfile {
  readonly uri: string;
  readonly analysis: Analysis;
}

/** A file that mentions builds, and how the Dockerfiles that they build are found. */
export interface BuildFile {
  readonly file: MentioningFile;
  readonly builds: readonly Located[];
  /** `null` where the Dockerfile of a path is not there. */
  readonly dockerfileOf: (path: string) => KnownDockerfile | null;
}

/** A name of a Dockerfile that stands in another file. */
interface NameElsewhere {
  readonly build: Located;
  readonly kind: "target" | "arg" | "context" | "dockerfile";
  readonly word: MentionWord;
}

/** The names at a place of a file; several builds may have it from one place. */
function namesAt(builds: readonly Located[], offset: number): NameElsewhere[] {
  const found: NameElsewhere[] = [];
  for (const build of builds) {
    const { target, args, contexts, dockerfile } = build.mention;
    const add = (kind: NameElsewhere["kind"], word: MentionWord | null): void => {
      if (word && touches(word.span, offset)) found.push({ build, kind, word });
    };
    add("target", target && targetName(target));
    for (const { name } of args) add("arg", name);
    for (const { name } of contexts) add("context", name);
    add("dockerfile", dockerfile);
  }
  return found;
}

/** The place of a Dockerfile that a name in another file stands for: questions about the name are questions about it. */
export interface Counterpart extends KnownDockerfile {
  readonly position: Position;
  /** Of the name. */
  readonly range: Range;
}

/** What the name at a position stands for; `null` where no name stands, or the Dockerfile has nothing by it. */
export function counterpart({ file, builds, dockerfileOf }: BuildFile, position: Position): Counterpart | null {
  for (const { build, kind, word } of namesAt(builds, file.lines.offset(position))) {
    const found = build.dockerfile === null || kind === "dockerfile" ? null : dockerfileOf(build.dockerfile);
    const at = found && offsetOf(found.analysis, kind, word.text);
    if (found && at !== null)
      return { ...found, position: found.analysis.lines.position(at), range: file.lines.range(word.span) };
  }
  return null;
}

/** Whether a place of a file names something of several Dockerfiles: what targets of Bake inherit stands there once. */
export function isShared({ file, builds }: Pick<BuildFile, "file" | "builds">, { start }: Range): boolean {
  return new Set(namesAt(builds, file.lines.offset(start)).map(({ build }) => build.dockerfile)).size > 1;
}

function offsetOf(analysis: Analysis, kind: NameElsewhere["kind"], name: string): number | null {
  switch (kind) {
    case "target": {
      const stage = targetStage(analysis, name);
      return stage ? nameSpan(stage).start : null;
    }
    case "arg": {
      const definitions = analysis.scope.byName.get(name) ?? [];
      return definitions.find((definition) => definition.kind === "arg")?.pair.keySpan.start ?? null;
    }
    case "context": {
      const stage = targetStage(analysis, name);
      if (stage) return nameSpan(stage).start;
      const wanted = name.toLowerCase();
      const isNamed = ({ target }: Reference): boolean =>
        target.kind === "image" && target.image.toLowerCase() === wanted;
      return analysis.references.find(isNamed)?.span.start ?? null;
    }
    case "dockerfile":
      return null;
  }
}

/** The stage that a build takes for a target: in any letter case, of several the last. */
export function targetStage({ stages }: Analysis, target: string): Stage | null {
  const name = target.toLowerCase();
  return stages.findLast((stage) => stage.name === name) ?? null;
}

/**
 * Where the names at a place of another file are defined: stages, build args, the first use of a context, Dockerfiles.
 *
 * @param leftOut kinds of files whose names another tool leads from
 */
export function definitionsElsewhere(
  { file, builds, dockerfileOf }: BuildFile,
  position: Position,
  leftOut: ReadonlySet<MentionKind> = new Set(),
): LocationLink[] {
  const links = new Map<string, LocationLink>();
  for (const { build, kind, word } of namesAt(builds, file.lines.offset(position))) {
    const { inline, kind: fileKind } = build.mention;
    if (leftOut.has(fileKind)) continue;
    const originSelectionRange = file.lines.range(word.span);
    const add = (targetUri: string, targetRange: Range, targetSelectionRange: Range): void => {
      const link = { originSelectionRange, targetUri, targetRange, targetSelectionRange };
      links.set(JSON.stringify(link), link);
    };
    const found = build.dockerfile === null ? null : dockerfileOf(build.dockerfile);
    if (inline && kind === "target") {
      const own = new Analysis(inline.text);
      const stage = targetStage(own, word.text);
      const place = (span: Span): Range => file.lines.range(inFile(inline, own.lines, span));
      if (stage) add(file.uri, place(stage.span), place(nameSpan(stage)));
    } else if (found && kind === "dockerfile") {
      const start = { line: 0, character: 0 };
      add(found.uri, { start, end: start }, { start, end: start });
    } else if (found) {
      const { analysis, uri } = found;
      const at = offsetOf(analysis, kind, word.text);
      if (at === null) continue;
      const { whole, selection } = namedAt(analysis, at);
      add(uri, analysis.lines.range(whole), analysis.lines.range(selection));
    }
  }
  return [...links.values()];
}

/** What stands at the place of a name, with all that belongs to it. */
function namedAt(analysis: Analysis, offset: number): { readonly whole: Span; readonly selection: Span } {
  const instruction = analysis.instructionAt(offset);
  const stage = analysis.stages.find((each) => nameSpan(each).start === offset);
  if (stage) return { whole: stage.span, selection: nameSpan(stage) };
  const reference = analysis.referenceAt(offset);
  const pair = instruction?.pairs.find(({ keySpan }) => keySpan.start === offset);
  const selection = reference?.span ?? pair?.keySpan ?? { start: offset, end: offset };
  return { whole: instruction?.span ?? selection, selection };
}

/** A place of a Dockerfile that stands in another file, in that file. */
function inFile({ lines }: InlineDockerfile, own: LineIndex, { start, end }: Span): Span {
  const place = (offset: number): number => {
    const { line, character } = own.position(offset);
    return (lines[line] ?? lines.at(-1) ?? 0) + character;
  };
  return { start: place(start), end: Math.max(place(start), place(end)) };
}

/** `target: NAME`, `"target": "NAME"`, `target = "NAME"` and `--target NAME`, as far as they are typed. */
const targetKey = /(?:^|[\s{,-])["']?target["']?\s*[:=]\s*(["']?)([\w.-]*)$/;
const targetFlag = /--target(?:=|\s+|["']\s*,\s*["'])(["']?)([\w.-]*)$/;

/**
 * The stages of the Dockerfile, where the target of a build is typed; the last of the file first.
 *
 * @param leftOut kinds of files in which another tool offers them
 */
export function targetCompletions(
  { file: { lines }, builds, dockerfileOf }: BuildFile,
  position: Position,
  leftOut: ReadonlySet<MentionKind> = new Set(),
): CompletionItem[] {
  const offset = lines.offset(position);
  const line = lines.lineAt(offset);
  const before = lines.text.slice(lines.startOf(line), offset);
  const typed = targetKey.exec(before) ?? targetFlag.exec(before);
  const build = typed && buildAround(builds, offset);
  if (!build || leftOut.has(build.mention.kind)) return [];
  if (!typed[0].startsWith("--") && !isOfBuild(lines, build.mention.kind, offset)) return [];
  const { inline } = build.mention;
  const found = build.dockerfile === null ? null : dockerfileOf(build.dockerfile);
  const analysis = inline ? new Analysis(inline.text) : found?.analysis;
  if (!analysis) return [];
  const word = typed[2]!;
  const rest = /^[\w.-]*/.exec(lines.text.slice(offset, lines.endOf(line)))![0];
  const range = lines.range({ start: offset - word.length, end: offset + rest.length });
  // A colon of YAML needs a blank.
  const lead = before.endsWith(":") ? " " : "";
  const named = analysis.stages.filter(
    (stage) => stage.nameWord && stage.name !== null && targetStage(analysis, stage.name) === stage,
  );
  return named.toReversed().map(({ nameWord, base }, i) => ({
    label: nameWord!.text,
    kind: CompletionItemKind.Module,
    detail: `FROM ${base?.text ?? ""}`.trim(),
    sortText: `0${String(i).padStart(4, "0")}`,
    textEdit: { range, newText: lead + nameWord!.text },
  }));
}

/** Whether a key at an offset is one of a build: Compose and dev containers have a `target` of mounts, too. */
function isOfBuild(lines: LineIndex, kind: BuildMention["kind"], offset: number): boolean {
  if (kind === "devcontainer") return /["']build["']\s*:\s*$/.test(textAbove(lines.text, offset));
  if (kind !== "compose" && kind !== "workflow") return true;
  const line = lines.lineAt(offset);
  const textOf = (at: number): string => lines.text.slice(lines.startOf(at), lines.endOf(at));
  const parent = kind === "compose" ? /^[\s-]*["']?build["']?\s*:/ : /^[\s-]*["']?with["']?\s*:/;
  const own = textOf(line);
  if (parent.test(own)) return true;
  const depth = depthOf(own);
  for (let at = line - 1; at >= 0; at--) {
    const text = textOf(at);
    if (/^\s*(?:#|$)/.test(text) || depthOf(text) >= depth) continue;
    return parent.test(text);
  }
  return false;
}

/** How far a line of YAML is indented; a dash of a list counts as a blank. */
function depthOf(text: string): number {
  return /^[\s-]*/.exec(text)![0].length;
}

/** What stands in front of the innermost brace that is open at an offset. */
function textAbove(text: string, offset: number): string {
  let open = 0;
  for (let at = offset - 1; at >= 0; at--) {
    if (text[at] === "}") open++;
    else if (text[at] === "{" && open-- === 0) return text.slice(Math.max(0, at - 100), at);
  }
  return "";
}

/** The build that an offset is in; what is being typed behind the last word of one belongs to it. */
function buildAround(builds: readonly Located[], offset: number): Located | null {
  const inside = builds.filter(({ mention }) => touches(mention.span, offset));
  if (inside.length > 0)
    return inside.reduce((best, each) =>
      each.mention.span.end - each.mention.span.start < best.mention.span.end - best.mention.span.start ? each : best,
    );
  return builds.findLast(({ mention }) => mention.span.end <= offset) ?? null;
}
