import type { Instruction, Word } from "../../dockerfile/instruction.ts";
import { parseImage } from "../../images/image.ts";
import { rootNames } from "../../images/roots.ts";
import { describeImage } from "../../images/describe.ts";
import type { Analysis } from "../../stages/analysis.ts";
import { isElsewhere } from "../../stages/causes.ts";
import { copyTarget } from "../../stages/copies.ts";
import type { FileChange } from "../../stages/files.ts";
import { type Origin, originOf, writtenAt } from "../../stages/origin.ts";
import type { Reference, Stage } from "../../stages/resolve.ts";
import { cleanPath, isInside, lastPart, resolvePath } from "../../text/paths.ts";
import { type Span, touches } from "../../text/range.ts";
import { isLeftOut, readIgnoreFile } from "../../workspace/ignore.ts";
import { code, list } from "../markdown.ts";
import { stageOf } from "../subject.ts";
import { bullets, type HoverContext, lineOf, paragraphs, stageCode } from "./context.ts";

interface PathHover {
  readonly value: string;
  readonly span: Span;
}

/** Where a path of a COPY, an ADD or a mount comes from, and where it lands. */
export function pathHover(context: HoverContext, instruction: Instruction, offset: number): PathHover | null {
  const { analysis } = context;
  const stage = stageOf(analysis, instruction);
  const { keyword, args, mounts, json } = instruction;
  if (!stage || analysis.dockerfile.escape !== "\\") return null;
  if (keyword === "RUN") {
    for (const mount of mounts) {
      const field = mount.fields.find(({ valueSpan }) => valueSpan && touches(valueSpan, offset));
      if (!field?.value || !field.valueSpan || !/^(?:source|src)$/.test(field.key)) continue;
      const reference = analysis.references.find((each) => each.mount === mount) ?? null;
      const word = { text: field.value, span: field.valueSpan };
      if (mount.type !== "bind") return null;
      const value = sourceHover(context, stage, instruction, word, reference, null);
      return value === null ? null : { value, span: field.valueSpan };
    }
    return null;
  }
  if ((keyword !== "COPY" && keyword !== "ADD") || args.length < 2) return null;
  const at = args.findIndex(({ span }) => touches(span, offset));
  const word = args[at];
  if (!word || (json && word.span.end - word.span.start !== word.text.length + 2)) return null;
  const target = landing(analysis, stage, instruction);
  if (at === args.length - 1) {
    const value = destinationHover(context, stage, instruction, word, target);
    return value === null ? null : { value, span: word.span };
  }
  const reference =
    analysis.references.find((each) => each.instruction === instruction && each.kind === "copy") ?? null;
  if (!reference && instruction.flags.some(({ name, value }) => name === "from" && value !== "")) return null;
  const value = sourceHover(
    context,
    stage,
    instruction,
    word,
    reference,
    landingOf(analysis, stage, instruction, word, target),
  );
  return value === null ? null : { value, span: word.span };
}

interface Target {
  readonly path: string;
  readonly into: boolean;
}

/** Where a COPY or ADD writes to; `null` where the file does not tell. */
function landing(analysis: Analysis, stage: Stage, instruction: Instruction): Target | null {
  const cwd = analysis.files(stage.index).workdirAt(instruction);
  const env = (name: string): string | undefined =>
    analysis.values.expand(stage.index, `\${${name}}`, instruction.span.start) ?? undefined;
  return copyTarget({ instruction, cwd: cwd === null ? null : { value: cwd }, env });
}

const wildcard = /[*?[]/;

/** Where one source lands: under its own name where it goes into a directory. */
function landingOf(
  analysis: Analysis,
  stage: Stage,
  instruction: Instruction,
  word: Word,
  target: Target | null,
): string | null {
  if (!target) return null;
  const place = code(target.path);
  if (isUnpacked(instruction, word.text)) return `What is in it lands in ${place}`;
  const source = expanded(analysis, stage, instruction, word) ?? "";
  const name = lastPart(source.replace(/\/+$/, ""));
  const isParents = instruction.flags.some((flag) => flag.name === "parents");
  if (isParents) return `Lands in ${place}, with the folders that it is in`;
  if (name === "" || name === "." || name === ".." || wildcard.test(name)) return `Lands in ${place}`;
  if (!target.into) return `Lands at ${place}`;
  const asFile = code(resolvePath(target.path, name));
  // Whether it is a folder, of which the contents are copied, only its name tells.
  if (/^[^.].*\.\w+$/.test(name) && !source.endsWith("/")) return `Lands at ${asFile}`;
  return folderNames.test(name) || source.endsWith("/")
    ? `What is in it lands in ${place}`
    : `Lands at ${asFile}; if it is a folder, what is in it lands in ${place}`;
}

const folderNames =
  /^(?:app|apps|assets|bin|build|config|dist|docs|etc|include|lib|lib64|libs|locales|migrations|node_modules|out|packages|pkg|prisma|public|publish|release|resources|scripts|share|src|static|templates|vendor|views|web|www|\.next|\.venv|venv|site-packages)$/;

function expanded(analysis: Analysis, stage: Stage, { span }: Instruction, { text }: Word): string | null {
  const value = analysis.values.expand(stage.index, text, span.start);
  return value === "" ? null : value;
}

function sourceHover(
  context: HoverContext,
  stage: Stage,
  instruction: Instruction,
  word: Word,
  reference: Reference | null,
  lands: string | null,
): string | null {
  const { analysis } = context;
  const written = expanded(analysis, stage, instruction, word);
  if (written === null || written.includes("\\")) return null;
  if (!reference) {
    const found = contextSource(context, written, instruction);
    return found === null ? null : paragraphs([found[0], bullets([...found.slice(1), lands])]);
  }
  const { target } = reference;
  if (target.kind === "image") {
    const facts = describeImage(target.image);
    const named = facts.isOfficial || /[/:@]/.test(target.image) ? "the image" : "the image or named context";
    return paragraphs([`${code(written)} of ${named} ${code(target.image)}`, bullets([lands])]);
  }
  if (target.kind !== "stage") return null;
  const source = analysis.stages[target.stage]!;
  const files = analysis.files(target.stage);
  const at = written.search(wildcard);
  const folder = at < 0 ? null : resolvePath("/", written.slice(0, written.lastIndexOf("/", at) + 1));
  const path = folder ?? resolvePath("/", written);
  const origin = originOf(analysis, files, path);
  const title =
    folder === null
      ? `${code(path)} of stage ${stageCode(source)}`
      : `What matches ${code(written)} in stage ${stageCode(source)} when it is built; nothing that matches is an error`;
  const isRelative = !written.startsWith("/") && files.workdir !== null && files.workdir !== "/";
  return paragraphs([
    title,
    bullets([
      ...originPoints(context, origin, path, folder !== null, files.root?.kind === "image" ? files.root.image : null),
      isRelative ? `Paths begin in ${code("/")} here, not in the WORKDIR ${code(files.workdir)}` : null,
      lands,
    ]),
  ]);
}

function originPoints(
  context: HoverContext,
  { certainty, changes, mount }: Origin,
  path: string,
  isFolder: boolean,
  image: string | null,
): string[] {
  const points: string[] = [];
  const by = changes.map((change) => changeLabel(context, change));
  const verb = isFolder ? "filled" : "made";
  if (certainty === "sure") points.push(`${isFolder ? "Filled" : "Made"} by ${by[0]}`);
  else if (certainty === "likely") points.push(`Most likely ${verb} by ${by[0]}`);
  else if (certainty === "filled") points.push(`Filled by ${by.join("; ")}`);
  else if (certainty === "possible" && by.length === 1) points.push(`Perhaps ${verb} by ${by[0]}`);
  else if (certainty === "possible") points.push(`${isFolder ? "Filled" : "Made"} by one of: ${by.join("; ")}`);
  else if (certainty === "removed") points.push(`Removed by ${by[0]}, so it is not there`);
  else points.push(fromBase(by, path, image));
  if (mount && mount.kind === "mount" && isInside(mount.path, path))
    points.push(
      `A ${mount.mount.type} mount lies over it on ${lineOf(context, mount.span.start)}: what is written there is not kept`,
    );
  return points;
}

/** Of a path that nothing is known to make. */
function fromBase(by: readonly string[], path: string, image: string | null): string {
  const maker = by.length === 0 ? null : `made by ${by.length === 1 ? "" : "one of: "}${by.join("; ")}`;
  const names = image === null ? null : rootNames(parseImage(image));
  if (image === null || names?.has(path.split("/")[1]!) === false)
    return maker === null ? "Nothing in this file is known to make it" : `Perhaps ${maker}`;
  return `Comes with ${code(image)}${maker === null ? ": nothing in this file makes it" : `, or is ${maker}`}`;
}

function changeLabel(context: HoverContext, { span }: FileChange): string {
  const written = code(writtenAt(context.analysis, span), 50);
  return `${written} on ${lineOf(context, span.start)}`;
}

/** Whether ADD unpacks a source: an archive of the build context, unless it is told not to. */
function isUnpacked({ keyword, flags }: Instruction, source: string): boolean {
  if (keyword !== "ADD" || isElsewhere(source) || !/\.(?:tar|tgz|tbz2?|txz|tar\.\w+)$/.test(source)) return false;
  return !flags.some(({ name, value }) => name === "unpack" && value === "false");
}

/** What a source of the build context is, and what the ignore file does to it. */
function contextSource(
  { neighbours }: HoverContext,
  written: string,
  instruction: Instruction,
): readonly [string, ...(string | null)[]] | null {
  if (isElsewhere(written)) {
    if (/^\d*<</.test(written)) return null;
    const isGit = /\.git(?:#|$)|^git@/.test(written);
    const sum = instruction.flags.some(({ name }) => name === "checksum");
    return [
      isGit
        ? `${code(written)} is cloned when the image is built`
        : `${code(written)} is downloaded when the image is built`,
      isGit || sum ? null : "Nothing says which content is expected: `--checksum=sha256:…` would",
    ];
  }
  const path = cleanPath(written);
  const isAll = path === "." || path === "/";
  const unpacked = isUnpacked(instruction, written) ? "An archive: ADD unpacks it" : null;
  const title = isAll
    ? "The whole build context"
    : wildcard.test(path)
      ? `What matches ${code(path)} in the build context`
      : `${code(path)} of the build context`;
  return [title, unpacked, ignored(neighbours.isKnown, neighbours.ignoreFile, path, isAll)];
}

function ignored(
  isKnown: boolean,
  file: { readonly name: string; readonly text: string } | null,
  path: string,
  isAll: boolean,
): string | null {
  if (!file) return isKnown && isAll ? "There is no `.dockerignore`: all of the folder comes along, `.git`, too" : null;
  const name = code(file.name);
  const rules = readIgnoreFile(file.text);
  if (!rules) return isAll ? `Without what ${name} leaves out` : null;
  if (isLeftOut(rules, path)) return `${name} leaves it out, so it is not there`;
  if (rules.patterns.length === 0) return null;
  if (isAll) {
    const back = rules.patterns.some(({ negated }) => negated);
    const out = rules.patterns.filter(({ negated }) => !negated).map(({ text }) => code(text));
    return out.length === 0 ? null : `${name} leaves out ${list(out, 6)}${back ? ", but brings some back" : ""}`;
  }
  const inside = rules.patterns.filter(
    ({ text, negated }) => !negated && (text.startsWith("**/") || text.startsWith(`${path}/`)),
  );
  return inside.length === 0
    ? null
    : `${name} leaves out what is in it and matches ${list(
        inside.map(({ text }) => code(text)),
        4,
      )}`;
}

function destinationHover(
  { analysis }: HoverContext,
  stage: Stage,
  instruction: Instruction,
  { text }: Word,
  target: Target | null,
): string | null {
  if (!target) return null;
  if (target.path === text.replace(/(?<=.)\/$/, "")) return null;
  const cwd = analysis.files(stage.index).workdirAt(instruction);
  const isRelative = !text.startsWith("/") && !text.startsWith("$") && cwd !== null;
  const from = !isRelative ? "" : cwd === target.path ? ", the WORKDIR" : `, from the WORKDIR ${code(cwd)} on`;
  return `Lands ${target.into ? "in the folder" : "at"} ${code(target.path)}${from}`;
}
